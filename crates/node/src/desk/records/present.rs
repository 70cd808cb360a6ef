//! Records and hits as they go out to people.

use std::collections::BTreeMap;

use hospes_domain::freshness::{self, Freshness};
use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{CenterId, Fields, Kind, Timestamp, Value};
use hospes_store::{Hit, Record};

use crate::center::Center;
use crate::desk::network::alarms::doubts;
use hospes_desk::headline::{freshness_note, headline};
use hospes_desk::search::Understood;
use hospes_desk::shown::{Shown, ShownHit};

/// What a watch tells.
pub(crate) struct Watched {
    /// `match`, `changed`, `gone`, `ready` or `lagged`.
    pub(crate) event: &'static str,
    /// The record in one line.
    pub(crate) headline: String,
    /// Of the first three.
    pub(crate) record: Option<Shown>,
}

/// Turns stored records into what is shown, for one answer: all of it is seen from one instant.
pub(crate) struct Presenter<'a> {
    center: &'a Center,
    now: Timestamp,
    introducers: BTreeMap<CenterId, CenterId>,
    /// Centers that alarms keep out, and what was said of them.
    doubts: BTreeMap<CenterId, String>,
    names: BTreeMap<CenterId, String>,
}

impl<'a> Presenter<'a> {
    pub(crate) fn new(center: &'a Center, now: Timestamp) -> Self {
        let introduced = center.roster.introduced().into_iter();
        let introducers =
            introduced.filter_map(|known| Some((known.center, *known.by.first()?))).collect();
        let doubts = doubts(center);
        Self { center, now, introducers, doubts, names: BTreeMap::new() }
    }

    /// A record without its long texts: a list of two hundred templates would fill no screen but
    /// every message.
    fn outline(&mut self, record: Record) -> Shown {
        let mut shown = self.record(record);
        let schema = schema(shown.key.kind);
        let long = |name: &str| {
            schema.field(name).is_some_and(|field| matches!(field.ty, FieldType::Body { .. }))
        };
        shown.fields.retain(|name, _| !long(name));
        shown
    }

    /// A record that a search found.
    pub(crate) fn hit(&mut self, hit: Hit, asked: &Understood) -> ShownHit {
        let Hit { record, distance_km, .. } = hit;
        let headline = self.headline(&record, asked);
        ShownHit { distance_km, headline, record: self.outline(record) }
    }

    /// A record that came to match or changed.
    pub(crate) fn event(
        &mut self,
        event: &'static str,
        record: Record,
        asked: &Understood,
    ) -> Watched {
        let headline = self.headline(&record, asked);
        Watched { event, headline, record: Some(self.outline(record)) }
    }

    fn headline(&mut self, record: &Record, asked: &Understood) -> String {
        if record.erased {
            let name = self.name_of(&record.key.steward);
            return format!("{}, erased by {name}", record.key.kind);
        }
        headline(record.key.kind, &record.fields, asked.query.nights, self.now)
    }

    /// A record with all that it says.
    pub(crate) fn record(&mut self, record: Record) -> Shown {
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
            (Freshness::Expired, format!("erased by {steward_name}"))
        } else {
            let note = self.note(key.kind, &record.fields, &steward_name);
            let note = match self.doubts.get(&key.steward) {
                Some(doubt) => format!("{steward_name} is {doubt}; {note}"),
                None if self.center.roster.is_barred(&key.steward) => {
                    format!("{steward_name} is shut out here; {note}")
                }
                None => note,
            };
            (freshness::of(key.kind, &record.fields, self.now), note)
        };
        Shown {
            key: *key,
            steward_name,
            generation: record.generation,
            version: record.version.0,
            ours: key.steward == own || is_maintainer(key.kind, &record.fields, &own),
            fields: record.fields,
            freshness,
            freshness_note,
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
