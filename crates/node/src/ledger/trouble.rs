//! What stops a batch, and what makes a record wait.

use hospes_store::StoreError;
use hospes_sync::admission::Refusal;

use super::merger::NoWorker;

/// What stops a batch.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The merge worker.
    #[error(transparent)]
    Worker(#[from] NoWorker),
}

impl Trouble {
    /// Whether the same may succeed later; see [`StoreError::may_pass`].
    pub fn may_pass(&self) -> bool {
        matches!(self, Trouble::Store(error) if error.may_pass())
    }
}

/// How a record stands whose merging is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    /// It will be merged.
    Waiting,
    /// It was tried, and cannot be.
    GivenUp,
}

impl Behind {
    /// What the changes are told that the record is shown without.
    pub(crate) fn refusal(self) -> Refusal {
        match self {
            Behind::Waiting => Refusal::Waiting,
            Behind::GivenUp => Refusal::TooSlow,
        }
    }
}
