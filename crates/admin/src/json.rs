//! Values and records as JSON, and back.

use hospes_domain::{Fields, Value};
use hospes_wire::local;
use hospes_wire::value::fields_from_wire;
use serde_json::{Map, Value as Json, json};

use crate::failure::{Exit, Failure};

/// The fields of a record as they came from the node.
pub fn fields_of(record: &local::Record) -> Result<Fields, Failure> {
    fields_from_wire(record.fields.clone()).map_err(|error| {
        Failure::new(Exit::Failed, format!("the node sent a record that cannot be read: {error}"))
    })
}

/// A record with everything that the node says about it.
pub fn record(record: &local::Record) -> Result<Json, Failure> {
    let fields = fields_of(record)?;
    Ok(json!({
        "id": record.id,
        "kind": record.kind,
        "steward": record.steward,
        "steward_name": record.steward_name,
        "circle": record.circle,
        "generation": record.generation,
        "version": record.version,
        "freshness": record.freshness,
        "freshness_note": record.freshness_note,
        "ours": record.ours,
        "erased": record.erased,
        "left_out": record.left_out,
        "introduced_by": record.introduced_by,
        "heads": record.heads,
        "rows": rows_of(record),
        "fields": of_fields(&fields),
    }))
}

/// The rows of our own lists that became the record.
fn rows_of(record: &local::Record) -> Vec<Json> {
    let row =
        |row: &local::ImportedRow| json!({"source": row.source, "external_id": row.external_id});
    record.rows.iter().map(row).collect()
}

/// Fields as an object.
pub fn of_fields(fields: &Fields) -> Json {
    Json::Object(
        fields.iter().map(|(name, value)| (name.clone(), of(value))).collect::<Map<_, _>>(),
    )
}

/// One value.
pub fn of(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Flag(flag) => Json::from(*flag),
        Value::List(list) => Json::Array(list.iter().map(of).collect()),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(name, value)| (name.clone(), of(value))).collect())
        }
    }
}

/// The value that a piece of JSON stands for; nothing for `null`.
///
/// A number with a fraction becomes the text that was written: records have no fractions, and
/// amounts are texts.
pub fn to(json: Json) -> Option<Value> {
    match json {
        Json::Null => None,
        Json::Bool(flag) => Some(Value::Flag(flag)),
        Json::Number(number) => {
            Some(number.as_i64().map_or_else(|| Value::Text(number.to_string()), Value::Integer))
        }
        Json::String(text) => Some(Value::Text(text)),
        Json::Array(list) => Some(Value::List(list.into_iter().filter_map(to).collect())),
        Json::Object(map) => Some(Value::Map(
            map.into_iter().filter_map(|(name, json)| Some((name, to(json)?))).collect(),
        )),
    }
}

/// Fields from a JSON object: the fields themselves, or a record as `hospes show --json` prints it.
pub fn to_fields(json: Json) -> Option<Fields> {
    let Json::Object(mut object) = json else { return None };
    let inner = match object.get("fields") {
        Some(Json::Object(_)) => object.remove("fields")?,
        _ => Json::Object(object),
    };
    match to(inner)? {
        Value::Map(fields) => Some(fields),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn fields_survive_json() {
        let text = r#"{"a":"x","b":[1,true],"c":{"ru":"да"}}"#;
        let fields = to_fields(serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!(of_fields(&fields).to_string(), text);
    }

    #[test]
    fn a_whole_record_gives_its_fields() {
        let json = json!({"id": "x", "kind": "offer", "fields": {"sleeps": 2, "lift": null}});
        let fields = to_fields(json).unwrap();
        assert_eq!(fields.len(), 1);
        assert_eq!(fields["sleeps"], Value::Integer(2));
    }

    #[test]
    fn an_amount_with_a_fraction_stays_as_it_was_written() {
        assert_eq!(to(json!(12.5)), Some(Value::Text("12.5".to_owned())));
    }
}
