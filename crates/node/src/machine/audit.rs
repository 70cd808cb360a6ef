//! Entries of the audit log, which only the node itself keeps.

use hospes_store::AuditEntry;

use super::clock;

/// That somebody has just done something. Never a search, and nothing that a record says.
pub(crate) fn entry(who: impl Into<String>, what: impl Into<String>) -> AuditEntry {
    AuditEntry { time: clock::now(), who: who.into(), what: what.into() }
}
