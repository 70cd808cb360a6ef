//! A table of texts, from CSV or from a workbook, within bounds.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};

use super::report::{Line, Report};
use super::{archive, file};
use crate::failure::Failure;

/// Most rows of one table.
pub const MAX_ROWS: usize = 50_000;
/// Most columns of one table.
pub const MAX_COLUMNS: usize = 500;
/// Most signs between cells in one line, also those inside of quotes. The reader keeps a number for each
/// cell of a row before anybody can count them.
const MAX_SIGNS: usize = 500_000;
/// Most bytes of one cell.
pub const MAX_CELL: usize = 64 * 1024;

/// A table with headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The file's name, for reports.
    pub name: String,
    /// The headings, trimmed.
    pub columns: Vec<String>,
    /// The rows below, with their numbers as a spreadsheet counts.
    pub rows: Vec<SheetRow>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number; the headings are row 1.
    pub number: u64,
    cells: Vec<String>,
}

impl Sheet {
    /// The trimmed text of a row under a heading; empty where there is none.
    pub fn cell<'s>(&self, entry: &'s SheetRow, column: &str) -> &'s str {
        self.column(column)
            .and_then(|index| entry.cells.get(index))
            .map_or("", |text| unguarded(text.trim()))
    }

    /// Whether there is such a heading.
    pub fn has(&self, column: &str) -> bool {
        self.column(column).is_some()
    }

    fn column(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }

    /// Reads CSV with commas, semicolons or tabs, whichever its first line has most of.
    pub fn from_csv(name: &str, bytes: Vec<u8>, report: &mut Report) -> Result<Self, Failure> {
        let text = file::decode(name, bytes)?;
        let sign = delimiter(&text);
        let signs = |line: &str| line.bytes().filter(|byte| *byte == sign).count();
        if let Some(line) = text.lines().position(|line| signs(line) > MAX_SIGNS) {
            return Err(too_wide(name, line as u64 + 1));
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(sign)
            .from_reader(text.as_bytes());
        let mut builder = Builder::new(name);
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|error| {
                Failure::refused(format!("{name}, row {}: {error}", index + 1))
                    .try_next("open it in LibreOffice and save it again as CSV")
            })?;
            let number = index as u64 + 1;
            if record.len() > MAX_COLUMNS {
                return Err(too_wide(name, number));
            }
            builder.row(number, record.iter().map(str::to_owned).collect(), report)?;
        }
        builder.finish()
    }

    /// Reads the first sheet of a workbook, or the one called like the kind.
    pub fn from_xlsx(
        name: &str,
        bytes: Vec<u8>,
        wanted: &str,
        report: &mut Report,
    ) -> Result<Self, Failure> {
        let broken = |error: calamine::XlsxError| {
            Failure::refused(format!("{name} cannot be read as a workbook: {error}"))
                .try_next("save it again as .xlsx, without a password")
        };
        archive::check(name, &bytes)?;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
        let sheets = book.sheet_names();
        let sheet = sheets
            .iter()
            .find(|sheet| sheet.eq_ignore_ascii_case(wanted))
            .or_else(|| sheets.first())
            .cloned()
            .ok_or_else(|| Failure::refused(format!("{name} has no sheets")))?;
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
        let mut builder = Builder::new(name);
        let mut current: Option<(u32, Vec<String>)> = None;
        // Cell by cell: a hostile sheet claims a million rows with two cells in it.
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let (row, column) = cell.get_position();
            let column = column as usize;
            let text = shown(cell.get_value());
            if text.is_empty() {
                continue;
            }
            if column >= MAX_COLUMNS {
                return Err(too_wide(name, u64::from(row) + 1));
            }
            if current.as_ref().is_some_and(|(at, _)| *at != row)
                && let Some((at, done)) = current.take()
            {
                builder.row(u64::from(at) + 1, done, report)?;
            }
            let (_, texts) = current.get_or_insert_with(|| (row, Vec::new()));
            if texts.len() <= column {
                texts.resize(column + 1, String::new());
            }
            if let Some(slot) = texts.get_mut(column) {
                *slot = text;
            }
        }
        if let Some((at, done)) = current {
            builder.row(u64::from(at) + 1, done, report)?;
        }
        builder.finish()
    }
}

struct Builder {
    sheet: Sheet,
    begun: bool,
}

impl Builder {
    fn new(name: &str) -> Self {
        Self { sheet: Sheet { name: name.to_owned(), ..Sheet::default() }, begun: false }
    }

    fn row(&mut self, number: u64, cells: Vec<String>, report: &mut Report) -> Result<(), Failure> {
        let name = &self.sheet.name;
        if let Some(cell) = cells.iter().find(|cell| cell.len() > MAX_CELL) {
            return Err(Failure::refused(format!(
                "{name}, row {number}: a cell has {} bytes, at most {MAX_CELL} are read",
                cell.len()
            )));
        }
        let is_empty = cells.iter().all(|cell| cell.trim().is_empty());
        let is_remark = cells.first().is_some_and(|cell| cell.trim_start().starts_with('#'));
        if is_empty || is_remark {
            return Ok(());
        }
        if !self.begun {
            self.begun = true;
            self.sheet.columns = cells.iter().map(|cell| cell.trim().to_owned()).collect();
            return self.headings();
        }
        if self.sheet.rows.len() >= MAX_ROWS {
            return Err(Failure::refused(format!("{name} has more than {MAX_ROWS} rows"))
                .try_next("split it into several files"));
        }
        let width = self.sheet.columns.len();
        if cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
            let reason =
                format!("{} cells, but only {width} headings: a comma too many?", cells.len());
            report.add(Line::fatal(
                name,
                number,
                "",
                cells.last().map_or("", String::as_str),
                reason,
            ));
        }
        self.sheet.rows.push(SheetRow { number, cells });
        Ok(())
    }

    fn headings(&self) -> Result<(), Failure> {
        let name = &self.sheet.name;
        let columns = &self.sheet.columns;
        let repeated = columns.iter().enumerate().find(|(index, column)| {
            !column.is_empty() && columns.iter().skip(index + 1).any(|other| other == *column)
        });
        match repeated {
            Some((_, column)) => {
                Err(Failure::refused(format!("{name} has two columns called {column:?}")))
            }
            None => Ok(()),
        }
    }

    fn finish(self) -> Result<Sheet, Failure> {
        if self.begun {
            Ok(self.sheet)
        } else {
            Err(Failure::refused(format!("{} is empty: there are no headings", self.sheet.name))
                .try_next("hospes import --template offers.xlsx"))
        }
    }
}

