//! The bounds of a search.

use super::Query;
use super::text::MOST_WORDS;
use crate::fold::words;
use crate::index::facet::{MOST_PEOPLE, searchable_fields};
use crate::schema::{FieldType, schema};
use crate::validate::{Problem, Violation};
use crate::{Kind, country, gazetteer, language};

/// Characters of the text at most.
const MOST_TEXT: usize = 200;
/// Fields, values of a field, languages and pets at most.
const MOST_CHOICES: usize = 32;
/// Characters of one value at most.
const LONGEST_VALUE: usize = 64;
const MOST_NIGHTS: u16 = 120;
const MOST_LIMIT: u16 = 200;
const MOST_OFFSET: u32 = 10_000;

impl Query {
    /// As far as one can look, in kilometers.
    pub const MOST_KM: u32 = 500;

    /// What is wrong with the query, field by field; empty if nothing is.
    pub fn check(&self) -> Vec<Violation> {
        let mut check = Check { found: Vec::new() };
        check.length("text", &self.text, MOST_TEXT);
        let words = words(&self.text).take(4 * MOST_TEXT).count();
        check.count("text", words, 4 * MOST_WORDS);
        if let Some(code) = &self.country
            && !country::is_country(code)
            && !country::UNIONS.contains(&code.as_str())
        {
            check.is_not("country", code, "a country code of ISO 3166-1 such as EE");
        }
        if let Some(code) = &self.region
            && !country::is_region(code)
        {
            check.is_not("region", code, "a region code of ISO 3166-2 such as EE-45");
        }
        if let Some(near) = self.near {
            check.range("near.km", near.km.into(), 1, Self::MOST_KM.into());
            if gazetteer::place(near.town).is_none() {
                let what = "the GeoNames number of a town or place that is known here";
                check.is_not("near.town", &near.town.to_string(), what);
            }
        }
        if let Some(nights) = self.nights {
            check.range("nights.count", nights.count.into(), 1, MOST_NIGHTS.into());
        }
        let people = i64::try_from(self.party.size()).unwrap_or(i64::MAX);
        check.range("party", people, 0, MOST_PEOPLE.into());
        check.count("pets", self.pets.len(), MOST_CHOICES);
        check.count("languages", self.languages.len(), MOST_CHOICES);
        for tag in self.languages.iter().take(MOST_CHOICES) {
            if language::canonical(tag).is_err() {
                check.is_not("languages", tag, "a language tag of BCP 47 such as ru");
            }
        }
        check.count("facets", self.facets.len(), MOST_CHOICES);
        for (field, values) in self.facets.iter().take(MOST_CHOICES) {
            check.facet(self.kind, field, values);
        }
        check.range("limit", self.limit.into(), 1, MOST_LIMIT.into());
        check.range("offset", self.offset.into(), 0, MOST_OFFSET.into());
        check.found
    }
}

/// How a search names the two values of a flag.
const YES_OR_NO: &[&str] = &["yes", "no"];

struct Check {
    found: Vec<Violation>,
}

impl Check {
    fn add(&mut self, field: &str, problem: Problem) {
        self.found.push(Violation { field: field.to_owned(), problem });
    }

    fn is_not(&mut self, field: &str, found: &str, what: &'static str) {
        let found = crate::validate::excerpt(found);
        self.add(field, Problem::NotA { what, found });
    }

    fn range(&mut self, field: &str, actual: i64, min: i64, max: i64) {
        if !(min..=max).contains(&actual) {
            self.add(field, Problem::OutOfRange { min, max, actual });
        }
    }

    fn count(&mut self, field: &str, actual: usize, max: usize) {
        if actual > max {
            let max = u32::try_from(max).unwrap_or(u32::MAX);
            self.add(field, Problem::TooMany { max, actual });
        }
    }

    fn length(&mut self, field: &str, text: &str, max: usize) {
        let actual = text.chars().count();
        if actual > max {
            let max = u32::try_from(max).unwrap_or(u32::MAX);
            self.add(field, Problem::TooLong { max, actual });
        }
    }

