//! Our peers as they count: what the database says and, over it, whom our admin has shut out while the
//! disk took nothing.
//!
//! Whoever is let in is written down first, and then counts. Whoever is shut out is shut out first,
//! whatever the disk does; that is then written down, again and again until the disk takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hospes_domain::CenterId;
use hospes_identity::certificate::Earlier;
use hospes_identity::trust::{Standing, TrustSet, Trusted};
use hospes_store::{AuditEntry, Peer, PeerState, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::machine::disk;

/// See the module.
pub(crate) struct PeerBook {
    store: Store,
    /// Who is shut out though the database does not say so yet.
    unwritten: Mutex<BTreeMap<CenterId, ShutOut>>,
    added: Notify,
    turn: tokio::sync::Mutex<()>,
}

/// A peer that is kept out, and what the audit log is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShutOut {
    pub(crate) peer: Peer,
    pub(crate) entry: AuditEntry,
}

impl PeerBook {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            unwritten: Mutex::default(),
            added: Notify::new(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Held by whoever reads a peer to write it changed: of two, one comes after the other.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// All peers, removed ones too.
    pub(crate) async fn all(&self) -> Result<Vec<Peer>, StoreError> {
        let mut peers = self.store.peers().await?;
        let unwritten = self.unwritten();
        for peer in &mut peers {
            if let Some(shut_out) = unwritten.get(&peer.center) {
                peer.state = shut_out.peer.state;
            }
        }
        let known: BTreeSet<CenterId> = peers.iter().map(|peer| peer.center).collect();
        let new = unwritten.values().filter(|shut_out| !known.contains(&shut_out.peer.center));
        peers.extend(new.map(|shut_out| shut_out.peer.clone()));
        Ok(peers)
    }

    /// Writes a peer down, and who changed it.
    pub(crate) async fn keep(&self, peer: Peer, entry: AuditEntry) -> Result<(), StoreError> {
        let center = peer.center;
        self.store.put_peer(peer, entry).await?;
        self.unwritten().remove(&center);
        Ok(())
    }

    /// Forgets a center that was kept out and never was a peer, and who did so.
    pub(crate) async fn forget(
        &self,
        center: CenterId,
        entry: AuditEntry,
    ) -> Result<(), StoreError> {
        self.store.delete_peer(center, entry).await?;
        self.unwritten().remove(&center);
        Ok(())
    }

    /// Remembers that a peer is kept out, until [`PeerBook::write_down`].
    pub(crate) fn shut_out(&self, shut_out: ShutOut) {
        self.unwritten().insert(shut_out.peer.center, shut_out);
    }

    /// Writes down that a peer is kept out, or goes on trying.
    pub(crate) async fn write_down(&self, center: &CenterId) -> Result<(), StoreError> {
        let Some(ShutOut { peer, entry }) = self.unwritten().get(center).cloned() else {
            return Ok(());
        };
        let written = self.keep(peer, entry).await;
        if written.is_err() {
            self.added.notify_one();
        }
        written
    }

    /// Names of those who are kept out though the database does not say so.
    pub(crate) fn unwritten_names(&self) -> Vec<String> {
        self.unwritten().values().map(|shut_out| shut_out.peer.name.clone()).collect()
    }

    fn unwritten(&self) -> MutexGuard<'_, BTreeMap<CenterId, ShutOut>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on trying to write down what the disk did not take.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(self.added.notified()).await.is_some() {
            loop {
                let waiting: Vec<CenterId> = self.unwritten().keys().copied().collect();
                if waiting.is_empty() {
                    break;
                }
                if stop.run_until_cancelled(tokio::time::sleep(disk::PAUSE)).await.is_none() {
                    return;
                }
                let _turn = self.turn().await;
                for center in waiting {
                    // The next round tries again; that the disk takes nothing the store has told.
                    let _ = self.write_down(&center).await;
                }
            }
        }
    }

    /// The peers in the shapes in which they are needed.
    pub(crate) async fn standings(&self) -> Result<Standings, StoreError> {
        Ok(Standings::of(self.all().await?))
    }
}

