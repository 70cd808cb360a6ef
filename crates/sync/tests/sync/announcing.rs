//! One engine between two peers, fed by hand: what it announces, what it makes of announcements,
//! and that neither is ever taken for the change itself.

use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp};
use hospes_sync::frame::{Announce, Frame, Heads, Hello, Introduction, Item, Summary};
use hospes_sync::reconcile::FingerprintKey;
use hospes_sync::{
    Author, Body, Committed, Effect, Engine, Input, Lanes, LinkId, Load, Loaded, Opened, Roster,
    SignedChange, Version,
};

const START: Timestamp = Timestamp(1_700_000_000_000);
const US: u8 = 5;
/// The peers, and the links to them.
const PEERS: [u8; 2] = [7, 8];
const ONE: LinkId = 7;
const TWO: LinkId = 8;

fn center(number: u8) -> CenterId {
    CenterId([number; 32])
}

fn roster() -> Roster {
    let known = |number| Introduction {
        center: center(number),
        node: NodeId([number; 32]),
        epoch: 1,
        center_certificate: Vec::new(),
        node_certificate: Vec::new(),
    };
    Roster::new([US, PEERS[0], PEERS[1]].map(known).to_vec())
}

/// An engine that is in sync with both peers, and the time.
struct Bench {
    engine: Engine,
    now: Timestamp,
    position: u64,
}

impl Bench {
    fn new() -> Self {
        let engine = Engine::new(NodeId([US; 32]), "test 1", roster(), 0, []);
        let mut bench = Self { engine, now: START, position: 0 };
        for peer in PEERS {
            let (link, nonce) = (u64::from(peer), [1; 16]);
            let (center, node) = (center(peer), NodeId([peer; 32]));
            let checkpoint = None;
            let opened = Opened { link, center, node, dialed: true, nonce, checkpoint };
            bench.tell(Input::Opened(opened));
            let hello = Hello {
                protocol_min: 1,
                protocol_max: 1,
                features: 0,
                software: "test 2".to_owned(),
                nonce: [peer; 16],
                roster: roster().digest(),
                clock: START,
            };
            bench.hear(link, Frame::Hello(hello));
            let circle = CircleId::COMMONS;
            let nothing = Summary { circle, count: 0, fingerprint: 0, sent: 0, admitted: 0 };
            bench.hear(link, Frame::Summary(nothing));
            assert!(bench.in_sync(link));
        }
        bench
    }

    fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.engine.handle(self.now, input)
    }

    fn hear(&mut self, link: LinkId, frame: Frame) -> Vec<Effect> {
        self.tell(Input::Received(link, frame))
    }

    fn after(&mut self, milliseconds: i64) -> Vec<Effect> {
        self.now = self.now.plus(milliseconds);
        self.tell(Input::Tick)
    }

    fn in_sync(&self, link: LinkId) -> bool {
        self.engine.status(link).unwrap().in_sync
    }

    /// A record of somebody's is on our disk in some version now, having come from a peer or not.
    fn commit(&mut self, steward: u8, version: u8, source: Option<u8>) -> Vec<Effect> {
        let node = NodeId([steward; 32]);
        let author = Author { center: center(steward), node, epoch: 1, writer: [1; 16] };
        let change = SignedChange {
            key: key(steward),
            generation: 1,
            author,
            body: Body::Chunk(vec![version; 20]),
            signature: [0; 64],
        };
        self.position += 1;
        self.tell(Input::Committed(Committed {
            position: self.position,
            versions: vec![(key(steward), Version([version; 16]))],
            changes: vec![Arc::new(change)],
            source: source.map(center),
        }))
    }
}

fn key(steward: u8) -> RecordKey {
    RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId([steward; 16]),
        steward: center(steward),
        kind: Kind::Offer,
    }
}

/// The record of a steward in a version, as an announcement on a link names it.
fn item(link: LinkId, steward: u8, version: u8) -> Item {
    let session = FingerprintKey::of(&[1; 16], &[link as u8; 16]);
    let state = session.lift(&key(steward), &Version([version; 16])) as u64;
    Item { id: key(steward).id, state }
}

