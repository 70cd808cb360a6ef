//! The store as its users see it: real files, real keys, synthetic records.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod commits;
mod erasure;
mod log;
mod migrating;
mod opening;
mod persons;
mod sample;
mod searches;
mod secrecy;
mod speed;
mod tables;
