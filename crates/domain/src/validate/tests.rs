#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::schema::{FieldType, schema};
use crate::{Fields, Kind, Timestamp, Value};

/// Fields as they are written in commands: `name=value`, one per line.
fn fields(kind: Kind, lines: &str) -> Fields {
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, text) = line.split_once('=').unwrap();
            let value = match schema(kind).field(name) {
                Some(field) => field.ty.parse(text).unwrap_or_else(|_| text.into()),
                None => text.into(),
            };
            (name.to_owned(), value)
        })
        .collect()
}

const OFFER: &str = "country=EE
    place_type=private_room
    sleeps=3
    time_zone=Europe/Tallinn
    languages=ru:fluent;et:native
    status=active
    confirmed_at=2026-11-23T10:00:00+02:00
    confirmed_by=host_call";

const SERVICE: &str = "name=Legal desk
    status=active";

const TEMPLATE: &str = "slug=asylum-request
    title=en:Request
    doc_type=application
    jurisdiction=EE
    number=1
    status=draft";

const BULLETIN: &str = "sent=2026-11-23T10:00:00Z
    status=actual
    msg_type=alert
    category=border_notice
    urgency=immediate
    severity=severe
    certainty=observed
    expires=2026-11-30T10:00:00Z
    texts=en:[headline=Point closed]
    source=first_hand";

const CENTER: &str = "name=Lighthouse";

fn minimal(kind: Kind) -> &'static str {
    match kind {
        Kind::Offer => OFFER,
        Kind::Service => SERVICE,
        Kind::Template => TEMPLATE,
        Kind::Bulletin => BULLETIN,
        Kind::Center => CENTER,
    }
}

/// What is wrong with a good record after these lines were set.
fn violations(kind: Kind, lines: &str) -> Vec<String> {
    let mut record = fields(kind, minimal(kind));
    record.extend(fields(kind, lines));
    schema(kind).check(&record).iter().map(Violation::to_string).collect()
}

#[track_caller]
fn check(kind: Kind, lines: &str, expected: &[&str]) {
    assert_eq!(violations(kind, lines), expected, "{kind}: {lines}");
}

#[test]
fn good_records_of_all_kinds_pass() {
    for kind in Kind::ALL {
        check(kind, "", &[]);
        assert_eq!(schema(kind).check_received(&fields(kind, minimal(kind))), []);
    }
}

#[test]
fn required_fields_are_named_all_at_once() {
    let missing: Vec<String> =
        schema(Kind::Offer).check(&Fields::new()).iter().map(Violation::to_string).collect();
    assert_eq!(
        missing,
        [
            "country is missing",
            "place_type is missing",
            "sleeps is missing",
            "confirmed_at is missing",
            "confirmed_by is missing",
            "status is missing",
        ]
    );
}

#[test]
fn a_value_out_of_bounds_is_refused_with_bound_and_size() {
    check(Kind::Offer, "sleeps=300", &["sleeps must be a whole number, not text"]);
    let mut offer = fields(Kind::Offer, OFFER);
    offer.insert("sleeps".to_owned(), 300.into());
    offer.insert("cot".to_owned(), "yes".into());
    offer.insert("country".to_owned(), "ee".into());
    offer.insert("pets_ok".to_owned(), Value::List(vec!["dog".into(), "cow".into()]));
    offer.insert("languages".to_owned(), Value::Map([("ru".to_owned(), "well".into())].into()));
    offer.insert("calendar".to_owned(), Value::Map([("soon".to_owned(), 256.into())].into()));
    let found: Vec<String> =
        schema(Kind::Offer).check(&offer).iter().map(Violation::to_string).collect();
    assert_eq!(
        found,
        [
            "country is written \"ee\", it must be written \"EE\"",
            "sleeps is 300, it must be 1..=200",
            "cot must be yes or no, not text",
            "pets_ok[1] is \"cow\", it must be one of dog, cat, small_caged, assistance_dog",
            "pets_ok must be sorted and without repeats",
            "languages.ru is \"well\", it must be one of basic, fluent, native",
            "calendar.soon is \"soon\", which is not a date such as 2026-11-23",
            "calendar.soon is 256, it must be 0..=255",
        ]
    );
}

#[test]
fn a_note_of_281_characters_is_refused() {
    for (length, expected) in
        [(280, vec![]), (281, vec!["note has 281 characters, at most 280 are allowed".to_owned()])]
    {
        let note = "ж".repeat(length);
        assert_eq!(violations(Kind::Offer, &format!("note={note}\nnote_language=ru")), expected);
    }
}

