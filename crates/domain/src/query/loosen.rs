//! What a query asks for, condition by condition, so that somebody who finds nothing can be told why.

use std::fmt;

use super::{Party, Query};
use crate::Kind;

/// One condition of a query. Its name is that of the field of a search request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The words.
    Text,
    /// The country.
    Country,
    /// The region.
    Region,
    /// The town and the kilometers around it.
    Near,
    /// That the nights are free.
    Nights,
    /// That the host of the first night can still be asked in time.
    InTime,
    /// Room for the adults.
    Adults,
    /// Room and welcome for the children.
    Children,
    /// The kind of party.
    PartyType,
    /// The animals.
    Pets,
    /// No steps.
    StepFree,
    /// For women only, or not.
    WomenOnly,
    /// The languages.
    Languages,
    /// A further field.
    Facet(String),
    /// That somebody has confirmed it lately.
    Fresh,
    /// Whose record it is.
    Steward,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Condition::Text => "text",
            Condition::Country => "country",
            Condition::Region => "region",
            Condition::Near => "near",
            Condition::Nights | Condition::InTime => "night",
            Condition::Adults => "adults",
            Condition::Children => "children",
            Condition::PartyType => "party",
            Condition::Pets => "pets",
            Condition::StepFree => "step_free",
            Condition::WomenOnly => "women_only",
            Condition::Languages => "languages",
            Condition::Facet(name) => return write!(f, "facets.{name}"),
            Condition::Fresh => "include_stale",
            Condition::Steward => "steward",
        })
    }
}

impl Query {
    /// The conditions that can be taken away. The kind is none of them: whoever looks for a bed is
    /// not helped by a lawyer.
    pub fn conditions(&self) -> Vec<Condition> {
        let nights = self.nights.is_some();
        let fresh = !self.include_stale && self.kind.is_none_or(|kind| kind == Kind::Offer);
        let given = [
            (Condition::Near, self.near.is_some()),
            (Condition::InTime, nights && !self.include_late),
            (Condition::Nights, nights),
            (Condition::Text, !self.text.trim().is_empty()),
            (Condition::Country, self.country.is_some()),
            (Condition::Region, self.region.is_some()),
            (Condition::Adults, self.party.adults > 0),
            (Condition::Children, !self.party.children.is_empty()),
            (Condition::PartyType, self.party_type.is_some()),
            (Condition::Pets, !self.pets.is_empty()),
            (Condition::StepFree, self.step_free),
            (Condition::WomenOnly, self.women_only.is_some()),
            (Condition::Languages, !self.languages.is_empty()),
            (Condition::Steward, self.steward.is_some()),
            (Condition::Fresh, fresh),
        ];
        let given = given.into_iter().filter_map(|(condition, given)| given.then_some(condition));
        given.chain(self.facets.keys().cloned().map(Condition::Facet)).collect()
    }

    /// The same query without a condition.
    #[must_use]
    pub fn without(&self, condition: &Condition) -> Query {
        let mut query = self.clone();
        match condition {
            Condition::Text => query.text.clear(),
            Condition::Country => query.country = None,
            Condition::Region => query.region = None,
            Condition::Near => query.near = None,
            Condition::Nights => query.nights = None,
            Condition::InTime => query.include_late = true,
            Condition::Adults => query.party.adults = 0,
            Condition::Children => {
                query.party = Party { adults: self.party.adults, children: Vec::new() };
            }
            Condition::PartyType => query.party_type = None,
            Condition::Pets => query.pets.clear(),
            Condition::StepFree => query.step_free = false,
            Condition::WomenOnly => query.women_only = None,
            Condition::Languages => query.languages.clear(),
            Condition::Facet(name) => drop(query.facets.remove(name)),
            Condition::Fresh => query.include_stale = true,
            Condition::Steward => query.steward = None,
        }
        query
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::CenterId;
    use crate::query::{AgeBand, Animal, Near, Nights, PartyType};

    #[test]
    fn a_query_without_all_of_its_conditions_asks_for_all_of_the_kind() {
        let full = Query {
            kind: Some(Kind::Offer),
            text: "quiet".to_owned(),
            country: Some("EE".to_owned()),
            region: Some("EE-45".to_owned()),
            near: Some(Near { town: 590_031, km: 50 }),
            nights: Some(Nights { first: "2026-11-23".parse().unwrap(), count: 1 }),
            party: Party { adults: 1, children: vec![AgeBand::Small] },
            party_type: Some(PartyType::FamilyWithChildren),
            pets: vec![Animal::Dog],
            step_free: true,
            women_only: Some(true),
            languages: vec!["ru".to_owned()],
            facets: BTreeMap::from([("smoking".to_owned(), vec!["no".to_owned()])]),
            steward: Some(CenterId([1; 32])),
            ..Query::default()
        };
        let conditions = full.conditions();
        assert_eq!(conditions.len(), 16);
        let mut query = full;
        for condition in &conditions {
            let less = query.without(condition);
            assert_ne!(less, query, "{condition}");
            query = less;
        }
        let all = Query {
            kind: Some(Kind::Offer),
            include_stale: true,
            include_late: true,
            ..Query::default()
        };
        assert_eq!(query, all);
        assert!(query.conditions().is_empty());
    }
}
