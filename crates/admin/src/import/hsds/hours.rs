//! Schedules, row by row, as opening hours in the syntax of OpenStreetMap.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::tables::Tables;
use crate::import::report::{Line, Report};
use crate::import::sheet::{Sheet, SheetRow};

/// The days of a week as the syntax and the files write them.
const DAYS: [(&str, &str); 7] = [
    ("Mo", "monday"),
    ("Tu", "tuesday"),
    ("We", "wednesday"),
    ("Th", "thursday"),
    ("Fr", "friday"),
    ("Sa", "saturday"),
    ("Su", "sunday"),
];

/// For each day of the week, from when to when.
type Week = [Vec<(String, String)>; 7];

/// Opening hours by whom they belong to.
#[derive(Debug, Default)]
pub struct Hours {
    services: BTreeMap<String, Week>,
    locations: BTreeMap<String, Week>,
    at_location: BTreeMap<String, Week>,
}

impl Hours {
    /// Reads all schedules. Rows without hours, or that are over, are named.
    pub fn read(tables: &Tables, today: Date, report: &mut Report) -> Self {
        let mut hours = Self::default();
        for sheet in &tables.schedules {
            for entry in &sheet.rows {
                let Some((days, from, to)) = times(sheet, entry, today, report) else { continue };
                let owners = [
                    ("service_at_location_id", &mut hours.at_location),
                    ("service_id", &mut hours.services),
                    ("location_id", &mut hours.locations),
                ];
                let owner =
                    owners.into_iter().find(|(column, _)| !sheet.cell(entry, column).is_empty());
                let Some((column, map)) = owner else {
                    let reason = "belongs to no service or location: left out";
                    report.add(Line::note(&sheet.name, entry.number, "", "", reason));
                    continue;
                };
                let week = map.entry(sheet.cell(entry, column).to_owned()).or_default();
                for (day, times) in week.iter_mut().enumerate() {
                    let span = (from.clone(), to.clone());
                    if days.contains(&day) && !times.contains(&span) {
                        times.push(span);
                    }
                }
            }
        }
        // Ties of a service to a location count for the service.
        let at = &tables.at_location;
        for entry in &at.rows {
            if let Some(week) = hours.at_location.remove(at.cell(entry, "id")) {
                hours.services.entry(at.cell(entry, "service_id").to_owned()).or_insert(week);
            }
        }
        hours
    }

    /// The opening hours of a service, else of its one location.
    pub fn of(&self, service: &str, locations: &[&str]) -> Option<String> {
        let own = self.services.get(service).filter(|_| !service.is_empty());
        let week = match (own, locations) {
            (Some(week), _) => week,
            (None, [only]) => self.locations.get(*only)?,
            _ => return None,
        };
        Some(written(week)).filter(|text| !text.is_empty())
    }
}

/// Days and times of a row, if it tells when something is open every week.
fn times(
    sheet: &Sheet,
    entry: &SheetRow,
    today: Date,
    report: &mut Report,
) -> Option<(Vec<usize>, String, String)> {
    let cell = |column: &str| sheet.cell(entry, column);
    let mut leave = |field: &str, value: &str, reason: &str| {
        report.add(Line::note(&sheet.name, entry.number, field, value, reason));
        None
    };
    let over = ["valid_to", "until"].into_iter().find(|column| {
        cell(column)
            .get(..10)
            .and_then(|date| date.parse::<Date>().ok())
            .is_some_and(|date| date < today)
    });
    if let Some(column) = over {
        return leave(column, cell(column), "is over: left out");
    }
    let frequency = cell("freq").to_ascii_uppercase();
    let every = cell("interval");
    let by_other =
        ["byweekno", "bymonthday", "byyearday"].iter().any(|column| !cell(column).is_empty());
    if !matches!(frequency.as_str(), "" | "WEEKLY") || !matches!(every, "" | "1") || by_other {
        return leave("freq", &frequency, "not every week: opening hours cannot say it, left out");
    }
    let weekday = if sheet.has("weekday") { cell("weekday") } else { cell("byday") };
    let days = days(weekday);
    let (from, to) = (cell("opens_at"), cell("closes_at"));
    if from.is_empty() && to.is_empty() {
        return leave("opens_at", weekday, "no hours: the day is left out");
    }
    if days.is_empty() {
        return leave("weekday", weekday, "is no day of the week: left out");
    }
    let (Some(opens), Some(closes)) = (clock(from), clock(to)) else {
        return leave("opens_at", &format!("{from}-{to}"), "cannot be read as times: left out");
    };
    let closes = if closes == "00:00" { "24:00".to_owned() } else { closes };
    if closes <= opens {
        let reason = "closes before it opens: left out, please check the file";
        return leave("closes_at", &format!("{from}-{to}"), reason);
    }
    Some((days, opens, closes))
}

