//! Empty tables to fill in: the names of the fields, with help and the allowed values.

use std::path::Path;

use hospes_domain::Kind;
use hospes_domain::schema::{Field, FieldType, schema};
use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};

use crate::failure::Failure;

/// Rows for which a sheet offers the allowed values.
const ROWS: u32 = 5_000;

/// Writes the empty table of the kind that the file is called after: `offers.xlsx`, `services.csv`.
pub fn write(path: &Path) -> Result<Kind, Failure> {
    let stem =
        path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| stem == kind.name() || stem == kind.plural())
        .filter(|kind| *kind != Kind::Center)
        .ok_or_else(|| {
            Failure::refused(format!(
                "{}: the name does not say which kind of records",
                path.display()
            ))
            .try_next("hospes import --template offers.xlsx, services.xlsx or bulletins.csv")
        })?;
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("csv") => csv_of(kind)?,
        Some("xlsx") => workbook(kind).map_err(|error| {
            Failure::refused(format!("failed to write {}: {error}", path.display()))
        })?,
        _ => {
            return Err(Failure::refused(format!(
                "{}: the ending is not .csv or .xlsx",
                path.display()
            ))
            .try_next(format!("hospes import --template {}.xlsx", kind.plural())));
        }
    };
    std::fs::File::create_new(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &bytes))
        .map_err(|error| Failure::file("write", path, &error))?;
    Ok(kind)
}

/// The columns: the row's own name, then the fields. Long texts have no place in a table.
fn columns(kind: Kind) -> Vec<(&'static str, Option<&'static Field>)> {
    let fields =
        schema(kind).fields.iter().filter(|field| !matches!(field.ty, FieldType::Body { .. }));
    std::iter::once(("external_id", None))
        .chain(fields.map(|field| (field.name, Some(field))))
        .collect()
}

/// Help for a column: whether it must be filled, with what, and what it means.
fn help(field: Option<&Field>) -> [String; 3] {
    match field {
        None => [
            "yes".to_owned(),
            "text, at most 120 characters".to_owned(),
            "A name for the row that never changes, such as 1, 2, 3: it recognizes the row next time. It is not shared.".to_owned(),
        ],
        Some(field) => {
            let required = if field.required { "yes" } else { "" };
            [required.to_owned(), field.ty.describe(), field.help.to_owned()]
        }
    }
}

fn csv_of(kind: Kind) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: csv::Error| Failure::refused(format!("failed to write the table: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = columns(kind);
    // Lines that begin with # are remarks for whoever fills the table in.
    let helps: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, (_, field))| {
            let [required, values, meaning] = help(*field);
            let mark = if index == 0 { "# " } else { "" };
            let star = if required.is_empty() { "" } else { "Must be given. " };
            format!("{mark}{star}{meaning} ({values})")
        })
        .collect();
    writer.write_record(columns.iter().map(|(name, _)| *name)).map_err(failed)?;
    writer.write_record(&helps).map_err(failed)?;
    writer
        .into_inner()
        .map_err(|error| Failure::refused(format!("failed to write the table: {error}")))
}

fn workbook(kind: Kind) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    let text = Format::new().set_num_format("@");
    let columns = columns(kind);
    let sheet = book.add_worksheet();
    sheet.set_name(kind.plural())?;
    sheet.set_freeze_panes(1, 1)?;
    for (column, (name, field)) in (0_u16..).zip(&columns) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
        // As text, or a spreadsheet turns +372… into a number and 3-5 into a day in May.
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, 18)?;
        if let Some(words) = field.and_then(|field| choices(&field.ty)) {
            let validation = DataValidation::new().allow_list_strings(&words)?;
            sheet.add_data_validation(1, column, ROWS, column, &validation)?;
        }
    }
    let sheet = book.add_worksheet();
    sheet.set_name("help")?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (name, width)) in
        (0_u16..).zip([("column", 24), ("must be given", 14), ("values", 60), ("meaning", 80)])
    {
        sheet.write_string_with_format(0, column, name, &bold)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, (name, field)) in (1_u32..).zip(&columns) {
        let [required, values, meaning] = help(*field);
        for (column, cell) in (0_u16..).zip([(*name).to_owned(), required, values, meaning]) {
            sheet.write_string_with_format(row, column, cell, &wrapped)?;
        }
    }
    book.save_to_buffer()
}

/// The words of a short vocabulary; a sheet cannot hold more than 255 characters of them.
fn choices(ty: &FieldType) -> Option<Vec<&'static str>> {
    let words = match ty {
        FieldType::Choice(words) => words.to_vec(),
        FieldType::Flag => vec!["yes", "no"],
        _ => return None,
    };
    (words.join(",").len() <= 255).then_some(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::import::report::Report;
    use crate::import::sheet::Sheet;
    use crate::import::table;

    #[test]
    fn an_empty_table_can_be_read_back() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["offers.csv", "offers.xlsx", "service.xlsx", "bulletins.csv"] {
            let path = folder.path().join(name);
            let kind = write(&path).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let mut report = Report::default();
            let sheet = if name.ends_with("csv") {
                Sheet::from_csv(name, bytes, &mut report).unwrap()
            } else {
                Sheet::from_xlsx(name, bytes, kind.plural(), &mut report).unwrap()
            };
            assert_eq!(sheet.columns[0], "external_id");
            assert!(table::stage(kind, &sheet, None, &mut report).unwrap().is_empty(), "{name}");
            assert_eq!(report, Report::default());
        }
        assert!(write(&folder.path().join("offers.csv")).is_err(), "an existing file was replaced");
        assert!(write(&folder.path().join("beds.csv")).is_err());
        assert!(write(&folder.path().join("offers.ods")).is_err());
    }
}
