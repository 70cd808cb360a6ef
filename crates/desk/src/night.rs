//! Which night is meant.
//!
//! A night is the date of its evening. Somebody who asks at two in the morning for a bed "tonight"
//! means the night that began yesterday.

use hospes_domain::Timestamp;
use hospes_domain::query::MORNING;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The night that is meant by "tonight".
pub fn tonight(now: Timestamp, zone: &TimeZone) -> Date {
    let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let local = instant.to_zoned(zone.clone()).datetime();
    let day = local.date();
    if local.hour() < MORNING { day.yesterday().unwrap_or(day) } else { day }
}

/// A night as a person writes it: "tonight", "tomorrow", 2026-11-23, 23.11.2026, 23.11. or 23/11/2026.
/// Without a year it is the next one of that date.
pub fn night(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let text = text.trim();
    let tonight = tonight(now, zone);
    match text.to_ascii_lowercase().as_str() {
        "tonight" => return Some(tonight),
        "tomorrow" => return tonight.tomorrow().ok(),
        _ => {}
    }
    if text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') {
        return text.parse().ok();
    }
    let mut parts = text.trim_end_matches('.').split(['.', '/']).map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next());
    let (day, month) = (day.parse().ok()?, month.parse().ok()?);
    if parts.next().is_some() {
        return None;
    }
    match year {
        Some(year) if year.len() == 4 => Date::new(year.parse().ok()?, month, day).ok(),
        Some(_) => None,
        None => (tonight.year()..=tonight.year().saturating_add(4))
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| *date >= tonight),
    }
}

/// The time zone of a name, else the one that the machine is set to, else UTC.
pub fn zone(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).or_else(machine_zone).unwrap_or(TimeZone::UTC)
}

/// The zone that the machine is set to. Only its name is taken from the machine: what the zone is,
/// the program knows.
fn machine_zone() -> Option<TimeZone> {
    let named = std::env::var("TZ").ok().filter(|name| !name.is_empty());
    let name = named.or_else(|| {
        let path = std::fs::canonicalize("/etc/localtime").ok()?;
        let (_, name) = path.to_str()?.split_once("zoneinfo/")?;
        Some(name.to_owned())
    })?;
    TimeZone::get(name.trim_start_matches(':')).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn tallinn() -> TimeZone {
        TimeZone::get("Europe/Tallinn").unwrap()
    }

    #[test]
    fn a_night_belongs_to_its_evening_until_six() {
        for (now, expected) in [
            // Tallinn is two hours ahead of UTC in November and three in June.
            ("2026-11-23T12:00:00Z", "2026-11-23"),
            ("2026-11-23T21:59:00Z", "2026-11-23"),
            ("2026-11-23T23:30:00Z", "2026-11-23"),
            ("2026-11-24T03:59:59Z", "2026-11-23"),
            ("2026-11-24T04:00:00Z", "2026-11-24"),
            ("2026-06-24T02:59:59Z", "2026-06-23"),
            ("2026-06-24T03:00:00Z", "2026-06-24"),
            ("2027-01-01T01:00:00Z", "2026-12-31"),
        ] {
            let night = tonight(now.parse().unwrap(), &tallinn());
            assert_eq!(night.to_string(), expected, "{now}");
        }
    }

    #[test]
    fn the_same_instant_is_another_night_elsewhere() {
        let now: Timestamp = "2026-11-24T03:30:00Z".parse().unwrap();
        let tbilisi = TimeZone::get("Asia/Tbilisi").unwrap();
        assert_eq!(tonight(now, &tallinn()).to_string(), "2026-11-23");
        assert_eq!(tonight(now, &tbilisi).to_string(), "2026-11-24");
    }

    #[test]
    fn a_night_is_written_as_people_write_it() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("tonight", Some("2026-11-23")),
            (" Tonight ", Some("2026-11-23")),
            ("2026-12-01", Some("2026-12-01")),
            ("2026-13-01", None),
            ("20261201", None),
            ("2026-12-01T20:00", None),
            ("Tomorrow", Some("2026-11-24")),
            ("28.11.2026", Some("2026-11-28")),
            ("1.12.", Some("2026-12-01")),
            ("5. 1.", Some("2027-01-05")),
            ("29.2.", Some("2028-02-29")),
            ("28/11/2026", Some("2026-11-28")),
            ("11/28/2026", None),
            ("28.11.26", None),
            ("31.11.2026", None),
            ("friday", None),
            ("", None),
        ] {
            let night = night(text, now, &tallinn()).map(|night| night.to_string());
            assert_eq!(night.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_instant_out_of_the_calendar_is_still_some_night() {
        for now in [i64::MIN, i64::MAX] {
            tonight(Timestamp(now), &tallinn());
        }
    }
}
