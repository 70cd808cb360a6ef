//! Frames between nodes, and between a node and its worker.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use hospes_document::answer;
use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, Timestamp};
use hospes_node::links::frames::to_wire;
use hospes_node::trust::roster::introduction_of;
use hospes_sync::alarm::{Alarm, Cause};
use hospes_sync::frame::{
    Announce, Changes, Frame, Heads, Hello, Introduction, Item, Part, Ping, Range, Ranges,
    RecordHeads, Summary,
};
use hospes_sync::merge::{EditJob, MergeJob, Request, encode_request, encode_response};
use hospes_sync::vouch::Vouch;
use hospes_sync::{Body, ChangeHash, Lanes, SignedChange};
use hospes_wire::{limits, peer};
use hospes_worker::{Absence, Confinement};
use prost::Message as _;

use super::basket::Basket;
use crate::conversation;
use crate::frame::packed;
use crate::people::Person;
use crate::specimen::{Specimen, SpecimenRecord, chunk, offer, revision, template};

pub(super) fn fill(basket: &mut Basket) -> Result<()> {
    let frames = frames();
    for (name, frame) in &frames {
        basket.add("frame", *name, to_wire(frame.clone()).encode_to_vec());
    }
    for (name, wire) in hostile() {
        basket.add("frame", name, wire.encode_to_vec());
    }
    basket.add("frame", "nothing", "");
    batches(basket)?;
    conversations(basket, &frames);
    rosters(basket);
    worker(basket)
}

/// The greeting of a peer that accepts the same centers as the node.
fn hello() -> Frame {
    Frame::Hello(Hello {
        protocol_min: 1,
        protocol_max: 1,
        features: 5,
        software: "hospes 0.1.0".to_owned(),
        nonce: [4; 16],
        roster: conversation::roster().digest(),
        clock: Timestamp(1_795_476_600_000),
    })
}

/// The greeting of one that accepts others.
fn stranger() -> Frame {
    match hello() {
        Frame::Hello(hello) => Frame::Hello(Hello { roster: [5; 16], ..hello }),
        other => other,
    }
}

fn summary(count: u64) -> Frame {
    let circle = CircleId::COMMONS;
    Frame::Summary(Summary { circle, count, fingerprint: 77, sent: 0, admitted: 0 })
}

fn ranges(ranges: Vec<Range>, last: bool) -> Frame {
    Frame::Ranges(Ranges { circle: CircleId::COMMONS, lower: Vec::new(), ranges, last })
}

fn items(numbers: std::ops::Range<u8>) -> Vec<Item> {
    let id = |number| RecordId::from_random([number; 16]);
    numbers.map(|number| Item { id: id(number), state: u64::from(number) << 40 }).collect()
}

fn three_ranges() -> Frame {
    let count = Part::Fingerprint { count: 12, fingerprint: u128::MAX / 3 };
    ranges(
        vec![
            Range { upper: vec![1], part: Part::Settled },
            Range { upper: vec![2, 128], part: Part::Items(items(1..3)) },
            Range { upper: Vec::new(), part: count },
        ],
        true,
    )
}

fn heads(answer: bool) -> Frame {
    let record = RecordHeads {
        steward: CenterId([2; 32]),
        kind: Kind::Offer,
        generation: 3,
        heads: vec![ChangeHash([8; 32]), ChangeHash([9; 32])],
    };
    let id = |number| RecordId::from_random([number; 16]);
    let records = vec![(id(1), vec![record]), (id(2), Vec::new())];
    Frame::Heads(Heads { circle: CircleId::COMMONS, answer, records })
}

fn changes() -> Vec<SignedChange> {
    let tomb = SpecimenRecord::new(Person::riga(), Kind::Offer, 8).signed(Body::Tombstone);
    let all = Specimen::all().iter();
    all.flat_map(|one| one.ground.iter().chain([&one.change]).cloned()).chain([tomb]).collect()
}

