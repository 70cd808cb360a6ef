//! What a record says, ready to be shown and searched without its document.

use hospes_domain::query::listed_between;
use hospes_domain::{Fields, Kind, RecordKey, Timestamp, Value, index};

use crate::error::StoreError;
use crate::index::Terms;

/// Fields of fewer bytes are kept as they are: compression would not pay.
const WORTH_COMPRESSING: usize = 1_024;
/// No record's fields come near it; a damaged length must not allocate more.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// A calendar over more nights than this is not kept night by night.
const MOST_NIGHTS: i64 = 400;
const PLAIN: u8 = 0;
const COMPRESSED: u8 = 1;

/// All that is derived from the fields of a record.
#[derive(Debug)]
pub(crate) struct Projection {
    /// See [`encode`].
    pub(crate) fields: Vec<u8>,
    pub(crate) terms: Terms,
    pub(crate) listing: Listing,
}

/// The narrow part of it, kept in the record's own row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) confirmed: Timestamp,
    pub(crate) town: Option<i64>,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) first_night: Option<i64>,
    /// `None` when it cannot be said per night; then a search looks into the fields.
    pub(crate) nights: Option<Vec<u8>>,
}

impl Projection {
    pub(crate) fn of(key: &RecordKey, fields: &Fields) -> Result<Self, StoreError> {
        Ok(Self {
            fields: encode(fields)?,
            terms: terms(key, fields),
            listing: Listing::of(key.kind, fields),
        })
    }
}

/// The terms of a record; always the same for the same fields, as they are taken out that way.
pub(crate) fn terms(key: &RecordKey, fields: &Fields) -> Terms {
    let entry = index::entry(key.kind, fields);
    Terms::of(&entry, &key.steward, confirmed(key.kind, fields))
}

impl Listing {
    pub(crate) fn of(kind: Kind, fields: &Fields) -> Self {
        let (from, until) = listed_between(kind, fields);
        let (first_night, nights) = nights(fields);
        Self {
            confirmed: confirmed(kind, fields),
            town: fields.get("near_town").and_then(Value::as_integer),
            from,
            until,
            first_night,
            nights,
        }
    }
}

/// When a record was last known to be true, as results are ordered by; 0 when it does not say.
pub(crate) fn confirmed(kind: Kind, fields: &Fields) -> Timestamp {
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
fn nights(fields: &Fields) -> (Option<i64>, Option<Vec<u8>>) {
    let Some(calendar) = fields.get("calendar").and_then(Value::as_map) else {
        return (Some(0), Some(Vec::new()));
    };
    let known: Vec<(i64, u8)> = calendar
        .iter()
        .filter_map(|(night, free)| {
            let free = free.as_integer().unwrap_or(0).clamp(0, 255);
            Some((day_of(night)?, u8::try_from(free).ok()?))
        })
        .collect();
    let days = || known.iter().map(|(day, _)| *day);
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return (Some(0), Some(Vec::new()));
    };
    if last - first >= MOST_NIGHTS {
        return (None, None);
    }
    let mut bytes = vec![0; usize::try_from(last - first + 1).unwrap_or(0)];
    for (day, free) in known {
        if let Some(byte) = usize::try_from(day - first).ok().and_then(|at| bytes.get_mut(at)) {
            *byte = free;
        }
    }
    (Some(first), Some(bytes))
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

/// Fields as they are kept: one byte that says how, then postcard, compressed where it pays.
pub(crate) fn encode(fields: &Fields) -> Result<Vec<u8>, StoreError> {
    let plain = postcard::to_extend(fields, vec![PLAIN])
        .map_err(|why| StoreError::unreadable("fields", why))?;
    if plain.len() > WORTH_COMPRESSING
        && let Some((_, content)) = plain.split_first()
        && let Ok(packed) = zstd::bulk::compress(content, 3)
        && packed.len() < plain.len() / 8 * 7
    {
        let mut bytes = Vec::with_capacity(packed.len() + 1);
        bytes.push(COMPRESSED);
        bytes.extend_from_slice(&packed);
        return Ok(bytes);
    }
    Ok(plain)
}

/// The fields that [`encode`] kept.
pub(crate) fn decode(bytes: &[u8]) -> Result<Fields, StoreError> {
    let read = |content: &[u8]| {
        postcard::from_bytes(content).map_err(|why| StoreError::unreadable("fields", why))
    };
    match bytes.split_first() {
        Some((&PLAIN, content)) => read(content),
        Some((&COMPRESSED, content)) => {
            let length = zstd::zstd_safe::get_frame_content_size(content).ok().flatten();
            let length = length.and_then(|length| usize::try_from(length).ok());
            let length = length.unwrap_or(MOST_BYTES).min(MOST_BYTES);
            let plain = zstd::bulk::decompress(content, length)
                .map_err(|why| StoreError::unreadable("fields", why))?;
            read(&plain)
        }
        _ => Err(StoreError::unreadable("fields", "unknown encoding")),
    }
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
    fn a_calendar_becomes_a_byte_per_night() {
        let fields = calendar(&[("2026-11-23", 2), ("2026-11-25", 300), ("2026-11-26", -1)]);
        assert_eq!(nights(&fields), (Some(20_780), Some(vec![2, 0, 255, 0])));
        assert_eq!(nights(&Fields::new()), (Some(0), Some(vec![])));
        assert_eq!(nights(&calendar(&[("2026-11-23", 1), ("2036-11-23", 1)])), (None, None));
    }

    #[test]
    fn long_fields_are_compressed_and_come_back() {
        let long = Fields::from([("note".to_owned(), Value::from("word ".repeat(2_000)))]);
        let bytes = encode(&long).unwrap();
        assert!(bytes.len() < 200, "{}", bytes.len());
        assert_eq!(decode(&bytes).unwrap(), long);
    }

    #[test]
    fn damaged_fields_are_an_error() {
        for bytes in [&[][..], &[7, 1, 2], &[0, 9], &[1, 1, 2, 3]] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_without_a_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }

        #[test]
        fn texts_come_back(text in ".{0,2000}", number: i64) {
            let fields = Fields::from([("a".to_owned(), Value::from(text)), ("b".to_owned(), Value::from(number))]);
            prop_assert_eq!(decode(&encode(&fields).unwrap()).unwrap(), fields);
        }
    }
}
