//! A record as names and values of a form.

use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Fields, Kind, Value, gazetteer};

use super::{OF_THREE, lists, nights};
use crate::form::Form;
use crate::pages::ask::Near;

/// A record written as a form that says the same.
pub(crate) fn form_of(kind: Kind, fields: &Fields) -> Form {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for field in schema(kind).fields {
        let Some(value) = fields.get(field.name) else { continue };
        let name = || field.name.to_owned();
        match (&field.ty, value) {
            (FieldType::Town, Value::Integer(id)) => {
                let Some(town) = u32::try_from(*id).ok().and_then(gazetteer::place) else {
                    continue;
                };
                pairs.extend(Near::pairs(&town));
            }
            (FieldType::Set(_), value) => {
                let words = value.elements().iter().filter_map(Value::as_text);
                pairs.extend(words.map(|word| (name(), word.to_owned())));
            }
            (FieldType::Flag, Value::Flag(flag)) if OF_THREE.contains(&field.name) => {
                pairs.push((name(), if *flag { "yes" } else { "no" }.to_owned()));
            }
            (FieldType::Flag, Value::Flag(flag)) => {
                pairs.extend(flag.then(|| (name(), "1".to_owned())));
            }
            (FieldType::Languages, Value::Map(map)) => {
                let level = |(tag, level): (&String, &Value)| {
                    Some((format!("{}-{tag}", field.name), level.as_text()?.to_owned()))
                };
                pairs.extend(map.iter().filter_map(level));
            }
            (FieldType::Nights { .. }, Value::Map(map)) => {
                let night =
                    |(night, places): (&String, &Value)| (nights::name(night), places.to_string());
                pairs.extend(map.iter().map(night));
            }
            (FieldType::Struct(parts), Value::Map(map)) => {
                let part = |part: &Field| {
                    let name = format!("{}-{}", field.name, part.name);
                    match map.get(part.name)? {
                        Value::Flag(flag) => flag.then(|| (name, "1".to_owned())),
                        value @ (Value::Text(_) | Value::Integer(_)) => {
                            Some((name, value.to_string()))
                        }
                        Value::List(_) | Value::Map(_) => None,
                    }
                };
                pairs.extend(parts.iter().filter_map(part));
            }
            (FieldType::List { of, .. }, Value::List(list)) => {
                pairs.extend(lists::written(of, list).map(|text| (name(), text)));
            }
            (_, Value::Text(_) | Value::Integer(_)) => pairs.push((name(), value.to_string())),
            _ => {}
        }
    }
    Form::of(pairs)
}
