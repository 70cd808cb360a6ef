//! What belongs together: services, their organizations, their locations.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::Tables;
use crate::import::report::{Line, Report};
use crate::import::sheet::{Sheet, SheetRow};

/// How a service is tied to its location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// The file says it.
    Said,
    /// The organization has one location only.
    OnlyOne,
    /// A location of the organization has the same name.
    SameName,
}

/// What belongs together in a directory.
#[derive(Debug, Default)]
pub struct Links<'t> {
    organizations: BTreeMap<&'t str, &'t SheetRow>,
    locations: BTreeMap<&'t str, &'t SheetRow>,
    of_organization: BTreeMap<&'t str, Vec<&'t str>>,
    at_location: BTreeMap<&'t str, Vec<&'t str>>,
    pairs: BTreeMap<&'t str, (&'t str, &'t str)>,
}

impl<'t> Links<'t> {
    /// Reads the links. Organizations that no service names are reported: they give no entry.
    pub fn new(tables: &'t Tables, report: &mut Report) -> Self {
        let mut links = Self {
            organizations: by_id(&tables.organizations),
            locations: by_id(&tables.locations),
            ..Self::default()
        };
        let locations = &tables.locations;
        for entry in &locations.rows {
            let organization = locations.cell(entry, "organization_id");
            if !organization.is_empty() {
                links
                    .of_organization
                    .entry(organization)
                    .or_default()
                    .push(locations.cell(entry, "id"));
            }
        }
        let at = &tables.at_location;
        for entry in &at.rows {
            let (service, location) = (at.cell(entry, "service_id"), at.cell(entry, "location_id"));
            links.at_location.entry(service).or_default().push(location);
            links.pairs.insert(at.cell(entry, "id"), (service, location));
        }
        let services = &tables.services;
        let named: BTreeSet<&str> =
            services.rows.iter().map(|entry| services.cell(entry, "organization_id")).collect();
        for (id, entry) in &links.organizations {
            if !named.contains(id) {
                let name = tables.organizations.cell(entry, "name");
                let reason = "no service names this organization: it gives no entry";
                report.add(Line::note(
                    &tables.organizations.name,
                    entry.number,
                    "id",
                    name,
                    reason,
                ));
            }
        }
        links
    }

    /// The row of an organization.
    pub fn organization(&self, id: &str) -> Option<&'t SheetRow> {
        self.organizations.get(id).copied()
    }

    /// The row of a location.
    pub fn location(&self, id: &str) -> Option<&'t SheetRow> {
        self.locations.get(id).copied()
    }

    /// All locations of an organization.
    pub fn locations_of(&self, organization: &str) -> &[&'t str] {
        self.of_organization.get(organization).map(Vec::as_slice).unwrap_or_default()
    }

    /// Service and location of a row that ties them.
    pub fn pair(&self, id: &str) -> Option<(&'t str, &'t str)> {
        self.pairs.get(id).copied().filter(|_| !id.is_empty())
    }

    /// The locations of a service, and how it is known.
    pub fn places(&self, tables: &'t Tables, service: &SheetRow) -> (Vec<&'t str>, Tie) {
        let services = &tables.services;
        let said = self.at_location.get(services.cell(service, "id"));
        if let Some(said) = said.filter(|_| !services.cell(service, "id").is_empty()) {
            return (said.clone(), Tie::Said);
        }
        let all = self.locations_of(services.cell(service, "organization_id"));
        if let [only] = all {
            return (vec![only], Tie::OnlyOne);
        }
        let name = services.cell(service, "name").to_lowercase();
        let alike = |id: &&&str| {
            self.location(id).is_some_and(|entry| {
                !name.is_empty() && tables.locations.cell(entry, "name").to_lowercase() == name
            })
        };
        let mut same = all.iter().filter(alike);
        match (same.next(), same.next()) {
            (Some(only), None) => (vec![only], Tie::SameName),
            _ => (Vec::new(), Tie::SameName),
        }
    }
}

fn by_id(sheet: &Sheet) -> BTreeMap<&str, &SheetRow> {
    sheet
        .rows
        .iter()
        .map(|entry| (sheet.cell(entry, "id"), entry))
        .filter(|(id, _)| !id.is_empty())
        .collect()
}
