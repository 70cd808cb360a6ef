//! Rules between the fields of a record.

use std::collections::BTreeSet;

use super::placeholder::placeholders;
use super::problem::{Problem, Violation};
use crate::{Fields, Kind, Timestamp, Value, country};

/// The longest life of a bulletin, in milliseconds.
const BULLETIN_LIFE: i64 = 30 * Timestamp::DAY;

/// Adds what is wrong between the fields of a record. Fields of a wrong shape count as absent: the
/// walk over the single fields has named them.
pub(super) fn rules(kind: Kind, fields: &Fields, found: &mut Vec<Violation>) {
    let mut rules = Rules { fields, found };
    match kind {
        Kind::Offer => rules.offer(),
        Kind::Service => rules.service(),
        Kind::Template => rules.template(),
        Kind::Bulletin => rules.bulletin(),
        Kind::Center => rules.zone("contact_windows"),
    }
}

struct Rules<'a> {
    fields: &'a Fields,
    found: &'a mut Vec<Violation>,
}

impl<'a> Rules<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name).and_then(Value::as_text)
    }

    fn integer(&self, name: &str) -> Option<i64> {
        self.fields.get(name).and_then(Value::as_integer)
    }

    fn instant(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Adds a sentence that reads after the name of the field.
    fn break_at(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        let problem = Problem::Rule(sentence.into());
        self.found.push(Violation { field: field.into(), problem });
    }

    fn zone(&mut self, name: &str) {
        if self.has(name) && !self.has("time_zone") {
            self.break_at(
                "time_zone",
                format!("is missing: without it nobody knows when {name} is"),
            );
        }
    }

    fn region(&mut self) {
        if let (Some(country), Some(region)) = (self.text("country"), self.text("region"))
            && country::country_of(region).is_some_and(|other| other != country)
        {
            self.break_at("region", format!("is {region}, which is not in the country {country}"));
        }
    }

    fn not_above(&mut self, low: &str, high: &str) {
        if let (Some(min), Some(max)) = (self.integer(low), self.integer(high))
            && min > max
        {
            self.break_at(low, format!("is {min}, more than {high}, which is {max}"));
        }
    }

    fn offer(&mut self) {
        self.region();
        self.not_above("min_nights", "max_nights");
        self.zone("calendar");
        self.zone("latest_arrival");
        if self.text("status") == Some("paused") && !self.has("paused_until") {
            self.break_at("paused_until", "is missing: say until when the offer is paused");
        }
        if let Some(cost @ ("rent" | "contribution")) = self.text("cost") {
            for name in ["amount", "currency"] {
                if !self.has(name) {
                    self.break_at(name, format!("is missing: the cost is {cost}"));
                }
            }
        }
        if self.has("note") && !self.has("note_language") {
            self.break_at("note_language", "is missing: say in which language the note is");
        }
        let calendar = self.fields.get("calendar").and_then(Value::as_map);
        if let (Some(sleeps), Some(calendar)) = (self.integer("sleeps"), calendar) {
            let over = calendar
                .iter()
                .filter_map(|(night, places)| Some((night, places.as_integer()?)))
                .find(|(_, places)| *places > sleeps);
            if let Some((night, places)) = over {
                let night = super::problem::excerpt(night);
                self.break_at(
                    format!("calendar.{night}"),
                    format!("is {places}, more than sleeps, which is {sleeps}"),
                );
            }
        }
    }

    fn service(&mut self) {
        self.region();
        self.not_above("minimum_age", "maximum_age");
        if self.has("address") && self.text("location_type") != Some("physical") {
            self.break_at("address", "is allowed only when location_type is physical");
        }
    }

    fn bulletin(&mut self) {
        let (sent, expires) = (self.instant("sent"), self.instant("expires"));
        if let (Some(sent), Some(expires)) = (sent, expires) {
            if expires <= sent {
                self.break_at("expires", "must be after sent");
            } else if expires.since(sent) > BULLETIN_LIFE {
                self.break_at("expires", "must be at most 30 days after sent");
            }
        }
        if let (Some(effective), Some(expires)) = (self.instant("effective"), expires)
            && expires <= effective
        {
            self.break_at("expires", "must be after effective");
        }
        let referring = matches!(self.text("msg_type"), Some("update" | "cancel"));
        let refers = self.fields.get("references").is_some_and(|list| !list.elements().is_empty());
        if referring && !refers {
            self.break_at("references", "is missing: say which bulletins it changes or ends");
        }
        if self.text("source") == Some("official_url") && !self.has("source_url") {
            self.break_at("source_url", "is missing: the source is official_url");
        }
    }

    fn template(&mut self) {
        let declared = self.fields.get("placeholders").map(Value::elements).unwrap_or_default();
        let mut keys = BTreeSet::new();
        for (index, placeholder) in declared.iter().take(super::MAX_VIOLATIONS * 2).enumerate() {
            let entries = placeholder.as_map();
            let entry = |name: &str| entries.and_then(|map| map.get(name));
            if let Some(key) = entry("key").and_then(Value::as_text)
                && !keys.insert(key)
            {
                self.break_at(format!("placeholders[{index}].key"), "is declared twice");
            }
            if entry("type").and_then(Value::as_text) == Some("choice")
                && entry("choices").is_none()
            {
                let path = format!("placeholders[{index}].choices");
                self.break_at(path, "is missing: the type is choice");
            }
        }
        if self.text("status") == Some("approved") {
            self.approved(&keys);
        }
    }

    /// Before approval every language uses exactly the declared placeholders.
    fn approved(&mut self, declared: &BTreeSet<&'a str>) {
        let Some(body) = self.fields.get("body").and_then(Value::as_map).filter(|b| !b.is_empty())
        else {
            self.break_at("body", "is missing: there is nothing to approve");
            return;
        };
        for (tag, text) in body.iter().take(super::MAX_VIOLATIONS) {
            let path = format!("body.{}", super::problem::excerpt(tag));
            match text.as_text().map(placeholders) {
                Some(Ok(used)) => {
                    let lacking: Vec<&str> = declared.difference(&used).copied().take(5).collect();
                    let extra: Vec<&str> = used.difference(declared).copied().take(5).collect();
                    if !lacking.is_empty() {
                        let names = lacking.join(", ");
                        self.break_at(
                            path.as_str(),
                            format!("does not use the placeholders {names}"),
                        );
                    }
                    if !extra.is_empty() {
                        let names: Vec<String> =
                            extra.into_iter().map(super::problem::excerpt).collect();
                        let names = names.join(", ");
                        self.break_at(path, format!("uses placeholders not declared: {names}"));
                    }
                }
                Some(Err(broken)) => self.break_at(path, format!("cannot be filled: {broken}")),
                None => {}
            }
        }
    }
}
