//! One engine, fed by hand: what it makes of a peer that does not keep to the protocol.

use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp};
use hospes_sync::frame::{
    Changes, Frame, Heads, Hello, Introduction, Part, Range, Ranges, Summary,
};
use hospes_sync::{
    Author, Body, Effect, Engine, Input, Load, Opened, Roster, SignedChange, Ticket,
};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const LINK: u64 = 1;
const US: NodeId = NodeId([5; 32]);

fn roster() -> Roster {
    let known = |number| Introduction {
        center: CenterId([number; 32]),
        node: NodeId([number; 32]),
        epoch: 1,
        center_certificate: Vec::new(),
        node_certificate: Vec::new(),
    };
    Roster::new(vec![known(5), known(7)])
}

/// An engine with a link to a node that may be lower or higher than itself, after both greeted.
fn greeted(peer: u8) -> Engine {
    let mut engine = Engine::new(US, "test 1", roster(), 0, []);
    let opened = Opened {
        link: LINK,
        center: CenterId([7; 32]),
        node: NodeId([peer; 32]),
        dialed: true,
        nonce: [1; 16],
        checkpoint: None,
    };
    engine.handle(NOW, Input::Opened(opened));
    hear(&mut engine, hello(1, 1));
    engine
}

fn hello(protocol_min: u32, protocol_max: u32) -> Frame {
    Frame::Hello(Hello {
        protocol_min,
        protocol_max,
        features: 0,
        software: "test 2".to_owned(),
        nonce: [2; 16],
        roster: roster().digest(),
        clock: NOW,
    })
}

fn hear(engine: &mut Engine, frame: Frame) -> Vec<Effect> {
    engine.handle(NOW, Input::Received(LINK, frame))
}

fn key(number: u8) -> RecordKey {
    RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId([number; 16]),
        steward: CenterId([7; 32]),
        kind: Kind::Offer,
    }
}

fn changes(number: u64, bytes: usize) -> Frame {
    let author =
        Author { center: CenterId([7; 32]), node: NodeId([7; 32]), epoch: 1, writer: [1; 16] };
    let change = SignedChange {
        key: key(1),
        generation: 1,
        author,
        body: Body::Chunk(vec![0; bytes]),
        signature: [0; 64],
    };
    Frame::Changes(Changes { number, changes: vec![Arc::new(change)] })
}

fn heads(answer: bool) -> Frame {
    Frame::Heads(Heads { circle: CircleId::COMMONS, answer, records: Vec::new() })
}

fn ranges(parts: usize) -> Frame {
    let part = Part::Fingerprint { count: 1, fingerprint: 1 };
    let ranges = vec![Range { upper: Vec::new(), part }; parts];
    Frame::Ranges(Ranges { circle: CircleId::COMMONS, lower: Vec::new(), ranges, last: true })
}

fn summary(circle: u8) -> Frame {
    let circle = CircleId([circle; 16]);
    Frame::Summary(Summary { circle, count: 0, fingerprint: 0, sent: 0, admitted: 0 })
}

fn closes(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| match effect {
        Effect::Close(LINK, why) => Some(why.as_str()),
        _ => None,
    })
}

/// The last of these frames closes the link, and says why.
fn check(peer: u8, frames: Vec<Frame>, why: &str) {
    let mut engine = greeted(peer);
    let last = frames.len() - 1;
    for (place, frame) in frames.into_iter().enumerate() {
        let effects = hear(&mut engine, frame);
        match closes(&effects) {
            Some(reason) => {
                assert_eq!(place, last, "{reason}");
                assert!(reason.contains(why), "{reason}");
            }
            None => assert_ne!(place, last, "the link stays open, though: {why}"),
        }
    }
    assert!(engine.links().is_empty());
    assert!(hear(&mut engine, changes(1, 10)).is_empty());
}

