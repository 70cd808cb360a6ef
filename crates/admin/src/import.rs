//! Records from files: read, checked as a whole, and only then sent to the node.
//!
//! Every format is brought to the same rows. What is wrong or noteworthy about them goes into a
//! [`Report`] that names the table, the row and the field, so that a person can mend the file.

pub mod archive;
pub mod file;
pub mod front;
pub mod hsds;
pub mod markdown;
pub mod phone;
pub mod report;
pub mod sheet;
pub mod table;
pub mod template;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::schema::schema;
use hospes_domain::validate::{Problem, Violation, normalize, with_defaults};
use hospes_domain::{Fields, Kind, Timestamp, Value};

use report::{Line, Report};

/// One record to be, still outside of the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The table or file that it comes from.
    pub table: String,
    /// Its row there, as a spreadsheet counts: the headings are row 1.
    pub number: u64,
    /// Its own name in its source, so that the same row is the same record next time.
    pub external_id: String,
    /// What it says.
    pub fields: Fields,
}

/// Brings rows to canonical forms, and reports what the rules of their kind refuse.
///
/// Gives back the rows in which nothing is fatal. Rows that were fatal before are left out too.
pub fn check(
    kind: Kind,
    rows: Vec<Row>,
    override_lint: bool,
    now: Timestamp,
    report: &mut Report,
) -> Vec<Row> {
    let schema = schema(kind);
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    let mut fatal: BTreeSet<(String, u64)> = report.fatal_rows();
    let unread = report.fatal_cells();
    let mut kept = Vec::with_capacity(rows.len());
    for mut row in rows {
        row.fields = normalize(schema, row.fields);
        if let Some(earlier) = first.insert(row.external_id.clone(), row.number) {
            let reason = "the same identifier as an earlier row";
            let line = Line::fatal(&row.table, row.number, "external_id", &row.external_id, reason);
            report.add(line);
            fatal.insert((row.table.clone(), row.number));
            first.insert(row.external_id.clone(), earlier);
        }
        let whole = with_defaults(kind, row.fields.clone(), now);
        for violation in schema.check(&whole) {
            if violation.can_be_overridden() && override_lint {
                continue;
            }
            // Of a cell that could not be read that is told; it is not missing as well.
            let cell = (row.table.clone(), row.number, violation.field.clone());
            if violation.problem == Problem::Missing && unread.contains(&cell) {
                continue;
            }
            let value = found(&row.fields, &violation);
            let reason = reason(&violation);
            report.add(Line::fatal(&row.table, row.number, &violation.field, &value, reason));
            fatal.insert((row.table.clone(), row.number));
        }
        if !fatal.contains(&(row.table.clone(), row.number)) {
            kept.push(row);
        }
    }
    kept
}

/// Why, without the value, so that the same reason of many rows is one line of the report.
fn reason(violation: &Violation) -> String {
    match &violation.problem {
        Problem::Lint(finding) => {
            format!("looks like {}, and shared texts go to all centers of the circle", finding.what)
        }
        Problem::TooLong { max, actual } => {
            format!("{actual} characters, at most {max} are allowed")
        }
        other => other.to_string(),
    }
}

/// The value that a violation is about, as far as it can be found by its name.
fn found(fields: &Fields, violation: &Violation) -> String {
    if let Problem::Lint(finding) = &violation.problem {
        return finding.excerpt.clone();
    }
    let top = violation.field.split(['.', '[']).next().unwrap_or_default();
    fields.get(top).map(Value::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn row(number: u64, id: &str, fields: &[(&str, Value)]) -> Row {
        Row {
            table: "list.csv".to_owned(),
            number,
            external_id: id.to_owned(),
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }
    }

    #[test]
    fn rows_are_checked_one_by_one_and_named() {
        let mut report = Report::default();
        let rows = vec![
            row(2, "a", &[("name", "Legal desk".into())]),
            row(3, "b", &[("description", "no name".into())]),
            row(
                4,
                "c",
                &[("name", "Clinic".into()), ("description", "call +372 5555 1234".into())],
            ),
            row(5, "a", &[("name", "Again".into())]),
        ];
        let kept = check(Kind::Service, rows.clone(), false, Timestamp(0), &mut report);
        assert_eq!(kept.iter().map(|row| row.number).collect::<Vec<_>>(), [2]);
        let told: Vec<(u64, &str)> =
            report.lines().iter().map(|line| (line.row, line.field.as_str())).collect();
        assert_eq!(told, [(3, "name"), (4, "description"), (5, "external_id")]);

        let mut report = Report::default();
        let kept = check(Kind::Service, rows, true, Timestamp(0), &mut report);
        assert_eq!(kept.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4]);
    }
}
