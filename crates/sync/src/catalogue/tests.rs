#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn key(id: u8, steward: u8) -> RecordKey {
    RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId::from_random([id; 16]),
        steward: CenterId([steward; 32]),
        kind: Kind::Offer,
    }
}

#[test]
fn records_come_in_the_order_of_their_identifiers_whoever_their_stewards_are() {
    let mut catalogue = Catalogue::new(CircleId::COMMONS);
    for (id, steward) in [(9, 1), (2, 3), (5, 2), (2, 1)] {
        assert_eq!(catalogue.set(&key(id, steward), Version([id; 16])), None);
    }
    let ids: Vec<RecordId> = catalogue.entries(|_| true).map(|(key, _)| key.id).collect();
    assert!(ids.is_sorted());
    assert_eq!((ids.len(), catalogue.len()), (4, 4));
    let stewards: BTreeSet<CenterId> =
        catalogue.entries(|_| true).map(|(key, _)| key.steward).collect();
    assert_eq!(stewards.len(), 3);
}

#[test]
fn a_new_version_takes_the_place_of_the_old_one_and_returns_it() {
    let mut catalogue = Catalogue::new(CircleId::COMMONS);
    assert_eq!(catalogue.set(&key(1, 1), Version([1; 16])), None);
    assert_eq!(catalogue.set(&key(1, 1), Version([2; 16])), Some(Version([1; 16])));
    assert_eq!(catalogue.get(&key(1, 1)), Some(Version([2; 16])));
    assert_eq!(catalogue.len(), 1);
}

#[test]
fn records_that_differ_only_in_steward_or_kind_stand_beside_each_other() {
    let mut catalogue = Catalogue::new(CircleId::COMMONS);
    let service = RecordKey { kind: Kind::Service, ..key(1, 1) };
    for (place, key) in [key(1, 1), key(1, 2), service].into_iter().enumerate() {
        catalogue.set(&key, Version([place as u8; 16]));
    }
    assert_eq!(catalogue.len(), 3);
    assert_eq!(catalogue.get(&service), Some(Version([2; 16])));
    assert_eq!(catalogue.get(&key(1, 3)), None);
}

#[test]
fn only_records_of_accepted_stewards_are_given() {
    let mut catalogue = Catalogue::new(CircleId::COMMONS);
    for steward in 1..=4 {
        catalogue.set(&key(steward, steward), Version::default());
    }
    let given: Vec<CenterId> = catalogue
        .entries(|steward| steward.0[0].is_multiple_of(2))
        .map(|(key, _)| key.steward)
        .collect();
    assert_eq!(given, [CenterId([2; 32]), CenterId([4; 32])]);
}
