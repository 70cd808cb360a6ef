//! What is known by heart, so that nobody has to ask the disk for it.
//!
//! The writer changes it when a transaction is on disk; those who read share it with the writer. Nothing
//! here knows the database that it remembers.

pub(crate) mod counts;
pub(crate) mod facets;
pub(crate) mod health;
pub(crate) mod interned;
pub(crate) mod tokens;
