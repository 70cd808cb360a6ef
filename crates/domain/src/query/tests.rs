#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::index::entry;
use crate::{Fields, Timestamp, Value, freshness};

const TOWNS: &[i64] = &[590_031, 588_409, 588_335, 456_172, 658_225, 1];
const NOW: &str = "2026-11-23T16:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn list(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| Value::from(*word)).collect())
}

/// An offer in Narva, free for two on the nights from the 23rd to the 25th.
fn offer(changes: &[(&str, Value)]) -> Fields {
    let nights = (0..3).map(|day| (date("2026-11-23") + day.days()).to_string());
    let calendar = nights.map(|night| (night, Value::from(2))).collect();
    let mut fields = Fields::from([
        ("country".to_owned(), "EE".into()),
        ("near_town".to_owned(), 590_031.into()),
        ("time_zone".to_owned(), "Europe/Tallinn".into()),
        ("sleeps".to_owned(), 2.into()),
        ("status".to_owned(), "active".into()),
        ("confirmed_at".to_owned(), "2026-11-20T12:00:00Z".into()),
        ("calendar".to_owned(), Value::Map(calendar)),
        ("note".to_owned(), "Тихая комната у моря".into()),
    ]);
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    fields
}

fn check(query: &Query, changes: &[(&str, Value)], expected: bool) {
    let found = query.matches(Kind::Offer, &offer(changes), now()).is_some();
    assert_eq!(found, expected, "{query:?} {changes:?}");
}

fn nights(first: &str, count: u16) -> Query {
    Query { nights: Some(Nights { first: date(first), count }), ..Query::default() }
}

#[test]
fn every_night_needs_a_place_for_everybody() {
    let two = Party { adults: 2, children: vec![] };
    for (first, count, party, expected) in [
        ("2026-11-23", 3, Party::default(), true),
        ("2026-11-23", 3, two.clone(), true),
        ("2026-11-24", 2, two.clone(), true),
        ("2026-11-23", 4, two, false),
        ("2026-11-25", 1, Party { adults: 3, children: vec![] }, false),
        ("2026-11-22", 1, Party::default(), false),
        ("9999-12-31", 1, Party::default(), false),
    ] {
        check(&Query { party, ..nights(first, count) }, &[], expected);
    }
    let full = BTreeMap::from([("2026-11-24".to_owned(), Value::from(0))]);
    check(&nights("2026-11-24", 1), &[("calendar", Value::Map(full))], false);
}

#[test]
fn the_length_of_the_stay_must_suit_the_host() {
    check(&nights("2026-11-23", 1), &[("min_nights", 2.into())], false);
    check(&nights("2026-11-23", 2), &[("min_nights", 2.into())], true);
    check(&nights("2026-11-23", 3), &[("max_nights", 2.into())], false);
    check(&nights("2026-11-23", 2), &[("max_nights", 2.into())], true);
}

#[test]
fn a_host_must_be_asked_in_time() {
    // It is 18:00 in Narva.
    for (first, notice, latest, expected) in [
        ("2026-11-23", "now", "18:00", true),
        ("2026-11-23", "now", "17:59", false),
        ("2026-11-23", "4h", "22:00", true),
        ("2026-11-23", "4h", "21:59", false),
        ("2026-11-23", "4h", "02:00", true),
        ("2026-11-23", "24h", "22:00", false),
        ("2026-11-24", "24h", "18:00", true),
        ("2026-11-24", "48h", "22:00", false),
        ("2026-11-25", "48h", "22:00", true),
        ("2026-11-25", "week", "22:00", false),
    ] {
        let changes = [("notice", notice.into()), ("latest_arrival", latest.into())];
        check(&nights(first, 1), &changes, expected);
    }
    check(&nights("2026-11-23", 1), &[("notice", "4h".into())], true);
    check(&nights("2026-11-23", 1), &[("notice", "24h".into())], false);
}

