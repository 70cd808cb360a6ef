//! The narrow part of a record: what a search compares before it looks at any field.
//!
//! It is kept in the record's own row as a few dozen bytes and, while the database is open, in
//! memory ([`crate::facets`]).

use std::hash::Hasher as _;

use hospes_domain::index::Entry;
use hospes_domain::query::listed_between;
use hospes_domain::{Fields, Kind, Timestamp, Value};
use siphasher::sip::SipHasher13;

use crate::error::StoreError;

/// A calendar over more nights than this is not kept night by night.
const MOST_NIGHTS: i64 = 400;
/// Free places that are told apart; more of them count as these.
pub(crate) const MOST_FREE: u8 = 15;
/// Length of the calendar of a record of which it cannot be said per night.
const UNKNOWN: u16 = u16::MAX;
const LISTED: u8 = 1;

/// A facet token as the index knows it. Two tokens that share a number would cost a record that is
/// looked at for nothing: what is shown is decided by the fields.
pub(crate) type Facet = u32;

/// The number of a token.
pub(crate) fn facet(token: &str) -> Facet {
    let mut hash = SipHasher13::new();
    hash.write(token.as_bytes());
    let [a, b, c, d, ..] = hash.finish().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// What a search compares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    /// When it was last known to be true; 0 when it does not say.
    pub(crate) confirmed: Timestamp,
    /// Searches find it from here.
    pub(crate) from: Timestamp,
    /// Searches find it until here.
    pub(crate) until: Timestamp,
    /// GeoNames number; 0 for none.
    pub(crate) town: u32,
    /// Whether searches find it when nobody asks for a status.
    pub(crate) listed: bool,
    /// Day of the first of the nights, since 1970-01-01.
    pub(crate) first_night: i32,
    /// Free places per night, at most [`MOST_FREE`]. `None` when it cannot be said per night; then a
    /// search looks into the fields.
    pub(crate) nights: Option<Vec<u8>>,
    /// Ascending.
    pub(crate) facets: Vec<Facet>,
}

impl Listing {
    /// Of a record with these fields, whose entry in the index is this.
    pub(crate) fn of(kind: Kind, fields: &Fields, entry: &Entry) -> Self {
        let (from, until) = listed_between(kind, fields);
        let (first_night, nights) = nights(fields);
        let mut facets: Vec<Facet> = entry.facets.iter().map(|token| facet(token)).collect();
        facets.sort_unstable();
        facets.dedup();
        let town = fields.get("near_town").and_then(Value::as_integer);
        Self {
            confirmed: confirmed(kind, fields),
            from,
            until,
            town: town.and_then(|town| u32::try_from(town).ok()).unwrap_or(0),
            listed: hospes_domain::index::facet::is_listed(kind, fields),
            first_night,
            nights,
            facets,
        }
    }

    /// As it is kept: fixed numbers, then two nights per byte, then the facets.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let nights = self.nights.as_deref().unwrap_or_default();
        let mut bytes = Vec::with_capacity(35 + nights.len() / 2 + 1 + 4 * self.facets.len());
        for time in [self.confirmed, self.from, self.until] {
            bytes.extend(time.0.to_le_bytes());
        }
        bytes.extend(self.town.to_le_bytes());
        bytes.push(if self.listed { LISTED } else { 0 });
        bytes.extend(self.first_night.to_le_bytes());
        let length = match &self.nights {
            Some(nights) => u16::try_from(nights.len()).unwrap_or(UNKNOWN),
            None => UNKNOWN,
        };
        bytes.extend(length.to_le_bytes());
        for pair in nights.chunks(2) {
            let high = pair.get(1).copied().unwrap_or(0);
            bytes.push(pair.first().copied().unwrap_or(0) | (high << 4));
        }
        for facet in &self.facets {
            bytes.extend(facet.to_le_bytes());
        }
        bytes
    }

    /// What [`Listing::encode`] kept.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut rest = Reader(bytes);
        let times = [rest.number::<8>()?, rest.number()?, rest.number()?];
        let [confirmed, from, until] = times.map(|bytes| Timestamp(i64::from_le_bytes(bytes)));
        let town = u32::from_le_bytes(rest.number()?);
        let [flags] = rest.number::<1>()?;
        let first_night = i32::from_le_bytes(rest.number()?);
        let length = u16::from_le_bytes(rest.number()?);
        let nights = if length == UNKNOWN {
            None
        } else {
            let packed = rest.take(usize::from(length).div_ceil(2))?;
            let mut nights: Vec<u8> =
                packed.iter().flat_map(|pair| [pair & 15, pair >> 4]).collect();
            nights.truncate(usize::from(length));
            Some(nights)
        };
        let (facets, odd) = rest.0.as_chunks::<4>();
        if !odd.is_empty() {
            return Err(damaged());
        }
        let facets = facets.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let listed = flags & LISTED != 0;
        Ok(Self { confirmed, from, until, town, listed, first_night, nights, facets })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], StoreError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.take(N)?.try_into().map_err(|_| damaged())
    }
}

