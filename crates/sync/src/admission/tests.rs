#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::{CircleId, RecordId, RecordKey};
use proptest::prelude::*;

use super::*;
use crate::change::Author;

const STEWARD: u8 = 1;
const PARTNER: u8 = 2;
const STRANGER: u8 = 3;

/// A change as these tests write it down: its number is its name.
#[derive(Clone, Debug)]
struct Draft {
    number: u8,
    center: u8,
    /// Tells apart the runs of one center's process.
    writer: u8,
    generation: Generation,
    seq: u64,
    start_op: u64,
    deps: Vec<u8>,
    grants: Vec<u8>,
    tombstone: bool,
    kind: Kind,
}

fn draft(number: u8, deps: &[u8]) -> Draft {
    Draft {
        number,
        center: STEWARD,
        writer: STEWARD,
        generation: 1,
        seq: 1 + deps.len() as u64,
        start_op: 1 + 10 * deps.len() as u64,
        deps: deps.to_vec(),
        grants: Vec::new(),
        tombstone: false,
        kind: Kind::Template,
    }
}

impl Draft {
    /// Number of the writer and of the first operation.
    fn at(self, seq: u64, start_op: u64) -> Self {
        Self { seq, start_op, ..self }
    }

    fn by(self, center: u8) -> Self {
        Self { center, writer: center, ..self }
    }

    fn run(self, writer: u8) -> Self {
        Self { writer, ..self }
    }

    fn of(self, generation: Generation) -> Self {
        Self { generation, ..self }
    }

    fn granting(self, center: u8) -> Self {
        Self { grants: vec![center], ..self }
    }

    fn erasing(self) -> Self {
        Self { tombstone: true, ..self }
    }

    fn form(&self) -> Form {
        Form {
            hash: name(self.number),
            actor: [self.writer; 16],
            seq: self.seq,
            start_op: self.start_op,
            max_op: self.start_op + 9,
            deps: self.deps.iter().copied().map(name).collect(),
            grants: self.grants.iter().map(|center| CenterId([*center; 32])).collect(),
        }
    }

    fn change(&self) -> SignedChange {
        let center = CenterId([self.center; 32]);
        SignedChange {
            key: RecordKey {
                circle: CircleId::COMMONS,
                id: RecordId([7; 16]),
                steward: CenterId([STEWARD; 32]),
                kind: self.kind,
            },
            generation: self.generation,
            author: Author {
                center,
                node: NodeId([self.center; 32]),
                epoch: 1,
                writer: [self.writer; 16],
            },
            body: if self.tombstone { Body::Tombstone } else { Body::Chunk(vec![self.number]) },
            signature: [0; 64],
        }
    }

    fn admit(&self, held: &mut Held) -> Result<Verdict, Refusal> {
        held.admit(&self.change(), &self.form())
    }
}

fn name(number: u8) -> ChangeHash {
    ChangeHash([number; 32])
}

/// A record that holds these changes.
fn holding(drafts: &[Draft]) -> Held {
    let mut held = Held::default();
    for draft in drafts {
        assert_eq!(draft.admit(&mut held), Ok(Verdict::Accepted), "{draft:?}");
    }
    held
}

fn numbers(hashes: &[ChangeHash]) -> Vec<u8> {
    hashes.iter().map(|hash| hash.0[0]).collect()
}

fn code(verdict: Result<Verdict, Refusal>) -> &'static str {
    match verdict {
        Ok(Verdict::Accepted) => "accepted",
        Ok(Verdict::Known) => "known",
        Ok(Verdict::Superseded) => "superseded",
        Ok(Verdict::Missing(_)) => "missing",
        Err(refusal) => refusal.code(),
    }
}

/// What the rules say of a change on top of others; a change that is not accepted changes nothing.
fn check(before: &[Draft], draft: Draft, expected: &str) {
    let mut held = holding(before);
    let untouched = held.clone();
    assert_eq!(code(draft.admit(&mut held)), expected, "{draft:?}");
    if expected != "accepted" {
        assert_eq!(held, untouched);
    }
}

