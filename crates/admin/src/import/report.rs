//! What was noteworthy about a file: table, row, field, value, reason.

use std::collections::{BTreeMap, BTreeSet};

use hospes_wire::local;
use serde_json::{Value as Json, json};

use crate::print::shortened;

/// Characters of a value that a report shows.
const VALUE: usize = 60;

/// How many rows a group names.
const NAMED: usize = 5;

/// What a line means for its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The row cannot come in.
    Fatal,
    /// The row comes in; a person should know.
    Note,
}

impl Severity {
    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Fatal => "problem",
            Severity::Note => "note",
        }
    }
}

/// One thing that was noteworthy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The table or file.
    pub table: String,
    /// The row as a spreadsheet counts; 0 when it is about the whole table.
    pub row: u64,
    /// The column or field.
    pub field: String,
    /// The value, shortened.
    pub value: String,
    /// Why, in words.
    pub reason: String,
    /// What it means for the row.
    pub severity: Severity,
}

impl Line {
    fn new(
        severity: Severity,
        table: &str,
        row: u64,
        field: &str,
        value: &str,
        reason: String,
    ) -> Self {
        Self {
            table: table.to_owned(),
            row,
            field: field.to_owned(),
            value: shortened(value, VALUE),
            reason,
            severity,
        }
    }

    /// The row cannot come in.
    pub fn fatal(
        table: &str,
        row: u64,
        field: &str,
        value: &str,
        reason: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Fatal, table, row, field, value, reason.into())
    }

    /// The row comes in; a person should know.
    pub fn note(
        table: &str,
        row: u64,
        field: &str,
        value: &str,
        reason: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Note, table, row, field, value, reason.into())
    }
}

/// All lines with the same table, field and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What it means for the rows.
    pub severity: Severity,
    /// The table.
    pub table: String,
    /// The column or field.
    pub field: String,
    /// Why.
    pub reason: String,
    /// How many lines.
    pub count: u64,
    /// The first rows with their values.
    pub first: Vec<(u64, String)>,
}

/// Everything that was noteworthy about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report(Vec<Line>);

impl Report {
    /// Adds a line.
    pub fn add(&mut self, line: Line) {
        self.0.push(line);
    }

    /// Adds what the node said about a row.
    pub fn add_answer(&mut self, table: &str, problem: &local::ImportProblem) {
        let severity = if problem.fatal { Severity::Fatal } else { Severity::Note };
        let reason = problem.reason.clone();
        self.0.push(Line::new(
            severity,
            table,
            problem.row,
            &problem.field,
            &problem.value,
            reason,
        ));
    }

    /// All lines in the order in which they came.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// Rows that cannot come in, by table.
    pub fn fatal_rows(&self) -> BTreeSet<(String, u64)> {
        self.0
            .iter()
            .filter(|line| line.severity == Severity::Fatal)
            .map(|line| (line.table.clone(), line.row))
            .collect()
    }

    /// Cells that cannot come in, by table, row and field.
    pub fn fatal_cells(&self) -> BTreeSet<(String, u64, String)> {
        let fatal = self.0.iter().filter(|line| line.severity == Severity::Fatal);
        fatal.map(|line| (line.table.clone(), line.row, line.field.clone())).collect()
    }

    /// Lines of the same kind together: problems first, then the most frequent.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<(Severity, &str, &str, &str), Group> = BTreeMap::new();
        for line in &self.0 {
            let key =
                (line.severity, line.table.as_str(), line.field.as_str(), line.reason.as_str());
            let group = groups.entry(key).or_insert_with(|| Group {
                severity: line.severity,
                table: line.table.clone(),
                field: line.field.clone(),
                reason: line.reason.clone(),
                count: 0,
                first: Vec::new(),
            });
            group.count += 1;
            if group.first.len() < NAMED {
                group.first.push((line.row, line.value.clone()));
            }
        }
        let mut groups: Vec<Group> = groups.into_values().collect();
        groups.sort_by(|a, b| a.severity.cmp(&b.severity).then(b.count.cmp(&a.count)));
        groups
    }

    /// The whole report as rows of a table, headings first.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let headings = ["severity", "table", "row", "field", "value", "reason"];
        let mut rows = vec![headings.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()];
        rows.extend(self.0.iter().map(|line| {
            vec![
                line.severity.word().to_owned(),
                line.table.clone(),
                line.row.to_string(),
                line.field.clone(),
                line.value.clone(),
                line.reason.clone(),
            ]
        }));
        rows
    }

    /// The whole report for programs.
    pub fn json(&self) -> Json {
        self.0
            .iter()
            .map(|line| {
                json!({
                    "severity": line.severity.word(), "table": line.table, "row": line.row,
                    "field": line.field, "value": line.value, "reason": line.reason,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_same_reason_of_many_rows_is_one_group() {
        let mut report = Report::default();
        for row in 2..9 {
            report.add(Line::note("a.csv", row, "id", "x", "not a UUID"));
        }
        report.add(Line::fatal("a.csv", 4, "name", "", "is missing"));
        let groups = report.groups();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].severity, Severity::Fatal);
        assert_eq!((groups[1].count, groups[1].first.len()), (7, NAMED));
        assert_eq!(report.fatal_rows(), BTreeSet::from([("a.csv".to_owned(), 4)]));
        assert_eq!(report.rows().len(), 9);
    }
}
