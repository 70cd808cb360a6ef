//! What the center and its network look like, for its admin.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hospes_domain::{CenterId, Kind, Timestamp};
use hospes_identity::fingerprint;
use hospes_store::{Counts, Peer, PeerState};
use hospes_wire::local;
use tonic::Status;

use super::store_failed;
use super::warnings::{self, Disk};
use crate::center::Center;
use crate::clock;
use crate::network::LinkStatus;
use crate::vault::{NodeFacts, State, Vault};
use crate::{alarms, backup};

/// Rows of the quarantine whose reasons are counted.
const MOST_ROWS: u32 = 1_000;
/// Rows that are read at once: each has a whole change in it.
const PAGE: u32 = 100;

/// Counts that take a walk through the whole catalogue, kept until the next commit.
#[derive(Default)]
pub(super) struct Census(Mutex<Option<Counted>>);

#[derive(Clone)]
struct Counted {
    position: u64,
    catalogue: String,
    ours: BTreeMap<Kind, u64>,
}

impl Census {
    async fn take(&self, center: &Center) -> Result<Counted, Status> {
        let position = center.store.position().await.map_err(store_failed)?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.position == position) {
            return Ok(kept);
        }
        let catalogue = center.store.catalogue_fingerprint().await.map_err(store_failed)?;
        let mut ours: BTreeMap<Kind, u64> = BTreeMap::new();
        for (key, _) in center.store.catalogue().await.map_err(store_failed)? {
            if key.steward == center.own.center {
                *ours.entry(key.kind).or_default() += 1;
            }
        }
        let counted = Counted { position, catalogue, ours };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted.clone());
        Ok(counted)
    }
}

/// The whole picture; of a node that is not open, what can be known without its database.
pub(super) async fn status(
    vault: &Vault,
    census: &Census,
) -> Result<local::StatusResponse, Status> {
    if let State::Open(center) = vault.state() {
        let told = of_open(&vault.node_facts(), &center, census).await;
        // A node that is sealed while it counts is told of as what it is now.
        if told.is_ok() || matches!(vault.state(), State::Open(_)) {
            return told;
        }
    }
    // First what it is, then the reason, so that a node which has sealed itself says why.
    let state = vault.state();
    let facts = vault.node_facts();
    Ok(match state {
        State::Open(center) => return of_open(&facts, &center, census).await,
        State::Sealed => closed(&facts, "sealed", "run: hospes unseal"),
        State::Uninitialized => closed(
            &facts,
            "uninitialized",
            "run: hospes init, or, for a center that exists: hospes restore FILE, or hospes init --from-phrase \
             --epoch N",
        ),
        State::Wiped => closed(&facts, "wiped", "run: hospes init --from-phrase --epoch N"),
    })
}

async fn of_open(
    facts: &NodeFacts,
    center: &Center,
    census: &Census,
) -> Result<local::StatusResponse, Status> {
    let counted = census.take(center).await?;
    let counts = center.store.counts().await.map_err(store_failed)?;
    let peers = peer_statuses(center).await?;
    let pending = center.store.pending().await.map_err(store_failed)?;
    let disk = Disk::of(center);
    let warnings = warnings::of(facts, center, &peers, &pending, &counts, &disk).await?;
    let last_backup = backup::last_made(center).await.map_err(store_failed)?;
    Ok(local::StatusResponse {
        node: Some(node(facts, center).await),
        warnings,
        knocked: u32::try_from(pending.iter().filter(|knock| knock.old_epoch.is_none()).count())
            .unwrap_or(u32::MAX),
        peers,
        records: Kind::ALL.into_iter().map(|kind| records(kind, &counts, &counted)).collect(),
        quarantine: Some(quarantine(center, counts.quarantine).await?),
        database: Some(local::Database {
            bytes: counts.bytes,
            position: counted.position,
            catalogue: counted.catalogue,
            free: disk.free,
            last_backup: last_backup.map(|at| at.0).unwrap_or_default(),
        }),
    })
}

