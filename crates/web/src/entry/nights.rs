//! Free places as a table of nights.

use std::collections::BTreeMap;

use hospes_desk::night::{night, tonight};
use hospes_domain::{Timestamp, Value};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use crate::form::Form;
use crate::shape::date;
use crate::text::Texts;

/// Weeks that the table shows.
const WEEKS: i64 = 6;
/// Nights that a calendar holds, and the furthest that one looks ahead.
const MOST: usize = 120;
/// What the names of the fields of nights begin with.
const NIGHT: &str = "n-";
/// Most places of a night.
const MOST_PLACES: i64 = 255;

/// The table, and what goes with it.
pub(crate) struct Calendar {
    pub(crate) days: [String; 7],
    pub(crate) weeks: Vec<Vec<Option<Night>>>,
    /// What lies after the table.
    pub(crate) after: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) places: String,
}

/// One night of it.
pub(crate) struct Night {
    pub(crate) name: String,
    pub(crate) short: String,
    pub(crate) label: String,
    pub(crate) value: String,
}

/// The name of the field of a night.
pub(crate) fn name(night: &str) -> String {
    format!("{NIGHT}{night}")
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(Span::new().try_days(days).unwrap_or_default()).unwrap_or(day)
}

/// The nights of a record that the form does not ask for.
fn beside(form: &Form, before: Option<&Value>, first: Date) -> BTreeMap<String, Value> {
    let Some(map) = before.and_then(Value::as_map) else { return BTreeMap::new() };
    let fits = |night: &str| {
        night.parse::<Date>().is_ok_and(|date| date >= first) && !form.has(&name(night))
    };
    map.iter().filter(|(night, _)| fits(night)).map(|(n, p)| (n.clone(), p.clone())).collect()
}

impl Calendar {
    /// The weeks from tonight on, with what was typed.
    pub(crate) fn of(
        t: &Texts,
        form: &Form,
        before: Option<&Value>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let first = tonight(now, zone);
        let monday = later(first, -i64::from(first.weekday().to_monday_zero_offset()));
        let one = |day: Date| {
            let name = name(&day.to_string());
            (day >= first).then(|| Night {
                value: form.text(&name).to_owned(),
                name,
                short: format!("{}.{}.", day.day(), day.month()),
                label: t.nights_free(date(t, &day.to_string())),
            })
        };
        let weeks = (0..WEEKS)
            .map(|week| (0..7).map(|day| one(later(monday, week * 7 + day))).collect())
            .collect();
        let end = later(monday, WEEKS * 7);
        let is_after = |(night, places): &(String, i64)| {
            *places > 0 && night.parse::<Date>().is_ok_and(|date| date >= end)
        };
        let mut after: BTreeMap<String, i64> = beside(form, before, first)
            .into_iter()
            .filter_map(|(night, places)| Some((night, places.as_integer()?)))
            .collect();
        after.extend(form.typed().filter_map(|(name, places)| {
            Some((name.strip_prefix(NIGHT)?.to_owned(), places.trim().parse().ok()?))
        }));
        let after: Vec<(String, i64)> = after.into_iter().filter(is_after).collect();
        let after = match after.last() {
            Some((last, _)) => t.nights_after(after.len(), date(t, last)),
            None => String::new(),
        };
        Self {
            days: [
                t.weekday_1(),
                t.weekday_2(),
                t.weekday_3(),
                t.weekday_4(),
                t.weekday_5(),
                t.weekday_6(),
                t.weekday_7(),
            ],
            weeks,
            after,
            from: form.text("nights-from").to_owned(),
            until: form.text("nights-until").to_owned(),
            places: form.text("nights-places").to_owned(),
        }
    }
}

