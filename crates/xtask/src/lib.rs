//! The chores of this workspace.
//!
//! `demo` shows a network of three real centers, `test` runs everything that proves the project,
//! `bench` measures it, `fields` writes a page of the documentation, `gazetteer` the table of towns,
//! `network` simulates many nodes and `reconciliation` two, `fuzz` looks for bytes that a decoder does
//! not bear, and `seeds` writes what it begins with. [`stage`] starts and stops real nodes for all of
//! them.

pub mod api;
pub mod bench;
pub mod check;
pub mod demo;
pub mod dictionary;
pub mod fields;
pub mod fuzz;
pub mod gazetteer;
pub mod host;
pub mod network;
pub mod plot;
pub mod programs;
pub mod reconciliation;
pub mod seeds;
pub mod stage;
pub mod suite;
pub mod transcript;
pub mod wait;