fn closed(facts: &NodeFacts, state: &str, what_to_do: &str) -> local::StatusResponse {
    local::StatusResponse {
        node: Some(local::Node { state: state.to_owned(), ..process(facts) }),
        warnings: vec![format!("the node is {state}; {what_to_do}")],
        ..Default::default()
    }
}

fn process(facts: &NodeFacts) -> local::Node {
    local::Node {
        software: facts.software.clone(),
        peer_listener: facts.peer_listener.map(|address| address.to_string()).unwrap_or_default(),
        local_listener: facts.local_listener.map(|address| address.to_string()).unwrap_or_default(),
        started: facts.started.0,
        unsealed: facts.unsealed.map(|at| at.0).unwrap_or_default(),
        sealed_why: facts.sealed_why.map(|why| why.to_string()).unwrap_or_default(),
        seals_at: facts.seals_at.map(|at| at.0).unwrap_or_default(),
        ..Default::default()
    }
}

async fn node(facts: &NodeFacts, center: &Center) -> local::Node {
    let own = &center.own;
    local::Node {
        state: "open".to_owned(),
        center: own.center.to_string(),
        center_name: center.name_of(&own.center),
        center_groups: fingerprint::groups(&own.center),
        node: own.node.to_string(),
        epoch: own.epoch,
        merge_worker: Some(merge_worker(center).await),
        ..process(facts)
    }
}

async fn merge_worker(center: &Center) -> local::MergeWorker {
    let (in_force, missing) = match center.mergers.confinement().await {
        Ok(Some(confinement)) => (confinement.in_force(), confinement.missing()),
        Ok(None) => (Vec::new(), vec!["it is starting".to_owned()]),
        Err(trouble) => (Vec::new(), vec![trouble.to_string()]),
    };
    local::MergeWorker { in_force, missing }
}

fn records(kind: Kind, counts: &Counts, counted: &Counted) -> local::KindCount {
    let count = counts.kinds.get(&kind).copied().unwrap_or_default();
    local::KindCount {
        kind: kind.name().to_owned(),
        shown: count.shown,
        ours: counted.ours.get(&kind).copied().unwrap_or_default(),
        erased: count.erased,
    }
}

/// Our peers and the centers that they introduce; removed ones are in no list but their own.
pub(crate) async fn peer_statuses(center: &Center) -> Result<Vec<local::PeerStatus>, Status> {
    let links: BTreeMap<CenterId, LinkStatus> =
        center.network.links().into_iter().map(|link| (link.center, link)).collect();
    let kept_out = center.alarms.kept_out();
    let mut statuses = Vec::new();
    let peers = center.peerbook.all().await.map_err(store_failed)?;
    let known: BTreeSet<CenterId> = peers.iter().map(|peer| peer.center).collect();
    for peer in peers {
        let state = match peer.state {
            PeerState::Active if kept_out.contains_key(&peer.center) => "suspended",
            PeerState::Active => "active",
            PeerState::Suspended => "suspended",
            PeerState::Removed | PeerState::Barred => continue,
        };
        let link = links.get(&peer.center);
        let contact = peer.last_contact.max(link.and_then(|link| link.last_contact));
        let pause = center.network.pause(&peer.center);
        statuses.push(local::PeerStatus {
            center: peer.center.to_string(),
            name: peer.name,
            state: state.to_owned(),
            last_contact: contact.map(|at| at.0).unwrap_or_default(),
            addresses: peer.addresses,
            epoch: peer.epoch,
            paused: pause.map(|pause| pause.resource.reason().to_owned()).unwrap_or_default(),
            paused_until: pause.map(|pause| until(pause.left).0).unwrap_or_default(),
            alarm: kept_out.contains_key(&peer.center),
            alarm_until: alarms::service::until(kept_out.get(&peer.center).copied().flatten()),
            ..linked(link)
        });
    }
    statuses.sort_by(|a, b| (&a.name, &a.center).cmp(&(&b.name, &b.center)));
    let introduced = center.roster.introduced().into_iter().map(|introduced| introduced.center);
    // Whom an alarm keeps out nobody introduces, and is there all the same.
    let accused = kept_out.keys().copied().filter(|accused| !known.contains(accused));
    for id in introduced.chain(accused) {
        let by: Vec<String> =
            center.roster.introducers(&id).iter().map(|peer| center.name_of(peer)).collect();
        statuses.push(local::PeerStatus {
            center: id.to_string(),
            name: center.name_of(&id),
            state: "introduced".to_owned(),
            epoch: center.roster.epoch(&id),
            introduced_by: by.join(", "),
            alarm: kept_out.contains_key(&id),
            alarm_until: alarms::service::until(kept_out.get(&id).copied().flatten()),
            ..Default::default()
        });
    }
    Ok(statuses)
}

