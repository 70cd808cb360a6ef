//! How much memory a node takes, as the system counts it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use hospes_stage::stage::Center;
use tokio::task::JoinHandle;

/// Between two looks at a running node.
const PAUSE: Duration = Duration::from_millis(100);

/// Bytes that the processes of one node take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// The node's process.
    pub node: u64,
    /// Its merge worker; 0 when none runs.
    pub worker: u64,
}

impl Memory {
    /// Both.
    pub fn all(self) -> u64 {
        self.node + self.worker
    }

    /// What the node takes now: resident pages (`VmRSS`).
    pub fn now(center: &Center) -> Result<Self> {
        Self::read(center, "VmRSS")
    }

    /// The most that each process took since it began (`VmHWM`).
    pub fn peak(center: &Center) -> Result<Self> {
        Self::read(center, "VmHWM")
    }

    fn read(center: &Center, entry: &str) -> Result<Self> {
        let node = center.pid().with_context(|| format!("{} does not run", center.name))?;
        let node = node.as_raw_nonzero().get();
        let workers = children(node)?;
        Ok(Self {
            node: size(node, entry)?,
            // A worker that ends just now counts no more.
            worker: workers.into_iter().filter_map(|worker| size(worker, entry).ok()).sum(),
        })
    }

    fn most(self, other: Self) -> Self {
        Self { node: self.node.max(other.node), worker: self.worker.max(other.worker) }
    }
}

/// Looks at a node again and again, as its worker may end and another one begin.
#[derive(Debug)]
pub struct Watcher {
    most: Arc<Mutex<Memory>>,
    done: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Watcher {
    /// Begins to look.
    pub fn of(center: &Center) -> Result<Self> {
        let node = center.pid().context("the node does not run")?.as_raw_nonzero().get();
        let (most, done) = (Arc::new(Mutex::new(Memory::default())), Arc::<AtomicBool>::default());
        let (seen, stop) = (most.clone(), done.clone());
        let task = tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let workers = children(node).unwrap_or_default();
                let peaks = workers.into_iter().filter_map(|worker| size(worker, "VmHWM").ok());
                let now = Memory { node: size(node, "VmHWM").unwrap_or(0), worker: peaks.sum() };
                {
                    let mut most = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    *most = most.most(now);
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(Self { most, done, task })
    }

    /// The most that each process of the node took since it began.
    pub async fn end(self, center: &Center) -> Result<Memory> {
        self.done.store(true, Ordering::Relaxed);
        self.task.await.context("looking at the memory failed")?;
        let most = *self.most.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(most.most(Memory::peak(center)?))
    }
}

/// The processes that a process has started.
fn children(parent: i32) -> Result<Vec<i32>> {
    let entries = fs::read_dir("/proc").context("failed to look at the processes")?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.filter(|pid| parent_of(*pid) == Some(parent)).collect())
}

fn parent_of(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // "12 (a name) S 11 ...": the name may hold anything, also brackets.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

/// Bytes of an entry of a process's status, which is in KiB.
fn size(pid: i32, entry: &str) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("failed to read {path}"))?;
    kib(&status, entry).with_context(|| format!("{path} has no {entry}")).map(|kib| kib * 1_024)
}

fn kib(status: &str, entry: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(entry)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_status_of_a_process_is_read() {
        let status = "Name:\tnode\nVmHWM:\t  123456 kB\nVmRSS:\t    4096 kB\nVmRSSX:\t 1 kB\n";
        assert_eq!(kib(status, "VmHWM"), Some(123_456));
        assert_eq!(kib(status, "VmRSS"), Some(4_096));
        assert_eq!(kib(status, "VmSwap"), None);
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(size(own, "VmHWM").unwrap() > 1_024 * 1_024);
        assert!(children(parent_of(own).unwrap()).unwrap().contains(&own));
    }
}
