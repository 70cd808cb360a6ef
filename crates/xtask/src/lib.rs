//! The chores of this workspace.
//!
//! `demo` shows a network of three real centers, `test` runs everything that proves the project,
//! `fields` writes a page of the documentation, `gazetteer` the table of towns, and `network`
//! and `reconciliation` simulate many nodes and two. [`stage`] starts and stops real nodes for the others.

pub mod api;
pub mod check;
pub mod demo;
pub mod fields;
pub mod gazetteer;
pub mod network;
pub mod plot;
pub mod programs;
pub mod reconciliation;
pub mod stage;
pub mod suite;
pub mod transcript;
pub mod wait;
