#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::Kind;
use crate::fold::is_hidden;
use crate::schema::schema;

fn ty(kind: Kind, name: &str) -> &'static FieldType {
    &schema(kind).field(name).unwrap().ty
}

fn texts(pairs: &[(&str, &str)]) -> Value {
    Value::Map(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect())
}

fn list(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| (*text).into()).collect())
}

#[test]
fn cells_are_read_as_people_write_them() {
    let nights = Value::Map(
        [("2026-11-23".to_owned(), 2.into()), ("2026-11-24".to_owned(), 1.into())].into(),
    );
    let range = Value::Map(
        [("2026-11-23", 2), ("2026-12-30", 1), ("2026-12-31", 1), ("2027-01-01", 1)]
            .map(|(night, free): (&str, i64)| (night.to_owned(), free.into()))
            .into(),
    );
    for (kind, name, text, expected) in [
        (Kind::Offer, "country", "ee", "EE".into()),
        (Kind::Offer, "sleeps", " 4 ", 4.into()),
        (Kind::Offer, "cot", "Yes", true.into()),
        (Kind::Offer, "cot", "0", false.into()),
        (Kind::Offer, "pets_ok", "dog;cat", list(&["cat", "dog"])),
        (Kind::Offer, "pets_ok", "dog, cat ,dog", list(&["cat", "dog"])),
        (
            Kind::Offer,
            "languages",
            "ru:fluent;fi:basic",
            texts(&[("fi", "basic"), ("ru", "fluent")]),
        ),
        (
            Kind::Offer,
            "languages",
            "Russian: native, EN:basic",
            texts(&[("en", "basic"), ("ru", "native")]),
        ),
        (Kind::Offer, "calendar", "2026-11-23:2;2026-11-24:1", nights),
        (Kind::Offer, "calendar", "2026-11-23:2;2026-12-30..2027-01-01:1", range),
        (Kind::Offer, "amount", "12,50", "12.50".into()),
        (Kind::Offer, "latest_arrival", "9:30", "09:30".into()),
        (Kind::Offer, "note", "Quiet; a cat, two rooms", "Quiet; a cat, two rooms".into()),
        (
            Kind::Template,
            "title",
            "en:Request, with reasons; ru:Заявление [1]",
            texts(&[("en", "Request, with reasons"), ("ru", "Заявление [1]")]),
        ),
        (Kind::Service, "service_areas", "EE, fi-18", list(&["EE", "FI-18"])),
        (
            Kind::Service,
            "phones",
            "number=+372 555 1234, type=voice; number=+3725551235, language=Estonian",
            Value::List(vec![
                texts(&[("number", "+3725551234"), ("type", "voice")]),
                texts(&[("language", "et"), ("number", "+3725551235")]),
            ]),
        ),
        (
            Kind::Bulletin,
            "texts",
            r#"en:[headline=Point closed, description="From noon, until \"further\" notice"]"#,
            Value::Map(
                [(
                    "en".to_owned(),
                    texts(&[
                        ("description", "From noon, until \"further\" notice"),
                        ("headline", "Point closed"),
                    ]),
                )]
                .into(),
            ),
        ),
    ] {
        assert_eq!(ty(kind, name).parse(text), Ok(expected), "{name}={text}");
    }
}