/// "Monday", "MO", "MO,TU", "1MO" or "1": the days that are meant.
fn days(text: &str) -> Vec<usize> {
    text.split([',', ';', ' '])
        .filter_map(|word| {
            let word = word.trim().to_ascii_lowercase();
            let number: Option<usize> = word.parse().ok().filter(|day| (1..=7).contains(day));
            number.map(|day| day - 1).or_else(|| {
                DAYS.iter().position(|(short, long)| {
                    word.len() >= 2
                        && (long.starts_with(&word) || short.eq_ignore_ascii_case(&word))
                })
            })
        })
        .collect()
}

/// "9:00", "09:00:00", "9:00 PM", "10:00Z": hours and minutes.
fn clock(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let (time, shift) = match lower.trim_end_matches(['.', ' ']) {
        time if time.ends_with("am") || time.ends_with("a.m") => (time, Some(0)),
        time if time.ends_with("pm") || time.ends_with("p.m") => (time, Some(12)),
        time => (time, None),
    };
    let digits: String =
        time.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ':' | '.')).collect();
    let mut parts = digits.trim_end_matches('.').split([':', '.']);
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next().map_or(Some(0), |minute| minute.parse().ok())?;
    let hour = match shift {
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift,
        Some(_) => return None,
        None => hour,
    };
    // A bare number is no time of day, unless am or pm says so.
    let bare = !digits.contains([':', '.']) && shift.is_none();
    (hour <= 23 && minute <= 59 && !bare).then(|| format!("{hour:02}:{minute:02}"))
}

/// "Mo-Fr 09:00-17:00; Sa 10:00-12:00": days with the same hours together.
fn written(week: &Week) -> String {
    let spans = |day: usize| -> String {
        let mut times = week.get(day).cloned().unwrap_or_default();
        times.sort();
        let times: Vec<String> = times.iter().map(|(from, to)| format!("{from}-{to}")).collect();
        times.join(",")
    };
    let mut rules: Vec<(String, Vec<usize>)> = Vec::new();
    for day in 0..DAYS.len() {
        let times = spans(day);
        if times.is_empty() {
            continue;
        }
        match rules.iter_mut().find(|(known, _)| *known == times) {
            Some((_, days)) => days.push(day),
            None => rules.push((times, vec![day])),
        }
    }
    let rules: Vec<String> =
        rules.iter().map(|(times, days)| format!("{} {times}", day_names(days))).collect();
    rules.join("; ")
}

fn day_names(days: &[usize]) -> String {
    let name = |day: usize| DAYS.get(day).map_or("", |(short, _)| *short);
    let mut parts: Vec<String> = Vec::new();
    let mut rest = days;
    while let Some((first, _)) = rest.split_first() {
        let run =
            rest.iter().zip(*first..).take_while(|(day, expected)| **day == *expected).count();
        let last = first + run - 1;
        match run {
            1 => parts.push(name(*first).to_owned()),
            2 => parts.extend([name(*first).to_owned(), name(last).to_owned()]),
            _ => parts.push(format!("{}-{}", name(*first), name(last))),
        }
        rest = rest.get(run..).unwrap_or_default();
    }
    parts.join(",")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::schema::FieldType;

    use super::*;

    #[test]
    fn times_are_read_in_many_forms() {
        for (text, expected) in [
            ("9:00", Some("09:00")),
            ("09:00:00", Some("09:00")),
            ("9:30 PM", Some("21:30")),
            ("12:00 am", Some("00:00")),
            ("12 p.m.", Some("12:00")),
            ("10:00Z", Some("10:00")),
            ("10:00+01:00", Some("10:00")),
            ("25:00", None),
            ("9", None),
            ("noon", None),
            ("", None),
            ("13 pm", None),
        ] {
            assert_eq!(clock(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn days_with_the_same_hours_stand_together() {
        let mut week = Week::default();
        for day in [0, 1, 2, 4] {
            week[day] = vec![("09:00".to_owned(), "17:00".to_owned())];
        }
        week[5] = vec![
            ("14:00".to_owned(), "18:00".to_owned()),
            ("09:00".to_owned(), "12:00".to_owned()),
        ];
        let text = written(&week);
        assert_eq!(text, "Mo-We,Fr 09:00-17:00; Sa 09:00-12:00,14:00-18:00");
        assert!(FieldType::OpeningHours.parse(&text).is_ok());
        assert_eq!(written(&Week::default()), "");
    }

    #[test]
    fn days_are_read_by_name_and_number() {
        assert_eq!(days("Sunday"), [6]);
        assert_eq!(days("MO,TH"), [0, 3]);
        assert_eq!(days("7"), [6]);
        assert!(days("").is_empty() && days("Someday").is_empty() && days("m").is_empty());
    }
}
