//! `hospes show`: one record with all its fields.

use std::collections::BTreeMap;

use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{Kind, Value, gazetteer, language};
use hospes_wire::local;
use hospes_wire::quote::word;
use jiff::civil::Date;

use crate::args::{Global, ShowArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::print::Printer;

/// Shows one record.
pub async fn run(args: &ShowArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut directory = connect::directory(global).await?;
    let record = directory
        .get(local::GetRequest { id: args.id.clone(), kind: String::new() })
        .await?
        .into_inner();
    print(&record, args.language.as_deref(), printer)?;
    Ok(Exit::Ok)
}

/// Prints a record; long texts in one language if one is named.
pub fn print(record: &local::Record, tag: Option<&str>, printer: &Printer) -> Result<(), Failure> {
    if printer.is_json() {
        printer.json(&json::record(record)?);
        return Ok(());
    }
    let tag = tag
        .map(|tag| language::find(tag).map_err(|error| Failure::refused(error.to_string())))
        .transpose()?;
    let fields = json::fields_of(record)?;
    let steward = if record.steward_name.is_empty() {
        record.steward.chars().take(8).collect()
    } else {
        record.steward_name.clone()
    };
    printer.heading(format!("{} {}", record.kind, record.id));
    printer.line(freshness(record));
    let ours = if record.ours { " (us)" } else { "" };
    printer.line(format!("steward: {steward}{ours}, circle {}", record.circle));
    if !record.introduced_by.is_empty() {
        printer.line(format!("introduced by {}", record.introduced_by));
    }
    for row in &record.rows {
        printer.line(format!("your row: {} in {}", row.external_id, row.source));
    }
    if record.erased {
        printer.line("This record was erased by its steward.");
        return Ok(());
    }
    if record.left_out > 0 {
        printer.line(format!(
            "{} of its changes could not be taken in:  hospes quarantine list",
            record.left_out
        ));
    }
    printer.line("");
    let kind: Option<Kind> = record.kind.parse().ok();
    let known = kind.map(|kind| schema(kind).fields).unwrap_or_default();
    let mut rows = Vec::new();
    let mut texts = Vec::new();
    for field in known {
        let Some(value) = fields.get(field.name) else { continue };
        match field.ty {
            FieldType::Body { .. } => texts.extend(bodies(value, tag.as_deref())),
            ty => rows.push(vec![
                field.label.to_owned(),
                readable(&ty, &in_language(&ty, value, tag.as_deref())),
            ]),
        }
    }
    // Whoever asks for a text in one language wants the text first.
    let asked = tag.is_some() && !texts.is_empty();
    if asked {
        tell(&texts, printer);
        printer.line("");
    }
    printer.table(&["field", "value"], rows);
    let unknown =
        fields.keys().filter(|name| known.iter().all(|field| field.name != **name)).count();
    if unknown > 0 {
        printer.note(format!("{unknown} of its fields need a newer hospes to be shown"));
    }
    if let Some(tag) = &tag
        && texts.is_empty()
        && known.iter().any(|field| matches!(field.ty, FieldType::Body { .. }))
    {
        return Err(Failure::new(Exit::NotFound, format!("there is no text in {tag}"))
            .try_next(format!("hospes show {}", record.id)));
    }
    if !asked {
        tell(&texts, printer);
    }
    if let Some(next) = next(record, &steward) {
        printer.line("");
        printer.line(next);
    }
    Ok(())
}

/// Long texts, each below the name of its language.
fn tell(texts: &[(String, String)], printer: &Printer) {
    for (name, text) in texts {
        printer.line("");
        printer.heading(name);
        printer.line(text);
    }
}

/// What to do with an offer that fits.
fn next(record: &local::Record, steward: &str) -> Option<String> {
    if record.kind != Kind::Offer.name() || record.erased {
        return None;
    }
    if record.ours {
        let id = record.id.get(..8).unwrap_or(&record.id);
        return Some(format!("next: call the host; if all is still true:  hospes confirm {id}"));
    }
    let steward = word(steward);
    Some(format!(
        "next: ask the center; how to reach it:  hospes search services --steward {steward}"
    ))
}

/// What is said in one language of a field that says it in several; all where that language is not one
/// of them.
fn in_language(ty: &FieldType, value: &Value, tag: Option<&str>) -> Value {
    match (ty, value, tag) {
        (FieldType::PerLanguage { .. }, Value::Map(map), Some(tag)) if map.contains_key(tag) => {
            let only = map.iter().filter(|(language, _)| *language == tag);
            Value::Map(only.map(|(tag, value)| (tag.clone(), value.clone())).collect())
        }
        (_, value, _) => value.clone(),
    }
}

/// "fresh: confirmed 6 h ago by Narva".
pub fn freshness(record: &local::Record) -> String {
    match (record.freshness.as_str(), record.freshness_note.as_str()) {
        ("", note) => note.to_owned(),
        (word, "") => word.to_owned(),
        (word, note) => format!("{word}: {note}"),
    }
}

fn bodies(value: &Value, tag: Option<&str>) -> Vec<(String, String)> {
    let Some(texts) = value.as_map() else { return Vec::new() };
    texts
        .iter()
        .filter(|(language, _)| tag.is_none_or(|tag| tag == language.as_str()))
        .map(|(tag, text)| (format!("{} ({tag})", language::autonym(tag)), text.to_string()))
        .collect()
}

/// A value for people: towns by name, languages by theirs, parts one below the other.
pub fn readable(ty: &FieldType, value: &Value) -> String {
    match (ty, value) {
        (FieldType::Town, Value::Integer(number)) => u32::try_from(*number)
            .ok()
            .and_then(gazetteer::town)
            .map_or_else(|| number.to_string(), |town| format!("{}, {}", town.name, town.country)),
        (FieldType::Country, Value::Text(code)) => {
            let name = hospes_domain::country::name(code);
            name.map_or_else(|| code.clone(), |name| format!("{name} ({code})"))
        }
        (FieldType::Languages, Value::Map(map)) => {
            let spoken: Vec<String> = map
                .iter()
                .map(|(tag, level)| format!("{} {level}", language::autonym(tag)))
                .collect();
            spoken.join(", ")
        }
        (FieldType::List { of: of @ FieldType::Struct(_), .. }, Value::List(list)) => {
            let lines: Vec<String> = list.iter().map(|value| readable(of, value)).collect();
            lines.join("\n")
        }
        (FieldType::Struct(fields), Value::Map(map)) => {
            let parts: Vec<String> = fields
                .iter()
                .filter_map(|field| Some((field, map.get(field.name)?)))
                .map(|(field, value)| format!("{}: {}", field.label, readable(&field.ty, value)))
                .collect();
            parts.join(", ")
        }
        (FieldType::PerLanguage { of, .. }, Value::Map(map)) => {
            let lines: Vec<String> =
                map.iter().map(|(tag, value)| format!("{tag}: {}", readable(of, value))).collect();
            lines.join("\n")
        }
        (FieldType::Nights { .. }, Value::Map(nights)) => runs(nights),
        // In the order in which the words are known, which of ages is that of the years.
        (FieldType::Set(words), Value::List(_)) => {
            let has = |word: &&&str| value.elements().iter().any(|v| v.as_text() == Some(**word));
            let known: Vec<&str> = words.iter().filter(has).copied().collect();
            if known.len() == value.elements().len() { known.join(", ") } else { value.to_string() }
        }
        (_, value) => value.to_string(),
    }
}

/// "2026-11-29..2026-12-01:2, 2026-12-24:1", as it is typed: nights that follow each other with as many
/// places are one.
fn runs(nights: &BTreeMap<String, Value>) -> String {
    let mut runs: Vec<(Date, Date, String)> = Vec::new();
    for (night, places) in nights {
        let Ok(night) = night.parse::<Date>() else {
            return Value::Map(nights.clone()).to_string();
        };
        let places = places.to_string();
        match runs.last_mut() {
            Some((_, last, same)) if *same == places && last.tomorrow().ok() == Some(night) => {
                *last = night;
            }
            _ => runs.push((night, night, places)),
        }
    }
    let shown = |(first, last, places): &(Date, Date, String)| {
        if first == last {
            format!("{first}:{places}")
        } else {
            format!("{first}..{last}:{places}")
        }
    };
    runs.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn values_are_told_in_words() {
        for (ty, text, expected) in [
            (FieldType::Town, "590031", "Narva, EE"),
            (FieldType::Country, "EE", "Estonia (EE)"),
            (FieldType::Languages, "ru:fluent;fi:basic", "Suomi basic, Русский fluent"),
            (FieldType::Flag, "yes", "yes"),
            (
                FieldType::Nights { max: 60 },
                "2026-11-29:1;2026-11-30:1;2026-12-01:2;2026-12-24:1",
                "2026-11-29..2026-11-30:1, 2026-12-01:2, 2026-12-24:1",
            ),
            (
                FieldType::Set(&["0-2", "3-5", "6-12", "13-17"]),
                "13-17;3-5;6-12",
                "3-5, 6-12, 13-17",
            ),
        ] {
            let value = ty.parse(text).unwrap();
            assert_eq!(readable(&ty, &value), expected);
        }
    }
}
