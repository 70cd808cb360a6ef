//! Whole sync engines on a virtual network, clock and disk.
//!
//! A [`World`] has nodes, each with a real engine, real documents and a disk that survives a crash,
//! and links with latency that can be cut at any frame. Everything that is left to chance comes
//! from one seed, and time passes only from event to event: a run with the same seed is the same
//! run. When a test fails, the world prints its seed and the last things that happened.
//!
//! What holds after every step is asserted here and not in the tests: nothing that was committed is
//! lost, nothing is sent before it is committed, nothing is held that the rules do not allow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use this crate, and a test stops at the first surprise"
)]

mod arrivals;
pub mod cost;
mod disk;
pub mod graph;
mod name;
mod network;
mod node;
mod people;
mod plant;
pub mod report;
mod storm;
mod tally;
mod truth;
mod world;

pub use arrivals::Arrivals;
pub use name::{Name, Names};
pub use people::Deed;
pub use storm::{Storm, seeds};
pub use tally::{Tally, weight};
pub use world::{Backup, World};
