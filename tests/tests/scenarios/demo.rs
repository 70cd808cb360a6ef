//! The fiction of the demonstration, as the import reads it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_admin::import::report::Report;
use hospes_admin::import::sheet::Sheet;
use hospes_admin::import::{Row, check, markdown, table};
use hospes_domain::freshness::{self, Freshness};
use hospes_domain::schema::schema;
use hospes_domain::{Fields, Kind, Timestamp, Value, gazetteer};
use hospes_stage::demo::{City, Fiction};
use hospes_tests::operator::found;
use hospes_tests::theatre::stage;

const LANGUAGES: [&str; 3] = ["en", "ru", "uk"];

fn now() -> Timestamp {
    // A Monday evening.
    Timestamp(1_795_462_800_000)
}

/// The texts of a kind of all centers, in which the import finds nothing to say.
fn all(kind: Kind) -> Result<Vec<Row>> {
    let mut all = Vec::new();
    for city in City::ALL {
        let folder = tempfile::tempdir()?;
        let lists = Fiction::of(city, 0).lay_out(folder.path(), now())?;
        let (_, list) =
            lists.iter().find(|(of, _)| *of == kind.plural()).context("no such list")?;
        let mut report = Report::default();
        let rows = if list.is_dir() {
            markdown::stage(kind, list, &mut report)
        } else {
            Sheet::from_csv("list", std::fs::read(list)?, &mut report)
                .and_then(|sheet| table::stage(kind, &sheet, None, &mut report))
        };
        let rows = rows.ok().with_context(|| format!("{city:?}: no {}", kind.plural()))?;
        let read = rows.len();
        let rows = check(kind, rows, false, now(), &mut report);
        ensure!(report.lines().is_empty(), "{city:?}: {:?}", report.lines());
        ensure!(rows.len() == read, "{city:?}: {} of {read} {}", rows.len(), kind.plural());
        all.extend(rows);
    }
    Ok(all)
}

fn text<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).and_then(Value::as_text).unwrap_or_default()
}

/// The texts of a map by language.
fn by_language<'f>(fields: &'f Fields, name: &str) -> Result<[&'f Value; 3]> {
    let map = fields.get(name).and_then(Value::as_map).context("no map")?;
    ensure!(map.len() == LANGUAGES.len(), "{name} is in {:?}", map.keys());
    Ok(LANGUAGES.map(|tag| &map[tag]))
}

#[test]
fn services_say_that_they_are_fictional_and_nobody_can_be_called() -> Result<()> {
    let services = all(Kind::Service)?;
    ensure!(services.len() == 24, "{} services", services.len());
    let mut seen = BTreeSet::new();
    for Row { external_id, fields, .. } in &services {
        ensure!(text(fields, "description").ends_with("This entry is fictional."), "{external_id}");
        let Value::List(phones) = &fields["phones"] else { bail!("{external_id}: no phones") };
        let phone = phones[0].as_map().and_then(|phone| phone["number"].as_text());
        let phone = phone.with_context(|| format!("{external_id}: no number"))?;
        // What numbering authorities keep for films and books.
        let kept = (phone.starts_with("+447700900") && phone.len() == 13)
            || (phone.starts_with("+120255501") && phone.len() == 12);
        ensure!(kept && seen.insert(phone), "{external_id}: {phone}");
        ensure!(seen.insert(external_id), "{external_id}");
        ensure!(text(fields, "email").ends_with("@example.org"), "{external_id}");
        ensure!(text(fields, "url").starts_with("https://example.org/"), "{external_id}");
        let town = fields["near_town"].as_integer().context("no town")?;
        let town = gazetteer::town(u32::try_from(town)?).context("an unknown town")?;
        ensure!(town.country == text(fields, "country"), "{external_id}");
        ensure!(town.time_zone == text(fields, "time_zone"), "{external_id}");
    }
    Ok(())
}

#[test]
fn bulletins_are_current_and_say_in_every_language_that_they_are_an_exercise() -> Result<()> {
    let bulletins = all(Kind::Bulletin)?;
    ensure!(bulletins.len() == 6, "{} bulletins", bulletins.len());
    let words =
        [("Exercise: ", "Fictional"), ("Учение: ", "Вымышлено"), ("Навчання: ", "Вигадано")];
    for Row { external_id, fields, .. } in &bulletins {
        let freshness = freshness::of(Kind::Bulletin, fields, now());
        ensure!(freshness == Freshness::Fresh, "{external_id}: {freshness:?}");
        for (part, (exercise, fictional)) in by_language(fields, "texts")?.into_iter().zip(words) {
            let part = part.as_map().context("no text")?;
            ensure!(text(part, "headline").starts_with(exercise), "{external_id}: {part:?}");
            ensure!(text(part, "description").starts_with(fictional), "{external_id}: {part:?}");
        }
    }
    Ok(())
}

#[test]
fn templates_are_samples_with_the_same_parts_in_every_language() -> Result<()> {
    let templates = all(Kind::Template)?;
    ensure!(templates.len() == 3, "{} templates", templates.len());
    for Row { external_id, fields, .. } in &templates {
        ensure!(text(fields, "status") == "in_review", "{external_id}");
        let bodies = by_language(fields, "body")?.map(|body| body.as_text().unwrap_or_default());
        let count = |of: &dyn Fn(&str) -> usize| BTreeSet::from(bodies.map(of)).len();
        ensure!(count(&|body| body.split("\n\n").count()) == 1, "{external_id}: paragraphs");
        let headings = |body: &str| body.lines().filter(|line| line.starts_with('#')).count();
        ensure!(count(&headings) == 1, "{external_id}: headings");
        for (body, sample) in bodies.into_iter().zip(["*Sample", "*Образец", "*Зразок"])
        {
            ensure!(body.contains(sample), "{external_id}: {sample}");
            ensure!((40..=80).contains(&body.lines().count()), "{external_id}: {sample}");
        }
        // All placeholders are used in every language, as an approval would demand.
        let mut approved = fields.clone();
        approved.insert("status".to_owned(), "approved".into());
        let found = schema(Kind::Template).check(&approved);
        ensure!(found.is_empty(), "{external_id}: {found:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_center_enters_its_fiction_and_nothing_of_it_twice() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let us = center.id().await?;
    let fiction = Fiction::of(City::Narva, 12).maintained_by(&us);
    for _ in 0..2 {
        fiction.enter(&center).await?;
        let status = center.status().await?;
        for (kind, ours) in [("template", 1), ("service", 8), ("bulletin", 2), ("offer", 12)] {
            ensure!(status.ours(kind) == ours, "{} records of kind {kind}", status.ours(kind));
        }
    }
    let profile = center.json(["center", "profile"]).await?;
    for (path, value) in [("/fields/name", "Narva"), ("/fields/time_zone", "Europe/Tallinn")] {
        ensure!(profile.pointer(path) == Some(&value.into()), "{profile}");
    }
    let statement = found(&center, &["templates", "отказ"]).await?;
    ensure!(statement.len() == 1, "{} templates", statement.len());
    Ok(())
}
