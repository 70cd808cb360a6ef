//! What an admin decides about other centers.

mod address;
pub(crate) mod alarms;
pub(crate) mod knocks;
pub(crate) mod peers;
pub(crate) mod statuses;
pub(crate) mod which;
