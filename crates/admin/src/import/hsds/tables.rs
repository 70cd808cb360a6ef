//! The tables of a folder, under whichever of their names they come.

use std::collections::BTreeMap;
use std::path::Path;

use crate::failure::Failure;
use crate::import::file;
use crate::import::report::{Line, Report};
use crate::import::sheet::Sheet;

/// Most tables in a folder.
const MAX_TABLES: usize = 100;

/// What the name of a table ends with.
const ENDING: &str = ".csv";

/// Columns that tie tables together or are read elsewhere; nobody misses them.
const PLUMBING: &[&str] = &["id", "organization_id", "program_id", "service_id", "location_id"];

/// The tables that are read.
#[derive(Debug, Default)]
pub struct Tables {
    /// One row for each entry.
    pub services: Sheet,
    /// Who runs the services.
    pub organizations: Sheet,
    /// Where they are.
    pub locations: Sheet,
    /// Which service is at which location.
    pub at_location: Sheet,
    /// Phone numbers.
    pub phones: Sheet,
    /// Street and postal addresses, each of its table.
    pub addresses: Vec<Addresses>,
    /// Opening hours.
    pub schedules: Vec<Sheet>,
    /// Languages spoken.
    pub languages: Sheet,
    /// Whom services are for.
    pub areas: Sheet,
    /// Terms of taxonomies.
    pub terms: Sheet,
    /// Which service has which terms.
    pub attributes: Vec<Sheet>,
}

/// A table of addresses.
#[derive(Debug)]
pub struct Addresses {
    /// The table.
    pub sheet: Sheet,
    /// What the addresses are where no column says it.
    pub kind: &'static str,
}

/// Whether a folder holds the tables of a directory.
pub fn is_hsds(folder: &Path) -> bool {
    ["services.csv", "service.csv"].iter().any(|name| folder.join(name).is_file())
}

impl Tables {
    /// Reads all tables of a folder. Those without a place in our fields are named in the report.
    pub fn read(folder: &Path, report: &mut Report) -> Result<Self, Failure> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .map_err(|error| Failure::file("read", folder, &error))?
            .filter_map(Result::ok)
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.to_ascii_lowercase().ends_with(ENDING))
            .collect();
        names.sort();
        let place = folder.display().to_string();
        Self::gather(&place, &names, |name| file::bytes(&folder.join(name)), report)
    }

    /// Reads the tables of these names that have a place in our fields; the others are not opened.
    pub fn gather(
        place: &str,
        names: &[String],
        mut open: impl FnMut(&str) -> Result<Vec<u8>, Failure>,
        report: &mut Report,
    ) -> Result<Self, Failure> {
        if names.len() > MAX_TABLES {
            return Err(Failure::refused(format!(
                "{place} has {} tables, at most {MAX_TABLES} are read",
                names.len()
            )));
        }
        let mut tables = Self::default();
        for name in names {
            let lower = name.to_ascii_lowercase();
            let stem = lower.strip_suffix(ENDING).unwrap_or(&lower);
            if !is_known(stem) {
                let reason = match stem {
                    "contacts" | "contact" => "not read: names of persons are never shared",
                    "metadata" => "not read: earlier values and who changed them are never shared",
                    _ => "not read: no field of ours holds it",
                };
                report.add(Line::note(name, 0, "", "", reason));
                continue;
            }
            let bytes = open(name)?;
            // A table without even headings is what some exporters write for "none".
            if bytes.iter().all(u8::is_ascii_whitespace) {
                report.add(Line::note(name, 0, "", "", "the table is empty"));
                continue;
            }
            let sheet = Sheet::from_csv(name, bytes, report)?;
            tables.place(stem, sheet);
        }
        if tables.services.name.is_empty() {
            return Err(Failure::refused(format!("there is no services.csv in {place}"))
                .try_next("hospes import services FILE.csv, if it is a single table"));
        }
        Ok(tables)
    }

    fn place(&mut self, stem: &str, sheet: Sheet) {
        match stem {
            "services" | "service" => self.services = sheet,
            "organizations" | "organization" => self.organizations = sheet,
            "locations" | "location" => self.locations = sheet,
            "services_at_location" | "service_at_location" | "service_at_locations" => {
                self.at_location = sheet;
            }
            "phones" | "phone" => self.phones = sheet,
            "addresses" | "address" | "physical_addresses" | "physical_address" => {
                self.addresses.push(Addresses { sheet, kind: "physical" });
            }
            "postal_addresses" | "postal_address" => {
                self.addresses.push(Addresses { sheet, kind: "postal" });
            }
            "regular_schedules" | "regular_schedule" | "schedules" | "schedule" => {
                self.schedules.push(sheet);
            }
            "languages" | "language" => self.languages = sheet,
            "service_areas" | "service_area" => self.areas = sheet,
            "taxonomy_terms" | "taxonomy_term" => self.terms = sheet,
            // In 1.1 the table of terms was called so; later it names the vocabularies only.
            "taxonomy" | "taxonomies" if self.terms.name.is_empty() => self.terms = sheet,
            "attributes" | "attribute" | "services_taxonomy" | "service_taxonomy"
            | "service_taxonomies" => self.attributes.push(sheet),
            _ => {}
        }
    }
}

fn is_known(stem: &str) -> bool {
    const KNOWN: &[&str] = &[
        "services",
        "service",
        "organizations",
        "organization",
        "locations",
        "location",
        "services_at_location",
        "service_at_location",
        "service_at_locations",
        "phones",
        "phone",
        "addresses",
        "address",
        "physical_addresses",
        "physical_address",
        "postal_addresses",
        "postal_address",
        "regular_schedules",
        "regular_schedule",
        "schedules",
        "schedule",
        "languages",
        "language",
        "service_areas",
        "service_area",
        "taxonomy_terms",
        "taxonomy_term",
        "taxonomy",
        "taxonomies",
        "attributes",
        "attribute",
        "services_taxonomy",
        "service_taxonomy",
        "service_taxonomies",
    ];
    KNOWN.contains(&stem)
}

/// Names the columns that hold something and that nothing of ours takes.
pub fn unread_columns(sheet: &Sheet, read: &[&str], report: &mut Report) {
    let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
    for column in &sheet.columns {
        if read.contains(&column.as_str()) || PLUMBING.contains(&column.as_str()) {
            continue;
        }
        let filled = sheet.rows.iter().filter(|row| !sheet.cell(row, column).is_empty()).count();
        if filled > 0 {
            unread.insert(column, filled);
        }
    }
    for (column, filled) in unread {
        let cells = if filled == 1 { "1 cell".to_owned() } else { format!("{filled} cells") };
        let reason = "not read: no field of ours holds it";
        report.add(Line::note(&sheet.name, 1, column, &cells, reason));
    }
}