/// What the table and the line below it say: the nights of the record that are not asked for stay, but for
/// those that are over.
pub(crate) fn read(
    t: &Texts,
    form: &Form,
    before: Option<&Value>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Option<Value>, String> {
    let first = tonight(now, zone);
    let mut all = beside(form, before, first);
    let places = |text: &str| text.parse().ok().filter(|places| (0..=MOST_PLACES).contains(places));
    for (name, typed) in form.typed() {
        let Some(day) = name.strip_prefix(NIGHT).and_then(|day| day.parse::<Date>().ok()) else {
            continue;
        };
        let typed = typed.trim();
        if typed.is_empty() || day < first {
            continue;
        }
        let Some(places) = places(typed) else {
            return Err(format!(
                "{}: {}",
                date(t, &day.to_string()),
                t.problem_range(0i64, MOST_PLACES)
            ));
        };
        all.insert(day.to_string(), places.into());
    }
    let [from, until, many] =
        ["nights-from", "nights-until", "nights-places"].map(|name| form.text(name));
    if !(from.is_empty() && until.is_empty() && many.is_empty()) {
        let range = (night(from, now, zone), night(until, now, zone), places(many));
        let (Some(from), Some(until), Some(places)) = range else {
            return Err(t.nights_many_wrong());
        };
        if from < first || until < from || until > later(first, MOST as i64) {
            return Err(t.nights_many_wrong());
        }
        for day in from.series(1.day()).take_while(|day| *day <= until) {
            all.insert(day.to_string(), places.into());
        }
    }
    Ok(Some(Value::Map(all)).filter(|map| map.as_map().is_some_and(|map| !map.is_empty())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn now() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    fn read_form(form: &str, before: Option<&Value>) -> Result<Option<Value>, String> {
        let form = Form::read(form.as_bytes()).unwrap();
        read(Texts::first(), &form, before, now(), &TimeZone::UTC)
    }

    fn map(nights: &[(&str, i64)]) -> Value {
        Value::Map(nights.iter().map(|(n, p)| ((*n).to_owned(), (*p).into())).collect())
    }

    #[test]
    fn nights_that_are_not_asked_for_stay_and_those_that_are_over_go() {
        let before = map(&[("2026-11-28", 1), ("2026-12-01", 2), ("2027-02-01", 3)]);
        let read = read_form("n-2026-11-30=1&n-2026-12-01=", Some(&before)).unwrap();
        assert_eq!(read, Some(map(&[("2026-11-30", 1), ("2027-02-01", 3)])));
    }

    #[test]
    fn many_nights_are_set_at_once() {
        let read = read_form("nights-from=24.12.&nights-until=26.12.&nights-places=2", None);
        let expected = map(&[("2026-12-24", 2), ("2026-12-25", 2), ("2026-12-26", 2)]);
        assert_eq!(read.unwrap(), Some(expected));
        for wrong in [
            "nights-from=24.12.",
            "nights-from=24.12.&nights-until=23.12.2026&nights-places=2",
            "nights-from=24.12.&nights-until=1.7.2027&nights-places=2",
            "nights-from=1.11.2026&nights-until=24.12.&nights-places=2",
            "nights-from=24.12.&nights-until=26.12.&nights-places=many",
        ] {
            assert!(read_form(wrong, None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_begins_tonight_in_its_week() {
        let before = map(&[("2027-02-01", 3), ("2027-02-02", 3)]);
        // A Wednesday.
        let now = "2026-12-02T12:00:00Z".parse().unwrap();
        let form = Form::read(b"n-2026-12-02=2").unwrap();
        let calendar = Calendar::of(Texts::first(), &form, Some(&before), now, &TimeZone::UTC);
        let first: Vec<bool> = calendar.weeks[0].iter().map(Option::is_some).collect();
        assert_eq!(first, [false, false, true, true, true, true, true]);
        let night = calendar.weeks[0][2].as_ref().unwrap();
        assert_eq!((night.short.as_str(), night.value.as_str()), ("2.12.", "2"));
        assert!(calendar.after.contains("2 nights more"), "{}", calendar.after);
    }

    #[test]
    fn a_night_with_letters_is_told_with_its_date() {
        let told = read_form("n-2026-12-01=two", None).unwrap_err();
        assert!(told.starts_with("1 December 2026: "), "{told}");
    }
}
