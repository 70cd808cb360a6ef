//! Row "disk": bytes in the database.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{Fields, Value};
use hospes_wire::value::fields_from_wire;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::figure::{Budget, Measure, Row, Tally, Unit};
use crate::floor;
use crate::pair::opened;
use crate::parts;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::socket::{api_of, database_key};
use crate::stock::Stock;

/// Offers of the center whose year is simulated.
const OFFERS: u64 = 2_000;
/// The list that they are imported from.
const LIST: &str = "bench year";

static RECEIVED: Measure = Measure {
    row: Row::Disk,
    name: "per_offer",
    what: "bytes in the receiver's database per offer",
    unit: Unit::Bytes,
    budget: Some(Budget::AtMost(3_000.0)),
    agreed_at: Some(100_000),
};
static ENTERED: Measure = Measure {
    row: Row::Disk,
    name: "per_offer_steward",
    what: "bytes in the steward's, with its import list",
    unit: Unit::Bytes,
    budget: None,
    agreed_at: None,
};
static NEW: Measure = Measure {
    row: Row::Disk,
    name: "year_begin",
    what: "steward of 2,000 offers: bytes per offer when they are new",
    unit: Unit::Bytes,
    budget: None,
    agreed_at: None,
};
static YEAR: Measure = Measure {
    row: Row::Disk,
    name: "year_end",
    what: "the same after two updates a day of each offer",
    unit: Unit::Bytes,
    budget: None,
    agreed_at: None,
};
static DAYS: Measure = Measure {
    row: Row::Disk,
    name: "year_days",
    what: "days of it: 365, fewer with --quick",
    unit: Unit::Count,
    budget: None,
    agreed_at: None,
};
static UPDATES: Measure = Measure {
    row: Row::Disk,
    name: "year_updates",
    what: "updates that were saved for it",
    unit: Unit::Count,
    budget: None,
    agreed_at: None,
};

/// Measures the largest size, and the year.
pub async fn run(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    let offers = plan.largest();
    let synced = stock.synced(offers, progress).await?;
    let per_offer = |folder: &Path| anyhow::Ok(bytes(folder)? as f64 / offers as f64);
    tally.add(&RECEIVED, offers, per_offer(&synced.riga)?);
    let stage = stock.stage()?;
    let center = stage.copied("Riga", &synced.riga)?;
    let (database, key) = (center.data.join("hospes.db"), database_key(&center)?);
    let floor = floor::size(&database, &key, stage.folder(), offers).await?;
    tally.floor(&RECEIVED, offers, floor);
    parts::measure(&database, &key, offers, tally).await?;
    tally.add(&ENTERED, offers, per_offer(&synced.narva)?);
    year(plan, stock, tally, progress).await
}

/// Bytes of the database of a stopped node, with what is not merged into it yet.
fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).context("failed to read a data folder")? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("hospes.db") {
            sum += entry.metadata()?.len();
        }
    }
    ensure!(sum > 0, "there is no database in {}", folder.display());
    Ok(sum)
}

/// Lets a center update each of its offers twice a day: in the morning it is confirmed, in the
/// evening the calendar changes. Each half day is one import of the whole list, so every update
/// takes the way of any other: checked, merged, signed, committed, rolled over.
async fn year(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    let mut offers = made_up(stock, progress).await?;
    let stage = stock.stage()?;
    let mut center = stage.center("Tartu").await?;
    let api = api_of(&center).await?;
    let step = progress.step(&format!("{} days of two updates of {OFFERS} offers", plan.days));
    let mut dice = StdRng::seed_from_u64(plan.seed);
    let today = jiff::Zoned::now().date();
    let first = today.checked_sub(i64::from(plan.days).days())?;
    for offer in &mut offers {
        move_calendar(&mut offer.1, today, first)?;
    }
    api.import("offer", LIST, offers.clone()).await?;
    center.stop().await?;
    tally.add(&NEW, OFFERS, bytes(&center.data)? as f64 / OFFERS as f64);
    center.start().await?;
    center.unseal().await?;
    let mut updates = 0;
    for day in 1..=plan.days {
        let date = first.checked_add(i64::from(day).days())?;
        for (_, fields) in &mut offers {
            confirm(fields, date, &mut dice)?;
        }
        updates += api.import("offer", LIST, offers.clone()).await?.changed;
        for (_, fields) in &mut offers {
            book(fields, date, &mut dice)?;
        }
        updates += api.import("offer", LIST, offers.clone()).await?.changed;
        step.tell(&format!("day {day}"));
    }
    let expected = u64::from(plan.days) * 2 * OFFERS;
    ensure!(updates == expected, "{updates} updates were saved, not {expected}");
    center.stop().await?;
    tally.add(&YEAR, OFFERS, bytes(&center.data)? as f64 / OFFERS as f64);
    tally.add(&DAYS, OFFERS, f64::from(plan.days));
    tally.add(&UPDATES, OFFERS, updates as f64);
    step.done(&format!("{updates} updates"));
    Ok(())
}

