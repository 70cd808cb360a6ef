#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

const NAMES: [&str; 9] = [
    "near_town",
    "travel_band",
    "place_type",
    "sleeps",
    "pets_ok",
    "lift",
    "cot",
    "languages",
    "calendar",
];

fn now() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

fn entry<'a>(form: &'a Form, before: Option<&'a Fields>) -> Entry<'a> {
    Entry { t: Texts::first(), kind: Kind::Offer, form, before, now: now() }
}

fn offer() -> Fields {
    let form = Form::read(
        "near=Нарва&travel_band=15-30&place_type=sofa&sleeps=2&pets_ok=dog&pets_ok=cat&lift=no\
         &cot=1&languages-ru=native&languages-other=Kazakh&n-2026-12-01=2"
            .as_bytes(),
    )
    .unwrap();
    let mut wrong = Wrong::default();
    let fields = entry(&form, None).fields(&NAMES, &mut wrong);
    assert!(wrong.is_empty(), "{:?}", wrong.by_field);
    fields
}

#[test]
fn a_form_becomes_fields_of_which_the_place_follows_from_the_town() {
    let offer = offer();
    assert_eq!(offer["country"], "EE".into());
    assert_eq!(offer["time_zone"], "Europe/Tallinn".into());
    assert_eq!(offer["lift"], false.into());
    assert_eq!(offer["languages"].to_string(), "kk: fluent, ru: native");
    let found = schema(Kind::Offer).check(&offer);
    let missing = |v: &Violation| matches!(v.problem, Problem::Missing);
    assert!(found.iter().all(missing), "{found:?}");
}

#[test]
fn a_record_as_a_form_says_the_same_again() {
    let offer = offer();
    let form = form_of(Kind::Offer, &offer);
    let mut wrong = Wrong::default();
    let entry = entry(&form, Some(&offer));
    let again = entry.fields(&NAMES, &mut wrong);
    assert!(wrong.is_empty());
    assert_eq!(again, offer);
    let edits = entry.edits(&NAMES, again);
    assert!(edits.iter().all(|edit| matches!(edit, Edit::Put { .. })), "{edits:?}");
}

#[test]
fn what_is_left_out_is_cleared_and_what_is_not_asked_for_stays() {
    let offer = offer();
    let form = Form::read("near=Narva&place_type=sofa&sleeps=3".as_bytes()).unwrap();
    let entry = entry(&form, Some(&offer));
    let names = ["near_town", "place_type", "sleeps", "pets_ok"];
    let edits = entry.edits(&names, entry.fields(&names, &mut Wrong::default()));
    assert!(edits.contains(&Edit::Clear { field: "pets_ok".to_owned() }));
    assert!(edits.contains(&Edit::Put { field: "sleeps".to_owned(), value: 3.into() }));
    assert!(edits.iter().all(|edit| edit.field() != "languages"), "{edits:?}");
}

#[test]
fn a_record_without_a_town_keeps_its_area_and_a_new_one_needs_a_town() {
    let form = Form::read(b"place_type=sofa").unwrap();
    let mut wrong = Wrong::default();
    entry(&form, None).fields(&["near_town"], &mut wrong);
    assert!(!wrong.is_empty());
    let area = Fields::from([("country".to_owned(), "GE".into())]);
    let (mut wrong, entry) = (Wrong::default(), entry(&form, Some(&area)));
    let said = entry.fields(&["near_town"], &mut wrong);
    assert!(wrong.is_empty() && entry.edits(&["near_town"], said).is_empty());
}

#[test]
fn what_cannot_be_read_is_told_at_its_field() {
    let form =
        Form::read("near=Xyzzyplugh&sleeps=many&languages-other=Qwerty9".as_bytes()).unwrap();
    let mut wrong = Wrong::default();
    let entry = entry(&form, None);
    entry.fields(&NAMES, &mut wrong);
    let at: Vec<String> = wrong
        .summary(|name| entry.t.field(Kind::Offer, name))
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(at, ["languages", "near_town", "sleeps"]);
    let control = entry.control("sleeps", String::new(), &wrong).unwrap();
    assert!(!control.wrong.is_empty());
    assert!(matches!(control.input, Input::Line { value, .. } if value == "many"));
}
