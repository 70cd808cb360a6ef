//! How much there is.

/// How many records of one kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCounts {
    /// With something to show.
    pub shown: u64,
    /// Of those, the ones that searches leave out for their status: withdrawn, paused, full.
    pub withdrawn: u64,
    /// Erased.
    pub erased: u64,
}
