//! Faults that are made on purpose: links that break or hang, workers that die.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use hospes_stage::stage::{Center, introduce};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Parts of a second in which Linux tells processor time, on every machine.
const TICKS: u32 = 100;

/// What a proxy does with what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passage {
    /// Passes it on.
    Open,
    /// Keeps the connections and passes nothing on.
    Held,
    /// Breaks all connections, and new ones too.
    Cut,
}

/// A link through which a node is dialed, and which can be broken.
#[derive(Debug)]
pub struct Proxy {
    /// What to dial.
    pub address: SocketAddr,
    passage: watch::Sender<Passage>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A link to a listener that passes everything on.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (passage, state) = watch::channel(Passage::Open);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(join(near, target, state.clone()));
            }
        });
        Ok(Self { address, passage, task })
    }

    /// Breaks the link: connections end, and so does every new one.
    pub fn cut(&self) {
        self.passage.send_replace(Passage::Cut);
    }

    /// Lets the link hang: nothing breaks, and nothing arrives.
    pub fn hold(&self) {
        self.passage.send_replace(Passage::Held);
    }

    /// Mends the link.
    pub fn mend(&self) {
        self.passage.send_replace(Passage::Open);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

async fn join(near: TcpStream, target: SocketAddr, state: watch::Receiver<Passage>) {
    if *state.borrow() == Passage::Cut {
        return;
    }
    let Ok(far) = TcpStream::connect(target).await else { return };
    let (_, _) = (near.set_nodelay(true), far.set_nodelay(true));
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    // The first direction that ends takes the other one with it.
    tokio::select! {
        () = pass(from_near, to_far, state.clone()) => {}
        () = pass(from_far, to_near, state) => {}
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<Passage>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let mut cut = state.clone();
        let count = tokio::select! {
            biased;
            _ = cut.wait_for(|passage| *passage == Passage::Cut) => return,
            count = from.read(&mut buffer) => count.unwrap_or(0),
        };
        let open = state.wait_for(|passage| *passage != Passage::Held).await;
        if count == 0 || !open.is_ok_and(|passage| *passage == Passage::Open) {
            return;
        }
        if to.write_all(buffer.get(..count).unwrap_or_default()).await.is_err() {
            return;
        }
    }
}

/// Makes two centers peers whose only way to each other is the link that is returned.
pub async fn introduce_by_link(one: &Center, other: &Center) -> Result<Proxy> {
    let link = Proxy::to(other.peer).await?;
    // Without an address in its file a center is waited for, not dialed.
    let silent = one.card.with_extension("silent.pem");
    let (silent, card) = (silent.to_string_lossy(), other.card.to_string_lossy());
    one.run(["center", "export", &*silent]).await?;
    other.run(["peer", "add", &*silent, "--yes"]).await?;
    let address = link.address.to_string();
    one.run(["peer", "add", &*card, "--yes", "--address", &address]).await?;
    Ok(link)
}

/// Makes each center a peer of the next one.
pub async fn introduce_all(centers: &[&Center]) -> Result<()> {
    for pair in centers.windows(2) {
        if let [one, other] = pair {
            introduce(one, other).await?;
        }
    }
    Ok(())
}

/// The process of a node that we started.
pub fn node(center: &Center) -> Result<i32> {
    let data = center.data.to_string_lossy();
    let own = i32::try_from(std::process::id())?;
    let node = processes()?.into_iter().find(|process| {
        process.parent == own
            && process.words.first().is_some_and(|word| word.ends_with("hospes-node"))
            && process.words.iter().any(|word| *word == data)
    });
    Ok(node.with_context(|| format!("the node of {} does not run", center.name))?.pid)
}

/// The processor time that a node has used since it was started.
pub fn processor_time(center: &Center) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", node(center)?))?;
    // After the name, which may hold anything: the 12th and 13th number, in ticks.
    let (_, numbers) = stat.rsplit_once(')').context("a line without a name")?;
    let ticks = numbers.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_secs(ticks) / TICKS)
}

/// The merge workers of a node's process.
pub fn workers(node: i32) -> Result<Vec<i32>> {
    let processes = processes()?.into_iter().filter(|process| {
        process.parent == node && process.words.iter().any(|word| word == "merge-worker")
    });
    Ok(processes.map(|process| process.pid).collect())
}

/// The merge worker of a node, when one runs.
pub fn worker(center: &Center) -> Result<Option<Pid>> {
    Ok(workers(node(center)?)?.first().and_then(|worker| Pid::from_raw(*worker)))
}

/// Kills the merge worker of a node that we started; tells whether there was one.
pub fn kill_worker(center: &Center) -> Result<bool> {
    let Some(worker) = worker(center)? else { return Ok(false) };
    // It may have ended by itself just now.
    Ok(kill_process(worker, Signal::KILL).is_ok())
}

struct Process {
    pid: i32,
    parent: i32,
    words: Vec<String>,
}

fn processes() -> Result<Vec<Process>> {
    let entries = fs::read_dir("/proc").context("failed to look at the processes")?;
    Ok(entries.flatten().filter_map(|entry| process(entry.file_name().to_str()?)).collect())
}

fn process(name: &str) -> Option<Process> {
    let pid = name.parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
    // "12 (a name) S 11 ...": the name may hold anything, also brackets.
    let (_, rest) = stat.rsplit_once(") ")?;
    let parent = rest.split(' ').nth(1)?.parse().ok()?;
    let line = fs::read(format!("/proc/{name}/cmdline")).ok()?;
    let words =
        line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    Some(Process { pid, parent, words: words.collect() })
}
