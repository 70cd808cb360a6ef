//! What a network of many nodes costs, and how fast it is: runs it and says so.

use std::fmt::Write as _;

use hospes_domain::Kind;
use rand::rngs::SmallRng;
use rand::seq::IteratorRandom as _;
use rand::{Rng as _, SeedableRng as _};

use crate::graph::Graph;
use crate::name::Name;
use crate::people::Deed;
use crate::world::World;

/// Which networks to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Numbers of nodes.
    pub nodes: Vec<usize>,
    /// Numbers of friends of each node.
    pub degrees: Vec<usize>,
    /// What all that is left to chance is made of.
    pub seed: u64,
    /// Changes of which the time and the cost are taken, per network.
    pub changes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { nodes: vec![40, 1_000], degrees: (3..=8).collect(), seed: 1, changes: 300 }
    }
}

/// The figures of some networks.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What it was made of.
    pub seed: u64,
    /// One for each network.
    pub rows: Vec<Row>,
}

/// What happens to links and nodes while the changes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Nothing: links have a latency of 5 to 150 ms each way, disks take up to 40 ms.
    Calm,
    /// One frame in 200 is lost, links break, a fifth of the nodes is cut off for a while, others
    /// crash and come back, and a tenth joins only then.
    Rough,
}

impl Weather {
    /// As a word.
    pub fn name(self) -> &'static str {
        match self {
            Weather::Calm => "calm",
            Weather::Rough => "rough",
        }
    }
}

/// The figures of one network. Times are in milliseconds from saving to the other disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Nodes.
    pub nodes: usize,
    /// Friends that each node may have; `None` where it differs from 3 to 8.
    pub degree: Option<usize>,
    /// Friends per node, on average.
    pub mean_degree: f64,
    /// What happened meanwhile.
    pub weather: Weather,
    /// Changes that were made.
    pub changes: usize,
    /// Until a change has come to a node: median, 99th percentile, longest.
    pub to_one: [i64; 3],
    /// Until a change has come to the last node: median, 99th percentile, longest.
    pub to_all: [i64; 3],
    /// Frames per change and node, of all sorts.
    pub frames: f64,
    /// Bytes per change and node, not compressed.
    pub bytes: f64,
    /// Bytes of changes among them.
    pub change_bytes: f64,
    /// How often a change came that was needed once.
    pub amplification: f64,
    /// Times until changes came to nodes, at each hundredth of them.
    pub distribution: Vec<i64>,
}

/// Runs networks of all given sizes: in calm weather with each number of friends and with 3 to 8,
/// and in rough weather with 4 and with 3 to 8.
///
/// Ends with an assertion if one of them does not come to agree.
pub fn report(options: &Options, mut progress: impl FnMut(&Row)) -> Report {
    let mut rows = Vec::new();
    for nodes in &options.nodes {
        let calm = options.degrees.iter().copied().map(Some).chain([None]);
        let calm = calm.map(|degree| (degree, Weather::Calm));
        let rough = [Some(4), None].map(|degree| (degree, Weather::Rough));
        for (degree, weather) in calm.chain(rough) {
            let row = run(options.seed, *nodes, degree, weather, options.changes);
            progress(&row);
            rows.push(row);
        }
    }
    Report { seed: options.seed, rows }
}

/// Runs one network.
pub fn run(
    seed: u64,
    nodes: usize,
    degree: Option<usize>,
    weather: Weather,
    changes: usize,
) -> Row {
    let mut rng = SmallRng::seed_from_u64(seed);
    let bounds: Vec<usize> =
        (0..nodes).map(|_| degree.unwrap_or_else(|| rng.random_range(3..=8))).collect();
    let graph = Graph::friends(&bounds, &mut rng);
    let mut world = World::of(rng.random(), nodes);
    let names = world.names();
    let late = match weather {
        Weather::Calm => 0,
        Weather::Rough => nodes / 10,
    };
    for name in names.iter().skip(late) {
        world.start(*name);
    }
    for (a, b) in graph.links() {
        world.link(names[a], names[b]);
    }
    // Everybody has written before, as in a network that has been there for a while.
    for name in names.iter().skip(late) {
        world.people(*name, Deed::Create(Kind::Offer));
        world.run_for(20);
    }
    world.run_until_quiet();
    world.take_tally();
    world.watch_arrivals();
    let mut climate = Climate { rng, names, late, down: Vec::new() };
    for number in 0..changes {
        if weather == Weather::Rough {
            climate.happen(&mut world, number, changes);
        }
        climate.deed(&mut world);
        // Now and then several at once.
        let pause =
            if climate.rng.random_bool(0.3) { 0 } else { climate.rng.random_range(0..1_000) };
        world.run_for(pause);
    }
    climate.clear(&mut world);
    world.run_until_quiet();
    world.assert_converged();
    let (arrivals, tally) = (world.take_arrivals(), world.take_tally());
    let all = arrivals.all();
    let made = arrivals.changes();
    let each = |count: u64| count as f64 / (made * nodes) as f64;
    Row {
        nodes,
        degree,
        mean_degree: graph.mean_degree(),
        weather,
        changes: made,
        to_one: percentiles(&all),
        to_all: percentiles(&arrivals.last()),
        frames: each(tally.all_frames()),
        bytes: each(tally.bytes),
        change_bytes: each(tally.change_bytes),
        amplification: tally.amplification(),
        distribution: (0..=100).map(|percent| at(&all, percent)).collect(),
    }
}

