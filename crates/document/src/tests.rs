#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::edit::Edit;
use hospes_domain::{Kind, Value};
use hospes_sync::admission::Refusal;

use super::*;

const ADA: [u8; 16] = [1; 16];
const BEN: [u8; 16] = [2; 16];

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn put(field: &str, value: Value) -> Edit {
    Edit::Put { field: field.to_owned(), value }
}

fn offer() -> Vec<Edit> {
    vec![
        put("country", text("EE")),
        put("region", text("EE-37")),
        put("near_town", Value::Integer(588_409)),
        put("travel_band", text("15-30")),
        put("time_zone", text("Europe/Tallinn")),
        put("place_type", text("private_room")),
        put("sleeps", Value::Integer(3)),
        put("party_accepts", Value::List(vec![text("couple"), text("single_man")])),
        put("pets_ok", Value::List(vec![text("cat"), text("dog")])),
        put("languages", map([("et", text("native")), ("ru", text("fluent"))])),
        put("household", text("lives_in")),
        put("smoking", text("outside")),
        put("notice", text("24h")),
        put("min_nights", Value::Integer(1)),
        put("max_nights", Value::Integer(21)),
        put(
            "calendar",
            map([("2026-11-23", Value::Integer(2)), ("2026-11-24", Value::Integer(3))]),
        ),
        put("cost", text("free")),
        put("vetting", text("home_visit")),
        put("confirmed_at", text("2026-11-20T10:00:00+02:00")),
        put("confirmed_by", text("host_call")),
        put("status", text("active")),
        put("expires_on", text("2026-12-20")),
        put("note", text("Тихий дом на окраине, автобус до центра каждые полчаса.")),
        put("note_language", text("ru")),
    ]
}

fn write(document: &mut Document, actor: [u8; 16], edits: &[Edit]) -> Vec<u8> {
    let chunks = document.write(Kind::Offer, edits, None, actor, &[]).unwrap();
    assert_eq!(chunks.len(), 1);
    chunks[0].clone()
}

fn job(base: Option<Vec<u8>>, chunks: &[&Vec<u8>]) -> MergeJob {
    let chunks = chunks.iter().map(|chunk| (*chunk).clone()).collect();
    MergeJob { kind: Kind::Offer, base, chunks, keep_snapshot: true }
}

fn merged(job: MergeJob) -> Merged {
    match answer(Request::Merge(vec![job])) {
        Response::Merged(mut answers) => answers.pop().unwrap(),
        Response::Edited(_) => panic!(),
    }
}

fn edited(job: EditJob) -> Edited {
    match answer(Request::Edit(vec![job])) {
        Response::Edited(mut answers) => answers.pop().unwrap(),
        Response::Merged(_) => panic!(),
    }
}

fn edit_job(base: Option<Vec<u8>>, edits: Vec<Edit>) -> EditJob {
    EditJob {
        kind: Kind::Offer,
        base,
        chunks: Vec::new(),
        at: None,
        edits,
        actor: ADA,
        grants: Vec::new(),
        keep_snapshot: true,
    }
}

fn indexes(answer: &Merged) -> Vec<u32> {
    answer.left_out.iter().map(|(index, _)| *index).collect()
}

#[test]
fn an_offer_is_merged_and_shown() {
    let mut document = Document::new();
    let first = write(&mut document, ADA, &offer());
    let answer = merged(job(None, &[&first]));
    let view = answer.outcome.unwrap();
    assert_eq!(view.fields["sleeps"], Value::Integer(3));
    assert_eq!(view.fields["pets_ok"], Value::List(vec![text("cat"), text("dog")]));
    assert!(answer.left_out.is_empty());
    // The saved document takes later changes.
    let second = write(&mut document, ADA, &[put("status", text("full"))]);
    let answer = merged(job(answer.snapshot, &[&second]));
    assert_eq!(answer.left_out, []);
    assert_eq!(answer.outcome.unwrap().fields["status"], text("full"));
}

#[test]
fn a_snapshot_comes_only_when_asked_for() {
    let first = write(&mut Document::new(), ADA, &offer());
    let quiet = MergeJob { keep_snapshot: false, ..job(None, &[&first]) };
    let answer = merged(quiet);
    assert!(answer.outcome.is_ok());
    assert_eq!(answer.snapshot, None);
}

