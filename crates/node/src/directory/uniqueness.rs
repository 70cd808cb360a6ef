//! Whether an offer could be told from all others by what it says.
//!
//! An offer whose region and habits nobody shares is an address to those who know the region.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::query::{Animal, Query};
use hospes_domain::{Fields, Kind, Timestamp, Value};
use tonic::Status;

use crate::center::Center;
use crate::editor::Written;

/// Fewer offers than this that look alike are too few.
const ENOUGH: usize = 3;
/// Offers that are looked through at most; a region that has more hides anybody.
const MOST: u32 = 2_000;
const PAGE: u16 = 200;

/// What an offer may be told by.
#[derive(Debug, PartialEq, Eq)]
struct Look<'a> {
    country: Option<&'a str>,
    region: Option<&'a str>,
    access: Option<&'a str>,
    women_only: bool,
    party: BTreeSet<&'a str>,
    pets: BTreeSet<&'a str>,
    languages: BTreeSet<&'a str>,
}

impl<'a> Look<'a> {
    fn of(fields: &'a Fields) -> Self {
        let text = |name: &str| fields.get(name).and_then(Value::as_text);
        let words = |name: &str| {
            let list = fields.get(name).map(Value::elements).unwrap_or_default();
            list.iter().filter_map(Value::as_text).collect()
        };
        let languages = fields.get("languages").and_then(Value::as_map);
        Look {
            country: text("country"),
            region: text("region"),
            // Not to know is no sign to tell an offer by.
            access: text("step_free").filter(|access| *access != "unknown"),
            women_only: fields.get("women_only").and_then(Value::as_flag).unwrap_or(false),
            party: words("party_accepts"),
            pets: words("pets_ok"),
            languages: languages
                .map(|map| map.keys().map(String::as_str).collect())
                .unwrap_or_default(),
        }
    }

    /// A search that finds at least the offers that look like this one.
    fn query(&self, offset: u32) -> Query {
        let access = self.access.map(|access| ("step_free".to_owned(), vec![access.to_owned()]));
        Query {
            kind: Some(Kind::Offer),
            country: self.country.map(str::to_owned),
            region: self.region.map(str::to_owned),
            pets: self.pets.iter().filter_map(|pet| pet.parse::<Animal>().ok()).collect(),
            facets: access.into_iter().collect::<BTreeMap<_, _>>(),
            limit: PAGE,
            offset,
            ..Query::default()
        }
    }
}

/// What a coordinator should think about before more centers see the offer.
pub(super) async fn warnings(
    center: &Center,
    written: &Written,
    now: Timestamp,
) -> Result<Vec<String>, Status> {
    let status = written.fields.get("status").and_then(Value::as_text);
    if written.key.kind != Kind::Offer || status != Some("active") {
        return Ok(Vec::new());
    }
    let look = Look::of(&written.fields);
    let mut alike = 1;
    let mut offset = 0;
    while alike < ENOUGH {
        let page =
            center.store.search(&look.query(offset), now).await.map_err(super::store_failed)?;
        alike += page
            .hits
            .iter()
            .map(|hit| &hit.record)
            .filter(|record| record.key != written.key && Look::of(&record.fields) == look)
            .count();
        offset += u32::from(PAGE);
        if !page.more {
            break;
        }
        if offset >= MOST {
            return Ok(Vec::new());
        }
    }
    if alike >= ENOUGH {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "fewer than {ENOUGH} offers look like this one (country, region, guests, pets, access, \
         languages), so it may tell where the host lives; a wider region or fewer details hide it"
    )])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn offer(region: &str, pets: &[&str], access: &str) -> Fields {
        let pets = pets.iter().map(|pet| Value::from(*pet)).collect();
        Fields::from([
            ("country".to_owned(), "EE".into()),
            ("region".to_owned(), region.into()),
            ("pets_ok".to_owned(), Value::List(pets)),
            ("step_free".to_owned(), access.into()),
            (
                "languages".to_owned(),
                Value::Map(BTreeMap::from([("ru".to_owned(), "native".into())])),
            ),
            ("note".to_owned(), "quiet".into()),
        ])
    }

    #[test]
    fn offers_look_alike_when_what_tells_them_apart_is_the_same() {
        let one = offer("EE-45", &["dog"], "all");
        let mut other = one.clone();
        other.insert("note".to_owned(), "loud".into());
        other.insert(
            "languages".to_owned(),
            Value::Map(BTreeMap::from([("ru".to_owned(), "basic".into())])),
        );
        assert_eq!(Look::of(&one), Look::of(&other));
        for different in [
            offer("EE-37", &["dog"], "all"),
            offer("EE-45", &["cat"], "all"),
            offer("EE-45", &["dog"], "none"),
        ] {
            assert_ne!(Look::of(&one), Look::of(&different));
        }
        assert_eq!(
            Look::of(&offer("EE-45", &[], "unknown")).access,
            None,
            "what nobody knows tells nothing"
        );
    }

    #[test]
    fn the_search_for_its_like_finds_the_offer_itself() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut offer = offer("EE-45", &["dog", "cat"], "some");
        offer.insert("status".to_owned(), "active".into());
        offer.insert("confirmed_at".to_owned(), "2026-11-22T12:00:00Z".into());
        let query = Look::of(&offer).query(0);
        assert_eq!(query.check(), []);
        assert!(query.matches(Kind::Offer, &offer, now).is_some());
    }
}
