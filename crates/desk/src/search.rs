//! What somebody asked for, understood and within its bounds.

use std::collections::BTreeMap;

use hospes_domain::gazetteer::{self, Meaning, Town};
use hospes_domain::index::facet::MOST_PEOPLE;
use hospes_domain::query::{AgeBand, Near, Nights, Party, Query};
use hospes_domain::validate::{Problem, Violation};
use hospes_domain::{CenterId, Kind, Timestamp, country, language};

use crate::night;

/// Kilometers around a town when nothing else is said.
const DEFAULT_KM: u32 = 50;
/// Most places that an answer names when it was not clear which one was meant.
const MOST_PLACES: usize = 5;
/// The bounds of a query, for numbers that do not even fit into it.
const MOST_NIGHTS: i64 = 120;
const MOST_LIMIT: i64 = 200;
/// Most words of one list that are looked at: a request of 4 MiB has room for a million, and each that
/// means nothing would get a sentence.
const MOST_WORDS: usize = 32;

/// The word by which a search means the records of our own center.
pub const OURS: &str = "us";

/// A search as it is asked for. What is empty or 0 is no condition.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// A kind of record.
    pub kind: String,
    /// Words.
    pub text: String,
    /// A name or code of a country.
    pub country: String,
    /// Its code.
    pub region: String,
    /// A name of a town in any script, or its number, and kilometers around it.
    pub near: String,
    /// See `near`.
    pub within_km: u32,
    /// The first night: `tonight`, `tomorrow` or a date; and how many.
    pub night: String,
    /// See `night`.
    pub nights: u32,
    /// Grown-up people.
    pub adults: u32,
    /// Ages in years or bands of them, one for each child.
    pub children: Vec<String>,
    /// The type of the party.
    pub party: String,
    /// What comes along.
    pub pets: Vec<String>,
    /// Without stairs.
    pub step_free: bool,
    /// Where only women are.
    pub women_only: bool,
    /// Names or tags.
    pub languages: Vec<String>,
    /// Any of these values, for each name.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Also what nobody has confirmed for long.
    pub include_stale: bool,
    /// A center by name or identifier; [`OURS`] for our own.
    pub steward: String,
    /// Most that are wanted at once, and so many left out before them.
    pub limit: u32,
    /// See `limit`.
    pub offset: u32,
}

/// A search, understood.
#[derive(Debug)]
pub struct Understood {
    /// What the store is asked for.
    pub query: Query,
    /// How the place was understood, the one that was taken first.
    pub places: Vec<String>,
}

/// Understands a asked. `steward` is what its field of that name was found to mean.
///
/// # Errors
/// All fields that are out of their bounds or mean nothing, under the names of the asked.
pub fn understand(
    asked: Asked,
    steward: Option<CenterId>,
    now: Timestamp,
) -> Result<Understood, Vec<Violation>> {
    let mut reading = Reading { found: Vec::new() };
    let kind: Option<Kind> = reading.word("kind", &asked.kind);
    let country = Some(asked.country.trim()).filter(|country| !country.is_empty());
    // What is neither a code nor a name is named by the check.
    let country =
        country.map(|text| country::find(text).map_or(text.to_uppercase(), str::to_owned));
    let region = Some(asked.region.trim().to_uppercase()).filter(|code| !code.is_empty());

    let towns = reading.towns(&asked.near, country.as_deref());
    let town = towns.first().copied();
    let places = places(&towns);
    let km = if asked.within_km == 0 { DEFAULT_KM } else { asked.within_km };

    let nights = reading.nights(&asked, town.as_ref(), now);
    let party = Party {
        adults: reading.narrow("adults", asked.adults, MOST_PEOPLE.into()),
        children: reading.children(&asked.children),
    };
    let languages = reading.few("languages", &asked.languages).iter().map(|name| {
        // A name of a language will do as well; what is neither is named by the check.
        language::find(name).unwrap_or_else(|_| name.clone())
    });
    let languages = languages.collect();
    let limit = match asked.limit {
        0 => Query::DEFAULT_LIMIT,
        limit => reading.narrow("limit", limit, MOST_LIMIT),
    };
    let query = Query {
        kind,
        text: asked.text,
        country,
        region,
        near: town.map(|town| Near { town: town.id, km }),
        nights,
        party,
        party_type: reading.word("party", &asked.party),
        pets: reading.words("pets", &asked.pets),
        step_free: asked.step_free,
        women_only: asked.women_only.then_some(true),
        languages,
        facets: asked.facets.into_iter().collect(),
        include_stale: asked.include_stale,
        include_late: false,
        steward,
        limit,
        offset: asked.offset,
    };
    reading.found.extend(query.check().into_iter().map(renamed));
    if reading.found.is_empty() { Ok(Understood { query, places }) } else { Err(reading.found) }
}

