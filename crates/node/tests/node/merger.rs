//! The daemon's side of the merge worker, with workers that die at every inconvenient moment.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use hospes_domain::edit::Edit;
use hospes_domain::validate::with_defaults;
use hospes_domain::{Kind, Timestamp, Value};
use hospes_node::ledger::merger::Merger;
use hospes_sync::merge::{EditJob, MergeJob, Request, Response};
use hospes_worker::GREETING;
use tempfile::TempDir;

const REAL: &str = env!("CARGO_BIN_EXE_hospes-node");

/// A program that behaves as `first` says when it is started for the first `times` times, and is the
/// real worker afterwards.
fn worker(folder: &TempDir, times: u32, first: &str) -> PathBuf {
    let path = folder.path().join("worker");
    let marks = folder.path().display();
    let script = format!(
        "#!/bin/sh\n\
         for n in $(seq {times}); do\n\
         if mkdir {marks}/$n 2>/dev/null; then\n\
         {first}\n\
         exit 1\n\
         fi\n\
         done\n\
         exec {REAL} \"$@\"\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// The real worker, of whose words only so many bytes arrive, one by one; then it is killed.
fn cut_off(bytes: usize) -> String {
    replaced(bytes, "")
}

/// The same, with other words in the place of those that are missing.
fn replaced(bytes: usize, words: &str) -> String {
    let pass = format!("dd bs=1 count={bytes} 2>/dev/null");
    format!("{REAL} merge-worker | {{ {pass}; printf '{words}'; kill -9 $$; }}")
}

/// The real worker, which gets so many bytes of the question and not one more.
fn starved(bytes: usize) -> String {
    format!("head -c {bytes} | {REAL} merge-worker")
}

const OFFERS: usize = 40;

fn edits() -> Request {
    let job = |number: usize| {
        let said = [
            ("country", Value::Text("EE".to_owned())),
            ("place_type", Value::Text("sofa".to_owned())),
            ("sleeps", Value::Integer(number as i64 % 9 + 1)),
        ];
        let said = said.map(|(field, value)| (field.to_owned(), value)).into();
        let fields = with_defaults(Kind::Offer, said, Timestamp(0));
        let edits = fields.into_iter().map(|(field, value)| Edit::Put { field, value });
        EditJob {
            kind: Kind::Offer,
            base: None,
            chunks: Vec::new(),
            at: None,
            edits: edits.collect(),
            actor: [u8::try_from(number).unwrap(); 16],
            grants: Vec::new(),
            keep_snapshot: false,
        }
    };
    Request::Edit((0..OFFERS).map(job).collect())
}

/// The changes that a healthy worker makes of the edits, as a batch to be merged.
async fn batch() -> Request {
    let merger = Merger::new(REAL.into());
    let Response::Edited(made) = merger.ask(edits()).await.unwrap() else { panic!("edits") };
    let jobs = made.into_iter().map(|edited| {
        assert!(edited.view.is_ok(), "{edited:?}");
        MergeJob { kind: Kind::Offer, base: None, chunks: edited.chunks, keep_snapshot: true }
    });
    Request::Merge(jobs.collect())
}

/// With such a worker a batch is answered as a healthy worker answers it.
async fn check(times: u32, first: &str) {
    let folder = tempfile::tempdir().unwrap();
    let sick = Merger::new(worker(&folder, times, first));
    let healthy = Merger::new(REAL.into());
    let request = batch().await;
    let answer = sick.ask(request.clone()).await.unwrap();
    let last = folder.path().join(times.to_string());
    assert!(last.exists(), "it did not die {times} times");
    assert_eq!(answer, healthy.ask(request).await.unwrap());
    let Response::Merged(merged) = answer else { panic!("an answer to another question") };
    assert_eq!(merged.len(), OFFERS);
    for one in merged {
        assert!(one.outcome.is_ok() && one.left_out.is_empty() && one.snapshot.is_some());
    }
}

#[tokio::test]
async fn a_worker_that_dies_with_half_of_a_batch_loses_none_of_it() {
    check(1, &starved(1_000)).await;
}

#[tokio::test]
async fn a_worker_that_dies_in_the_middle_of_its_answer_loses_none_of_it() {
    check(1, &cut_off(GREETING + 3_000)).await;
}

#[tokio::test]
async fn a_node_looks_for_a_culprit_when_two_workers_die_and_blames_nobody_who_is_not() {
    check(2, &starved(1_000)).await;
    check(3, &cut_off(GREETING + 30)).await;
}

#[tokio::test]
async fn a_worker_that_answers_nonsense_is_replaced() {
    check(1, &replaced(GREETING, "\\000\\000\\000\\003abc")).await;
}

#[tokio::test]
async fn no_change_is_blamed_for_workers_that_die_before_they_greet() {
    check(1, "exit 1").await;
    check(2, "printf 'no greeting'").await;
    let folder = tempfile::tempdir().unwrap();
    let never = Merger::new(worker(&folder, 1_000, "exit 1"));
    let trouble = never.ask(batch().await).await.unwrap_err().to_string();
    assert!(trouble.starts_with("the merge worker does not run"), "{trouble}");
    assert!(never.confinement().await.is_err());
}

#[tokio::test]
async fn a_machine_that_kills_several_new_workers_is_waited_for() {
    check(6, "kill -9 $$").await;
}

#[tokio::test]
async fn how_a_worker_is_confined_is_known_before_anybody_asked_it_anything() {
    let merger = Merger::new(REAL.into());
    let told = merger.confinement().await.unwrap().expect("no worker is at work");
    assert_eq!(told.memory, Some(768 << 20));
}
