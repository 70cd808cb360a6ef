//! Every decoder with its corpus, and with more than a corpus should hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bounds;
mod corpus;
mod large;
