#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::{CenterId, Kind};

use super::*;
use crate::admission::Form;
use crate::change::Generation;

const ID: RecordId = RecordId([7; 16]);

fn key(steward: u8) -> RecordKey {
    let (circle, kind) = (CircleId::COMMONS, Kind::Template);
    RecordKey { circle, id: ID, steward: CenterId([steward; 32]), kind }
}

fn name(number: u8) -> ChangeHash {
    ChangeHash([number; 32])
}

/// A record of changes by number, each with those that it is built on.
fn held(generation: Generation, changes: &[(u8, &[u8])]) -> Held {
    let forms = changes.iter().map(|(number, deps)| Form {
        hash: name(*number),
        actor: [*number; 16],
        seq: 1,
        start_op: u64::from(*number),
        max_op: u64::from(*number),
        deps: deps.iter().map(|dep| name(*dep)).collect(),
        grants: Vec::new(),
    });
    Held { generation, erased: false, changes: forms.map(|form| (form.hash, form)).collect() }
}

fn ours(records: &[(u8, Held)]) -> BTreeMap<RecordKey, Held> {
    records.iter().map(|(steward, held)| (key(*steward), held.clone())).collect()
}

fn told(records: &[(u8, Held)]) -> Vec<(RecordId, Vec<RecordHeads>)> {
    vec![(ID, own_heads(CircleId::COMMONS, ID, &ours(records)))]
}

/// What a side that holds `mine` sends one that holds `theirs`, by steward and number of change,
/// and whether it lacks something.
fn check(theirs: &[(u8, Held)], mine: &[(u8, Held)], sent: &[(u8, &[u8])], lacks: bool) {
    let answer = answer(CircleId::COMMONS, &told(theirs), &ours(mine));
    let expected: Vec<(RecordKey, Vec<ChangeHash>)> = sent
        .iter()
        .map(|(steward, changes)| (key(*steward), changes.iter().copied().map(name).collect()))
        .collect();
    assert_eq!(answer.send, expected);
    assert_eq!(!answer.lacking.is_empty(), lacks);
    if lacks {
        assert_eq!(answer.lacking, told(mine));
    }
}

#[test]
fn only_the_missing_changes_are_sent() {
    let long = held(1, &[(1, &[]), (2, &[1]), (3, &[2]), (4, &[3])]);
    let short = held(1, &[(1, &[]), (2, &[1])]);
    check(&[(1, short.clone())], &[(1, long.clone())], &[(1, &[3, 4])], false);
    check(&[(1, long.clone())], &[(1, short)], &[], true);
    check(&[(1, long.clone())], &[(1, long)], &[], false);
}

#[test]
fn somebody_who_is_far_ahead_is_sent_little_that_it_has() {
    let chain = |length: u8| -> Held {
        let changes: Vec<(u8, Vec<u8>)> =
            (1..=length).map(|number| (number, (1..number).rev().take(1).collect())).collect();
        held(1, &changes.iter().map(|(number, deps)| (*number, &deps[..])).collect::<Vec<_>>())
    };
    assert_eq!(told(&[(1, chain(20))])[0].1[0].heads, [20, 19, 18, 16, 12, 4].map(name),);
    check(&[(1, chain(20))], &[(1, chain(19))], &[], true);
    check(&[(1, chain(20))], &[(1, chain(12))], &[], true);
    check(&[(1, chain(20))], &[(1, chain(15))], &[(1, &[13, 14, 15])], true);
}

#[test]
fn branches_are_exchanged_both_ways() {
    let left = held(1, &[(1, &[]), (2, &[1])]);
    let right = held(1, &[(1, &[]), (3, &[1])]);
    check(&[(1, left.clone())], &[(1, right.clone())], &[(1, &[3])], true);
    check(&[(1, right)], &[(1, left)], &[(1, &[2])], true);
}

#[test]
fn a_lower_generation_gives_way() {
    let old = held(1, &[(1, &[]), (2, &[1])]);
    let new = held(2, &[(5, &[]), (6, &[5])]);
    check(&[(1, old.clone())], &[(1, new.clone())], &[(1, &[5, 6])], false);
    check(&[(1, new)], &[(1, old)], &[], true);
}

#[test]
fn records_of_one_identifier_are_told_apart_by_their_stewards() {
    let record = held(1, &[(1, &[])]);
    let (one, two) = ((1, record.clone()), (2, record));
    let (only_one, only_two, both) = ([one.clone()], [two.clone()], [one, two]);
    check(&only_one, &only_two, &[(2, &[1])], true);
    check(&only_one, &both, &[(2, &[1])], false);
    check(&both, &only_one, &[], true);
    check(&[], &only_two, &[(2, &[1])], false);
}

#[test]
fn an_identifier_without_records_asks_for_all() {
    let records = ours(&[(1, held(1, &[(1, &[]), (2, &[1])])), (2, held(3, &[(4, &[])]))]);
    let answer = answer(CircleId::COMMONS, &[(ID, Vec::new())], &records);
    assert_eq!(answer.send, [(key(1), vec![name(1), name(2)]), (key(2), vec![name(4)])]);
    assert!(answer.lacking.is_empty());
}

#[test]
fn nothing_is_wanted_for_a_record_that_is_erased_here() {
    let erased = Held { erased: true, ..held(2, &[(9, &[])]) };
    let written = held(2, &[(1, &[])]);
    check(&[(1, written.clone())], &[(1, erased.clone())], &[(1, &[9])], false);
    check(&[(1, erased)], &[(1, written)], &[(1, &[1])], true);
}

#[test]
fn more_heads_than_may_be_named_still_come_across() {
    let wide: Vec<(u8, &[u8])> = (1..=100).map(|number| (number, &[][..])).collect();
    let (all, but_one) = (held(1, &wide), held(1, &wide[..99]));
    let named = told(&[(1, all.clone())]);
    assert_eq!(named[0].1[0].heads.len(), MAX_NAMED);

    // The list does not show the head that is lacking; it may go on, so it is answered by ours.
    let answer = answer(CircleId::COMMONS, &named, &ours(&[(1, but_one.clone())]));
    assert!(!answer.lacking.is_empty());
    let back = super::answer(CircleId::COMMONS, &answer.lacking, &ours(&[(1, all)]));
    assert!(back.send[0].1.contains(&name(100)));
}

#[test]
fn another_circle_is_no_business_of_the_answer() {
    let other = CircleId([1; 16]);
    let records = ours(&[(1, held(1, &[(1, &[])]))]);
    assert_eq!(answer(other, &[(ID, Vec::new())], &records), Answer::default());
    assert!(own_heads(other, ID, &records).is_empty());
}
