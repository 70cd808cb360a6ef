//! What host offers are made from: the file `crates/stage/demo/offers.toml`, which explains itself.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::{City, read};

/// Words with their weights or percentages.
pub(super) type Numbers = BTreeMap<String, u64>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    cities: BTreeMap<String, Home>,
    one_of: BTreeMap<String, Numbers>,
    some_of: BTreeMap<String, Numbers>,
    pub(super) place_type: BTreeMap<String, Beds>,
    pub(super) party_accepts: BTreeMap<String, Guests>,
    pub(super) languages: Languages,
    pub(super) money: Money,
    pub(super) confirmed: Vec<Confirmed>,
    pub(super) notes: BTreeMap<String, Phrases>,
    pub(super) towns: Towns,
}

/// Where a center and its hosts are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Home {
    pub(super) town: u32,
    pub(super) countries: Numbers,
}

/// What a kind of place holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beds {
    pub(super) weight: u64,
    pub(super) sleeps: [i64; 2],
    pub(super) parties: i64,
}

/// How often guests of a sort are welcome, where there are so many beds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guests {
    pub(super) percent: u64,
    pub(super) beds: i64,
}

/// What hosts speak.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Languages {
    pub(super) native: BTreeMap<String, Numbers>,
    pub(super) further: Numbers,
    pub(super) levels: Numbers,
}

/// What a night costs, in euros, by the word of the field `cost`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Money {
    pub(super) contribution: [i64; 2],
    pub(super) rent: [i64; 2],
    pub(super) instead_of_euros: BTreeMap<String, Currency>,
}

/// Money of another country, and how much of it a euro is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Currency {
    pub(super) currency: String,
    pub(super) rate: i64,
}

/// How many days ago offers were confirmed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmed {
    pub(super) days: [i64; 2],
    pub(super) weight: u64,
}

/// The sentences of a language for notes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrases {
    pub(super) weight: u64,
    pub(super) facts: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) endings: Vec<String>,
}

/// What the gazetteer does not say of towns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Towns {
    pub(super) out_of_reach: Vec<u32>,
    pub(super) regions: BTreeMap<String, Vec<u32>>,
}

impl Recipe {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        toml::from_str(&read(path)?).with_context(|| format!("failed to read {}", path.display()))
    }

    pub(super) fn home(&self, city: City) -> Result<&Home> {
        self.cities.get(city.word()).with_context(|| format!("nobody says where {city:?} is"))
    }

    /// The words of a field of which an offer has one.
    pub(super) fn one_of(&self, field: &str) -> Result<&Numbers> {
        self.one_of.get(field).with_context(|| format!("nobody says what {field} may be"))
    }

    /// The words of a field of which an offer may have several.
    pub(super) fn some_of(&self, field: &str) -> Result<&Numbers> {
        self.some_of.get(field).with_context(|| format!("nobody says what {field} may hold"))
    }
}