#[test]
fn at_night_a_bed_is_free_until_the_morning_unless_the_host_says_otherwise() {
    let query = nights("2026-11-23", 1);
    for (local, latest, notice, expected) in [
        ("2026-11-23T22:54", "", "now", true),
        ("2026-11-24T00:00", "", "now", true),
        ("2026-11-24T02:10", "", "now", true),
        ("2026-11-24T05:59", "", "now", true),
        ("2026-11-24T06:01", "", "now", false),
        ("2026-11-24T02:10", "", "4h", false),
        ("2026-11-24T02:10", "23:00", "now", false),
        ("2026-11-23T22:54", "23:00", "now", true),
        ("2026-11-24T02:10", "05:00", "now", true),
        ("2026-11-24T05:10", "05:00", "now", false),
    ] {
        let now = format!("{local}:00+02:00").parse().unwrap();
        // Also where the offer does not name its zone: the town has one.
        for zone in ["Europe/Tallinn", ""] {
            let mut fields = offer(&[("notice", notice.into())]);
            for (name, value) in [("latest_arrival", latest), ("time_zone", zone)] {
                fields.remove(name);
                if !value.is_empty() {
                    fields.insert(name.to_owned(), value.into());
                }
            }
            let found = query.matches(Kind::Offer, &fields, now).is_some();
            assert_eq!(found, expected, "{local} {latest:?} {notice} {zone:?}");
        }
    }
}

#[test]
fn what_is_old_or_closed_is_left_out() {
    let query = Query::default();
    check(&query, &[], true);
    for status in ["paused", "full", "withdrawn"] {
        check(&query, &[("status", status.into())], false);
        let facets = BTreeMap::from([("status".to_owned(), vec![status.to_owned()])]);
        check(&Query { facets, ..Query::default() }, &[("status", status.into())], true);
    }
    for (until, expected) in [("2026-11-23", true), ("2026-11-24", false), ("soon", false)] {
        let paused = [("status", "paused".into()), ("paused_until", until.into())];
        check(&query, &paused, expected);
        let facets = BTreeMap::from([("status".to_owned(), vec!["paused".to_owned()])]);
        check(&Query { facets, ..Query::default() }, &paused, true);
    }
    let stale = Query { include_stale: true, ..Query::default() };
    for (confirmed, expected) in [("2026-10-24T16:00:01Z", true), ("2026-10-24T16:00:00Z", false)] {
        check(&query, &[("confirmed_at", confirmed.into())], expected);
        check(&stale, &[("confirmed_at", confirmed.into())], true);
    }
    check(&query, &[("expires_on", "2026-11-22".into())], false);
    check(&stale, &[("expires_on", "2026-11-22".into())], true);

    let bulletin = |expires: &str| {
        Fields::from([
            ("status".to_owned(), "actual".into()),
            ("sent".to_owned(), "2026-11-20T12:00:00Z".into()),
            ("expires".to_owned(), expires.into()),
        ])
    };
    for query in [&query, &stale] {
        let found = |expires| query.matches(Kind::Bulletin, &bulletin(expires), now()).is_some();
        assert!(found("2026-11-24T00:00:00Z"));
        assert!(!found("2026-11-23T16:00:00Z"));
    }
}

#[test]
fn an_offer_that_says_nothing_of_women_only_is_for_all() {
    for (given, wanted, expected) in [
        (None, true, false),
        (None, false, true),
        (Some(true), true, true),
        (Some(true), false, false),
        (Some(false), false, true),
    ] {
        let changes: Vec<_> =
            given.map(|flag: bool| ("women_only", flag.into())).into_iter().collect();
        check(&Query { women_only: Some(wanted), ..Query::default() }, &changes, expected);
        let word = if wanted { "yes" } else { "no" };
        let facets = BTreeMap::from([("women_only".to_owned(), vec![word.to_owned()])]);
        check(&Query { facets, ..Query::default() }, &changes, expected);
    }
}

#[test]
fn a_notice_for_a_country_is_for_its_regions_too() {
    let query = |region: &str| Query { region: Some(region.to_owned()), ..Query::default() };
    for (area, region, expected) in [
        ("EE", "EE-45", true),
        ("EE-45", "EE-45", true),
        ("EE-37", "EE-45", false),
        ("LV", "EE-45", false),
    ] {
        let service = Fields::from([
            ("status".to_owned(), "active".into()),
            ("service_areas".to_owned(), list(&[area])),
        ]);
        let found = query(region).matches(Kind::Service, &service, now()).is_some();
        assert_eq!(found, expected, "{area} {region}");
    }
    // A host in an unnamed part of the country is not known to be in the region.
    check(&query("EE-45"), &[], false);
}

