//! Rules between the fields of a record.

use std::collections::BTreeSet;

use super::placeholder::placeholders;
use super::problem::{Problem, Violation};
use super::rule::Rule;
use crate::{Fields, Kind, Timestamp, Value, country};

/// The longest life of a bulletin, in days.
const BULLETIN_DAYS: i64 = 30;

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

    fn break_at(&mut self, field: impl Into<String>, rule: Rule) {
        self.found.push(Violation { field: field.into(), problem: Problem::Rule(rule) });
    }

    fn zone(&mut self, name: &'static str) {
        if self.has(name) && !self.has("time_zone") {
            self.break_at("time_zone", Rule::NoZone { of: name });
        }
    }

    fn region(&mut self) {
        if let (Some(country), Some(region)) = (self.text("country"), self.text("region"))
            && country::country_of(region).is_some_and(|other| other != country)
        {
            let (region, country) = (region.to_owned(), country.to_owned());
            self.break_at("region", Rule::OtherCountry { region, country });
        }
    }

    fn not_above(&mut self, low: &str, high: &'static str) {
        if let (Some(min), Some(max)) = (self.integer(low), self.integer(high))
            && min > max
        {
            self.break_at(low, Rule::Above { other: high, actual: min, limit: max });
        }
    }

    fn offer(&mut self) {
        self.region();
        self.not_above("min_nights", "max_nights");
        self.zone("calendar");
        self.zone("latest_arrival");
        if self.text("status") == Some("paused") && !self.has("paused_until") {
            self.break_at("paused_until", Rule::NoEndOfPause);
        }
        if let Some(cost @ ("rent" | "contribution")) = self.text("cost") {
            for name in ["amount", "currency"] {
                if !self.has(name) {
                    self.break_at(name, Rule::NoPrice { cost: cost.to_owned() });
                }
            }
        }
        if self.has("note") && !self.has("note_language") {
            self.break_at("note_language", Rule::NoLanguageOfNote);
        }
        let calendar = self.fields.get("calendar").and_then(Value::as_map);
        if let (Some(sleeps), Some(calendar)) = (self.integer("sleeps"), calendar) {
            let over = calendar
                .iter()
                .filter_map(|(night, places)| Some((night, places.as_integer()?)))
                .find(|(_, places)| *places > sleeps);
            if let Some((night, places)) = over {
                let night = super::problem::excerpt(night);
                let above = Rule::Above { other: "sleeps", actual: places, limit: sleeps };
                self.break_at(format!("calendar.{night}"), above);
            }
        }
    }

    fn service(&mut self) {
        self.region();
        self.not_above("minimum_age", "maximum_age");
        if self.has("address") && self.text("location_type") != Some("physical") {
            self.break_at("address", Rule::AddressOfNoPlace);
        }
    }

    fn bulletin(&mut self) {
        let (sent, expires) = (self.instant("sent"), self.instant("expires"));
        if let (Some(sent), Some(expires)) = (sent, expires) {
            if expires <= sent {
                self.break_at("expires", Rule::NotAfter { other: "sent" });
            } else if expires.since(sent) > BULLETIN_DAYS * Timestamp::DAY {
                self.break_at("expires", Rule::LivesTooLong { days: BULLETIN_DAYS });
            }
        }
        if let (Some(effective), Some(expires)) = (self.instant("effective"), expires)
            && expires <= effective
        {
            self.break_at("expires", Rule::NotAfter { other: "effective" });
        }
        let referring = matches!(self.text("msg_type"), Some("update" | "cancel"));
        let refers = self.fields.get("references").is_some_and(|list| !list.elements().is_empty());
        if referring && !refers {
            self.break_at("references", Rule::NoReference);
        }
        if self.text("source") == Some("official_url") && !self.has("source_url") {
            self.break_at("source_url", Rule::NoSourcePage);
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
                self.break_at(format!("placeholders[{index}].key"), Rule::DeclaredTwice);
            }
            if entry("type").and_then(Value::as_text) == Some("choice")
                && entry("choices").is_none()
            {
                let path = format!("placeholders[{index}].choices");
                self.break_at(path, Rule::NoChoices);
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
            self.break_at("body", Rule::NothingToApprove);
            return;
        };
        for (tag, text) in body.iter().take(super::MAX_VIOLATIONS) {
            let path = format!("body.{}", super::problem::excerpt(tag));
            match text.as_text().map(placeholders) {
                Some(Ok(used)) => {
                    let lacking: Vec<&str> = declared.difference(&used).copied().take(5).collect();
                    let extra: Vec<&str> = used.difference(declared).copied().take(5).collect();
                    if !lacking.is_empty() {
                        let keys = lacking.join(", ");
                        self.break_at(path.as_str(), Rule::Unused { keys });
                    }
                    if !extra.is_empty() {
                        let keys: Vec<String> =
                            extra.into_iter().map(super::problem::excerpt).collect();
                        self.break_at(path, Rule::Undeclared { keys: keys.join(", ") });
                    }
                }
                Some(Err(broken)) => self.break_at(path, Rule::NotFillable { found: broken.0 }),
                None => {}
            }
        }
    }
}
