//! Made-up host offers.

use hospes_domain::gazetteer::Town;
use hospes_domain::{Fields, Timestamp, Value};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::notes;
use super::places::{Around, DemoCenter, region};
use super::random::SplitMix;
use super::sheet::Sheet;

/// Most nights of a made-up calendar.
const LONGEST_CALENDAR: i64 = 42;

/// Host offers around a center, each with the name under which it is imported.
///
/// The same arguments make the same offers. Attribute frequencies are invented; what they have to
/// do is give every search some hits and some misses.
pub fn offers(
    seed: u64,
    count: usize,
    center: DemoCenter,
    now: Timestamp,
) -> Vec<(String, Fields)> {
    let around = Around::of(center);
    (0..count)
        .map(|number| {
            // A sequence per offer: offer 17 is the same in a list of 20 and in one of 2,000.
            let place = number as u64;
            let salt = place.wrapping_mul(0x9e6c_63d0_876a_68de).wrapping_add(center as u64);
            let mut offer =
                Offer { random: SplitMix::new(seed ^ salt), now, sheet: Sheet::default() };
            offer.fill(&around);
            (format!("offer-{number:05}"), offer.sheet.into_fields())
        })
        .collect()
}

struct Offer {
    random: SplitMix,
    now: Timestamp,
    sheet: Sheet,
}

impl Offer {
    fn fill(&mut self, around: &Around) {
        let Some(town) = around.draw(&mut self.random) else { return };
        self.place(&town);
        let sleeps = self.beds();
        self.guests(sleeps);
        self.house();
        self.languages(town.country);
        self.times();
        self.money(town.country);
        self.vetting();
        let zone = TimeZone::get(town.time_zone).unwrap_or(TimeZone::UTC);
        self.confirmation(&zone);
        let status = self.status(&zone);
        self.calendar(sleeps, status, &zone);
        let (language, note) = notes::note(&mut self.random);
        self.sheet.put("note", note);
        self.sheet.put("note_language", language);
    }

