//! The phones of services, locations and organizations.

use std::collections::BTreeMap;

use hospes_domain::{Value, language, lint};

use super::links::Links;
use super::options::Options;
use super::tables::Tables;
use crate::import::phone::{self, Reading};
use crate::import::report::{Line, Report};
use crate::import::sheet::SheetRow;
use crate::import::words;

/// Kinds of lines that a phone may have.
const TYPES: &[&str] = &["voice", "cell", "text", "fax", "video", "pager", "textphone"];

/// Characters of a phone's description at most.
const DESCRIPTION: usize = 280;

/// Phones by whom they belong to.
#[derive(Debug, Default)]
pub struct Phones {
    services: BTreeMap<String, Vec<Value>>,
    locations: BTreeMap<String, Vec<Value>>,
    organizations: BTreeMap<String, Vec<Value>>,
}

impl Phones {
    /// Reads the table. Each number that was not written in E.164 is named with its row.
    pub fn read(
        tables: &Tables,
        links: &Links<'_>,
        options: &Options,
        report: &mut Report,
    ) -> Self {
        let sheet = &tables.phones;
        let mut phones = Self::default();
        for entry in &sheet.rows {
            let values = numbers(tables, entry, options, report);
            let place = |map: &mut BTreeMap<String, Vec<Value>>, column: &str| {
                let id = sheet.cell(entry, column);
                if !id.is_empty() {
                    map.entry(id.to_owned()).or_default().extend(values.iter().cloned());
                }
                !id.is_empty()
            };
            let tied = place(&mut phones.services, "service_id")
                | place(&mut phones.locations, "location_id")
                | place(&mut phones.organizations, "organization_id");
            let pair = links.pair(sheet.cell(entry, "service_at_location_id"));
            if let Some((service, _)) = pair.filter(|_| !tied) {
                phones.services.entry(service.to_owned()).or_default().extend(values);
            } else if !tied {
                let number = sheet.cell(entry, "number");
                let reason = "belongs to no service, location or organization: left out";
                report.add(Line::note(&sheet.name, entry.number, "number", number, reason));
            }
        }
        phones
    }

    /// The phones of a service: its own, those of its locations, else those of its organization.
    pub fn of(&self, service: &str, locations: &[&str], organization: &str) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        let mut add = |values: Option<&Vec<Value>>| {
            for value in values.into_iter().flatten() {
                let known = |other: &Value| number_of(other) == number_of(value);
                if !found.iter().any(known) {
                    found.push(value.clone());
                }
            }
        };
        if !service.is_empty() {
            add(self.services.get(service));
        }
        for location in locations {
            add(self.locations.get(*location));
        }
        if found.is_empty()
            && let Some(values) = self.organizations.get(organization)
        {
            found = values.clone();
        }
        found
    }
}

fn number_of(value: &Value) -> Option<(&str, Option<i64>)> {
    let map = value.as_map()?;
    let extension = map.get("extension").and_then(Value::as_integer);
    Some((map.get("number")?.as_text()?, extension))
}

fn numbers(
    tables: &Tables,
    entry: &SheetRow,
    options: &Options,
    report: &mut Report,
) -> Vec<Value> {
    let sheet = &tables.phones;
    let text = sheet.cell(entry, "number");
    let mut note = |field: &str, value: &str, reason: &str| {
        report.add(Line::note(&sheet.name, entry.number, field, value, reason));
    };
    let found = match phone::read(text, options.region) {
        Reading::Numbers(found) => found,
        Reading::None if text.is_empty() => {
            note("number", text, "not E.164: empty, left out");
            return Vec::new();
        }
        Reading::None => {
            note("number", text, "not E.164: says that there is no phone, left out");
            return Vec::new();
        }
        Reading::Unreadable(reason) => {
            note("number", text, &format!("not E.164: {reason}, left out"));
            return Vec::new();
        }
    };
    if let [only] = found.as_slice() {
        if only.number != text {
            let letters = text.chars().filter(char::is_ascii_alphabetic).count();
            let reason = match (only.extension, letters) {
                (Some(_), _) => "not E.164: the number and its extension were taken apart",
                (None, 3..) => {
                    "not E.164: has letters, which are keys of a phone or a remark, please check"
                }
                _ if text.trim_start_matches(['"', '\'', ' ']).starts_with('+') => {
                    "not E.164: signs between the digits were taken out"
                }
                _ => "not E.164: the country code was added",
            };
            note("number", text, reason);
        }
    } else {
        note("number", text, "not E.164: several numbers in one cell were taken apart");
    }
    if found.iter().any(|phone| !phone.in_use) {
        note("number", text, "its country has no such numbers: taken, please check");
    }
    let mut common = BTreeMap::new();
    let kind = sheet.cell(entry, "type").to_ascii_lowercase();
    let kind = if kind == "sms" { "text".to_owned() } else { kind };
    if TYPES.contains(&kind.as_str()) {
        common.insert("type".to_owned(), Value::from(kind));
    } else if !kind.is_empty() {
        note("type", &kind, "is no kind of line that we know: left out");
    }
    // Several tags are written with commas; a line has one.
    if let Some(tag) =
        sheet.cell(entry, "language").split([',', ';']).next().filter(|tag| !tag.is_empty())
    {
        match language::find(tag) {
            Ok(tag) => {
                common.insert("language".to_owned(), Value::from(tag));
            }
            Err(_) => note("language", tag, "is not a language: left out"),
        }
    }
    let description = words::plain(sheet.cell(entry, "description"));
    if !description.is_empty() {
        if !options.override_lint && !lint::lint(&description).is_empty() {
            let reason = "looks like a phone number, an address or a name: left out; \
                          --override-lint takes it";
            note("description", &description, reason);
        } else {
            let (kept, left) = words::fitting(&description, DESCRIPTION);
            if !left.is_empty() {
                note(
                    "description",
                    left,
                    "too long, at most 280 characters: this end was left out",
                );
            }
            common.insert("description".to_owned(), Value::from(kept));
        }
    }
    let column: Option<i64> = match sheet.cell(entry, "extension") {
        "" => None,
        text => {
            let parsed =
                text.trim_end_matches(".0").parse().ok().filter(|n| (0..=99_999_999).contains(n));
            if parsed.is_none() {
                note("extension", text, "is no number of digits: left out");
            }
            parsed
        }
    };
    found
        .into_iter()
        .map(|phone| {
            let mut map = common.clone();
            map.insert("number".to_owned(), Value::from(phone.number));
            if let Some(extension) = phone.extension.or(column) {
                map.insert("extension".to_owned(), Value::Integer(extension));
            }
            Value::Map(map)
        })
        .collect()
}
