//! Figures, not verdicts: `cargo test -p hospes-sync --release --test speed -- --ignored --nocapture`.

#![allow(clippy::disallowed_methods, reason = "it measures how fast this machine is")]

use std::time::Instant;

use hospes_domain::edit::edits_to;
use hospes_domain::{Fields, Kind, Value};
use hospes_sync::gate;
use hospes_sync::merge::{self, EditJob, MergeJob, Request, Response};

const COUNT: usize = 4_000;

fn offer(number: usize) -> Fields {
    let list = |words: &[&str]| Value::List(words.iter().map(|word| Value::from(*word)).collect());
    let nights =
        (1..=30).map(|day| (format!("2026-12-{day:02}"), Value::Integer(number as i64 % 2)));
    [
        ("country", Value::from("EE")),
        ("region", "EE-45".into()),
        ("near_town", 590_031.into()),
        ("travel_band", "<=15".into()),
        ("time_zone", "Europe/Tallinn".into()),
        ("place_type", "private_room".into()),
        ("sleeps", (1 + number as i64 % 6).into()),
        ("party_accepts", list(&["couple", "single_woman"])),
        ("child_ages_ok", list(&["0-2", "3-5"])),
        ("pets_ok", list(&["dog"])),
        ("step_free", "some".into()),
        ("languages", Value::Map([("ru".to_owned(), "native".into())].into())),
        ("status", "active".into()),
        ("confirmed_at", "2026-11-20T10:00:00Z".into()),
        ("confirmed_by", "host_call".into()),
        ("calendar", Value::Map(nights.collect())),
        ("note", format!("Тихая комната у вокзала, вымышленный дом номер {number}").into()),
        ("note_language", "ru".into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

#[test]
#[ignore = "a measurement"]
fn speed_of_the_worker() {
    let actor = [7; 16];
    let jobs: Vec<EditJob> = (0..COUNT)
        .map(|number| EditJob {
            kind: Kind::Offer,
            base: None,
            chunks: Vec::new(),
            at: None,
            edits: edits_to(&Fields::new(), &offer(number)),
            actor,
            grants: Vec::new(),
            keep_snapshot: false,
        })
        .collect();
    let per = |start: Instant| start.elapsed().as_micros() as usize / COUNT;
    let start = Instant::now();
    let Response::Edited(edited) = hospes_document::answer(Request::Edit(jobs)) else { panic!() };
    println!("a new record: {} us", per(start));
    let chunks: Vec<Vec<u8>> = edited.into_iter().map(|mut one| one.chunks.remove(0)).collect();
    println!("chunk of {} bytes", chunks[0].len());

    let start = Instant::now();
    for chunk in &chunks {
        gate::read_chunk(chunk, actor, Kind::Offer).unwrap();
    }
    println!("the gate: {} us", per(start));
    let job = |chunk: &Vec<u8>, keep_snapshot| MergeJob {
        kind: Kind::Offer,
        base: None,
        chunks: vec![chunk.clone()],
        keep_snapshot,
    };
    for (name, keep) in [("plain", false), ("with a document", true)] {
        let jobs = Request::Merge(chunks.iter().map(|chunk| job(chunk, keep)).collect());
        let frame = merge::encode_request(&jobs).unwrap();
        let start = Instant::now();
        let answer = hospes_document::answer(jobs);
        println!("a merge, {name}: {} us", per(start));
        let start = Instant::now();
        let coded = merge::encode_response(&answer).unwrap();
        println!("  encoded: {} us", per(start));
        let start = Instant::now();
        assert_eq!(merge::decode_response(&coded[4..]).unwrap(), answer);
        println!("  decoded and compared: {} us", per(start));
        assert!(merge::decode_request(&frame[4..]).is_ok());
    }
}

/// Microseconds that each of these requests takes, one by one, as they come while people work.
fn one_by_one(name: &str, requests: Vec<Request>) -> Vec<Response> {
    let count = requests.len();
    let start = Instant::now();
    let answers = requests.into_iter().map(hospes_document::answer).collect();
    println!("{name}: {} us", start.elapsed().as_micros() as usize / count);
    answers
}

#[test]
#[ignore = "a measurement"]
fn speed_of_single_edits() {
    let actor = [7; 16];
    let job = |chunks: Vec<Vec<u8>>, edits| EditJob {
        kind: Kind::Offer,
        base: None,
        chunks,
        at: None,
        edits,
        actor,
        grants: Vec::new(),
        keep_snapshot: false,
    };
    let fresh = (0..200)
        .map(|number| Request::Edit(vec![job(vec![], edits_to(&Fields::new(), &offer(number)))]));
    let mut history: Vec<Vec<Vec<u8>>> = Vec::new();
    for answer in one_by_one("a new record", fresh.collect()) {
        let Response::Edited(mut edited) = answer else { panic!() };
        history.push(vec![edited.remove(0).chunks.remove(0)]);
    }
    for changes in 2..=8 {
        let edits = history.iter().enumerate().map(|(number, chunks)| {
            let mut next = offer(number);
            next.insert("note".to_owned(), format!("Fictional, edit {changes}").into());
            let edits = edits_to(&offer(number), &next);
            Request::Edit(vec![job(chunks.clone(), edits)])
        });
        for (number, answer) in
            one_by_one(&format!("edit {changes}"), edits.collect()).into_iter().enumerate()
        {
            let Response::Edited(mut edited) = answer else { panic!() };
            let edited = edited.remove(0);
            edited.view.unwrap();
            history[number].extend(edited.chunks);
        }
        let merges = history.iter().map(|chunks| {
            let chunks = chunks.clone();
            Request::Merge(vec![MergeJob {
                kind: Kind::Offer,
                base: None,
                chunks,
                keep_snapshot: false,
            }])
        });
        one_by_one(&format!("merge {changes}"), merges.collect());
    }
}