    fn facet(&mut self, kind: Option<Kind>, field: &str, values: &[String]) {
        let path = format!("facets.{}", crate::validate::excerpt(field));
        let of_kind = |kind: Kind| schema(kind).field(field);
        let known = match kind {
            Some(kind) => of_kind(kind).is_some(),
            None => true,
        };
        if !known || !searchable_fields().any(|searchable| searchable == field) {
            self.add(&path, Problem::Unknown { nearest: None });
            return;
        }
        if values.is_empty() {
            self.add(&path, Problem::Missing);
        }
        self.count(&path, values.len(), MOST_CHOICES);
        for value in values.iter().take(MOST_CHOICES) {
            self.length(&path, value, LONGEST_VALUE);
            if let Some(FieldType::Choice(allowed) | FieldType::Set(allowed)) =
                kind.and_then(of_kind).map(|field| field.ty)
                && !allowed.contains(&value.as_str())
            {
                let found = crate::validate::excerpt(value);
                self.add(&path, Problem::NotOneOf { allowed, found });
            }
            if kind.and_then(of_kind).is_some_and(|field| matches!(field.ty, FieldType::Flag))
                && !YES_OR_NO.contains(&value.as_str())
            {
                let found = crate::validate::excerpt(value);
                self.add(&path, Problem::NotOneOf { allowed: YES_OR_NO, found });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use super::super::{Near, Nights, Party};
    use super::*;

    fn check(query: Query, expected: &[&str]) {
        let found: Vec<String> = query.check().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{query:?}");
    }

    #[test]
    fn a_query_in_bounds_has_no_problems() {
        check(Query::default(), &[]);
        check(
            Query {
                kind: Some(Kind::Offer),
                text: "тихая комната".to_owned(),
                country: Some("EE".to_owned()),
                region: Some("EE-45".to_owned()),
                near: Some(Near { town: 590_031, km: 50 }),
                nights: Some(Nights { first: "2026-11-23".parse().unwrap(), count: 3 }),
                party: Party { adults: 2, children: vec![] },
                languages: vec!["ru".to_owned(), "uk".to_owned()],
                facets: BTreeMap::from([("place_type".to_owned(), vec!["sofa".to_owned()])]),
                ..Query::default()
            },
            &[],
        );
    }

    #[test]
    fn a_query_out_of_bounds_names_the_field_the_bound_and_the_size() {
        check(
            Query { text: "ж".repeat(201), limit: 0, offset: 10_001, ..Query::default() },
            &[
                "text has 201 characters, at most 200 are allowed",
                "limit is 0, it must be 1..=200",
                "offset is 10001, it must be 0..=10000",
            ],
        );
        check(
            Query {
                country: Some("Estonia".to_owned()),
                region: Some("45".to_owned()),
                near: Some(Near { town: 1, km: 0 }),
                party: Party { adults: 21, children: vec![] },
                languages: vec!["русский".to_owned()],
                ..Query::default()
            },
            &[
                "country is \"Estonia\", which is not a country code of ISO 3166-1 such as EE",
                "region is \"45\", which is not a region code of ISO 3166-2 such as EE-45",
                "near.km is 0, it must be 1..=500",
                "near.town is \"1\", which is not the GeoNames number of a town or place that is known here",
                "party is 21, it must be 0..=20",
                "languages is \"русский\", which is not a language tag of BCP 47 such as ru",
            ],
        );
        let facets = BTreeMap::from([
            ("note".to_owned(), vec!["x".to_owned()]),
            ("status".to_owned(), vec!["activ".to_owned()]),
        ]);
        check(
            Query { kind: Some(Kind::Offer), facets, ..Query::default() },
            &[
                "facets.note is not a field that this version knows",
                "facets.status is \"activ\", it must be one of active, paused, full, withdrawn",
            ],
        );
    }
}
