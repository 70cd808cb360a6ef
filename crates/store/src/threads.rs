//! The threads of connections, which are waited for.
//!
//! A connection that is dropped and not closed goes on for a moment, on a thread of its own. SQLCipher
//! takes itself down when the process ends, whoever still uses it: a process that ends within that
//! moment dies of a segmentation fault, after all its work was done well.

use std::cell::RefCell;
use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long they are waited for at most. Closing takes a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);

/// The threads of some connections. After it is dropped, the thread that dropped it does not end before
/// they have: not at once, because what holds a connection last may be a task of this very thread.
#[derive(Debug)]
pub(crate) struct Threads(Names);

thread_local! {
    /// Of which threads this one waits for the end.
    static LEFT: RefCell<Vec<Names>> = const { RefCell::new(Vec::new()) };
}

/// What the names of threads begin with. The system keeps 15 bytes of a name.
#[derive(Debug)]
struct Names(String);

impl Threads {
    /// Of connections that are yet to be opened.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(Names(format!("db-{:x}-", NEXT.fetch_add(1, Ordering::Relaxed))))
    }

    /// Names them, by their number.
    pub(crate) fn names(&self) -> impl Fn(u64) -> String + Send + Sync + 'static {
        let prefix = self.0.0.clone();
        move |number| format!("{prefix}{number:x}")
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let mut names = Some(Names(std::mem::take(&mut self.0.0)));
        // A thread that is ending already waits here.
        let _ = LEFT.try_with(|left| {
            let mut left = left.borrow_mut();
            left.retain(Names::run);
            left.extend(names.take().filter(Names::run));
        });
    }
}

impl Names {
    /// Whether one still runs. Where the system does not tell, none does.
    fn run(&self) -> bool {
        let Ok(threads) = fs::read_dir("/proc/self/task") else { return false };
        !self.0.is_empty()
            && threads.flatten().any(|thread| {
                let name = fs::read_to_string(thread.path().join("comm"));
                name.is_ok_and(|name| name.starts_with(&self.0))
            })
    }
}

impl Drop for Names {
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
    fn a_thread_does_not_end_before_the_connections_that_it_dropped() {
        let (ours, theirs) = (Threads::new(), Threads::new());
        let (end, ending) = mpsc::channel::<()>();
        let connection = std::thread::Builder::new().name((ours.names())(7));
        let connection = connection.spawn(move || ending.recv().is_err()).unwrap();
        while !ours.0.run() {
            std::thread::yield_now();
        }
        assert!(!theirs.0.run());
        let owner = std::thread::spawn(move || {
            drop(theirs);
            drop(ours);
            // Only now, as a task that is dropped with its runtime.
            drop(end);
        });
        owner.join().unwrap();
        assert!(connection.is_finished());
    }
}
