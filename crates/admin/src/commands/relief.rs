//! What to say of a search that found nothing: which condition it was, and the words to type.

use hospes_domain::Kind;
use hospes_wire::local::{Relief, SearchRequest};
use hospes_wire::quote;
use serde_json::{Value as Json, json};

use crate::print::{Printer, count};

/// Why nothing was found, one way out in a line.
pub fn tell(request: &SearchRequest, kind: Kind, instead: &[Relief], printer: &Printer) {
    printer.line(format!("No {} match.", kind.plural()));
    if instead.is_empty() {
        printer
            .line("There is none with two conditions less either. Begin with one or two of them,");
        printer.line("and add the others one by one.");
        return;
    }
    printer.line("What stands in the way, and what there is without it:");
    for relief in instead {
        for line in lines(request, kind, relief) {
            printer.line(line);
        }
    }
}

/// The same for programs.
pub fn json(request: &SearchRequest, instead: &[Relief]) -> Json {
    let way = |relief: &Relief| {
        let night = Some(relief.night.as_str()).filter(|night| !night.is_empty());
        json!({
            "without": relief.without, "count": relief.count, "more": relief.more,
            "within_km": (relief.within_km > 0).then_some(relief.within_km),
            "late": (relief.late > 0).then_some(relief.late), "night": night,
            "words": words(request, relief),
        })
    };
    instead.iter().map(way).collect()
}

fn lines(request: &SearchRequest, kind: Kind, relief: &Relief) -> Vec<String> {
    let more = if relief.more { "more than " } else { "" };
    let found = format!("{more}{}", count(relief.count.into(), kind.name(), kind.plural()));
    let words = words(request, relief);
    if relief.late == 0 {
        return vec![format!("  {found}:  {words}")];
    }
    let free = count(relief.late.into(), "is free", "are free");
    let late = format!("  {free} that night, but it is too late to ask (notice, latest arrival)");
    match relief.count {
        0 => vec![format!("{late};"), "    and none in the two weeks after it".to_owned()],
        _ => vec![format!("{late};"), format!("    later, {found}:  {words}")],
    }
}

/// What to type, or to leave out.
fn words(request: &SearchRequest, relief: &Relief) -> String {
    let mut with = Vec::new();
    let mut without = Vec::new();
    for field in &relief.without {
        match field.as_str() {
            "include_stale" => with.push("--all".to_owned()),
            "near" if relief.within_km > 0 => with.push(format!("--within {}", relief.within_km)),
            "night" if !relief.night.is_empty() => with.push(format!("--night {}", relief.night)),
            field => without.push(spelled(request, field)),
        }
    }
    let with = (!with.is_empty()).then(|| format!("with {}", with.join(" ")));
    let without = (!without.is_empty()).then(|| format!("without {}", without.join(" and ")));
    let parts: Vec<String> = with.into_iter().chain(without).collect();
    parts.join(", ")
}

/// A condition as it is typed.
fn spelled(request: &SearchRequest, field: &str) -> String {
    let option = |option: &str, value: &str| format!("{option} {}", quote::word(value));
    let each = |name: &str, values: &[String]| -> String {
        values.iter().map(|value| option(name, value)).collect::<Vec<_>>().join(" ")
    };
    match field {
        "text" => quote::words(request.text.split_whitespace()),
        "country" => option("--country", &request.country),
        "region" => option("--region", &request.region),
        "near" => option("--near", &request.near),
        "night" => option("--night", &request.night),
        "adults" => option("--adults", &request.adults.to_string()),
        "children" => each("--child", &request.children),
        "party" => option("--party", &request.party),
        "pets" => option("--pets", &request.pets.join(",")),
        "step_free" => "--step-free".to_owned(),
        "women_only" => "--women-only".to_owned(),
        "languages" => option("--languages", &request.languages.join(",")),
        "steward" => option("--steward", &request.steward),
        other => {
            let name = other.strip_prefix("facets.").unwrap_or(other);
            let values = request.facets.get(name).map(|choices| choices.values.as_slice());
            let values = values.unwrap_or_default().iter();
            each("--facet", &values.map(|value| format!("{name}={value}")).collect::<Vec<_>>())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use hospes_wire::local::Choices;

    use super::*;

    fn request() -> SearchRequest {
        SearchRequest {
            kind: "offer".to_owned(),
            text: "quiet room".to_owned(),
            near: "Narva".to_owned(),
            night: "tonight".to_owned(),
            adults: 1,
            children: vec!["4".to_owned(), "0-2".to_owned()],
            pets: vec!["dog".to_owned()],
            languages: vec!["ru".to_owned(), "uk".to_owned()],
            steward: "Center \"Narva\" & Söhne".to_owned(),
            facets: BTreeMap::from([(
                "smoking".to_owned(),
                Choices { values: vec!["no".to_owned(), "outside".to_owned()] },
            )]),
            ..SearchRequest::default()
        }
    }

    fn relief(without: &[&str], count: u32) -> Relief {
        let without = without.iter().map(|name| (*name).to_owned()).collect();
        Relief { without, count, ..Relief::default() }
    }

    #[test]
    fn each_way_out_is_told_in_the_words_that_were_typed() {
        for (relief, expected) in [
            (relief(&["pets"], 3), vec!["  3 offers:  without --pets dog"]),
            (relief(&["children"], 1), vec!["  1 offer:  without --child 4 --child 0-2"]),
            (relief(&["text"], 2), vec!["  2 offers:  without quiet room"]),
            (
                relief(&["steward"], 2),
                vec!["  2 offers:  without --steward 'Center \"Narva\" & Söhne'"],
            ),
            (
                relief(&["facets.smoking", "languages"], 5),
                vec![
                    "  5 offers:  without --facet smoking=no --facet smoking=outside and \
                     --languages ru,uk",
                ],
            ),
            (relief(&["include_stale"], 4), vec!["  4 offers:  with --all"]),
            (
                relief(&["pets", "include_stale"], 4),
                vec!["  4 offers:  with --all, without --pets dog"],
            ),
            (
                Relief { within_km: 140, more: true, ..relief(&["near"], 100) },
                vec!["  more than 100 offers:  with --within 140"],
            ),
            (
                Relief { late: 100, night: "2026-11-29".to_owned(), ..relief(&["night"], 97) },
                vec![
                    "  100 are free that night, but it is too late to ask (notice, latest arrival);",
                    "    later, 97 offers:  with --night 2026-11-29",
                ],
            ),
        ] {
            let lines = lines(&request(), Kind::Offer, &relief);
            assert_eq!(lines, expected);
            let wide = lines.iter().filter(|line| line.chars().count() > 80).count();
            assert!(wide == 0 || relief.without.len() > 1, "{lines:?}");
        }
    }
}
