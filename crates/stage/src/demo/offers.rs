//! Made-up host offers.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use hospes_domain::gazetteer::{self, OFFER_TOWN, Town};
use hospes_domain::schema::schema;
use hospes_domain::{Kind, Timestamp};
use jiff::tz::TimeZone;

use super::City;
use super::random::SplitMix;
use super::recipe::Recipe;

/// Kilometers around a center in which all its countries lie.
const REACH_KM: f64 = 4_500.0;

/// Fewest and most nights of a calendar, and of a run with the same number of free places in it.
const CALENDAR: [i64; 2] = [7, 42];
const RUN: [i64; 2] = [2, 9];

/// An offer as a row of a table: cells by the names of their fields.
pub(super) type Row = BTreeMap<&'static str, String>;

/// Host offers around a center. The same arguments make the same offers.
pub(super) fn offers(
    recipe: &Recipe,
    seed: u64,
    count: usize,
    city: City,
    now: Timestamp,
) -> Result<Vec<Row>> {
    let around = Around::of(recipe, city)?;
    let offer = |number: usize| {
        // A sequence per offer: offer 17 is the same in a list of 20 and in one of 2,000.
        let salt = (number as u64).wrapping_mul(0x9e6c_63d0_876a_68de).wrapping_add(city as u64);
        let mut random = SplitMix::new(seed ^ salt);
        let town = around.draw(&mut random).context("there is no town to draw")?;
        let zone = TimeZone::get(town.time_zone)?;
        let row = Row::from([("external_id", format!("offer-{number:05}"))]);
        Offer { recipe, random, now, zone, row }.filled(&town)
    };
    (0..count).map(offer).collect()
}

/// Writes a table that `hospes import offers` reads.
pub(super) fn write(path: &Path, offers: &[Row]) -> Result<()> {
    let failed = || format!("failed to write {}", path.display());
    let fields = schema(Kind::Offer).fields.iter().map(|field| field.name);
    let columns: Vec<&str> = ["external_id"].into_iter().chain(fields).collect();
    let mut table = csv::Writer::from_path(path).with_context(failed)?;
    table.write_record(&columns).with_context(failed)?;
    for offer in offers {
        let cells = columns.iter().map(|column| offer.get(column).map_or("", String::as_str));
        table.write_record(cells).with_context(failed)?;
    }
    table.flush().with_context(failed)
}

/// The towns around a center with the weights that they are drawn by, by country.
struct Around {
    countries: Vec<(u64, Vec<(Town, u64)>)>,
}

impl Around {
    fn of(recipe: &Recipe, city: City) -> Result<Self> {
        let home = recipe.home(city)?;
        let center = gazetteer::town(home.town).context("the center is in no town")?;
        let near: Vec<Town> = gazetteer::within(&center, REACH_KM)
            .into_iter()
            .map(|(town, _)| town)
            .filter(|town| town.population >= OFFER_TOWN)
            .filter(|town| !recipe.towns.out_of_reach.contains(&town.id))
            .collect();
        let of = |country: &str| {
            let towns = near.iter().filter(|town| town.country == country);
            towns.map(|town| (*town, u64::from(town.population))).collect()
        };
        let countries = home.countries.iter().map(|(country, share)| (*share, of(country)));
        Ok(Self { countries: countries.collect() })
    }

    /// A town: its country by share, then itself by the people who live there.
    fn draw(&self, random: &mut SplitMix) -> Option<Town> {
        let countries = self.countries.iter().map(|(share, towns)| (towns, *share));
        let towns = random.weighted(countries)?;
        random.weighted(towns.iter().copied())
    }
}

struct Offer<'r> {
    recipe: &'r Recipe,
    random: SplitMix,
    now: Timestamp,
    zone: TimeZone,
    row: Row,
}

