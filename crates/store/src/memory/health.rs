//! Whether the disk takes what is to be kept.
//!
//! A full disk, or one that can only be read, is no reason to stop: what is there is still found, nothing
//! is said to be saved that is not, and the next write tries again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Fatal, StoreError};

/// On a full disk something small may still find room in the write-ahead log while all else is refused.
/// So a write that is lighter than the one that failed ends an ailment only when none has failed for
/// this long.
const CALM: Duration = Duration::from_secs(10);

/// Why nothing can be kept just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ailment {
    /// What the disk said last.
    pub why: Fatal,
    /// When the first write failed after the last one that did not.
    pub since: Instant,
}

/// An ailment and what is needed to see its end.
#[derive(Debug)]
struct Known {
    ailment: Ailment,
    /// When a write failed last.
    last: Instant,
    /// Bytes, about, of the lightest transaction that failed.
    weight: usize,
    /// Whether one has succeeded since, though a lighter one.
    kept: bool,
}

impl Known {
    fn is_over(&self, now: Instant) -> bool {
        self.kept && now.duration_since(self.last) >= CALM
    }
}

/// What the writer knows of it.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Option<Known>>);

impl Health {
    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction of so many bytes is on disk. Whether an ailment has ended with it.
    pub(crate) fn kept(&self, weight: usize, now: Instant) -> bool {
        let mut known = self.known();
        if let Some(known) = known.as_mut() {
            known.kept = true;
        }
        known.take_if(|known| weight >= known.weight || known.is_over(now)).is_some()
    }

    /// A transaction of so many bytes failed. Whether it is the first for this reason.
    pub(crate) fn failed(&self, error: &StoreError, weight: usize, now: Instant) -> bool {
        let StoreError::Fatal(why) = error else { return false };
        let mut known = self.known();
        let before = known.take_if(|known| !known.is_over(now));
        let news = before.as_ref().is_none_or(|before| before.ailment.why != *why);
        let since = before.as_ref().map_or(now, |before| before.ailment.since);
        let weight = before.map_or(weight, |before| before.weight.min(weight));
        let ailment = Ailment { why: why.clone(), since };
        *known = Some(Known { ailment, last: now, weight, kept: false });
        news
    }

    /// Why nothing can be kept just now; `None` when writes succeed.
    pub(crate) fn ailment(&self, now: Instant) -> Option<Ailment> {
        let known = self.known();
        known.as_ref().filter(|known| !known.is_over(now)).map(|known| known.ailment.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: StoreError = StoreError::Fatal(Fatal::DiskFull);

    #[test]
    fn an_ailment_lasts_from_the_first_write_that_failed_until_one_that_did_not() {
        let (health, start) = (Health::default(), Instant::now());
        let later = start + Duration::from_secs(3);
        assert!(!health.kept(100, start));
        assert!(!health.failed(&StoreError::Busy, 100, start), "a busy database is not ill");
        assert!(health.failed(&FULL, 100, start));
        assert!(!health.failed(&FULL, 100, later), "the same is no news");
        assert!(health.failed(&StoreError::Fatal(Fatal::ReadOnly), 100, later));
        assert_eq!(health.ailment(later).map(|ailment| ailment.since), Some(start));
        assert!(health.kept(100, later));
        assert_eq!(health.ailment(later), None);
    }

    #[test]
    fn something_small_that_finds_room_is_no_recovery_while_larger_things_fail() {
        let (health, start) = (Health::default(), Instant::now());
        assert!(health.failed(&FULL, 5_000, start));
        for second in 1..30 {
            let now = start + Duration::from_secs(second);
            assert!(!health.kept(100, now));
            assert!(health.ailment(now).is_some());
            assert!(!health.failed(&FULL, 5_000, now), "it is not told again and again");
        }
        let end = start + Duration::from_secs(30);
        assert!(!health.kept(100, end));
        assert!(health.ailment(end).is_some());
        assert_eq!(health.ailment(end + CALM), None);
        assert!(health.failed(&FULL, 5_000, end + CALM), "that is a new one");
    }
}
