//! The world: nodes, links and a clock, and what a test can do to them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;

use hospes_domain::{CenterId, NodeId, RecordKey, Timestamp};
use hospes_sync::admission::Held;
use hospes_sync::{Author, Input, LinkId, Roster, SignedChange, Version};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::disk::Disk;
use crate::network::{Event, Link};
use crate::node::{Node, Work};
use crate::people::Deed;
use crate::plant::Plants;
use crate::tally::Tally;

mod driver;
mod links;

/// What a node is called in tests.
pub type Name = char;

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
    nodes: BTreeMap<Name, Node>,
    links: BTreeMap<LinkId, Link>,
    last_link: LinkId,
    acquainted: BTreeSet<(Name, Name)>,
    dialing: BTreeSet<(Name, Name)>,
    walls: BTreeSet<(Name, Name)>,
    /// One read or write in so many fails; 0 for none.
    failing: u32,
    plants: Plants,
    tally: Tally,
    last_steps: VecDeque<String>,
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

    /// Nodes that accept each other and are not linked.
    pub fn strangers(seed: u64, names: &str) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let nodes = names
            .chars()
            .map(|name| {
                let node = Node {
                    center: CenterId(rng.random()),
                    node: NodeId(rng.random()),
                    accepts: names.chars().collect(),
                    disk: Disk::default(),
                    process: None,
                    run: 0,
                };
                (name, node)
            })
            .collect();
        let mut world = Self {
            seed,
            rng,
            now: Timestamp(1_700_000_000_000),
            queue: BTreeMap::new(),
            queued: 0,
            coming: 0,
            nodes,
            links: BTreeMap::new(),
            last_link: 0,
            acquainted: BTreeSet::new(),
            dialing: BTreeSet::new(),
            walls: BTreeSet::new(),
            failing: 0,
            plants: Plants::default(),
            tally: Tally::default(),
            last_steps: VecDeque::new(),
        };
        for name in names.chars() {
            world.start(name);
        }
        world
    }

    /// Makes two nodes dial each other from now on.
    pub fn link(&mut self, a: Name, b: Name) {
        self.acquainted.insert((a.min(b), a.max(b)));
        self.dial(a, b, 0, 50);
        self.dial(b, a, 0, 50);
    }

    /// The names of all nodes.
    pub fn names(&self) -> Vec<Name> {
        self.nodes.keys().copied().collect()
    }

    /// What the world has counted since this was last asked for.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// Whether a node's process runs.
    pub fn is_up(&self, name: Name) -> bool {
        self.nodes[&name].process.is_some()
    }

    // What happens to nodes.

    /// Starts a node on what its disk has.
    pub fn start(&mut self, name: Name) {
        let roster = self.roster(name);
        let (now, writer) = (self.now, self.rng.random());
        let node = self.nodes.get_mut(&name).unwrap();
        if node.process.is_some() {
            return;
        }
        node.start(roster, writer, now);
        self.step(name, "starts");
        for other in self.acquaintances(name) {
            self.dial(name, other, 0, 2_000);
        }
    }

    /// Ends a process: all that is not on its disk is gone, and its links with it.
    pub fn crash(&mut self, name: Name) {
        let node = self.nodes.get_mut(&name).unwrap();
        let Some(process) = node.process.take() else { return };
        self.step(name, "crashes");
        if !process.work.is_empty() {
            self.tally.note("lost in a crash");
        }
        let links: Vec<LinkId> = self.links_of(name);
        for link in links {
            let end = self.links[&link].end_of(name);
            self.links.get_mut(&link).unwrap().open[end] = false;
            self.hang_up(link, 1 - end);
        }
    }

    /// Ends a process without anybody being told, as when a machine loses its power.
    pub fn vanish(&mut self, name: Name) {
        for link in self.links_of(name) {
            self.links.get_mut(&link).unwrap().silent = true;
        }
        self.crash(name);
    }

    /// What a node has on its disk now.
    pub fn backup(&self, name: Name) -> Backup {
        Backup(self.nodes[&name].disk.clone())
    }

    /// Stops a node, puts a backup on its disk and starts it again.
    pub fn restore(&mut self, name: Name, backup: &Backup) {
        self.crash(name);
        self.step(name, "is restored");
        self.tally.note("restore");
        self.nodes.get_mut(&name).unwrap().disk = backup.0.clone();
        self.start(name);
    }

    /// Lets a node take nothing in any more, and so acknowledge nothing.
    pub fn stall(&mut self, name: Name) {
        self.nodes.get_mut(&name).unwrap().process.as_mut().unwrap().stalled = true;
    }

    /// Lets one read or write in so many fail from now on; none with 0.
    pub fn fail_one_in(&mut self, count: u32) {
        self.failing = count;
    }

    /// Lets a node hold whatever it makes or gets.
    pub fn make_lawless(&mut self, name: Name) {
        self.nodes.get_mut(&name).unwrap().disk.lawless = true;
    }

    /// Makes a node accept a center, or not any more.
    pub fn accept(&mut self, name: Name, other: Name, yes: bool) {
        let node = self.nodes.get_mut(&name).unwrap();
        let changed = if yes { node.accepts.insert(other) } else { node.accepts.remove(&other) };
        if changed && self.is_up(name) {
            self.step(name, "changes its roster");
            let input = Input::RosterChanged(self.roster(name));
            self.feed(name, input);
        }
    }

    /// Lets people at a node do something.
    pub fn people(&mut self, name: Name, deed: Deed) {
        if let Some(process) = &mut self.nodes.get_mut(&name).unwrap().process {
            process.work.push_back(Work::Own(deed));
            if process.work.len() == 1 {
                self.write_later(name);
            }
        }
    }

    /// Puts records of a node's on its disk and on the disks of others, as if long ago. The nodes
    /// are started anew.
    pub fn plant(&mut self, steward: Name, others: &str, count: usize) {
        let node = &self.nodes[&steward];
        let writer = self.rng.random();
        let author = Author { center: node.center, node: node.node, epoch: 1, writer };
        let records: Vec<Arc<SignedChange>> =
            (0..count).map(|_| self.plants.record(&author, &mut self.rng)).collect();
        for name in others.chars().chain([steward]) {
            self.crash(name);
            let source = Some(author.center).filter(|_| name != steward);
            let batch = records.iter().map(|one| (one.clone(), self.plants.form(one))).collect();
            self.nodes.get_mut(&name).unwrap().disk.write(batch, source);
        }
        for name in others.chars().chain([steward]) {
            self.start(name);
        }
    }

    /// Makes a node forget how far others have its log.
    pub fn forget_checkpoints(&mut self, name: Name) {
        self.nodes.get_mut(&name).unwrap().disk.checkpoints.clear();
    }

    // What happens to links.

    /// Lets no frame pass between two groups, and cuts the links between them.
    pub fn partition(&mut self, these: &str, those: &str) {
        for a in these.chars() {
            for b in those.chars() {
                self.walls.insert((a.min(b), a.max(b)));
                self.cut(a, b);
            }
        }
    }

    /// Takes all walls away.
    pub fn heal(&mut self) {
        self.walls.clear();
    }

    /// Cuts the links between two nodes; what is under way may still come or not.
    pub fn cut(&mut self, a: Name, b: Name) {
        for link in self.links_between(a, b) {
            let jitter = self.rng.random_range(0..200);
            for end in [0, 1] {
                let at = self.now.plus(jitter + self.rng.random_range(0..50));
                self.push(at, Event::Hangup { link, end });
            }
        }
    }

    /// Lets frames between two nodes vanish without either noticing.
    pub fn mute(&mut self, a: Name, b: Name) {
        for link in self.links_between(a, b) {
            self.links.get_mut(&link).unwrap().silent = true;
        }
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

    /// Asserts that all running nodes hold the same, and that what they hold is allowed.
    pub fn assert_converged(&self) {
        self.assert_agree(&self.names().iter().collect::<String>());
    }

    /// Asserts that these nodes hold the same, and that what they hold is allowed.
    pub fn assert_agree(&self, names: &str) {
        let mut nodes = names.chars();
        let first = nodes.next().unwrap();
        for name in names.chars() {
            self.assert_sound(name);
        }
        for other in nodes {
            let (one, two) = (&self.nodes[&first].disk, &self.nodes[&other].disk);
            let differ: Vec<RecordKey> = one
                .records()
                .map(|(key, _)| key)
                .chain(two.records().map(|(key, _)| key))
                .filter(|key| !same(one.held(key), two.held(key)))
                .copied()
                .collect();
            assert!(differ.is_empty(), "{first} and {other} differ in {differ:?}");
        }
    }

    /// Number of records that a node holds, erased ones included.
    pub fn count(&self, name: Name) -> usize {
        self.nodes[&name].disk.records().count()
    }

    /// Number of changes that a node holds.
    pub fn changes(&self, name: Name) -> usize {
        self.nodes[&name].disk.records().map(|(_, held)| held.changes.len()).sum()
    }

    /// Whether a node's sessions with another are in sync.
    pub fn in_sync(&self, name: Name, other: Name) -> bool {
        let Some(process) = &self.nodes[&name].process else { return false };
        let status = |link: &LinkId| process.engine.status(*link);
        self.links_between(name, other).iter().filter_map(status).any(|status| status.in_sync)
    }

    /// Number of changes that a node thinks another has not confirmed.
    pub fn behind(&self, name: Name, other: Name) -> Option<u64> {
        let process = self.nodes[&name].process.as_ref()?;
        let links = self.links_between(name, other);
        links.iter().find_map(|link| process.engine.status(*link)).map(|status| status.behind)
    }

    fn assert_sound(&self, name: Name) {
        let node = &self.nodes[&name];
        if !node.disk.lawless {
            node.disk.check(|change| self.plants.form(change).unwrap());
        }
        let Some(process) = &node.process else { return };
        for (key, version) in node.disk.versions() {
            let seen: Option<Version> = process.engine.version(&key);
            assert_eq!(seen, Some(version), "{name} has another picture of {key:?}");
        }
    }

    fn quiet(&self) -> bool {
        self.coming == 0
            && self.acquainted.iter().all(|(a, b)| {
                let apart = self.walls.contains(&(*a, *b)) || !self.is_up(*a) || !self.is_up(*b);
                apart || (self.in_sync(*a, *b) && self.in_sync(*b, *a))
            })
    }

    fn unrest(&self) -> String {
        let mut text = format!("{} events to come", self.coming);
        for (a, b) in &self.acquainted {
            for (a, b) in [(*a, *b), (*b, *a)] {
                if !self.in_sync(a, b) {
                    let _ = write!(text, "; {a} is not in sync with {b}");
                }
            }
        }
        text
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
                        Input::Loaded(self.nodes[&node].disk.answer(ticket, load))
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
                    && let Some(process) = &mut self.nodes.get_mut(&node).unwrap().process
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

    fn is_run(&self, name: Name, run: u64) -> bool {
        let node = &self.nodes[&name];
        node.run == run && node.process.is_some()
    }

    fn fails(&mut self) -> bool {
        self.failing > 0 && self.rng.random_range(0..self.failing) == 0
    }

    fn roster(&self, name: Name) -> Roster {
        let node = &self.nodes[&name];
        let known = node.accepts.iter().filter_map(|other| self.nodes.get(other));
        Roster::new(known.map(Node::introduction).collect())
    }

    fn acquaintances(&self, name: Name) -> Vec<Name> {
        self.acquainted
            .iter()
            .filter_map(|(a, b)| match name {
                name if name == *a => Some(*b),
                name if name == *b => Some(*a),
                _ => None,
            })
            .collect()
    }

    fn step(&mut self, name: Name, what: &str) {
        if self.last_steps.len() >= REMEMBERED {
            self.last_steps.pop_front();
        }
        self.last_steps.push_back(format!("{:>10} {name} {what}", self.now.0 % 100_000_000));
    }
}

/// What a node had on its disk at some time.
#[derive(Clone)]
pub struct Backup(Disk);

/// Two tombstones of one generation are as good as one.
fn same(one: Option<&Held>, two: Option<&Held>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => {
            one == two || (one.erased && two.erased && one.generation == two.generation)
        }
        (one, two) => one.is_none() && two.is_none(),
    }
}

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
