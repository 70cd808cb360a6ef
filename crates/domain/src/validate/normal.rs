//! Local input, brought to the forms in which values are stored.

use std::collections::BTreeMap;

use super::check::is_empty;
use crate::schema::{Field, FieldType, Schema};
use crate::{Fields, Value, language};

/// Brings what was entered here to canonical forms, so that [`Schema::check`] meets no mere habit
/// of writing: NFC, no spaces around, sets sorted, codes in capitals, language tags canonical.
///
/// Empty texts, lists and maps are dropped: an absent field is how a record says nothing. What
/// cannot be brought to a form is left as it is, for the check to name.
pub fn normalize(schema: &Schema, fields: Fields) -> Fields {
    structure(schema.fields, fields)
}

fn structure(known: &'static [Field], fields: Fields) -> Fields {
    fields
        .into_iter()
        .map(|(name, value)| match known.iter().find(|field| field.name == name) {
            Some(field) => (name, normal(&field.ty, value)),
            None => (name, value),
        })
        .filter(|(_, value)| !is_empty(value))
        .collect()
}

/// The canonical form of one value.
pub(crate) fn normal(ty: &FieldType, value: Value) -> Value {
    match (ty, value) {
        (FieldType::Set(words), Value::List(list)) => {
            let choice = FieldType::Choice(words);
            let mut list = elements(&choice, list);
            list.sort();
            list.dedup();
            Value::List(list)
        }
        (FieldType::List { of, .. }, Value::List(list)) => Value::List(elements(of, list)),
        (FieldType::Struct(fields), Value::Map(map)) => Value::Map(structure(fields, map)),
        (FieldType::Languages, Value::Map(map)) => {
            per_language(&FieldType::Choice(FieldType::LEVELS), map)
        }
        (FieldType::PerLanguage { of, .. }, Value::Map(map)) => per_language(of, map),
        (ty @ FieldType::Body { .. }, Value::Map(map)) => per_language(ty, map),
        (ty, Value::Text(text)) => match ty.canonical(&text) {
            Some(canonical) => Value::Text(canonical.into_owned()),
            None => Value::Text(text),
        },
        (_, other) => other,
    }
}

fn elements(of: &FieldType, list: Vec<Value>) -> Vec<Value> {
    list.into_iter().map(|value| normal(of, value)).filter(|value| !is_empty(value)).collect()
}

/// Where two spellings of one tag meet, the one that was canonical before wins: never silently the
/// last of the alphabet.
fn per_language(of: &FieldType, map: BTreeMap<String, Value>) -> Value {
    let mut normalized = BTreeMap::new();
    let mut respelled = Vec::new();
    for (tag, value) in map {
        let value = normal(of, value);
        if is_empty(&value) {
            continue;
        }
        match language::canonical(&tag) {
            Ok(canonical) if canonical != tag => respelled.push((canonical, value)),
            _ => {
                normalized.insert(tag, value);
            }
        }
    }
    for (tag, value) in respelled {
        normalized.entry(tag).or_insert(value);
    }
    Value::Map(normalized)
}
