//! How other centers stand with us: peers, those that they introduce, and those that are kept out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hospes_domain::{CenterId, Timestamp};
use hospes_store::{Peer, PeerState, StoreError};

use super::alarms::until;
use crate::center::Center;
use crate::links::network::LinkStatus;
use crate::machine::clock;

/// One of them.
#[derive(Clone)]
pub(crate) struct PeerStatus {
    pub(crate) center: CenterId,
    pub(crate) name: String,
    /// `active`, `suspended`, `introduced`, `removed` or `barred`.
    pub(crate) state: &'static str,
    pub(crate) link: LinkStatus,
    /// On any link, also before the last start.
    pub(crate) last_contact: Option<Timestamp>,
    pub(crate) addresses: Vec<String>,
    pub(crate) epoch: u32,
    /// Names of the peers that have added it.
    pub(crate) introduced_by: Vec<String>,
    /// Why its changes have to wait, and until when.
    pub(crate) paused: Option<(&'static str, Timestamp)>,
    /// Whether alarms of others keep it out, and until when; until an admin decides where that is not
    /// said.
    pub(crate) alarm: bool,
    pub(crate) alarm_until: Option<Timestamp>,
}

impl PeerStatus {
    /// A center of which no more is known.
    pub(crate) fn new(center: CenterId, name: String, state: &'static str, epoch: u32) -> Self {
        Self {
            center,
            name,
            state,
            link: LinkStatus::unseen(center),
            last_contact: None,
            addresses: Vec::new(),
            epoch,
            introduced_by: Vec::new(),
            paused: None,
            alarm: false,
            alarm_until: None,
        }
    }
}

/// Our peers and the centers that they introduce; removed ones are in no list but their own.
pub(crate) async fn all(center: &Center) -> Result<Vec<PeerStatus>, StoreError> {
    let mut links: BTreeMap<CenterId, LinkStatus> =
        center.network.links().into_iter().map(|link| (link.center, link)).collect();
    let kept_out = center.alarms.kept_out();
    let mut statuses = Vec::new();
    let peers = center.peerbook.all().await?;
    let known: BTreeSet<CenterId> = peers.iter().map(|peer| peer.center).collect();
    for peer in peers {
        let state = match peer.state {
            PeerState::Active if kept_out.contains_key(&peer.center) => "suspended",
            PeerState::Active => "active",
            PeerState::Suspended => "suspended",
            PeerState::Removed | PeerState::Barred => continue,
        };
        let unseen = PeerStatus::new(peer.center, peer.name, state, peer.epoch);
        let mut link = links.remove(&peer.center).unwrap_or(unseen.link);
        link.next_try = until(link.next_try);
        let paused = center.network.pause(&peer.center);
        statuses.push(PeerStatus {
            last_contact: peer.last_contact.max(link.last_contact),
            link,
            addresses: peer.addresses,
            paused: paused.map(|pause| (pause.resource.reason(), after(pause.left))),
            alarm: kept_out.contains_key(&peer.center),
            alarm_until: until(kept_out.get(&peer.center).copied().flatten()),
            ..unseen
        });
    }
    statuses.sort_by(|a, b| (&a.name, &a.center).cmp(&(&b.name, &b.center)));
    let introduced = center.roster.introduced().into_iter().map(|introduced| introduced.center);
    // Whom an alarm keeps out nobody introduces, and is there all the same.
    let accused = kept_out.keys().copied().filter(|accused| !known.contains(accused));
    for id in introduced.chain(accused) {
        let by = center.roster.introducers(&id);
        let (name, epoch) = (center.name_of(&id), center.roster.epoch(&id));
        statuses.push(PeerStatus {
            introduced_by: by.iter().map(|peer| center.name_of(peer)).collect(),
            alarm: kept_out.contains_key(&id),
            alarm_until: until(kept_out.get(&id).copied().flatten()),
            ..PeerStatus::new(id, name, "introduced", epoch)
        });
    }
    Ok(statuses)
}

/// The centers that our admin keeps out.
pub(crate) fn kept_out(peers: Vec<Peer>) -> impl Iterator<Item = PeerStatus> {
    peers.into_iter().filter_map(|peer| {
        let state = match peer.state {
            PeerState::Removed => "removed",
            PeerState::Barred => "barred",
            PeerState::Active | PeerState::Suspended => return None,
        };
        Some(PeerStatus {
            last_contact: peer.last_contact,
            ..PeerStatus::new(peer.center, peer.name, state, peer.epoch)
        })
    })
}

fn after(left: Duration) -> Timestamp {
    clock::now().plus(i64::try_from(left.as_millis()).unwrap_or(i64::MAX))
}