#[test]
fn hidden_characters_are_refused() {
    for (note, expected) in [
        ("bell\u{7}", "note has the control character U+0007 at character 5"),
        ("a\u{202e}b", "note has the hidden direction mark U+202E at character 2"),
        ("a\u{200b}b", "note has the hidden sign U+200B at character 2; type the text anew"),
        ("dog\u{e0068}", "note has the hidden sign U+E0068 at character 4; type the text anew"),
        ("\u{fffe}", "note has the hidden sign U+FFFE at character 1; type the text anew"),
        ("cafe\u{301} ok", "note is not in the normal form NFC without spaces around it"),
    ] {
        let mut offer = fields(Kind::Offer, OFFER);
        offer.insert("note".to_owned(), note.into());
        offer.insert("note_language".to_owned(), "en".into());
        let found = schema(Kind::Offer).check(&offer);
        assert_eq!(found.iter().map(Violation::to_string).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_phone_number_in_a_note_is_refused_where_it_is_written_only() {
    let mut offer = fields(Kind::Offer, OFFER);
    offer.insert("note".to_owned(), "call +372 5123 4567".into());
    offer.insert("note_language".to_owned(), "en".into());
    let found = schema(Kind::Offer).check(&offer);
    assert_eq!(
        found[0].to_string(),
        "note was refused: shared notes go to all centers of the circle; \
         this looks like a phone number: \"+372 5123 4567\""
    );
    assert!(found.iter().all(Violation::can_be_overridden));
    assert_eq!(schema(Kind::Offer).check_received(&offer), []);
}

#[test]
fn a_hotline_bulletin_may_give_its_number() {
    let texts = "texts=en:[headline=New hotline, description=Call +372 5123 4567]";
    assert_eq!(violations(Kind::Bulletin, texts).len(), 1);
    check(Kind::Bulletin, &format!("category=hotline\n{texts}"), &[]);
}

#[test]
fn unknown_names_pass_from_others_but_not_from_us() {
    let mut offer = fields(Kind::Offer, OFFER);
    offer.insert("sauna".to_owned(), true.into());
    offer.insert("sleep".to_owned(), 2.into());
    let found: Vec<String> =
        schema(Kind::Offer).check(&offer).iter().map(Violation::to_string).collect();
    assert_eq!(
        found,
        [
            "sauna is not a field that this version knows",
            "sleep is not a field that this version knows; did you mean sleeps?",
        ]
    );
    assert_eq!(schema(Kind::Offer).check_received(&offer), []);
}

#[test]
fn a_forbidden_name_is_refused_from_anybody() {
    for name in ["host_name", "address", "phones", "Passport"] {
        let mut offer = fields(Kind::Offer, OFFER);
        offer.insert(name.to_owned(), "x".into());
        let expected = Violation { field: name.to_owned(), problem: Problem::Forbidden };
        assert_eq!(schema(Kind::Offer).check(&offer), std::slice::from_ref(&expected));
        assert_eq!(schema(Kind::Offer).check_received(&offer), [expected]);
    }
}

#[test]
fn the_fields_of_an_offer_fit_together() {
    for (lines, expected) in [
        ("min_nights=2\nmax_nights=7", vec![]),
        ("min_nights=8\nmax_nights=7", vec!["min_nights is 8, more than max_nights, which is 7"]),
        ("status=paused", vec!["paused_until is missing: say until when the offer is paused"]),
        ("status=paused\npaused_until=2026-12-01", vec![]),
        (
            "cost=rent",
            vec!["amount is missing: the cost is rent", "currency is missing: the cost is rent"],
        ),
        ("cost=contribution\namount=5\ncurrency=EUR", vec![]),
        ("calendar=2026-11-23:3;2026-11-24:0", vec![]),
        ("calendar=2026-11-23:4", vec!["calendar.2026-11-23 is 4, more than sleeps, which is 3"]),
        ("region=FI-18", vec!["region is FI-18, which is not in the country EE"]),
        ("note=Quiet", vec!["note_language is missing: say in which language the note is"]),
    ] {
        check(Kind::Offer, lines, &expected);
    }
    let mut offer = fields(Kind::Offer, OFFER);
    offer.insert("latest_arrival".to_owned(), "22:00".into());
    offer.remove("time_zone");
    assert_eq!(
        schema(Kind::Offer).check(&offer)[0].to_string(),
        "time_zone is missing: without it nobody knows when latest_arrival is"
    );
}

#[test]
fn the_fields_of_a_service_fit_together() {
    let address = "address=address_1=Main square 1, city=Tartu, country=EE";
    for (lines, expected) in [
        (
            "minimum_age=18\nmaximum_age=17".to_owned(),
            "minimum_age is 18, more than maximum_age, which is 17",
        ),
        (address.to_owned(), "address is allowed only when location_type is physical"),
        (
            format!("{address}\nlocation_type=withheld"),
            "address is allowed only when location_type is physical",
        ),
    ] {
        check(Kind::Service, &lines, &[expected]);
    }
    check(Kind::Service, &format!("{address}\nlocation_type=physical"), &[]);
    check(Kind::Service, "phones=type=voice", &["phones must be a list, not text"]);
}

#[test]
fn nested_problems_carry_their_path() {
    let phones = Value::List(vec![Value::Map(
        [("number".to_owned(), "5551234".into()), ("nmae".to_owned(), "x".into())].into(),
    )]);
    let mut service = fields(Kind::Service, SERVICE);
    service.insert("phones".to_owned(), phones);
    let found: Vec<String> =
        schema(Kind::Service).check(&service).iter().map(Violation::to_string).collect();
    assert_eq!(
        found,
        [
            "phones[0].number is \"5551234\", which is not a phone number with country code \
             such as +3725551234",
            "phones[0].nmae is not a field that this version knows",
        ]
    );
}

#[test]
fn a_bulletin_ends_after_it_began_and_within_thirty_days() {
    for (lines, expected) in [
        ("expires=2026-11-23T10:00:00Z", vec!["expires must be after sent"]),
        ("expires=2026-12-23T10:00:00Z", vec![]),
        ("expires=2026-12-23T10:00:01Z", vec!["expires must be at most 30 days after sent"]),
        ("effective=2026-12-01T00:00:00Z", vec!["expires must be after effective"]),
        ("msg_type=cancel", vec!["references is missing: say which bulletins it changes or ends"]),
        ("source=official_url", vec!["source_url is missing: the source is official_url"]),
    ] {
        check(Kind::Bulletin, lines, &expected);
    }
}

#[test]
fn every_language_of_an_approved_template_has_the_declared_placeholders() {
    let placeholders = "placeholders=key=full_name, type=person_name; key=born_on, type=date";
    let good =
        "body=en:\"I, {{ full_name }}, {{born_on}}\";ru:\"Я, {{ full_name }}, {{ born_on }}\"";
    let lacking = "body=en:\"I, {{ full_name }}, {{ born_on }}\";ru:\"Я, {{ full_name }}\"";
    let extra = "body=en:\"{{ full_name }} {{ born_on }} {{ city }}\"";
    let broken = "body=en:\"{{ Full Name }}\"";
    let approved = "status=approved";
    for (lines, expected) in [
        (format!("{approved}\n{placeholders}\n{good}"), vec![]),
        (format!("{placeholders}\n{lacking}"), vec![]),
        (
            format!("{approved}\n{placeholders}\n{lacking}"),
            vec!["body.ru does not use the placeholders born_on"],
        ),
        (
            format!("{approved}\n{placeholders}\n{extra}"),
            vec!["body.en uses placeholders not declared: city"],
        ),
        (
            format!("{approved}\n{placeholders}\n{broken}"),
            vec![
                "body.en cannot be filled: {{ Full Name }} is not a placeholder such as {{ full_name }}",
            ],
        ),
        (approved.to_owned(), vec!["body is missing: there is nothing to approve"]),
        (
            "placeholders=key=a, type=text; key=a, type=date; key=b, type=choice".to_owned(),
            vec![
                "placeholders[1].key is declared twice",
                "placeholders[2].choices is missing: the type is choice",
            ],
        ),
    ] {
        check(Kind::Template, &lines, &expected);
    }
}

#[test]
fn a_hostile_record_is_answered_with_a_bounded_list() {
    let mut offer = fields(Kind::Offer, OFFER);
    offer.extend((0..10_000).map(|n| (format!("x{n}\u{1b}[2J"), Value::Flag(true))));
    let found = schema(Kind::Offer).check(&offer);
    assert_eq!(found.len(), MAX_VIOLATIONS);
    assert!(found.iter().all(|violation| !violation.to_string().contains('\u{1b}')));
    let nights = (0..100_000).map(|n| (n.to_string(), Value::Flag(true))).collect();
    let offer: Fields = [("calendar".to_owned(), Value::Map(nights))].into();
    let found = schema(Kind::Offer).check_received(&offer);
    let calendar: Vec<&Violation> =
        found.iter().filter(|violation| violation.field == "calendar").collect();
    assert_eq!(calendar.len(), 1);
    assert_eq!(calendar[0].problem, Problem::TooMany { max: 120, actual: 100_000 });
}

#[test]
fn local_input_is_brought_to_its_forms() {
    let mut offer = fields(Kind::Offer, OFFER);
    offer.insert("country".to_owned(), " ee ".into());
    offer.insert("note".to_owned(), "  cafe\u{301}\r\nkaks ".into());
    offer.insert("note_language".to_owned(), "ET".into());
    offer.insert("pets_ok".to_owned(), Value::List(vec!["dog".into(), "cat".into(), "dog".into()]));
    offer.insert("languages".to_owned(), Value::Map([("RUS".to_owned(), "Native".into())].into()));
    offer.insert("time_zone".to_owned(), "europe/tallinn".into());
    offer.insert("bathroom".to_owned(), "".into());
    let offer = normalize(schema(Kind::Offer), offer);
    assert_eq!(offer["country"], "EE".into());
    assert_eq!(offer["note"], "café\nkaks".into());
    assert_eq!(offer["pets_ok"], Value::List(vec!["cat".into(), "dog".into()]));
    assert_eq!(offer["languages"], Value::Map([("ru".to_owned(), "native".into())].into()));
    assert!(!offer.contains_key("bathroom"));
    assert_eq!(schema(Kind::Offer).check(&offer), []);
}

#[test]
fn defaults_leave_nothing_missing_but_what_only_a_person_knows() {
    let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    for (kind, known) in [
        (Kind::Offer, "country=EE\nplace_type=sofa\nsleeps=1"),
        (Kind::Service, "name=Desk"),
        (Kind::Template, "slug=a\ntitle=en:A\ndoc_type=letter\njurisdiction=EU"),
        (
            Kind::Bulletin,
            "category=scam\nurgency=past\nseverity=minor\ncertainty=likely\n\
             texts=en:[headline=Scam]\nsource=media",
        ),
        (Kind::Center, "name=Lighthouse"),
    ] {
        let record = with_defaults(kind, fields(kind, known), now);
        assert_eq!(schema(kind).check(&record), [], "{kind}");
    }
}

/// Arbitrary trees, with names and texts that real records have now and then.
fn any_value() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        "\\PC{0,20}",
        "[\u{0}-\u{20}\u{202a}-\u{202e}a-z]{0,9}",
        Just("2026-11-23".to_owned()),
        Just("ru".to_owned()),
        Just("{{ name }}".to_owned()),
        Just("2026-11-23T10:00:00Z".to_owned()),
    ];
    let leaf = prop_oneof![
        word.clone().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Flag),
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        let name = prop_oneof![
            word.clone(),
            Just("number".to_owned()),
            Just("key".to_owned()),
            Just("headline".to_owned()),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::btree_map(name, inner, 0..8).prop_map(Value::Map),
        ]
    })
}

