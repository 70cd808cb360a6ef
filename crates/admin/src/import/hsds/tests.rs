#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use hospes_domain::{Kind, Timestamp, Value};

use super::*;
use crate::import::phone::Region;
use crate::import::{check, report::Group};

fn options(country: Option<&str>, override_lint: bool) -> Options {
    Options {
        country: country.map(str::to_owned),
        region: country.and_then(Region::of),
        override_lint,
        today: jiff::civil::date(2026, 11, 23),
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn lines<'r>(
    report: &'r Report,
    table: &str,
    field: &str,
    reason: &str,
) -> Vec<&'r crate::import::report::Line> {
    report
        .lines()
        .iter()
        .filter(|line| line.table == table && line.field == field && line.reason.contains(reason))
        .collect()
}

#[test]
fn an_entry_is_put_together_from_all_tables() {
    let folder = folder(&[
        (
            "organizations.csv",
            "id,name,url,email\no1,Network for Objectors,network.example.org,desk@example.org\no2,Nobody's,,\n",
        ),
        (
            "services.csv",
            "id,organization_id,name,description,status,fees,minimum_age\ns1,o1,Hotline,<p>Advice&nbsp;by phone</p>,active,Free,16\n",
        ),
        (
            "locations.csv",
            "id,organization_id,name,latitude,longitude\nl1,o1,Main office,59.3772,28.1903\n",
        ),
        (
            "phones.csv",
            "id,service_id,location_id,number,type\np1,s1,,+372 5555 1234,voice\np2,,l1,no phone,\np3,,l1,call us,\n",
        ),
        (
            "physical_addresses.csv",
            "id,location_id,address_1,city,state_province,postal_code,country\na1,l1,Example street 1,Narva,45,20308,EE\n",
        ),
        (
            "regular_schedules.csv",
            "id,location_id,weekday,opens_at,closes_at\nh1,l1,Monday,9:00,17:00\nh2,l1,Tuesday,9:00,17:00\nh3,l1,Sunday,,\nh4,l1,Friday,17:00,9:00\n",
        ),
        ("languages.csv", "id,service_id,language\nx,s1,Russian\ny,s1,Klingon\n"),
        ("contacts.csv", "id,name\nc1,A Person\n"),
    ]);
    let mut report = Report::default();
    let rows = stage(folder.path(), &options(None, false), &mut report).unwrap();
    let fields = &rows[0].fields;
    assert_eq!(rows[0].external_id, "s1");
    assert_eq!(fields["organization"], Value::from("Network for Objectors"));
    assert_eq!(fields["description"], Value::from("Advice by phone"));
    assert_eq!(fields["url"], Value::from("http://network.example.org"));
    assert_eq!(fields["email"], Value::from("desk@example.org"));
    assert_eq!(fields["opening_hours"], Value::from("Mo,Tu 09:00-17:00"));
    assert_eq!(fields["location_type"], Value::from("physical"));
    assert_eq!(fields["address"].as_map().unwrap()["city"], Value::from("Narva"));
    assert_eq!(fields["region"], Value::from("EE-45"));
    assert!(fields.contains_key("near_town"));
    assert_eq!(fields["languages"].as_map().unwrap()["ru"], Value::from("fluent"));
    let phones = fields["phones"].elements();
    assert_eq!(phones.len(), 1);
    assert_eq!(phones[0].as_map().unwrap()["number"], Value::from("+37255551234"));
    for (table, row, field, reason) in [
        ("services.csv", 2, "id", "not a UUID"),
        ("organizations.csv", 3, "id", "no service names this organization"),
        ("phones.csv", 3, "number", "says that there is no phone"),
        ("phones.csv", 4, "number", "no phone number can be read"),
        ("regular_schedules.csv", 4, "opens_at", "no hours"),
        ("regular_schedules.csv", 5, "closes_at", "closes before it opens"),
        ("languages.csv", 3, "code", "not a language"),
        ("contacts.csv", 0, "", "names of persons"),
    ] {
        let found = lines(&report, table, field, reason);
        assert_eq!(found.len(), 1, "{table} {field} {reason}: {:#?}", report.lines());
        assert_eq!(found[0].row, row);
    }
    assert_eq!(check(Kind::Service, rows, false, Timestamp(0), &mut report).len(), 1);
}

#[test]
fn a_text_that_does_not_fit_is_moved_and_never_lost_silently() {
    let long = "Come in the morning. ".repeat(20);
    let longer = "We help with many things. ".repeat(100);
    let table = format!(
        "id,organization_id,name,description,application_process\ns1,o,Desk,{longer},{long}\n"
    );
    let folder = folder(&[("services.csv", &table)]);
    let mut report = Report::default();
    let rows = stage(folder.path(), &options(None, false), &mut report).unwrap();
    let description = rows[0].fields["description"].as_text().unwrap();
    assert!(description.chars().count() <= 2_000 && description.ends_with('.'));
    assert_eq!(lines(&report, "services.csv", "application_process", "longer than 280").len(), 1);
    assert_eq!(lines(&report, "services.csv", "description", "this end was left out").len(), 1);
}

