#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::{Fields, Kind, Value};

use hospes_document::Document;
use hospes_domain::edit::Edit;
use hospes_sync::merge::{
    EditJob, Edited, MAX_DEATHS, MergeJob, Merged, Request, Response, Suspects, View,
};

/// A worker that dies as soon as it sees one of these chunks.
struct Worker<'a> {
    deadly: &'a [Vec<u8>],
    deaths: usize,
}

impl Worker<'_> {
    fn ask(&mut self, request: &Request) -> Option<Response> {
        let dies = |base: &Option<Vec<u8>>, chunks: &[Vec<u8>]| {
            chunks.iter().chain(base).any(|chunk| self.deadly.contains(chunk))
        };
        let dead = match request {
            Request::Merge(jobs) => jobs.iter().any(|job| dies(&job.base, &job.chunks)),
            Request::Edit(jobs) => jobs.iter().any(|job| dies(&job.base, &job.chunks)),
        };
        if dead {
            self.deaths += 1;
            return None;
        }
        let view = |count: usize| {
            let count = Value::Integer(i64::try_from(count).unwrap());
            Ok(View { fields: Fields::from([("count".to_owned(), count)]) })
        };
        Some(match request {
            Request::Merge(jobs) => {
                let answer = |job: &MergeJob| Merged {
                    outcome: view(job.chunks.len()),
                    left_out: Vec::new(),
                    snapshot: job.keep_snapshot.then(Vec::new),
                };
                Response::Merged(jobs.iter().map(answer).collect())
            }
            Request::Edit(jobs) => {
                let answer = |job: &EditJob| Edited {
                    chunks: Vec::new(),
                    view: view(job.chunks.len()),
                    snapshot: None,
                };
                Response::Edited(jobs.iter().map(answer).collect())
            }
        })
    }

    /// Runs the search to its end.
    fn search(&mut self, request: Request) -> Response {
        assert!(self.ask(&request).is_none(), "nothing to search for");
        let mut suspects = Suspects::new(request);
        while let Some(request) = suspects.next() {
            match self.ask(&request) {
                Some(response) => suspects.answered(response),
                None => suspects.died(),
            }
        }
        suspects.finish()
    }
}

/// So many changes of one record, each built on the one before.
fn chain(seed: u8, count: i64) -> Vec<Vec<u8>> {
    let mut document = Document::new();
    let mut chunks = Vec::new();
    for number in 0..count {
        let edit = Edit::Put { field: "sleeps".to_owned(), value: Value::Integer(number) };
        chunks.extend(document.write(Kind::Offer, &[edit], None, [seed; 16], &[]).unwrap());
    }
    chunks
}

/// Changes of one record that do not know of each other.
fn side_by_side(count: u8) -> Vec<Vec<u8>> {
    (0..count).flat_map(|seed| chain(seed, 1)).collect()
}

fn job(chunks: Vec<Vec<u8>>) -> MergeJob {
    MergeJob { kind: Kind::Offer, base: None, chunks, keep_snapshot: true }
}

fn merged(response: Response) -> Vec<Merged> {
    let Response::Merged(answers) = response else { panic!() };
    answers
}

fn indexes(answer: &Merged) -> Vec<u32> {
    answer.left_out.iter().map(|(index, _)| *index).collect()
}

#[test]
fn only_the_deadly_change_of_a_batch_is_left_out() {
    let mut jobs: Vec<MergeJob> = (100..200).map(|seed| job(chain(seed, 1))).collect();
    jobs[42] = job(side_by_side(20));
    let deadly = [jobs[42].chunks[13].clone()];
    let mut worker = Worker { deadly: &deadly, deaths: 0 };
    let answers = merged(worker.search(Request::Merge(jobs.clone())));
    for (index, answer) in answers.iter().enumerate() {
        let count = if index == 42 { 19 } else { 1 };
        assert_eq!(answer.outcome.as_ref().unwrap().fields["count"], Value::Integer(count));
        assert_eq!(indexes(answer), if index == 42 { vec![13] } else { vec![] }, "job {index}");
        assert!(answer.snapshot.is_some());
    }
    assert!(worker.deaths <= 1 + 7 + 5, "{} deaths", worker.deaths);
}

