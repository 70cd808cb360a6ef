//! Why the node did not change its state.

use hospes_identity::certificate::CertificateProblem;
use hospes_identity::keyslots::UnsealError;
use hospes_store::StoreError;

use super::keyfile::FileError;
use super::state::State;
use crate::backup::BackupError;
use crate::center::OpenError;
use crate::ledger::order::EditError;

/// Why the node did not change its state.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It was sealed a moment ago, and the process replaces itself.
    #[error("use the node: it is being sealed; try again")]
    Spent,
    /// There is a database already.
    #[error("initialize the node: it is initialized already")]
    Initialized,
    /// There is no database.
    #[error("use the node: it {}; {}", State::Uninitialized.sentence(), State::Uninitialized.next_step())]
    Uninitialized,
    /// There is a database without keys.
    #[error("use the node: it {}; {}", State::Wiped.sentence(), State::Wiped.next_step())]
    Wiped,
    /// Keyslots that somebody made who has not the key of the database.
    #[error("replace the keyslots: they were not made with the key of this database")]
    ForeignKeyslots,
    /// `init` was not begun, or another one was begun since.
    #[error("certify the node: begin with hospes init")]
    NotBegun,
    /// Certificates that do not belong together or to this node.
    #[error("certify the node: {0}")]
    Certificate(#[from] CertificateProblem),
    /// The certificate is for another key.
    #[error("certify the node: the certificate is for another node's key")]
    ForeignKey,
    /// The keyslots file.
    #[error("read the keyslots: {0}")]
    Keyslots(#[from] UnsealError),
    /// Randomness or memory.
    #[error("make the node key: {0}")]
    Crypto(String),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The node itself.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A backup that is not restored.
    #[error("restore the backup: {0}")]
    Backup(String),
    /// The key that backups are sealed to.
    #[error(transparent)]
    BackupKey(#[from] BackupError),
    /// The first record of a center, its profile.
    #[error(transparent)]
    Profile(#[from] EditError),
}

impl VaultError {
    /// A backup that is not restored, and why.
    pub(crate) fn backup(why: impl Into<String>) -> Self {
        Self::Backup(why.into())
    }
}
