//! Edits of offers, each of which can be found by a word of its own.

use anyhow::{Result, bail};
use hospes_domain::{Fields, Value};
use hospes_stage::api::Api;
use hospes_wire::local::field_edit::Edit;
use hospes_wire::local::{FieldEdit, Record};
use hospes_wire::value::{fields_from_wire, fields_to_wire};

/// A word of every note that is written here, and of no other.
pub const WORD: &str = "quilvey";

/// Offers of the center that searches show.
pub async fn offers(api: &Api, count: usize) -> Result<Vec<String>> {
    let mut stream = api.list("offer", true).await?;
    let mut ids = Vec::with_capacity(count);
    while ids.len() < count {
        let Some(record) = stream.message().await? else {
            bail!("there are only {} offers to edit", ids.len());
        };
        let fields = fields_from_wire(record.fields)?;
        let active = fields.get("status").and_then(Value::as_text) == Some("active");
        if active && record.freshness == "fresh" {
            ids.push(record.id);
        }
    }
    Ok(ids)
}

/// A new note.
pub fn note(number: usize) -> Vec<FieldEdit> {
    let note = format!("A room with {WORD} {}. It is fictional.", word(number));
    vec![put("note", &note), put("note_language", "en")]
}

/// The word by which a record with such a note is found.
pub fn word_of(record: &Record) -> Option<String> {
    let fields = fields_from_wire(record.fields.clone()).ok()?;
    let note = fields.get("note").and_then(Value::as_text)?;
    let (_, rest) = note.split_once(WORD)?;
    Some(rest.trim_start().split('.').next()?.to_owned())
}

fn put(field: &str, value: &str) -> FieldEdit {
    let fields = Fields::from([(field.to_owned(), Value::from(value))]);
    let value = fields_to_wire(&fields).remove(field).unwrap_or_default();
    FieldEdit { field: field.to_owned(), edit: Some(Edit::Put(value)) }
}

/// A word of its own for every number.
fn word(number: usize) -> String {
    let syllables = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu"];
    let digits = number.to_string();
    let spoken = digits.chars().filter_map(|digit| digit.to_digit(10));
    let spoken = spoken.filter_map(|digit| syllables.get(digit as usize));
    std::iter::once("xy").chain(spoken.copied()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_edit_has_a_word_of_its_own() {
        assert_eq!(word(207), "xydibami");
        let words: BTreeSet<String> = (0..1_000).map(word).collect();
        assert_eq!(words.len(), 1_000);
    }

    #[test]
    fn the_word_is_found_in_the_note() {
        let fields = note(31).into_iter().filter_map(|edit| match edit.edit {
            Some(Edit::Put(value)) => Some((edit.field, value)),
            _ => None,
        });
        let record = Record { fields: fields.collect(), ..Record::default() };
        assert_eq!(word_of(&record).unwrap(), word(31));
        assert_eq!(word_of(&Record::default()), None);
    }
}
