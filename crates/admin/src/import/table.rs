//! Tables whose headings are the names of our fields.

use hospes_domain::schema::schema;
use hospes_domain::{Fields, Kind};
use hospes_wire::quote::word;

use super::Row;
use super::report::{Line, Report};
use super::sheet::{Sheet, SheetRow};
use crate::failure::Failure;
use crate::fields;

/// Headings that name a row in its source, best first.
const NAMES: [&str; 2] = ["external_id", "id"];

/// Longest name of a row, in characters.
pub const MAX_NAME: usize = 120;

/// Turns the rows of a table into records. Cells that cannot be read are reported.
pub fn stage(
    kind: Kind,
    sheet: &Sheet,
    id_column: Option<&str>,
    report: &mut Report,
) -> Result<Vec<Row>, Failure> {
    let id = id_heading(kind, sheet, id_column)?;
    let mut columns = Vec::new();
    for column in &sheet.columns {
        let names_row = NAMES.contains(&column.as_str()) || *column == id;
        let is_field = schema(kind).field(top(column)).is_some();
        // Our own exports say there what no import takes: who answers for it, how fresh it is.
        let is_remark = column.starts_with('#');
        match (column.is_empty() || is_remark, names_row, is_field) {
            (true, ..) | (_, true, false) => {}
            _ => {
                fields::known(schema(kind), top(column)).map_err(|failure| {
                    of_another_kind(kind, sheet).unwrap_or_else(|| Failure {
                        what: format!("{}, heading: {}", sheet.name, failure.what),
                        ..failure
                    })
                })?;
                columns.push(column.as_str());
            }
        }
    }
    Ok(sheet.rows.iter().map(|entry| row(kind, sheet, entry, &id, &columns, report)).collect())
}

/// What to say of a table whose headings are all fields of another kind.
fn of_another_kind(kind: Kind, sheet: &Sheet) -> Option<Failure> {
    let fits = |other: &Kind| {
        let own = |column: &String| {
            column.is_empty()
                || column.starts_with('#')
                || NAMES.contains(&column.as_str())
                || schema(*other).field(top(column)).is_some()
        };
        *other != kind && sheet.columns.iter().all(own)
    };
    let other = Kind::ALL.into_iter().find(fits)?;
    let what = format!("{} is a table of {}, not of {}", sheet.name, other.plural(), kind.plural());
    let file = word(&sheet.name).into_owned();
    Some(Failure::refused(what).try_next(format!("hospes import {} {file}", other.plural())))
}

fn top(column: &str) -> &str {
    column.split('.').next().unwrap_or(column)
}

fn id_heading(kind: Kind, sheet: &Sheet, wanted: Option<&str>) -> Result<String, Failure> {
    let natural = match kind {
        Kind::Template => &["slug"][..],
        _ => &[],
    };
    let found = match wanted {
        Some(column) => sheet.has(column).then_some(column),
        None => NAMES.iter().chain(natural).copied().find(|column| sheet.has(column)),
    };
    found.map(str::to_owned).ok_or_else(|| {
        let what = match wanted {
            Some(column) => format!("{} has no column {column:?}", sheet.name),
            None => format!(
                "{} has no column external_id: without it the next import could not tell which row \
                 is which record, and would make everything twice",
                sheet.name
            ),
        };
        Failure::refused(what)
            .try_next("add a column external_id with a name for each row that never changes, such as 1, 2, 3")
            .try_next("--id-column COLUMN, if another column does that")
    })
}

