//! How bytes come and go.

pub(crate) mod accept;
pub(crate) mod connections;
pub(crate) mod dial;
pub(crate) mod dialing;
pub mod frames;
mod handshakes;
pub(crate) mod memory;
pub(crate) mod metered;
pub mod network;
pub(crate) mod outgoing;
mod transport;
