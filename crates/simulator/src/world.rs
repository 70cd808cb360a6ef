//! The world: nodes, links and a clock, and what a test can do to them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use hospes_domain::{CenterId, NodeId, RecordKey, Timestamp};
use hospes_sync::admission::{Form, Held, Refusal};
use hospes_sync::{Author, Input, LinkId, Roster, SignedChange, Version};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::arrivals::Arrivals;
use crate::disk::{Disk, Written};
use crate::name::{Name, Names};
use crate::network::{Event, Link};
use crate::node::{Node, Work};
use crate::people::Deed;
use crate::plant::Plants;
use crate::tally::Tally;
use crate::truth::Truth;

mod driver;
mod links;
mod nodes;
mod verdict;

/// Steps that are shown when a test fails.
const REMEMBERED: usize = 20;
/// Time in which a world must come to rest. Below the ten minutes after which sessions look again
/// of their own accord: nothing may depend on that.
const PATIENCE: i64 = 400 * Timestamp::SECOND;

/// A world with a seed: nodes, links and a clock.
pub struct World {
    seed: u64,
    pub(crate) rng: SmallRng,
    now: Timestamp,
    queue: BTreeMap<(Timestamp, u64), Event>,
    queued: u64,
    /// Events in the queue that matter.
    coming: usize,
    nodes: Vec<Node>,
    links: BTreeMap<LinkId, Link>,
    last_link: LinkId,
    /// Two friends that were not in sync when this was last looked at: it is looked at often.
    restless: Option<(Name, Name)>,
    dialing: BTreeSet<(Name, Name)>,
    walls: BTreeSet<(Name, Name)>,
    /// Of a million frames so many are lost.
    loss: u32,
    /// One read or write in so many fails; 0 for none.
    failing: u32,
    plants: Plants,
    truth: Truth,
    tally: Tally,
    arrivals: Option<Arrivals>,
    last_steps: VecDeque<Step>,
}

/// Something that happened, for those who look for the reason of a failure.
struct Step {
    at: Timestamp,
    name: Name,
    what: What,
}

enum What {
    Does(&'static str),
    Wrote(Deed),
    Gets(&'static str, LinkId),
    Opens(LinkId, Name),
    Loses(LinkId, Name),
    Closes(LinkId, String),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10} {} ", self.at.0 % 100_000_000, self.name)?;
        match &self.what {
            What::Does(what) => write!(f, "{what}"),
            What::Wrote(deed) => write!(f, "has written {deed:?}"),
            What::Gets(sort, link) => write!(f, "gets {sort} on link {link}"),
            What::Opens(link, other) => write!(f, "has link {link} to {other}"),
            What::Loses(link, other) => write!(f, "loses link {link} to {other}"),
            What::Closes(link, why) => write!(f, "closes link {link}: {why}"),
        }
    }
}

impl World {
    /// Nodes of these names, all accepting each other and all linked.
    pub fn new(seed: u64, names: &str) -> Self {
        let mut world = Self::strangers(seed, names);
        for a in names.chars() {
            for b in names.chars().filter(|b| *b > a) {
                world.link(a, b);
            }
        }
        world
    }

    /// Nodes of these names, all accepting each other, of which each is linked to the next.
    pub fn chain(seed: u64, names: &str) -> Self {
        let mut world = Self::strangers(seed, names);
        for (a, b) in names.chars().zip(names.chars().skip(1)) {
            world.link(a, b);
        }
        world
    }

    /// Nodes that accept each other and are not linked, named from `a` on.
    pub fn strangers(seed: u64, names: &str) -> Self {
        let mut world = Self::of(seed, names.len());
        for name in Names::from(names).0 {
            world.start(name);
        }
        world
    }

