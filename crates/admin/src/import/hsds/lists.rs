//! Languages, areas and terms of services.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::schema::FieldType;
use hospes_domain::{Value, country, language};

use super::entry::Sources;
use crate::import::report::{Line, Report};
use crate::import::sheet::SheetRow;

/// Terms of one entry at most.
const TERMS: usize = 40;
/// Areas of one entry at most.
const AREAS: usize = 60;

impl Sources<'_> {
    /// Languages by service and by location. The files name no level: what is offered is fluent.
    pub(super) fn languages(&self, report: &mut Report) -> BTreeMap<String, Value> {
        let sheet = &self.tables.languages;
        let mut spoken: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for entry in &sheet.rows {
            let texts = [
                sheet.cell(entry, "code"),
                sheet.cell(entry, "name"),
                sheet.cell(entry, "language"),
            ];
            let tag = texts
                .iter()
                .filter(|text| !text.is_empty())
                .find_map(|text| language::find(text).ok());
            let Some(tag) = tag else {
                let shown = texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
                report.add(Line::note(
                    &sheet.name,
                    entry.number,
                    "code",
                    shown,
                    "is not a language: left out",
                ));
                continue;
            };
            for column in ["service_id", "location_id"] {
                let id = sheet.cell(entry, column);
                if !id.is_empty() {
                    spoken
                        .entry(id.to_owned())
                        .or_default()
                        .insert(tag.clone(), Value::from("fluent"));
                }
            }
        }
        spoken.into_iter().map(|(id, map)| (id, Value::Map(map))).collect()
    }

    pub(super) fn areas(&self, report: &mut Report) -> BTreeMap<String, Value> {
        let sheet = &self.tables.areas;
        let mut areas: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for entry in &sheet.rows {
            let texts = [
                sheet.cell(entry, "extent"),
                sheet.cell(entry, "service_area"),
                sheet.cell(entry, "name"),
            ];
            let code = texts
                .iter()
                .map(|text| text.to_ascii_uppercase())
                .find(|code| country::is_area(code));
            let by_name = || {
                texts.iter().find_map(|text| {
                    let found =
                        country::COUNTRIES.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
                    found.map(|(code, _)| (*code).to_owned())
                })
            };
            let Some(code) = code.or_else(by_name) else {
                let shown =
                    texts.into_iter().rev().find(|text| !text.is_empty()).unwrap_or_default();
                let reason = "is no country or region of ISO 3166: left out";
                report.add(Line::note(&sheet.name, entry.number, "name", shown, reason));
                continue;
            };
            let pair = self.links.pair(sheet.cell(entry, "service_at_location_id"));
            let service = Some(sheet.cell(entry, "service_id")).filter(|id| !id.is_empty());
            if let Some(id) = service.or_else(|| pair.map(|(service, _)| service)) {
                let list = areas.entry(id.to_owned()).or_default();
                if list.len() < AREAS {
                    list.insert(code);
                }
            }
        }
        let list =
            |codes: BTreeSet<String>| Value::List(codes.into_iter().map(Value::from).collect());
        areas.into_iter().map(|(id, codes)| (id, list(codes))).collect()
    }

    pub(super) fn terms(&self, report: &mut Report) -> BTreeMap<String, Value> {
        let terms = &self.tables.terms;
        let known: BTreeMap<&str, &SheetRow> =
            terms.rows.iter().map(|entry| (terms.cell(entry, "id"), entry)).collect();
        let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for sheet in &self.tables.attributes {
            for entry in &sheet.rows {
                let service = ["service_id", "link_id"]
                    .into_iter()
                    .map(|column| sheet.cell(entry, column))
                    .find(|id| !id.is_empty());
                let term = ["taxonomy_term_id", "taxonomy_id", "taxonomy_detail"]
                    .into_iter()
                    .map(|column| sheet.cell(entry, column))
                    .find(|id| !id.is_empty());
                let (Some(service), Some(term)) = (service, term) else { continue };
                let row = known.get(term);
                let code = row
                    .map(|row| [terms.cell(row, "code"), terms.cell(row, "name")])
                    .and_then(|texts| texts.into_iter().find(|text| !text.is_empty()))
                    .unwrap_or(term);
                let vocabulary = row
                    .map(|row| [terms.cell(row, "taxonomy"), terms.cell(row, "vocabulary")])
                    .and_then(|texts| texts.into_iter().find(|text| !text.is_empty()))
                    .unwrap_or_default();
                if row.is_none() {
                    let reason =
                        "this term is not in the file: its identifier is taken as its code";
                    report.add(Line::note(
                        &sheet.name,
                        entry.number,
                        "taxonomy_term_id",
                        term,
                        reason,
                    ));
                }
                let value = Value::Map(BTreeMap::from([
                    ("vocabulary".to_owned(), Value::from(key(vocabulary))),
                    ("code".to_owned(), Value::from(code.chars().take(100).collect::<String>())),
                ]));
                let list = found.entry(service.to_owned()).or_default();
                if list.len() < TERMS && !list.contains(&value) {
                    list.push(value);
                }
            }
        }
        found.into_iter().map(|(id, list)| (id, Value::List(list))).collect()
    }
}

/// A vocabulary's name as a key: "Open Eligibility" is open_eligibility.
fn key(name: &str) -> String {
    let words: Vec<String> = name
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let key: String = words.join("_").chars().take(40).collect();
    let ty = FieldType::Key { max_chars: 40, separator: '_' };
    match ty.parse(key.trim_end_matches('_')) {
        Ok(Value::Text(key)) if !key.is_empty() => key,
        _ => "hsds".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_has_a_key() {
        for (name, expected) in [
            ("Open Eligibility", "open_eligibility"),
            ("", "hsds"),
            ("211!", "hsds"),
            ("LA-Topics", "la_topics"),
        ] {
            assert_eq!(key(name), expected, "{name}");
        }
    }
}
