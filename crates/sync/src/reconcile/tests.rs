#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use hospes_domain::{CenterId, Kind};

use super::*;

fn key(id: u64, steward: u8) -> RecordKey {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&id.to_be_bytes());
    RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId(bytes),
        steward: CenterId([steward; 32]),
        kind: Kind::Offer,
    }
}

fn session() -> FingerprintKey {
    FingerprintKey::of(&[1; 16], &[2; 16])
}

fn snapshot(entries: impl IntoIterator<Item = (RecordKey, u8)>) -> Snapshot {
    let mut sorted: Vec<_> = entries.into_iter().collect();
    sorted.sort_by_key(|(key, _)| key.id);
    let entries = sorted.into_iter().map(|(key, version)| (key, Version([version; 16])));
    Snapshot::new(CircleId::COMMONS, &session(), entries)
}

fn spread(count: u64) -> BTreeMap<u64, u8> {
    (0..count).map(|number| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15), 1)).collect()
}

fn of(set: &BTreeMap<u64, u8>) -> Snapshot {
    snapshot(set.iter().map(|(id, version)| (key(*id, 1), *version)))
}

/// Lets two sides talk until neither has more to say; the differences that each found, and the
/// number of steps.
fn talk(one: &Snapshot, two: &Snapshot) -> ([Step; 2], usize) {
    let mut found = [Step::default(), Step::default()];
    let mut frames = one.open();
    let mut steps = 0;
    while !frames.is_empty() {
        let (side, found) =
            if steps % 2 == 0 { (two, &mut found[1]) } else { (one, &mut found[0]) };
        frames = frames
            .iter()
            .flat_map(|frame| {
                assert!(size(frame) <= 256 * 1024);
                let step = side.answer(frame).unwrap();
                found.push.extend(step.push);
                found.ask.extend(step.ask);
                found.compare.extend(step.compare);
                step.reply
            })
            .collect();
        steps += 1;
        assert!(steps < 40, "they talk for ever");
    }
    (found, steps)
}

fn size(frame: &Ranges) -> usize {
    let part = |part: &Part| match part {
        Part::Settled => 0,
        Part::Fingerprint { .. } => 24,
        Part::Items(items) => 4 + 24 * items.len(),
    };
    frame.ranges.iter().map(|range| 4 + range.upper.len() + part(&range.part)).sum()
}

/// Every difference is found by exactly one side.
fn check(one: &BTreeMap<u64, u8>, two: &BTreeMap<u64, u8>) {
    let ([first, second], _) = talk(&of(one), &of(two));
    let ids = |of: &mut dyn Iterator<Item = u64>| -> Vec<RecordId> {
        of.map(|id| key(id, 1).id).collect()
    };
    let sorted = |one: &[RecordId], other: &[RecordId]| {
        let mut all = [one, other].concat();
        all.sort_unstable();
        all
    };
    let only_one = ids(&mut one.keys().filter(|id| !two.contains_key(id)).copied());
    let only_two = ids(&mut two.keys().filter(|id| !one.contains_key(id)).copied());
    let differ = ids(&mut one
        .iter()
        .filter(|(id, version)| two.get(id).is_some_and(|other| other != *version))
        .map(|(id, _)| *id));
    assert_eq!(sorted(&first.push, &second.ask), only_one);
    assert_eq!(sorted(&second.push, &first.ask), only_two);
    assert_eq!(sorted(&first.compare, &second.compare), differ);
}

#[test]
fn every_difference_is_found_once() {
    for count in [0, 1, 2, LEAF as u64, LEAF as u64 + 1, 100, 1_000, 5_000] {
        let all = spread(count);
        for every in [1, 2, 7, 500] {
            let without = |rest: u64| -> BTreeMap<u64, u8> {
                let kept =
                    all.iter().enumerate().filter(|(place, _)| *place as u64 % every != rest);
                kept.map(|(_, (id, version))| (*id, *version)).collect()
            };
            check(&all, &without(0));
            check(&without(0), &all);
            check(&without(0), &without(every - 1));
            let mut newer = all.clone();
            newer.values_mut().step_by(every as usize).for_each(|version| *version = 2);
            check(&all, &newer);
            check(&newer, &without(0));
        }
    }
}

#[test]
fn equal_sets_end_with_the_first_answer() {
    let set = of(&spread(3_000));
    let (found, steps) = talk(&set, &set);
    assert_eq!((found, steps), ([Step::default(), Step::default()], 1));
}

#[test]
fn an_empty_side_is_sent_everything_at_once() {
    let ([_, found], steps) = talk(&of(&BTreeMap::new()), &of(&spread(5_000)));
    // It lists its nothing, and the other side pushes.
    assert_eq!((found.push.len(), steps), (5_000, 1));
}

#[test]
fn ten_differences_in_a_hundred_thousand_take_few_steps_and_bytes() {
    let all = spread(100_000);
    let mut newer = all.clone();
    newer.values_mut().step_by(10_000).for_each(|version| *version = 2);
    let (one, two) = (of(&all), of(&newer));
    let (found, steps) = talk(&one, &two);
    assert_eq!(found[0].compare.len() + found[1].compare.len(), 10);
    assert!(steps <= 5, "{steps}");
}

