//! Centers that knocked and were turned away, as the admin sees them.

use hospes_identity::fingerprint;
use hospes_store::{Peer, PeerState, Pending};
use hospes_wire::admin;
use tonic::Status;

use crate::center::Center;
use crate::directory::store_failed;
use crate::peers;

/// All of them, the latest first.
pub(crate) async fn list(
    center: &Center,
    known: &[Peer],
) -> Result<Vec<admin::PendingPeer>, Status> {
    let pending = center.store.pending().await.map_err(store_failed)?;
    Ok(pending.iter().filter_map(|knock| turned_away(knock, known)).collect())
}

/// Takes all off the list, and says how many there were.
pub(crate) async fn forget(center: &Center) -> Result<u32, Status> {
    let mut forgotten = 0;
    for knock in center.store.pending().await.map_err(store_failed)? {
        let done = center.store.delete_pending(knock.center).await.map_err(store_failed)?;
        forgotten += u32::from(done);
    }
    Ok(forgotten)
}

/// A center that knocked, with what we know of it. None of one that was added since: it knocks again.
fn turned_away(knock: &Pending, peers: &[Peer]) -> Option<admin::PendingPeer> {
    let known = peers.iter().find(|peer| peer.center == knock.center);
    let why = match (knock.old_epoch, known.map(|peer| peer.state)) {
        (Some(epoch), _) => {
            format!("it showed a key of epoch {epoch}, and its center has a later one")
        }
        (None, None) => "nobody had added it here".to_owned(),
        (None, Some(PeerState::Active | PeerState::Suspended)) => return None,
        (None, Some(PeerState::Removed)) => "it was removed here".to_owned(),
        (None, Some(PeerState::Barred)) => "it is kept out here".to_owned(),
    };
    Some(admin::PendingPeer {
        center: knock.center.to_string(),
        groups: fingerprint::groups(&knock.center),
        words: peers::words(&knock.center),
        first_seen: knock.first_seen.0,
        last_seen: knock.last_seen.0,
        times: u32::try_from(knock.count).unwrap_or(u32::MAX),
        why,
        old_epoch: knock.old_epoch.unwrap_or_default(),
        known_name: known.map(|peer| peer.name.clone()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{CenterId, Timestamp};
    use hospes_store::Earlier;

    use super::*;

    #[test]
    fn a_removed_peer_knocks_under_its_old_name() {
        let knock = Pending {
            center: CenterId([1; 32]),
            certificate: Vec::new(),
            first_seen: Timestamp(1),
            last_seen: Timestamp(2),
            count: 3,
            old_epoch: None,
        };
        let peer = |state| Peer {
            center: CenterId([1; 32]),
            name: "Narva".to_owned(),
            state,
            addresses: Vec::new(),
            added_at: Timestamp(0),
            last_contact: None,
            epoch: 1,
            earlier: Earlier::Honored,
            note: String::new(),
        };
        for (peers, why, name) in [
            (vec![], "nobody had added it here", ""),
            (vec![peer(PeerState::Removed)], "it was removed here", "Narva"),
            (vec![peer(PeerState::Barred)], "it is kept out here", "Narva"),
        ] {
            let shown = turned_away(&knock, &peers).unwrap();
            assert_eq!((shown.why.as_str(), shown.known_name.as_str()), (why, name));
            assert_eq!((shown.words.len(), shown.times), (12, 3));
        }
        let added = turned_away(&knock, &[peer(PeerState::Active)]);
        assert!(added.is_none(), "{added:?}");
        let old = Pending { old_epoch: Some(1), ..knock };
        let shown = turned_away(&old, &[peer(PeerState::Active)]).unwrap();
        assert!(shown.why.contains("epoch 1"), "{shown:?}");
    }
}
