//! Files that somebody else has filled in.

mod text;

use hospes_admin::import::hsds::{Options, stage_tables};
use hospes_admin::import::phone::Region;
use hospes_admin::import::report::Report;
use hospes_admin::import::sheet::{MAX_COLUMNS, MAX_ROWS, Sheet};
use hospes_admin::import::{self, Row, table};
use hospes_domain::{Kind, Timestamp};

pub use text::markdown;

use crate::Verdict;
use crate::fields::well_formed;
use crate::parts::{parts, zip};

/// A table as CSV, for each kind that has tables.
pub fn csv(bytes: &[u8]) -> Verdict {
    let mut report = Report::default();
    let sheet = Sheet::from_csv("list.csv", bytes.to_vec(), &mut report);
    sheet.map_or(Verdict::Refused, |sheet| taken_in(&sheet, &report))
}

/// A workbook: as it is, or its parts with a mark before each (see [`crate::parts`]).
pub fn xlsx(bytes: &[u8]) -> Verdict {
    let packed = bytes.starts_with(b"PK");
    let book = if packed { bytes.to_vec() } else { zip(&parts(bytes)) };
    let mut report = Report::default();
    let sheet = Sheet::from_xlsx("list.xlsx", book, "offers", &mut report);
    sheet.map_or(Verdict::Refused, |sheet| taken_in(&sheet, &report))
}

/// The tables of a directory, with a mark before each (see [`crate::parts`]).
pub fn hsds(bytes: &[u8]) -> Verdict {
    let options = Options {
        country: Some("EE".to_owned()),
        region: Region::of("EE"),
        override_lint: true,
        today: jiff::civil::date(2026, 11, 23),
    };
    let mut report = Report::default();
    match stage_tables(&parts(bytes), &options, &mut report) {
        Ok(rows) => kept(Kind::Service, rows, report),
        Err(_) => Verdict::Refused,
    }
}

fn taken_in(sheet: &Sheet, report: &Report) -> Verdict {
    assert!(sheet.columns.len() <= MAX_COLUMNS && sheet.rows.len() <= MAX_ROWS);
    let mut verdict = Verdict::Refused;
    for kind in [Kind::Offer, Kind::Service, Kind::Bulletin] {
        let mut report = report.clone();
        if let Ok(rows) = table::stage(kind, sheet, None, &mut report)
            && kept(kind, rows, report) == Verdict::Read
        {
            verdict = Verdict::Read;
        }
    }
    verdict
}

/// Rows that nothing is wrong with may be saved, and everything else is in the report.
fn kept(kind: Kind, rows: Vec<Row>, mut report: Report) -> Verdict {
    let given = rows.len();
    let rows = import::check(kind, rows, false, Timestamp(0), &mut report);
    assert!(given == rows.len() || !report.fatal_rows().is_empty(), "a row is lost without a word");
    for row in &rows {
        assert!(well_formed(kind, row.fields.clone()), "a row was taken that cannot be saved");
    }
    let groups = report.groups().iter().map(|group| group.count).sum::<u64>();
    assert_eq!(groups, report.lines().len() as u64);
    assert_eq!(report.rows().len(), report.lines().len() + 1);
    if rows.is_empty() { Verdict::Refused } else { Verdict::Read }
}