#[test]
fn a_text_that_looks_like_a_phone_is_left_out_unless_overridden() {
    let table = "id,name,application_process\ns1,Desk,Call +372 5555 1234 in the morning\n";
    let folder = folder(&[("services.csv", table)]);
    for (overridden, expected) in [(false, false), (true, true)] {
        let mut report = Report::default();
        let rows = stage(folder.path(), &options(None, overridden), &mut report).unwrap();
        assert_eq!(rows[0].fields.contains_key("application_process"), expected);
        let told = lines(&report, "services.csv", "application_process", "--override-lint");
        assert_eq!(told.len(), usize::from(!overridden));
    }
}

#[test]
fn the_same_folder_gives_the_same_names_again() {
    let table = "id,organization_id,name\n,o1,\n,o1,\n,o2,\n7,o1,Desk\n";
    let folder =
        folder(&[("services.csv", table), ("organizations.csv", "id,name\no1,One\no2,Two\n")]);
    let read = || {
        let rows = stage(folder.path(), &options(None, false), &mut Report::default()).unwrap();
        rows.into_iter().map(|row| row.external_id).collect::<Vec<_>>()
    };
    assert_eq!(read(), ["organization:o1:1", "organization:o1:2", "organization:o2:1", "7"]);
    assert_eq!(read(), read());
}

#[test]
fn a_folder_without_services_is_refused() {
    let folder = folder(&[("phones.csv", "id,number\n")]);
    let failure = stage(folder.path(), &options(None, false), &mut Report::default()).unwrap_err();
    assert!(failure.what.contains("no services.csv"));
    assert!(!is_hsds(folder.path()));
}

/// Public data sets beside the repository, where a machine has them.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if !path.is_dir() {
        println!("not checked: {} is not on this machine", path.display());
        return None;
    }
    Some(path)
}

fn count(groups: &[Group], table: &str, field: &str, reason: &str) -> u64 {
    groups
        .iter()
        .filter(|group| {
            group.table == table && group.field == field && group.reason.contains(reason)
        })
        .map(|group| group.count)
        .sum()
}

#[test]
fn a_real_legal_aid_directory_comes_in_and_every_defect_is_named() {
    let Some(path) = shared("ilao-hsds-1.1") else { return };
    let mut report = Report::default();
    let rows = stage(&path, &options(Some("US"), false), &mut report).unwrap();
    let rows = check(Kind::Service, rows, false, Timestamp(0), &mut report);
    let groups = report.groups();
    for group in &groups {
        println!(
            "{:>5} {:<8} {:<22} {:<24} {} {:?}",
            group.count,
            group.severity.word(),
            group.table,
            group.field,
            group.reason,
            group.first.first()
        );
    }
    assert_eq!(rows.len(), 430);
    assert_eq!(count(&groups, "services.csv", "id", ""), 430);
    assert_eq!(count(&groups, "services.csv", "status", "is empty"), 430);
    assert_eq!(count(&groups, "services.csv", "organization_id", "not in the file"), 341);
    let named: std::collections::BTreeSet<u64> = report
        .lines()
        .iter()
        .filter(|line| line.table == "phones.csv" && line.reason.starts_with("not E.164"))
        .map(|line| line.row)
        .collect();
    assert_eq!(named.len(), 982);
    assert_eq!(count(&groups, "locations.csv", "latitude", "no coordinates"), 520);
    assert_eq!(count(&groups, "regular_schedules.csv", "opens_at", "no hours"), 665);
    let armed = rows
        .iter()
        .filter(|row| {
            row.fields
                .get("organization")
                .and_then(Value::as_text)
                .is_some_and(|name| name.contains("Armed Forces"))
        })
        .count();
    assert_eq!(armed, 1);
}

#[test]
fn the_examples_of_the_specification_come_in() {
    let Some(path) = shared("hsds-3.1-examples/csv") else { return };
    let mut report = Report::default();
    let rows = stage(&path, &options(None, false), &mut report).unwrap();
    let rows = check(Kind::Service, rows, false, Timestamp(0), &mut report);
    for line in report.lines() {
        println!("{line:?}");
    }
    assert_eq!(rows.len(), 1);
    let phones = rows[0].fields["phones"].elements();
    assert_eq!(phones[0].as_map().unwrap()["number"], Value::from("+441234234567"));
    let text = format!("{:?}", rows[0].fields);
    assert!(!text.contains("Persona"), "a person's name came in: {text}");
}
