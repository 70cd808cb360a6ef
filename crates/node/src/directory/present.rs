//! Records and hits as they go out to people.

use std::collections::BTreeMap;

use hospes_domain::id::hex;
use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{CenterId, Fields, Kind, Timestamp, Value, freshness};
use hospes_store::{Hit, Record};
use hospes_sync::ChangeHash;
use hospes_wire::{local, value};

use super::headline::{freshness_note, headline};
use super::search::Asked;
use crate::center::Center;

/// Turns stored records into what is shown, for one answer: all of it is seen from one instant.
pub(super) struct Presenter<'a> {
    center: &'a Center,
    now: Timestamp,
    introducers: BTreeMap<CenterId, CenterId>,
    /// Centers that alarms keep out, and what was said of them.
    doubts: BTreeMap<CenterId, String>,
    names: BTreeMap<CenterId, String>,
}

impl<'a> Presenter<'a> {
    pub(super) fn new(center: &'a Center, now: Timestamp) -> Self {
        let introduced = center.roster.introduced().into_iter();
        let introducers =
            introduced.filter_map(|known| Some((known.center, *known.by.first()?))).collect();
        let doubts = crate::alarms::service::doubts(center);
        Self { center, now, introducers, doubts, names: BTreeMap::new() }
    }

    /// A record with all that it says.
    pub(super) fn record(&mut self, record: &Record, heads: &[ChangeHash]) -> local::Record {
        let shown = self.with_fields(record, value::fields_to_wire(&record.fields));
        local::Record { heads: heads.iter().map(ToString::to_string).collect(), ..shown }
    }

    /// A record without its long texts: a list of two hundred templates would fill no screen but
    /// every message.
    fn outline(&mut self, record: &Record) -> local::Record {
        let long = |name: &str| {
            let field = schema(record.key.kind).field(name);
            field.is_some_and(|field| matches!(field.ty, FieldType::Body { .. }))
        };
        let fields = record.fields.iter().filter(|(name, _)| !long(name));
        let fields = fields.map(|(name, value)| (name.clone(), value::to_wire(value)));
        self.with_fields(record, fields.collect())
    }

    /// A record that a search found.
    pub(super) fn hit(&mut self, hit: &Hit, asked: &Asked) -> local::Hit {
        local::Hit {
            distance_km: hit.distance_km,
            headline: self.headline(&hit.record, asked),
            record: Some(self.outline(&hit.record)),
        }
    }

    /// A record that came to match or changed.
    pub(super) fn event(
        &mut self,
        event: &str,
        record: &Record,
        asked: &Asked,
    ) -> local::WatchEvent {
        local::WatchEvent {
            event: event.to_owned(),
            headline: self.headline(record, asked),
            record: Some(self.outline(record)),
        }
    }

    fn headline(&mut self, record: &Record, asked: &Asked) -> String {
        if record.erased {
            let name = self.name_of(&record.key.steward);
            return format!("{}, erased by {name}", record.key.kind);
        }
        headline(record.key.kind, &record.fields, asked.query.nights, self.now)
    }

    fn with_fields(
        &mut self,
        record: &Record,
        fields: BTreeMap<String, local::Value>,
    ) -> local::Record {
        let key = &record.key;
        let own = self.center.own.center;
        let steward_name = self.name_of(&key.steward);
        let introduced_by = match self.introducers.get(&key.steward).copied() {
            Some(peer) => self.name_of(&peer),
            // Nobody who keeps it out introduces it; it is still known through the same.
            None => match self.center.roster.introducers(&key.steward).first() {
                Some(peer) if self.doubts.contains_key(&key.steward) => self.name_of(peer),
                _ => String::new(),
            },
        };
        let (freshness, freshness_note) = if record.erased {
            ("expired", format!("erased by {steward_name}"))
        } else {
            let note = self.note(key.kind, &record.fields, &steward_name);
            let note = match self.doubts.get(&key.steward) {
                Some(doubt) => format!("{steward_name} is {doubt}; {note}"),
                None if self.center.roster.is_barred(&key.steward) => {
                    format!("{steward_name} is shut out here; {note}")
                }
                None => note,
            };
            (freshness::of(key.kind, &record.fields, self.now).name(), note)
        };
        local::Record {
            id: key.id.to_string(),
            kind: key.kind.name().to_owned(),
            steward: key.steward.to_string(),
            steward_name,
            circle: key.circle.to_string(),
            generation: record.generation,
            version: hex(&record.version.0),
            fields,
            freshness: freshness.to_owned(),
            freshness_note,
            ours: key.steward == own || is_maintainer(key.kind, &record.fields, &own),
            erased: record.erased,
            left_out: record.left_out,
            introduced_by,
            heads: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn note(&mut self, kind: Kind, fields: &Fields, steward: &str) -> String {
        let center = self.center;
        let name_of = |id: &str| Some(center.name_of(&id.parse().ok()?));
        freshness_note(kind, fields, steward, name_of, self.now)
    }

    fn name_of(&mut self, center: &CenterId) -> String {
        let named = self.center;
        self.names.entry(*center).or_insert_with(|| named.name_of(center)).clone()
    }
}

/// Whether the record names the center as one that may change it too.
fn is_maintainer(kind: Kind, fields: &Fields, center: &CenterId) -> bool {
    let named = fields.get("maintainers").map(Value::elements).unwrap_or_default();
    kind.has_maintainers()
        && named.iter().filter_map(Value::as_text).any(|id| id.parse() == Ok(*center))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn only_a_template_makes_others_its_maintainers() {
        let (ours, other) = (CenterId([1; 32]), CenterId([2; 32]));
        let maintainers = Value::List(vec![ours.to_string().into(), "nobody".into()]);
        let fields = Fields::from([("maintainers".to_owned(), maintainers)]);
        assert!(is_maintainer(Kind::Template, &fields, &ours));
        assert!(!is_maintainer(Kind::Template, &fields, &other));
        assert!(!is_maintainer(Kind::Offer, &fields, &ours));
        assert!(!is_maintainer(Kind::Template, &Fields::new(), &ours));
    }
}