/// What is going on while changes are made.
struct Climate {
    rng: SmallRng,
    names: Vec<Name>,
    /// So many of the first have not joined yet.
    late: usize,
    down: Vec<Name>,
}

impl Climate {
    fn any_up(&mut self, world: &World) -> Option<Name> {
        self.names.iter().copied().filter(|name| world.is_up(*name)).choose(&mut self.rng)
    }

    fn deed(&mut self, world: &mut World) {
        let kind = [Kind::Offer, Kind::Service, Kind::Bulletin, Kind::Template];
        let deed = match self.rng.random_range(0..2) {
            0 => Deed::Create(kind[self.rng.random_range(0..kind.len())]),
            _ => Deed::Edit,
        };
        if let Some(name) = self.any_up(world) {
            world.people(name, deed);
        }
    }

    fn happen(&mut self, world: &mut World, number: usize, of: usize) {
        let per_mille = number * 1_000 / of;
        let (some, others) = self.names.split_at(self.names.len() / 5);
        if number == 0 {
            world.lose(5_000);
        }
        if (300..500).contains(&per_mille) {
            world.partition(some, others);
        } else {
            world.heal();
        }
        if per_mille >= 500 && self.late > 0 {
            self.late -= 1;
            world.start(self.names[self.late]);
        }
        match self.rng.random_range(0..10) {
            0 => {
                if let Some(name) = self.any_up(world) {
                    world.crash(name);
                    self.down.push(name);
                }
            }
            1 => {
                if let Some(name) = self.down.pop() {
                    world.start(name);
                }
            }
            2 => {
                if let Some(name) = self.any_up(world) {
                    world.cut_one(name);
                }
            }
            _ => {}
        }
    }

    fn clear(&mut self, world: &mut World) {
        world.heal();
        for name in &self.names {
            world.start(*name);
        }
        world.run_for(30_000);
        world.lose(0);
    }
}

/// Median, 99th percentile and the last of what ascends.
fn percentiles(ascending: &[i64]) -> [i64; 3] {
    [50, 99, 100].map(|percent| at(ascending, percent))
}

fn at(ascending: &[i64], percent: usize) -> i64 {
    let last = ascending.len().saturating_sub(1);
    ascending.get(last * percent / 100).copied().unwrap_or(0)
}

impl Report {
    /// The rows, as lines of a table.
    pub fn table(&self) -> String {
        let mut text = Row::heading();
        for row in &self.rows {
            text.push('\n');
            text.push_str(&row.line());
        }
        text
    }

    /// The whole as JSON.
    pub fn json(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(Row::json).collect();
        format!("{{\"seed\":{},\"rows\":[{}]}}", self.seed, rows.join(","))
    }
}

impl Row {
    /// What stands above the lines.
    pub fn heading() -> String {
        format!(
            "{:>5}  {:>6}  {:>7}  {:>7}  {:>17}  {:>17}  {:>6}  {:>6}  {:>8}  {:>6}",
            "nodes",
            "degree",
            "weather",
            "made",
            "one p50/p99/max",
            "all p50/p99/max",
            "frames",
            "bytes",
            "changes",
            "copies",
        )
    }

    /// One line of the table.
    pub fn line(&self) -> String {
        let degree = self.degree.map_or("3-8".to_owned(), |degree| degree.to_string());
        let times = |times: [i64; 3]| times.map(|time| time.to_string()).join("/");
        format!(
            "{:>5}  {degree:>6}  {:>7}  {:>7}  {:>17}  {:>17}  {:>6.2}  {:>6.0}  {:>8.0}  {:>6.3}",
            self.nodes,
            self.weather.name(),
            self.changes,
            times(self.to_one),
            times(self.to_all),
            self.frames,
            self.bytes,
            self.change_bytes,
            self.amplification,
        )
    }

    fn json(&self) -> String {
        let mut text = String::new();
        let list = |list: &[i64]| {
            let numbers: Vec<String> = list.iter().map(i64::to_string).collect();
            format!("[{}]", numbers.join(","))
        };
        let degree = self.degree.map_or("null".to_owned(), |degree| degree.to_string());
        let _ = write!(
            text,
            "{{\"nodes\":{},\"degree\":{degree},\"mean_degree\":{:.3},\"weather\":\"{}\",\
             \"changes\":{},\"ms_to_one\":{},\"ms_to_all\":{},\"frames_per_change_and_node\":{:.4},\
             \"bytes_per_change_and_node\":{:.2},\"change_bytes_per_change_and_node\":{:.2},\
             \"amplification\":{:.4},\"ms_by_percent\":{}}}",
            self.nodes,
            self.mean_degree,
            self.weather.name(),
            self.changes,
            list(&self.to_one),
            list(&self.to_all),
            self.frames,
            self.bytes,
            self.change_bytes,
            self.amplification,
            list(&self.distribution),
        );
        text
    }
}
