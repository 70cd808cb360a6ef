#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const NARVA: u32 = 590_031;

fn first(name: &str, country: Option<&str>) -> Option<(u32, Likeness)> {
    find(name, country).first().map(|found| (found.town.id, found.likeness))
}

#[test]
fn a_town_is_found_by_its_names_in_every_script_and_case() {
    for (name, id, likeness) in [
        ("Narva", NARVA, Likeness::Name),
        ("Нарва", NARVA, Likeness::Name),
        ("NARVA", NARVA, Likeness::Name),
        ("Nаrvа", NARVA, Likeness::Name),
        ("Нарве", NARVA, Likeness::Alternate),
        ("ნარვა", NARVA, Likeness::Name),
        ("Нарвой", NARVA, Likeness::Sound),
        ("Narvas", NARVA, Likeness::Sound),
        ("Narvassa", NARVA, Likeness::Sound),
        ("Wilna", 593_116, Likeness::Alternate),
        ("Вильнюсе", 593_116, Likeness::Sound),
        ("თბილისი", 611_717, Likeness::Name),
        ("Երևան", 616_052, Likeness::Alternate),
        ("Санкт-Петербурге", 498_817, Likeness::Sound),
        ("Schukowski", 462_755, Likeness::Alternate),
        ("Tallinnas", 588_409, Likeness::Sound),
        ("Charkow", 706_483, Likeness::Alternate),
        ("Riia", 456_172, Likeness::Alternate),
    ] {
        assert_eq!(first(name, None), Some((id, likeness)), "{name}");
    }
    assert_eq!(first("no such town", None), None);
    assert_eq!(first(" — ", None), None);
    assert_eq!(first(&"Narva ".repeat(1000), None), None);
}

/// Each of these once became a town in another country.
#[test]
fn a_name_that_no_town_has_is_asked_back_and_not_guessed() {
    for (name, suggested) in [
        ("Tallinnas", "Tallinn"),
        ("Narvas", "Narva"),
        ("Нарвой", "Narva"),
        ("Narvassa", "Narva"),
        ("Kuressaares", ""),
        ("Xyzzy", ""),
    ] {
        let Meaning::Perhaps(towns) = meaning(name, None) else { panic!("{name} was guessed") };
        if !suggested.is_empty() {
            assert_eq!(towns.first().map(|town| town.name), Some(suggested), "{name}");
        }
        for town in &towns {
            let unlike = edits(&fold(town.name), &fold(name));
            assert!(unlike <= fold(name).len(), "{name}: {}", town.name);
        }
    }
    let Meaning::Towns(brest) = meaning("Brest", None) else { panic!("there are two") };
    assert_eq!(brest.iter().map(|town| town.country).collect::<Vec<_>>(), ["BY", "FR"]);
}

#[test]
fn a_small_place_is_itself_and_no_town_in_another_country() {
    for (name, country, id) in [
        ("Kuressaare", "EE", 590_939),
        ("Курессааре", "EE", 590_939),
        ("Rakvere", "EE", 589_165),
        ("Jõhvi", "EE", 591_893),
        ("Paide", "EE", 589_709),
        ("Sillamäe", "EE", 588_686),
        ("Sighnaghi", "GE", 611_902),
    ] {
        let Meaning::Small(places) = meaning(name, None) else {
            panic!("{name} is no small place")
        };
        let at = places.first().unwrap();
        assert_eq!((at.country, at.id), (country, id), "{name}");
        assert!((SMALLEST_PLACE..SMALLEST_TOWN).contains(&at.population), "{name}");
        assert_eq!(place(at.id).as_ref(), Some(at));
        assert_eq!(town(at.id), None, "a record may not name it");
        assert!(
            within(at, 400.0).len() > 3 && within(at, 400.0).iter().all(|(_, km)| *km <= 400.0)
        );
    }
    assert!(matches!(meaning("Narva", None), Meaning::Towns(towns) if towns.len() == 1));
    let Meaning::Small(valga) = meaning("Valga", Some("EE")) else { panic!("Valga") };
    assert_eq!(valga.len(), 1);
    assert!(SMALL.len() > 25_000 && SMALL.rows().all(|row| town(row.id()).is_none()));
}

#[test]
fn a_country_narrows_the_search() {
    assert!(find("Narva", Some("ee")).iter().all(|found| found.town.country == "EE"));
    assert_eq!(first("Narva", Some("FI")), None);
}

#[test]
fn among_namesakes_the_largest_comes_first() {
    let found = find("Frankfurt", Some("DE"));
    assert_eq!(found[0].town.id, 2_925_533);
    assert!(found.len() <= MOST_MATCHES);
}