impl<'r> Offer<'r> {
    fn filled(mut self, town: &Town) -> Result<Row> {
        self.place(town);
        self.one("travel_band")?;
        let sleeps = self.beds()?;
        self.guests(sleeps)?;
        for field in ["step_free", "bathroom", "household", "smoking", "pickup"] {
            self.one(field)?;
        }
        if self.random.chance(55) {
            self.flag("lift", 50);
        }
        self.languages(town.country)?;
        self.times()?;
        self.money(town.country)?;
        self.vetting()?;
        self.confirmation()?;
        let status = self.status()?;
        self.calendar(sleeps, status)?;
        self.note()?;
        Ok(self.row)
    }

    fn put(&mut self, field: &'static str, value: impl ToString) {
        self.row.insert(field, value.to_string());
    }

    fn one(&mut self, field: &'static str) -> Result<&'r str> {
        let word = self.random.word(self.recipe.one_of(field)?);
        self.put(field, word);
        Ok(word)
    }

    fn some(&mut self, field: &'static str) -> Result<()> {
        let words = self.random.some(self.recipe.some_of(field)?);
        self.put(field, words.join(";"));
        Ok(())
    }

    fn flag(&mut self, field: &'static str, percent: u64) -> bool {
        let yes = self.random.chance(percent);
        self.put(field, if yes { "yes" } else { "no" });
        yes
    }

    fn place(&mut self, town: &Town) {
        self.put("country", town.country);
        let regions = &self.recipe.towns.regions;
        if let Some((region, _)) = regions.iter().find(|(_, towns)| towns.contains(&town.id)) {
            self.put("region", region);
        }
        self.put("near_town", town.id);
        self.put("time_zone", town.time_zone);
    }

    fn beds(&mut self) -> Result<i64> {
        let places = self.recipe.place_type.iter();
        let drawn = self.random.weighted(places.map(|place| (place, place.1.weight)));
        let (place_type, beds) = drawn.context("there is no kind of place")?;
        let sleeps = self.random.between(beds.sleeps);
        let parties = self.random.between([1, beds.parties]);
        self.put("place_type", place_type);
        self.put("sleeps", sleeps);
        self.put("max_parties", parties.min(sleeps));
        Ok(sleeps)
    }

    fn guests(&mut self, sleeps: i64) -> Result<()> {
        const WOMAN: &str = "single_woman";
        const FAMILY: &str = "family_with_children";
        let women_only = self.flag("women_only", 9);
        let mut parties = Vec::new();
        for (party, guests) in &self.recipe.party_accepts {
            let fits =
                sleeps >= guests.beds && (!women_only || [WOMAN, FAMILY].contains(&&**party));
            if fits && self.random.chance(guests.percent) {
                parties.push(party.as_str());
            }
        }
        if !parties.contains(&WOMAN) && (women_only || parties.is_empty()) {
            parties.push(WOMAN);
        }
        if parties.contains(&FAMILY) {
            self.some("child_ages_ok")?;
            self.flag("cot", 30);
        }
        self.put("party_accepts", parties.join(";"));
        self.some("pets_ok")?;
        self.some("animals_present")
    }

    fn languages(&mut self, country: &str) -> Result<()> {
        let languages = &self.recipe.languages;
        let native = languages.native.get(country).context("a country without a language")?;
        let native = self.random.word(native);
        let mut spoken = vec![format!("{native}:native")];
        for further in self.random.some(&languages.further) {
            if further != native {
                spoken.push(format!("{further}:{}", self.random.word(&languages.levels)));
            }
        }
        self.put("languages", spoken.join(";"));
        Ok(())
    }

    fn times(&mut self) -> Result<()> {
        let at_once = self.one("notice")? == "now";
        let calls = self.flag("night_calls_ok", if at_once { 80 } else { 12 });
        // Who takes guests at once and answers at night opens the door at any hour.
        if !(at_once && calls) {
            let hour = self.random.between([20, 23]);
            let minute = if self.random.chance(50) { "00" } else { "30" };
            self.put("latest_arrival", format!("{hour}:{minute}"));
        }
        self.one("min_nights")?;
        self.one("max_nights")?;
        Ok(())
    }

    fn money(&mut self, country: &str) -> Result<()> {
        let money = &self.recipe.money;
        let euros = match self.one("cost")? {
            "rent" => Some(money.rent),
            "contribution" => Some(money.contribution),
            _ => None,
        };
        if let Some(euros) = euros {
            let other = money.instead_of_euros.get(country);
            let (currency, rate) = other.map_or(("EUR", 1), |other| (&other.currency, other.rate));
            let amount = self.random.between(euros) * rate;
            self.put("amount", format!("{amount}.00"));
            self.put("currency", currency);
        }
        self.one("address_registration").map(|_| ())
    }

    fn vetting(&mut self) -> Result<()> {
        if self.one("vetting")? != "none" {
            let days = self.random.between([5, 700]);
            let on = date(self.now, -days, &TimeZone::UTC)?;
            self.put("vetted_on", on);
            self.one("vetting_references")?;
        }
        Ok(())
    }

    fn confirmation(&mut self) -> Result<()> {
        let ages = self.recipe.confirmed.iter().map(|age| (age.days, age.weight));
        let days = self.random.weighted(ages).context("there is no age")?;
        let minutes = self.random.between(days.map(|days| days * 24 * 60));
        let confirmed = self.now.plus(-minutes * 60 * Timestamp::SECOND);
        self.put("confirmed_at", confirmed);
        self.put("expires_on", date(confirmed, 30, &self.zone)?);
        self.one("confirmed_by").map(|_| ())
    }

    fn status(&mut self) -> Result<&'r str> {
        let status = self.one("status")?;
        if status == "paused" {
            let days = self.random.between([4, 40]);
            let until = date(self.now, days, &self.zone)?;
            self.put("paused_until", until);
        }
        Ok(status)
    }

