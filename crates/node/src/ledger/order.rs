//! What is ordered: records to be made and changed, and what comes of it.

use std::sync::Arc;

use hospes_domain::edit::Edit;
use hospes_domain::validate::Violation;
use hospes_domain::{Fields, Kind, RecordKey};
use hospes_identity::node::NodeKey;
use hospes_sync::{Author, ChangeHash, Version};
use tokio::sync::oneshot;

use super::trouble::Trouble;

/// One record to be made or changed.
#[derive(Debug, Clone)]
pub struct Write {
    /// Which.
    pub target: Target,
    /// How.
    pub edits: Edits,
    /// The heads that the edits were made at; none means the present ones.
    pub base: Option<Vec<ChangeHash>>,
    /// Where an import found it, to be remembered with it.
    pub import: Option<ImportSource>,
}

/// Where an imported record comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSource {
    /// Name of the list.
    pub source: String,
    /// The row's own identifier in it.
    pub external_id: String,
    /// Digest of the row, to see next time whether it changed.
    pub digest: [u8; 32],
}

/// What is written to.
#[derive(Debug, Clone)]
pub enum Target {
    /// A new record of ours.
    New(Kind),
    /// A record that is there.
    Existing(RecordKey),
}

impl Target {
    pub(crate) fn existing(&self) -> Option<RecordKey> {
        match self {
            Target::Existing(key) => Some(*key),
            Target::New(_) => None,
        }
    }
}

/// How a record is changed.
#[derive(Debug, Clone)]
pub enum Edits {
    /// The record is to look like this. Fields that this release does not know are carried over.
    Whole(Fields),
    /// Single edits.
    Some(Vec<Edit>),
}

/// What goes for all writes of a call.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Check only.
    pub dry_run: bool,
    /// Write although the lint of free text warns; logged.
    pub override_lint: bool,
    /// Who asked, for the audit log of this center.
    pub who: String,
}

/// A record that was written, or would have been.
#[derive(Debug, Clone)]
pub struct Written {
    /// The record.
    pub key: RecordKey,
    /// What it looks like now.
    pub version: Version,
    /// False when there was nothing to change.
    pub changed: bool,
    /// Its fields now.
    pub fields: Fields,
}

/// Why nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EditError {
    /// Fields out of bounds, by the number of the write.
    #[error("save: {} of the records are out of bounds", .0.len())]
    Refused(Vec<(usize, Vec<Violation>)>),
    /// The record belongs to another center.
    #[error("save the {} {}: only its steward may change it, center {}", .key.kind, .key.id, .key.steward.short())]
    NotOurs {
        /// The record.
        key: RecordKey,
    },
    /// There is no such record.
    #[error("save the {} {}: there is no such record", .key.kind, .key.id)]
    NotFound {
        /// The record.
        key: RecordKey,
    },
    /// The record was erased.
    #[error("save the {} {}: it was erased", .key.kind, .key.id)]
    Erased {
        /// The record.
        key: RecordKey,
    },
    /// The record has moved on since the heads that the edit was made at.
    #[error("save the {} {}: it was begun anew since you opened it; open it again", .key.kind, .key.id)]
    BaseGone {
        /// The record.
        key: RecordKey,
    },
    /// What is new of the record is not merged yet, or cannot be.
    #[error("save the {} {}: {}", .key.kind, .key.id, behind(*.hopeless))]
    Behind {
        /// The record.
        key: RecordKey,
        /// Whether it will not be.
        hopeless: bool,
    },
    /// The document could not take the edit in.
    #[error("save: {0}")]
    NotApplicable(String),
    /// Database or merge worker.
    #[error("save: {0}")]
    Trouble(#[from] Trouble),
    /// Whoever asked wants it no more.
    #[error("save: whoever asked has gone; nothing was saved")]
    Abandoned,
    /// The node is shutting down or sealing.
    #[error("save: the node is closing")]
    Closing,
}

fn behind(hopeless: bool) -> &'static str {
    if hopeless {
        "it cannot be merged here any more; its center has to begin it anew"
    } else {
        "changes of others are being merged into it, which takes long; try again in a minute"
    }
}

/// Hears how many of how many records have been prepared, and says whether to go on.
pub(crate) type Progress = dyn FnMut(usize, usize) -> bool + Send;

/// An order on its way to the ledger.
pub(crate) struct Order {
    pub(crate) writes: Vec<Write>,
    pub(crate) options: Options,
    pub(crate) author: Arc<OwnAuthor>,
    pub(crate) progress: Box<Progress>,
    pub(crate) reply: oneshot::Sender<Result<Vec<Written>, EditError>>,
}

/// In whose name this process writes.
pub(crate) struct OwnAuthor {
    pub(crate) author: Author,
    pub(crate) key: NodeKey,
}
