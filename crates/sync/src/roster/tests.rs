#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::NodeId;

use super::*;

fn known(center: u8, node: u8, epoch: u32) -> Introduction {
    Introduction {
        center: CenterId([center; 32]),
        node: NodeId([node; 32]),
        epoch,
        center_certificate: vec![center],
        node_certificate: vec![node],
    }
}

#[test]
fn neither_order_nor_repetition_makes_another_roster() {
    let one = Roster::new(vec![known(1, 1, 1), known(2, 2, 1)]);
    let other = Roster::new(vec![known(2, 2, 1), known(1, 1, 1), known(2, 2, 1)]);
    assert_eq!(one, other);
    assert_eq!(one.introductions().len(), 2);
}

#[test]
fn another_center_node_or_epoch_makes_another_digest() {
    let rosters = [
        Roster::default(),
        Roster::new(vec![]),
        Roster::new(vec![known(1, 1, 1)]),
        Roster::new(vec![known(2, 1, 1)]),
        Roster::new(vec![known(1, 2, 1)]),
        Roster::new(vec![known(1, 1, 2)]),
        Roster::new(vec![known(1, 1, 1), known(1, 2, 1)]),
    ];
    let digests: BTreeSet<[u8; 16]> = rosters.iter().map(Roster::digest).collect();
    assert_eq!(digests.len(), rosters.len());
}

#[test]
fn only_the_centers_in_it_are_accepted() {
    let roster = Roster::new(vec![known(1, 1, 1), known(1, 2, 2), known(3, 3, 1)]);
    assert!(roster.accepts(&CenterId([1; 32])));
    assert!(!roster.accepts(&CenterId([2; 32])));
    assert_eq!(roster.centers().len(), 2);
    assert_eq!(roster.by_center()[&CenterId([1; 32])].len(), 2);
}