#[test]
fn the_steward_writes_one_change_upon_the_other() {
    let root = draft(1, &[]);
    check(&[], root.clone(), "accepted");
    check(std::slice::from_ref(&root), root.clone(), "known");
    check(&[root], draft(2, &[1]), "accepted");
}

#[test]
fn a_change_waits_for_what_it_is_built_on() {
    let mut held = holding(&[draft(1, &[])]);
    let verdict = draft(3, &[1, 2]).admit(&mut held);
    assert_eq!(verdict, Ok(Verdict::Missing(vec![name(2)])));
    check(&[], draft(2, &[1]), "missing");
    check(&[draft(1, &[])], draft(5, &[4]).of(2), "missing");
}

#[test]
fn numbers_must_run_on() {
    let root = [draft(1, &[])];
    check(&[], draft(1, &[]).at(2, 1), "sequence_gap");
    check(&[], draft(1, &[]).at(1, 2), "wrong_start");
    check(&root, draft(2, &[1]).at(3, 11), "sequence_gap");
    check(&root, draft(2, &[1]).at(1, 11), "sequence_gap");
    check(&root, draft(2, &[1]).at(2, 10), "wrong_start");
    check(&root, draft(2, &[1]).at(2, 12), "wrong_start");
    check(&root, draft(2, &[1]).run(9).at(1, 11), "accepted");
    check(&root, draft(2, &[1]).run(9).at(2, 11), "sequence_gap");
}

#[test]
fn a_number_counts_what_lies_below_changes_of_others_too() {
    let before = [draft(1, &[]), draft(2, &[1]).run(9).at(1, 11), draft(3, &[2]).run(8).at(1, 21)];
    check(&before, draft(4, &[3]).at(2, 31), "accepted");
    check(&before, draft(4, &[3]).at(1, 31), "sequence_gap");
}

#[test]
fn only_the_steward_writes_offers() {
    let offer = |draft: Draft| Draft { kind: Kind::Offer, ..draft };
    let granted = [offer(draft(1, &[]).granting(PARTNER))];
    check(&granted, offer(draft(2, &[1]).by(PARTNER).at(1, 11)), "not_steward");
    check(&[], offer(draft(1, &[]).by(STRANGER)), "not_steward");
}

#[test]
fn a_named_center_may_change_a_template_and_nobody_else() {
    let granted = [draft(1, &[]).granting(PARTNER)];
    let next = |center| draft(2, &[1]).by(center).at(1, 11);
    check(&granted, next(PARTNER), "accepted");
    check(&granted, next(STRANGER), "not_steward");
    check(&[draft(1, &[])], next(PARTNER), "not_steward");
    check(&granted, next(PARTNER).granting(STRANGER), "not_steward");
    check(&granted, next(PARTNER).erasing(), "not_steward");
    check(&granted, draft(2, &[]).by(PARTNER), "not_steward");
    check(&granted, draft(2, &[]).by(PARTNER).of(2), "not_steward");
    check(&granted, draft(2, &[]).by(PARTNER).of(2).erasing(), "not_steward");
}

#[test]
fn a_grant_counts_only_for_what_is_built_on_it() {
    let beside = [draft(1, &[]), draft(2, &[1]).granting(PARTNER)];
    check(&beside, draft(3, &[1]).by(PARTNER).at(1, 11), "not_steward");
    check(&beside, draft(3, &[2]).by(PARTNER).at(1, 21), "accepted");
}

#[test]
fn a_higher_generation_replaces_a_lower_one() {
    let mut held = holding(&[draft(1, &[]), draft(2, &[1])]);
    assert_eq!(draft(3, &[]).of(3).admit(&mut held), Ok(Verdict::Accepted));
    assert_eq!(numbers(&held.heads()), [3]);
    assert_eq!(held.generation, 3);
    assert_eq!(draft(4, &[2]).at(3, 21).admit(&mut held), Ok(Verdict::Superseded));
    check(&[], draft(1, &[]).of(0), "malformed");
}

