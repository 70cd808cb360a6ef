//! The Automerge document of a record.
//!
//! Runs in the merge worker only: Automerge never sees foreign bytes inside the daemon.
//!
//! How fields are kept: single values as text, whole number or flag; sets as a map whose keys are
//! the members, so that members added in two places are both there; languages, nights, groups and
//! texts per language as maps; long bodies as Automerge text, edited letter by letter; lists as
//! lists, replaced as a whole. Fields that this release does not know stay as they are.

use automerge::{AutoCommit, Change, ChangeHash as Hash, ReadDoc};
use hospes_domain::{CenterId, Fields, Kind};

use hospes_domain::edit::Edit;
use hospes_sync::ChangeHash;
use hospes_sync::admission::Refusal;
use hospes_sync::plain::shape;
use hospes_sync::plain::tree::Unfit;

mod reading;
mod text;
mod writing;

/// Why a document cannot be built, read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Bytes that are no change.
    #[error("a change cannot be read: {0}")]
    Unreadable(String),
    /// A change is built on one that is not here.
    #[error("it is built on a change that is missing")]
    Missing,
    /// The changes do not fit together.
    #[error("the changes do not fit together: {0}")]
    Conflicting(String),
    /// The document, once saved, does not come back as it was.
    #[error("the document cannot be loaded again: {0}")]
    NotReloaded(String),
    /// What it says makes no record.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// An edit that does not fit the record.
    #[error("the edit of {field:?} does not fit: {why}")]
    EditDoesNotFit {
        /// The top-level field.
        field: String,
        /// What does not fit.
        why: String,
    },
    /// Our own change would be refused by every node.
    #[error("the edit makes a change that no node accepts: {0}")]
    Refused(Refusal),
}

/// A record's document, with its history.
pub struct Document {
    inner: AutoCommit,
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl Document {
    /// An empty document.
    pub fn new() -> Self {
        Self { inner: AutoCommit::new() }
    }

    /// The document that these changes make. They come in causal order and have passed the gate.
    pub fn from_changes<'a>(
        chunks: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, DocumentError> {
        let mut document = Self::new();
        document.apply(chunks)?;
        Ok(document)
    }

    /// A document that [`Document::save`] wrote. Checks that its history has the heads it claims.
    pub fn load(saved: &[u8]) -> Result<Self, DocumentError> {
        AutoCommit::load(saved)
            .map(|inner| Self { inner })
            .map_err(|error| DocumentError::NotReloaded(error.to_string()))
    }

    /// The whole document with its history, not compressed: it is compressed where it is stored.
    pub fn save(&mut self) -> Vec<u8> {
        self.inner.save_nocompress()
    }

    /// Takes changes in, all at once: one by one each would cost a walk through every text.
    ///
    /// When it fails, the document is not to be used any further.
    pub fn apply<'a>(
        &mut self,
        chunks: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(), DocumentError> {
        let changes: Vec<Change> =
            chunks.into_iter().map(read_change).collect::<Result<_, DocumentError>>()?;
        self.apply_read(changes)
    }

    pub(crate) fn apply_read(&mut self, changes: Vec<Change>) -> Result<(), DocumentError> {
        self.inner
            .apply_changes(changes)
            .map_err(|error| DocumentError::Conflicting(error.to_string()))?;
        // Automerge keeps what it cannot place yet; we do not.
        if self.inner.get_missing_deps(&[]).is_empty() {
            Ok(())
        } else {
            Err(DocumentError::Missing)
        }
    }

    /// Changes that no other change in the document is built on, in order of name.
    pub fn heads(&mut self) -> Vec<ChangeHash> {
        let mut heads: Vec<ChangeHash> =
            self.inner.get_heads().into_iter().map(|hash| ChangeHash(hash.0)).collect();
        heads.sort_unstable();
        heads
    }

    /// All changes in causal order, as chunks.
    pub(crate) fn changes(&mut self) -> Vec<Vec<u8>> {
        let changes = self.inner.get_changes(&[]);
        changes.into_iter().map(|change| change.raw_bytes().to_vec()).collect()
    }

    /// Whether the document holds the change.
    pub(crate) fn holds(&mut self, hash: ChangeHash) -> bool {
        self.inner.get_change_meta_by_hash(&Hash(hash.0)).is_some()
    }

    /// What the record says now. Where two changes set a single value, both nodes show the same.
    pub fn fields(&self, kind: Kind) -> Result<Fields, DocumentError> {
        Ok(shape::shown(kind, reading::read(&self.inner, None)?))
    }

    /// What the record said when these changes were its heads.
    pub fn fields_at(&self, kind: Kind, heads: &[ChangeHash]) -> Result<Fields, DocumentError> {
        Ok(shape::shown(kind, reading::read(&self.inner, Some(&hashes(heads)))?))
    }

    /// Makes the edits as the given actor and returns the changes in causal order, each a chunk.
    ///
    /// One save is one change. Only what does not fit into one change is cut into several: a body
    /// may have 200,000 letters, a change at most 20,000 operations. Nothing is returned when the
    /// edits change nothing. With `at`, the edits are made as seen at those heads: whatever was
    /// written since stays.
    ///
    /// `grants` are the co-maintainers that the steward names with the first of the changes.
    pub fn write(
        &mut self,
        kind: Kind,
        edits: &[Edit],
        at: Option<&[ChangeHash]>,
        actor: [u8; 16],
        grants: &[CenterId],
    ) -> Result<Vec<Vec<u8>>, DocumentError> {
        let at = at.map(hashes);
        if let Some(at) = &at
            && at.iter().any(|hash| self.inner.get_change_meta_by_hash(hash).is_none())
        {
            return Err(DocumentError::Missing);
        }
        writing::write(&mut self.inner, kind, edits, at.as_deref(), actor, grants)
    }
}

/// Reads a chunk that has passed the gate.
pub(crate) fn read_change(chunk: &[u8]) -> Result<Change, DocumentError> {
    Change::try_from(chunk).map_err(|error| DocumentError::Unreadable(error.to_string()))
}

fn hashes(heads: &[ChangeHash]) -> Vec<Hash> {
    heads.iter().map(|hash| Hash(hash.0)).collect()
}

#[cfg(test)]
mod tests;