fn row(
    kind: Kind,
    sheet: &Sheet,
    entry: &SheetRow,
    id: &str,
    columns: &[&str],
    report: &mut Report,
) -> Row {
    let external_id = sheet.cell(entry, id);
    let mut fatal = |field: &str, value: &str, reason: &str| {
        report.add(Line::fatal(&sheet.name, entry.number, field, value, reason));
    };
    if external_id.is_empty() {
        fatal(id, "", "is empty: the row needs a name that never changes");
    } else if external_id.chars().count() > MAX_NAME {
        fatal(id, external_id, "is longer than 120 characters");
    }
    let mut fields = Fields::new();
    for column in columns {
        let text = sheet.cell(entry, column);
        if text.is_empty() {
            continue;
        }
        let argument = format!("{column}={text}");
        if let Err(failure) = fields::set_all(schema(kind), &mut fields, &[argument]) {
            let reason = failure.what.strip_prefix(column).unwrap_or(&failure.what);
            fatal(column, text, reason.trim_start_matches([' ', ':']));
        }
    }
    Row {
        table: sheet.name.clone(),
        number: entry.number,
        external_id: external_id.to_owned(),
        fields,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Value;

    use super::*;

    fn read(kind: Kind, text: &str, id: Option<&str>) -> Result<(Vec<Row>, Report), Failure> {
        let mut report = Report::default();
        let sheet = Sheet::from_csv("list.csv", text.as_bytes().to_vec(), &mut report)?;
        let rows = stage(kind, &sheet, id, &mut report)?;
        Ok((rows, report))
    }

    #[test]
    fn rows_become_records() {
        let text = "external_id,country,near_town,sleeps,languages,cot\n\
                    h1,EE,Narva,2,ru:fluent;fi:basic,yes\n\
                    h2,FI,,4,,\n";
        let (rows, report) = read(Kind::Offer, text, None).unwrap();
        assert_eq!(report, Report::default());
        assert_eq!(rows[0].external_id, "h1");
        assert_eq!(rows[0].fields["sleeps"], Value::Integer(2));
        assert!(rows[0].fields["near_town"].as_integer().is_some());
        assert_eq!(rows[1].fields.len(), 2);
    }

    #[test]
    fn a_cell_that_cannot_be_read_is_named() {
        let (_, report) = read(Kind::Offer, "external_id,sleeps\nh1,many\n,2\n", None).unwrap();
        let told: Vec<(u64, &str, &str)> = report
            .lines()
            .iter()
            .map(|line| (line.row, line.field.as_str(), line.value.as_str()))
            .collect();
        assert_eq!(told, [(2, "sleeps", "many"), (3, "external_id", "")]);
        assert!(report.lines()[0].reason.contains("whole number"));
    }

    #[test]
    fn a_table_without_names_for_its_rows_is_refused_with_advice() {
        let failure = read(Kind::Offer, "sleeps\n2\n", None).unwrap_err();
        assert!(failure.what.contains("no column external_id"));
        assert!(failure.next[0].contains("external_id"));
        assert!(read(Kind::Service, "name\nDesk\n", Some("name")).is_ok());
        assert!(read(Kind::Service, "name\nDesk\n", Some("number")).is_err());
    }

    #[test]
    fn headings_that_are_no_fields_are_refused() {
        for (heading, expected) in [
            ("host_name", "must never be"),
            ("sleep", "did you mean sleeps?"),
            ("phone", "must never be"),
        ] {
            let failure = read(Kind::Offer, &format!("id,{heading}\n1,x\n"), None).unwrap_err();
            assert!(failure.what.contains(expected), "{failure}");
        }
        let offers = "external_id,country,near_town,place_type,sleeps\nh1,EE,Narva,sofa,1\n";
        let failure = read(Kind::Service, offers, None).unwrap_err();
        assert_eq!(failure.what, "list.csv is a table of offers, not of services");
        assert_eq!(failure.next, ["hospes import offers list.csv"]);
    }

    #[test]
    fn parts_of_a_field_have_their_own_columns() {
        let text = "id,texts.en.headline,texts.ru.headline\nb1,Border closed,Граница закрыта\n";
        let (rows, report) = read(Kind::Bulletin, text, None).unwrap();
        assert_eq!(report, Report::default());
        assert_eq!(rows[0].fields["texts"].as_map().unwrap().len(), 2);
    }
}
