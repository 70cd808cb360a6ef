//! How records replicate.
//!
//! A record is a small Automerge document; its changes are signed one by one. This crate holds what
//! a signed change is, which foreign changes are admitted, what the document makes of them, what
//! two nodes compare, and the engine that says what to send. It is a pure function of its inputs:
//! it opens no socket and no file, has no clock, no randomness, no task and no lock, and never
//! depends on the crates that do.

pub mod admission;
pub mod alarm;
pub mod catalogue;
pub mod change;
mod effect;
pub mod engine;
pub mod frame;
pub mod gate;
pub mod heads;
mod input;
pub mod lanes;
mod link;
pub mod merge;
pub mod plain;
pub mod reconcile;
pub mod roster;
mod session;
pub mod vouch;
mod world;

pub use change::{Author, Body, ChangeHash, Generation, SignedChange, Version};
pub use effect::{Agreement, Effect, Load};
pub use engine::Engine;
pub use input::{Committed, Input, Loaded, Opened};
pub use lanes::Lanes;
pub use link::{LinkId, Ticket};
pub use roster::Roster;
pub use session::{FRAME_CHANGES, FRAME_TARGET, SessionStatus};
