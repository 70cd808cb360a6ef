//! What the records of the network are.
//!
//! Kinds and their fields, the bounds of every field, validation, the lint of free text, towns and
//! the names they are found by, and queries as plain data. This crate does no input or output, has
//! no clock and no randomness, knows nothing of Automerge, and depends on no other crate of ours.

pub mod country;
pub mod currency;
pub mod edit;
pub mod fold;
pub mod freshness;
pub mod gazetteer;
pub mod id;
pub mod index;
pub mod kind;
pub mod language;
pub mod lint;
pub mod query;
pub mod schema;
pub mod time;
pub mod translation;
pub mod usage;
pub mod validate;
pub mod value;

pub use id::{CenterId, CircleId, NodeId, RecordId, RecordKey};
pub use kind::Kind;
pub use time::Timestamp;
pub use value::{Fields, Value};