    /// So many nodes, all accepting each other, none of them running or linked.
    pub fn of(seed: u64, count: usize) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let names = || (0..).map(Name).take(count);
        let nodes = names().map(|_| Node {
            center: CenterId(rng.random()),
            node: NodeId(rng.random()),
            accepts: names().collect(),
            roster: Roster::default(),
            friends: BTreeSet::new(),
            links: BTreeSet::new(),
            disk: Disk::default(),
            process: None,
            run: 0,
        });
        let mut nodes: Vec<Node> = nodes.collect();
        let roster = Roster::new(nodes.iter().map(Node::introduction).collect());
        for node in &mut nodes {
            node.roster = roster.clone();
        }
        Self {
            seed,
            rng,
            now: Timestamp(1_700_000_000_000),
            queue: BTreeMap::new(),
            queued: 0,
            coming: 0,
            nodes,
            links: BTreeMap::new(),
            last_link: 0,
            restless: None,
            dialing: BTreeSet::new(),
            walls: BTreeSet::new(),
            loss: 0,
            failing: 0,
            plants: Plants::default(),
            truth: Truth::default(),
            tally: Tally::default(),
            arrivals: None,
            last_steps: VecDeque::new(),
        }
    }

    /// Makes two nodes dial each other from now on.
    pub fn link(&mut self, a: impl Into<Name>, b: impl Into<Name>) {
        let (a, b) = (a.into(), b.into());
        self.node_mut(a).friends.insert(b);
        self.node_mut(b).friends.insert(a);
        self.dial(a, b, 0, 50);
        self.dial(b, a, 0, 50);
    }

    /// The names of all nodes.
    pub fn names(&self) -> Vec<Name> {
        (0..).map(Name).take(self.nodes.len()).collect()
    }

    /// What the world has counted since this was last asked for.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// Notes from now on when each change comes to each node.
    pub fn watch_arrivals(&mut self) {
        self.arrivals = Some(Arrivals::since(self.now));
    }

    /// What was noted since.
    pub fn take_arrivals(&mut self) -> Arrivals {
        self.arrivals.take().unwrap_or_else(|| Arrivals::since(self.now))
    }

    // Time.

    /// Lets this many milliseconds pass.
    pub fn run_for(&mut self, milliseconds: i64) {
        let end = self.now.plus(milliseconds);
        while self.queue.first_key_value().is_some_and(|((at, _), _)| *at <= end) {
            self.turn();
        }
        self.now = end;
    }

    /// Lets time pass until every link is open and in sync and nothing is under way.
    pub fn run_until_quiet(&mut self) {
        let end = self.now.plus(PATIENCE);
        while !self.quiet() {
            assert!(self.now <= end, "the world does not come to rest: {}", self.unrest());
            self.turn();
        }
    }

    fn turn(&mut self) {
        let Some(((at, _), event)) = self.queue.pop_first() else { panic!("nothing is to come") };
        self.now = at.max(self.now);
        self.coming -= usize::from(event.matters());
        match event {
            Event::Dial { from, to } => self.dialed(from, to),
            Event::Opened { link, end } => self.opened(link, end),
            Event::Frame { link, end, frame, depth } => self.arrived(link, end, frame, depth),
            Event::Hangup { link, end } => self.hung_up(link, end),
            Event::Write { node, run } => self.written(node, run),
            Event::Read { node, run, ticket, load } => {
                if self.is_run(node, run) {
                    let input = if self.fails() {
                        self.tally.note("failed read");
                        Input::Failed(ticket)
                    } else {
                        Input::Loaded(self.node(node).disk.answer(ticket, load))
                    };
                    self.feed(node, input);
                }
            }
            Event::Tell { node, run, input } => {
                if self.is_run(node, run) {
                    self.feed(node, input);
                }
            }
            Event::Alarm { node, run } => {
                let now = self.now;
                if self.is_run(node, run)
                    && let Some(process) = &mut self.node_mut(node).process
                    && process.alarm.take_if(|at| *at <= now).is_some()
                {
                    self.feed(node, Input::Tick);
                }
            }
        }
    }

    fn push(&mut self, at: Timestamp, event: Event) {
        self.coming += usize::from(event.matters());
        self.queued += 1;
        self.queue.insert((at, self.queued), event);
    }

    pub(crate) fn node(&self, name: Name) -> &Node {
        &self.nodes[name.place()]
    }

    pub(crate) fn node_mut(&mut self, name: Name) -> &mut Node {
        &mut self.nodes[name.place()]
    }

    fn is_run(&self, name: Name, run: u64) -> bool {
        let node = self.node(name);
        node.run == run && node.process.is_some()
    }

    fn fails(&mut self) -> bool {
        self.failing > 0 && self.rng.random_range(0..self.failing) == 0
    }

    fn step(&mut self, name: Name, what: What) {
        if self.last_steps.len() >= REMEMBERED {
            self.last_steps.pop_front();
        }
        self.last_steps.push_back(Step { at: self.now, name, what });
    }
}

/// What a node had on its disk at some time.
#[derive(Clone)]
pub struct Backup(Disk);

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the last that happened in the world of SEED={}:", self.seed);
            for step in &self.last_steps {
                eprintln!("  {step}");
            }
        }
    }
}
