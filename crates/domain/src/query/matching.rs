//! Whether one record answers a query, from its fields alone.

use std::cmp::Reverse;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::{Nights, Query};
use crate::freshness::{CLOCK_SLACK, OFFER_HIDDEN};
use crate::index::{facet, texts};
use crate::{Fields, Kind, Timestamp, Value, freshness, gazetteer};

/// The local hour at which a night ends: a latest arrival before it is meant after midnight, and a host
/// who names none can be asked until then.
pub const MORNING: i8 = 6;

/// How well a record answers a query; the smaller comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// The sum over the words of the text: 0 in the title, 1 in the text, 2 by its beginning, 3 by
    /// its sound.
    pub text: u16,
    /// Kilometers from the town that was asked for, rounded down; 0 when none was.
    pub km: u32,
    /// When it was last known to be true, newest first.
    pub confirmed: Reverse<Timestamp>,
}

impl Query {
    /// Whether a record answers the query, and how well. Says nothing about the steward.
    pub fn matches(&self, kind: Kind, fields: &Fields, now: Timestamp) -> Option<Rank> {
        let record = Record { kind, fields };
        let holds = self.kind.is_none_or(|wanted| wanted == kind)
            && (self.facets.contains_key("status")
                || facet::is_listed(kind, fields) && !record.is_paused(now))
            && self.country.as_ref().is_none_or(|code| record.is_in(code))
            && self.region.as_ref().is_none_or(|code| record.is_in_region(code))
            && self.hosts(&record)
            && self.speaks(&record)
            && self.facets.iter().all(|(field, any)| record.has_any(field, any))
            && self.is_current(&record, now)
            && self.nights.is_none_or(|nights| {
                let asked = (!self.include_late).then_some(now);
                kind == Kind::Offer && fits_nights(fields, nights, self.people(), asked)
            });
        if !holds {
            return None;
        }
        let km = match self.near {
            None => 0.0,
            Some(near) => {
                let (center, town) = (gazetteer::place(near.town)?, facet::town(fields)?);
                let km = center.distance(town.latitude, town.longitude);
                (km <= f64::from(near.km)).then_some(km)?
            }
        };
        let confirmed = Reverse(believed(confirmed(kind, fields).unwrap_or_default(), now));
        Some(Rank { text: self.text_rank(&record)?, km: km as u32, confirmed })
    }

    fn text_rank(&self, record: &Record<'_>) -> Option<u16> {
        let words = self.words();
        if words.is_empty() {
            return Some(0);
        }
        let (title, text) = texts(record.kind, record.fields);
        let ranks = words.iter().map(|word| word.closeness(&title, &text));
        ranks.map(|closeness| closeness.map(|closeness| closeness as u16)).sum()
    }

    /// Whether there is room and welcome for the party and its animals.
    fn hosts(&self, record: &Record<'_>) -> bool {
        let people = self.party.size();
        let room = people == 0
            || record
                .integer("sleeps")
                .is_some_and(|sleeps| usize::try_from(sleeps).is_ok_and(|sleeps| sleeps >= people));
        room && self.party.children.iter().all(|age| record.lists("child_ages_ok", age.name()))
            && self.party_type.is_none_or(|party| record.lists("party_accepts", party.name()))
            && self.pets.iter().all(|pet| record.lists("pets_ok", pet.name()))
            && (!self.step_free || matches!(record.text("step_free"), Some("all" | "some")))
            && self.women_only.is_none_or(|wanted| {
                record.kind == Kind::Offer && record.flag("women_only").unwrap_or(false) == wanted
            })
    }

    fn speaks(&self, record: &Record<'_>) -> bool {
        self.languages.is_empty()
            || facet::languages(record.kind, record.fields).any(|spoken| {
                let spoken = facet::language(spoken);
                !spoken.is_empty()
                    && self.languages.iter().any(|tag| facet::language(tag) == spoken)
            })
    }

    fn is_current(&self, record: &Record<'_>, now: Timestamp) -> bool {
        (self.include_stale && record.kind == Kind::Offer)
            || !freshness::of(record.kind, record.fields, now).is_out_of_search()
    }
}

/// From when and until when a search finds the record, the end not included.
///
/// This is [`freshness::of`] in a form that an index can hold. Offers are found until 30 days after
/// their confirmation or the end of their last day, bulletins until they expire; what lacks such a
/// date is found at no time.
pub fn listed_between(kind: Kind, fields: &Fields) -> (Timestamp, Timestamp) {
    let record = Record { kind, fields };
    let (first, last) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
    match kind {
        Kind::Offer => {
            let confirmed = record.instant("confirmed_at").map(|at| at.plus(OFFER_HIDDEN));
            let ends = record.day("expires_on").map(|day| day.plus(Timestamp::DAY));
            (first, confirmed.map_or(first, |confirmed| confirmed.min(ends.unwrap_or(last))))
        }
        Kind::Bulletin => match (record.instant("sent"), record.instant("expires")) {
            (Some(sent), Some(expires)) => (sent.plus(-CLOCK_SLACK), expires),
            _ => (first, first),
        },
        Kind::Service | Kind::Template | Kind::Center => (first, last),
    }
}

