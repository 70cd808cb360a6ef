//! What the center and its network look like, for its admin.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hospes_domain::{CenterId, Kind, Timestamp, freshness};
use hospes_identity::{address, fingerprint};
use hospes_store::{Ailment, Counts, Peer, PeerState, Pending};
use hospes_wire::local;
use hospes_wire::quote::word;
use tonic::Status;

use super::store_failed;
use crate::center::Center;
use crate::clock;
use crate::network::LinkStatus;
use crate::vault::{NodeFacts, State, Vault};
use crate::{alarms, backup, profile, room};

/// A clock that differs by more makes freshness and expiry doubtful, in milliseconds.
const CLOCK_DIFFERENCE: i64 = 5 * 60 * Timestamp::SECOND;
/// After this long without a link to a peer the admin should look, in milliseconds.
const SILENCE: i64 = Timestamp::DAY;
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

/// Minutes before a node seals itself in which it warns.
const SOON: i64 = 60;

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
    let now = clock::now();
    let counted = census.take(center).await?;
    let counts = center.store.counts().await.map_err(store_failed)?;
    let peers = peer_statuses(center).await?;
    let pending = center.store.pending().await.map_err(store_failed)?;
    let disk = Disk::of(center);
    let mut warned = old_keys(&pending, |id| center.name_of(id), now);
    warned.extend(alarms::service::warnings(center));
    warned.extend(backup_warnings(center, now).await?);
    warned.extend(profile::warning(center).await.map_err(store_failed)?);
    warned.extend(warnings(&peers, &counts, now, clock::moved(), &disk));
    warned.extend(seals_soon(facts, now));
    warned.extend(open_to_all(facts));
    let last_backup = backup::last_made(center).await.map_err(store_failed)?;
    Ok(local::StatusResponse {
        node: Some(node(facts, center).await),
        warnings: warned,
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

/// The counselors' port speaks in clear: on a network, tokens and records could be read on the way.
fn open_to_all(facts: &NodeFacts) -> Option<String> {
    let address = facts.local_listener.filter(|address| !address.ip().is_loopback())?;
    Some(format!(
        "the port for counselors, {address}, is open to the network, where tokens and records pass in \
         clear: set local_listen to 127.0.0.1:{} in node.toml, and use a tunnel from other machines",
        address.port()
    ))
}

/// A word in time to somebody who should confirm.
fn seals_soon(facts: &NodeFacts, now: hospes_domain::Timestamp) -> Option<String> {
    let left = facts.seals_at?.since(now) / (60 * hospes_domain::Timestamp::SECOND);
    (left < SOON).then(|| {
        format!(
            "the node seals itself in {} min unless somebody confirms: hospes confirm",
            left.max(0)
        )
    })
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
    let (in_force, missing) = match center.merger.confinement().await {
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

/// What the disk of the data folder is like.
#[derive(Debug, Default)]
struct Disk {
    ailment: Option<Ailment>,
    /// Bytes that may still be written, if the system tells.
    free: Option<u64>,
    /// Peers that are shut out though the database does not say so.
    unwritten: Vec<String>,
}

impl Disk {
    fn of(center: &Center) -> Self {
        Self {
            ailment: center.store.ailment(),
            free: room::free(center.store.path()),
            unwritten: center.peerbook.unwritten_names(),
        }
    }
}

/// A length of time as people say it, whichever its sign.
fn span(milliseconds: i64) -> String {
    // To the nearest second: 24 h less a millisecond are not 23 h.
    let half = Timestamp::SECOND / 2;
    let seconds = milliseconds.saturating_abs().saturating_add(half) / Timestamp::SECOND;
    match (seconds, seconds / 60, seconds / 3_600) {
        (_, 0..2, _) => format!("{seconds} s"),
        (_, minutes, 0..2) => format!("{minutes} min"),
        (_, _, hours) if hours < 48 => format!("{hours} h"),
        (_, _, hours) => format!("{} days", hours / 24),
    }
}

/// How long it is told that the node was set back, in milliseconds.
const TOLD: i64 = 30 * Timestamp::DAY;

/// What there is to say about restores, days that were lost, and backups that were not made.
async fn backup_warnings(center: &Center, now: Timestamp) -> Result<Vec<String>, Status> {
    let mut warnings = Vec::new();
    if let Some(backup) = center.recovery.waiting() {
        warnings.push(format!(
            "this node was restored from a backup of {backup} and answers no searches until it is in \
             sync with a peer; see: hospes peer resume NAME; or, if there is none: hospes restore --alone"
        ));
    }
    let set_back = center.store.set_back().await.map_err(store_failed)?;
    if let Some(back) = set_back.filter(|back| now.since(back.last) < TOLD) {
        warnings.push(format!(
            "this node was set back: peers knew {} changes of ours that it had lost; they are back \
             since {}; ask the provider whether an old image was put back, and see \
             docs/operations/backup.md",
            back.changes,
            freshness::ago(now, back.last)
        ));
    }
    if let Some(why) = center.backups.failure() {
        warnings.push(format!("the last scheduled backup was not made: failed to {why}"));
    }
    Ok(warnings)
}

/// Somebody uses a key that its center has replaced: perhaps who took the machine.
fn old_keys(
    pending: &[Pending],
    name_of: impl Fn(&CenterId) -> String,
    now: Timestamp,
) -> Vec<String> {
    let old = pending.iter().filter(|knock| now.since(knock.last_seen) < TOLD);
    old.filter_map(|knock| {
        let (epoch, name) = (knock.old_epoch?, name_of(&knock.center));
        Some(format!(
            "an old node of {name} knocked {} and was turned away (epoch {epoch}): whoever has that \
             machine may use its key; call {name}; then: hospes peer forget",
            freshness::ago(now, knock.last_seen)
        ))
    })
    .collect()
}

/// Things an admin should look at, worst first.
fn warnings(
    peers: &[local::PeerStatus],
    counts: &Counts,
    now: Timestamp,
    moved: i64,
    disk: &Disk,
) -> Vec<String> {
    let active: Vec<&local::PeerStatus> =
        peers.iter().filter(|peer| peer.state == "active").collect();
    let mut warnings = Vec::new();
    for name in &disk.unwritten {
        warnings.push(format!(
            "{name} is shut out, but the disk did not take that yet: a node that stops now lets {name} \
             in again when it starts"
        ));
    }
    if let Some(ailment) = &disk.ailment {
        let since = i64::try_from(ailment.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        warnings.push(format!(
            "nothing can be saved or taken in since {} ago: {}; searches go on",
            span(since),
            ailment.why
        ));
    }
    if let Some(free) = disk.free.filter(|free| *free < room::LITTLE) {
        let mib = free / (1024 * 1024);
        warnings.push(format!(
            "the disk has only {mib} MiB left; make room before nothing can be saved any more"
        ));
    }
    if moved.saturating_abs() > CLOCK_DIFFERENCE {
        let way = if moved > 0 { "forward" } else { "back" };
        warnings.push(format!(
            "the clock of this machine was set {way} by {} while the node ran; check it with: \
             timedatectl; if it is right now, this goes away with the next start of the node",
            span(moved)
        ));
    }
    for peer in active.iter().filter(|peer| peer.clock_skew_ms.saturating_abs() > CLOCK_DIFFERENCE)
    {
        let way = if peer.clock_skew_ms > 0 { "ahead of" } else { "behind" };
        warnings.push(format!(
            "the clock of {} is {} {way} ours; one of the two is wrong, check ours with: \
             timedatectl",
            peer.name,
            span(peer.clock_skew_ms)
        ));
    }
    for peer in active.iter().filter(|peer| !peer.paused.is_empty()) {
        let seconds = Timestamp(peer.paused_until).since(now).max(0) / Timestamp::SECOND;
        warnings.push(format!(
            "{} is paused for {seconds} s more: {}; if it goes on so: hospes peer suspend {}",
            peer.name,
            peer.paused,
            word(&peer.name)
        ));
    }
    for peer in active.iter().filter(|peer| !peer.connected) {
        let silent = now.since(Timestamp(peer.last_contact));
        let since = match peer.last_contact {
            0 => "there was never a link to".to_owned(),
            _ if silent < SILENCE => continue,
            at => format!("the last link was {} to", freshness::ago(now, Timestamp(at))),
        };
        let why = match (peer.last_error.as_str(), peer.addresses.is_empty()) {
            ("", true) => "it has to dial us".to_owned(),
            ("", false) => "it does not answer".to_owned(),
            (error, _) => error.to_owned(),
        };
        warnings.push(format!("{since} {}: {why}", peer.name));
    }
    if counts.quarantine > 0 {
        let count = counts.quarantine;
        warnings.push(format!("changes in quarantine: {count}; see: hospes quarantine list"));
    }
    for peer in &active {
        if peer.addresses.iter().any(|address| address::asks_a_name_server(address)) {
            warnings.push(format!(
                "{} is dialed by a DNS name: name servers learn whom this node looks for; an IP \
                 address is better",
                peer.name
            ));
        }
    }
    if active.is_empty() {
        let suspended = peers.iter().any(|peer| peer.state == "suspended" && !peer.alarm);
        let next = if suspended { "hospes peer resume NAME" } else { "hospes peer add FILE" };
        warnings.push(format!("there is no active peer, so nothing is shared; see: {next}"));
    }
    warnings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::time::Instant;

    use hospes_store::Fatal;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn peer(name: &str) -> local::PeerStatus {
        local::PeerStatus {
            name: name.to_owned(),
            state: "active".to_owned(),
            connected: true,
            last_contact: now().0,
            ..Default::default()
        }
    }

    fn check(peers: &[local::PeerStatus], expected: &[&str]) {
        assert_eq!(warnings(peers, &Counts::default(), now(), 0, &Disk::default()), expected);
    }

    #[test]
    fn a_healthy_network_warns_of_nothing() {
        check(&[peer("Narva")], &[]);
        let away = local::PeerStatus {
            connected: false,
            last_contact: now().plus(-Timestamp::HOUR).0,
            ..peer("Riga")
        };
        check(&[peer("Narva"), away], &[]);
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
    fn a_port_that_is_open_to_the_network_is_told() {
        let at =
            |address: &str| NodeFacts { local_listener: Some(address.parse().unwrap()), ..facts() };
        assert_eq!(open_to_all(&at("127.0.0.1:7440")), None);
        assert!(open_to_all(&at("[::]:7440")).unwrap().contains("127.0.0.1:7440"));
    }

    #[test]
    fn what_an_admin_should_look_at_comes_worst_first() {
        let wrong_clock =
            local::PeerStatus { clock_skew_ms: -7 * 60 * Timestamp::SECOND, ..peer("Narva") };
        let silent = local::PeerStatus {
            connected: false,
            last_contact: now().plus(-3 * Timestamp::DAY).0,
            last_error: "the connection was refused".to_owned(),
            addresses: vec!["node.example.org:7443".to_owned()],
            ..peer("Riga")
        };
        let never = local::PeerStatus { connected: false, last_contact: 0, ..peer("Tartu") };
        let paused = local::PeerStatus {
            paused: "it sent more bytes of changes than a peer may".to_owned(),
            paused_until: now().plus(90 * Timestamp::SECOND).0,
            ..peer("Mallory")
        };
        let counts = Counts { quarantine: 2, ..Counts::default() };
        let full = Ailment { why: Fatal::DiskFull, since: Instant::now() };
        let unwritten = vec!["Gdansk".to_owned()];
        let disk = Disk { ailment: Some(full), free: Some(3 << 20), unwritten };
        let moved = 23 * Timestamp::HOUR;
        let peers = [wrong_clock, silent, never, paused];
        let found = warnings(&peers, &counts, now(), moved, &disk);
        assert_eq!(
            found,
            [
                "Gdansk is shut out, but the disk did not take that yet: a node that stops now lets \
                 Gdansk in again when it starts",
                "nothing can be saved or taken in since 0 s ago: the disk is full; make room on it, \
                 the node goes on by itself; searches go on",
                "the disk has only 3 MiB left; make room before nothing can be saved any more",
                "the clock of this machine was set forward by 23 h while the node ran; check it \
                 with: timedatectl; if it is right now, this goes away with the next start of the \
                 node",
                "the clock of Narva is 7 min behind ours; one of the two is wrong, check ours \
                 with: timedatectl",
                "Mallory is paused for 90 s more: it sent more bytes of changes than a peer may; \
                 if it goes on so: hospes peer suspend Mallory",
                "the last link was 3 d ago to Riga: the connection was refused",
                "there was never a link to Tartu: it has to dial us",
                "changes in quarantine: 2; see: hospes quarantine list",
                "Riga is dialed by a DNS name: name servers learn whom this node looks for; an IP \
                 address is better",
            ]
        );
    }

    #[test]
    fn a_length_of_time_is_told_in_the_unit_that_people_would_use() {
        for (seconds, expected) in [
            (119, "119 s"),
            (-420, "7 min"),
            (7_199, "119 min"),
            (86_399, "23 h"),
            (-86_400, "24 h"),
            (7 * 86_400, "7 days"),
        ] {
            assert_eq!(span(seconds * Timestamp::SECOND), expected);
        }
        assert_eq!(span(86_400 * Timestamp::SECOND - 3), "24 h");
    }

    #[test]
    fn a_node_without_peers_says_so() {
        let suspended = local::PeerStatus { state: "suspended".to_owned(), ..peer("Narva") };
        let expected = "there is no active peer, so nothing is shared; see: hospes peer";
        check(&[], &[&format!("{expected} add FILE")]);
        check(&[suspended], &[&format!("{expected} resume NAME")]);
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
