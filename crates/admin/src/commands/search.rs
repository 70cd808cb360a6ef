//! `hospes search`: records that match, best first.

use std::collections::BTreeMap;

use hospes_domain::query::AgeBand;
use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{Kind, Value, country, language};
use hospes_wire::local::{self, Choices, Hit, SearchRequest};
use serde_json::json;

use super::{relief, show};
use crate::args::{Filters, Global, SearchArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::fields;
use crate::json;
use crate::print::{Printer, count};

/// Shows what matches.
pub async fn run(args: SearchArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let kind = args.filters.kind;
    let (limit, offset) = (args.filters.limit, args.filters.offset);
    let request = request(args.filters)?;
    let mut directory = connect::directory(global).await?;
    let answer = directory.search(request.clone()).await?.into_inner();
    if printer.is_json() {
        let hits: Vec<_> = answer
            .hits
            .iter()
            .map(|hit| {
                let record = hit.record.clone().unwrap_or_default();
                Ok(json!({
                    "headline": hit.headline,
                    "distance_km": hit.distance_km,
                    "record": json::record(&record)?,
                }))
            })
            .collect::<Result<_, Failure>>()?;
        printer.json(&json!({
            "hits": hits, "more": answer.more, "total": answer.total, "places": answer.places,
            "instead": relief::json(&request, &answer.instead),
        }));
        return Ok(Exit::Ok);
    }
    match answer.places.as_slice() {
        [] => {}
        [place] => printer.line(format!("near {place}")),
        [first, others @ ..] => {
            printer.line(format!("near {first}"));
            printer.line(format!("  not near {}; to mean another: --country", others.join("; ")));
        }
    }
    for hit in &answer.hits {
        card(hit, printer);
    }
    let shown = answer.hits.len() as u64;
    if shown == 0 && offset > 0 {
        printer.line(format!("No more {} match.", kind.plural()));
    } else if shown == 0 {
        relief::tell(&request, kind, &answer.instead, printer);
    } else if answer.more {
        let total = answer.total.map_or_else(String::new, |total| format!(" of {total}"));
        printer.note(format!(
            "{}{total}; more:  --offset {}",
            count(shown, "record", "records"),
            offset + limit
        ));
    }
    Ok(Exit::Ok)
}

/// A record in three lines: what it is, how fresh, how to look at it.
pub fn card(hit: &Hit, printer: &Printer) {
    let record = hit.record.clone().unwrap_or_default();
    printer.heading(&hit.headline);
    let mut about = Vec::new();
    if let Some(distance) = hit.distance_km {
        about.push(if distance < 1.0 { "in town".to_owned() } else { format!("{distance:.0} km") });
    }
    about.push(show::freshness(&record));
    if !record.introduced_by.is_empty() {
        about.push(format!("introduced by {}", record.introduced_by));
    }
    about.retain(|part| !part.is_empty());
    printer.line(format!("  {}", about.join(" · ")));
    if let Some(asking) = asking(&record) {
        printer.line(format!("  {asking}"));
    }
    printer.line(format!("  {}", record.id));
}

/// What decides at night whether it is worth a call: "ask 4 h before · until 23:00 · no calls at night".
fn asking(record: &local::Record) -> Option<String> {
    if record.kind != Kind::Offer.name() {
        return None;
    }
    let fields = json::fields_of(record).ok()?;
    let text = |name: &str| fields.get(name).and_then(Value::as_text);
    let notice = text("notice").map(|notice| match notice {
        "now" => "no notice needed".to_owned(),
        "week" => "ask a week before".to_owned(),
        hours => format!("ask {} h before", hours.trim_end_matches('h')),
    });
    let until = text("latest_arrival").map(|time| format!("arrive until {time}"));
    let calls = fields
        .get("night_calls_ok")
        .and_then(Value::as_flag)
        .map(|ok| if ok { "calls at night ok" } else { "no calls at night" }.to_owned());
    let ages = fields.get("child_ages_ok").map(Value::elements).unwrap_or_default();
    // In the order of their years, whatever the order of the letters.
    let ages = AgeBand::NAMES
        .iter()
        .filter(|band| ages.iter().any(|age| age.as_text() == Some(**band)))
        .copied()
        .collect::<Vec<_>>();
    let children = (!ages.is_empty()).then(|| format!("children {}", ages.join(" ")));
    let parts: Vec<String> = [notice, until, calls, children].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The request that the filters mean; what can be wrong about them is said before anything is sent.
pub fn request(filters: Filters) -> Result<SearchRequest, Failure> {
    let kind = filters.kind;
    let offers_only = [
        ("--night", filters.night.is_some()),
        ("--nights", filters.nights.is_some()),
        ("--adults", filters.adults.is_some()),
        ("--child", !filters.child.is_empty()),
        ("--pets", !filters.pets.is_empty()),
        ("--party", filters.party.is_some()),
        ("--step-free", filters.step_free),
        ("--women-only", filters.women_only),
    ];
    if kind != Kind::Offer
        && let Some((option, _)) = offers_only.iter().find(|(_, given)| *given)
    {
        return Err(Failure::refused(format!("{option} is for offers, not for {}", kind.plural()))
            .try_next("hospes search offers ..."));
    }
    let languages = filters
        .languages
        .iter()
        .map(|text| language::find(text).map_err(|error| Failure::refused(error.to_string())))
        .collect::<Result<_, _>>()?;
    Ok(SearchRequest {
        kind: kind.name().to_owned(),
        text: filters.text.join(" "),
        country: code(&FieldType::Country, "--country", filters.country.map(named))?,
        region: code(&FieldType::Region, "--region", filters.region)?,
        near: filters.near.unwrap_or_default(),
        within_km: filters.within.unwrap_or_default(),
        night: filters.night.unwrap_or_default(),
        nights: filters.nights.unwrap_or_default(),
        adults: filters.adults.unwrap_or_default(),
        children: ages(kind, filters.child)?,
        pets: words(kind, "pets_ok", "--pets", filters.pets)?,
        step_free: filters.step_free,
        women_only: filters.women_only,
        languages,
        facets: facets(kind, &filters.facet)?,
        include_stale: filters.all,
        limit: filters.limit,
        offset: filters.offset,
        party: words(kind, "party_accepts", "--party", filters.party.into_iter().collect())?
            .pop()
            .unwrap_or_default(),
        steward: filters.steward.unwrap_or_default(),
    })
}

fn code(ty: &FieldType, option: &str, text: Option<String>) -> Result<String, Failure> {
    let Some(text) = text else { return Ok(String::new()) };
    ty.parse(&text)
        .map(|value| value.to_string())
        .map_err(|problem| Failure::refused(format!("{option} {problem}")))
}

/// The code of a country whose name was given.
fn named(text: String) -> String {
    country::find(&text).map_or(text, str::to_owned)
}

/// Ages in years are for the node to understand; bands are checked here.
fn ages(kind: Kind, given: Vec<String>) -> Result<Vec<String>, Failure> {
    let years =
        |age: &String| age.parse::<u32>().is_ok_and(|years| AgeBand::of_years(years).is_some());
    let bands = given.iter().filter(|age| !years(age)).cloned().collect();
    words(kind, "child_ages_ok", "--child", bands)?;
    Ok(given)
}

/// Words that must be of the vocabulary of a set of the kind.
fn words(
    kind: Kind,
    field: &str,
    option: &str,
    given: Vec<String>,
) -> Result<Vec<String>, Failure> {
    let known = match schema(kind).field(field).map(|field| &field.ty) {
        Some(FieldType::Set(words)) => *words,
        _ => return Ok(given),
    };
    match given.iter().find(|word| !known.contains(&word.as_str())) {
        None => Ok(given),
        Some(word) => {
            Err(Failure::refused(format!("{option} {word:?} is none of {}", known.join(", "))))
        }
    }
}

fn facets(kind: Kind, given: &[String]) -> Result<BTreeMap<String, Choices>, Failure> {
    let mut facets: BTreeMap<String, Choices> = BTreeMap::new();
    for facet in given {
        let (name, value) = facet.split_once('=').ok_or_else(|| {
            Failure::refused(format!("{facet:?} is not a field and its value"))
                .try_next("--facet profession=lawyer")
        })?;
        let field = fields::known(schema(kind), name)?;
        let values = match field.ty {
            FieldType::Choice(known) | FieldType::Set(known) if !known.contains(&value) => {
                return Err(Failure::refused(format!("{name} is none of {}", known.join(", "))));
            }
            ref ty @ FieldType::Flag => fields::read(ty, name, value, None)?.to_string(),
            _ => value.to_owned(),
        };
        facets.entry(field.name.to_owned()).or_default().values.push(values);
    }
    Ok(facets)
}

/// What an event of a watch shows.
pub fn watched(event: local::WatchEvent) -> Hit {
    Hit { record: event.record, distance_km: None, headline: event.headline }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command};

    fn parsed(line: &str) -> Result<SearchRequest, Failure> {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::Search(args) = cli.command else { panic!("not a search: {line}") };
        request(args.filters)
    }

    #[test]
    fn filters_become_a_request() {
        let request = parsed(
            "hospes search offers --near Нарва --within 30km --country estonia --night tonight --nights 2 \
             --adults 1 --child 4 --child 6-12 --pets dog,cat --languages russian,fi --step-free \
             --facet smoking=no --facet smoking=outside --all --limit 5"
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .as_str(),
        )
        .unwrap();
        assert_eq!(request.kind, "offer");
        assert_eq!(request.country, "EE");
        assert_eq!(request.within_km, 30);
        assert_eq!(request.night, "tonight");
        assert_eq!(request.children, ["4", "6-12"]);
        assert_eq!(request.pets, ["dog", "cat"]);
        assert_eq!(request.languages, ["ru", "fi"]);
        assert_eq!(request.facets["smoking"].values, ["no", "outside"]);
        assert!(request.step_free && request.include_stale);
    }

    #[test]
    fn what_cannot_match_is_refused_with_the_words_that_can() {
        for (line, expected) in [
            ("hospes search services --night tonight", "--night is for offers"),
            ("hospes search offers --pets horse", "is none of dog, cat"),
            ("hospes search offers --child 18", "is none of 0-2"),
            ("hospes search offers --languages klingon", "is not a language tag"),
            ("hospes search services --facet profession=wizard", "is none of lawyer"),
            ("hospes search services --facet profesion=lawyer", "did you mean profession?"),
            ("hospes search offers --country Atlantis", "which is not a country code"),
        ] {
            let failure = parsed(line).unwrap_err();
            assert!(failure.what.contains(expected), "{line}: {failure}");
            assert_eq!(failure.exit, Exit::Refused);
        }
    }
}
