//! What counselors, coordinators and admins do.

pub(crate) mod caller;
pub(crate) mod house;
pub(crate) mod name;
pub(crate) mod network;
pub(crate) mod open;
pub(crate) mod records;
pub(crate) mod refused;
