//! The entries of the directory, put together from all tables.

use std::collections::BTreeMap;

use hospes_domain::schema::schema;
use hospes_domain::{Fields, Kind, Value, lint};

use super::hours::Hours;
use super::links::{Links, Tie};
use super::options::Options;
use super::phones::Phones;
use super::place::Places;
use super::tables::{Tables, unread_columns};
use crate::import::Row;
use crate::import::report::{Line, Report};
use crate::import::sheet::SheetRow;
use crate::import::words;

/// Phones of one entry at most.
const PHONES: usize = 12;

/// Columns of the table of services that are read here.
const READ: &[&str] = &[
    "id",
    "organization_id",
    "name",
    "alternate_name",
    "description",
    "url",
    "email",
    "status",
    "interpretation_services",
    "application_process",
    "fees",
    "fees_description",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "assured_date",
    "alert",
];

/// Everything that entries are made from.
pub struct Sources<'t> {
    /// The tables.
    pub tables: &'t Tables,
    /// What belongs together.
    pub links: Links<'t>,
    /// Phones by owner.
    pub phones: Phones,
    /// Opening hours by owner.
    pub hours: Hours,
    /// Places by owner.
    pub places: Places,
    /// What the files do not say.
    pub options: &'t Options,
}

/// One entry while it is put together.
struct ServiceEntry<'r> {
    table: &'r str,
    number: u64,
    fields: Fields,
    /// What did not fit into its own field and goes below the description.
    below: Vec<(&'static str, String)>,
    report: &'r mut Report,
}

impl ServiceEntry<'_> {
    fn note(&mut self, field: &str, value: &str, reason: impl Into<String>) {
        self.report.add(Line::note(self.table, self.number, field, value, reason));
    }

    /// Puts in a value that its field can read; what it cannot read is left out and named.
    fn put(&mut self, field: &'static str, column: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let Some(known) = schema(Kind::Service).field(field) else { return };
        match known.ty.parse(text) {
            Ok(value) => {
                self.fields.insert(field.to_owned(), value);
            }
            Err(problem) => {
                let reason = format!("left out: it {}", without_value(&problem.to_string()));
                self.note(column, text, reason);
            }
        }
    }
}

/// The reason without the value, which has its own column.
fn without_value(problem: &str) -> String {
    match problem.split_once("\", ") {
        Some((_, rest)) => rest.trim_start_matches("which ").to_owned(),
        None => problem.to_owned(),
    }
}

