//! Directories in the Human Services Data Specification: a folder of CSV tables, 1.1 to 3.1.
//!
//! Real files break the specification in many ways. An entry that can be understood comes in, and
//! everything that was mended, guessed or left out is named in the report. Names of persons,
//! earlier values and notes about who edited what are never taken.

mod entry;
mod hours;
mod links;
mod lists;
mod options;
mod phones;
mod place;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;

use super::Row;
use super::report::Report;
use crate::failure::Failure;

pub use options::Options;
pub use tables::is_hsds;

/// Reads the entries of a directory, one for each row of its table of services.
pub fn stage(folder: &Path, options: &Options, report: &mut Report) -> Result<Vec<Row>, Failure> {
    Ok(entries(&tables::Tables::read(folder, report)?, options, report))
}

/// The same from tables in memory, each with its name.
pub fn stage_tables(
    files: &BTreeMap<String, Vec<u8>>,
    options: &Options,
    report: &mut Report,
) -> Result<Vec<Row>, Failure> {
    let names: Vec<String> = files.keys().cloned().collect();
    let open = |name: &str| Ok(files.get(name).cloned().unwrap_or_default());
    let tables = tables::Tables::gather("the directory", &names, open, report)?;
    Ok(entries(&tables, options, report))
}

fn entries(tables: &tables::Tables, options: &Options, report: &mut Report) -> Vec<Row> {
    let links = links::Links::new(tables, report);
    let phones = phones::Phones::read(tables, &links, options, report);
    let hours = hours::Hours::read(tables, options.today, report);
    let places = place::Places::read(tables, options, report);
    let sources = entry::Sources { tables, links, phones, hours, places, options };
    sources.entries(report)
}

#[cfg(test)]
mod tests;
