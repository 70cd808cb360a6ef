//! Headlines and notes of invented records.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use super::*;

/// Narva's number in the table of towns.
fn narva() -> i64 {
    i64::from(gazetteer::find("Narva", Some("EE")).first().unwrap().town.id)
}

fn now() -> Timestamp {
    "2026-11-23T18:00:00Z".parse().unwrap()
}

fn list(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| Value::from(*word)).collect())
}

fn map<V: Into<Value> + Clone>(entries: &[(&str, V)]) -> Value {
    Value::Map(
        entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone().into())).collect(),
    )
}

fn fields(entries: &[(&str, Value)]) -> Fields {
    entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn room() -> Fields {
    fields(&[
        ("country", "EE".into()),
        ("near_town", narva().into()),
        ("time_zone", "Europe/Tallinn".into()),
        ("place_type", "private_room".into()),
        ("sleeps", 4.into()),
        ("pets_ok", list(&["dog"])),
        ("languages", map(&[("et", "basic"), ("ru", "native")])),
        ("calendar", map(&[("2026-11-23", 2_i64), ("2026-11-24", 1), ("2026-11-25", 2)])),
        ("status", "active".into()),
        ("confirmed_at", "2026-11-23T12:00:00Z".into()),
    ])
}

fn with(mut fields: Fields, name: &str, value: Value) -> Fields {
    fields.insert(name.to_owned(), value);
    fields
}

fn check(kind: Kind, fields: &Fields, expected: &str) {
    assert_eq!(headline(kind, fields, None, now()), expected);
}

#[test]
fn an_offer_says_what_where_and_how_many_are_free_tonight() {
    check(Kind::Offer, &room(), "private room near Narva, 2 free tonight, dog ok, ru et");
}

#[test]
fn an_offer_tells_of_the_nights_that_were_asked_for() {
    let nights = |first: &str, count| Some(Nights { first: first.parse().unwrap(), count });
    for (asked, expected) in [
        (nights("2026-11-24", 1), "1 free on 2026-11-24"),
        (nights("2026-11-23", 3), "1 free for 3 nights from 2026-11-23"),
        (nights("2026-11-25", 2), "0 free for 2 nights from 2026-11-25"),
    ] {
        let line = headline(Kind::Offer, &room(), asked, now());
        assert_eq!(line, format!("private room near Narva, {expected}, dog ok, ru et"));
    }
}

#[test]
fn an_offer_without_a_bed_tonight_tells_the_next_one() {
    let later = with(room(), "calendar", map(&[("2026-11-22", 2_i64), ("2026-11-30", 3)]));
    check(Kind::Offer, &later, "private room near Narva, 3 free on 2026-11-30, dog ok, ru et");
    let mut without = room();
    without.remove("calendar");
    check(Kind::Offer, &without, "private room near Narva, sleeps 4, dog ok, ru et");
}

#[test]
fn the_hours_after_midnight_are_still_tonight() {
    let late = "2026-11-24T01:00:00Z".parse().unwrap();
    let line = headline(Kind::Offer, &room(), None, late);
    assert!(line.contains("2 free tonight"), "{line}");
}

#[test]
fn an_offer_that_takes_nobody_says_so() {
    for (status, expected) in
        [("withdrawn", "withdrawn"), ("full", "full"), ("paused", "paused until 2026-12-01")]
    {
        let offer =
            with(with(room(), "status", status.into()), "paused_until", "2026-12-01".into());
        let line = headline(Kind::Offer, &offer, None, now());
        assert!(line.starts_with(&format!("private room near Narva, {expected}, ")), "{line}");
    }
}

#[test]
fn an_offer_without_a_town_is_in_a_country() {
    let mut offer = with(room(), "women_only", true.into());
    offer.remove("near_town");
    offer.insert("step_free".to_owned(), "all".into());
    check(
        Kind::Offer,
        &offer,
        "private room in Estonia, 2 free tonight, women only, step-free, dog ok, ru et",
    );
}

#[test]
fn a_lawyer_is_found_by_profession_and_town() {
    let tallinn = gazetteer::find("Tallinn", None).first().unwrap().town.id;
    let lawyer = fields(&[
        ("name", "Office Seven".into()),
        ("profession", "lawyer".into()),
        ("near_town", i64::from(tallinn).into()),
        ("competences", list(&["asylum", "military_law"])),
        ("languages", map(&[("ru", "fluent")])),
        ("status", "active".into()),
    ]);
    check(Kind::Service, &lawyer, "Lawyer, Tallinn: Office Seven, asylum, military law, ru");
    check(
        Kind::Service,
        &with(lawyer, "status", "defunct".into()),
        "Lawyer, Tallinn: Office Seven, defunct, asylum, military law, ru",
    );
    check(Kind::Service, &fields(&[("name", "Night line".into())]), "Night line");
}

#[test]
fn a_template_has_its_title_law_and_languages() {
    let template = fields(&[
        ("slug", "refusal-to-serve".into()),
        ("title", map(&[("ru", "Отказ"), ("en", "Refusal")])),
        ("doc_type", "power_of_attorney".into()),
        ("jurisdiction", "RU".into()),
        ("status", "in_review".into()),
        ("body", map(&[("ru", "…"), ("en", "…")])),
    ]);
    check(Kind::Template, &template, "Power of attorney: Refusal, RU, in review, en ru");
}

#[test]
fn a_bulletin_that_is_over_never_reads_as_current() {
    let text = Value::Map(BTreeMap::from([("headline".to_owned(), "Bridge closed".into())]));
    let bulletin = fields(&[
        ("texts", Value::Map(BTreeMap::from([("en".to_owned(), text)]))),
        ("severity", "severe".into()),
        ("areas", list(&["EE", "RU"])),
        ("expires", "2026-11-30T00:00:00Z".into()),
        ("msg_type", "alert".into()),
        ("status", "actual".into()),
    ]);
    check(Kind::Bulletin, &bulletin, "Bridge closed, severe, EE RU");
    for (name, value, mark) in [
        ("expires", "2026-11-23T18:00:00Z", "expired"),
        ("expires", "some day", "expired"),
        ("msg_type", "cancel", "cancelled"),
        ("msg_type", "update", "update"),
        ("status", "exercise", "exercise"),
    ] {
        let changed = with(bulletin.clone(), name, value.into());
        check(Kind::Bulletin, &changed, &format!("{mark}: Bridge closed, severe, EE RU"));
    }
}

#[test]
fn fields_of_a_wrong_shape_do_not_matter() {
    let odd = Value::List(vec![Value::Map(BTreeMap::new())]);
    for kind in Kind::ALL {
        for field in hospes_domain::schema::schema(kind).fields {
            let record = fields(&[(field.name, odd.clone())]);
            assert!(!headline(kind, &record, None, now()).is_empty(), "{kind} {}", field.name);
            freshness_note(kind, &record, "Narva", |_| None, now());
        }
    }
}

#[test]
fn a_headline_stays_one_line_of_bounded_length() {
    let long = with(Fields::new(), "name", "ж".repeat(300).into());
    assert_eq!(headline(Kind::Center, &long, None, now()).chars().count(), LONGEST + 1);
}

#[test]
fn a_note_says_how_old_and_from_whom() {
    let verified = map(&[("by", "ab"), ("on", "2026-11-20")]);
    for (kind, fields, expected) in [
        (Kind::Offer, room(), "confirmed 6 h ago by Narva"),
        (Kind::Offer, Fields::new(), "never confirmed"),
        (Kind::Service, fields(&[("verified", verified.clone())]), "checked 3 d ago by Riga"),
        (
            Kind::Service,
            fields(&[("verified", verified), ("assured_on", "2026-11-23".into())]),
            "checked today by Narva",
        ),
        (
            Kind::Service,
            fields(&[("assured_on", "2026-11-22".into())]),
            "checked yesterday by Narva",
        ),
        (Kind::Service, Fields::new(), "never checked"),
        (
            Kind::Template,
            fields(&[("law_as_of", "2026-01-01".into()), ("review_due", "2026-12-31".into())]),
            "law as of 2026-01-01, to be reviewed by 2026-12-31",
        ),
        (
            Kind::Bulletin,
            fields(&[
                ("sent", "2026-11-23T17:00:00Z".into()),
                ("expires", "2026-11-30T18:00:00Z".into()),
            ]),
            "sent 1 h ago by Narva, expires in 7 d",
        ),
        (Kind::Center, Fields::new(), ""),
    ] {
        let name_of = |id: &str| (id == "ab").then(|| "Riga".to_owned());
        assert_eq!(freshness_note(kind, &fields, "Narva", name_of, now()), expected);
    }
}
