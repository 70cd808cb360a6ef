//! Good changes with errors in them, through the gate and a real merge worker. What passes the gate
//! may stop a worker, and must not do more than that.

use std::collections::BTreeMap;

use hospes_decoders::alteration::Alteration;
use hospes_decoders::mutation::{bystander, mutant};
use hospes_decoders::specimen::{Specimen, chunk};
use hospes_node::ledger::merger::Merger;
use hospes_sync::SignedChange;
use hospes_sync::gate;
use hospes_sync::merge::{MergeJob, Merged, Request, Response};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

const SEED: u64 = 20_261_126;
/// Mutants of each specimen.
const MUTANTS: usize = 4_000;
/// Records in one question to the worker.
const BATCH: usize = 64;

fn job(specimen: &Specimen, last: Option<&SignedChange>) -> MergeJob {
    let chunks = specimen.ground.iter().chain(last).map(|change| chunk(change).to_vec()).collect();
    MergeJob { kind: specimen.change.key.kind, base: None, chunks, keep_snapshot: true }
}

async fn merged(merger: &Merger, jobs: Vec<MergeJob>) -> Vec<Merged> {
    let request = Request::Merge(jobs);
    let response = merger.ask(request.clone()).await.unwrap();
    assert!(response.fits(&request));
    let Response::Merged(answers) = response else { panic!("an answer to another question") };
    answers
}

/// Mutants of a specimen that pass the gate.
fn passing(specimen: &Specimen, dice: &mut StdRng) -> Vec<SignedChange> {
    let mut passed = Vec::new();
    for _ in 0..MUTANTS {
        let keep = dice.random_range(0..=120);
        let errors: Vec<Alteration> =
            (0..dice.random_range(1..=3)).map(|_| Alteration::roll(dice)).collect();
        passed.extend(mutant(specimen, keep, errors).filter(|change| gate::read(change).is_ok()));
    }
    passed
}

#[tokio::test]
async fn mutated_changes_harm_no_other_record_and_leave_nothing_behind_when_they_are_left_out() {
    println!("SEED={SEED}");
    let mut dice = StdRng::seed_from_u64(SEED);
    let merger = Merger::new(env!("CARGO_BIN_EXE_hospes-node").into());
    let untouched = merged(&merger, vec![bystander().clone()]).await.remove(0);
    assert!(untouched.outcome.is_ok());

    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for specimen in Specimen::all() {
        let ground = merged(&merger, vec![job(specimen, None)]).await.remove(0);
        let passed = passing(specimen, &mut dice);
        *counts.entry("passed").or_default() += passed.len();
        for batch in passed.chunks(BATCH) {
            let mut jobs: Vec<MergeJob> =
                batch.iter().map(|change| job(specimen, Some(change))).collect();
            jobs.push(bystander().clone());
            let mut answers = merged(&merger, jobs).await;
            assert_eq!(answers.pop().as_ref(), Some(&untouched), "another record was harmed");
            for answer in answers {
                let last = specimen.ground.len();
                let sort = match answer.left_out.as_slice() {
                    [] if answer.outcome.is_ok() => "merged",
                    [] => "not shown",
                    [(index, _)] if *index as usize == last => {
                        assert_eq!(answer.outcome, ground.outcome, "it leaves something behind");
                        "left out"
                    }
                    other => panic!("a good change is left out: {other:?}"),
                };
                *counts.entry(sort).or_default() += 1;
            }
        }
    }
    println!("{} mutants: {counts:?}", MUTANTS * Specimen::all().len());
    let of = |what: &str| counts.get(what).copied().unwrap_or(0);
    assert!(of("merged") > 0, "some mutants are honest changes of another content");
    assert!(of("left out") > 0, "some refer to what is not there");
    // The worker is well after all of them.
    let again = merged(&merger, vec![bystander().clone()]).await;
    assert_eq!(again, [untouched]);
}