#[test]
fn an_erasure_takes_all_and_nothing_comes_after_it() {
    let stone = draft(9, &[]).of(2).erasing().at(0, 0);
    let mut held = holding(&[draft(1, &[]), stone.clone()]);
    assert!(held.erased);
    assert_eq!(numbers(&held.in_order()), [9]);
    assert_eq!(draft(2, &[]).of(2).admit(&mut held), Ok(Verdict::Superseded));
    assert_eq!(stone.admit(&mut held), Ok(Verdict::Known));
    assert_eq!(draft(3, &[]).of(3).admit(&mut held), Ok(Verdict::Accepted));
    assert!(!held.erased);
}

#[test]
fn an_erasure_beats_what_was_written_in_the_same_generation() {
    let stone = draft(9, &[]).of(2).erasing().at(0, 0);
    let written = draft(4, &[]).of(2);
    let one = holding(&[written, stone.clone()]);
    let other = holding(&[stone]);
    assert_eq!(one, other);
}

#[test]
fn two_erasures_of_one_generation_are_the_same_to_everybody() {
    let stone = |number| draft(number, &[]).of(2).erasing().at(0, 0);
    let (mut one, mut other) = (holding(&[stone(8)]), holding(&[stone(9)]));
    assert_eq!(one.version(), other.version());
    assert_eq!(stone(9).admit(&mut one), Ok(Verdict::Superseded));
    assert_eq!(stone(8).admit(&mut other), Ok(Verdict::Superseded));
    assert_ne!(one.version(), holding(&[draft(8, &[]).of(2)]).version());
}

#[test]
fn a_writer_that_uses_a_number_twice_splits_nothing() {
    let twice = [
        draft(1, &[]),
        draft(2, &[1]).at(2, 11),
        draft(3, &[1]).at(2, 11),
        draft(4, &[3]).run(9).at(1, 21),
    ];
    let (applied, left_out) = holding(&twice).applicable();
    assert_eq!(numbers(&applied), [1, 2]);
    assert_eq!(left_out[&name(3)].code(), "equivocation");
    assert_eq!(left_out[&name(4)].code(), "not_applicable");
}

#[test]
fn a_record_takes_no_more_changes_than_it_may_have() {
    let mut held = holding(&[draft(1, &[])]);
    let form = draft(1, &[]).form();
    for number in 1..MAX_CHANGES as u32 {
        let mut hash = [200; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        held.changes.insert(ChangeHash(hash), Form { hash: ChangeHash(hash), ..form.clone() });
    }
    assert_eq!(code(draft(2, &[1]).admit(&mut held)), "too_many_changes");
}

#[test]
fn since_gives_what_a_reader_with_some_heads_lacks() {
    let held = holding(&[
        draft(1, &[]),
        draft(2, &[1]).at(2, 11),
        draft(3, &[1]).run(9).at(1, 11),
        draft(4, &[2, 3]).at(3, 21),
    ]);
    let since =
        |heads: &[u8]| numbers(&held.since(&heads.iter().copied().map(name).collect::<Vec<_>>()));
    assert_eq!(since(&[]), [1, 2, 3, 4]);
    assert_eq!(since(&[1]), [2, 3, 4]);
    assert_eq!(since(&[2]), [3, 4]);
    assert_eq!(since(&[2, 3]), [4]);
    assert_eq!(since(&[4]), [0u8; 0]);
    assert_eq!(since(&[77]), [1, 2, 3, 4]);
}

#[test]
fn every_refusal_has_a_word_of_its_own() {
    let (center, node) = (CenterId([1; 32]), NodeId([1; 32]));
    let all = [
        Refusal::TooLarge { actual: 1, limit: 1 },
        Refusal::Malformed(String::new()),
        Refusal::ForbiddenField { field: String::new(), kind: Kind::Offer },
        Refusal::ForeignActor,
        Refusal::UnknownCenter(center),
        Refusal::NotTrusted(center),
        Refusal::UnknownNode { center, node, epoch: 1 },
        Refusal::OldEpoch { epoch: 1, current: 2 },
        Refusal::BadSignature,
        Refusal::NotSteward { author: center, kind: Kind::Offer, steward: center },
        Refusal::SequenceGap { seq: 1 },
        Refusal::WrongStart { start_op: 1, expected: 2 },
        Refusal::TooManyChanges { limit: 1 },
        Refusal::Orphan,
        Refusal::NotApplicable(String::new()),
        Refusal::OutOfBounds(String::new()),
        Refusal::Equivocation { seq: 1 },
    ];
    let words: BTreeSet<&str> = all.iter().map(Refusal::code).collect();
    assert_eq!(words.len(), all.len());
}

/// Changes of which some follow the rules and some do not, upon earlier ones of the list.
fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let one = (
        prop_oneof![4 => Just(STEWARD), 2 => Just(PARTNER), 1 => Just(STRANGER)],
        0u8..2,
        prop_oneof![6 => Just(1u32), 2 => Just(2), 1 => Just(3)],
        proptest::collection::vec(any::<proptest::sample::Index>(), 0..3),
        prop_oneof![3 => Just(None), 1 => Just(Some(PARTNER))],
        proptest::bool::weighted(0.05),
        0u64..40,
    );
    proptest::collection::vec(one, 1..24).prop_map(|list| {
        let mut drafts: Vec<Draft> = Vec::new();
        for (number, (center, run, generation, deps, grant, tombstone, slip)) in
            list.into_iter().enumerate()
        {
            let earlier: Vec<&Draft> =
                drafts.iter().filter(|one| one.generation == generation).collect();
            let deps: BTreeSet<u8> = if tombstone || earlier.is_empty() {
                BTreeSet::new()
            } else {
                deps.iter().map(|dep| dep.get(&earlier).number).collect()
            };
            let below = |of: &dyn Fn(&Draft) -> u64| {
                earlier.iter().filter(|one| deps.contains(&one.number)).map(|one| of(one)).max()
            };
            let writer = center + 10 * run;
            let start_op = below(&|one| one.start_op + 10).unwrap_or(1);
            // Right only if the writer's last change is a direct one; otherwise refused.
            let seq = below(&|one| if one.writer == writer { one.seq } else { 0 }).unwrap_or(0) + 1;
            drafts.push(Draft {
                number: number as u8 + 1,
                center,
                writer,
                generation,
                seq: if tombstone { 0 } else { seq + u64::from(slip == 0) },
                start_op: if tombstone { 0 } else { start_op + u64::from(slip == 1) },
                deps: deps.into_iter().collect(),
                grants: grant.filter(|_| center == STEWARD).into_iter().collect(),
                tombstone,
                kind: Kind::Template,
            });
        }
        drafts
    })
}