#[test]
fn what_cannot_be_read_says_what_was_expected() {
    for (kind, name, text, expected) in [
        (Kind::Offer, "sleeps", "300", "is 300, it must be 1..=200"),
        (Kind::Offer, "sleeps", "many", "is \"many\", which is not a whole number"),
        (Kind::Offer, "cot", "maybe", "is \"maybe\", which is not yes or no"),
        (Kind::Offer, "bathroom", "none", "is \"none\", it must be one of private, shared"),
        (
            Kind::Offer,
            "confirmed_at",
            "today",
            "is \"today\", which is not an instant such as 2026-11-23T21:30:00+02:00",
        ),
        (
            Kind::Offer,
            "languages",
            "ru",
            "cannot be read at character 3: a colon and a level were expected, such as ru:fluent",
        ),
        (
            Kind::Offer,
            "calendar",
            "2026-11-24..2026-11-23:2",
            "cannot be read at character 24: the range ends before it begins",
        ),
        (
            Kind::Offer,
            "calendar",
            "2026-11-24..9999-12-31:2",
            "cannot be read at character 24: the range has more than 366 nights",
        ),
        (
            Kind::Offer,
            "calendar",
            "2026-11-24..2026-11-25:2;2026-11-25:1",
            "cannot be read at character 38: the same name is there twice, before this",
        ),
        (
            Kind::Offer,
            "languages",
            "ru:well",
            "is \"well\", it must be one of basic, fluent, native",
        ),
        (
            Kind::Offer,
            "languages",
            "ru:basic;RU:native",
            "cannot be read at character 19: the same name is there twice, before this",
        ),
        (
            Kind::Service,
            "verified",
            "who=me",
            "cannot be read at character 4: the name of a part and = were expected before this",
        ),
        (
            Kind::Bulletin,
            "texts",
            "en:[headline=x",
            "cannot be read at character 15: ] was expected",
        ),
        (
            Kind::Bulletin,
            "texts",
            "en:[headline=\"x",
            "cannot be read at character 15: the quote has no end, after this",
        ),
    ] {
        let problem = ty(kind, name).parse(text).unwrap_err();
        assert_eq!(problem.to_string(), expected, "{name}={text}");
    }
}

