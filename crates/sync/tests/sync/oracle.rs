//! Reconciliation against two oracles: the plain difference of two sets, and the crate
//! `negentropy`, which does the same on the wire format of others.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{CenterId, CircleId, Kind, RecordId, RecordKey};
use hospes_sync::Version;
use hospes_sync::reconcile::{FingerprintKey, Snapshot, Step};
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

type Set = BTreeMap<RecordId, Version>;

/// Identifiers close together and far apart, and a few versions of each.
fn record() -> impl Strategy<Value = (RecordId, Version)> {
    let near = (0u16..600).prop_map(|number| {
        let mut id = [3; 16];
        id[14..].copy_from_slice(&number.to_be_bytes());
        RecordId(id)
    });
    let far = any::<[u8; 16]>().prop_map(RecordId);
    let edge = prop_oneof![Just(RecordId([0; 16])), Just(RecordId([255; 16]))];
    let id = prop_oneof![4 => near, 4 => far, 1 => edge];
    (id, (0u8..3).prop_map(|version| Version([version; 16])))
}

/// A common part, and what each side has beside and instead of it.
fn sets() -> impl Strategy<Value = (Set, Set)> {
    let some =
        |most: usize| proptest::collection::btree_map(record().prop_map(|r| r.0), 0u8..3, 0..most);
    (some(800), some(60), some(60)).prop_map(|(common, one, two)| {
        let with = |own: BTreeMap<RecordId, u8>| -> Set {
            let all = common.clone().into_iter().chain(own);
            all.map(|(id, version)| (id, Version([version; 16]))).collect()
        };
        (with(one), with(two))
    })
}

fn snapshot(set: &Set, key: &FingerprintKey) -> Snapshot {
    let entries = set.iter().map(|(id, version)| {
        let (circle, steward, kind) = (CircleId::COMMONS, CenterId([1; 32]), Kind::Offer);
        (RecordKey { circle, id: *id, steward, kind }, *version)
    });
    Snapshot::new(CircleId::COMMONS, key, entries)
}

/// What each side found.
fn talk(one: &Set, two: &Set, key: &FingerprintKey) -> [Step; 2] {
    let sides = [snapshot(one, key), snapshot(two, key)];
    let mut found = [Step::default(), Step::default()];
    let mut frames = sides[0].open();
    for turn in 1.. {
        if frames.is_empty() {
            break;
        }
        assert!(turn < 40, "they talk for ever");
        let side = turn % 2;
        let mut replies = Vec::new();
        for frame in &frames {
            let step = sides[side].answer(frame).unwrap();
            replies.extend(step.reply);
            found[side].push.extend(step.push);
            found[side].ask.extend(step.ask);
            found[side].compare.extend(step.compare);
        }
        frames = replies;
    }
    found
}

fn all(lists: [&[RecordId]; 2]) -> Vec<RecordId> {
    let mut ids = lists.concat();
    ids.sort_unstable();
    ids
}

/// A record in one version is one item to negentropy; the time is the same for all.
fn item(id: &RecordId, version: &Version) -> Id {
    let mut hash = Sha256::new();
    hash.update(id.0);
    hash.update(version.0);
    Id::from_byte_array(hash.finalize().into())
}

/// Items that only the first and only the second side has, as negentropy finds them.
fn negentropy(one: &Set, two: &Set) -> (BTreeSet<[u8; 32]>, BTreeSet<[u8; 32]>) {
    let storage = |set: &Set| {
        let mut storage = NegentropyStorageVector::with_capacity(set.len());
        for (id, version) in set {
            storage.insert(0, item(id, version)).unwrap();
        }
        storage.seal().unwrap();
        storage
    };
    let (one, two) = (storage(one), storage(two));
    let mut client = Negentropy::borrowed(&one, 0).unwrap();
    let mut server = Negentropy::borrowed(&two, 0).unwrap();
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let mut query = Some(client.initiate().unwrap());
    while let Some(message) = query {
        let answer = server.reconcile(&message).unwrap();
        query = client.reconcile_with_ids(&answer, &mut have, &mut need).unwrap();
    }
    let bytes = |ids: Vec<Id>| ids.iter().map(|id| *id.as_bytes()).collect();
    (bytes(have), bytes(need))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_finds_what_a_plain_comparison_finds((one, two) in sets(), nonce in any::<[u8; 16]>()) {
        let [first, second] = talk(&one, &two, &FingerprintKey::of(&nonce, &[1; 16]));
        let only = |mine: &Set, theirs: &Set| -> Vec<RecordId> {
            mine.keys().filter(|id| !theirs.contains_key(id)).copied().collect()
        };
        let differ: Vec<RecordId> = one
            .iter()
            .filter(|(id, version)| two.get(id).is_some_and(|other| other != *version))
            .map(|(id, _)| *id)
            .collect();
        prop_assert_eq!(all([&first.push, &second.ask]), only(&one, &two));
        prop_assert_eq!(all([&second.push, &first.ask]), only(&two, &one));
        prop_assert_eq!(all([&first.compare, &second.compare]), differ);
    }

    #[test]
    fn it_finds_what_negentropy_finds((one, two) in sets(), nonce in any::<[u8; 16]>()) {
        let [first, second] = talk(&one, &two, &FingerprintKey::of(&nonce, &[1; 16]));
        let items = |ids: Vec<RecordId>, set: &Set| -> BTreeSet<[u8; 32]> {
            ids.iter().map(|id| *item(id, &set[id]).as_bytes()).collect()
        };
        let differ = all([&first.compare, &second.compare]);
        let mut have = items(all([&first.push, &second.ask]), &one);
        have.extend(items(differ.clone(), &one));
        let mut need = items(all([&second.push, &first.ask]), &two);
        need.extend(items(differ, &two));
        prop_assert_eq!((have, need), negentropy(&one, &two));
    }

    #[test]
    fn whoever_opens_the_same_is_found((one, two) in sets(), nonce in any::<[u8; 16]>()) {
        let key = FingerprintKey::of(&nonce, &[1; 16]);
        let [first, second] = talk(&one, &two, &key);
        let [back, forth] = talk(&two, &one, &key);
        prop_assert_eq!(all([&first.push, &second.ask]), all([&forth.push, &back.ask]));
        prop_assert_eq!(all([&second.push, &first.ask]), all([&back.push, &forth.ask]));
    }

    #[test]
    fn any_frame_is_answered_or_refused(
        set in sets(),
        lower in proptest::collection::vec(any::<u8>(), 0..18),
        uppers in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..18), 0..12),
        count in 0u64..40,
    ) {
        use hospes_sync::frame::{Item, Part, Range, Ranges};
        let key = FingerprintKey::of(&[0; 16], &[1; 16]);
        let parts = [
            Part::Settled,
            Part::Fingerprint { count, fingerprint: 7 },
            Part::Items(set.1.keys().map(|id| Item { id: *id, state: count }).collect()),
        ];
        let ranges = uppers.into_iter().zip(parts.iter().cycle());
        let ranges = ranges.map(|(upper, part)| Range { upper, part: part.clone() }).collect();
        let frame = Ranges { circle: CircleId::COMMONS, lower, ranges, last: true };
        let _ = snapshot(&set.0, &key).answer(&frame);
    }
}
