//! What is measured, what it may cost, and what it cost.

use std::fmt;

use clap::ValueEnum;

use crate::statistics::median;

/// A group of figures that are measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Row {
    /// All records to a node that has none: time, bytes, memory.
    Replication,
    /// A link that breaks and comes back: bytes, round trips, time.
    Reconnect,
    /// One edit, until another center finds it.
    Latency,
    /// Searches through the local API.
    Queries,
    /// A node that has nothing to do: memory, time until it is ready.
    Idle,
    /// A node with 2,000 offers: memory.
    Small,
    /// Bytes in the database.
    Disk,
}

impl Row {
    /// Its name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Row::Replication => "replication",
            Row::Reconnect => "reconnect",
            Row::Latency => "latency",
            Row::Queries => "queries",
            Row::Idle => "idle",
            Row::Small => "small",
            Row::Disk => "disk",
        }
    }
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// Bytes, shown in MiB.
    Memory,
    /// Round trips.
    RoundTrips,
    /// How often in a second.
    PerSecond,
    /// How many.
    Count,
}

impl Unit {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Milliseconds => "ms",
            Unit::Bytes | Unit::Memory => "bytes",
            Unit::RoundTrips => "round trips",
            Unit::PerSecond => "per second",
            Unit::Count => "count",
        }
    }

    /// A value of it, for people: about three digits.
    pub fn shown(self, value: f64) -> String {
        match self {
            Unit::Seconds => format!("{} s", rounded(value)),
            Unit::Milliseconds => format!("{} ms", rounded(value)),
            Unit::Memory => format!("{} MiB", rounded(value / 1_048_576.0)),
            Unit::Bytes if value >= 100_000_000.0 => {
                format!("{} MB", rounded(value / 1_000_000.0))
            }
            Unit::Bytes => format!("{} B", grouped(value)),
            Unit::RoundTrips => format!("{value:.1}"),
            Unit::PerSecond => format!("{}/s", grouped(value)),
            Unit::Count => grouped(value),
        }
    }
}

/// About three digits: 0.123, 1.23, 12.3, 123, 1,234.
fn rounded(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => grouped(value),
        size if size >= 9.995 => format!("{value:.1}"),
        size if size >= 0.9995 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A whole number with a comma before every three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much is agreed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// The figure may be this or less.
    AtMost(f64),
    /// The figure may be this or more.
    AtLeast(f64),
}

impl Budget {
    /// Whether a value keeps to it.
    pub fn met(self, value: f64) -> bool {
        match self {
            Budget::AtMost(most) => value <= most,
            Budget::AtLeast(least) => value >= least,
        }
    }

    /// "<= 12.0 s".
    pub fn shown(self, unit: Unit) -> String {
        match self {
            Budget::AtMost(most) => format!("<= {}", unit.shown(most)),
            Budget::AtLeast(least) => format!(">= {}", unit.shown(least)),
        }
    }
}

/// What is measured.
#[derive(Debug)]
pub struct Measure {
    /// The group that it belongs to.
    pub row: Row,
    /// Its name in files, within the group.
    pub name: &'static str,
    /// What it is, for people.
    pub what: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// How much is agreed.
    pub budget: Option<Budget>,
    /// The number of offers that the budget was agreed for; none: any.
    pub agreed_at: Option<u64>,
}

/// What the machine itself needs for a part of the same work.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    /// What was done: "TLS", "rows".
    pub what: &'static str,
    /// How much it cost, in the unit of the figure.
    pub value: f64,
}

/// One figure.
#[derive(Debug)]
pub struct Figure {
    /// What was measured.
    pub measure: &'static Measure,
    /// Host offers in each node's database.
    pub offers: u64,
    /// One value for each run.
    pub runs: Vec<f64>,
    /// What the machine itself needs for a part of it.
    pub floors: Vec<Floor>,
}

impl Figure {
    /// The median of the runs.
    pub fn value(&self) -> Option<f64> {
        median(&self.runs)
    }

