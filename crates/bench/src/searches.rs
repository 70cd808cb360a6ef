//! Searches as counselors make them. The same seed makes the same ones.

use anyhow::{Context as _, Result, ensure};
use hospes_domain::gazetteer::{self, OFFER_TOWN, Town};
use hospes_wire::local::SearchRequest;
use jiff::ToSpan as _;
use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// GeoNames number of Narva, around which the offers are.
const NARVA: u32 = 590_031;
/// How far around it towns are asked for, in kilometers.
const REACH_KM: f64 = 900.0;
/// Countries that have offers.
const COUNTRIES: [&str; 5] = ["EE", "FI", "LV", "LT", "PL"];

/// Words that are in notes of many offers, in the three languages of the notes.
const WORDS: [&str; 30] = [
    "kitchen",
    "quiet",
    "internet",
    "pharmacy",
    "bedding",
    "garden",
    "blankets",
    "bicycles",
    "bus",
    "letters",
    "тихая",
    "кухней",
    "интернет",
    "аптека",
    "бельё",
    "сад",
    "одеяла",
    "велосипедов",
    "автобус",
    "письмами",
    "тиха",
    "кухнею",
    "інтернет",
    "крамниця",
    "білизна",
    "садок",
    "ковдри",
    "велосипедів",
    "автобус",
    "листами",
];

/// An endless row of searches.
#[derive(Debug)]
pub struct Searches {
    dice: StdRng,
    towns: Vec<Town>,
    today: Date,
}

impl Searches {
    /// Those of a seed, for nights from a date on.
    pub fn new(seed: u64, today: Date) -> Result<Self> {
        let narva = gazetteer::town(NARVA).context("Narva is not in the table of towns")?;
        let towns: Vec<Town> = gazetteer::within(&narva, REACH_KM)
            .into_iter()
            .map(|(town, _)| town)
            .filter(|town| town.population >= OFFER_TOWN && COUNTRIES.contains(&town.country))
            .collect();
        ensure!(towns.len() >= 20, "the table of towns has too few around Narva");
        Ok(Self { dice: StdRng::seed_from_u64(seed), towns, today })
    }

    /// Those of a seed, for nights from today on.
    pub fn today(seed: u64) -> Result<Self> {
        Self::new(seed, jiff::Zoned::now().date())
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_ratio(percent.min(100), 100)
    }

    fn pick(&mut self, choices: &[&str]) -> String {
        choices.choose(&mut self.dice).copied().unwrap_or_default().to_owned()
    }

    fn pick_some(&mut self, choices: &[(&str, u32)]) -> Vec<String> {
        let chosen = choices.iter().filter(|(_, percent)| self.dice.random_ratio(*percent, 100));
        chosen.map(|(word, _)| (*word).to_owned()).collect()
    }

    /// A town's name as people write it, in one of two scripts.
    fn town(&mut self) -> String {
        let town = self.towns.choose(&mut self.dice).copied();
        let cyrillic = self.chance(40);
        town.map(|town| town.cyrillic.filter(|_| cyrillic).unwrap_or(town.name).to_owned())
            .unwrap_or_default()
    }

    fn place(&mut self, search: &mut SearchRequest) {
        if self.chance(75) {
            search.near = self.town();
            search.within_km = [20, 30, 50, 100].choose(&mut self.dice).copied().unwrap_or(50);
        } else {
            search.country = self.pick(&COUNTRIES);
        }
    }

    fn guests(&mut self, search: &mut SearchRequest) {
        if self.chance(30) {
            search.party = "family_with_children".to_owned();
            search.adults = self.dice.random_range(1..=2);
            let count = self.dice.random_range(1..=2);
            let ages: Vec<String> =
                (0..count).map(|_| self.pick(&["0-2", "3-5", "6-12", "13-17"])).collect();
            search.children = ages;
        } else {
            search.party = self.pick(&["single_man", "single_man", "single_woman", "couple"]);
            search.adults = if search.party == "couple" { 2 } else { 1 };
        }
        search.pets = self.pick_some(&[("dog", 12), ("cat", 15), ("assistance_dog", 2)]);
        search.step_free = self.chance(6);
        search.languages = self.pick_some(&[("ru", 45), ("uk", 10), ("en", 20)]);
    }

    fn nights(&mut self, search: &mut SearchRequest) {
        if self.chance(85) {
            let ahead: i64 = self.dice.random_range(0..10);
            let night = self.today.checked_add(ahead.days()).unwrap_or(self.today);
            search.night = night.to_string();
            search.nights = [1, 1, 2, 3, 7].choose(&mut self.dice).copied().unwrap_or(1);
        }
    }

    fn words(&mut self, search: &mut SearchRequest) {
        let count = [1, 1, 2].choose(&mut self.dice).copied().unwrap_or(1);
        let words: Vec<String> = (0..count).map(|_| self.pick(&WORDS)).collect();
        search.text = words.join(" ");
    }
}

impl Iterator for Searches {
    type Item = SearchRequest;

    fn next(&mut self) -> Option<SearchRequest> {
        let mut search = SearchRequest { kind: "offer".to_owned(), ..SearchRequest::default() };
        self.place(&mut search);
        self.guests(&mut search);
        self.nights(&mut search);
        if self.chance(60) {
            self.words(&mut search);
        }
        Some(search)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_searches() {
        let some = |seed| -> Vec<SearchRequest> {
            let today = "2026-11-23".parse().unwrap();
            Searches::new(seed, today).unwrap().take(300).collect()
        };
        assert_eq!(some(7), some(7));
        assert_ne!(some(7), some(8));
        let searches = some(7);
        for part in [
            |search: &SearchRequest| !search.near.is_empty(),
            |search: &SearchRequest| !search.country.is_empty(),
            |search: &SearchRequest| !search.text.is_empty(),
            |search: &SearchRequest| !search.night.is_empty(),
            |search: &SearchRequest| !search.children.is_empty(),
            |search: &SearchRequest| !search.pets.is_empty(),
            |search: &SearchRequest| search.languages.len() > 1,
            |search: &SearchRequest| search.step_free,
        ] {
            let count = searches.iter().filter(|search| part(search)).count();
            assert!((5..295).contains(&count), "{count}");
        }
    }
}
