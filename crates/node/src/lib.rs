//! The daemon of a counseling center.
//!
//! This crate is where everything meets: it opens the database, the listeners and the links, and
//! drives the sync engine. What records are, how they replicate, who a center is and where things
//! are kept is decided in the other crates.

mod accept;
pub mod access;
pub mod admin_service;
mod alarms;
pub mod backup;
mod bucket;
pub mod budget;
pub mod center;
mod clock;
pub mod config;
mod connections;
mod dial;
pub mod directory;
mod door;
mod draft;
mod driver;
pub mod editor;
pub mod frames;
mod handshakes;
pub mod hardening;
mod intake;
mod keyfile;
mod keys_service;
mod knocks;
mod ledger;
mod memory;
pub mod merger;
mod metered;
pub mod network;
mod outgoing;
mod peerbook;
pub mod peers;
mod profile;
mod random;
pub mod recovery;
pub mod renewal;
mod room;
pub mod roster;
pub mod socket;
pub mod telemetry;
mod transport;
pub mod vault;
mod vouching;
pub mod watchman;
pub mod worker;
