//! The centers that a peer accepts, and whom it has added.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use hospes_domain::CenterId;
use hospes_identity::certificate::Chain;
use hospes_node::trust::roster::Roster;
use hospes_sync::frame::Frame;
use hospes_sync::vouch::{Decisions, MOST_NAMED};
use hospes_wire::{limits, peer};
use prost::Message as _;

use crate::Verdict;
use crate::frame::checked;
use crate::people::Person;

/// A roster as it lies in a frame, learned from a peer.
pub fn roster(bytes: &[u8]) -> Verdict {
    if bytes.len() > limits::PEER_MESSAGE {
        return Verdict::Refused;
    }
    let Ok(told) = peer::Roster::decode(bytes) else { return Verdict::Refused };
    let wire = peer::Frame { body: Some(peer::frame::Body::Roster(told)) };
    let Ok(Frame::Roster(told) | Frame::RosterPart(told)) = checked(wire) else {
        return Verdict::Refused;
    };
    assert!(told.len() <= limits::INTRODUCTIONS);

    let (own, from) = (own(), peer().center());
    let decisions = Decisions {
        own: own.center(),
        peers: BTreeSet::from([from]),
        barred: BTreeSet::new(),
        introductions: 1,
    };
    let (roster, _) = Roster::new(own.chain(), Vec::new(), Vec::new(), decisions);
    let before = roster.current();
    let offered = roster.offer(from, told.clone());
    let ours = |center: &CenterId| *center == from || *center == own.center();
    assert!(offered.new.iter().all(|new| ours(&new.center)), "shown is not introduced");
    assert_eq!(offered.changed, roster.current().digest() != before.digest());
    assert!(roster.introduced().is_empty());

    let named: BTreeSet<CenterId> = told.iter().map(|known| known.center).collect();
    let named = named.into_iter().filter(|center| *center != from).take(MOST_NAMED).collect();
    let (learned, broken) = roster.heed(from, vec![peer().vouch(1, named)]);
    assert!(broken.is_none(), "{broken:?}");
    let all: Vec<_> = offered.new.iter().chain(&learned.new).collect();
    for new in &all {
        assert!(told.contains(new), "nobody showed it");
        let chain = Chain::parse(&new.node_certificate, &new.center_certificate);
        let proven = chain.map(|chain| (chain.center_id(), chain.node_id(), chain.epoch()));
        assert_eq!(proven, Ok((new.center, new.node, new.epoch)), "it does not prove who it is");
        assert!(roster.accepts(&new.center));
    }
    for known in roster.introduced() {
        assert!(known.by == [from] && known.center != own.center() && known.center != from);
    }
    let again = roster.offer(from, told);
    assert!(!again.changed && again.new.is_empty(), "the same roster teaches something twice");
    // Nothing that it says is left when it is a peer no more.
    roster.set_peers(BTreeSet::new(), BTreeSet::new());
    assert!(roster.introduced().is_empty() && !roster.accepts(&from));
    if all.is_empty() { Verdict::Refused } else { Verdict::Read }
}

fn own() -> &'static Person {
    static OWN: OnceLock<Person> = OnceLock::new();
    OWN.get_or_init(Person::narva)
}

fn peer() -> &'static Person {
    static PEER: OnceLock<Person> = OnceLock::new();
    PEER.get_or_init(Person::riga)
}
