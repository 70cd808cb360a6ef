//! What people ask of a node, as plain data.
//!
//! [`Desk`] is all that pages know of a node: the node implements it on its use cases, which tools reach by
//! messages. Nothing here has a database, a connection or a clock of its own.

pub mod headline;
pub mod house;
pub mod network;
pub mod night;
pub mod people;
mod reason;
pub mod records;
mod refused;
mod role;
pub mod search;
pub mod shown;

pub use house::House;
pub use network::Network;
pub use people::{People, Who};
pub use reason::{Reason, UnknownReason};
pub use records::Records;
pub use refused::{Refused, line, sentences};
pub use role::{Role, UnknownRole};

/// All that can be asked of a node by those who work at its center.
pub trait Desk: Records + People + House + Network {}

impl<T: Records + People + House + Network> Desk for T {}
