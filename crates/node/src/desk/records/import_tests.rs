//! Rows as they are compared, and what is told of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn row(external_id: &str, name: &str) -> Given {
    let fields = Fields::from([("name".to_owned(), Value::from(name))]);
    Given { number: 7, external_id: external_id.to_owned(), fields: Ok(fields) }
}

#[test]
fn a_row_is_the_same_whatever_habits_it_is_written_in() {
    let schema = schema(Kind::Service);
    let of = |name: &str| Row::of(schema, row(" a-1 ", name)).unwrap();
    assert_eq!(of("Office Seven").digest, of("  Office Seven ").digest);
    assert_ne!(of("Office Seven").digest, of("Office Eight").digest);
    assert_eq!(of("x").external_id, "a-1");
}

#[test]
fn a_row_needs_an_identifier_of_its_own() {
    let schema = schema(Kind::Service);
    for (external_id, expected) in [
        ("  ", "has 0 characters, it must be 1..=120"),
        (&"9".repeat(121), "has 121 characters, it must be 1..=120"),
    ] {
        let problem = Row::of(schema, row(external_id, "One")).unwrap_err();
        assert_eq!((problem.row, problem.fatal), (7, true));
        assert_eq!((problem.field.as_str(), problem.reason.as_str()), ("external_id", expected));
        assert!(problem.external_id.len() <= LONGEST_VALUE);
    }
}

#[test]
fn a_list_does_not_put_back_what_a_person_has_changed() {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let text =
        |fields: &Fields, name: &str| fields.get(name).and_then(Value::as_text).map(str::to_owned);
    let row = Fields::from([("sleeps".to_owned(), Value::from(3))]);
    let new = completed(Kind::Offer, row.clone(), None, now);
    assert_eq!(text(&new, "status").as_deref(), Some("active"));

    let mut current = new.clone();
    current.insert("status".to_owned(), "withdrawn".into());
    current.insert("note".to_owned(), "was in the list once".into());
    let later = now.plus(Timestamp::DAY);
    let changed = completed(Kind::Offer, row.clone(), Some(&current), later);
    assert_eq!(text(&changed, "status").as_deref(), Some("withdrawn"));
    assert_eq!(changed.get("confirmed_at"), new.get("confirmed_at"));
    assert_eq!(changed.get("note"), None);

    let mut said = row;
    said.insert("status".to_owned(), "active".into());
    let again = completed(Kind::Offer, said, Some(&current), later);
    assert_eq!(text(&again, "status").as_deref(), Some("active"));
}

#[test]
fn a_problem_shows_the_value_that_it_is_about() {
    let fields = Fields::from([
        ("sleeps".to_owned(), Value::from(500)),
        ("languages".to_owned(), Value::Map(BTreeMap::from([("ru".to_owned(), "some".into())]))),
        ("pets_ok".to_owned(), Value::List(vec!["horse".into()])),
        ("note".to_owned(), "я".repeat(100).into()),
    ]);
    for (path, expected) in [
        ("sleeps", "500".to_owned()),
        ("languages.ru", "some".to_owned()),
        ("pets_ok[0]", "horse".to_owned()),
        ("pets_ok[9]", String::new()),
        ("note", format!("{}…", "я".repeat(LONGEST_VALUE))),
        ("missing", String::new()),
    ] {
        assert_eq!(at(&fields, path), expected, "{path}");
    }
}

#[tokio::test]
async fn problems_beyond_what_anybody_reads_are_counted() {
    let mut problems = Problems::default();
    for _ in 0..MOST_PROBLEMS + 3 {
        problems.add(Problem { fatal: true, ..Default::default() });
    }
    let (telling, mut told) = mpsc::channel(MOST_PROBLEMS + 10);
    problems.tell(&telling).await.unwrap();
    drop(telling);
    let mut last = None;
    let mut count = 0;
    while let Some(Ok(answer)) = told.recv().await {
        count += 1;
        last = Some(answer);
    }
    assert_eq!(count, MOST_PROBLEMS + 1);
    let Some(Told::Problem(problem)) = last else { panic!() };
    assert_eq!(problem.reason, "and 3 more problems like those above");
}

#[test]
fn progress_is_told_in_few_steps_and_to_the_end() {
    let (telling, mut told) = mpsc::channel(1_000);
    let mut report = progress(telling);
    for done in 0..=10_000 {
        report(done, 10_000);
    }
    let mut steps = Vec::new();
    while let Ok(Ok(answer)) = told.try_recv() {
        if let Told::Progress(done, _) = answer {
            steps.push(done);
        }
    }
    assert!(steps.len() <= STEPS + 2, "{}", steps.len());
    assert_eq!(steps.last(), Some(&10_000));
}
