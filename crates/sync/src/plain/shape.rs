//! How the values of a field are kept in a document, and how they are shown.
//!
//! Only sets differ: shown as a sorted list, kept as a map from member to yes.

use std::collections::BTreeMap;

use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{Fields, Kind, Value};

/// The type of a field; `None` for a field that this release does not know.
pub fn of(kind: Kind, field: &str) -> Option<&'static FieldType> {
    schema(kind).field(field).map(|field| &field.ty)
}

/// The type of an entry of a map of this type.
pub fn within(ty: Option<&'static FieldType>, key: &str) -> Option<&'static FieldType> {
    match ty? {
        FieldType::Struct(fields) => {
            fields.iter().find(|field| field.name == key).map(|field| &field.ty)
        }
        FieldType::PerLanguage { of, .. } => Some(of),
        _ => None,
    }
}

/// From the form that is kept to the one that is shown.
pub fn shown(kind: Kind, mut fields: Fields) -> Fields {
    for field in schema(kind).fields {
        if let Some(value) = fields.get_mut(field.name) {
            show(&field.ty, value);
        }
    }
    fields
}

/// Values are at most [`crate::gate::MAX_DEPTH`] deep, so this recursion is.
fn show(ty: &'static FieldType, value: &mut Value) {
    match (ty, value) {
        (FieldType::Set(_), value @ Value::Map(_)) => {
            if let Value::Map(members) = std::mem::replace(value, Value::Flag(false)) {
                let members = members.into_iter().filter(|(_, is)| *is == Value::Flag(true));
                *value = Value::List(members.map(|(member, _)| Value::Text(member)).collect());
            }
        }
        (FieldType::Struct(fields), Value::Map(map)) => {
            for field in *fields {
                if let Some(value) = map.get_mut(field.name) {
                    show(&field.ty, value);
                }
            }
        }
        (FieldType::PerLanguage { of, .. }, Value::Map(map)) => {
            map.values_mut().for_each(|value| show(of, value));
        }
        (FieldType::List { of, .. }, Value::List(list)) => {
            list.iter_mut().for_each(|value| show(of, value));
        }
        _ => {}
    }
}

/// From the form that is shown to the one that is kept.
pub fn kept(ty: Option<&'static FieldType>, value: &Value) -> Value {
    match (ty, value) {
        (Some(FieldType::Set(_)), Value::List(list)) => Value::Map(
            list.iter()
                .filter_map(Value::as_text)
                .map(|member| (member.to_owned(), Value::Flag(true)))
                .collect(),
        ),
        (Some(FieldType::List { of, .. }), Value::List(list)) => {
            Value::List(list.iter().map(|value| kept(Some(of), value)).collect())
        }
        (_, Value::Map(map)) => {
            let entries =
                map.iter().map(|(key, value)| (key.clone(), kept(within(ty, key), value)));
            Value::Map(entries.collect::<BTreeMap<_, _>>())
        }
        (_, value) => value.clone(),
    }
}
