//! Counts that take a walk through the whole catalogue, kept until the next commit.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hospes_domain::{CenterId, Kind};
use hospes_store::{Store, StoreError};

/// What was counted last.
#[derive(Default)]
pub(crate) struct Census(Mutex<Option<Counted>>);

/// Counts at one position of the log.
#[derive(Clone)]
pub(crate) struct Counted {
    /// Place in the local log of changes.
    pub(crate) position: u64,
    /// Digest of all that is held.
    pub(crate) catalogue: String,
    /// Records of our own center.
    pub(crate) ours: BTreeMap<Kind, u64>,
    /// Records of every center.
    pub(crate) stewards: BTreeMap<CenterId, u64>,
}

impl Census {
    /// The counts as they are now.
    pub(crate) async fn take(&self, store: &Store, own: CenterId) -> Result<Counted, StoreError> {
        let position = store.position().await?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.position == position) {
            return Ok(kept);
        }
        let catalogue = store.catalogue_fingerprint().await?;
        let (mut ours, mut stewards) = (BTreeMap::new(), BTreeMap::new());
        for (key, _) in store.catalogue().await? {
            *stewards.entry(key.steward).or_default() += 1;
            if key.steward == own {
                *ours.entry(key.kind).or_default() += 1;
            }
        }
        let counted = Counted { position, catalogue, ours, stewards };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted.clone());
        Ok(counted)
    }
}