#[test]
fn many_records_of_one_identifier_are_listed_and_not_split_for_ever() {
    let entries = |last: u8| (0..last).map(|steward| (key(5, steward), 1));
    let around = [(key(1, 1), 1), (key(9, 1), 1)];
    let ([first, second], _) =
        talk(&snapshot(entries(100).chain(around)), &snapshot(entries(101).chain(around)));
    assert_eq!([first.compare, second.compare].concat(), [key(5, 1).id]);
}

#[test]
fn identifiers_that_share_all_but_their_last_byte_are_told_apart() {
    let close = |last: u8| {
        let mut key = key(u64::MAX, 1);
        key.id.0[15] = last;
        (key, 1)
    };
    let one = snapshot((0..200).map(close));
    let two = snapshot((0..200).filter(|last| *last != 77).map(close));
    let ([first, second], _) = talk(&one, &two);
    assert_eq!([first.push, second.ask].concat(), [close(77).0.id]);
}

#[test]
fn ranges_that_do_not_ascend_are_refused() {
    let set = of(&spread(100));
    let range = |upper: &[u8]| Range { upper: upper.to_vec(), part: Part::Settled };
    let refuse = |lower: &[u8], ranges: Vec<Range>| {
        let frame = Ranges { circle: CircleId::COMMONS, lower: lower.to_vec(), ranges, last: true };
        assert_eq!(set.answer(&frame), Err(Misstep::Disorder));
    };
    refuse(&[], vec![range(&[5]), range(&[5])]);
    refuse(&[], vec![range(&[5]), range(&[4, 255])]);
    refuse(&[5], vec![range(&[5, 0])]);
    refuse(&[], vec![range(&[]), range(&[255])]);
    refuse(&[], vec![range(&[1; 17])]);
    refuse(&[1; 17], vec![range(&[])]);
}

#[test]
fn a_list_longer_than_any_honest_one_is_refused() {
    let items = vec![Item { id: key(1, 1).id, state: 0 }; MAX_ITEMS + 1];
    let ranges = vec![Range { upper: Vec::new(), part: Part::Items(items) }];
    let frame = Ranges { circle: CircleId::COMMONS, lower: Vec::new(), ranges, last: true };
    assert_eq!(of(&spread(10)).answer(&frame), Err(Misstep::TooLong(MAX_ITEMS + 1)));
}

#[test]
fn both_sides_make_the_same_key_and_every_session_another() {
    assert_eq!(FingerprintKey::of(&[1; 16], &[2; 16]), FingerprintKey::of(&[2; 16], &[1; 16]));
    assert_ne!(FingerprintKey::of(&[1; 16], &[2; 16]), FingerprintKey::of(&[1; 16], &[3; 16]));
    assert_eq!(format!("{:?}", session()), "FingerprintKey");
}

#[test]
fn steward_kind_and_version_count() {
    let lift = |key: RecordKey, version| session().lift(&key, &Version([version; 16]));
    let base = lift(key(1, 1), 1);
    assert_ne!(base, lift(key(2, 1), 1));
    assert_ne!(base, lift(key(1, 2), 1));
    assert_ne!(base, lift(key(1, 1), 2));
    assert_ne!(base, lift(RecordKey { kind: Kind::Service, ..key(1, 1) }, 1));
}

/// What an author who knows how fingerprints are made can do, and cannot.
#[test]
fn an_author_cannot_make_two_sets_that_look_alike_in_a_session() {
    // A sum without a key, cut to 16 bits to keep the search short. The longer sum that others use
    // falls to the same search with more patience, or at once to a generalized birthday attack.
    let unkeyed = |version: &Version| {
        let digest: [u8; 32] = Sha256::digest(version.0).into();
        u16::from_be_bytes([digest[0], digest[1]])
    };
    let version = |number: u32| {
        let mut version = [0; 16];
        version[..4].copy_from_slice(&number.to_be_bytes());
        Version(version)
    };
    // The author saves two records again and again until two pairs of versions add up alike.
    let mut seen: BTreeMap<u16, (u32, u32)> = BTreeMap::new();
    let (one, two) = (0u32..)
        .map(|number| (2 * number, 2 * number + 1))
        .find_map(|pair| {
            let sum = unkeyed(&version(pair.0)).wrapping_add(unkeyed(&version(pair.1)));
            seen.insert(sum, pair).map(|earlier| (earlier, pair))
        })
        .unwrap();
    let sum = |pair: (u32, u32)| unkeyed(&version(pair.0)).wrapping_add(unkeyed(&version(pair.1)));
    assert_ne!(one, two);
    assert_eq!(sum(one), sum(two), "the unkeyed sum takes two sets for one");

    // The same two sets differ in every session, as nobody knew its key when they were made.
    for nonce in 0..10_000u32 {
        let mut fresh = [0; 16];
        fresh[..4].copy_from_slice(&nonce.to_be_bytes());
        let session = FingerprintKey::of(&fresh, &[7; 16]);
        let keyed = |pair: (u32, u32)| {
            let first = session.lift(&key(1, 1), &version(pair.0));
            first.wrapping_add(session.lift(&key(2, 1), &version(pair.1)))
        };
        assert_ne!(keyed(one), keyed(two));
    }
}
