//! The threads of connections, which are waited for.
//!
//! A connection that is dropped and not closed goes on for a moment, on a thread of its own. SQLCipher
//! takes itself down when the process ends, whoever still uses it: a process that ends within that
//! moment dies of a segmentation fault, after all its work was done well.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long they are waited for at most. Closing takes a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);

/// The threads of some connections. Dropped after them, it waits until they have ended: at once when
/// the connections were closed.
#[derive(Debug)]
pub(crate) struct Threads {
    /// What their names begin with. The system keeps 15 bytes of a name.
    prefix: String,
}

impl Threads {
    /// Of connections that are yet to be opened.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { prefix: format!("db-{:x}-", NEXT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Names them, by their number.
    pub(crate) fn names(&self) -> impl Fn(u64) -> String + Send + Sync + 'static {
        let prefix = self.prefix.clone();
        move |number| format!("{prefix}{number:x}")
    }

    /// Whether one still runs. Where the system does not tell, none does.
    fn run(&self) -> bool {
        let Ok(threads) = fs::read_dir("/proc/self/task") else { return false };
        threads.flatten().any(|thread| {
            let name = fs::read_to_string(thread.path().join("comm"));
            name.is_ok_and(|name| name.starts_with(&self.prefix))
        })
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let start = Instant::now();
        while self.run() && start.elapsed() < PATIENCE {
            std::thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::sync::mpsc;

    use super::*;

    #[test]
    fn threads_are_waited_for_and_those_of_others_are_not() {
        let (ours, theirs) = (Threads::new(), Threads::new());
        let (end, ending) = mpsc::channel::<()>();
        let name = (ours.names())(7);
        let thread = std::thread::Builder::new().name(name);
        let thread = thread.spawn(move || ending.recv().is_err()).unwrap();
        while !ours.run() {
            std::thread::yield_now();
        }
        assert!(!theirs.run());
        drop(theirs);
        drop(end);
        drop(ours);
        assert!(thread.is_finished());
    }
}
