//! When changes came to where.

use std::collections::BTreeMap;

use hospes_domain::Timestamp;
use hospes_sync::ChangeHash;

/// For each change, how long it took to each node that got it, in milliseconds since it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    since: Timestamp,
    changes: BTreeMap<ChangeHash, Vec<i64>>,
}

impl Arrivals {
    /// Of changes that are saved from now on.
    pub(crate) fn since(now: Timestamp) -> Self {
        Self { since: now, changes: BTreeMap::new() }
    }

    pub(crate) fn note(&mut self, change: ChangeHash, born: Timestamp, now: Timestamp) {
        if born >= self.since {
            self.changes.entry(change).or_default().push(now.since(born));
        }
    }

    /// Number of changes.
    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    /// How long every change took to every node that got it, ascending.
    pub fn all(&self) -> Vec<i64> {
        let mut all: Vec<i64> = self.changes.values().flatten().copied().collect();
        all.sort_unstable();
        all
    }

    /// How long every change took to the last node that got it, ascending.
    pub fn last(&self) -> Vec<i64> {
        let mut last: Vec<i64> =
            self.changes.values().filter_map(|one| one.iter().max()).copied().collect();
        last.sort_unstable();
        last
    }
}
