//! A watch over a node that is being attacked.
//!
//! As long as it lasts, a counselor's program searches the node again and again over one open
//! connection, and the memory of the node and of its merge worker is looked at. In the end it is
//! asserted that nobody at the desk would have noticed.
//!
//! Making an attack keeps the thread of the test busy for seconds. So that this does not look like a
//! slow node, the watch needs a runtime with a thread besides: `flavor = "multi_thread"`.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::stage::Center;
use hospes_wire::local::SearchRequest;
use tokio::runtime::RuntimeFlavor;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::fault;

/// Memory that a node may take at its highest, in bytes of resident memory.
pub const NODE_MEMORY: u64 = 256 << 20;
/// Memory that a merge worker may take at its highest: its limit of address space.
pub const WORKER_MEMORY: u64 = 768 << 20;
/// How long nine of ten searches may take: DESIGN section 7.
pub const ANSWER: Duration = Duration::from_millis(100);
/// How long any search may take. Far beyond [`ANSWER`], because a test shares two cores with
/// compilers and other tests, and one search in hundreds may have to wait for them. A node that is
/// stopped by what it was sent is stopped for longer.
pub const SLOWEST: Duration = Duration::from_secs(2);
/// Between two searches.
const PAUSE: Duration = Duration::from_millis(20);
/// Fewer searches tell nothing.
const FEWEST: usize = 20;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(100);

/// A watch that is being kept.
#[derive(Debug)]
pub struct Vigil {
    name: String,
    stop: watch::Sender<bool>,
    searches: JoinHandle<Result<Vec<Duration>>>,
    memory: JoinHandle<Result<Peak>>,
}

/// The highest that was seen, in bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Peak {
    node: u64,
    worker: u64,
}

impl Vigil {
    /// Begins to watch a node.
    pub async fn over(center: &Center) -> Result<Self> {
        let flavor = tokio::runtime::Handle::current().runtime_flavor();
        ensure!(flavor == RuntimeFlavor::MultiThread, "a watch needs a thread of its own");
        let desk = Desk::of(center, "vigil", "counselor").await?;
        let stop = watch::Sender::new(false);
        let searches = tokio::spawn(search(desk, stop.subscribe()));
        let memory = tokio::spawn(look(fault::node(center)?, stop.subscribe()));
        Ok(Self { name: center.name.clone(), stop, searches, memory })
    }

    /// Ends the watch, and checks that nobody at the desk would have noticed anything: all searches
    /// were answered, nine of ten within [`ANSWER`] and each within [`SLOWEST`], and the memory of
    /// node and worker stayed below [`NODE_MEMORY`] and [`WORKER_MEMORY`].
    pub async fn ended_well(self) -> Result<()> {
        self.stop.send_replace(true);
        let mut searches = self.searches.await??;
        let Peak { node, worker } = self.memory.await??;
        searches.sort_unstable();
        let count = searches.len();
        let at = |place: usize| searches.get(place).copied().unwrap_or_default();
        let (median, tenth, slowest) = (at(count / 2), at(count * 9 / 10), at(count - 1));
        println!(
            "{} answered {count} searches: median {median:.1?}, nine of ten in {tenth:.1?}, \
             slowest {slowest:.1?}; node {} MiB, worker {} MiB",
            self.name,
            node >> 20,
            worker >> 20
        );
        ensure!(tenth <= ANSWER, "nine of ten searches took up to {tenth:?}");
        ensure!(slowest <= SLOWEST, "a search took {slowest:?}");
        ensure!(node <= NODE_MEMORY, "the node took {} MiB", node >> 20);
        ensure!(worker <= WORKER_MEMORY, "the worker took {} MiB", worker >> 20);
        Ok(())
    }
}

async fn search(desk: Desk, stop: watch::Receiver<bool>) -> Result<Vec<Duration>> {
    let query =
        SearchRequest { kind: "offer".to_owned(), country: "EE".to_owned(), ..Default::default() };
    let mut times = Vec::new();
    while !*stop.borrow() || times.len() < FEWEST {
        let began = Instant::now();
        let mut directory = desk.directory.clone();
        let answer = directory.search(desk.request(query.clone()));
        match tokio::time::timeout(10 * SLOWEST, answer).await {
            Ok(answer) => drop(answer.context("a search was not answered")?),
            Err(_) => bail!("a search took more than {:?}", 10 * SLOWEST),
        }
        times.push(began.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(times)
}

async fn look(node: i32, stop: watch::Receiver<bool>) -> Result<Peak> {
    let mut peak = Peak::default();
    while !*stop.borrow() {
        peak.node = peak.node.max(highest(node).context("the node is gone")?);
        // A worker that has just died was looked at before.
        let workers = fault::workers(node)?;
        let worker = workers.into_iter().filter_map(highest).max();
        peak.worker = peak.worker.max(worker.unwrap_or_default());
        tokio::time::sleep(LOOK).await;
    }
    Ok(peak)
}

/// The most resident memory that a process has had, in bytes.
fn highest(process: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}