fn damaged() -> StoreError {
    StoreError::unreadable("listing", "it ends in the middle")
}

/// When a record was last known to be true, as results are ordered by; 0 when it does not say.
fn confirmed(kind: Kind, fields: &Fields) -> Timestamp {
    let text = |name: &str| fields.get(name).and_then(Value::as_text);
    let day = |name: &str| text(name).map(|date| format!("{date}T00:00:00Z"));
    let instant = match kind {
        Kind::Offer => text("confirmed_at").map(str::to_owned),
        Kind::Bulletin => text("sent").map(str::to_owned),
        Kind::Service => day("assured_on"),
        Kind::Template => day("law_as_of"),
        Kind::Center => None,
    };
    instant.and_then(|instant| instant.parse().ok()).unwrap_or_default()
}

/// Free places night by night, from the first night of the calendar.
fn nights(fields: &Fields) -> (i32, Option<Vec<u8>>) {
    let Some(calendar) = fields.get("calendar").and_then(Value::as_map) else {
        return (0, Some(Vec::new()));
    };
    let known: Vec<(i64, u8)> = calendar
        .iter()
        .filter_map(|(night, free)| {
            let free = free.as_integer().unwrap_or(0).clamp(0, MOST_FREE.into());
            Some((day_of(night)?, u8::try_from(free).ok()?))
        })
        .collect();
    let days = || known.iter().map(|(day, _)| *day);
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return (0, Some(Vec::new()));
    };
    let Ok(first_night) = i32::try_from(first) else { return (0, None) };
    if last - first >= MOST_NIGHTS {
        return (0, None);
    }
    let mut bytes = vec![0; usize::try_from(last - first + 1).unwrap_or(0)];
    for (day, free) in known {
        if let Some(byte) = usize::try_from(day - first).ok().and_then(|at| bytes.get_mut(at)) {
            *byte = free;
        }
    }
    (first_night, Some(bytes))
}

/// Days since 1970-01-01 of a date such as `2026-11-23`.
fn day_of(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    Some(days_since_1970(year.into(), month.into(), day.into()))
}

/// Days since 1970-01-01 in the Gregorian calendar (Hinnant, "days from civil").
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn calendar(nights: &[(&str, i64)]) -> Fields {
        let map: BTreeMap<String, Value> = nights
            .iter()
            .map(|(night, free)| ((*night).to_owned(), Value::Integer(*free)))
            .collect();
        Fields::from([("calendar".to_owned(), Value::Map(map))])
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (date, expected) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("2026-11-23", Some(20_780)),
            ("soon", None),
            ("2026-11", None),
        ] {
            assert_eq!(day_of(date), expected, "{date}");
        }
    }

    #[test]
    fn a_calendar_becomes_a_number_per_night() {
        let fields = calendar(&[("2026-11-23", 2), ("2026-11-25", 300), ("2026-11-26", -1)]);
        assert_eq!(nights(&fields), (20_780, Some(vec![2, 0, MOST_FREE, 0])));
        assert_eq!(nights(&Fields::new()), (0, Some(vec![])));
        assert_eq!(nights(&calendar(&[("2026-11-23", 1), ("2036-11-23", 1)])), (0, None));
    }

    proptest! {
        #[test]
        fn listings_come_back(
            times: (i64, i64, i64),
            town: u32,
            listed: bool,
            first_night: i32,
            nights in proptest::option::of(proptest::collection::vec(0..=MOST_FREE, 0..200)),
            facets: Vec<u32>,
        ) {
            let (confirmed, from, until) = times;
            let [confirmed, from, until] = [confirmed, from, until].map(Timestamp);
            let listing =
                Listing { confirmed, from, until, town, listed, first_night, nights, facets };
            prop_assert_eq!(Listing::decode(&listing.encode()).unwrap(), listing);
        }

        #[test]
        fn any_bytes_are_decoded_without_a_panic(bytes: Vec<u8>) {
            let _ = Listing::decode(&bytes);
        }
    }
}