    /// Runs of nights with the same number of free places, as stays come and go.
    fn calendar(&mut self, sleeps: i64, status: &str) -> Result<()> {
        let nights = self.random.between(CALENDAR);
        let mut runs = Vec::new();
        let mut night = 0;
        while night < nights {
            let end = nights.min(night + self.random.between(RUN));
            let none = ["full", "withdrawn"].contains(&status) || self.random.chance(25);
            let free = if none { 0 } else { self.random.between([(sleeps + 1) / 2, sleeps]) };
            let day = |night| date(self.now, night, &self.zone);
            let (first, last) = (day(night)?, day(end - 1)?);
            runs.push(format!("{first}..{last}:{free}"));
            night = end;
        }
        self.put("calendar", runs.join(";"));
        Ok(())
    }

    /// Two facts, a word about people, and that it is fictional: 60 to 200 characters.
    fn note(&mut self) -> Result<()> {
        let notes = self.recipe.notes.iter();
        let drawn = self.random.weighted(notes.map(|note| (note, note.1.weight)));
        let (language, phrases) = drawn.context("there are no notes")?;
        let first = self.random.pick(&phrases.facts);
        let others: Vec<&String> = phrases.facts.iter().filter(|fact| *fact != first).collect();
        let second = self.random.pick(&others);
        let people = self.random.pick(&phrases.people);
        let ending = self.random.pick(&phrases.endings);
        self.put("note", [first, second, people, ending].join(" "));
        self.put("note_language", language);
        Ok(())
    }
}

