//! Centers that knocked and were turned away, as the admin sees them.

use hospes_store::{Peer, PeerState, Pending, StoreError};

use crate::center::Center;

/// A center that was turned away, with what we know of it.
#[derive(Debug)]
pub(crate) struct TurnedAway {
    pub(crate) knock: Pending,
    /// Why, in words.
    pub(crate) why: String,
    /// What we call it; empty when it has no name here.
    pub(crate) known_name: String,
}

/// All of them, the latest first.
pub(crate) async fn list(center: &Center, known: &[Peer]) -> Result<Vec<TurnedAway>, StoreError> {
    let pending = center.store.pending().await?;
    Ok(pending.into_iter().filter_map(|knock| turned_away(knock, known)).collect())
}

/// Takes all off the list, and says how many there were.
pub(crate) async fn forget(center: &Center) -> Result<u32, StoreError> {
    let mut forgotten = 0;
    for knock in center.store.pending().await? {
        let done = center.store.delete_pending(knock.center).await?;
        forgotten += u32::from(done);
    }
    Ok(forgotten)
}

/// A center that knocked, with what we know of it. None of one that was added since: it knocks again.
fn turned_away(knock: Pending, peers: &[Peer]) -> Option<TurnedAway> {
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
    let known_name = known.map(|peer| peer.name.clone()).unwrap_or_default();
    Some(TurnedAway { knock, why, known_name })
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
            let shown = turned_away(knock.clone(), &peers).unwrap();
            assert_eq!((shown.why.as_str(), shown.known_name.as_str()), (why, name));
        }
        let added = turned_away(knock.clone(), &[peer(PeerState::Active)]);
        assert!(added.is_none(), "{added:?}");
        let old = Pending { old_epoch: Some(1), ..knock };
        let shown = turned_away(old, &[peer(PeerState::Active)]).unwrap();
        assert!(shown.why.contains("epoch 1"), "{shown:?}");
    }
}
