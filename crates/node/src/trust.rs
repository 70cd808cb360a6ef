//! Whom we let in and listen to, and at what price.

pub(crate) mod alarmbook;
pub mod budget;
pub(crate) mod door;
pub(crate) mod names;
pub mod own;
pub(crate) mod peerbook;
pub mod roster;
pub(crate) mod vouching;
