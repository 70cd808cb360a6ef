//! Where services are: locations, street addresses, postal addresses.

use std::collections::BTreeMap;

use hospes_domain::{Value, country, gazetteer};

use super::options::Options;
use super::tables::{Addresses, Tables};
use crate::import::report::{Line, Report};
use crate::import::sheet::SheetRow;

/// Characters of each line of an address at most.
const LINE: usize = 100;

/// A town farther away than this, in kilometers, says nothing about a place.
const NEAR: f64 = 60.0;

/// What is known about a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// physical, postal or virtual.
    pub location_type: Option<&'static str>,
    /// The street address.
    pub address: Option<Value>,
    /// ISO 3166-1.
    pub country: Option<String>,
    /// ISO 3166-2.
    pub region: Option<String>,
    /// GeoNames number of the nearest town.
    pub near_town: Option<i64>,
}

impl Place {
    fn or(self, other: &Place) -> Place {
        Place {
            location_type: self.location_type.or(other.location_type),
            address: self.address.or_else(|| other.address.clone()),
            country: self.country.or_else(|| other.country.clone()),
            region: self.region.or_else(|| other.region.clone()),
            near_town: self.near_town.or(other.near_town),
        }
    }
}

/// Places by whose they are.
#[derive(Debug, Default)]
pub struct Places {
    locations: BTreeMap<String, Place>,
    organizations: BTreeMap<String, Place>,
}

impl Places {
    /// Reads locations and addresses.
    pub fn read(tables: &Tables, options: &Options, report: &mut Report) -> Self {
        let mut places = Self::default();
        let sheet = &tables.locations;
        for entry in &sheet.rows {
            let mut place = Place {
                location_type: location_type(sheet.cell(entry, "location_type")),
                ..Place::default()
            };
            place.near_town = near_town(tables, entry, report);
            places.locations.insert(sheet.cell(entry, "id").to_owned(), place);
        }
        for addresses in &tables.addresses {
            for entry in &addresses.sheet.rows {
                places.address(addresses, entry, options, report);
            }
        }
        places
    }

    fn address(
        &mut self,
        addresses: &Addresses,
        entry: &SheetRow,
        options: &Options,
        report: &mut Report,
    ) {
        let sheet = &addresses.sheet;
        let place = place(addresses, entry, options, report);
        let owners = [
            (sheet.cell(entry, "location_id"), &mut self.locations),
            (sheet.cell(entry, "organization_id"), &mut self.organizations),
        ];
        let mut owned = false;
        for (id, map) in owners {
            if !id.is_empty() {
                let known = map.entry(id.to_owned()).or_default();
                // A street address says more than a postal one, whichever comes first.
                *known = if known.address.is_some() {
                    std::mem::take(known).or(&place)
                } else {
                    place.clone().or(known)
                };
                owned = true;
            }
        }
        if !owned {
            let reason = "belongs to no location or organization: left out";
            report.add(Line::note(&sheet.name, entry.number, "address_1", "", reason));
        }
    }

    /// The place of a service: of its first location with an address, else of its organization.
    pub fn of(&self, locations: &[&str], organization: &str) -> Place {
        let mut known = locations.iter().filter_map(|id| self.locations.get(*id));
        let first = known.clone().next();
        let best =
            known.find(|place| place.address.is_some()).or(first).cloned().unwrap_or_default();
        match self.organizations.get(organization) {
            // The seat of an organization is not where a service at another place is.
            Some(seat) if best.address.is_none() && best.location_type != Some("virtual") => {
                best.or(seat)
            }
            _ => best,
        }
    }
}

fn location_type(text: &str) -> Option<&'static str> {
    ["physical", "postal", "virtual"].into_iter().find(|word| text.eq_ignore_ascii_case(word))
}

fn near_town(tables: &Tables, entry: &SheetRow, report: &mut Report) -> Option<i64> {
    let sheet = &tables.locations;
    let (latitude, longitude) = (sheet.cell(entry, "latitude"), sheet.cell(entry, "longitude"));
    let mut note = |value: &str, reason: &str| {
        report.add(Line::note(&sheet.name, entry.number, "latitude", value, reason));
    };
    if latitude.is_empty() || longitude.is_empty() {
        note(sheet.cell(entry, "name"), "no coordinates: the nearest town is not known");
        return None;
    }
    let both = format!("{latitude}, {longitude}");
    let (Ok(north), Ok(east)) = (latitude.parse::<f64>(), longitude.parse::<f64>()) else {
        note(&both, "coordinates that are no numbers: left out");
        return None;
    };
    match gazetteer::snap(north, east) {
        Some((town, kilometers)) if kilometers <= NEAR => Some(i64::from(town.id)),
        Some(_) => {
            note(&both, "no town of our list is near: left out");
            None
        }
        None => {
            note(&both, "coordinates that are no place on earth: left out");
            None
        }
    }
}

