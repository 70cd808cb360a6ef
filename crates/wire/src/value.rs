//! Values of fields, to and from the wire.

use std::collections::BTreeMap;

use hospes_domain::{Fields, Value};

use crate::limits::VALUE_DEPTH;
use crate::local;

/// Why a value from the wire is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// A value without a shape.
    #[error("the field {0:?} has no value")]
    Empty(String),
    /// Lists of lists of lists.
    #[error("the field {field:?} is nested deeper than {limit} levels")]
    TooDeep {
        /// The field.
        field: String,
        /// The bound.
        limit: usize,
    },
}

/// Fields as they go out.
pub fn fields_to_wire(fields: &Fields) -> BTreeMap<String, local::Value> {
    fields.iter().map(|(name, value)| (name.clone(), to_wire(value))).collect()
}

/// Fields as they came in.
pub fn fields_from_wire(fields: BTreeMap<String, local::Value>) -> Result<Fields, InvalidValue> {
    fields
        .into_iter()
        .map(|(name, value)| {
            let value = from_wire(value, &name, VALUE_DEPTH)?;
            Ok((name, value))
        })
        .collect()
}

/// A value as it goes out.
pub fn to_wire(value: &Value) -> local::Value {
    use local::value::Shape;
    let shape = match value {
        Value::Text(text) => Shape::Text(text.clone()),
        Value::Integer(number) => Shape::Integer(*number),
        Value::Flag(flag) => Shape::Flag(*flag),
        Value::List(list) => {
            Shape::List(local::ValueList { values: list.iter().map(to_wire).collect() })
        }
        Value::Map(map) => Shape::Map(local::ValueMap {
            values: map.iter().map(|(name, value)| (name.clone(), to_wire(value))).collect(),
        }),
    };
    local::Value { shape: Some(shape) }
}

/// A value as it came in; `field` names it in an error.
pub fn from_wire(value: local::Value, field: &str, depth: usize) -> Result<Value, InvalidValue> {
    use local::value::Shape;
    let Some(below) = depth.checked_sub(1) else {
        return Err(InvalidValue::TooDeep { field: field.to_owned(), limit: VALUE_DEPTH });
    };
    match value.shape.ok_or_else(|| InvalidValue::Empty(field.to_owned()))? {
        Shape::Text(text) => Ok(Value::Text(text)),
        Shape::Integer(number) => Ok(Value::Integer(number)),
        Shape::Flag(flag) => Ok(Value::Flag(flag)),
        Shape::List(list) => list
            .values
            .into_iter()
            .map(|value| from_wire(value, field, below))
            .collect::<Result<_, _>>()
            .map(Value::List),
        Shape::Map(map) => map
            .values
            .into_iter()
            .map(|(name, value)| Ok((name, from_wire(value, field, below)?)))
            .collect::<Result<_, _>>()
            .map(Value::Map),
    }
}
