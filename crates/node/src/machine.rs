//! Clock, chance, disk, process and log.

pub(crate) mod audit;
pub(crate) mod bucket;
pub(crate) mod clock;
pub(crate) mod disk;
pub mod hardening;
pub(crate) mod random;
pub(crate) mod room;
pub(crate) mod scratch;
pub(crate) mod tasks;
pub mod telemetry;
