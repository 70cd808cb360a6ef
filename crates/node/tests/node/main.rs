//! The merge worker as the daemon meets it: a real process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod confinement;
mod merger;
mod mutation;
