//! One record with all that it says, as it can be printed.

use std::sync::Arc;

use askama::Template;
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Kind, Value, gazetteer, language};

use super::frame::Frame;
use crate::hours;
use crate::shape::{Reader, calls, date, sure, title, word_of};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

#[derive(Template)]
#[template(path = "record.html")]
struct Page {
    f: Frame,
    about: String,
    marks: Vec<String>,
    hours: String,
    calls: Vec<(String, String, String)>,
    rows: Vec<(String, Vec<String>)>,
}

/// The record of an address.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let t = visit.t;
    let kind: Kind = visit.part("kind").parse().map_err(|_| Fault::NotFound)?;
    let shown = visit.desk().get(visit.part("id"), Some(kind)).await?;
    let steward = if shown.ours {
        t.record_ours()
    } else {
        t.record_of(t.word("kind", kind.name()), shown.steward_name.as_str())
    };
    let mut marks = Vec::new();
    let hours = hours::said(t, &Reader(&shown.fields), crate::now()).unwrap_or_default();
    if shown.erased {
        marks.push(t.record_erased(shown.steward_name.as_str()));
    }
    if shown.left_out > 0 {
        marks.push(t.record_left_out());
    }
    let about = match kind {
        Kind::Offer => format!("{steward} · {}", sure(t, &shown, crate::now())),
        _ => steward,
    };
    let rows = schema(kind)
        .fields
        .iter()
        .filter_map(|field| {
            let lines = lines(t, field, shown.fields.get(field.name)?);
            (!lines.is_empty()).then(|| (t.field(kind, field.name), lines))
        })
        .collect();
    let f = Frame::of(&visit, title(t, &shown));
    Answer::page(Page { f, about, marks, hours, calls: calls(&shown.fields), rows }.render()?)
}

/// A value in lines.
pub(crate) fn lines(t: &Texts, field: &Field, value: &Value) -> Vec<String> {
    let yes = |flag: bool| if flag { t.record_yes() } else { t.record_no() };
    match (&field.ty, value) {
        (_, Value::Flag(flag)) => vec![yes(*flag)],
        (FieldType::Town, Value::Integer(id)) => {
            let town = u32::try_from(*id).ok().and_then(gazetteer::town);
            vec![town.map_or_else(|| id.to_string(), |town| town.name.to_owned())]
        }
        (FieldType::Country, Value::Text(code)) => {
            vec![t.word("country", code)]
        }
        (FieldType::Language, Value::Text(tag)) => vec![language::autonym(tag).to_owned()],
        (FieldType::Date | FieldType::Instant, Value::Text(day)) => vec![date(t, day)],
        (FieldType::Choice(_), Value::Text(word)) => vec![word_of(t, field, word)],
        (FieldType::Set(_), Value::List(words)) => {
            let words = words.iter().filter_map(Value::as_text);
            vec![words.map(|word| word_of(t, field, word)).collect::<Vec<_>>().join(", ")]
        }
        (FieldType::Languages, Value::Map(map)) => map
            .iter()
            .map(|(tag, level)| {
                let level = t.word("level", level.as_text().unwrap_or_default());
                t.offer_language(language::autonym(tag), level)
            })
            .collect(),
        (FieldType::Nights { .. }, Value::Map(map)) => map
            .iter()
            .filter(|(_, places)| places.as_integer().is_some_and(|places| places > 0))
            .map(|(night, places)| {
                format!("{}: {}", date(t, night), places.as_integer().unwrap_or_default())
            })
            .collect(),
        (_, value) => plain(value),
    }
}

/// Any value in lines.
fn plain(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => text.lines().map(str::to_owned).collect(),
        Value::Integer(number) => vec![number.to_string()],
        Value::Flag(flag) => vec![flag.to_string()],
        Value::List(list) => list.iter().map(|value| plain(value).join(", ")).collect(),
        Value::Map(map) => {
            map.iter().map(|(name, value)| format!("{name}: {}", plain(value).join(", "))).collect()
        }
    }
}