/// What is wrong with a request, under the request's own names.
fn renamed(mut violation: Violation) -> Violation {
    let name = match violation.field.as_str() {
        "near.km" => "within_km",
        "near.town" => "near",
        "nights.count" => "nights",
        // The sum of adults and children; somebody who reads "party" would think of the type.
        "party" => "adults",
        _ => return violation,
    };
    violation.field = name.to_owned();
    violation
}

/// "Narva, Estonia".
fn place(town: &Town) -> String {
    format!("{}, {}", town.name, country::name(town.country).unwrap_or(town.country))
}

/// The same for each, with the number where that is not enough.
fn places(towns: &[Town]) -> Vec<String> {
    let names: Vec<String> = towns.iter().map(place).collect();
    let distinct =
        |(town, own): (&Town, &String)| match names.iter().filter(|other| *other == own).count() {
            1 => own.clone(),
            _ => format!("{own} (GeoNames {})", town.id),
        };
    towns.iter().zip(&names).map(distinct).collect()
}

struct Reading {
    found: Vec<Violation>,
}

impl Reading {
    fn breaks(&mut self, field: &str, sentence: String) {
        self.found.push(Violation { field: field.to_owned(), problem: Problem::Asked(sentence) });
    }

    /// A number that fits into fewer bits. Only one that does not fit is judged here: the query
    /// knows its bounds better.
    fn narrow<T: TryFrom<u32> + From<u8>>(&mut self, field: &str, number: u32, max: i64) -> T {
        T::try_from(number).unwrap_or_else(|_| {
            let problem = Problem::OutOfRange { min: 1, max, actual: number.into() };
            self.found.push(Violation { field: field.to_owned(), problem });
            T::from(1)
        })
    }