fn too_wide(name: &str, row: u64) -> Failure {
    Failure::refused(format!("{name}, row {row}: more than {MAX_COLUMNS} columns"))
}

/// A cell as its person sees it, more or less: whole numbers without a point, dates as dates.
fn shown(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(date) => date_of(date.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => format!("{error}"),
        DataRef::Empty => String::new(),
    }
}

/// The date or time of a spreadsheet's day number: days since 1899-12-30.
fn date_of(days: f64) -> String {
    let whole = days.floor();
    let minutes = ((days - whole) * 1440.0).round() as i64;
    let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if whole == 0.0 {
        return time;
    }
    let date = jiff::Span::new()
        .try_days(whole as i64)
        .and_then(|span| jiff::civil::date(1899, 12, 30).checked_add(span));
    match date {
        Ok(date) if minutes == 0 => date.to_string(),
        Ok(date) => format!("{date}T{time}:00Z"),
        Err(_) => days.to_string(),
    }
}

/// The sign between cells: the one that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// Our own exports put an apostrophe before what a spreadsheet would run as a formula.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn read(text: &str) -> Result<Sheet, Failure> {
        Sheet::from_csv("list.csv", text.as_bytes().to_vec(), &mut Report::default())
    }

    #[test]
    fn the_sign_between_cells_is_found() {
        for text in ["a,b\n1,\"2;3\"\n", "a;b\n1;\"2;3\"\n", "a\tb\n1\t2;3\n"] {
            let sheet = read(text).unwrap();
            assert_eq!(sheet.columns, ["a", "b"]);
            assert_eq!(sheet.cell(&sheet.rows[0], "b"), "2;3", "{text:?}");
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        let sheet = read("# help\na,b\n\"two\nlines\",x\n\n#remark,y\nlast,z\n").unwrap();
        let numbers: Vec<u64> = sheet.rows.iter().map(|row| row.number).collect();
        assert_eq!(sheet.rows.len(), 2);
        assert_eq!(sheet.cell(&sheet.rows[0], "a"), "two\nlines");
        assert!(numbers[0] < numbers[1]);
        assert_eq!(sheet.cell(&sheet.rows[1], "none"), "");
    }

    #[test]
    fn a_table_out_of_bounds_is_refused_with_the_bound() {
        for (text, expected) in [
            ("".to_owned(), "no headings"),
            ("a,a\n".to_owned(), "two columns called"),
            (format!("a\n{}\n", "x".repeat(MAX_CELL + 1)), "at most 65536"),
            (format!("a\n{}", "x\n".repeat(MAX_ROWS + 1)), "more than 50000 rows"),
            (",".repeat(MAX_COLUMNS), "more than 500 columns"),
            (format!("a,b\n1,2\n{}", ",".repeat(MAX_SIGNS + 1)), "row 3: more than 500 columns"),
        ] {
            let failure = read(&text).unwrap_err();
            assert!(failure.what.contains(expected), "{failure}");
        }
    }

    #[test]
    fn a_row_with_too_many_cells_is_a_problem() {
        let mut report = Report::default();
        Sheet::from_csv("l.csv", b"a,b\n1,2,3\n".to_vec(), &mut report).unwrap();
        assert_eq!(report.fatal_rows().len(), 1);
    }

    #[test]
    fn dates_of_a_workbook_are_dates() {
        assert_eq!(date_of(46349.0), "2026-11-23");
        assert_eq!(date_of(0.5), "12:00");
        assert_eq!(date_of(46349.25), "2026-11-23T06:00:00Z");
    }

    #[test]
    fn our_own_guard_is_taken_off() {
        assert_eq!(unguarded("'+372"), "+372");
        assert_eq!(unguarded("'tis"), "'tis");
    }

    #[test]
    fn a_workbook_is_read() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("offers").unwrap();
        for (column, text) in ["external_id", "sleeps", "cot"].iter().enumerate() {
            sheet.write_string(0, column as u16, *text).unwrap();
        }
        sheet.write_string(2, 0, "a1").unwrap();
        sheet.write_number(2, 1, 4).unwrap();
        sheet.write_boolean(2, 2, true).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let sheet = Sheet::from_xlsx("o.xlsx", bytes, "offers", &mut Report::default()).unwrap();
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.rows[0].number, 3);
        assert_eq!(sheet.cell(&sheet.rows[0], "sleeps"), "4");
        assert_eq!(sheet.cell(&sheet.rows[0], "cot"), "yes");
        let garbage = Sheet::from_xlsx("o.xlsx", vec![1, 2, 3], "offers", &mut Report::default());
        assert!(garbage.is_err());
    }
}