/// The date so many days from an instant, where the place is.
fn date(instant: Timestamp, days: i64, zone: &TimeZone) -> Result<String> {
    let instant = jiff::Timestamp::from_millisecond(instant.plus(days * Timestamp::DAY).0)?;
    Ok(instant.to_zoned(zone.clone()).date().to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use hospes_domain::Fields;
    use hospes_domain::freshness::{self, Freshness};

    use super::*;
    use crate::demo::here;

    fn now() -> Timestamp {
        "2026-11-23T19:40:00Z".parse().unwrap()
    }

    fn recipe() -> Recipe {
        Recipe::read(&here().join("offers.toml")).unwrap()
    }

    fn some(seed: u64, count: usize, city: City) -> Vec<Row> {
        offers(&recipe(), seed, count, city, now()).unwrap()
    }

    /// As the import reads it.
    fn fields(row: &Row) -> Fields {
        let known = schema(Kind::Offer).fields.iter();
        let cells = known.filter_map(|field| Some((field, row.get(field.name)?)));
        let filled = cells.filter(|(_, cell)| !cell.is_empty());
        filled.map(|(field, cell)| (field.name.to_owned(), field.ty.parse(cell).unwrap())).collect()
    }

    #[test]
    fn every_offer_passes_the_strict_check_and_the_lint() {
        for city in City::ALL {
            for row in some(7, 1_500, city) {
                let found = schema(Kind::Offer).check(&fields(&row));
                assert!(found.is_empty(), "{city:?} {row:?}: {found:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_offers_and_another_seed_others() {
        let first = some(7, 40, City::Narva);
        assert_eq!(first, some(7, 400, City::Narva)[..40]);
        assert_ne!(first, some(8, 40, City::Narva));
        assert_ne!(first, some(7, 40, City::Riga));
    }

    #[test]
    fn every_field_of_the_schema_is_used_by_some_offer() {
        let rows = some(7, 500, City::Tbilisi);
        let used: BTreeSet<String> = rows.iter().flat_map(|row| fields(row).into_keys()).collect();
        for field in schema(Kind::Offer).fields {
            assert!(used.contains(field.name), "{} is in no offer", field.name);
        }
    }

    #[test]
    fn notes_say_that_they_are_fictional_and_have_60_to_200_characters() {
        for row in some(11, 2_000, City::Riga) {
            let note = &row["note"];
            let word = match row["note_language"].as_str() {
                "en" => "fictional",
                "ru" => "вымышлен",
                "uk" => "вигадан",
                other => panic!("a note in {other:?}"),
            };
            assert!(note.contains(word), "{note}");
            assert!((60..=200).contains(&note.chars().count()), "{note}");
        }
    }

    #[test]
    fn most_offers_are_fresh_some_are_stale_and_a_few_are_hidden() {
        let rows = some(7, 2_000, City::Narva);
        let count = |wanted: Freshness| {
            let of = |row: &&Row| freshness::of(Kind::Offer, &fields(row), now()) == wanted;
            rows.iter().filter(of).count()
        };
        assert!(count(Freshness::Fresh) > 1_500, "{}", count(Freshness::Fresh));
        assert!((100..400).contains(&count(Freshness::Stale)), "{}", count(Freshness::Stale));
        assert!((20..120).contains(&count(Freshness::Hidden)), "{}", count(Freshness::Hidden));
        assert_eq!(count(Freshness::Expired), 0);
        let paused = rows.iter().filter(|row| row["status"] == "paused").count();
        assert!((60..200).contains(&paused), "{paused}");
    }

    #[test]
    fn every_town_with_a_region_is_in_the_gazetteer_and_in_that_country() {
        for (region, towns) in recipe().towns.regions {
            for id in towns {
                let town = gazetteer::town(id).unwrap_or_else(|| panic!("{id} in {region}"));
                assert_eq!(&region[..2], town.country, "{}", town.name);
                assert!(town.population >= OFFER_TOWN, "{}", town.name);
            }
        }
    }

    #[test]
    fn a_center_draws_towns_of_all_its_countries() {
        for city in City::ALL {
            let rows = some(7, 1_000, city);
            for (country, share) in &recipe().home(city).unwrap().countries {
                let there = rows.iter().filter(|row| row["country"] == *country).count() as u64;
                assert!(there.abs_diff(share * 10) < 80, "{city:?} {country} {there}");
            }
        }
    }
}
