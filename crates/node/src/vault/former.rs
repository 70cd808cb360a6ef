//! The node that made a backup, whose place another one takes.

use std::collections::BTreeSet;

use hospes_domain::Timestamp;
use hospes_identity::certificate::Chain;
use hospes_store::{Certificate, Peer, PeerState, Store};

use super::error::VaultError;
use crate::backup::schedule::LAST;
use crate::machine::{audit, clock};
use crate::replication::recovery::Recovery;

/// What is known of the node that made a backup.
pub(super) struct Former {
    backup: Timestamp,
    chain: Chain,
}

impl Former {
    /// The node that made a backup of this instant.
    pub(super) fn new(backup: Timestamp, chain: Chain) -> Self {
        Self { backup, chain }
    }

    /// Whether this chain may take the place of the former node.
    pub(super) fn gives_way_to(&self, chain: &Chain) -> Result<(), VaultError> {
        if chain.center_id() != self.chain.center_id() {
            return Err(VaultError::backup("it is of another center"));
        }
        if chain.epoch() <= self.chain.epoch() {
            return Err(VaultError::backup(format!(
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
        let entry = |what| audit::entry("admin socket", what);
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
