//! A database that comes from a backup.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use hospes_domain::Timestamp;
use hospes_identity::certificate::{Chain, Earlier};
use hospes_identity::keyslots::Keyslots;
use hospes_identity::node::NodeKey;
use hospes_store::{AuditEntry, Certificate, Copied, Peer, PeerState, Store};
use hospes_wire::admin;
use tonic::Streaming;
use zeroize::Zeroizing;

use super::{Begun, State, Vault, VaultError, proof};
use crate::backup::Scratch;
use crate::backup::schedule::LAST;
use crate::keyfile::FileError;
use crate::recovery::Recovery;
use crate::{clock, keyfile, room};

/// Parts of a database as they come from the command line.
pub type Parts = Streaming<admin::RestorePart>;

/// What is known of the node that made a backup.
pub(super) struct Former {
    backup: Timestamp,
    chain: Chain,
}

impl Vault {
    /// Restores into a temporary folder and looks whether all is well. Takes the room of the database
    /// once, and for a database of an older release twice.
    pub async fn verify(&self, parts: Parts) -> Result<admin::VerifyBackupResponse, VaultError> {
        let scratch = self.scratch()?;
        let (begin, copied) = receive(&scratch, parts).await?;
        let key = key(&begin.backup_database_key)?;
        let store = Store::open(&copied.path, &key).await?;
        let counts = store.counts().await?;
        let peers = store.peers().await?;
        store.close().await?;
        let sum = |of: fn(&hospes_store::KindCounts) -> u64| counts.kinds.values().map(of).sum();
        Ok(admin::VerifyBackupResponse {
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
    pub async fn restore(&self, parts: Parts) -> Result<admin::RestoreResponse, VaultError> {
        let mut turning = self.turn().await?;
        if !matches!(self.state(), State::Uninitialized) {
            return Err(VaultError::Initialized);
        }
        if let Some(Begun { store, .. }) = turning.take() {
            store.close().await?;
        }
        self.remove_unfinished()?;
        let scratch = self.scratch()?;
        let (begin, copied) = receive(&scratch, parts).await?;
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
        let identity = store.identity().await?.ok_or_else(|| refused("it has no center in it"))?;
        let chain = Chain::parse(&identity.node_certificate, &identity.center_certificate)?;
        let mut peers = store.peers().await?;
        peers.retain(|peer| peer.state == PeerState::Active);
        let key = NodeKey::generate().map_err(|error| VaultError::Crypto(error.to_string()))?;
        let response = admin::RestoreResponse {
            node_public_key: key.public_spki().to_vec(),
            center_certificate: identity.center_certificate,
            epoch: chain.epoch(),
            frozen: chain.earlier() == Earlier::Frozen,
            peers: peers
                .into_iter()
                .map(|peer| admin::RestoredPeer {
                    center: peer.center.to_string(),
                    name: peer.name,
                })
                .collect(),
        };
        let former = Some(Former { backup: Timestamp(begin.time), chain });
        *turning = Some(Begun { store, key, proof, former });
        Ok(response)
    }

    fn scratch(&self) -> Result<Scratch, VaultError> {
        Scratch::new(&self.config.data)
            .map_err(|source| FileError { path: self.config.data.clone(), source }.into())
    }
}

impl Former {
    /// Whether this chain may take the place of the former node.
    pub(super) fn gives_way_to(&self, chain: &Chain) -> Result<(), VaultError> {
        if chain.center_id() != self.chain.center_id() {
            return Err(refused("it is of another center"));
        }
        if chain.epoch() <= self.chain.epoch() {
            return Err(refused(&format!(
                "the new node needs an epoch above {}",
                self.chain.epoch()
            )));
        }
        Ok(())
    }

    /// Makes the database that of a new node, which begins with nobody let in but whom the admin has
    /// confirmed: whoever was removed since the backup is still in it as a peer.
    pub(super) async fn hand_over(
        &self,
        store: &Store,
        confirmed: &[String],
    ) -> Result<(), VaultError> {
        let chain = &self.chain;
        // What the former node has signed stands, here and with peers that are still to come.
        let certificate = Certificate {
            center: chain.center_id(),
            node: chain.node_id(),
            epoch: chain.epoch(),
            center_certificate: chain.center().der().to_vec(),
            node_certificate: chain.node().der().to_vec(),
            vouchers: Vec::new(),
            first_seen: clock::now(),
        };
        store.put_certificate(certificate).await?;
        let entry = |what| AuditEntry { time: clock::now(), who: "admin socket".to_owned(), what };
        let confirmed: BTreeSet<&str> = confirmed.iter().map(String::as_str).collect();
        for peer in store.peers().await? {
            if peer.state == PeerState::Active
                && !confirmed.contains(peer.center.to_string().as_str())
            {
                let what = format!("peer suspended by a restore: {}", peer.name);
                let peer = Peer { state: PeerState::Suspended, ..peer };
                store.put_peer(peer, entry(what)).await?;
            }
        }
        store.delete_setting(LAST.to_owned()).await?;
        Recovery::begin(store, self.backup).await?;
        let what = format!("node restored from a backup of {}", self.backup);
        Ok(store.put_audit(entry(what)).await?)
    }
}

fn refused(why: &str) -> VaultError {
    VaultError::Backup(why.to_owned())
}

fn key(bytes: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let key = bytes.try_into().map_err(|_| refused("its key has not 32 bytes"))?;
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
    Err(refused(&format!(
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
    mut parts: Parts,
) -> Result<(admin::RestoreBegin, Copied), VaultError> {
    let first = next(&mut parts).await?.unwrap_or_default();
    let begin = first.begin.ok_or_else(|| refused("its beginning is missing"))?;
    let path = scratch.file("hospes.db");
    let folder: PathBuf = path.parent().unwrap_or(Path::new(".")).to_owned();
    has_room(&folder, begin.size)?;
    let failed = |source| FileError { path: path.clone(), source };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    let mut left = begin.size;
    while let Some(part) = next(&mut parts).await? {
        let size = part.bytes.len() as u64;
        left = left.checked_sub(size).ok_or_else(|| refused("more came than was announced"))?;
        file.write_all(&part.bytes).map_err(failed)?;
    }
    if left > 0 {
        return Err(refused(&format!("the last {left} bytes are missing")));
    }
    file.sync_all().map_err(failed)?;
    drop(file);
    let copied = hospes_store::examine(&path, &*key(&begin.backup_database_key)?).await?;
    if (copied.records, copied.changes) != (begin.records, begin.changes) {
        return Err(refused(&format!(
            "it has {} records and {} changes, and should have {} and {}",
            copied.records, copied.changes, begin.records, begin.changes
        )));
    }
    Ok((begin, copied))
}

async fn next(parts: &mut Parts) -> Result<Option<admin::RestorePart>, VaultError> {
    parts.message().await.map_err(|_| refused("it broke off on its way to the node"))
}