/// Values that a record may hold in a field of a type.
fn valid(ty: &'static FieldType) -> BoxedStrategy<Value> {
    let tag = || select(vec!["ru", "fi", "en-GB", "sr-Latn", "mhr", "uk"]).prop_map(str::to_owned);
    let text = |strategy: BoxedStrategy<String>| strategy.prop_map(Value::Text).boxed();
    let one = |words: &'static [&'static str]| select(words).prop_map(Value::from).boxed();
    let pattern = |pattern: &'static str| pattern.prop_map(Value::Text).boxed();
    match ty {
        FieldType::Key { .. } => pattern("[a-z][a-z0-9]{0,20}"),
        FieldType::Text { max_chars, .. } => {
            let any_text = prop_oneof![r#"[\[\]"\\;,:= a-zA-Zа-я0-9]{0,40}"#, "\\PC{0,40}"];
            // NFC makes some texts longer, so the bound is kept after it.
            text(
                any_text
                    .prop_map(move |text: String| {
                        let shown = |c: &char| !is_hidden(*c);
                        let text: String = text.chars().filter(shown).collect();
                        let text = ty.canonical(&text).unwrap();
                        let max = usize::try_from(*max_chars).unwrap();
                        text.chars().take(max).collect::<String>().trim().to_owned()
                    })
                    .boxed(),
            )
        }
        FieldType::Choice(words) => one(words),
        FieldType::Set(words) => subsequence(words.to_vec(), 0..=words.len())
            .prop_map(|mut words| {
                words.sort_unstable();
                Value::List(words.into_iter().map(Value::from).collect())
            })
            .boxed(),
        FieldType::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        FieldType::Integer { min, max } => (*min..=*max).prop_map(Value::Integer).boxed(),
        FieldType::Town => (1..=i64::from(u32::MAX)).prop_map(Value::Integer).boxed(),
        FieldType::Date => pattern("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
        FieldType::Clock => pattern("(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]"),
        FieldType::Instant => {
            pattern("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T1[0-9]:00:00(Z|\\+02:00)")
        }
        FieldType::Country => one(&["EE", "FI", "GE", "KZ"]),
        FieldType::Region => one(&["EE-45", "FI-18", "DE-BE"]),
        FieldType::Area => one(&["EE", "FI-18", "EU", "COE"]),
        FieldType::TimeZone => one(&["Europe/Tallinn", "Asia/Tbilisi", "UTC"]),
        FieldType::Language => text(tag().boxed()),
        FieldType::Money => pattern("(0|[1-9][0-9]{0,5})(\\.[0-9]{1,2})?"),
        FieldType::Currency => one(&["EUR", "GEL"]),
        FieldType::Phone => pattern("\\+[1-9][0-9]{6,14}"),
        FieldType::Url => pattern("https?://[a-z]{1,9}\\.example(/[a-z;,:=\\[\\]]{0,9})?"),
        FieldType::Email => pattern("[a-z]{1,9}@[a-z]{1,9}\\.example"),
        FieldType::OpeningHours => one(&["24/7", "Mo-Fr 09:00-17:00; PH off", "Sa \"by call\""]),
        FieldType::Center | FieldType::Digest => pattern("[0-9a-f]{64}"),
        FieldType::RecordRef => any::<[u8; 16]>()
            .prop_map(|bytes| crate::RecordId::from_random(bytes).to_string().into())
            .boxed(),
        FieldType::NodeAddress => one(&["192.0.2.7:7443", "[2001:db8::1]:443"]),
        FieldType::Bytes64 { .. } => pattern("([A-Za-z0-9+/]{4}){1,9}"),
        FieldType::Languages => btree_map(tag(), select(FieldType::LEVELS), 0..5)
            .prop_map(|map| {
                Value::Map(map.into_iter().map(|(tag, level)| (tag, level.into())).collect())
            })
            .boxed(),
        FieldType::Nights { .. } => btree_map("2026-1[0-2]-(0[1-9]|2[0-8])", 0..=255_i64, 0..9)
            .prop_map(|map| {
                Value::Map(map.into_iter().map(|(night, free)| (night, free.into())).collect())
            })
            .boxed(),
        FieldType::List { of, .. } => vec(full(of), 0..4).prop_map(Value::List).boxed(),
        FieldType::PerLanguage { of, .. } => {
            btree_map(tag(), full(of), 0..4).prop_map(Value::Map).boxed()
        }
        FieldType::Body { .. } => {
            static LINES: FieldType = FieldType::Text { max_chars: 900, lint: false, lines: true };
            btree_map(tag(), full(&LINES), 0..4).prop_map(Value::Map).boxed()
        }
        FieldType::Struct(fields) => fields
            .iter()
            .fold(Just(BTreeMap::new()).boxed(), |map, field| {
                let value = full(&field.ty);
                let value = if field.required {
                    value.prop_map(Some).boxed()
                } else {
                    option::of(value).boxed()
                };
                (map, value)
                    .prop_map(|(mut map, value)| {
                        map.extend(value.map(|value| (field.name.to_owned(), value)));
                        map
                    })
                    .boxed()
            })
            .prop_map(Value::Map)
            .boxed(),
    }
}

/// Valid values that say something: within others, empty ones are dropped.
fn full(ty: &'static FieldType) -> BoxedStrategy<Value> {
    valid(ty)
        .prop_filter("says nothing", |value| match value {
            Value::Text(text) => !text.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Map(map) => !map.is_empty(),
            _ => true,
        })
        .boxed()
}

fn any_field_and_value() -> impl Strategy<Value = (&'static Field, Value)> {
    let fields: Vec<&'static Field> =
        Kind::ALL.into_iter().flat_map(|kind| schema(kind).fields).collect();
    select(fields).prop_flat_map(|field| (Just(field), valid(&field.ty)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_printed_is_read_again((field, value) in any_field_and_value()) {
        let printed = field.ty.print(&value);
        prop_assert_eq!(field.ty.parse(&printed), Ok(value), "{}: {}", field.name, printed);
    }

    #[test]
    fn any_cell_is_answered(
        names in btree_set(0..200_usize, 1..4),
        text in prop_oneof![r#"[\[\]"\\;,:=a-z0-9 -]{0,40}"#, "\\PC{0,40}"],
    ) {
        let fields: Vec<&Field> = Kind::ALL.into_iter().flat_map(|kind| schema(kind).fields).collect();
        for index in names {
            let ty = &fields[index % fields.len()].ty;
            if let Ok(value) = ty.parse(&text) {
                prop_assert_eq!(ty.parse(&ty.print(&value)), Ok(value));
            }
        }
    }
}
