//! Records as they stand in the vectors.

use hospes_domain::id::hex;
use hospes_domain::{CircleId, RecordKey};
use hospes_sync::Version;
use serde::Serialize;

/// A record as two nodes compare it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    number: String,
    steward: String,
    kind: u8,
    version: String,
}

impl Entry {
    pub(super) fn of(key: &RecordKey, version: &Version) -> Self {
        Self {
            number: hex(&key.id.0),
            steward: hex(&key.steward.0),
            kind: key.kind.number(),
            version: hex(&version.0),
        }
    }
}

/// The circle of all vectors.
pub(super) const CIRCLE: CircleId = CircleId::COMMONS;
