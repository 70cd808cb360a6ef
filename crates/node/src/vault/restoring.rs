//! A database that comes from a backup.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use hospes_domain::{CenterId, Timestamp};
use hospes_identity::certificate::{Chain, Earlier};
use hospes_identity::keyslots::Keyslots;
use hospes_identity::node::NodeKey;
use hospes_store::{Copied, PeerState, Store};
use tokio_stream::{Stream, StreamExt as _};
use zeroize::Zeroizing;

use super::former::Former;
use super::keyfile::{self, FileError};
use super::{Begun, State, Vault, VaultError, proof};
use crate::machine::room;
use crate::machine::scratch::Scratch;

/// What is said of a database before it comes.
pub struct Beginning {
    /// The key that it is encrypted under.
    pub backup_database_key: Vec<u8>,
    /// Its bytes.
    pub size: u64,
    /// When the backup was made, in milliseconds since 1970.
    pub time: i64,
    /// Records that must be in it.
    pub records: u64,
    /// Changes that must be in it.
    pub changes: u64,
    /// The key that it is to have here; needed to restore.
    pub database_key: Vec<u8>,
    /// The keyslots for that key, as JSON; needed to restore.
    pub keyslots: String,
}

/// What was found in a backup.
pub struct Verified {
    /// Records.
    pub records: u64,
    /// Records that can be shown.
    pub shown: u64,
    /// Records that were erased.
    pub erased: u64,
    /// Changes.
    pub changes: u64,
    /// Peers that are let in or suspended.
    pub peers: u64,
}

/// A database that waits for its certificates.
pub struct Restored {
    /// The key of the new node.
    pub node_public_key: Vec<u8>,
    /// The center's certificate, DER.
    pub center_certificate: Vec<u8>,
    /// The epoch of the node that made the backup.
    pub epoch: u32,
    /// Whether the epochs before that one are frozen.
    pub frozen: bool,
    /// Peers that were let in.
    pub peers: Vec<(CenterId, String)>,
}

/// The parts of a database broke off.
pub struct BrokenOff;

impl From<BrokenOff> for VaultError {
    fn from(_: BrokenOff) -> Self {
        Self::backup("it broke off on its way to the node")
    }
}

impl Vault {
    /// Restores into a temporary folder and looks whether all is well. Takes the room of the database
    /// once, and for a database of an older release twice.
    pub async fn verify(
        &self,
        begin: &Beginning,
        parts: impl Stream<Item = Result<Vec<u8>, BrokenOff>> + Unpin,
    ) -> Result<Verified, VaultError> {
        let scratch = self.scratch()?;
        let copied = receive(&scratch, begin, parts).await?;
        let key = key(&begin.backup_database_key)?;
        let store = Store::open(&copied.path, &key).await?;
        let counts = store.counts().await?;
        let peers = store.peers().await?;
        store.close().await?;
        let sum = |of: fn(&hospes_store::KindCounts) -> u64| counts.kinds.values().map(of).sum();
        Ok(Verified {
            records: copied.records,
            shown: sum(|kind| kind.shown),
            erased: sum(|kind| kind.erased),
            changes: copied.changes,
            peers: peers
                .iter()
                .filter(|peer| matches!(peer.state, PeerState::Active | PeerState::Suspended))
                .count() as u64,
        })
    }