#[test]
fn a_town_knows_where_it_is() {
    let narva = town(NARVA).unwrap();
    assert_eq!((narva.name, narva.cyrillic), ("Narva", Some("Нарва")));
    assert_eq!((narva.country, narva.time_zone), ("EE", "Europe/Tallinn"));
    assert_eq!((narva.latitude, narva.longitude), (59.37722, 28.19028));
    assert_eq!(town(0), None);
    assert_eq!(town(u32::MAX), None);
}

#[test]
fn neighbors_are_the_nearest_first() {
    let narva = town(NARVA).unwrap();
    let near = within(&narva, 200.0);
    assert_eq!(near[0], (narva, 0.0));
    assert!(near.is_sorted_by(|(_, a), (_, b)| a <= b));
    assert!(near.iter().any(|(town, _)| town.name == "Tartu"));
    assert!(near.iter().all(|(town, _)| town.name != "Riga"));
    assert_eq!(within(&narva, -1.0), []);
    assert_eq!(within(&narva, f64::NAN), []);
}

#[test]
fn a_place_snaps_to_a_town_that_an_offer_may_name() {
    let (town, km) = snap(59.40, 28.05).unwrap();
    assert_eq!(town.id, NARVA);
    assert!((7.0..10.0).contains(&km), "{km}");
    for (latitude, longitude) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0)] {
        assert_eq!(snap(latitude, longitude), None);
    }
}

#[test]
fn every_town_is_whole() {
    assert!(count() > 8_000);
    let mut last = 0;
    for town in TABLE.rows().map(|row| row.town()) {
        assert!(town.id > last, "{town:?}");
        last = town.id;
        assert!(!town.name.is_empty() && crate::country::is_country(town.country), "{town:?}");
        assert!(town.population >= SMALLEST_TOWN, "{town:?}");
        assert!(jiff::tz::TimeZone::get(town.time_zone).is_ok(), "{town:?}");
    }
}

/// The file is made with the folding of its day. Whoever changes the folding must make it anew.
#[test]
fn the_file_fits_the_present_folding() {
    let mut expected: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for row in TABLE.rows() {
        assert_eq!(row.folded_names().next(), Some(fold(row.town().name).as_str()));
        for name in row.folded_names() {
            assert_eq!(fold(name), name, "run cargo xtask gazetteer");
            expected.entry(layout::hash(Index::Folded, name)).or_default().insert(row.id());
            for sound in name_sounds(name) {
                expected.entry(layout::hash(Index::Sound, &sound)).or_default().insert(row.id());
            }
        }
    }
    for (hash, towns) in &expected {
        let found: BTreeSet<u32> = TABLE.candidates(*hash).map(|row| row.id()).collect();
        assert_eq!(&found, towns, "run cargo xtask gazetteer");
    }
    assert_eq!(expected.values().map(BTreeSet::len).sum::<usize>(), TABLE.entries());
}

#[test]
fn a_damaged_file_is_an_empty_table() {
    assert_eq!(Table::of(b"").map(|table| table.len()), None);
    assert_eq!(Table::of(b"hospgaz1\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0").map(|_| ()), None);
    assert_eq!(Table::of(b"hospgaz1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0").map(|t| t.len()), Some(0));
}

proptest! {
    #[test]
    fn any_name_is_looked_up_without_a_panic(name in "\\PC{0,60}", country in "\\PC{0,3}") {
        prop_assert!(find(&name, Some(&country)).len() <= MOST_MATCHES);
        prop_assert!(find(&name, None).len() <= MOST_MATCHES);
    }

    #[test]
    fn within_finds_what_a_full_scan_finds(start in 0_usize..8_000, km in 0.0..600.0_f64) {
        let center = TABLE.rows().nth(start).unwrap().town();
        let mut expected: Vec<u32> = TABLE
            .rows()
            .filter(|row| center.distance(row.latitude(), row.longitude()) <= km)
            .map(|row| row.id())
            .collect();
        let mut found: Vec<u32> = within(&center, km).iter().map(|(town, _)| town.id).collect();
        expected.sort_unstable();
        found.sort_unstable();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn snap_finds_the_nearest(latitude in -90.0..=90.0_f64, longitude in -180.0..=180.0_f64) {
        let (_, km) = snap(latitude, longitude).unwrap();
        let nearest = TABLE
            .rows()
            .filter(|row| row.population() >= OFFER_TOWN)
            .map(|row| row.town().distance(latitude, longitude))
            .fold(f64::INFINITY, f64::min);
        prop_assert!((km - nearest).abs() < 1e-6, "{km} {nearest}");
    }
}