fn any_fields() -> impl Strategy<Value = (Kind, Fields)> {
    prop::sample::select(&Kind::ALL[..]).prop_flat_map(|kind| {
        let names: Vec<String> =
            schema(kind).fields.iter().map(|field| field.name.to_owned()).collect();
        let name = prop_oneof![4 => prop::sample::select(names), 1 => "\\PC{0,12}"];
        (Just(kind), prop::collection::btree_map(name, any_value(), 0..20))
    })
}

proptest! {
    #[test]
    fn any_tree_is_answered((kind, fields) in any_fields(), approved: bool) {
        let mut fields = fields;
        if approved {
            fields.insert("status".to_owned(), "approved".into());
        }
        let schema = schema(kind);
        prop_assert!(schema.check(&fields).len() <= MAX_VIOLATIONS);
        prop_assert!(schema.check_received(&fields).len() <= MAX_VIOLATIONS);
        let _ = crate::freshness::of(kind, &fields, Timestamp(0));
        for (name, value) in &fields {
            let text = schema.field(name).map(|field| field.ty.print(value));
            prop_assert!(text.is_none_or(|text| text.len() < 1 << 20));
        }
    }

    #[test]
    fn the_normal_form_is_stable((kind, fields) in any_fields()) {
        let once = normalize(schema(kind), fields);
        prop_assert_eq!(normalize(schema(kind), once.clone()), once);
    }

    #[test]
    fn what_passes_here_passes_elsewhere((kind, fields) in any_fields()) {
        let schema = schema(kind);
        if schema.check(&fields).is_empty() {
            prop_assert_eq!(schema.check_received(&fields), []);
        }
    }

    #[test]
    fn a_broken_bound_names_the_bound(sleeps: i64) {
        let ty = FieldType::Integer { min: 1, max: 200 };
        let problem = first_problem(&ty, &Value::Integer(sleeps));
        prop_assert_eq!(problem.is_none(), (1..=200).contains(&sleeps));
        if let Some(problem) = problem {
            prop_assert!(problem.to_string().contains("1..=200"));
        }
    }
}
