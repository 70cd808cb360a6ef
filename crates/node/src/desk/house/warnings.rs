//! What an admin should look at, in the order in which it should be looked at.

use std::collections::BTreeSet;

use hospes_domain::{CenterId, Timestamp, freshness};
use hospes_identity::address;
use hospes_store::{Ailment, Counts, Pending, StoreError};
use hospes_sync::alarm::Cause;
use hospes_sync::vouch::MOST_NAMED;
use hospes_wire::quote::word;

use crate::center::{Center, profile};
use crate::desk::network::statuses::PeerStatus;
use crate::machine::{clock, room};
use crate::vault::NodeFacts;

/// A clock that differs by more makes freshness and expiry doubtful, in milliseconds.
const CLOCK_DIFFERENCE: i64 = 5 * 60 * Timestamp::SECOND;
/// After this long without a link to a peer the admin should look, in milliseconds.
const SILENCE: i64 = Timestamp::DAY;
/// Minutes before a node seals itself in which it warns.
const SOON: i64 = 60;
/// How long it is told that the node was set back, in milliseconds.
const TOLD: i64 = 30 * Timestamp::DAY;

/// What the disk of the data folder is like.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    ailment: Option<Ailment>,
    /// Bytes that may still be written, if the system tells.
    pub(crate) free: Option<u64>,
    /// Peers that are shut out though the database does not say so.
    unwritten: Vec<String>,
}

impl Disk {
    pub(crate) fn of(center: &Center) -> Self {
        Self {
            ailment: center.store.ailment(),
            free: room::free(center.store.path()),
            unwritten: center.peerbook.unwritten_names(),
        }
    }
}

/// Everything that an admin should look at, worst first.
pub(crate) async fn of(
    facts: &NodeFacts,
    center: &Center,
    peers: &[PeerStatus],
    pending: &[Pending],
    counts: &Counts,
    disk: &Disk,
) -> Result<Vec<String>, StoreError> {
    let now = clock::now();
    let mut all = old_keys(pending, |id| center.name_of(id), now);
    all.extend(alarms(center));
    all.extend(backups(center, now).await?);
    all.extend(profile::warning(center).await?);
    all.extend(general(peers, counts, now, clock::moved(), disk));
    all.extend(crowds(center));
    all.extend(unnamed(peers));
    all.extend(seals_soon(facts, now));
    all.extend(open_to_all(facts));
    all.extend(pages_to_all(facts));
    all.extend(no_pages(facts));
    Ok(all)
}

/// What was said about centers in hostile hands, worst first.
fn alarms(center: &Center) -> Vec<String> {
    let kept_out = center.alarms.kept_out();
    let mut warnings = Vec::new();
    let mut told = BTreeSet::new();
    for heard in center.alarms.all() {
        let alarm = &heard.alarm;
        let by = center.name_of(&alarm.issuer);
        let cause = alarm.cause.word();
        if alarm.cause == Cause::TakenBack || !heard.counts && alarm.accused != center.own.center {
            continue;
        }
        if alarm.accused == center.own.center {
            warnings.push(format!(
                "{by} has raised an alarm about this center: {cause}; call its admin, and if it is true: \
                 hospes seal"
            ));
        } else if alarm.issuer != center.own.center && told.insert(alarm.accused) {
            let name = center.name_of(&alarm.accused);
            let quoted = word(&name);
            let standing = match kept_out.get(&alarm.accused) {
                Some(Some(at)) => format!(
                    "kept out here until {}",
                    at.plus(clock::moved()).to_string().get(..16).unwrap_or_default()
                ),
                Some(None) => "kept out here".to_owned(),
                None => "not kept out here".to_owned(),
            };
            warnings.push(format!(
                "{by} has raised an alarm about {name}: {cause}; it is {standing}; call the two, then: \
                 hospes peer remove {quoted}, or: hospes alarm {quoted} --dismiss"
            ));
        }
    }
    warnings
}

/// Peers that lead to more centers than have place. Their own admin may not know it.
fn crowds(center: &Center) -> Vec<String> {
    let crowds = center.roster.left_out().into_iter();
    let told = crowds.map(|(peer, count)| {
        format!(
            "{} leads to more centers than a peer may: {count} are left out here, and no others; call \
             its admin, and see who is introduced: hospes peer list",
            center.name_of(&peer)
        )
    });
    told.collect()
}