fn place(addresses: &Addresses, entry: &SheetRow, options: &Options, report: &mut Report) -> Place {
    let sheet = &addresses.sheet;
    let cell = |column: &str| sheet.cell(entry, column);
    let mut note = |field: &str, value: &str, reason: &str| {
        report.add(Line::note(&sheet.name, entry.number, field, value, reason));
    };
    let code = cell("country").to_ascii_uppercase();
    let country = if country::is_country(&code) {
        Some(code)
    } else {
        if !code.is_empty() {
            note("country", &code, "is no country code: left out");
        }
        options.country.clone()
    };
    let state = cell("state_province");
    let region = country
        .as_ref()
        .map(|country| format!("{country}-{}", state.to_ascii_uppercase()))
        .filter(|code| country::is_region(code));
    let said = cell("address_type");
    let kind = location_type(if said.is_empty() { addresses.kind } else { said });
    let mut place = Place { location_type: kind, country, region, ..Place::default() };

    let street = cell("address_1");
    let bare: String =
        street.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    if street.is_empty() {
        note("address_1", "", "no street: the address is left out");
        place.location_type = None;
        return place;
    }
    if bare.starts_with("pobox") || (kind == Some("postal") && !said.is_empty()) {
        note("address_1", street, "a postal address: left out, only street addresses are kept");
        place.location_type = Some("postal");
        return place;
    }
    let mut street = street.to_owned();
    let mut city = cell("city").to_owned();
    if city.is_empty() {
        match glued_city(&street) {
            Some((line, town)) => {
                note("city", town, "was empty: taken from the end of address_1, please check");
                (street, city) = (line.to_owned(), town.to_owned());
            }
            None => {
                note("city", &street, "is empty: the address is left out");
                place.location_type = None;
                return place;
            }
        }
    }
    let Some(country) = place.country.clone() else {
        note("country", &street, "is empty; say it with --region: the address is left out");
        place.location_type = None;
        return place;
    };
    let mut address = BTreeMap::new();
    let lines = [
        ("address_1", street.as_str()),
        ("address_2", cell("address_2")),
        ("city", city.as_str()),
        ("state_province", state),
        ("postal_code", cell("postal_code")),
    ];
    for (name, text) in lines {
        if text.chars().count() > LINE {
            note(name, text, "longer than 100 characters: the address is left out");
            place.location_type = None;
            return place;
        }
        if !text.is_empty() {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            address.insert(name.to_owned(), Value::from(line));
        }
    }
    address.insert("country".to_owned(), Value::from(country));
    place.address = Some(Value::Map(address));
    place.location_type = Some("physical");
    place
}

/// "20 South Clark StreetSuite 910Chicago": where line breaks were lost, the last word that begins
/// in the middle of another is the city.
fn glued_city(street: &str) -> Option<(&str, &str)> {
    let mut previous = ' ';
    let mut at = None;
    for (index, c) in street.char_indices() {
        let glued = previous.is_lowercase() || previous.is_ascii_digit() || previous == '.';
        let before = street.get(..index).unwrap_or_default();
        let scottish = before.ends_with("Mc") || before.ends_with("Mac");
        if c.is_uppercase() && glued && !scottish {
            at = Some(index);
        }
        previous = c;
    }
    let (line, city) = street.split_at(at?);
    let is_name = city.chars().count() >= 3
        && city.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.'));
    (is_name && !line.trim().is_empty()).then(|| (line.trim(), city.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_that_was_glued_to_the_street_is_found() {
        for (street, expected) in [
            (
                "20 South Clark StreetSuite 910Chicago",
                Some(("20 South Clark StreetSuite 910", "Chicago")),
            ),
            ("25 East Jackson Blvd.Chicago", Some(("25 East Jackson Blvd.", "Chicago"))),
            ("7115 North Avenue #253Oak Park", Some(("7115 North Avenue #253", "Oak Park"))),
            ("20 South Clark Street", None),
            ("Main StreetMcHenry", Some(("Main Street", "McHenry"))),
            ("1B", None),
            ("", None),
        ] {
            assert_eq!(glued_city(street), expected, "{street}");
        }
    }
}
