//! Backups of this node: a copy of the database, sealed so that only the recovery phrase opens it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::Timestamp;
use hospes_domain::id::{hex, unhex};
use hospes_identity::backup::{self, BackupProblem, Contents, Header, InvalidRecipient, Sealer};
use hospes_identity::{BackupRecipient, CenterCertificate, CertificateProblem};
use hospes_store::{Store, StoreError};
use tokio::sync::OwnedMutexGuard;
use zeroize::Zeroizing;

use crate::machine::scratch::Scratch;
use crate::machine::{clock, random, room};
use crate::trust::own::{Own, SOFTWARE};

pub mod schedule;

/// The setting with the public half of the backup key and its signature, in hexadecimal.
const KEY: &str = "backup key";

/// The setting with the time of the last backup that somebody took, in milliseconds since 1970.
const TAKEN: &str = "last backup";

/// The backups of an open node.
pub struct Backups {
    store: Store,
    own: Own,
    /// One at a time: each takes the room of the database.
    turn: Arc<tokio::sync::Mutex<()>>,
    failure: Mutex<Option<String>>,
}

impl Backups {
    /// Of this node's database.
    pub fn new(store: Store, own: Own) -> Arc<Self> {
        Arc::new(Self { store, own, turn: Arc::default(), failure: Mutex::default() })
    }

    /// Why the last scheduled backup was not made.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_failure(&self, failure: Option<String>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// When the last one was made, by the schedule or by hand.
    pub(crate) async fn last_made(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut last = None;
        for setting in [schedule::LAST, TAKEN] {
            let at = self.store.setting(setting).await?;
            last = last.max(at.and_then(|at| at.parse().ok()).map(Timestamp));
        }
        Ok(last)
    }

    /// Somebody has the whole of one that was made then.
    pub(crate) async fn taken(&self, at: Timestamp) -> Result<(), StoreError> {
        self.store.put_setting(TAKEN.to_owned(), at.0.to_string()).await
    }

    /// Keeps the key that backups are sealed to, if the center has signed it. False when it was known.
    pub(crate) async fn set_key(&self, bytes: &[u8]) -> Result<bool, BackupError> {
        set_key(&self.store, bytes, &self.own.center_certificate).await
    }

    /// Copies the database as it is now. Waits for a backup that is being made.
    pub(crate) async fn begin(&self) -> Result<Backup, BackupError> {
        let recipient = self.recipient().await?;
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let data = self.store.path().parent().unwrap_or(Path::new(".")).to_owned();
        let counts = self.store.counts().await?;
        has_room(&data, counts.bytes.saturating_add(hospes_store::MARGIN))?;
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| BackupError::File { path, source }
        };
        let scratch = Scratch::new(&data).map_err(file(&data))?;
        let path = scratch.file("copy.db");
        let key = Zeroizing::new(random::bytes::<32>());
        let time = clock::now();
        let copied = self.store.copy(&path, &key).await?;
        let copy = File::open(&path).map_err(file(&path))?;
        let header = Header {
            center: self.own.center,
            node: self.own.node,
            time,
            size: copied.bytes,
            release: SOFTWARE.to_owned(),
        };
        let contents =
            Contents { database_key: key, records: copied.records, changes: copied.changes };
        let (head, sealer) = Sealer::begin(&recipient, &header, &contents)?;
        let head = Some(head);
        Ok(Backup { header, head, sealer, copy, path, _scratch: scratch, _turn: turn })
    }

    /// The key that backups are sealed to. Its signature is looked at each time: the database could
    /// have been written by somebody who had its key for a while.
    async fn recipient(&self) -> Result<BackupRecipient, BackupError> {
        let kept = self.store.setting(KEY).await?.ok_or(BackupError::NoKey)?;
        let bytes = unhex(&kept).map_err(|_| InvalidRecipient::Length { actual: kept.len() })?;
        read_key(&bytes, &self.own.center_certificate)
    }
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nobody has given the node a key to seal it to.
    #[error("make a backup: this node has no backup key yet; run once: hospes backup key")]
    NoKey,
    /// The key is not this center's.
    #[error("make a backup: {0}")]
    Key(#[from] InvalidRecipient),
    /// Our own certificate.
    #[error("make a backup: {0}")]
    Certificate(#[from] CertificateProblem),
    /// The disk has clearly no place for it.
    #[error(
        "make a backup: {folder} has {} MiB of free room, and it takes about {} MiB",
        free / (1024 * 1024), needed.div_ceil(1024 * 1024)
    )]
    Room {
        /// Where.
        folder: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that it takes.
        needed: u64,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The form of the file.
    #[error("make a backup: {0}")]
    Form(#[from] BackupProblem),
    /// A file.
    #[error("make a backup: {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// A backup that is being written.
pub struct Backup {
    /// What it says in the clear.
    pub header: Header,
    head: Option<Vec<u8>>,
    sealer: Sealer,
    copy: File,
    path: PathBuf,
    _scratch: Scratch,
    _turn: OwnedMutexGuard<()>,
}

impl Backup {
    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        backup::file_size(&self.header)
    }

    /// The next bytes of the file, about 64 KiB; `None` after the last. Reads from the disk.
    pub fn part(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        if let Some(head) = self.head.take() {
            return Ok(Some(head));
        }
        let size = self.sealer.wants();
        if size == 0 {
            return Ok(None);
        }
        let mut part = Vec::with_capacity(size + 64);
        part.resize(size, 0);
        let path = &self.path;
        self.copy
            .read_exact(&mut part)
            .map_err(|source| BackupError::File { path: path.clone(), source })?;
        self.sealer.seal(&mut part)?;
        Ok(Some(part))
    }
}

/// Refuses what clearly has no place.
fn has_room(folder: &Path, needed: u64) -> Result<(), BackupError> {
    match room::free(folder).filter(|free| *free < needed) {
        Some(free) => Err(BackupError::Room { folder: folder.to_owned(), free, needed }),
        None => Ok(()),
    }
}

fn read_key(bytes: &[u8], center_certificate: &[u8]) -> Result<BackupRecipient, BackupError> {
    let certificate = CenterCertificate::parse(center_certificate)?;
    Ok(BackupRecipient::parse(bytes, &certificate)?)
}

/// Keeps the key that backups are sealed to, if the center has signed it. False when it was known.
pub async fn set_key(
    store: &Store,
    bytes: &[u8],
    center_certificate: &[u8],
) -> Result<bool, BackupError> {
    let key = hex(&read_key(bytes, center_certificate)?.to_bytes());
    if store.setting(KEY).await?.as_deref() == Some(key.as_str()) {
        return Ok(false);
    }
    store.put_setting(KEY.to_owned(), key).await?;
    Ok(true)
}