/// Offers as the generator makes them, by a name in the list.
async fn made_up(stock: &Stock, progress: &Progress) -> Result<Vec<(String, Fields)>> {
    let folder = stock.filled(OFFERS, progress).await?;
    let stage = stock.stage()?;
    let mut center = opened(stage.copied("Narva", &folder)?).await?;
    let mut stream = api_of(&center).await?.list("offer", true).await?;
    let mut offers = Vec::new();
    while let Some(record) = stream.message().await? {
        offers.push((format!("offer-{}", offers.len()), fields_from_wire(record.fields)?));
    }
    drop(stream);
    center.stop().await?;
    ensure!(offers.len() as u64 == OFFERS, "there are {} offers", offers.len());
    Ok(offers)
}

/// The host was called: the offer stands for 30 more days.
fn confirm(fields: &mut Fields, date: Date, dice: &mut StdRng) -> Result<()> {
    let minute: i64 = dice.random_range(6 * 60..12 * 60);
    let midnight: Timestamp = format!("{date}T00:00:00Z").parse()?;
    let instant = midnight.checked_add(minute.minutes())?;
    fields.insert("confirmed_at".to_owned(), Value::from(instant.to_string()));
    let expires = date.checked_add(30.days())?;
    fields.insert("expires_on".to_owned(), Value::from(expires.to_string()));
    Ok(())
}

/// Past nights go, new ones come, and for a few nights another number of places is free.
fn book(fields: &mut Fields, date: Date, dice: &mut StdRng) -> Result<()> {
    let sleeps = match fields.get("sleeps") {
        Some(Value::Integer(sleeps)) => *sleeps,
        _ => 1,
    };
    let Some(Value::Map(calendar)) = fields.get_mut("calendar") else {
        // An offer without a calendar: its cot comes and goes.
        let cot = matches!(fields.get("cot"), Some(Value::Flag(true)));
        fields.insert("cot".to_owned(), Value::from(!cot));
        return Ok(());
    };
    let tonight = date.to_string();
    let nights = calendar.len();
    calendar.retain(|night, _| *night >= tonight);
    let mut last = date;
    while calendar.len() < nights.max(1) {
        calendar.entry(last.to_string()).or_insert(Value::from(sleeps));
        last = last.checked_add(1.days())?;
    }
    let from = dice.random_range(0..calendar.len());
    let length = dice.random_range(1..=5);
    for (_, free) in calendar.iter_mut().skip(from).take(length) {
        let Value::Integer(free) = free else { continue };
        // Never the same as before: each of these is an update.
        *free = if *free == 0 { sleeps } else { *free - 1 };
    }
    Ok(())
}

/// A calendar that begins on another date.
fn move_calendar(fields: &mut Fields, from: Date, to: Date) -> Result<()> {
    let Some(Value::Map(calendar)) = fields.get_mut("calendar") else { return Ok(()) };
    let days = (to - from).get_days();
    let moved = std::mem::take(calendar).into_iter().map(|(night, free)| {
        let night: Date = night.parse()?;
        anyhow::Ok((night.checked_add(i64::from(days).days())?.to_string(), free))
    });
    *calendar = moved.collect::<Result<_>>()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use super::*;

    fn offer() -> Fields {
        let nights = ["2026-11-23", "2026-11-24", "2026-11-25"];
        let calendar: BTreeMap<String, Value> =
            nights.into_iter().map(|night| (night.to_owned(), Value::from(2))).collect();
        Fields::from([
            ("sleeps".to_owned(), Value::from(2)),
            ("calendar".to_owned(), Value::Map(calendar)),
        ])
    }

    fn nights(fields: &Fields) -> Vec<String> {
        fields["calendar"].as_map().unwrap().keys().cloned().collect()
    }

    #[test]
    fn each_half_day_changes_an_offer_and_keeps_it_as_long() {
        let mut dice = StdRng::seed_from_u64(7);
        let mut fields = offer();
        for day in 24..30 {
            let date: Date = format!("2026-11-{day}").parse().unwrap();
            for act in [confirm, book] {
                let before = fields.clone();
                act(&mut fields, date, &mut dice).unwrap();
                assert_ne!(fields, before);
            }
            assert_eq!(nights(&fields).len(), 3);
            assert_eq!(nights(&fields)[0], date.to_string());
        }
        assert_eq!(fields["expires_on"].as_text(), Some("2026-12-29"));
    }

    #[test]
    fn a_calendar_moves_over_the_end_of_a_year() {
        let mut fields = offer();
        let (from, to) = ("2026-11-23".parse().unwrap(), "2025-12-31".parse().unwrap());
        move_calendar(&mut fields, from, to).unwrap();
        assert_eq!(nights(&fields), ["2025-12-31", "2026-01-01", "2026-01-02"]);
    }
}
