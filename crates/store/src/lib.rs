//! Where it is kept: the encrypted database of a node.
//!
//! One SQLCipher file holds the signed changes, what they make of their records, the index that
//! searches use, and the node's own tables. One connection writes; changes, projection, search
//! terms and catalogue are written in one transaction and never disagree. Reading needs no
//! document.
//!
//! Nothing here knows of networks, of signatures or of Automerge: what is given is kept.

mod alarm;
mod audit;
mod backup;
mod body;
mod catalogue;
mod center;
mod certificate;
mod checkpoint;
mod column;
mod commit;
mod database;
mod error;
mod form;
mod held;
mod identity;
mod import;
mod index;
mod listing;
mod log;
mod memory;
mod note;
mod packing;
mod peer;
mod pending;
mod person;
mod projection;
mod quarantine;
mod rebuild;
mod recall;
mod record;
mod rows;
mod schema;
mod search;
mod setting;
mod snapshot;
mod threads;
mod token;
mod vouch;
mod writer;

pub use audit::AuditEntry;
pub use backup::{Copied, MARGIN, SetBack, examine, rekey};
pub use certificate::Certificate;
pub use commit::{Commit, Committed, RecordCommit};
pub use database::Store;
pub use error::{Fatal, StoreError, fatal};
pub use held::HeldRecord;
pub use identity::StoredIdentity;
pub use import::ImportMark;
pub use log::LogPage;
pub use memory::counts::KindCounts;
pub use memory::health::Ailment;
pub use memory::tokens::Token;
pub use peer::{Earlier, Peer, PeerState};
pub use pending::{MOST_PENDING, Pending};
pub use person::{FACTOR_BYTES, Invited, Person, StoredCredentials, StoredFactor};
pub use quarantine::{MOST_QUARANTINED, MOST_QUARANTINED_BYTES, Quarantined, RefusedChange};
pub use record::{Counts, Record};
pub use schema::FORMAT;
pub use search::{Found, Hit};
pub use snapshot::SavedDocument;