/// The centers that our admin keeps out.
pub(crate) fn out_statuses(peers: &[Peer]) -> impl Iterator<Item = local::PeerStatus> + '_ {
    let state = |peer: &Peer| match peer.state {
        PeerState::Removed => Some("removed"),
        PeerState::Barred => Some("barred"),
        PeerState::Active | PeerState::Suspended => None,
    };
    peers.iter().filter_map(move |peer| {
        Some(local::PeerStatus {
            center: peer.center.to_string(),
            name: peer.name.clone(),
            state: state(peer)?.to_owned(),
            epoch: peer.epoch,
            last_contact: peer.last_contact.map(|at| at.0).unwrap_or_default(),
            ..Default::default()
        })
    })
}

fn until(left: Duration) -> Timestamp {
    clock::now().plus(i64::try_from(left.as_millis()).unwrap_or(i64::MAX))
}

fn linked(link: Option<&LinkStatus>) -> local::PeerStatus {
    let Some(link) = link else { return local::PeerStatus::default() };
    local::PeerStatus {
        connected: link.connected,
        behind: link.behind,
        in_sync: link.in_sync,
        software: link.software.clone(),
        clock_skew_ms: link.clock_skew_ms,
        last_error: link.last_error.clone(),
        next_try: link.next_try.map(|at| at.plus(clock::moved()).0).unwrap_or_default(),
        ..Default::default()
    }
}

/// How many changes were refused, and for what the latest of them.
async fn quarantine(center: &Center, count: u64) -> Result<local::Quarantine, Status> {
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    let mut before = None;
    let mut seen = 0;
    while count > 0 && seen < MOST_ROWS {
        let page = center.store.quarantine(before, PAGE).await.map_err(store_failed)?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        seen += PAGE;
        for row in page {
            *codes.entry(row.code).or_default() += 1;
        }
    }
    let mut codes: Vec<local::CodeCount> =
        codes.into_iter().map(|(code, count)| local::CodeCount { code, count }).collect();
    codes.sort_by(|a, b| b.count.cmp(&a.count).then(a.code.cmp(&b.code)));
    Ok(local::Quarantine { count, codes })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn facts() -> NodeFacts {
        NodeFacts {
            software: "hospes 0.1.0".to_owned(),
            started: now(),
            unsealed: None,
            peer_listener: None,
            local_listener: None,
            sealed_why: None,
            seals_at: None,
        }
    }

    #[test]
    fn a_sealed_node_tells_of_its_process_only() {
        let facts = facts();
        let told = closed(&facts, "sealed", "run: hospes unseal");
        let node = told.node.unwrap();
        assert_eq!(
            (node.state.as_str(), node.started, node.center.as_str()),
            ("sealed", now().0, "")
        );
        assert_eq!(told.warnings, ["the node is sealed; run: hospes unseal"]);
        assert!(told.database.is_none() && told.peers.is_empty());
    }
}
