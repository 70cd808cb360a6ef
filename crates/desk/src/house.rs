//! The node itself, as those see it who work with it.

/// Whether somebody can come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// The node is open; this is what the center is called.
    Open {
        /// The name.
        center: String,
    },
    /// The node is open, and waits for a peer after it was restored.
    CatchingUp {
        /// The name.
        center: String,
    },
    /// The database is locked: an admin has to open it.
    Sealed,
    /// There is nothing to open: no center was made here, or it was wiped.
    Empty,
}

/// The node itself.
pub trait House: Send + Sync {
    /// Whether somebody can come in.
    fn door(&self) -> Door;
}