fn announce(link: LinkId, number: u64, steward: u8, version: u8) -> Frame {
    let items = vec![item(link, steward, version)];
    Frame::Announce(Announce { number, circle: CircleId::COMMONS, items })
}

fn sent(effects: &[Effect], link: LinkId) -> Vec<&Frame> {
    let all = effects.iter().filter_map(|effect| match effect {
        Effect::Send(to, frame) if *to == link => Some(frame),
        _ => None,
    });
    all.collect()
}

fn asks(effects: &[Effect]) -> Option<(u64, &[RecordId])> {
    effects.iter().find_map(|effect| match effect {
        Effect::Load(ticket, Load::Heads { ids, .. }) => Some((*ticket, ids.as_slice())),
        _ => None,
    })
}

#[test]
fn who_wants_to_be_told_only_is_told_of_what_others_made_and_sent_what_was_made_here() {
    let mut bench = Bench::new();
    bench.hear(TWO, Frame::Lazy(Lanes(u64::MAX)));
    let effects = bench.commit(PEERS[0], 1, Some(PEERS[0]));
    assert_eq!(sent(&effects, TWO), [&announce(TWO, 1, PEERS[0], 1)]);
    let effects = bench.commit(US, 1, None);
    assert!(matches!(sent(&effects, ONE)[..], [Frame::Changes(_)]));
    assert!(matches!(sent(&effects, TWO)[..], [Frame::Changes(changes)] if changes.number == 2));
    bench.hear(TWO, Frame::Lazy(Lanes::NONE));
    let effects = bench.commit(PEERS[0], 2, Some(PEERS[0]));
    assert!(matches!(sent(&effects, TWO)[..], [Frame::Changes(_)]));
}

#[test]
fn a_lane_is_lazy_and_the_others_are_not() {
    let mut bench = Bench::new();
    bench.hear(TWO, Frame::Lazy(Lanes::of(&center(US))));
    let effects = bench.commit(PEERS[0], 1, Some(PEERS[0]));
    assert!(matches!(sent(&effects, TWO)[..], [Frame::Changes(_)]));
}

#[test]
fn a_checkpoint_does_not_go_beyond_what_was_merely_announced() {
    let mut bench = Bench::new();
    bench.hear(TWO, Frame::Lazy(Lanes(u64::MAX)));
    bench.commit(PEERS[0], 1, Some(PEERS[0]));
    let of_two = |effects: &[Effect]| {
        let two = NodeId([PEERS[1]; 32]);
        effects.iter().find_map(|effect| match effect {
            Effect::Checkpoint(node, place) if *node == two => Some(*place),
            _ => None,
        })
    };
    assert!(!bench.in_sync(TWO));
    assert!(of_two(&bench.after(11_000)).is_none_or(|place| place == 0));
    bench.hear(TWO, Frame::Ack { through: 1 });
    assert!(bench.in_sync(TWO));
    assert_eq!(of_two(&bench.after(11_000)), Some(1));
}

#[test]
fn what_was_announced_and_comes_from_elsewhere_is_acknowledged_and_never_asked_for() {
    let mut bench = Bench::new();
    let effects = bench.hear(TWO, announce(TWO, 1, PEERS[0], 1));
    assert_eq!(sent(&effects, TWO), [] as [&Frame; 0]);
    assert!(!bench.in_sync(TWO));
    let effects = bench.commit(PEERS[0], 1, Some(PEERS[0]));
    // Nothing is told to somebody who has said that it holds the very same.
    assert_eq!(sent(&effects, TWO), [&Frame::Ack { through: 1 }]);
    assert!(bench.in_sync(TWO));
    assert_eq!(asks(&bench.after(5_000)), None);
}

#[test]
fn what_is_held_already_is_acknowledged_at_once() {
    let mut bench = Bench::new();
    bench.commit(PEERS[0], 1, Some(PEERS[0]));
    bench.hear(TWO, Frame::Ack { through: 1 });
    let effects = bench.hear(TWO, announce(TWO, 1, PEERS[0], 1));
    assert_eq!(sent(&effects, TWO), [&Frame::Ack { through: 1 }]);
}

