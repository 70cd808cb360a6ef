//! Whether a connection is waited for by nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the answer to a request is being made: then its connection is not closed for another one.
#[derive(Clone, Default)]
pub(crate) struct Busy(Arc<AtomicBool>);

impl Busy {
    /// The request is whole, and the answer is being made; or it is done.
    pub(crate) fn set(&self, busy: bool) {
        self.0.store(busy, Ordering::Relaxed);
    }

    /// Whether it is being made.
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
