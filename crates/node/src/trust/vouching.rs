//! What our own node says of whom its admin has added, and the writing down of what others say.

use hospes_domain::CenterId;
use hospes_identity::node::NodeKey;
use hospes_store::{Certificate, Store, StoreError};
use hospes_sync::vouch::{MOST_NAMED, Vouch};
use tokio::sync::mpsc;

use super::own::Own;
use super::roster::{Learned, Roster};
use crate::machine::{clock, disk};

/// A statement of our own node about these peers, when it has not said that yet. Of very many peers the
/// first are named: each statement has a bound.
pub(crate) fn renewed(
    own: &Own,
    key: &NodeKey,
    roster: &Roster,
    peers: impl IntoIterator<Item = CenterId>,
) -> Option<Vouch> {
    let mut centers: Vec<CenterId> = peers.into_iter().collect();
    centers.sort_unstable();
    centers.truncate(MOST_NAMED);
    let before = roster.own_vouch(&own.node);
    if before.as_ref().is_some_and(|before| before.centers == centers && before.epoch == own.epoch)
    {
        return None;
    }
    // By the clock, so that a node that was set back is believed again; and never twice the same.
    let number = before.map_or(0, |before| before.number.saturating_add(1));
    let now = u64::try_from(clock::now().0).unwrap_or_default();
    let by = (own.center, own.node, own.epoch);
    Some(Vouch::signed(by, number.max(now), centers, |digest| key.sign(digest)))
}

/// Writes down what was learned, one after the other. The handle; cheap to clone.
#[derive(Clone)]
pub(crate) struct Scribe {
    learned: mpsc::UnboundedSender<Learned>,
}

impl Scribe {
    /// A scribe and the task that writes for it; the task ends with the last handle.
    pub(crate) fn new(store: Store) -> Self {
        let (learned, mut queue) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(learned) = queue.recv().await {
                // What is not on disk is told again by others.
                if let Err(error) = write(&store, learned).await {
                    disk::not_written(&error, "whom centers have added");
                }
            }
        });
        Self { learned }
    }

    pub(crate) fn write(&self, learned: Learned) {
        // Nobody writes any more only while the node shuts down.
        let _ = self.learned.send(learned);
    }
}

async fn write(store: &Store, learned: Learned) -> Result<(), StoreError> {
    let Learned { new, said, unsaid, gone, .. } = learned;
    for center in gone {
        store.delete_certificates(center).await?;
    }
    for known in new {
        let certificate = Certificate {
            center: known.center,
            node: known.node,
            epoch: known.epoch,
            center_certificate: known.center_certificate,
            node_certificate: known.node_certificate,
            vouchers: Vec::new(),
            first_seen: clock::now(),
        };
        store.put_certificate(certificate).await?;
    }
    if !(said.is_empty() && unsaid.is_empty()) {
        store.put_vouches(said, unsaid).await?;
    }
    Ok(())
}
