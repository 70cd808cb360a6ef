//! Files with lists of others.

use std::path::Path;

use hospes_admin::import::report::Report;
use hospes_admin::import::sheet::Sheet;
use hospes_admin::import::{self, Row, hsds as tables, markdown as pages, table};
use hospes_domain::{Kind, Timestamp};
use jiff::civil::date;

/// Largest file that is tried: the bound of files is tested elsewhere, and small ones are read faster.
const MOST: usize = 256 * 1024;
/// Noon of a Monday in winter.
const NOW: Timestamp = Timestamp(1_764_590_400_000);

/// A list of offers as CSV.
pub fn csv(bytes: &[u8]) {
    if bytes.len() > MOST {
        return;
    }
    let mut report = Report::default();
    let sheet = Sheet::from_csv("offers.csv", bytes.to_vec(), &mut report);
    sheet.ok().into_iter().for_each(|sheet| staged(Kind::Offer, &sheet, &mut report));
}

/// A list of offers as a workbook.
pub fn xlsx(bytes: &[u8]) {
    if bytes.len() > MOST {
        return;
    }
    let mut report = Report::default();
    let sheet = Sheet::from_xlsx("offers.xlsx", bytes.to_vec(), "offers", &mut report);
    sheet.ok().into_iter().for_each(|sheet| staged(Kind::Offer, &sheet, &mut report));
}

fn staged(kind: Kind, sheet: &Sheet, report: &mut Report) {
    if let Ok(rows) = table::stage(kind, sheet, None, report) {
        checked(kind, rows, report);
    }
}

/// Rows that pass the check pass it again.
fn checked(kind: Kind, rows: Vec<Row>, report: &mut Report) {
    let kept = import::check(kind, rows, false, NOW, report);
    let again = import::check(kind, kept.clone(), false, NOW, &mut Report::default());
    assert_eq!(again, kept, "rows that were in order are in disorder");
}

/// A folder of HSDS tables: each begins with a line that has its name after two equals signs.
pub fn hsds(bytes: &[u8]) {
    if bytes.len() > MOST {
        return;
    }
    let Ok(folder) = tempfile::tempdir() else { return };
    for table in bytes.split(|byte| *byte == b'=').filter(|table| !table.is_empty()) {
        let end = table.iter().position(|byte| *byte == b'\n').unwrap_or(table.len());
        let (name, rows) = table.split_at(end);
        let Ok(name) = std::str::from_utf8(name) else { continue };
        if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && name.len() < 40 {
            let path = folder.path().join(format!("{name}.csv"));
            let _ = std::fs::write(path, rows.get(1..).unwrap_or_default());
        }
    }
    let options = tables::Options {
        country: Some("US".to_owned()),
        region: None,
        override_lint: false,
        today: date(2025, 12, 1),
    };
    let mut report = Report::default();
    if let Ok(rows) = tables::stage(folder.path(), &options, &mut report) {
        checked(Kind::Service, rows, &mut report);
    }
}

/// A template with its front matter.
pub fn markdown(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let path = Path::new("statement.ru.md");
    let Ok(fields) = pages::single(Kind::Template, path, text) else { return };
    let row = Row {
        table: "statement.ru.md".to_owned(),
        number: 1,
        external_id: "statement".to_owned(),
        fields,
    };
    checked(Kind::Template, vec![row], &mut Report::default());
}