    /// The budget, where one was agreed for as many offers.
    pub fn budget(&self) -> Option<Budget> {
        let agreed = self.measure.agreed_at.is_none_or(|offers| offers == self.offers);
        self.measure.budget.filter(|_| agreed)
    }

    /// Whether it keeps to its budget, when there is one.
    pub fn met(&self) -> Option<bool> {
        Some(self.budget()?.met(self.value()?))
    }
}

/// All figures, in the order in which they were first measured.
#[derive(Debug, Default)]
pub struct Tally {
    figures: Vec<Figure>,
}

impl Tally {
    /// Adds the value of one run.
    pub fn add(&mut self, measure: &'static Measure, offers: u64, value: f64) {
        self.figure(measure, offers).runs.push(value);
    }

    /// Adds a floor.
    pub fn floor(&mut self, measure: &'static Measure, offers: u64, floor: Floor) {
        self.figure(measure, offers).floors.push(floor);
    }

    /// All figures.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    fn figure(&mut self, measure: &'static Measure, offers: u64) -> &mut Figure {
        let known = self.figures.iter().position(|figure| is(figure, measure, offers));
        let at = known.unwrap_or(self.figures.len());
        if known.is_none() {
            let (runs, floors) = (Vec::new(), Vec::new());
            self.figures.push(Figure { measure, offers, runs, floors });
        }
        // It is there: either it was found, or it was just put in.
        #[allow(clippy::indexing_slicing)]
        &mut self.figures[at]
    }
}

fn is(figure: &Figure, measure: &Measure, offers: u64) -> bool {
    let known = figure.measure;
    known.row == measure.row && known.name == measure.name && figure.offers == offers
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    static TIME: Measure = Measure {
        row: Row::Replication,
        name: "time",
        what: "until all is there",
        unit: Unit::Seconds,
        budget: Some(Budget::AtMost(12.0)),
        agreed_at: Some(100_000),
    };

    #[test]
    fn values_are_shown_with_about_three_digits() {
        for (unit, value, expected) in [
            (Unit::Seconds, 0.123_4, "0.123 s"),
            (Unit::Seconds, 9.999, "10.0 s"),
            (Unit::Milliseconds, 12.34, "12.3 ms"),
            (Unit::Milliseconds, 1_234.5, "1,234 ms"),
            (Unit::Memory, 268_435_456.0, "256 MiB"),
            (Unit::Bytes, 12_288.0, "12,288 B"),
            (Unit::Bytes, 123_456_789.0, "123 MB"),
            (Unit::RoundTrips, 1.04, "1.0"),
            (Unit::PerSecond, 1_000.2, "1,000/s"),
            (Unit::Count, -1_234_567.0, "-1,234,567"),
        ] {
            assert_eq!(unit.shown(value), expected);
        }
    }

    #[test]
    fn a_budget_is_met_up_to_its_very_bound() {
        assert!(Budget::AtMost(12.0).met(12.0));
        assert!(!Budget::AtMost(12.0).met(12.01));
        assert!(Budget::AtLeast(1_000.0).met(1_000.0));
        assert!(!Budget::AtLeast(1_000.0).met(999.0));
        assert_eq!(Budget::AtLeast(1_000.0).shown(Unit::PerSecond), ">= 1,000/s");
    }

    #[test]
    fn runs_of_one_figure_come_together_and_the_median_is_judged() {
        let mut tally = Tally::default();
        for value in [14.0, 9.0, 11.0] {
            tally.add(&TIME, 100_000, value);
        }
        tally.add(&TIME, 1_000, 99.0);
        tally.floor(&TIME, 100_000, Floor { what: "TLS", value: 0.2 });
        let [large, small] = tally.figures() else { panic!("two figures") };
        assert_eq!((large.value(), large.met()), (Some(11.0), Some(true)));
        assert_eq!(large.floors.len(), 1);
        // The budget was agreed for another number of offers.
        assert_eq!((small.value(), small.budget(), small.met()), (Some(99.0), None, None));
    }
}
