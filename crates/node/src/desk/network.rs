//! The other centers: how they are seen, and what an admin decides about them.

mod address;
pub(crate) mod alarms;
pub(crate) mod knocks;
pub(crate) mod peers;
pub(crate) mod picture;
pub(crate) mod statuses;
pub(crate) mod which;
