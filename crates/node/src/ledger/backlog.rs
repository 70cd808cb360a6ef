//! The records whose merging is not done.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hospes_domain::{CenterId, RecordKey};
use tokio::sync::Notify;

use super::trouble::Behind;

#[derive(Debug, Default)]
struct Records {
    queue: VecDeque<RecordKey>,
    all: BTreeMap<RecordKey, (Behind, Option<CenterId>)>,
}

/// The records that are behind.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    records: Mutex<Records>,
    news: Notify,
}

impl Backlog {
    /// Whether the merging of a record is not done.
    pub(crate) fn of(&self, key: &RecordKey) -> Option<Behind> {
        self.records().all.get(key).map(|(behind, _)| *behind)
    }

    /// A record is to be merged here. Whoever brought its changes is charged. One that was given up stays
    /// so until its steward begins it anew.
    pub(crate) fn put(&self, key: RecordKey, from: Option<CenterId>) {
        let mut records = self.records();
        if records.all.contains_key(&key) {
            return;
        }
        records.all.insert(key, (Behind::Waiting, from));
        records.queue.push_back(key);
        self.news.notify_one();
    }

    /// A record was merged, begun anew, or erased.
    pub(crate) fn forget(&self, key: &RecordKey) {
        let mut records = self.records();
        if records.all.remove(key).is_some() {
            records.queue.retain(|waiting| waiting != key);
        }
    }

    pub(super) fn give_up(&self, key: &RecordKey) {
        if let Some((behind, _)) = self.records().all.get_mut(key) {
            *behind = Behind::GivenUp;
        }
    }

    pub(super) fn again(&self, key: RecordKey) {
        let mut records = self.records();
        if records.all.contains_key(&key) {
            records.queue.push_back(key);
        }
    }

    pub(super) fn first(&self) -> Option<(RecordKey, Option<CenterId>)> {
        let mut records = self.records();
        let key = records.queue.pop_front()?;
        let from = records.all.get(&key).and_then(|(_, from)| *from);
        Some((key, from))
    }

    /// Waits until there is one more.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{CircleId, Kind, RecordId};

    use super::*;

    fn key(number: u8) -> RecordKey {
        RecordKey {
            circle: CircleId::COMMONS,
            id: RecordId::from_random([number; 16]),
            steward: CenterId([1; 32]),
            kind: Kind::Template,
        }
    }

    #[test]
    fn a_record_waits_once_however_often_it_changes_and_is_given_up_once() {
        let backlog = Backlog::default();
        let from = Some(CenterId([7; 32]));
        for _ in 0..3 {
            backlog.put(key(1), from);
        }
        backlog.put(key(2), None);
        assert_eq!(backlog.of(&key(1)), Some(Behind::Waiting));
        assert_eq!(backlog.first(), Some((key(1), from)));
        assert_eq!(backlog.of(&key(1)), Some(Behind::Waiting));
        backlog.again(key(1));
        assert_eq!(backlog.first(), Some((key(2), None)));
        backlog.give_up(&key(2));
        backlog.put(key(2), from);
        assert_eq!(backlog.of(&key(2)), Some(Behind::GivenUp));
        assert_eq!(backlog.first(), Some((key(1), from)));
        assert_eq!(backlog.first(), None);
        backlog.forget(&key(1));
        backlog.again(key(1));
        assert_eq!((backlog.of(&key(1)), backlog.first()), (None, None));
    }
}