/// A statement names so many peers and no more.
fn unnamed(peers: &[PeerStatus]) -> Option<String> {
    let active = peers.iter().filter(|peer| peer.state == "active").count();
    (active > MOST_NAMED).then(|| {
        format!(
            "this center has {active} peers, and {MOST_NAMED} of them are named to others; those who \
             are not have to be introduced by other centers"
        )
    })
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

/// Something else has the address of the pages.
fn no_pages(facts: &NodeFacts) -> Option<String> {
    let address = facts.pages_taken?;
    Some(format!(
        "there are no pages: something else listens at {address}; set pages_listen in node.toml to another \
         address, or to off"
    ))
}

/// The pages speak in clear: on a network, passphrases could be read on the way.
fn pages_to_all(facts: &NodeFacts) -> Option<String> {
    let address = facts.pages_listener.filter(|address| !address.ip().is_loopback())?;
    Some(format!(
        "the pages, {address}, are open to the network, where passphrases and records pass in clear: set \
         pages_listen to 127.0.0.1:{} in node.toml, and use an onion service, a proxy or a tunnel",
        address.port()
    ))
}

/// A word in time to somebody who should confirm.
fn seals_soon(facts: &NodeFacts, now: Timestamp) -> Option<String> {
    let left = facts.seals_at?.since(now) / (60 * Timestamp::SECOND);
    (left < SOON).then(|| {
        format!(
            "the node seals itself in {} min unless somebody confirms: hospes confirm",
            left.max(0)
        )
    })
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

/// What there is to say about restores, days that were lost, and backups that were not made.
async fn backups(center: &Center, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let mut warnings = Vec::new();
    if let Some(backup) = center.recovery.waiting() {
        warnings.push(format!(
            "this node was restored from a backup of {backup} and answers no searches until it is in \
             sync with a peer; see: hospes peer resume NAME; or, if there is none: hospes restore --alone"
        ));
    }
    let set_back = center.store.set_back().await?;
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

/// What there is to say about peers, disk, clock and quarantine, worst first.
fn general(
    peers: &[PeerStatus],
    counts: &Counts,
    now: Timestamp,
    moved: i64,
    disk: &Disk,
) -> Vec<String> {
    let active: Vec<&PeerStatus> = peers.iter().filter(|peer| peer.state == "active").collect();
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
    for peer in
        active.iter().filter(|peer| peer.link.clock_skew_ms.saturating_abs() > CLOCK_DIFFERENCE)
    {
        let way = if peer.link.clock_skew_ms > 0 { "ahead of" } else { "behind" };
        warnings.push(format!(
            "the clock of {} is {} {way} ours; one of the two is wrong, check ours with: \
             timedatectl",
            peer.name,
            span(peer.link.clock_skew_ms)
        ));
    }
    for peer in &active {
        let Some((why, until)) = peer.paused else { continue };
        let seconds = until.since(now).max(0) / Timestamp::SECOND;
        warnings.push(format!(
            "{} is paused for {seconds} s more: {why}; if it goes on so: hospes peer suspend {}",
            peer.name,
            word(&peer.name)
        ));
    }
    for peer in active.iter().filter(|peer| !peer.link.connected) {
        let since = match peer.last_contact {
            None => "there was never a link to".to_owned(),
            Some(at) if now.since(at) < SILENCE => continue,
            Some(at) => format!("the last link was {} to", freshness::ago(now, at)),
        };
        let why = match (peer.link.last_error.as_str(), peer.addresses.is_empty()) {
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

    fn peer(name: &str) -> PeerStatus {
        let mut peer = PeerStatus::new(CenterId([1; 32]), name.to_owned(), "active", 1);
        (peer.link.connected, peer.last_contact) = (true, Some(now()));
        peer
    }

    fn away(mut peer: PeerStatus, last_contact: Option<Timestamp>) -> PeerStatus {
        (peer.link.connected, peer.last_contact) = (false, last_contact);
        peer
    }

    fn check(peers: &[PeerStatus], expected: &[&str]) {
        assert_eq!(general(peers, &Counts::default(), now(), 0, &Disk::default()), expected);
    }

    #[test]
    fn a_healthy_network_warns_of_nothing() {
        check(&[peer("Narva")], &[]);
        let away = away(peer("Riga"), Some(now().plus(-Timestamp::HOUR)));
        check(&[peer("Narva"), away], &[]);
    }

    #[test]
    fn a_port_that_is_open_to_the_network_is_told() {
        let at = |address: &str| NodeFacts {
            local_listener: Some(address.parse().unwrap()),
            ..NodeFacts::since(now())
        };
        assert_eq!(open_to_all(&at("127.0.0.1:7440")), None);
        assert!(open_to_all(&at("[::]:7440")).unwrap().contains("127.0.0.1:7440"));
    }

    #[test]
    fn what_an_admin_should_look_at_comes_worst_first() {
        let mut wrong_clock = peer("Narva");
        wrong_clock.link.clock_skew_ms = -7 * 60 * Timestamp::SECOND;
        let mut silent = away(peer("Riga"), Some(now().plus(-3 * Timestamp::DAY)));
        silent.link.last_error = "the connection was refused".to_owned();
        silent.addresses = vec!["node.example.org:7443".to_owned()];
        let never = away(peer("Tartu"), None);
        let until = now().plus(90 * Timestamp::SECOND);
        let paused = PeerStatus {
            paused: Some(("it sent more bytes of changes than a peer may", until)),
            ..peer("Mallory")
        };
        let counts = Counts { quarantine: 2, ..Counts::default() };
        let full = Ailment { why: Fatal::DiskFull, since: Instant::now() };
        let unwritten = vec!["Gdansk".to_owned()];
        let disk = Disk { ailment: Some(full), free: Some(3 << 20), unwritten };
        let moved = 23 * Timestamp::HOUR;
        let peers = [wrong_clock, silent, never, paused];
        let found = general(&peers, &counts, now(), moved, &disk);
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
        let suspended = PeerStatus { state: "suspended", ..peer("Narva") };
        let expected = "there is no active peer, so nothing is shared; see: hospes peer";
        check(&[], &[&format!("{expected} add FILE")]);
        check(&[suspended], &[&format!("{expected} resume NAME")]);
    }
}
