//! The centers that our admin has added.

use hospes_domain::{CenterId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;

use crate::audit::{self, AuditEntry};
use crate::column::Columns;
use crate::database::Store;
use crate::error::{StoreError, within};

const LONGEST_NAME: usize = 256;
const LONGEST_NOTE: usize = 4 * 1024;
const MOST_ADDRESSES: usize = 16;
const LONGEST_ADDRESS: usize = 256;

/// Whether a peer is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PeerState {
    /// It is.
    Active,
    /// Not for now.
    Suspended,
    /// No more. The row stays: a removal must outlast a restored introduction.
    Removed,
    /// It never was one: our admin keeps out a center that peers introduce.
    Barred,
}

impl PeerState {
    /// Whether only a readmission brings it in.
    pub fn is_out(self) -> bool {
        matches!(self, PeerState::Removed | PeerState::Barred)
    }
}

/// What becomes of the epochs before a peer's highest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Earlier {
    /// The old key was rotated: its changes stand and may still arrive.
    Honored,
    /// The old key was seized: what we do not hold yet is refused.
    Frozen,
}

impl Earlier {
    fn number(self) -> i64 {
        match self {
            Earlier::Honored => 0,
            Earlier::Frozen => 1,
        }
    }
}

/// A center that our admin has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The center.
    pub center: CenterId,
    /// What we call it, at most 256 bytes.
    pub name: String,
    /// Whether it is listened to.
    pub state: PeerState,
    /// Where it is dialed, at most 16 of at most 256 bytes.
    pub addresses: Vec<String>,
    /// When it was added.
    pub added_at: Timestamp,
    /// When a session with it last was open.
    pub last_contact: Option<Timestamp>,
    /// Highest epoch that was seen of it.
    pub epoch: u32,
    /// What becomes of earlier ones.
    pub earlier: Earlier,
    /// For the admin, at most 4 KiB.
    pub note: String,
}

const PEERS: &str = "SELECT center, name, state, addresses, added_at, last_contact, epoch, earlier,
        note FROM peer";
const PEER: &str = "SELECT center, name, state, addresses, added_at, last_contact, epoch, earlier,
        note FROM peer WHERE center = ?";

impl Store {
    /// All peers, removed ones too.
    pub async fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        let rows = sqlx::query(PEERS).fetch_all(self.readers()).await?;
        rows.iter().map(read).collect()
    }

    /// One peer.
    pub async fn peer(&self, center: CenterId) -> Result<Option<Peer>, StoreError> {
        let row =
            sqlx::query(PEER).bind(center.0.as_slice()).fetch_optional(self.readers()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Adds a peer or replaces what is known of it, and notes who did so. An epoch never gets lower:
    /// that would let a revoked key in again.
    pub async fn put_peer(&self, peer: Peer, entry: AuditEntry) -> Result<(), StoreError> {
        within("peer name", peer.name.len(), LONGEST_NAME)?;
        within("peer note", peer.note.len(), LONGEST_NOTE)?;
        within("peer addresses", peer.addresses.len(), MOST_ADDRESSES)?;
        for address in &peer.addresses {
            within("peer address", address.len(), LONGEST_ADDRESS)?;
        }
        let addresses = postcard::to_stdvec(&peer.addresses)
            .map_err(|why| StoreError::unreadable("addresses", why))?;
        self.write(move |writer| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO peer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                     ON CONFLICT (center) DO UPDATE SET name = excluded.name,
                         state = excluded.state, addresses = excluded.addresses,
                         added_at = excluded.added_at, last_contact = excluded.last_contact,
                         earlier = CASE WHEN excluded.epoch >= epoch
                             THEN excluded.earlier ELSE earlier END,
                         epoch = max(epoch, excluded.epoch), note = excluded.note",
                )
                .bind(peer.center.0.as_slice())
                .bind(peer.name)
                .bind(match peer.state {
                    PeerState::Active => 0,
                    PeerState::Suspended => 1,
                    PeerState::Removed => 2,
                    PeerState::Barred => 3,
                })
                .bind(addresses)
                .bind(peer.added_at.0)
                .bind(peer.last_contact.map(|time| time.0))
                .bind(peer.epoch)
                .bind(peer.earlier.number())
                .bind(peer.note)
                .execute(&mut writer.connection)
                .await?;
                audit::insert(&mut writer.connection, &[entry]).await
            })
        })
        .await
    }

    /// Notes a higher epoch of a peer, and nothing else: whoever changes the peer meanwhile is not
    /// undone. `false` when there is no such peer, or the epoch is not higher.
    pub async fn raise_epoch(
        &self,
        center: CenterId,
        epoch: u32,
        earlier: Earlier,
    ) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE peer SET epoch = ?, earlier = ? WHERE center = ? AND epoch < ?",
                )
                .bind(epoch)
                .bind(earlier.number())
                .bind(center.0.as_slice())
                .bind(epoch)
                .execute(&mut writer.connection)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    /// Notes that a session with a peer was open. `false` when there is no such peer.
    pub async fn contacted(&self, center: CenterId, at: Timestamp) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("UPDATE peer SET last_contact = ? WHERE center = ?")
                    .bind(at.0)
                    .bind(center.0.as_slice())
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    /// Forgets a peer altogether, its removal too, and notes who did so. `false` when there was none.
    pub async fn delete_peer(
        &self,
        center: CenterId,
        entry: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM peer WHERE center = ?")
                    .bind(center.0.as_slice())
                    .execute(&mut writer.connection)
                    .await?;
                audit::insert(&mut writer.connection, &[entry]).await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}

fn read(row: &SqliteRow) -> Result<Peer, StoreError> {
    Ok(Peer {
        center: row.center(0)?,
        name: row.text(1)?,
        state: match row.integer(2)? {
            0 => PeerState::Active,
            1 => PeerState::Suspended,
            2 => PeerState::Removed,
            3 => PeerState::Barred,
            other => return Err(StoreError::unreadable("peer state", other)),
        },
        addresses: postcard::from_bytes(&row.bytes(3)?)
            .map_err(|why| StoreError::unreadable("addresses", why))?,
        added_at: row.time(4)?,
        last_contact: row.maybe_time(5)?,
        epoch: row.small(6)?,
        earlier: match row.integer(7)? {
            0 => Earlier::Honored,
            1 => Earlier::Frozen,
            other => return Err(StoreError::unreadable("earlier epochs", other)),
        },
        note: row.text(8)?,
    })
}
