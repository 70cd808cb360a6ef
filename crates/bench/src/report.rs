//! What was measured, for people, for pages and for scripts.

use std::collections::BTreeSet;

use comfy_table::{Cell, CellAlignment, Table, presets};
use serde_json::{Value, json};

use crate::figure::{Figure, Floor, Tally};
use crate::machine::Machine;
use crate::plan::Plan;

/// The heads of the columns.
const HEADS: [&str; 6] = ["what", "offers", "figure", "budget", "", "floor"];

/// One line: what, offers, figure, budget, met or missed, floors.
fn line(figure: &Figure) -> [String; 6] {
    let measure = figure.measure;
    let unit = measure.unit;
    let value = figure.value().map_or_else(|| "-".to_owned(), |value| unit.shown(value));
    let budget = figure.budget().map(|budget| budget.shown(unit)).unwrap_or_default();
    let met = match figure.met() {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    };
    let floor = |floor: &Floor| format!("{} {}", floor.what, unit.shown(floor.value));
    let floors: Vec<String> = figure.floors.iter().map(floor).collect();
    let offers = thousands(figure.offers);
    [measure.what.to_owned(), offers, value, budget, met.to_owned(), floors.join(", ")]
}

fn thousands(number: u64) -> String {
    crate::figure::Unit::Count.shown(number as f64)
}

/// A table for a terminal.
pub fn table(tally: &Tally) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(HEADS);
    let mut row = None;
    for figure in tally.figures() {
        if row.replace(figure.measure.row) != Some(figure.measure.row) {
            table.add_row([Cell::new(format!("{}:", figure.measure.row))]);
        }
        let [what, offers, value, budget, met, floors] = line(figure);
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        table.add_row([
            Cell::new(what),
            right(offers),
            right(value),
            right(budget),
            Cell::new(met),
            Cell::new(floors),
        ]);
    }
    table.to_string()
}

/// A table for a page of the documentation.
pub fn markdown(tally: &Tally, machine: &Machine, plan: &Plan) -> String {
    let mut text = format!("{machine}; median of {} runs.\n\n", plan.runs);
    text.push_str("| what | offers | figure | budget | | floor |\n");
    text.push_str("|---|---:|---:|---:|---|---|\n");
    for figure in tally.figures() {
        text.push_str(&format!("| {} |\n", line(figure).join(" | ")));
    }
    text
}

/// Everything, for scripts.
pub fn json(tally: &Tally, machine: &Machine, plan: &Plan) -> Value {
    let figures: Vec<Value> = tally.figures().iter().map(figure_json).collect();
    let rows: BTreeSet<&str> = plan.rows.iter().map(|row| row.name()).collect();
    json!({
        "machine": machine.json(),
        "plan": { "rows": rows, "sizes": plan.sizes, "runs": plan.runs, "seed": plan.seed },
        "figures": figures,
    })
}

fn figure_json(figure: &Figure) -> Value {
    let measure = figure.measure;
    let floors = figure.floors.iter().map(|floor| (floor.what.to_owned(), json!(floor.value)));
    let floors: serde_json::Map<String, Value> = floors.collect();
    let (most, least) = match figure.budget() {
        Some(crate::figure::Budget::AtMost(most)) => (Some(most), None),
        Some(crate::figure::Budget::AtLeast(least)) => (None, Some(least)),
        None => (None, None),
    };
    json!({
        "row": measure.row.name(),
        "name": measure.name,
        "what": measure.what,
        "offers": figure.offers,
        "unit": measure.unit.name(),
        "value": figure.value(),
        "runs": figure.runs,
        "at_most": most,
        "at_least": least,
        "met": figure.met(),
        "floors": floors,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::figure::{Budget, Measure, Row, Unit};

    static BYTES: Measure = Measure {
        row: Row::Reconnect,
        name: "bytes",
        what: "bytes of a reconnect",
        unit: Unit::Bytes,
        budget: Some(Budget::AtMost(1_024.0)),
        agreed_at: None,
    };

    fn tally() -> Tally {
        let mut tally = Tally::default();
        for bytes in [3_000.0, 1_000.0, 2_000.0] {
            tally.add(&BYTES, 100_000, bytes);
        }
        tally.floor(&BYTES, 100_000, Floor { what: "TLS", value: 40.0 });
        tally
    }

    #[test]
    fn a_missed_budget_is_named() {
        let expected = ["bytes of a reconnect", "100,000", "2,000 B", "<= 1,024 B", "MISSED"];
        let figure = &tally();
        let line = line(&figure.figures()[0]);
        assert_eq!(line[..5], expected);
        assert_eq!(line[5], "TLS 40 B");
        let table = table(figure);
        assert!(table.contains("reconnect:") && table.contains("MISSED"), "{table}");
    }

    #[test]
    fn scripts_get_every_run_in_plain_numbers() {
        let value = figure_json(&tally().figures()[0]);
        assert_eq!(value["runs"], json!([3_000.0, 1_000.0, 2_000.0]));
        assert_eq!((&value["value"], &value["met"]), (&json!(2_000.0), &json!(false)));
        assert_eq!((&value["at_most"], &value["at_least"]), (&json!(1_024.0), &Value::Null));
        assert_eq!(value["floors"]["TLS"], json!(40.0));
    }
}
