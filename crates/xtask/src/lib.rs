//! The chores of this workspace.
//!
//! `demo` shows a network of three real centers, `test` runs everything that proves the project,
//! `fields` writes a page of the documentation, `gazetteer` the table of towns. [`stage`] starts
//! and stops real nodes for all of them.

pub mod api;
pub mod check;
pub mod demo;
pub mod fields;
pub mod gazetteer;
pub mod host;
pub mod programs;
pub mod stage;
pub mod suite;
pub mod transcript;
pub mod wait;
