#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use hospes_domain::{CircleId, Kind, RecordId};

use super::*;

fn change() -> SignedChange {
    SignedChange {
        key: RecordKey {
            circle: CircleId::COMMONS,
            id: RecordId::from_random([1; 16]),
            steward: CenterId([2; 32]),
            kind: Kind::Offer,
        },
        generation: 1,
        author: Author {
            center: CenterId([2; 32]),
            node: NodeId([3; 32]),
            epoch: 1,
            writer: [4; 16],
        },
        body: Body::Chunk(b"12345678 and the rest".to_vec()),
        signature: [0; 64],
    }
}

/// A change, and the same with one thing altered at a time.
fn variants() -> Vec<SignedChange> {
    let alterations: [fn(&mut SignedChange); 10] = [
        |_| {},
        |change| change.key.circle = CircleId([1; 16]),
        |change| change.key.id = RecordId::from_random([9; 16]),
        |change| change.key.steward = CenterId([9; 32]),
        |change| change.key.kind = Kind::Service,
        |change| change.generation = 2,
        |change| change.author.center = CenterId([9; 32]),
        |change| change.author.node = NodeId([9; 32]),
        |change| change.author.epoch = 2,
        |change| change.author.writer = [9; 16],
    ];
    alterations
        .into_iter()
        .map(|alter| {
            let mut change = change();
            alter(&mut change);
            change
        })
        .collect()
}

#[test]
fn everything_about_a_change_is_signed() {
    let mut changes = variants();
    changes.push(SignedChange { body: Body::Tombstone, ..change() });
    changes.push(SignedChange { body: Body::Chunk(Vec::new()), ..change() });
    let digests: BTreeSet<[u8; 32]> = changes.iter().map(SignedChange::digest).collect();
    assert_eq!(digests.len(), changes.len());
}

#[test]
fn an_actor_belongs_to_one_author_in_one_generation_of_one_record() {
    let actors: BTreeSet<[u8; 16]> = variants()
        .iter()
        .map(|change| actor(&change.key, change.generation, &change.author))
        .collect();
    assert_eq!(actors.len(), variants().len());
}

#[test]
fn the_name_of_a_chunk_covers_all_but_its_magic_and_checksum() {
    let named =
        |chunk: &[u8]| SignedChange { body: Body::Chunk(chunk.to_vec()), ..change() }.hash();
    assert_eq!(named(b"12345678 rest"), named(b"abcdefgh rest"));
    assert_ne!(named(b"12345678 rest"), named(b"12345678 Rest"));
    assert_eq!(named(b"short"), named(b""));
}

#[test]
fn the_name_of_a_tombstone_is_its_digest() {
    let tombstone = SignedChange { body: Body::Tombstone, ..change() };
    assert_eq!(tombstone.hash().0, tombstone.digest());
    assert_ne!(tombstone.hash(), SignedChange { generation: 2, ..tombstone.clone() }.hash());
}

#[test]
fn a_version_depends_on_generation_and_heads_and_not_on_their_order() {
    let [a, b] = [ChangeHash([1; 32]), ChangeHash([2; 32])];
    assert_eq!(Version::of(1, &[a, b]), Version::of(1, &[b, a, b]));
    let versions: BTreeSet<Version> = [(1, &[][..]), (1, &[a]), (1, &[b]), (1, &[a, b]), (2, &[a])]
        .into_iter()
        .map(|(generation, heads)| Version::of(generation, heads))
        .collect();
    assert_eq!(versions.len(), 5);
}

#[test]
fn content_does_not_get_into_logs() {
    assert!(!format!("{:?}", change()).contains("rest"));
    assert!(!format!("{:?}", change().body).contains("49"));
}
