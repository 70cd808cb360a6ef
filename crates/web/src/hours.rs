//! Opening hours in words: whether somebody is there now, and until when.
//!
//! What records say of it was written anywhere. It is looked at a few weeks ahead and no further, and only
//! where it is of the plain kind that most are of: the library that reads it gives up with a panic on some
//! of what is not. Everything else is shown as it stands.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use hospes_domain::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use opening_hours::localization::Country;
use opening_hours::{Context, OpeningHours};
use opening_hours_syntax::RuleKind;

use crate::shape::{Reader, date};
use crate::text::Texts;

/// Most rules that are read.
const MOST: usize = 20;
/// The days of the week, and public holidays.
const DAYS: [&str; 8] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"];
/// How far ahead a change is looked for.
const AHEAD: TimeDelta = TimeDelta::days(35);

/// Whether it is open now, in the time of the place, with what comes next.
#[derive(Debug, PartialEq, Eq)]
enum Hours {
    Open(Option<NaiveDateTime>),
    Closed(Option<NaiveDateTime>),
}

/// What is to be said of the opening hours of a record; nothing where they or their zone are not known.
pub(crate) fn said(t: &Texts, reader: &Reader<'_>, now: Timestamp) -> Option<String> {
    let zone = TimeZone::get(reader.text("time_zone")?).ok()?;
    let now = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone).datetime();
    let now = of(now)?;
    let country = reader.text("country").and_then(|code| code.parse().ok());
    Some(words(t, &hours(reader.text("opening_hours")?, country, now)?, now))
}

fn of(at: DateTime) -> Option<NaiveDateTime> {
    let day = |part: i8| u32::try_from(part).ok();
    let date = NaiveDate::from_ymd_opt(at.year().into(), day(at.month())?, day(at.day())?)?;
    date.and_hms_opt(day(at.hour())?, day(at.minute())?, 0)
}

fn hours(text: &str, country: Option<Country>, now: NaiveDateTime) -> Option<Hours> {
    if !is_plain(text) {
        return None;
    }
    let holidays = country.map(Country::holidays).unwrap_or_default();
    let context = Context::default().approx_bound_interval_size(AHEAD).with_holidays(holidays);
    let hours = text.parse::<OpeningHours>().ok()?.with_context(context);
    let change = hours.next_change(now).filter(|change| *change <= now + AHEAD);
    match hours.state(now).0 {
        RuleKind::Open => Some(Hours::Open(change)),
        // Only what opens is worth a call then.
        RuleKind::Closed => Some(Hours::Closed(change.filter(|at| hours.is_open(*at)))),
        RuleKind::Unknown => None,
    }
}

/// Whether it says on which days of the week which hours, or none, and nothing else.
fn is_plain(text: &str) -> bool {
    let day = |text: &str| match text.split_once('-') {
        Some((first, last)) => [first, last].iter().all(|day| *day != "PH" && DAYS.contains(day)),
        None => DAYS.contains(&text),
    };
    let clock = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        };
        Some(two(hours)? * 60 + two(minutes).filter(|minutes| *minutes < 60)?)
    };
    let span = |text: &str| {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (clock(from)?, clock(to)?);
        (from < 24 * 60 && to <= 24 * 60 && from != to).then_some(())
    };
    let times = |text: &str| text == "off" || text.split(',').all(|text| span(text).is_some());
    let rule = |text: &str| match text.trim().split_once(' ') {
        Some((days, hours)) => days.split(',').all(day) && times(hours.trim()),
        None => times(text.trim()),
    };
    text == "24/7" || text.split(';').count() <= MOST && text.split(';').all(rule)
}