    /// A word of a vocabulary; none when it is empty.
    fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        field: &str,
        word: &str,
    ) -> Option<T> {
        if word.is_empty() {
            return None;
        }
        word.parse().map_err(|error| self.breaks(field, format!("cannot be read: {error}"))).ok()
    }

    fn words<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        field: &str,
        words: &[String],
    ) -> Vec<T> {
        self.few(field, words).iter().filter_map(|word| self.word(field, word)).collect()
    }

    /// A list that is not too long; none of it when it is.
    fn few<'w>(&mut self, field: &str, words: &'w [String]) -> &'w [String] {
        if words.len() <= MOST_WORDS {
            return words;
        }
        let max = u32::try_from(MOST_WORDS).unwrap_or(u32::MAX);
        let problem = Problem::TooMany { max, actual: words.len() };
        self.found.push(Violation { field: field.to_owned(), problem });
        &[]
    }

    /// Ages in years, or bands of them.
    fn children(&mut self, ages: &[String]) -> Vec<AgeBand> {
        let mut bands = Vec::new();
        for age in self.few("children", ages) {
            match age.trim().parse::<u32>().map(AgeBand::of_years) {
                Ok(Some(band)) => bands.push(band),
                Ok(None) => {
                    let sentence = format!("has somebody of {} years, who is an adult", age.trim());
                    self.breaks("children", sentence);
                }
                Err(_) => bands.extend(self.word::<AgeBand>("children", age)),
            }
        }
        bands
    }

    /// The towns that `near` may mean: one when it is clear, several when they have one name.
    fn towns(&mut self, near: &str, country: Option<&str>) -> Vec<Town> {
        let near = near.trim();
        if near.is_empty() {
            return Vec::new();
        }
        let meaning = match near.parse::<u32>() {
            Ok(number) => Meaning::Towns(gazetteer::place(number).into_iter().collect()),
            Err(_) => gazetteer::meaning(near, country.filter(|code| code.len() == 2)),
        };
        let perhaps = match meaning {
            Meaning::Small(towns) if towns.len() > MOST_PLACES => {
                let some: Vec<_> = towns.iter().take(MOST_PLACES).map(place).collect();
                self.breaks(
                    "near",
                    format!(
                        "may be one of many small places, such as {}; say the country too, or take a \
                         larger town nearby",
                        some.join("; ")
                    ),
                );
                return Vec::new();
            }
            Meaning::Small(towns) => return towns,
            Meaning::Towns(mut towns) if !towns.is_empty() => {
                towns.truncate(MOST_PLACES);
                return towns;
            }
            Meaning::Towns(_) => Vec::new(),
            Meaning::Perhaps(towns) => towns,
        };
        let shown: String = near.chars().take(40).collect();
        let within = country.map(|code| format!(" in {code}")).unwrap_or_default();
        let advice = match perhaps.iter().map(place).collect::<Vec<_>>().as_slice() {
            [] => "take a larger town nearby; outside of Europe and its neighbors only the country helps"
                .to_owned(),
            towns => format!("did you mean {}?", towns.join("; or ")),
        };
        let what = if near.parse::<u32>().is_ok() { "number" } else { "name" };
        let sentence = format!(
            "is {shown:?}: no town or place that is known{within} has this {what}; {advice}"
        );
        self.breaks("near", sentence);
        Vec::new()
    }

    fn nights(&mut self, asked: &Asked, town: Option<&Town>, now: Timestamp) -> Option<Nights> {
        if asked.night.trim().is_empty() {
            if asked.nights > 0 {
                let sentence = "is given without night, the first of them";
                self.breaks("nights", sentence.to_owned());
            }
            return None;
        }
        let zone = night::zone(town.map(|town| town.time_zone));
        let Some(first) = night::night(&asked.night, now, &zone) else {
            let shown: String = asked.night.chars().take(40).collect();
            self.breaks(
                "night",
                format!(
                    "is {shown:?}, which is neither tonight nor tomorrow nor a date such as 2026-11-23"
                ),
            );
            return None;
        };
        let tonight = night::tonight(now, &zone);
        if first < tonight {
            self.breaks("night", format!("is {first}, which is over; tonight is {tonight}"));
            return None;
        }
        let count = self.narrow("nights", asked.nights.max(1), MOST_NIGHTS);
        Some(Nights { first, count })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T23:30:00Z".parse().unwrap()
    }

    fn asked(request: Asked) -> Understood {
        understand(request, None, now()).unwrap()
    }

    fn refused(request: Asked) -> Vec<String> {
        let found = understand(request, None, now()).unwrap_err();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_empty_request_asks_for_everything() {
        assert_eq!(asked(Asked::default()).query, Query::default());
    }

    #[test]
    fn a_town_is_found_in_any_script_and_by_number() {
        let narva = gazetteer::find("Narva", Some("EE"))[0].town;
        for near in ["Narva", "narva ", "Нарва", &narva.id.to_string()] {
            let asked = asked(Asked { near: near.to_owned(), ..Default::default() });
            assert_eq!(asked.query.near, Some(Near { town: narva.id, km: 50 }), "{near}");
            assert_eq!(asked.places[0], "Narva, Estonia", "{near}");
        }
    }

    #[test]
    fn a_name_of_several_towns_lists_them_and_a_country_decides() {
        let towns = asked(Asked { near: "Brest".to_owned(), ..Default::default() });
        assert_eq!(towns.places, ["Brest, Belarus", "Brest, France"]);
        let one = asked(Asked {
            near: "Brest".to_owned(),
            country: "fr".to_owned(),
            ..Default::default()
        });
        assert_eq!(one.places, ["Brest, France"]);
        assert_ne!(one.query.near, towns.query.near);
    }

    #[test]
    fn towns_of_one_name_and_country_are_told_apart_by_their_numbers() {
        let towns = asked(Asked { near: "Kirov".to_owned(), ..Default::default() });
        let numbers: BTreeSet<&String> = towns.places.iter().collect();
        assert_eq!(numbers.len(), 2, "{:?}", towns.places);
        assert!(towns.places.iter().all(|place| place.starts_with("Kirov, Russia")));
    }

    #[test]
    fn a_town_that_is_not_known_is_asked_back() {
        for (near, country, expected) in [
            ("Tallinnas", "", "did you mean Tallinn, Estonia?"),
            ("Narvas", "ee", "did you mean Narva, Estonia?"),
            ("Xyzzyxq", "", "take a larger town nearby"),
            ("5128581", "", "no town or place that is known has this number"),
        ] {
            let found = refused(Asked {
                near: near.to_owned(),
                country: country.to_owned(),
                ..Default::default()
            });
            assert!(found[0].contains(expected), "{near}: {found:?}");
        }
        // Once it became Hilvan in Türkiye.
        let small = asked(Asked { near: "Kuressaare".to_owned(), ..Default::default() });
        assert_eq!(small.places, ["Kuressaare, Estonia"]);
    }

    #[test]
    fn a_night_that_is_over_is_refused_and_ages_and_countries_are_read_as_they_are_said() {
        assert_eq!(
            refused(Asked {
                near: "Narva".to_owned(),
                night: "22.11.2026".to_owned(),
                ..Default::default()
            }),
            ["night is 2026-11-22, which is over; tonight is 2026-11-23"]
        );
        let asked = asked(Asked {
            country: "estonia".to_owned(),
            night: "tomorrow".to_owned(),
            near: "Narva".to_owned(),
            children: vec!["4".to_owned(), "0-2".to_owned()],
            ..Default::default()
        });
        assert_eq!(asked.query.country.as_deref(), Some("EE"));
        assert_eq!(asked.query.nights.unwrap().first.to_string(), "2026-11-24");
        assert_eq!(asked.query.party.children, [AgeBand::Small, AgeBand::Baby]);
    }

    #[test]
    fn tonight_is_the_night_of_the_town() {
        // 05:30 in Narva, 07:30 in Tbilisi.
        let now = "2026-11-24T03:30:00Z".parse().unwrap();
        for (near, expected) in [("Narva", "2026-11-23"), ("Tbilisi", "2026-11-24")] {
            let request = Asked {
                near: near.to_owned(),
                night: "tonight".to_owned(),
                nights: 2,
                ..Default::default()
            };
            let nights = understand(request, None, now).unwrap().query.nights.unwrap();
            assert_eq!((nights.first.to_string().as_str(), nights.count), (expected, 2), "{near}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_named_as_the_request_names_it() {
        assert_eq!(
            refused(Asked {
                within_km: 501,
                near: "Narva".to_owned(),
                night: "2026-11-23".to_owned(),
                nights: 500,
                adults: 21,
                limit: 201,
                offset: 10_001,
                ..Default::default()
            }),
            [
                "within_km is 501, it must be 1..=500",
                "nights is 500, it must be 1..=120",
                "adults is 21, it must be 0..=20",
                "limit is 201, it must be 1..=200",
                "offset is 10001, it must be 0..=10000",
            ]
        );
        assert_eq!(
            refused(Asked {
                kind: "house".to_owned(),
                children: vec!["4-5".to_owned(), "18".to_owned()],
                pets: vec!["horse".to_owned()],
                night: "soon".to_owned(),
                ..Default::default()
            }),
            [
                "kind cannot be read: there is no kind of record called \"house\"; \
                 the kinds are offer, service, template, bulletin, center",
                "night is \"soon\", which is neither tonight nor tomorrow nor a date such as \
                 2026-11-23",
                "children cannot be read: \"4-5\" is not one of 0-2, 3-5, 6-12, 13-17",
                "children has somebody of 18 years, who is an adult",
                "pets cannot be read: \"horse\" is not one of dog, cat, small_caged, assistance_dog",
            ]
        );
        assert_eq!(
            refused(Asked { nights: 3, ..Default::default() }),
            ["nights is given without night, the first of them"]
        );
        assert_eq!(
            refused(Asked { adults: 300, limit: 70_000, ..Default::default() }),
            ["adults is 300, it must be 1..=20", "limit is 70000, it must be 1..=200"]
        );
        let nowhere = refused(Asked { near: "Xyzzyxq".to_owned(), ..Default::default() });
        assert!(nowhere[0].starts_with("near is \"Xyzzyxq\": no town or place"), "{nowhere:?}");
    }

    #[test]
    fn a_list_without_end_is_one_problem_and_not_a_million() {
        let many = vec!["horse".to_owned(); 1_000];
        let request = Asked {
            children: many.clone(),
            pets: many.clone(),
            languages: many,
            ..Default::default()
        };
        let found = refused(request);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|problem| problem.contains("1000")), "{found:?}");
    }

    #[test]
    fn languages_may_be_called_by_their_names() {
        let asked = asked(Asked {
            languages: vec!["Russian".to_owned(), "et".to_owned()],
            women_only: true,
            ..Default::default()
        });
        assert_eq!(asked.query.languages, ["ru", "et"]);
        assert_eq!(asked.query.women_only, Some(true));
        assert_eq!(asked.query.limit, 20);
    }
}
