//! Backups of this node: a copy of the database, sealed so that only the recovery phrase opens it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::Timestamp;
use hospes_domain::id::{hex, unhex};
use hospes_identity::backup::{self, BackupProblem, Contents, Header, InvalidRecipient, Sealer};
use hospes_identity::{BackupRecipient, CenterCertificate, CertificateProblem};
use hospes_store::StoreError;
use tokio::sync::OwnedMutexGuard;
use zeroize::Zeroizing;

use crate::center::{Center, SOFTWARE};
use crate::{clock, random, room};

pub mod schedule;
pub mod service;

/// The setting with the public half of the backup key and its signature, in hexadecimal.
const KEY: &str = "backup key";

/// The setting with the time of the last backup that somebody took, in milliseconds since 1970.
const TAKEN: &str = "last backup";

/// When the last backup was made, by the schedule or by hand.
pub(crate) async fn last_made(center: &Center) -> Result<Option<Timestamp>, StoreError> {
    let mut last = None;
    for setting in [schedule::LAST, TAKEN] {
        let at = center.store.setting(setting).await?;
        last = last.max(at.and_then(|at| at.parse().ok()).map(Timestamp));
    }
    Ok(last)
}

/// What there is to know about backups while a node is open.
#[derive(Debug, Default)]
pub struct Backups {
    /// One at a time: each takes the room of the database.
    turn: Arc<tokio::sync::Mutex<()>>,
    failure: Mutex<Option<String>>,
}

impl Backups {
    /// Why the last scheduled backup was not made.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_failure(&self, failure: Option<String>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
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

/// A folder for one work, removed with the value. What is in it is encrypted under keys that are only in
/// memory, so there is nothing to overwrite.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// The folder of all works; what a process that was killed has left is in it.
    pub fn root(data: &Path) -> PathBuf {
        data.join("scratch")
    }

    /// A new folder for one work.
    pub fn new(data: &Path) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = Self::root(data).join(hex(&random::bytes::<8>()));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "a temporary folder was not removed");
        }
    }
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
    /// Copies the database as it is now. Waits for a backup that is being made.
    pub async fn begin(center: &Center) -> Result<Self, BackupError> {
        let recipient = recipient(center).await?;
        let turn = Arc::clone(&center.backups.turn).lock_owned().await;
        let data = center.store.path().parent().unwrap_or(Path::new(".")).to_owned();
        let counts = center.store.counts().await?;
        has_room(&data, counts.bytes.saturating_add(hospes_store::MARGIN))?;
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| BackupError::File { path, source }
        };
        let scratch = Scratch::new(&data).map_err(file(&data))?;
        let path = scratch.file("copy.db");
        let key = Zeroizing::new(random::bytes::<32>());
        let time = clock::now();
        let copied = center.store.copy(&path, &key).await?;
        let copy = File::open(&path).map_err(file(&path))?;
        let header = Header {
            center: center.own.center,
            node: center.own.node,
            time,
            size: copied.bytes,
            release: SOFTWARE.to_owned(),
        };
        let contents =
            Contents { database_key: key, records: copied.records, changes: copied.changes };
        let (head, sealer) = Sealer::begin(&recipient, &header, &contents)?;
        Ok(Self { header, head: Some(head), sealer, copy, path, _scratch: scratch, _turn: turn })
    }

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

/// The key that backups are sealed to. Its signature is looked at each time: the database could have
/// been written by somebody who had its key for a while.
async fn recipient(center: &Center) -> Result<BackupRecipient, BackupError> {
    let kept = center.store.setting(KEY).await?.ok_or(BackupError::NoKey)?;
    let bytes = unhex(&kept).map_err(|_| InvalidRecipient::Length { actual: kept.len() })?;
    read_key(&bytes, &center.own.center_certificate)
}

fn read_key(bytes: &[u8], center_certificate: &[u8]) -> Result<BackupRecipient, BackupError> {
    let certificate = CenterCertificate::parse(center_certificate)?;
    Ok(BackupRecipient::parse(bytes, &certificate)?)
}

/// Keeps the key that backups are sealed to, if the center has signed it. False when it was known.
pub async fn set_key(
    store: &hospes_store::Store,
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