fn words(t: &Texts, hours: &Hours, now: NaiveDateTime) -> String {
    let time = |at: &NaiveDateTime| at.format("%H:%M").to_string();
    let day = |at: &NaiveDateTime| date(t, &at.format("%Y-%m-%d").to_string());
    let days = |at: &NaiveDateTime| (at.date() - now.date()).num_days();
    // Who closes at midnight closes today.
    let midnight = |at: &NaiveDateTime| days(at) == 1 && time(at) == "00:00";
    match hours {
        Hours::Open(None) => t.hours_open(),
        Hours::Open(Some(at)) if days(at) == 0 => t.hours_open_until(time(at)),
        Hours::Open(Some(at)) if midnight(at) => t.hours_open_until("24:00"),
        Hours::Open(Some(at)) => t.hours_open_until(format!("{}, {}", day(at), time(at))),
        Hours::Closed(None) => t.hours_closed(),
        Hours::Closed(Some(at)) => match days(at) {
            0 => t.hours_opens_today(time(at)),
            1 => t.hours_opens_tomorrow(time(at)),
            _ => t.hours_opens_on(day(at), time(at)),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::time::Instant;

    use hospes_domain::Fields;
    use proptest::prelude::*;

    use super::*;

    const WORDS: &[&str] = &[
        "Mo",
        "Tu-Fr",
        "Sa,Su",
        "Fr-Mo",
        "PH",
        ",",
        ";",
        "; ",
        " ",
        "off",
        "24/7",
        "00:00-24:00",
        "09:00-17:00",
        "22:00-02:00",
        "17:00-09:00",
        "12:00-12:00",
        "23:59-00:00",
        "9:00",
        "/",
        "-",
        "\u{a0}",
    ];

    fn told(hours: &str, zone: &str, now: &str) -> Option<String> {
        let fields = Fields::from(
            [("opening_hours", hours), ("time_zone", zone), ("country", "EE")]
                .map(|(name, value)| (name.to_owned(), value.into())),
        );
        said(Texts::first(), &Reader(&fields), now.parse().unwrap())
    }

    #[test]
    fn it_is_said_whether_somebody_is_there_in_the_time_of_the_place() {
        // A Monday. Tallinn is two hours ahead of UTC.
        for (hours, now, expected) in [
            ("Mo-Fr 09:00-17:00", "2026-11-30T14:59:00Z", "Open now, until 17:00."),
            ("Mo-Fr 09:00-17:00", "2026-11-30T15:00:00Z", "Closed now. Opens tomorrow at 09:00."),
            ("Mo-Fr 09:00-17:00", "2026-11-30T06:00:00Z", "Closed now. Opens today at 09:00."),
            (
                "Mo-Fr 09:00-17:00",
                "2026-12-04T20:00:00Z",
                "Closed now. Opens on 7 December 2026 at 09:00.",
            ),
            ("Mo 18:00-24:00", "2026-11-30T17:00:00Z", "Open now, until 24:00."),
            ("Mo 18:00-02:00", "2026-11-30T21:00:00Z", "Open now, until 1 December 2026, 02:00."),
            ("24/7", "2026-11-30T17:00:00Z", "Open now."),
            ("off", "2026-11-30T17:00:00Z", "Closed now."),
            // Christmas Eve is a public holiday in Estonia.
            (
                "Mo-Fr 09:00-17:00; PH off",
                "2026-12-24T10:00:00Z",
                "Closed now. Opens on 28 December 2026 at 09:00.",
            ),
        ] {
            let told = told(hours, "Europe/Tallinn", now);
            assert_eq!(told.as_deref(), Some(expected), "{hours} at {now}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn whatever_a_center_writes_is_looked_at_in_no_time(
            words in prop::collection::vec(prop::sample::select(WORDS), 0..14)
        ) {
            let began = Instant::now();
            let _ = told(&words.concat(), "Europe/Tallinn", "2026-11-30T12:00:00Z");
            // A thousand times what it takes: a busy machine may stop it for a while.
            prop_assert!(began.elapsed().as_secs() < 5);
        }
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_read() {
        let now = "2026-11-30T12:00:00Z";
        assert_eq!(told("Mo-Fr 9 bis 17 Uhr", "Europe/Tallinn", now), None);
        assert_eq!(told("Mo-Fr 09:00-17:00", "Europe/Nowhere", now), None);
        assert_eq!(told(&"Mo 09:00-10:00;".repeat(60), "Europe/Tallinn", now), None);
        // The parser would give up with a panic.
        assert_eq!(told("09:00-17:00/24:00", "Europe/Tallinn", now), None);
    }
}