impl Sources<'_> {
    /// All entries, one for each service.
    pub fn entries(&self, report: &mut Report) -> Vec<Row> {
        unread_columns(&self.tables.services, READ, report);
        let languages = self.languages(report);
        let areas = self.areas(report);
        let terms = self.terms(report);
        let mut unnamed: BTreeMap<&str, usize> = BTreeMap::new();
        let services = &self.tables.services;
        let mut rows = Vec::with_capacity(services.rows.len());
        for service in &services.rows {
            let id = services.cell(service, "id");
            let organization = services.cell(service, "organization_id");
            let mut entry = ServiceEntry {
                table: &services.name,
                number: service.number,
                fields: Fields::new(),
                below: Vec::new(),
                report: &mut *report,
            };
            let external_id = if id.is_empty() {
                let nth = unnamed.entry(organization).or_default();
                *nth += 1;
                let made = format!("organization:{organization}:{nth}");
                entry.note(
                    "id",
                    &made,
                    "is empty: the entry is recognized by its organization instead",
                );
                made
            } else {
                if uuid::Uuid::parse_str(id).is_err() {
                    entry.note("id", id, "is not a UUID: the record gets a number of its own, and this one recognizes it next time");
                }
                id.to_owned()
            };
            let (locations, tie) = self.links.places(self.tables, service);
            self.names(service, &locations, &mut entry);
            self.texts(service, &mut entry);
            self.facts(service, &mut entry);
            self.contact(service, &locations, tie, &mut entry);
            for (field, map) in
                [("languages", &languages), ("service_areas", &areas), ("taxonomy_terms", &terms)]
            {
                let keys = std::iter::once(id).chain(locations.iter().copied());
                if let Some(value) = keys.filter(|key| !key.is_empty()).find_map(|key| map.get(key))
                {
                    entry.fields.insert(field.to_owned(), value.clone());
                }
            }
            rows.push(Row {
                table: services.name.clone(),
                number: service.number,
                external_id,
                fields: entry.fields,
            });
        }
        rows
    }

    fn names(&self, service: &SheetRow, locations: &[&str], entry: &mut ServiceEntry<'_>) {
        let services = &self.tables.services;
        let id = services.cell(service, "organization_id");
        let organization = match self.links.organization(id) {
            Some(row) => words::plain(self.tables.organizations.cell(row, "name")),
            None if id.is_empty() => {
                entry.note("organization_id", "", "no organization is named");
                String::new()
            }
            None => {
                entry.note(
                    "organization_id",
                    id,
                    "this organization is not in the file: the entry has no organization",
                );
                String::new()
            }
        };
        let mut name = words::plain(services.cell(service, "name"));
        if name.is_empty() {
            let place = locations.first().and_then(|id| self.links.location(id));
            let place = place.map(|row| words::plain(self.tables.locations.cell(row, "name")));
            let (other, whose) = match (organization.is_empty(), place) {
                (false, _) => (organization.clone(), "organization"),
                (true, Some(place)) if !place.is_empty() => (place, "location"),
                _ => (String::new(), ""),
            };
            if !other.is_empty() {
                entry.note("name", &other, format!("is empty: the name of the {whose} was taken"));
                name = other;
            }
        }
        for (field, text) in [
            ("name", name),
            ("alternate_name", words::plain(services.cell(service, "alternate_name"))),
            ("organization", organization),
        ] {
            let text = text.replace('\n', " ");
            let (kept, left) = words::fitting(&text, 200);
            if !left.is_empty() {
                entry.note(field, left, "too long, at most 200 characters: this end was left out");
            }
            entry.put(field, field, kept);
        }
    }

    fn texts(&self, service: &SheetRow, entry: &mut ServiceEntry<'_>) {
        let services = &self.tables.services;
        let fees = [services.cell(service, "fees_description"), services.cell(service, "fees")];
        let fees = fees.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        let remarks = [
            ("alert", "alert", "Alert", services.cell(service, "alert")),
            (
                "eligibility_description",
                "eligibility_description",
                "For whom",
                services.cell(service, "eligibility_description"),
            ),
            (
                "application_process",
                "application_process",
                "How to apply",
                services.cell(service, "application_process"),
            ),
            ("fees_description", "fees", "Fees", fees),
            (
                "interpretation_services",
                "interpretation_services",
                "Interpretation",
                services.cell(service, "interpretation_services"),
            ),
        ];
        for (field, column, label, raw) in remarks {
            let text = self.harmless(words::plain(raw), column, entry);
            if text.chars().count() <= 280 {
                entry.put(field, column, &text);
            } else {
                entry.below.push((label, text.clone()));
                entry.note(
                    column,
                    &text,
                    "longer than 280 characters: the whole text is below the description instead",
                );
            }
        }
        let mut description = self.harmless(
            words::plain(services.cell(service, "description")),
            "description",
            entry,
        );
        for (label, text) in std::mem::take(&mut entry.below) {
            if !description.is_empty() {
                description.push_str("\n\n");
            }
            description.push_str(&format!("{label}: {text}"));
        }
        let (kept, left) = words::fitting(&description, 2_000);
        if !left.is_empty() {
            entry.note(
                "description",
                left,
                "too long, at most 2000 characters: this end was left out",
            );
        }
        entry.put("description", "description", kept);
    }

    /// The text, or nothing where the lint of shared texts refuses it.
    fn harmless(&self, text: String, column: &str, entry: &mut ServiceEntry<'_>) -> String {
        if self.options.override_lint {
            return text;
        }
        match lint::lint(&text).first() {
            None => text,
            Some(finding) => {
                let reason = format!(
                    "looks like {}: the text was left out; --override-lint takes it, if it is public",
                    finding.what
                );
                entry.note(column, &finding.excerpt, reason);
                String::new()
            }
        }
    }

    fn facts(&self, service: &SheetRow, entry: &mut ServiceEntry<'_>) {
        let services = &self.tables.services;
        let cell = |column: &str| services.cell(service, column);
        match cell("status") {
            "" => {
                entry.note("status", "", "is empty: taken as active");
                entry.fields.insert("status".to_owned(), Value::from("active"));
            }
            text => {
                entry.put("status", "status", text);
                if !entry.fields.contains_key("status") {
                    entry.fields.insert("status".to_owned(), Value::from("inactive"));
                    entry.note("status", text, "is none of ours: taken as inactive");
                }
            }
        }
        for (field, column) in [("minimum_age", "minimum_age"), ("maximum_age", "maximum_age")] {
            entry.put(field, column, cell(column).trim_end_matches(".0"));
        }
        let assured = cell("assured_date");
        entry.put("assured_on", "assured_date", assured.get(..10).unwrap_or(assured));
        let organization = self.links.organization(cell("organization_id"));
        let organizations = &self.tables.organizations;
        let inherited = |columns: &[&str]| {
            let row = organization?;
            columns
                .iter()
                .map(|column| organizations.cell(row, column))
                .find(|text| !text.is_empty())
        };
        let url = Some(cell("url"))
            .filter(|text| !text.is_empty())
            .or_else(|| inherited(&["url", "website"]));
        if let Some(url) = url {
            let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
            entry.put("url", "url", &url);
        }
        let email =
            Some(cell("email")).filter(|text| !text.is_empty()).or_else(|| inherited(&["email"]));
        entry.put("email", "email", email.unwrap_or_default());
    }

    fn contact(
        &self,
        service: &SheetRow,
        locations: &[&str],
        tie: Tie,
        entry: &mut ServiceEntry<'_>,
    ) {
        let services = &self.tables.services;
        let (id, organization) =
            (services.cell(service, "id"), services.cell(service, "organization_id"));
        let known = self.links.locations_of(organization).len();
        if locations.is_empty() && known > 1 {
            let several = format!("{known} locations");
            entry.note("location", &several, "the file does not say at which location of its organization it is: no hours are taken");
        }
        if locations.len() > 1 {
            let several = format!("{} locations", locations.len());
            entry.note("location", &several, "at several locations: the address of one is taken");
        }
        if tie == Tie::SameName && !locations.is_empty() {
            let name = services.cell(service, "name");
            entry.note("location", name, "tied to the location of the same name");
        }
        let mut phones = self.phones.of(id, locations, organization);
        if phones.len() > PHONES {
            let left = format!("{} phones", phones.len());
            entry.note("phones", &left, "more than 12 phones: the rest is left out");
            phones.truncate(PHONES);
        }
        if !phones.is_empty() {
            entry.fields.insert("phones".to_owned(), Value::List(phones));
        }
        if let Some(hours) = self.hours.of(id, locations) {
            entry.put("opening_hours", "opening_hours", &hours);
        }
        let place = self.places.of(locations, organization);
        if let Some(code) = place.country.or_else(|| self.options.country.clone()) {
            entry.fields.insert("country".to_owned(), Value::from(code));
        }
        if let Some(region) = place.region {
            entry.fields.insert("region".to_owned(), Value::from(region));
        }
        if let Some(town) = place.near_town {
            entry.fields.insert("near_town".to_owned(), Value::Integer(town));
        }
        if let Some(kind) = place.location_type {
            entry.fields.insert("location_type".to_owned(), Value::from(kind));
        }
        if let Some(address) = place.address.filter(|_| place.location_type == Some("physical")) {
            entry.fields.insert("address".to_owned(), address);
        }
    }
}