#[test]
fn closer_words_then_nearer_towns_then_newer_confirmations_come_first() {
    let query = |text: &str| Query {
        text: text.to_owned(),
        near: Some(Near { town: 590_031, km: 300 }),
        ..Query::default()
    };
    let rank = |text: &str, changes: &[(&str, Value)]| {
        query(text).matches(Kind::Offer, &offer(changes), now()).unwrap()
    };
    let here = rank("комната", &[]);
    assert!(here < rank("комнаты", &[]));
    assert!(rank("комнаты", &[]) < rank("Комнатассах", &[]));
    assert!(here < rank("комната", &[("near_town", 588_409.into())]));
    assert!(rank("комната", &[("near_town", 588_409.into())]) < rank("комнаты", &[]));
    // Confirmed in two years it is as if nobody ever had.
    assert!(here < rank("комната", &[("confirmed_at", "2028-11-19T12:00:00Z".into())]));
    assert!(here < rank("комната", &[("confirmed_at", "2026-11-19T12:00:00Z".into())]));
    assert_eq!(query("дворец").matches(Kind::Offer, &offer(&[]), now()), None);
    assert_eq!(
        query("").matches(Kind::Offer, &offer(&[("near_town", 524_901.into())]), now()),
        None
    );
}

#[test]
fn a_town_that_does_not_exist_is_near_nothing() {
    let query = Query { near: Some(Near { town: 1, km: 500 }), ..Query::default() };
    assert!(query.terms().contains(&Vec::new()));
    check(&query, &[("near_town", 1.into())], false);
}

fn words(all: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(all, 0..=all.len()).prop_map(|words| list(&words))
}

fn any_offer() -> impl Strategy<Value = Fields> {
    let maybe = |value: BoxedStrategy<Value>| proptest::option::weighted(0.8, value);
    let text = |words: &'static [&'static str]| select(words).prop_map(Value::from).boxed();
    let fields: Vec<(&str, BoxedStrategy<Value>)> = vec![
        ("country", text(&["EE", "LV", "FI"])),
        ("region", text(&["EE-45", "EE-37", "LV-001"])),
        ("near_town", select(TOWNS).prop_map(Value::from).boxed()),
        ("place_type", text(&["sofa", "whole_flat"])),
        ("sleeps", (1..=30_i64).prop_map(Value::from).boxed()),
        ("party_accepts", words(PartyType::NAMES).boxed()),
        ("child_ages_ok", words(AgeBand::NAMES).boxed()),
        ("pets_ok", words(Animal::NAMES).boxed()),
        ("women_only", any::<bool>().prop_map(Value::from).boxed()),
        ("step_free", text(&["all", "some", "none", "unknown"])),
        ("status", text(&["active", "active", "active", "paused", "full"])),
        (
            "languages",
            subsequence(&["ru", "uk-UA", "en", "zh-Hant"], 0..=4)
                .prop_map(|tags| {
                    let level = |tag: &str| (tag.to_owned(), Value::from("fluent"));
                    Value::Map(tags.into_iter().map(level).collect())
                })
                .boxed(),
        ),
    ];
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| maybe(value).prop_map(move |value| (name.to_owned(), value)))
        .collect();
    fields.prop_map(|fields| {
        let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.chain([("confirmed_at".to_owned(), NOW.into())]).collect()
    })
}