#[test]
fn a_change_that_leaves_the_bounds_is_left_out_with_what_is_above() {
    let mut document = Document::new();
    let first = write(&mut document, ADA, &offer());
    let mut other = Document::from_changes([first.as_slice()]).unwrap();
    let bad = write(&mut document, ADA, &[put("sleeps", Value::Integer(9_999))]);
    let above = write(&mut document, ADA, &[put("smoking", text("no"))]);
    let good = write(&mut other, BEN, &[put("status", text("full"))]);
    let answer = merged(job(None, &[&first, &bad, &good, &above]));
    assert_eq!(indexes(&answer), [1, 3]);
    assert!(matches!(&answer.left_out[0].1, Refusal::OutOfBounds(why) if why.contains("sleeps")));
    assert!(matches!(&answer.left_out[1].1, Refusal::NotApplicable(_)));
    let fields = answer.outcome.unwrap().fields;
    assert_eq!(fields["sleeps"], Value::Integer(3));
    assert_eq!(fields["status"], text("full"));
    assert_eq!(fields["smoking"], text("outside"));
}

#[test]
fn in_the_middle_of_a_save_a_text_may_end_with_a_space() {
    let mut document = Document::new();
    let mut chunks = vec![write(&mut document, ADA, &offer())];
    for note in ["one ", "one two ", "one two three"] {
        chunks.push(write(&mut document, ADA, &[put("note", text(note))]));
    }
    for sleeps in [5, 9_999, 9_998, 9_997] {
        chunks.push(write(&mut document, ADA, &[put("sleeps", Value::Integer(sleeps))]));
    }
    for begin in 0..5 {
        let base =
            Document::from_changes(chunks[..begin].iter().map(Vec::as_slice)).unwrap().save();
        let rest: Vec<&Vec<u8>> = chunks[begin..].iter().collect();
        let answer = merged(job((begin > 0).then_some(base), &rest));
        let first = 5 - begin as u32;
        assert_eq!(indexes(&answer), [first, first + 1, first + 2], "the base has {begin}");
        let fields = answer.outcome.unwrap().fields;
        assert_eq!(
            (&fields["sleeps"], &fields["note"]),
            (&Value::Integer(5), &text("one two three"))
        );
    }
}

#[test]
fn of_two_changes_with_one_number_the_later_in_order_is_left_out() {
    let mut document = Document::new();
    let first = write(&mut document, ADA, &offer());
    let mut copied_back = Document::from_changes([first.as_slice()]).unwrap();
    let one = write(&mut document, ADA, &[put("status", text("full"))]);
    let other = write(&mut copied_back, ADA, &[put("status", text("paused"))]);
    let answer = merged(job(None, &[&first, &one, &other]));
    assert_eq!(indexes(&answer), [2]);
    assert_eq!(answer.outcome.unwrap().fields["status"], text("full"));
}

#[test]
fn a_change_without_its_ground_is_left_out() {
    let mut document = Document::new();
    let first = write(&mut document, ADA, &offer());
    let second = write(&mut document, ADA, &[put("status", text("full"))]);
    let third = write(&mut document, ADA, &[put("status", text("paused"))]);
    let answer = merged(job(None, &[&first, &third]));
    assert_eq!(indexes(&answer), [1]);
    assert!(answer.outcome.is_ok());
    let answer = merged(job(None, &[&second]));
    assert_eq!(indexes(&answer), [0]);
    assert!(answer.outcome.is_err(), "nothing is left to show");
}

#[test]
fn a_record_that_never_was_whole_says_what_is_missing() {
    let first = write(&mut Document::new(), ADA, &[put("sleeps", Value::Integer(2))]);
    let answer = merged(job(None, &[&first]));
    assert!(answer.left_out.is_empty(), "no change is to blame");
    assert!(answer.outcome.unwrap_err().contains("country"));
}

#[test]
fn a_base_that_is_none_gives_no_record() {
    let first = write(&mut Document::new(), ADA, &offer());
    let answer = merged(job(Some(b"not a document".to_vec()), &[&first]));
    assert!(answer.outcome.is_err());
    assert_eq!(answer.snapshot, None);
}

#[test]
fn an_edit_makes_one_change_that_others_can_merge() {
    let made = edited(edit_job(None, offer()));
    assert_eq!(made.chunks.len(), 1);
    let base = made.snapshot.clone();
    let next = edited(edit_job(base.clone(), vec![put("status", text("full"))]));
    assert_eq!(next.chunks.len(), 1);
    let answer = merged(job(base, &[&next.chunks[0]]));
    assert_eq!(answer.outcome, next.view);
}

#[test]
fn an_edit_that_changes_nothing_makes_no_change() {
    let made = edited(edit_job(None, offer()));
    let again = edited(edit_job(made.snapshot, offer()));
    assert!(again.chunks.is_empty());
    assert_eq!(again.view, made.view);
}

#[test]
fn an_edit_that_leaves_the_bounds_is_refused_with_the_field() {
    let made = edited(edit_job(None, offer()));
    let edits = vec![put("sleeps", Value::Integer(0))];
    let refused = edited(edit_job(made.snapshot, edits));
    assert!(refused.chunks.is_empty());
    assert_eq!(refused.snapshot, None);
    assert!(refused.view.unwrap_err().contains("sleeps"));
}
