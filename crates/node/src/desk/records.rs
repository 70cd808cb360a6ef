//! What counselors look up and what coordinators publish.

mod find;
mod headline;
pub(crate) mod import;
pub(crate) mod lookup;
mod night;
pub(crate) mod present;
pub(crate) mod relief;
pub(crate) mod search;
mod uniqueness;
pub(crate) mod watch;
pub(crate) mod write;
