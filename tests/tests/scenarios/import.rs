//! Lists that others keep, read into a node.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::programs::workspace;
use hospes_stage::stage::Center;
use hospes_tests::operator::found;
use hospes_tests::theatre::{stage, well};
use serde_json::Value;

/// A directory of legal aid as it is published, when it lies beside the repository.
fn published() -> Option<PathBuf> {
    let folder = workspace().join("../shared/data/ilao-hsds-1.1");
    folder.join("services.csv").is_file().then_some(folder)
}

/// Imports and returns what is told: new, changed, unchanged.
async fn import(center: &Center, words: &[&str]) -> Result<([u64; 3], Value)> {
    let words: Vec<&str> = ["import"].iter().chain(words).copied().collect();
    let report = center.json(words).await?;
    let number = |key: &str| report.get(key).and_then(Value::as_u64).context("no number");
    Ok(([number("new")?, number("changed")?, number("unchanged")?], report.clone()))
}

#[tokio::test]
async fn a_published_directory_comes_in_once_and_its_defects_are_named() -> Result<()> {
    let Some(folder) = published() else {
        println!("skipped: there is no published directory in ../shared/data/ilao-hsds-1.1");
        return Ok(());
    };
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let folder = folder.to_string_lossy();
    let words = ["services", &*folder, "--region", "US", "--source", "ilao", "--override-lint"];
    let dry: Vec<&str> = words.iter().copied().chain(["--dry-run"]).collect();
    let (counts, _) = import(&center, &dry).await?;
    ensure!(counts == [430, 0, 0], "a dry run tells {counts:?}");
    ensure!(center.status().await?.shown("service") == 0, "a dry run saves");

    let (counts, report) = import(&center, &words).await?;
    ensure!(counts == [430, 0, 0], "the first import tells {counts:?}");
    let problems = report.get("problems").context("no problems")?.to_string();
    // Organizations that are not in the file, empty states, phones in national form or none at
    // all, rows of opening hours without hours.
    for defect in ["organization", "status", "no phone", "hours"] {
        ensure!(problems.contains(defect), "nothing is said about {defect}");
    }
    let before = center.status().await?.catalogue()?;
    let (counts, _) = import(&center, &words).await?;
    ensure!(counts == [0, 0, 430], "the second import tells {counts:?}");
    ensure!(center.status().await?.catalogue()? == before, "the second import changed something");

    let hits = found(&center, &["services", "armed forces"]).await?;
    ensure!(!hits.is_empty(), "nobody is found for the armed forces");
    ensure!(center.status().await?.ours("service") == 430);
    well(&center, 0).await
}

#[tokio::test]
async fn a_table_of_offers_is_recognized_and_comes_out_as_it_went_in() -> Result<()> {
    let stage = stage()?;
    let (center, other) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let mut table =
        "external_id,country,near_town,place_type,sleeps,languages,note,note_language\n".to_owned();
    for row in 0..40 {
        let sleeps = 1 + row % 7;
        writeln!(
            table,
            "bed-{row},EE,590031,private_room,{sleeps},ru:fluent;fi:basic,\"Fictional, quiet: {row}\",en"
        )?;
    }
    let path = |name: &str| stage.folder().join(name).to_string_lossy().into_owned();
    let (list, out, again) = (path("beds.csv"), path("out.csv"), path("again.csv"));
    fs::write(&list, &table)?;
    let words = ["offers", list.as_str(), "--source", "beds"];
    ensure!(import(&center, &words).await?.0 == [40, 0, 0]);
    ensure!(import(&center, &words).await?.0 == [0, 0, 40]);

    // One row that says something else is one record that changes.
    fs::write(&list, table.replace("bed-7,EE,590031,private_room,1", "bed-7,EE,590031,sofa,1"))?;
    ensure!(import(&center, &words).await?.0 == [0, 1, 39]);
    ensure!(center.status().await?.shown("offer") == 40);

    center.run(["export", "offers", &out]).await?;
    let id_column = ["offers", out.as_str(), "--source", "copy"];
    ensure!(import(&other, &id_column).await?.0 == [40, 0, 0]);
    other.run(["export", "offers", &again]).await?;
    let fields = |file: &str| -> Result<Vec<String>> {
        let text = fs::read_to_string(file)?;
        let mut lines: Vec<String> = text
            .lines()
            .skip(1)
            // The first column is the identifier and the last two are steward and freshness: they
            // are others at each center.
            .filter_map(|line| {
                let (fields, _) = line.split_once(',')?.1.rsplit_once(',')?;
                Some(fields.rsplit_once(',')?.0.to_owned())
            })
            .collect();
        lines.sort();
        Ok(lines)
    };
    let (first, second) = (fields(&out)?, fields(&again)?);
    ensure!(first.len() == 40, "{} rows come out", first.len());
    ensure!(
        first == second,
        "what comes out is not what went in:\n{:?}\n{:?}",
        first.first(),
        second.first()
    );
    Ok(())
}
