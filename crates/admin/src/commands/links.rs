//! How peers stand: the same table in `hospes status` and `hospes peer list`.

use hospes_wire::local::PeerStatus;
use serde_json::{Value as Json, json};

use crate::print::{Printer, ago, count, left, span};

/// A peer's clock that differs by more than this many milliseconds is worth a word.
const SKEW: i64 = 5 * 60 * 1000;
/// What stands where a center has no link of its own: what it publishes comes through others.
const NO_LINK: &str = "-";

/// All peers in a table, and below it what else there is to say of some.
pub fn show(peers: &[PeerStatus], printer: &Printer) {
    printer.table(
        &["peer", "state", "connected", "last contact", "behind", "epoch"],
        peers.iter().map(row).collect(),
    );
    let told = peers.iter().map(|peer| (peer, remarks(peer)));
    let told: Vec<_> = told.filter(|(_, remarks)| !remarks.is_empty()).collect();
    if !told.is_empty() {
        printer.line("");
    }
    for (peer, remarks) in told {
        printer.line(format!("{}: {remarks}", peer.name));
    }
}

fn row(peer: &PeerStatus) -> Vec<String> {
    let is_linked = !matches!(peer.state.as_str(), "introduced" | "removed" | "barred");
    let state = if peer.paused.is_empty() { peer.state.as_str() } else { "paused" };
    let connected = match (is_linked, peer.connected) {
        (false, _) => NO_LINK,
        (true, true) => "yes",
        (true, false) => "no",
    };
    let contact = match peer.last_contact {
        0 if !is_linked => NO_LINK.to_owned(),
        at => ago(at),
    };
    let behind = match peer {
        _ if !is_linked => NO_LINK.to_owned(),
        PeerStatus { in_sync: true, behind: 0, .. } => "in sync".to_owned(),
        PeerStatus { behind: 0, .. } => "unknown".to_owned(),
        PeerStatus { behind, .. } => count(*behind, "change", "changes"),
    };
    let epoch = if peer.epoch > 0 { peer.epoch.to_string() } else { NO_LINK.to_owned() };
    vec![peer.name.clone(), state.to_owned(), connected.to_owned(), contact, behind, epoch]
}

/// What else there is to say of a peer, worst first.
fn remarks(peer: &PeerStatus) -> String {
    let mut remarks = Vec::new();
    if peer.alarm {
        let end = if peer.alarm_until > 0 {
            format!("kept out for {}", left(peer.alarm_until))
        } else {
            "kept out".to_owned()
        };
        remarks.push(format!("{end} by an alarm, see: hospes alarm"));
    }
    if !peer.paused.is_empty() {
        remarks.push(format!("paused for {}: {}", left(peer.paused_until), peer.paused));
    }
    if !peer.introduced_by.is_empty() {
        remarks.push(format!("introduced by {}", peer.introduced_by));
    }
    if peer.clock_skew_ms.saturating_abs() > SKEW {
        let way = if peer.clock_skew_ms > 0 { "ahead of" } else { "behind" };
        remarks.push(format!(
            "its clock is {} {way} ours",
            span(peer.clock_skew_ms.saturating_abs() / 1000)
        ));
    }
    if !peer.last_error.is_empty() && !peer.connected {
        remarks.push(peer.last_error.clone());
    }
    if peer.next_try > 0 && !peer.connected && peer.state == "active" {
        remarks.push(format!("next try in {}", left(peer.next_try)));
    }
    remarks.join("; ")
}

/// A peer for programs.
pub fn as_json(peer: &PeerStatus) -> Json {
    json!({
        "center": peer.center,
        "name": peer.name,
        "state": peer.state,
        "connected": peer.connected,
        "last_contact": peer.last_contact,
        "behind": peer.behind,
        "in_sync": peer.in_sync,
        "addresses": peer.addresses,
        "software": peer.software,
        "epoch": peer.epoch,
        "clock_skew_ms": peer.clock_skew_ms,
        "last_error": peer.last_error,
        "next_try": (peer.next_try > 0).then_some(peer.next_try),
        "introduced_by": peer.introduced_by,
        "paused": (!peer.paused.is_empty())
            .then(|| json!({"reason": peer.paused, "until": peer.paused_until})),
        "alarm": peer
            .alarm
            .then(|| json!({"until": (peer.alarm_until > 0).then_some(peer.alarm_until)})),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_peer_that_never_answered_is_not_called_in_sync() {
        let row = row(&PeerStatus { name: "narva".to_owned(), ..Default::default() });
        assert_eq!(row[4], "unknown");
        assert_eq!(row[3], "never");
    }

    #[test]
    fn of_a_center_that_is_no_peer_no_link_is_told() {
        let introduced = PeerStatus {
            state: "introduced".to_owned(),
            introduced_by: "Riga".to_owned(),
            ..Default::default()
        };
        assert_eq!(row(&introduced), ["", "introduced", "-", "-", "-", "-"]);
        assert_eq!(remarks(&introduced), "introduced by Riga");
        let removed =
            PeerStatus { state: "removed".to_owned(), last_contact: 1, ..Default::default() };
        assert!(row(&removed)[3].ends_with("days ago"));
    }

    #[test]
    fn a_peer_that_is_dialed_says_when_again() {
        let peer = PeerStatus {
            state: "active".to_owned(),
            last_error: "192.0.2.7:7443: no answer".to_owned(),
            next_try: jiff::Timestamp::now().as_millisecond() + 40_500,
            ..Default::default()
        };
        assert_eq!(remarks(&peer), "192.0.2.7:7443: no answer; next try in 41 s");
        let met = PeerStatus { connected: true, ..peer };
        assert_eq!(remarks(&met), "");
    }

    #[test]
    fn a_paused_peer_says_why_and_for_how_long() {
        let peer = PeerStatus {
            name: "narva".to_owned(),
            state: "active".to_owned(),
            connected: true,
            paused: "it asked too much".to_owned(),
            paused_until: jiff::Timestamp::now().as_millisecond() + 300_500,
            ..Default::default()
        };
        let row = row(&peer);
        assert_eq!((row[1].as_str(), row[2].as_str()), ("paused", "yes"));
        assert_eq!(remarks(&peer), "paused for 5 min: it asked too much");
        assert_eq!(as_json(&peer)["paused"]["reason"], "it asked too much");
        assert_eq!(as_json(&PeerStatus::default())["paused"], Json::Null);
    }
}