/// Whether an offer has this many free places in every one of these nights, takes a stay of that
/// length, and can still be asked in time at the instant `asked`, if there is one.
///
/// The host has to be asked `notice` before the latest arrival of the first night, or before its
/// morning if none is set.
pub fn fits_nights(
    fields: &Fields,
    nights: Nights,
    people: usize,
    asked: Option<Timestamp>,
) -> bool {
    let record = Record { kind: Kind::Offer, fields };
    let count = i64::from(nights.count);
    let length = record.integer("min_nights").is_none_or(|min| count >= min)
        && record.integer("max_nights").is_none_or(|max| count <= max);
    if !length || nights.count == 0 {
        return false;
    }
    let Some(calendar) = fields.get("calendar").and_then(Value::as_map) else { return false };
    let mut night = nights.first;
    for done in 1..=nights.count {
        let free = calendar.get(&night.to_string()).and_then(Value::as_integer).unwrap_or(0);
        if !usize::try_from(free).is_ok_and(|free| free >= people) {
            return false;
        }
        match night.tomorrow() {
            Ok(next) => night = next,
            Err(_) => return done == nights.count,
        }
    }
    asked.is_none_or(|asked| {
        record.arrival_ends(nights.first).is_some_and(|end| asked.plus(record.notice()) <= end)
    })
}

/// When a record was last known to be true, as searches order by it. Whoever says that a host answers in
/// two years says nothing of tonight.
pub fn believed(confirmed: Timestamp, now: Timestamp) -> Timestamp {
    if confirmed.since(now) > CLOCK_SLACK { Timestamp::default() } else { confirmed }
}

/// When a record was last known to be true.
fn confirmed(kind: Kind, fields: &Fields) -> Option<Timestamp> {
    let record = Record { kind, fields };
    match kind {
        Kind::Offer => record.instant("confirmed_at"),
        Kind::Bulletin => record.instant("sent"),
        Kind::Service => record.day("assured_on"),
        Kind::Template => record.day("law_as_of"),
        Kind::Center => None,
    }
}

/// A record's fields, read by shape; a field of a wrong shape counts as absent.
struct Record<'a> {
    kind: Kind,
    fields: &'a Fields,
}

impl<'a> Record<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name).and_then(Value::as_text)
    }

    fn integer(&self, name: &str) -> Option<i64> {
        self.fields.get(name).and_then(Value::as_integer)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.fields.get(name).and_then(Value::as_flag)
    }

    fn instant(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    /// Whether the host takes nobody yet: the day on which a pause ends has not begun where the place is.
    fn is_paused(&self, now: Timestamp) -> bool {
        self.kind == Kind::Offer
            && self.text("status") == Some("paused")
            && self
                .text("paused_until")
                .and_then(|day| day.parse().ok())
                .and_then(|day| self.instant_at(day, Time::midnight()))
                .is_none_or(|end| now < end)
    }

    /// The beginning of a day in UTC.
    fn day(&self, name: &str) -> Option<Timestamp> {
        format!("{}T00:00:00Z", self.text(name)?).parse().ok()
    }

    fn lists(&self, name: &str, word: &str) -> bool {
        let elements = self.fields.get(name).map(Value::elements).unwrap_or_default();
        elements.iter().any(|element| element.as_text() == Some(word))
    }

    fn has_any(&self, field: &str, any: &[String]) -> bool {
        let searchable = facet::searchable_fields().any(|searchable| searchable == field);
        let values = facet::values_of(self.kind, self.fields, field);
        searchable && any.iter().any(|wanted| values.contains(&facet::plain(wanted)))
    }

    /// Its own country and region, and the areas that it is for.
    fn codes(&self) -> impl Iterator<Item = &'a str> {
        let own = ["country", "region"].into_iter().filter_map(|name| self.text(name));
        own.chain(facet::areas(self.fields))
    }

    fn is_in(&self, country: &str) -> bool {
        let wanted: Vec<String> = facet::countries(country).collect();
        self.codes().any(|code| wanted.contains(&facet::area(code).0))
    }

    fn is_in_region(&self, region: &str) -> bool {
        let (country, region) = facet::area(region);
        let exact = self.codes().any(|code| facet::area(code).1 == region && region.is_some());
        exact || facet::areas(self.fields).any(|code| facet::area(code) == (country.clone(), None))
    }

    /// The instant at this time of day in the record's time zone, else in that of its town, else in
    /// UTC.
    fn instant_at(&self, day: Date, time: Time) -> Option<Timestamp> {
        let town = || facet::town(self.fields).map(|town| town.time_zone);
        let zone = self.text("time_zone").or_else(town);
        let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
        let zoned = zone.to_zoned(DateTime::from_parts(day, time)).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }

    /// Until when guests may arrive for a night.
    fn arrival_ends(&self, night: Date) -> Option<Timestamp> {
        let latest = self.text("latest_arrival").and_then(|text| text.parse::<Time>().ok());
        match latest {
            Some(time) if time.hour() >= MORNING => self.instant_at(night, time),
            Some(time) => self.instant_at(night.tomorrow().ok()?, time),
            None => self.instant_at(night.tomorrow().ok()?, Time::constant(MORNING, 0, 0, 0)),
        }
    }

    /// How long before arrival the host must be asked, in milliseconds.
    fn notice(&self) -> i64 {
        match self.text("notice") {
            Some("4h") => 4 * Timestamp::HOUR,
            Some("24h") => 24 * Timestamp::HOUR,
            Some("48h") => 48 * Timestamp::HOUR,
            Some("week") => 7 * Timestamp::DAY,
            _ => 0,
        }
    }
}