fn any_query() -> impl Strategy<Value = Query> {
    let rare = 0.25;
    let maybe = move |words: &'static [&'static str]| {
        proptest::option::weighted(rare, select(words).prop_map(str::to_owned))
    };
    let places = (
        proptest::option::weighted(rare, select(&Kind::ALL[..2])),
        maybe(&["EE", "LV", "DE"]),
        maybe(&["EE-45", "LV-001", "EE"]),
        proptest::option::weighted(
            rare,
            (select(TOWNS), 1..=500_u32)
                .prop_map(|(town, km)| Near { town: town.try_into().unwrap(), km }),
        ),
    );
    let party = (
        0..=20_u8,
        subsequence(AgeBand::ALL, 0..=1),
        proptest::option::weighted(rare, select(PartyType::ALL)),
        subsequence(Animal::ALL, 0..=1),
        proptest::bool::weighted(rare),
        proptest::option::weighted(rare, any::<bool>()),
    );
    let choices = (
        subsequence(&["ru", "uk", "zh", "de"], 0..=2),
        proptest::collection::btree_map(
            select(&["place_type", "status", "step_free", "women_only", "note"][..]),
            subsequence(&["sofa", "whole_flat", "active", "paused", "all", "yes", "no"], 0..=4),
            0..=1,
        ),
    );
    (places, party, choices).prop_map(|(places, party, (languages, facets))| {
        let (kind, country, region, near) = places;
        let (adults, children, party_type, pets, step_free, women_only) = party;
        // Parties of every size, but small ones more often, or nothing would match.
        let adults = adults.saturating_sub(10 + u8::try_from(children.len()).unwrap());
        Query {
            kind,
            country,
            region,
            near,
            party: Party { adults, children },
            party_type,
            pets,
            step_free,
            women_only,
            languages: languages.into_iter().map(str::to_owned).collect(),
            facets: facets
                .into_iter()
                .map(|(field, values)| {
                    (field.to_owned(), values.into_iter().map(str::to_owned).collect())
                })
                .collect(),
            ..Query::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_terms_hold_exactly_when_the_record_matches(offer in any_offer(), query in any_query()) {
        let facets = entry(Kind::Offer, &offer).facets;
        let hold = query.terms().iter().all(|any| any.iter().any(|term| facets.contains(term)));
        prop_assert_eq!(hold, query.matches(Kind::Offer, &offer, now()).is_some());
    }

    #[test]
    fn words_are_found_in_the_index_exactly_when_the_record_matches(
        note in "(комната|тихая|Narva|юрист|море|ж){0,3}( [a-zа-я]{1,8}){0,3}",
        text in "(комнаты|Нарве|юристом|moria|нет){1}( [a-z]{1,3})?",
    ) {
        let offer = offer(&[("note", note.into())]);
        let query = Query { text, ..Query::default() };
        let entry = entry(Kind::Offer, &offer);
        let all: Vec<&str> = entry.title.split(' ').chain(entry.text.split(' ')).collect();
        let sounds: Vec<&str> = entry.sounds.split(' ').collect();
        let hold = query.words().iter().all(|word| {
            all.contains(&word.exact.as_str())
                || word.prefix.as_ref().is_some_and(|prefix| all.iter().any(|w| w.starts_with(prefix)))
                || word.sounds.iter().any(|sound| sounds.contains(&sound.as_str()))
        });
        prop_assert_eq!(hold, query.matches(Kind::Offer, &offer, now()).is_some());
    }

    #[test]
    fn what_an_index_knows_of_time_agrees_with_freshness(
        kind in select(&Kind::ALL[..]),
        confirmed in select(&["2026-11-23T16:00:00Z", "2027-11-23T16:00:00Z", "2026-10-01T00:00:00+02:00", "x"][..]),
        expires in proptest::option::of(select(&["2026-11-25", "2026-11-24T10:00:00Z", "2026-10-02", "y"][..])),
        days in -60..=60_i64,
    ) {
        let mut fields = Fields::from([
            ("confirmed_at".to_owned(), confirmed.into()),
            ("sent".to_owned(), confirmed.into()),
        ]);
        for name in ["expires", "expires_on"] {
            fields.extend(expires.map(|date| (name.to_owned(), date.into())));
        }
        let now = now().plus(days * Timestamp::DAY);
        let (from, until) = listed_between(kind, &fields);
        let listed = !freshness::of(kind, &fields, now).is_out_of_search();
        prop_assert_eq!(from <= now && now < until, listed);
    }

    #[test]
    fn any_record_is_matched_without_a_panic(
        texts in proptest::collection::btree_map("[a-z_]{1,12}|sleeps|calendar|confirmed_at|time_zone", "\\PC{0,20}", 0..6),
        text in "\\PC{0,40}",
        count in any::<u16>(),
    ) {
        let fields: Fields = texts.into_iter().map(|(name, text)| (name, text.into())).collect();
        let query = Query { text, ..nights("9999-12-30", count) };
        let _ = query.check();
        for kind in Kind::ALL {
            let _ = query.matches(kind, &fields, Timestamp(i64::MAX));
            let _ = entry(kind, &fields);
        }
    }
}
