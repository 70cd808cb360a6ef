//! Nothing: what counts is this crate's manifest.
