//! Which records are being read to be written: of two who want the same one, one comes after the other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::RecordKey;
use tokio::sync::Notify;

/// The handle; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    taken: Mutex<BTreeSet<RecordKey>>,
    freed: Notify,
}

impl Keys {
    /// Waits until nobody has any of these, and takes them all at once: so nobody who has some waits for
    /// others.
    pub(crate) async fn take(&self, keys: BTreeSet<RecordKey>) -> Taken {
        loop {
            let freed = self.shared.freed.notified();
            tokio::pin!(freed);
            // From here on no notice is missed.
            freed.as_mut().enable();
            {
                let mut taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
                if taken.is_disjoint(&keys) {
                    taken.extend(keys.iter().copied());
                    return Taken { keys, shared: self.shared.clone() };
                }
            }
            freed.await;
        }
    }
}

/// Records that were taken; free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    keys: BTreeSet<RecordKey>,
    shared: Arc<Shared>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|key| !self.keys.contains(key));
        self.shared.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::time::Duration;

    use hospes_domain::{CenterId, CircleId, Kind, RecordId};
    use tokio::time::timeout;

    use super::*;

    fn key(number: u8) -> RecordKey {
        RecordKey {
            circle: CircleId::COMMONS,
            id: RecordId::from_random([number; 16]),
            steward: CenterId([1; 32]),
            kind: Kind::Offer,
        }
    }

    #[tokio::test]
    async fn who_wants_a_record_that_somebody_has_waits_and_others_do_not() {
        let keys = Keys::default();
        let first = keys.take([key(1), key(2)].into()).await;
        let other = keys.take([key(3)].into()).await;
        assert!(timeout(Duration::ZERO, keys.take([key(2), key(4)].into())).await.is_err());
        // Whoever waits has nothing meanwhile.
        drop(keys.take([key(4)].into()).await);
        let waiting = tokio::spawn({
            let keys = keys.clone();
            async move { keys.take([key(2), key(3)].into()).await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(other);
        drop(waiting.await.unwrap());
        assert!(keys.shared.taken.lock().unwrap().is_empty());
    }
}