#[test]
fn what_is_built_on_a_deadly_change_goes_with_it() {
    let chunks = chain(1, 10);
    let deadly = [chunks[6].clone()];
    let mut worker = Worker { deadly: &deadly, deaths: 0 };
    let answers = merged(worker.search(Request::Merge(vec![job(chunks)])));
    assert_eq!(indexes(&answers[0]), [6, 7, 8, 9]);
    assert_eq!(answers[0].outcome.as_ref().unwrap().fields["count"], Value::Integer(6));
}

#[test]
fn several_deadly_changes_of_several_records_are_found() {
    let jobs = vec![job(side_by_side(9)), job(chain(50, 3)), job(side_by_side(4))];
    let deadly = [
        jobs[0].chunks[0].clone(),
        jobs[0].chunks[8].clone(),
        jobs[0].chunks[4].clone(),
        jobs[1].chunks[2].clone(),
    ];
    let mut worker = Worker { deadly: &deadly, deaths: 0 };
    let answers = merged(worker.search(Request::Merge(jobs)));
    // The third record has two of the deadly changes too.
    let found: Vec<Vec<u32>> = answers.iter().map(indexes).collect();
    assert_eq!(found, [vec![0, 4, 8], vec![2], vec![0]]);
}

#[test]
fn a_record_that_is_deadly_without_its_changes_is_given_up() {
    let mut broken = job(chain(1, 3));
    broken.base = Some(b"poison".to_vec());
    let deadly = [b"poison".to_vec()];
    let mut worker = Worker { deadly: &deadly, deaths: 0 };
    let answers = merged(worker.search(Request::Merge(vec![job(chain(2, 1)), broken])));
    assert!(answers[0].outcome.is_ok());
    assert!(answers[1].outcome.is_err());
    assert!(worker.deaths < 12, "{} deaths", worker.deaths);
}

#[test]
fn a_record_of_nothing_but_poison_is_given_up_after_a_bounded_number_of_deaths() {
    let poison = side_by_side(200);
    let mut worker = Worker { deadly: &poison, deaths: 0 };
    let answers =
        merged(worker.search(Request::Merge(vec![job(poison.clone()), job(chain(250, 1))])));
    assert!(answers[0].outcome.is_err());
    assert!(answers[1].outcome.is_ok());
    assert!(worker.deaths <= MAX_DEATHS + 3, "{} deaths", worker.deaths);
}

#[test]
fn a_deadly_edit_fails_alone() {
    let edit = |seed| EditJob {
        kind: Kind::Offer,
        base: None,
        chunks: chain(seed, 1),
        at: None,
        edits: Vec::new(),
        actor: [9; 16],
        grants: Vec::new(),
        keep_snapshot: false,
    };
    let jobs: Vec<EditJob> = (0..5).map(edit).collect();
    let deadly = [jobs[3].chunks[0].clone()];
    let mut worker = Worker { deadly: &deadly, deaths: 0 };
    let Response::Edited(answers) = worker.search(Request::Edit(jobs)) else { panic!() };
    let failed: Vec<bool> = answers.iter().map(|answer| answer.view.is_err()).collect();
    assert_eq!(failed, [false, false, false, true, false]);
}

#[test]
fn an_answer_to_another_question_counts_as_a_death() {
    let mut suspects = Suspects::new(Request::Merge(vec![job(chain(1, 1))]));
    let mut asked = 0;
    while suspects.next().is_some() {
        asked += 1;
        suspects.answered(Response::Merged(Vec::new()));
    }
    assert!(asked < 5);
    let answers = merged(suspects.finish());
    assert_eq!(answers.len(), 1);
    assert!(answers[0].outcome.is_err());
}
