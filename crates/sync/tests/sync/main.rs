//! Replication as its users see it: sessions, hostile changes, an oracle of reconciliation.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod announcing;
mod hostile;
mod oracle;
mod sessions;
mod speed;
mod suspects;
