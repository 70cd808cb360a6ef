//! Fictional records, to try a node out and to show the network.
//!
//! Everything here is invented. The same seed makes the same records, so that a problem that was
//! seen in a demonstration can be looked at again.

mod bulletins;
mod load;
mod notes;
mod offers;
mod placeholders;
mod places;
mod random;
mod services;
mod sheet;
mod templates;

pub use load::{DemoArgs, run};
