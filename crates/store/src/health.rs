//! Whether the disk takes what is to be kept.
//!
//! A full disk, or one that can only be read, is no reason to stop: what is there is still found, nothing
//! is said to be saved that is not, and the next write tries again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::database::Store;
use crate::error::{Fatal, StoreError};

/// Why nothing can be kept just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ailment {
    /// What the disk said last.
    pub why: Fatal,
    /// When the first write failed after the last one that did not.
    pub since: Instant,
}

/// What the writer knows of it.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Option<Ailment>>);

impl Health {
    fn ailment(&self) -> MutexGuard<'_, Option<Ailment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction is on disk. Whether it is the first after one that failed.
    pub(crate) fn kept(&self) -> bool {
        self.ailment().take().is_some()
    }

    /// A transaction failed. Whether it is the first for this reason.
    pub(crate) fn failed(&self, error: &StoreError) -> bool {
        let StoreError::Fatal(why) = error else { return false };
        let mut ailment = self.ailment();
        let since = ailment.as_ref().map_or_else(Instant::now, |known| known.since);
        let news = ailment.as_ref().is_none_or(|known| known.why != *why);
        *ailment = Some(Ailment { why: why.clone(), since });
        news
    }
}

impl Store {
    /// Why nothing can be kept just now; `None` when the last write succeeded.
    pub fn ailment(&self) -> Option<Ailment> {
        self.health().ailment().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ailment_lasts_from_the_first_write_that_failed_until_one_that_did_not() {
        let health = Health::default();
        assert!(!health.kept());
        assert!(!health.failed(&StoreError::Busy), "a busy database is not ill");
        assert!(health.failed(&StoreError::Fatal(Fatal::DiskFull)));
        let since = health.ailment().clone().map(|ailment| ailment.since);
        assert!(!health.failed(&StoreError::Fatal(Fatal::DiskFull)), "the same is no news");
        assert!(health.failed(&StoreError::Fatal(Fatal::ReadOnly)));
        assert_eq!(health.ailment().clone().map(|ailment| ailment.since), since);
        assert!(health.kept());
        assert_eq!(*health.ailment(), None);
    }
}