#[test]
fn a_peer_that_breaks_the_protocol_loses_its_link() {
    let (lower, higher) = (3, 9);
    check(higher, vec![hello(1, 1)], "greeted twice");
    check(higher, vec![changes(2, 10)], "came after frame 0");
    check(higher, vec![changes(1, 10), changes(1, 10)], "came after frame 1");
    check(higher, vec![Frame::Ack { through: 1 }], "was not sent");
    check(higher, vec![heads(true)], "an answer to no question");
    check(higher, vec![ranges(1)], "belong to nothing");
    check(lower, vec![ranges(0)], "belong to nothing");
    check(lower, vec![ranges(2)], "do not ascend");
    check(higher, vec![heads(false); 40][..34].to_vec(), "more questions");
    check(higher, (1..=64).map(summary).collect(), "circles");
    let megabyte = |number| changes(number, 1 << 20);
    check(higher, (1..=12).map(megabyte).collect(), "than the window allows");
}

#[test]
fn a_peer_of_another_time_is_told_who_needs_a_newer_release() {
    for (versions, why) in [((0, 0), "too old"), ((2, 9), "too new")] {
        let mut engine = Engine::new(US, "test 1", roster(), 0, []);
        let (center, node) = (CenterId([7; 32]), NodeId([7; 32]));
        let nonce = [1; 16];
        let opened = Opened { link: LINK, center, node, dialed: false, nonce, checkpoint: None };
        engine.handle(NOW, Input::Opened(opened));
        let effects = hear(&mut engine, hello(versions.0, versions.1));
        assert!(closes(&effects).unwrap().contains(why));
    }
}

#[test]
fn nothing_is_taken_from_somebody_who_has_not_greeted() {
    let mut engine = Engine::new(US, "test 1", roster(), 0, []);
    let (center, node) = (CenterId([7; 32]), NodeId([7; 32]));
    let opened =
        Opened { link: LINK, center, node, dialed: false, nonce: [1; 16], checkpoint: None };
    engine.handle(NOW, Input::Opened(opened));
    assert!(closes(&hear(&mut engine, changes(1, 10))).is_some());
}

#[test]
fn a_link_to_oneself_is_closed() {
    let mut engine = Engine::new(US, "test 1", roster(), 0, []);
    let (center, nonce) = (CenterId([5; 32]), [1; 16]);
    let opened = Opened { link: LINK, center, node: US, dialed: true, nonce, checkpoint: None };
    assert!(closes(&engine.handle(NOW, Input::Opened(opened))).is_some());
}

#[test]
fn what_lies_below_a_change_is_asked_for_three_times_and_no_more() {
    let mut engine = greeted(9);
    let mut asked = 0;
    for number in 1..=5 {
        let effects = hear(&mut engine, changes(number, 10));
        let ticket: Ticket = effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Admit(_, ticket, ..) => Some(*ticket),
                _ => None,
            })
            .unwrap();
        let effects = engine.handle(NOW, Input::Admitted { ticket, missing: vec![key(1)] });
        for effect in effects {
            if let Effect::Load(ticket, Load::Heads { ids, .. }) = effect {
                assert_eq!(ids, [key(1).id]);
                asked += 1;
                let loaded = hospes_sync::Loaded {
                    ticket,
                    changes: Vec::new(),
                    through: None,
                    heads: vec![(key(1).id, Vec::new())],
                };
                engine.handle(NOW, Input::Loaded(loaded));
                hear(&mut engine, heads(true));
            }
        }
    }
    assert_eq!(asked, 3);
}

#[test]
fn a_checkpoint_beyond_the_log_is_not_believed() {
    let mut engine = Engine::new(US, "test 1", roster(), 10, []);
    let (center, node) = (CenterId([7; 32]), NodeId([9; 32]));
    let checkpoint = Some(1_000);
    let opened = Opened { link: LINK, center, node, dialed: true, nonce: [1; 16], checkpoint };
    engine.handle(NOW, Input::Opened(opened));
    let effects = hear(&mut engine, hello(1, 1));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Send(_, Frame::Summary(_)))));
    hear(&mut engine, summary(0));
    assert!(engine.status(LINK).unwrap().in_sync);
}
