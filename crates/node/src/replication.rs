//! How changes go between the links, the ledger and the engine.

pub(crate) mod driver;
mod intake;
pub mod recovery;