/// Offers changes in this order, again and again until nothing more is accepted.
fn settle(order: &[Draft]) -> Held {
    let mut held = Held::default();
    loop {
        let verdicts: Vec<_> = order.iter().map(|draft| draft.admit(&mut held)).collect();
        if !verdicts.contains(&Ok(Verdict::Accepted)) {
            return held;
        }
    }
}

proptest! {
    #[test]
    fn in_whatever_order_changes_come_the_same_are_held(
        (drafts, order) in drafts().prop_flat_map(|drafts| {
            (Just(drafts.clone()), Just(drafts).prop_shuffle())
        })
    ) {
        let (one, other) = (settle(&drafts), settle(&order));
        prop_assert_eq!(one.version(), other.version());
        if !one.erased {
            prop_assert_eq!(&one, &other);
        }
    }

    #[test]
    fn what_is_refused_is_refused_for_good(drafts in drafts()) {
        let mut held = Held::default();
        let mut refused: BTreeSet<u8> = BTreeSet::new();
        for draft in drafts.iter().chain(&drafts) {
            let verdict = draft.admit(&mut held);
            if verdict.is_err() {
                refused.insert(draft.number);
            }
            prop_assert!(verdict != Ok(Verdict::Accepted) || !refused.contains(&draft.number));
        }
    }

    #[test]
    fn what_is_held_stands_after_what_it_is_built_on(drafts in drafts()) {
        let held = settle(&drafts);
        let order = held.in_order();
        for (place, hash) in order.iter().enumerate() {
            for dep in &held.changes[hash].deps {
                prop_assert!(order[..place].contains(dep));
            }
        }
        prop_assert_eq!(held.since(&held.heads()), Vec::<ChangeHash>::new());
        let (applied, left_out) = held.applicable();
        prop_assert_eq!(applied.len() + left_out.len(), order.len());
    }
}