/// The peers, by what they may do.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    /// Who may shake hands.
    pub(crate) trust: TrustSet,
    /// Whose changes are accepted, and from whom statements lead to others.
    pub(crate) active: BTreeSet<CenterId>,
    /// Whom our admin has added, whatever alarms do here: what others are told.
    pub(crate) added: BTreeSet<CenterId>,
    /// Whom no introduction brings in.
    pub(crate) barred: BTreeSet<CenterId>,
    /// What we call them.
    pub(crate) names: BTreeMap<CenterId, String>,
    /// Where those are dialed that are.
    pub(crate) addresses: BTreeMap<CenterId, Vec<String>>,
}

impl Standings {
    /// These may neither connect nor be introduced, whatever the admin has said of them.
    pub(crate) fn keep_out(&mut self, centers: impl IntoIterator<Item = CenterId>) {
        for center in centers {
            self.active.remove(&center);
            self.addresses.remove(&center);
            if let Some(trusted) = self.trust.centers.get_mut(&center) {
                trusted.state = Standing::Suspended;
            }
            self.barred.insert(center);
        }
    }

    fn of(peers: Vec<Peer>) -> Self {
        let mut standings = Self::default();
        for peer in peers {
            standings.names.insert(peer.center, peer.name.clone());
            let state = match peer.state {
                PeerState::Active => Some(Standing::Active),
                PeerState::Suspended => Some(Standing::Suspended),
                PeerState::Removed | PeerState::Barred => None,
            };
            if state == Some(Standing::Active) {
                standings.active.insert(peer.center);
                standings.added.insert(peer.center);
                if !peer.addresses.is_empty() {
                    standings.addresses.insert(peer.center, peer.addresses);
                }
            } else {
                standings.barred.insert(peer.center);
            }
            if let Some(state) = state {
                let earlier = match peer.earlier {
                    hospes_store::Earlier::Honored => Earlier::Honored,
                    hospes_store::Earlier::Frozen => Earlier::Frozen,
                };
                let trusted =
                    Trusted { name: peer.name, state, highest_epoch: peer.epoch, earlier };
                standings.trust.centers.insert(peer.center, trusted);
            }
        }
        standings
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Timestamp;

    use super::*;

    const RIGA: CenterId = CenterId([1; 32]);

    fn riga(state: PeerState) -> Peer {
        Peer {
            center: RIGA,
            name: "Riga".to_owned(),
            state,
            addresses: vec!["192.0.2.7:7443".to_owned()],
            added_at: Timestamp(1),
            last_contact: None,
            epoch: 3,
            earlier: hospes_store::Earlier::Honored,
            note: String::new(),
        }
    }

    fn entry(what: &str) -> AuditEntry {
        AuditEntry { time: Timestamp(2), who: "admin".to_owned(), what: what.to_owned() }
    }

    fn removed() -> ShutOut {
        ShutOut { peer: riga(PeerState::Removed), entry: entry("peer removed: Riga") }
    }

    async fn book(folder: &tempfile::TempDir) -> PeerBook {
        let store = Store::create(folder.path().join("hospes.db"), &[9; 32]).await.unwrap();
        let book = PeerBook::new(store);
        book.keep(riga(PeerState::Active), entry("peer added: Riga")).await.unwrap();
        book
    }

    #[tokio::test]
    async fn who_is_shut_out_is_so_before_the_database_says_it() {
        let folder = tempfile::tempdir().unwrap();
        let book = book(&folder).await;
        assert!(book.standings().await.unwrap().active.contains(&RIGA));
        book.shut_out(removed());
        let standings = book.standings().await.unwrap();
        assert!(standings.barred.contains(&RIGA) && standings.active.is_empty());
        assert!(standings.trust.centers.is_empty() && standings.addresses.is_empty());
        assert_eq!(book.store.peers().await.unwrap()[0].state, PeerState::Active);
        assert_eq!(book.unwritten_names(), ["Riga"]);

        book.write_down(&RIGA).await.unwrap();
        assert_eq!(book.store.peers().await.unwrap()[0].state, PeerState::Removed);
        assert!(book.unwritten_names().is_empty());
        let audit = book.store.audit(None, 1).await.unwrap();
        assert_eq!(audit[0].1.what, "peer removed: Riga");
    }

    #[tokio::test]
    async fn who_is_let_in_again_is_not_shut_out_later() {
        let folder = tempfile::tempdir().unwrap();
        let book = book(&folder).await;
        book.shut_out(removed());
        book.keep(riga(PeerState::Active), entry("peer resumed: Riga")).await.unwrap();
        book.write_down(&RIGA).await.unwrap();
        assert!(book.standings().await.unwrap().active.contains(&RIGA));
    }
}
