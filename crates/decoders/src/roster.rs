//! The centers that a peer introduces.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use hospes_identity::certificate::Chain;
use hospes_node::roster::Roster;
use hospes_sync::frame::Frame;
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
    let Ok(Frame::Roster(told)) = checked(wire) else { return Verdict::Refused };
    assert!(told.len() <= limits::INTRODUCTIONS);

    let (own, from) = (own(), peer().center());
    let roster = Roster::new(own.chain(), Vec::new(), BTreeSet::from([from]), BTreeSet::new());
    let before = roster.current();
    let learned = roster.learn(from, told.clone());
    assert_eq!(learned.changed, roster.current().digest() != before.digest());
    for new in &learned.new {
        assert!(told.contains(new), "nobody introduced it");
        let chain = Chain::parse(&new.node_certificate, &new.center_certificate);
        let proven = chain.map(|chain| (chain.center_id(), chain.node_id(), chain.epoch()));
        assert_eq!(proven, Ok((new.center, new.node, new.epoch)), "it does not prove who it is");
        assert!(roster.accepts(&new.center));
    }
    for known in roster.introduced() {
        assert!(known.by == [from] && known.center != own.center() && known.center != from);
    }
    let again = roster.learn(from, told);
    assert!(!again.changed && again.new.is_empty(), "the same roster teaches something twice");
    // Nothing that it says is left when it is a peer no more.
    roster.set_peers(BTreeSet::new(), BTreeSet::new());
    assert!(roster.introduced().is_empty());
    if learned.new.is_empty() { Verdict::Refused } else { Verdict::Read }
}

fn own() -> &'static Person {
    static OWN: OnceLock<Person> = OnceLock::new();
    OWN.get_or_init(Person::narva)
}

fn peer() -> &'static Person {
    static PEER: OnceLock<Person> = OnceLock::new();
    PEER.get_or_init(Person::riga)
}
