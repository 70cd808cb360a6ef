//! Fields of a record, from a program that saves one.

use hospes_domain::schema::schema;
use hospes_domain::validate::{normalize, with_defaults};
use hospes_domain::{Fields, Kind, Timestamp};
use hospes_wire::value::{fields_from_wire, fields_to_wire};
use hospes_wire::{limits, local};
use prost::Message as _;

use crate::Verdict;

/// A byte for the kind, then a map of values as the local API has it.
pub fn record_fields(bytes: &[u8]) -> Verdict {
    let Some((number, map)) = bytes.split_first() else { return Verdict::Refused };
    let Ok(kind) = Kind::from_number(*number) else { return Verdict::Refused };
    if map.len() > limits::LOCAL_MESSAGE {
        return Verdict::Refused;
    }
    let Ok(map) = local::ValueMap::decode(map) else { return Verdict::Refused };
    let Ok(fields) = fields_from_wire(map.values) else { return Verdict::Refused };
    if well_formed(kind, fields) { Verdict::Read } else { Verdict::Refused }
}

/// Whether a record of these fields may be saved. Whatever they are: they travel unchanged, and
/// their canonical form is its own.
pub(crate) fn well_formed(kind: Kind, fields: Fields) -> bool {
    let schema = schema(kind);
    assert_eq!(fields_from_wire(fields_to_wire(&fields)).as_ref(), Ok(&fields));
    let normal = normalize(schema, fields.clone());
    assert_eq!(normalize(schema, normal.clone()), normal, "a canonical form has another one");
    let whole = with_defaults(kind, normal, Timestamp(0));
    let good = schema.check(&whole).is_empty();
    let received = schema.check_received(&whole);
    assert!(!good || received.is_empty(), "we save what we would not show: {received:?}");
    for violation in schema.check(&fields) {
        assert!(!violation.to_string().is_empty());
    }
    good
}