    fn choose(&mut self, field: &str, choices: &[(&'static str, u64)]) -> &'static str {
        let chosen = self.random.weighted(choices).unwrap_or_default();
        self.sheet.put(field, chosen);
        chosen
    }

    fn choose_some(&mut self, field: &str, choices: &[(&'static str, u64)]) {
        let chosen = self.random.some(choices);
        self.sheet.put_set(field, chosen);
    }

    fn place(&mut self, town: &Town) {
        self.sheet.put("country", town.country);
        if let Some(region) = region(town) {
            self.sheet.put("region", region);
        }
        self.sheet.put("near_town", i64::from(town.id));
        self.sheet.put("time_zone", town.time_zone);
        let bands = [("<=15", 45), ("15-30", 30), ("30-60", 16), ("60-120", 7), (">120", 2)];
        self.choose("travel_band", &bands);
    }

    fn beds(&mut self) -> i64 {
        let place_type = self.choose(
            "place_type",
            &[
                ("private_room", 46),
                ("sofa", 18),
                ("shared_room", 10),
                ("whole_flat", 14),
                ("whole_house", 6),
                ("dormitory", 4),
                ("community_center", 2),
            ],
        );
        let (low, high, most_parties) = match place_type {
            "sofa" => (1, 2, 1),
            "private_room" | "shared_room" => (1, 3, 1),
            "whole_flat" => (2, 5, 2),
            "whole_house" => (3, 8, 3),
            "dormitory" => (6, 20, 8),
            _ => (10, 40, 15),
        };
        let sleeps = self.random.between(low, high);
        self.sheet.put("sleeps", sleeps);
        let parties = self.random.between(1, most_parties);
        self.sheet.put("max_parties", parties.min(sleeps));
        sleeps
    }

    fn guests(&mut self, sleeps: i64) {
        let women_only = self.random.chance(9);
        self.sheet.put("women_only", women_only);
        let family = sleeps >= 2 && self.random.chance(60);
        let mut parties = Vec::new();
        if !women_only {
            parties.extend(self.random.some(&[("single_man", 70)]));
            if sleeps >= 2 {
                parties.extend(self.random.some(&[("couple", 75)]));
            }
            if sleeps >= 3 {
                parties.extend(self.random.some(&[("several_adults", 45)]));
            }
        }
        if women_only || parties.is_empty() || self.random.chance(80) {
            parties.push("single_woman");
        }
        if family {
            parties.push("family_with_children");
            self.choose_some(
                "child_ages_ok",
                &[("0-2", 50), ("3-5", 75), ("6-12", 90), ("13-17", 80)],
            );
            let cot = self.random.chance(30);
            self.sheet.put("cot", cot);
        }
        self.sheet.put_set("party_accepts", parties);
        let pets = [("dog", 22), ("cat", 26), ("small_caged", 30), ("assistance_dog", 40)];
        self.choose_some("pets_ok", &pets);
        self.choose_some("animals_present", &[("dog", 15), ("cat", 20), ("small_caged", 3)]);
    }

    fn house(&mut self) {
        let steps = [("all", 14), ("some", 18), ("none", 48), ("unknown", 20)];
        self.choose("step_free", &steps);
        if self.random.chance(55) {
            let lift = self.random.chance(50);
            self.sheet.put("lift", lift);
        }
        self.choose("bathroom", &[("shared", 72), ("private", 28)]);
        self.choose("household", &[("lives_in", 76), ("lives_elsewhere", 24)]);
        self.choose("smoking", &[("outside", 60), ("no", 34), ("yes", 6)]);
        self.choose("pickup", &[("no", 55), ("station", 35), ("town", 10)]);
    }

    fn languages(&mut self, country: &str) {
        let native: &[(&str, u64)] = match country {
            "EE" => &[("et", 58), ("ru", 42)],
            "FI" => &[("fi", 80), ("sv", 8), ("ru", 12)],
            "LV" => &[("lv", 62), ("ru", 38)],
            "LT" => &[("lt", 82), ("ru", 10), ("pl", 8)],
            "PL" => &[("pl", 86), ("uk", 9), ("be", 5)],
            "GE" => &[("ka", 78), ("ru", 12), ("hy", 10)],
            "AM" => &[("hy", 86), ("ru", 14)],
            "TR" => &[("tr", 80), ("ru", 12), ("ku", 8)],
            _ => &[("kk", 55), ("ru", 45)],
        };
        let mut spoken = Vec::new();
        spoken.extend(self.random.weighted(native).map(|tag| (tag, "native")));
        for (tag, percent) in [("en", 62), ("ru", 46), ("uk", 12), ("de", 9), ("fr", 4)] {
            let level = [("fluent", 55), ("basic", 45)];
            if self.random.chance(percent)
                && spoken.iter().all(|(known, _)| *known != tag)
                && let Some(level) = self.random.weighted(&level)
            {
                spoken.push((tag, level));
            }
        }
        self.sheet.put_map("languages", spoken);
    }

    fn times(&mut self) {
        let notices = [("now", 12), ("4h", 25), ("24h", 38), ("48h", 17), ("week", 8)];
        let notice = self.choose("notice", &notices);
        let hour = self.random.between(20, 23);
        let minute = if self.random.chance(50) { 0 } else { 30 };
        let calls = self.random.chance(if notice == "now" { 80 } else { 12 });
        // Who takes guests at once and answers at night opens the door at any hour.
        if !(notice == "now" && calls) {
            self.sheet.put("latest_arrival", format!("{hour:02}:{minute:02}"));
        }
        self.sheet.put("night_calls_ok", calls);
        let least = self.random.weighted(&[(1, 70), (2, 14), (3, 10), (7, 6)]).unwrap_or(1);
        self.sheet.put("min_nights", least);
        let most = [(7, 20), (14, 30), (30, 28), (60, 12), (90, 7), (180, 3)];
        let most = self.random.weighted(&most).unwrap_or(14);
        self.sheet.put("max_nights", most);
    }

    fn money(&mut self, country: &str) {
        let cost = self.choose("cost", &[("free", 82), ("contribution", 13), ("rent", 5)]);
        if cost != "free" {
            let euros = if cost == "rent" { (8, 25) } else { (2, 7) };
            let euros = self.random.between(euros.0, euros.1);
            let (currency, rate) = match country {
                "PL" => ("PLN", 4),
                "GE" => ("GEL", 3),
                "AM" => ("AMD", 400),
                "TR" => ("TRY", 45),
                "KZ" => ("KZT", 550),
                _ => ("EUR", 1),
            };
            self.sheet.put("amount", format!("{}.00", euros * rate));
            self.sheet.put("currency", currency);
        }
        self.choose("address_registration", &[("yes", 24), ("no", 46), ("unknown", 30)]);
    }

    fn vetting(&mut self) {
        let levels = [("home_visit", 52), ("video", 22), ("phone", 18), ("none", 8)];
        if self.choose("vetting", &levels) != "none" {
            let days = self.random.between(5, 700);
            let on = self.day(&TimeZone::UTC, -days);
            self.sheet.put("vetted_on", on);
            let references = self.random.weighted(&[(0, 25), (1, 30), (2, 35), (3, 10)]);
            self.sheet.put("vetting_references", references.unwrap_or(0));
        }
    }

    fn confirmation(&mut self, zone: &TimeZone) {
        // One offer in eight is stale, and a few have been forgotten.
        let ages = [((0, 2), 40), ((3, 13), 46), ((14, 27), 11), ((31, 60), 3)];
        let (low, high) = self.random.weighted(&ages).unwrap_or((0, 2));
        let minutes = self.random.between(low * 1_440, high * 1_440);
        let confirmed = self.now.plus(-minutes * 60 * Timestamp::SECOND);
        self.sheet.put("confirmed_at", confirmed.to_string());
        let ways = [("host_call", 55), ("host_form", 38), ("steward_guess", 7)];
        self.choose("confirmed_by", &ways);
        self.sheet.put("expires_on", date(confirmed, zone, 30));
    }

    fn status(&mut self, zone: &TimeZone) -> &'static str {
        let statuses = [("active", 87), ("paused", 6), ("full", 6), ("withdrawn", 1)];
        let status = self.choose("status", &statuses);
        if status == "paused" {
            let days = self.random.between(4, 40);
            let until = self.day(zone, days);
            self.sheet.put("paused_until", until);
        }
        status
    }

    /// Runs of nights with the same number of free places, as stays come and go.
    fn calendar(&mut self, sleeps: i64, status: &str, zone: &TimeZone) {
        let nights = self.random.between(7, LONGEST_CALENDAR);
        let mut calendar = Vec::new();
        let mut night = 0;
        while night < nights {
            let run = self.random.between(2, 9);
            let free = if status == "full" || status == "withdrawn" || self.random.chance(25) {
                0
            } else {
                self.random.between((sleeps + 1) / 2, sleeps)
            };
            for day in night..nights.min(night + run) {
                calendar.push((self.day(zone, day), Value::from(free)));
            }
            night += run;
        }
        self.sheet.put("calendar", Value::Map(calendar.into_iter().collect()));
    }

    fn day(&self, zone: &TimeZone, days: i64) -> String {
        date(self.now, zone, days)
    }
}

/// The date so many days from an instant, where the place is.
fn date(instant: Timestamp, zone: &TimeZone, days: i64) -> String {
    let instant = instant.plus(days * Timestamp::DAY);
    jiff::Timestamp::from_millisecond(instant.0)
        .map_or(Date::ZERO, |instant| instant.to_zoned(zone.clone()).date())
        .to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use hospes_domain::Kind;
    use hospes_domain::freshness::{self, Freshness};
    use hospes_domain::schema::schema;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T19:40:00Z".parse().unwrap()
    }

    fn text<'f>(fields: &'f Fields, name: &str) -> &'f str {
        fields.get(name).and_then(Value::as_text).unwrap_or_default()
    }

    #[test]
    fn every_offer_passes_the_strict_check_and_the_lint() {
        for center in DemoCenter::ALL {
            for (name, fields) in offers(7, 1_500, center, now()) {
                let found = schema(Kind::Offer).check(&fields);
                assert!(found.is_empty(), "{center:?} {name}: {found:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_offers_and_another_seed_others() {
        let some = offers(7, 40, DemoCenter::Narva, now());
        assert_eq!(some, offers(7, 400, DemoCenter::Narva, now())[..40]);
        assert_ne!(some, offers(8, 40, DemoCenter::Narva, now()));
        assert_ne!(some, offers(7, 40, DemoCenter::Riga, now()));
    }

    #[test]
    fn every_field_of_the_schema_is_used_by_some_offer() {
        let used: BTreeSet<String> = offers(7, 500, DemoCenter::Tbilisi, now())
            .into_iter()
            .flat_map(|(_, fields)| fields.into_keys())
            .collect();
        for field in schema(Kind::Offer).fields {
            assert!(used.contains(field.name), "{} is in no offer", field.name);
        }
    }

    #[test]
    fn notes_say_that_they_are_fictional_and_have_60_to_200_characters() {
        for (name, fields) in offers(11, 2_000, DemoCenter::Riga, now()) {
            let note = text(&fields, "note");
            let word = match text(&fields, "note_language") {
                "en" => "fictional",
                "ru" => "вымышлен",
                "uk" => "вигадан",
                other => panic!("{name} is in {other:?}"),
            };
            assert!(note.contains(word), "{note}");
            assert!((60..=200).contains(&note.chars().count()), "{note}");
        }
    }

    #[test]
    fn most_offers_are_fresh_some_are_stale_and_a_few_are_hidden() {
        let offers = offers(7, 2_000, DemoCenter::Narva, now());
        let count = |wanted: Freshness| {
            let of = |fields: &Fields| freshness::of(Kind::Offer, fields, now());
            offers.iter().filter(|(_, fields)| of(fields) == wanted).count()
        };
        assert!(count(Freshness::Fresh) > 1_500, "{}", count(Freshness::Fresh));
        assert!((100..400).contains(&count(Freshness::Stale)), "{}", count(Freshness::Stale));
        assert!((20..120).contains(&count(Freshness::Hidden)), "{}", count(Freshness::Hidden));
        assert_eq!(count(Freshness::Expired), 0);
        let paused = offers.iter().filter(|(_, fields)| text(fields, "status") == "paused");
        assert!((60..200).contains(&paused.count()));
    }
}
