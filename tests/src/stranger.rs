//! A second implementation of the protocol between nodes, made from `docs/protocol.md` and not from
//! our crates.
//!
//! Of ours it uses the messages that are generated from `peer.proto`, and nothing else; a test holds it
//! to that. What it had to be told beyond the page is a fault of the page. It is small and trusting: it
//! keeps all in memory, and does not defend itself.

pub mod center;
pub mod certificates;
pub mod changes;
pub mod der;
pub mod documents;
pub mod fingerprints;
pub mod holdings;
pub mod names;
pub mod ranges;
pub mod roster;
pub mod session;
pub mod tls;
#[cfg(test)]
mod vectors;