fn of_changes(number: u64, changes: Vec<SignedChange>) -> Frame {
    Frame::Changes(Changes { number, changes: changes.into_iter().map(Arc::new).collect() })
}

fn announce(number: u64) -> Frame {
    Frame::Announce(Announce { number, circle: CircleId::COMMONS, items: items(0..5) })
}

fn known() -> Vec<Introduction> {
    [Person::narva(), Person::riga()].iter().map(|person| introduction_of(person.chain())).collect()
}

/// Nobody checks here who signed them.
fn alarms(count: u8) -> Vec<Alarm> {
    let center = |number| CenterId([number; 32]);
    let alarm = |number| Alarm {
        accused: center(0),
        cause: Cause::of(number),
        made_at: Timestamp(i64::from(number)),
        issuer: center(number),
        node: NodeId([number; 32]),
        epoch: 1,
        signature: [number; 64],
    };
    (1..=count).map(alarm).collect()
}

/// The same.
fn vouches(count: u8) -> Vec<Vouch> {
    let center = |number| CenterId([number; 32]);
    let vouch = |number| Vouch {
        issuer: center(number),
        node: NodeId([number; 32]),
        epoch: 1,
        number: u64::from(number),
        centers: (100..103).map(center).collect(),
        signature: [number; 64],
    };
    (1..=count).map(vouch).collect()
}

/// One of each sort.
fn frames() -> Vec<(&'static str, Frame)> {
    vec![
        ("hello", hello()),
        ("roster", Frame::Roster(known())),
        ("summary", summary(40)),
        ("ranges", three_ranges()),
        ("heads", heads(false)),
        ("heads-answer", heads(true)),
        ("changes", of_changes(1, changes())),
        ("announce", announce(2)),
        ("lazy", Frame::Lazy(Lanes(0x8000_0000_0000_0005))),
        ("ack", Frame::Ack { through: 2 }),
        ("ping", Frame::Ping(Ping { number: 1, clock: Timestamp(1) })),
        ("pong", Frame::Pong(1)),
        ("bye", Frame::Bye("the node is stopping".to_owned())),
        ("alarms", Frame::Alarms(alarms(2))),
        ("roster-part", Frame::RosterPart(known())),
        ("vouches", Frame::Vouches(vouches(2))),
    ]
}

/// A batch that names so many authors that say nothing.
fn crowd(authors: usize) -> Vec<u8> {
    let authors = vec![peer::Author::default(); authors];
    peer::ChangeBatch { authors, ..Default::default() }.encode_to_vec()
}

fn hostile() -> Vec<(&'static str, peer::Frame)> {
    use peer::frame::Body as Wire;
    let frame = |body| peer::Frame { body: Some(body) };
    let mut lies = packed(&[]);
    if let Some(Wire::Changes(changes)) = &mut lies.body {
        changes.batch_size = u32::MAX;
    }
    let heads = peer::Heads {
        circle: vec![0; 16],
        answer: false,
        records: vec![peer::IdentifierHeads::default(); limits::HEADS_PER_FRAME + 1],
    };
    let mut turned = vouches(1);
    turned.iter_mut().for_each(|vouch| vouch.centers.reverse());
    vec![
        ("hostile-a-megabyte-of-zeros", packed(&vec![0; limits::CHANGES_UNPACKED])),
        ("hostile-a-crowd-of-authors", packed(&crowd(limits::AUTHORS_PER_FRAME + 1))),
        ("hostile-a-size-that-is-a-lie", lies),
        ("hostile-more-heads-than-there-may-be", frame(Wire::Heads(heads))),
        ("hostile-more-alarms-than-there-may-be", to_wire(Frame::Alarms(alarms(65)))),
        ("hostile-more-statements-than-there-may-be", to_wire(Frame::Vouches(vouches(65)))),
        ("hostile-a-statement-out-of-order", to_wire(Frame::Vouches(turned))),
        ("hostile-no-body", peer::Frame { body: None }),
    ]
}