    /// In place of `initialize`: the database from a backup, under a new key, and a new node key.
    pub async fn restore(
        &self,
        begin: Beginning,
        parts: impl Stream<Item = Result<Vec<u8>, BrokenOff>> + Unpin,
    ) -> Result<Restored, VaultError> {
        let mut turning = self.turn().await?;
        if !matches!(self.state(), State::Uninitialized) {
            return Err(VaultError::Initialized);
        }
        if let Some(Begun { store, .. }) = turning.take() {
            store.close().await?;
        }
        self.remove_unfinished()?;
        let scratch = self.scratch()?;
        let copied = receive(&scratch, &begin, parts).await?;
        Keyslots::from_json(begin.keyslots.as_bytes())?;
        let database_key = key(&begin.database_key)?;
        // Under a key of its own: whoever has the backup and the phrase one day has not this disk.
        has_room(&self.config.data, copied.bytes)?;
        let database = self.config.database();
        let proof = proof(&database_key)?;
        // Before there is a database, as one without keyslots is taken for wiped.
        keyfile::write(&self.config.unfinished_keyslots(), begin.keyslots.as_bytes())?;
        hospes_store::rekey(
            &copied.path,
            &*key(&begin.backup_database_key)?,
            &database,
            &database_key,
        )
        .await?;
        drop(scratch);
        private(&database)?;
        let store = Store::open(&database, &database_key).await?;
        let identity =
            store.identity().await?.ok_or_else(|| VaultError::backup("it has no center in it"))?;
        let chain = Chain::parse(&identity.node_certificate, &identity.center_certificate)?;
        let mut peers = store.peers().await?;
        peers.retain(|peer| peer.state == PeerState::Active);
        let key = NodeKey::generate().map_err(|error| VaultError::Crypto(error.to_string()))?;
        let restored = Restored {
            node_public_key: key.public_spki().to_vec(),
            center_certificate: identity.center_certificate,
            epoch: chain.epoch(),
            frozen: chain.earlier() == Earlier::Frozen,
            peers: peers.into_iter().map(|peer| (peer.center, peer.name)).collect(),
        };
        let former = Some(Former::new(Timestamp(begin.time), chain));
        *turning = Some(Begun { store, key, proof, former });
        Ok(restored)
    }

    fn scratch(&self) -> Result<Scratch, VaultError> {
        Scratch::new(&self.config.data)
            .map_err(|source| FileError { path: self.config.data.clone(), source }.into())
    }
}

fn key(bytes: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let key = bytes.try_into().map_err(|_| VaultError::backup("its key has not 32 bytes"))?;
    Ok(Zeroizing::new(key))
}

/// A new database belongs to its owner only, as one that was made by `init`.
fn private(path: &Path) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .map_err(|source| FileError { path: path.to_owned(), source }.into())
}

fn has_room(folder: &Path, size: u64) -> Result<(), VaultError> {
    let needed = size.saturating_add(hospes_store::MARGIN);
    let Some(free) = room::free(folder).filter(|free| *free < needed) else { return Ok(()) };
    let mib = |bytes: u64| bytes.div_ceil(1024 * 1024);
    Err(VaultError::backup(format!(
        "{} has {} MiB of free room, and it takes about {} MiB",
        folder.display(),
        free / (1024 * 1024),
        mib(needed)
    )))
}

/// Writes what comes into a file, no more than was announced, and looks whether it is a whole database
/// with as much in it as its backup says.
async fn receive(
    scratch: &Scratch,
    begin: &Beginning,
    mut parts: impl Stream<Item = Result<Vec<u8>, BrokenOff>> + Unpin,
) -> Result<Copied, VaultError> {
    let path = scratch.file("hospes.db");
    let folder: PathBuf = path.parent().unwrap_or(Path::new(".")).to_owned();
    has_room(&folder, begin.size)?;
    let failed = |source| FileError { path: path.clone(), source };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    let mut left = begin.size;
    while let Some(part) = parts.next().await {
        let part = part?;
        let size = part.len() as u64;
        left = left
            .checked_sub(size)
            .ok_or_else(|| VaultError::backup("more came than was announced"))?;
        file.write_all(&part).map_err(failed)?;
    }
    if left > 0 {
        return Err(VaultError::backup(format!("the last {left} bytes are missing")));
    }
    file.sync_all().map_err(failed)?;
    drop(file);
    let copied = hospes_store::examine(&path, &*key(&begin.backup_database_key)?).await?;
    if (copied.records, copied.changes) != (begin.records, begin.changes) {
        return Err(VaultError::backup(format!(
            "it has {} records and {} changes, and should have {} and {}",
            copied.records, copied.changes, begin.records, begin.changes
        )));
    }
    Ok(copied)
}
