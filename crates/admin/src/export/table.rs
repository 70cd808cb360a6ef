//! Records as a table: one row each, headings as the import reads them.

use hospes_domain::schema::{Field, schema};
use hospes_domain::{Fields, Kind};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::guarded;

/// Longest text of a cell of a workbook, in characters.
const CELL: usize = 32_767;

/// A record for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its identifier.
    pub id: String,
    /// The center that answers for it.
    pub steward: String,
    /// How fresh it is.
    pub freshness: String,
    /// What it says.
    pub fields: Fields,
}

/// The headings: the import takes `external_id` as the row's name and leaves the next two alone.
fn headings(kind: Kind) -> Vec<&'static str> {
    std::iter::once("external_id")
        .chain(schema(kind).fields.iter().map(|field| field.name))
        .chain(["# steward", "# freshness"])
        .collect()
}

fn cells(kind: Kind, item: &Item) -> Vec<String> {
    let cell = |field: &Field| {
        item.fields.get(field.name).map(|value| field.ty.print(value)).unwrap_or_default()
    };
    std::iter::once(item.id.clone())
        .chain(schema(kind).fields.iter().map(cell))
        .chain([item.steward.clone(), item.freshness.clone()])
        .collect()
}

/// The table as CSV.
pub fn csv_of(kind: Kind, items: &[Item]) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings(kind)).map_err(|error| error.to_string())?;
    for item in items {
        let cells = cells(kind, item);
        writer
            .write_record(cells.iter().map(|cell| guarded(cell)))
            .map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// The table as a workbook. All cells are texts, so none is a formula.
pub fn workbook(kind: Kind, items: &[Item]) -> Result<Vec<u8>, String> {
    build(kind, items).map_err(|error| error.to_string())
}

fn build(kind: Kind, items: &[Item]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet();
    sheet.set_name(kind.plural())?;
    sheet.set_freeze_panes(1, 1)?;
    for (column, heading) in (0_u16..).zip(headings(kind)) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
        sheet.set_column_width(column, 18)?;
    }
    for (row, item) in (1_u32..).zip(items) {
        for (column, cell) in (0_u16..).zip(cells(kind, item)) {
            if cell.chars().count() > CELL {
                let note = "(too long for a cell: export as json or md)";
                sheet.write_string_with_format(row, column, note, &text)?;
            } else if !cell.is_empty() {
                sheet.write_string_with_format(row, column, cell, &text)?;
            }
        }
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::fields::set_all;
    use crate::import::report::Report;
    use crate::import::sheet::Sheet;
    use crate::import::table::stage;

    fn item() -> Item {
        let mut fields = Fields::new();
        let arguments = [
            "name==HYPERLINK(\"x\")".to_owned(),
            "description=First line\nsecond; with, signs \"quoted\"".to_owned(),
            "phones=number=+3725551234, type=voice; number=+3725551235, description=\"in the evening; ask\"".to_owned(),
            "languages=ru:fluent;fi:basic".to_owned(),
            "status=active".to_owned(),
            "minimum_age=16".to_owned(),
        ];
        set_all(schema(Kind::Service), &mut fields, &arguments).unwrap();
        Item {
            id: "a1".to_owned(),
            steward: "Narva".to_owned(),
            freshness: "fresh".to_owned(),
            fields,
        }
    }

    #[test]
    fn a_table_that_was_written_can_be_read_again() {
        let bytes = csv_of(Kind::Service, &[item()]).unwrap();
        assert!(String::from_utf8_lossy(&bytes).contains("'=HYPERLINK"));
        let mut report = Report::default();
        let sheet = Sheet::from_csv("s.csv", bytes, &mut report).unwrap();
        let rows = stage(Kind::Service, &sheet, None, &mut report).unwrap();
        assert_eq!(report, Report::default());
        assert_eq!((rows[0].external_id.as_str(), &rows[0].fields), ("a1", &item().fields));

        let bytes = workbook(Kind::Service, &[item()]).unwrap();
        let sheet = Sheet::from_xlsx("s.xlsx", bytes, "services", &mut report).unwrap();
        let rows = stage(Kind::Service, &sheet, None, &mut report).unwrap();
        assert_eq!(report, Report::default());
        assert_eq!(rows[0].fields, item().fields);
    }
}
