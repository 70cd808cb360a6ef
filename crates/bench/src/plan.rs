//! What is to be measured.

use crate::figure::Row;

/// The rows, and how thoroughly.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The groups of figures.
    pub rows: Vec<Row>,
    /// Numbers of offers, ascending, not empty.
    pub sizes: Vec<u64>,
    /// How often each figure is measured.
    pub runs: u32,
    /// Edits whose way is timed, in each run.
    pub edits: usize,
    /// Searches that are timed one after the other, in each run.
    pub searches: usize,
    /// Days of the year that is simulated for the size of the database.
    pub days: u32,
    /// The same seed makes the same offers, edits and searches.
    pub seed: u64,
}

impl Plan {
    /// The most offers that were asked for.
    pub fn largest(&self) -> u64 {
        self.sizes.last().copied().unwrap_or(1_000)
    }
}
