//! What counselors, coordinators and admins do.

pub(crate) mod caller;
pub(crate) mod house;
pub(crate) mod name;
pub(crate) mod network;
pub mod node_desk;
pub(crate) mod open;
pub(crate) mod people;
pub(crate) mod records;
pub(crate) mod refused;
