//! What counselors look up and what coordinators publish.

pub(crate) mod approval;
mod find;
pub(crate) mod import;
pub(crate) mod lookup;
pub(crate) mod past;
pub(crate) mod present;
pub(crate) mod relief;
pub(crate) mod tonight;
mod uniqueness;
pub(crate) mod watch;
pub(crate) mod write;