#[test]
fn what_was_announced_and_does_not_come_is_asked_for_once_and_then_given_up() {
    let mut bench = Bench::new();
    bench.hear(TWO, announce(TWO, 1, PEERS[0], 1));
    assert_eq!(asks(&bench.after(499)), None);
    let effects = bench.after(1);
    let (ticket, ids) = asks(&effects).unwrap();
    assert_eq!(ids, [key(PEERS[0]).id]);
    let heads = vec![(key(PEERS[0]).id, Vec::new())];
    let loaded = Loaded { ticket, changes: Vec::new(), through: None, heads };
    let effects = bench.tell(Input::Loaded(loaded));
    assert!(matches!(sent(&effects, TWO)[..], [Frame::Heads(Heads { answer: false, .. })]));
    assert_eq!(asks(&bench.after(5_000)), None, "it was asked already");
    // The sums stay untold as long as something announced is on its way.
    assert!(!bench.in_sync(TWO));
    let records = Vec::new();
    let answer = Heads { circle: CircleId::COMMONS, answer: true, records };
    let effects = bench.hear(TWO, Frame::Heads(answer));
    assert_eq!(sent(&effects, TWO)[0], &Frame::Ack { through: 1 });
}

#[test]
fn of_two_peers_that_announced_the_same_one_is_asked_at_a_time() {
    let mut bench = Bench::new();
    bench.hear(ONE, announce(ONE, 1, US, 9));
    bench.hear(TWO, announce(TWO, 1, US, 9));
    let asked = |effects: &[Effect]| {
        effects.iter().filter(|one| matches!(one, Effect::Load(_, Load::Heads { .. }))).count()
    };
    assert_eq!(asked(&bench.after(500)), 1);
    assert_eq!(asked(&bench.after(499)), 0);
    assert_eq!(asked(&bench.after(1)), 1);
}

#[test]
fn a_link_that_brings_only_what_is_held_is_told_so_until_the_faster_one_is_gone() {
    let mut bench = Bench::new();
    let lane = Lanes::of(&center(PEERS[0]));
    let bring = |bench: &mut Bench, link, number| {
        let changes = hospes_sync::frame::Changes { number, changes: vec![change()] };
        let effects = bench.hear(link, Frame::Changes(changes));
        effects.iter().find_map(|effect| match effect {
            Effect::Admit(_, ticket, ..) => Some(*ticket),
            _ => None,
        })
    };
    let ticket = bring(&mut bench, ONE, 1).unwrap();
    bench.commit(PEERS[0], 1, Some(PEERS[0]));
    let effects = bench.tell(Input::Admitted { ticket, missing: Vec::new() });
    assert_eq!(sent(&effects, ONE), [&Frame::Ack { through: 1 }]);
    let ticket = bring(&mut bench, TWO, 1).unwrap();
    let effects = bench.tell(Input::Admitted { ticket, missing: Vec::new() });
    assert_eq!(sent(&effects, TWO)[1], &Frame::Lazy(lane));
    let effects = bench.tell(Input::Closed(ONE));
    assert_eq!(sent(&effects, TWO), [&Frame::Lazy(Lanes::NONE)]);
}

fn change() -> Arc<SignedChange> {
    let node = NodeId([PEERS[0]; 32]);
    let author = Author { center: center(PEERS[0]), node, epoch: 1, writer: [1; 16] };
    let body = Body::Chunk(vec![1; 20]);
    Arc::new(SignedChange { key: key(PEERS[0]), generation: 1, author, body, signature: [0; 64] })
}

#[test]
fn announcements_without_end_end_the_link() {
    let mut bench = Bench::new();
    let closed = (1..=20u64).any(|number| {
        let items = (0..1_024u64)
            .map(|place| {
                let mut id = [0; 16];
                id[..8].copy_from_slice(&(number * 10_000 + place).to_be_bytes());
                Item { id: RecordId(id), state: place }
            })
            .collect();
        let frame = Announce { number, circle: CircleId::COMMONS, items };
        let effects = bench.hear(TWO, Frame::Announce(frame));
        effects.iter().any(|effect| matches!(effect, Effect::Close(TWO, _)))
    });
    assert!(closed);
    let wrong = bench.hear(ONE, announce(ONE, 2, US, 1));
    assert!(wrong.iter().any(|effect| matches!(effect, Effect::Close(ONE, _))), "number 1 is due");
}
