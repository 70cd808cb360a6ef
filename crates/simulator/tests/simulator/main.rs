//! Whole networks, simulated: what they come to, what they cost, what they survive.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cost;
mod network;
mod scenarios;
mod storms;
