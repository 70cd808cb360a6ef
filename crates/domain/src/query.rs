//! Searches as plain data.
//!
//! A [`Query`] is what a counselor asked for. A store answers it from its index, through
//! [`Query::terms`] and [`Query::words`], and with the dates of the records. [`Query::matches`] gives
//! the same answer from one record alone, slowly.

mod check;
mod loosen;
mod matching;
mod party;
mod text;
mod vocabulary;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::index::facet::{self, MOST_PEOPLE, joined, stem};
use crate::{CenterId, Kind, gazetteer};

pub use loosen::Condition;
pub use matching::{MORNING, Rank, believed, fits_nights, listed_between};
pub use party::{AgeBand, Animal, Party, PartyType, UnknownWord};
pub use text::{Closeness, WordTerms};

/// What somebody looks for. All conditions must hold; empty ones hold always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Records of this kind only.
    pub kind: Option<Kind>,
    /// Words that must all be found, in any script and spelling.
    pub text: String,
    /// ISO 3166-1 alpha-2 code, or `EU`, `COE`, `UN`.
    pub country: Option<String>,
    /// ISO 3166-2 code. What is for the whole country is for its regions too.
    pub region: Option<String>,
    /// Near a town.
    pub near: Option<Near>,
    /// Free in all of these nights.
    pub nights: Option<Nights>,
    /// Who needs a bed. Nobody means that the number of beds does not matter.
    pub party: Party,
    /// What kind of party it is.
    pub party_type: Option<PartyType>,
    /// Animals that come along; all must be welcome.
    pub pets: Vec<Animal>,
    /// Only places that are step-free, at least in part.
    pub step_free: bool,
    /// Only hosts who take women only, or only those who take others too.
    pub women_only: Option<bool>,
    /// BCP 47 tags; any of them. Only the language counts, not script and region.
    pub languages: Vec<String>,
    /// Further fields by name, with the values of which any will do. A `status` here takes the place
    /// of the rule that withdrawn, paused and full offers, closed services, withdrawn templates and
    /// exercises are left out.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Also offers that nobody has confirmed for 30 days, or that have ended.
    pub include_stale: bool,
    /// Also offers whose host cannot be asked in time any more for the first of the nights.
    pub include_late: bool,
    /// Records of this center only. A record's fields do not say whose it is: the store knows.
    pub steward: Option<CenterId>,
    /// How many results, 1..=200.
    pub limit: u16,
    /// How many results are passed over, at most 10,000.
    pub offset: u32,
}

/// Within a distance of a town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// The town's GeoNames number.
    pub town: u32,
    /// Kilometers, 1..=500.
    pub km: u32,
}

/// Nights in a row. A night is the date of its evening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nights {
    /// The first night.
    pub first: Date,
    /// How many nights, 1..=120.
    pub count: u16,
}

impl Default for Query {
    /// Everything, twenty at a time.
    fn default() -> Self {
        Self {
            kind: None,
            text: String::new(),
            country: None,
            region: None,
            near: None,
            nights: None,
            party: Party::default(),
            party_type: None,
            pets: Vec::new(),
            step_free: false,
            women_only: None,
            languages: Vec::new(),
            facets: BTreeMap::new(),
            include_stale: false,
            include_late: false,
            steward: None,
            limit: Query::DEFAULT_LIMIT,
            offset: 0,
        }
    }
}

impl Query {
    /// How many results a search gives unless it says otherwise.
    pub const DEFAULT_LIMIT: u16 = 20;

    /// Facet terms as [`crate::index::entry`] spells them: of every group, any.
    ///
    /// A group without terms holds for no record. Nights, freshness, text and steward are not in
    /// them.
    pub fn terms(&self) -> Vec<Vec<String>> {
        let mut groups = Vec::new();
        let mut all = |token: Option<String>| groups.push(token.into_iter().collect());
        all_of(self, &mut all);
        if let Some(country) = &self.country {
            let any = facet::countries(country).map(|country| joined(stem::COUNTRY, &country));
            groups.push(any.collect());
        }
        if let Some(region) = &self.region {
            let (country, region) = facet::area(region);
            let mut any = vec![joined(stem::WHOLE_COUNTRY, &country)];
            any.extend(region.map(|region| joined(stem::REGION, &region)));
            groups.push(any);
        }
        if let Some(near) = self.near {
            let center = gazetteer::place(near.town);
            let towns = center.map(|town| gazetteer::within(&town, f64::from(near.km)));
            let towns = towns.into_iter().flatten();
            groups.push(towns.map(|(town, _)| facet::of_town(town.id)).collect());
        }
        if self.step_free {
            let words = ["all", "some"].into_iter();
            groups.push(words.filter_map(|word| facet::token("step_free", word)).collect());
        }
        if !self.languages.is_empty() {
            let tags = self.languages.iter().map(|tag| facet::language(tag));
            let tags = tags.filter(|tag| !tag.is_empty());
            groups.push(tags.map(|tag| joined(stem::LANGUAGE, &tag)).collect());
        }
        for (field, values) in &self.facets {
            groups.push(values.iter().filter_map(|value| facet::token(field, value)).collect());
        }
        groups
    }

    /// The words of the text, as an index finds them; empty if there is no text.
    pub fn words(&self) -> Vec<WordTerms> {
        text::terms(&self.text)
    }

    /// How many people need a bed; at least one.
    fn people(&self) -> usize {
        self.party.size().max(1)
    }
}

/// The conditions that are one term each.
fn all_of(query: &Query, all: &mut impl FnMut(Option<String>)) {
    if let Some(kind) = query.kind {
        all(Some(joined(stem::KIND, kind.name())));
    }
    if !query.facets.contains_key("status") {
        all(Some(stem::LISTED.to_owned()));
    }
    if query.party.size() > 0 {
        let people = query.party.size().min(MOST_PEOPLE.into());
        all(Some(joined(stem::SLEEPS, &people.to_string())));
    }
    for age in &query.party.children {
        all(facet::token("child_ages_ok", age.name()));
    }
    if let Some(party_type) = query.party_type {
        all(facet::token("party_accepts", party_type.name()));
    }
    for pet in &query.pets {
        all(facet::token("pets_ok", pet.name()));
    }
    if let Some(women_only) = query.women_only {
        all(facet::token("women_only", if women_only { "yes" } else { "no" }));
    }
}

#[cfg(test)]
mod tests;