fn batches(basket: &mut Basket) -> Result<()> {
    let batch = |frame: Frame| -> Result<Vec<u8>> {
        let Some(peer::frame::Body::Changes(changes)) = to_wire(frame).body else {
            anyhow::bail!("no changes");
        };
        let room = changes.batch_size as usize;
        zstd::bulk::decompress(&changes.batch, room).context("failed to unpack our own batch")
    };
    basket.add("change_batch", "all", batch(of_changes(1, changes()))?);
    for (number, change) in changes().into_iter().enumerate() {
        basket.add("change_batch", format!("one-{number}"), batch(of_changes(1, vec![change]))?);
    }
    basket.add("change_batch", "nothing", "");
    basket.add("change_batch", "hostile-a-few-authors", crowd(40));
    basket.add("change_batch", "hostile-zeros", [0; 100]);
    Ok(())
}

fn conversations(basket: &mut Basket, frames: &[(&'static str, Frame)]) {
    let told = |frames: &[Frame]| {
        let wire =
            frames.iter().map(|frame| to_wire(frame.clone()).encode_length_delimited_to_vec());
        wire.flatten().collect::<Vec<u8>>()
    };
    let all: Vec<Frame> = frames.iter().map(|(_, frame)| frame.clone()).collect();
    basket.add("conversation", "one-of-each", told(&all));
    basket.add("conversation", "hello", told(&[hello()]));
    let roster = Frame::Roster(conversation::roster().introductions().to_vec());
    basket.add(
        "conversation",
        "hello-and-roster",
        told(&[stranger(), roster, Frame::Ping(Ping { number: 1, clock: Timestamp(1) })]),
    );
    basket.add("conversation", "no-hello", told(&[summary(3)]));
    basket.add("conversation", "hello-twice", told(&[hello(), hello()]));
    let summaries = [hello(), summary(40), summary(60), Frame::Pong(1)];
    basket.add("conversation", "summaries", told(&summaries));
    let compared = [hello(), summary(60), three_ranges(), heads(false)];
    basket.add("conversation", "comparing", told(&compared));
    let asked = [hello(), heads(false), heads(true), Frame::Lazy(Lanes(1))];
    basket.add("conversation", "questions", told(&asked));
    let new = [hello(), of_changes(1, changes()), announce(2)];
    basket.add("conversation", "changes", told(&new));
    let numbers = [hello(), of_changes(7, changes()), Frame::Ack { through: u64::MAX }];
    basket.add("conversation", "hostile-numbers", told(&numbers));
    let count = Part::Fingerprint { count: u64::MAX, fingerprint: 1 };
    let many = [
        hello(),
        summary(u64::MAX),
        ranges(vec![Range { upper: Vec::new(), part: count }], false),
        ranges(vec![Range { upper: vec![9], part: Part::Items(items(0..200)) }], true),
    ];
    basket.add("conversation", "hostile-a-catalogue-without-end", told(&many));
    let turned = ["b", "a"].map(|upper| Range { upper: upper.into(), part: Part::Settled });
    let disordered = [hello(), summary(9), ranges(turned.to_vec(), true)];
    basket.add("conversation", "hostile-ranges-out-of-order", told(&disordered));
}

fn rosters(basket: &mut Basket) {
    let wire = |known: Vec<Introduction>| match to_wire(Frame::Roster(known)).body {
        Some(peer::frame::Body::Roster(roster)) => roster.encode_to_vec(),
        _ => Vec::new(),
    };
    basket.add("roster", "both", wire(known()));
    basket.add("roster", "nobody", wire(Vec::new()));
    let mut swapped = known();
    if let [one, other] = swapped.as_mut_slice() {
        std::mem::swap(&mut one.node_certificate, &mut other.node_certificate);
    }
    basket.add("roster", "hostile-certificates-of-others", wire(swapped));
    let mut older = known();
    older.iter_mut().for_each(|known| known.epoch = 9);
    basket.add("roster", "hostile-an-epoch-that-nobody-certified", wire(older));
    let named =
        known().into_iter().map(|known| Introduction { center: CenterId([6; 32]), ..known });
    basket.add("roster", "hostile-another-name", wire(named.collect()));
    let bare = Introduction {
        center: CenterId([6; 32]),
        node: hospes_domain::NodeId([6; 32]),
        epoch: 1,
        center_certificate: Vec::new(),
        node_certificate: Vec::new(),
    };
    basket.add("roster", "hostile-no-certificates", wire(vec![bare; 40]));
}

fn worker(basket: &mut Basket) -> Result<()> {
    let jobs = Specimen::all().iter().map(|one| MergeJob {
        kind: one.change.key.kind,
        base: None,
        chunks: one.ground.iter().chain([&one.change]).map(|one| chunk(one).to_vec()).collect(),
        keep_snapshot: true,
    });
    let merge = Request::Merge(jobs.collect());
    let base = match answer(merge.clone()) {
        hospes_sync::merge::Response::Merged(answers) => {
            answers.into_iter().nth(2).and_then(|answer| answer.snapshot)
        }
        hospes_sync::merge::Response::Edited(_) => None,
    };
    let edit = |kind, base, edits| EditJob {
        kind,
        base,
        chunks: Vec::new(),
        at: Some(Vec::new()),
        edits,
        actor: [7; 16],
        grants: vec![CenterId([1; 32])],
        keep_snapshot: false,
    };
    let fresh = |kind, edits| EditJob { at: None, ..edit(kind, None, edits) };
    let edits = Request::Edit(vec![
        fresh(Kind::Offer, offer()),
        fresh(Kind::Template, template()),
        EditJob { at: None, ..edit(Kind::Template, base, revision()) },
        edit(Kind::Offer, None, vec![hospes_domain::edit::Edit::Clear { field: "x".into() }]),
    ]);
    let nothing =
        [("no-merge", Request::Merge(Vec::new())), ("no-edit", Request::Edit(Vec::new()))];
    let all = [("merge", merge), ("edit", edits)].into_iter().chain(nothing);
    for (name, request) in all {
        let frame = encode_request(&request)?;
        basket.add("merge_request", name, frame.split_at(4).1);
        let frame = encode_response(&answer(request))?;
        basket.add("merge_response", name, frame.split_at(4).1);
    }
    let endless = [[0x00].as_slice(), &[0xff; 9], &[0x01]].concat();
    basket.add("merge_request", "hostile-jobs-without-end", endless.clone());
    basket.add("merge_response", "hostile-answers-without-end", endless);
    // One answer with a view of one field, which is lists in each other.
    let depth = 80;
    let list = [4, 0, 0, 0, 1].repeat(depth);
    let view = [[0, 0, 0, 1, 0, 0, 0, 1, b'a'].as_slice(), &list, &[3]].concat();
    let length = u16::try_from(view.len()).unwrap_or_default();
    let length = [length.to_le_bytes()[0] | 0x80, u8::try_from(length >> 7).unwrap_or_default()];
    let nested = [[0, 1, 0].as_slice(), &length, &view, &[0, 0, 0]].concat();
    basket.add("merge_response", "hostile-lists-in-each-other", nested);

    let confined = Confinement {
        memory: Some(768 << 20),
        unprivileged: true,
        seccomp: Ok(()),
        landlock: Ok(6),
    };
    let bare = Confinement {
        memory: None,
        unprivileged: false,
        seccomp: Err(Absence::Refused(-1)),
        landlock: Err(Absence::Kernel),
    };
    basket.add("worker_greeting", "confined", confined.greeting());
    basket.add("worker_greeting", "bare", bare.greeting());
    basket.add("worker_greeting", "zeros", [0; 64]);
    basket.add("worker_greeting", "hostile-a-length-beyond-its-end", [64; 64]);
    Ok(())
}
