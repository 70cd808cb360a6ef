//! The works that run while the node is open, each by its name.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

/// See the module.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<Vec<(&'static str, JoinHandle<()>)>>);

impl Tasks {
    /// Starts one.
    pub(crate) fn spawn(
        &self,
        name: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        self.with(|tasks| tasks.push((name, tokio::spawn(work))));
    }

    /// Waits for one that has been told to end, so long at most.
    pub(crate) async fn ended(&self, name: &str, at_most: Duration) {
        let place = |tasks: &mut Vec<(&str, _)>| tasks.iter().position(|(of, _)| *of == name);
        let task = self.with(|tasks| place(tasks).map(|place| tasks.swap_remove(place)));
        if let Some((name, task)) = task
            && tokio::time::timeout(at_most, task).await.is_err()
        {
            tracing::warn!(task = name, "it did not end in {} s", at_most.as_secs());
        }
    }

    /// Ends all, wherever they are.
    pub(crate) fn abort(&self) {
        for (_, task) in self.with(std::mem::take) {
            task.abort();
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<(&'static str, JoinHandle<()>)>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_task_that_was_told_to_end_is_waited_for_and_the_others_are_not() {
        let (tasks, done) = (Tasks::default(), Arc::new(AtomicBool::new(false)));
        tasks.spawn("others", std::future::pending());
        tasks.spawn("driver", {
            let done = done.clone();
            async move { done.store(true, Ordering::SeqCst) }
        });
        tasks.ended("driver", Duration::from_secs(60)).await;
        assert!(done.load(Ordering::SeqCst));
        tasks.ended("others", Duration::ZERO).await;
        tasks.ended("nobody", Duration::from_secs(60)).await;
        tasks.abort();
    }
}
