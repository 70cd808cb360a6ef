//! Lists that others keep, read into a node.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::programs::workspace;
use hospes_stage::stage::Center;
use hospes_tests::operator::{attempt, command, edit, found, refused, show, shows};
use hospes_tests::terminal::Terminal;
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

/// A table of so many offers.
fn beds(count: usize, sleeps: u8) -> String {
    let mut table = "external_id,country,near_town,place_type,sleeps,status\n".to_owned();
    for row in 0..count {
        table.push_str(&format!("bed-{row},EE,590031,sofa,{sleeps},active\n"));
    }
    table
}

#[tokio::test]
async fn what_a_person_has_withdrawn_no_list_brings_back() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let list = stage.folder().join("beds.csv").to_string_lossy().into_owned();
    let words = ["offers", list.as_str(), "--source", "beds"];
    fs::write(&list, beds(3, 2))?;
    ensure!(import(&center, &words).await?.0 == [3, 0, 0]);
    let id = found(&center, &["offers"]).await?.pop().context("none is found")?;
    edit(&center, &id, &["note=Ask for the key", "note_language=en"]).await?;
    center.run(["withdraw", &id]).await?;
    let record = show(&center, &id).await?.context("it is gone")?;
    ensure!(record.pointer("/fields/note").is_none(), "the note of a withdrawn offer stays");

    // Whether the row says something new or the same as before, it says "active".
    for sleeps in [2, 5] {
        fs::write(&list, beds(3, sleeps))?;
        let (counts, report) = import(&center, &words).await?;
        ensure!(counts == if sleeps == 2 { [0, 0, 3] } else { [0, 2, 1] }, "{counts:?}");
        let told = report.get("problems").context("no problems")?.to_string();
        ensure!(told.contains("withdrawn here") && told.contains("--bring-back"), "{told}");
        let record = show(&center, &id).await?.context("it is gone")?;
        ensure!(record.pointer("/fields/status") == Some(&"withdrawn".into()));
        ensure!(record.pointer("/fields/sleeps") == Some(&2.into()), "it was changed");
    }
    fs::write(&list, beds(3, 5).replace(",active", ",withdrawn"))?;
    let (_, report) = import(&center, &[&words[..], &["--dry-run"]].concat()).await?;
    ensure!(!report.to_string().contains("stays so"), "a list that says the same is told of");

    fs::write(&list, beds(3, 5))?;
    let (counts, _) = import(&center, &[&words[..], &["--bring-back"]].concat()).await?;
    ensure!(counts == [0, 1, 2], "{counts:?}");
    shows(&center, &id, "/fields/status", &"active".into()).await.map(|_| ())
}

#[tokio::test]
async fn an_import_that_is_stopped_or_started_twice_makes_no_row_twice() -> Result<()> {
    const ROWS: usize = 600;
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let list = stage.folder().join("beds.csv").to_string_lossy().into_owned();
    fs::write(&list, beds(ROWS, 2))?;
    let words = ["import", "offers", &list, "--source", "beds"];
    // Stopped by a person, at several moments.
    for after in [20, 60, 120, 250] {
        let mut importing = command(&center, &words)?.spawn()?;
        let moment = Duration::from_millis(after);
        if tokio::time::timeout(moment, importing.wait()).await.is_err() {
            importing.kill().await?;
        }
        let shown = center.status().await?.shown("offer");
        ensure!(shown == 0 || shown == ROWS as u64, "{shown} rows came in of {ROWS}");
    }
    // Two at the same time.
    let (one, other) = tokio::join!(import(&center, &words[1..]), import(&center, &words[1..]));
    let (one, other) = (one?.0, other?.0);
    ensure!(one.iter().sum::<u64>() == ROWS as u64 && other.iter().sum::<u64>() == ROWS as u64);
    let shown = center.status().await?.shown("offer");
    ensure!(shown == ROWS as u64, "{shown} offers of {ROWS} rows");
    well(&center, 0).await
}

#[tokio::test]
async fn ctrl_c_in_an_import_says_what_was_saved() -> Result<()> {
    const ROWS: usize = 3_000;
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let list = stage.folder().join("beds.csv").to_string_lossy().into_owned();
    fs::write(&list, beds(ROWS, 2))?;
    let words = ["import", "offers", &list, "--source", "beds"];
    let mut importing = Terminal::open(&center, &words, 80)?;
    importing.until("importing")?;
    importing.interrupt()?;
    let (code, said) = importing.end()?;
    ensure!(said.contains("stopped: nothing of this list was saved"), "{said}");
    ensure!(said.contains("try: the same command again"), "{said}");
    ensure!(code == 1, "it ended with {code}");
    Ok(())
}

#[tokio::test]
async fn a_record_is_called_by_its_row_and_says_which_row_it_is() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let list = stage.folder().join("beds.csv").to_string_lossy().into_owned();
    let table = "external_id,country,near_town,place_type,sleeps\n\
                 host-17,EE,Narva,sofa,1\n1234,EE,Narva,sofa,2\n";
    fs::write(&list, table)?;
    import(&center, &["offers", &list, "--source", "own"]).await?;
    for (row, sleeps) in [("host-17", 1), ("1234", 2)] {
        let record = show(&center, row).await?.with_context(|| format!("{row} is not found"))?;
        ensure!(record.pointer("/fields/sleeps") == Some(&sleeps.into()), "{record}");
        let rows = serde_json::json!([{"source": "own", "external_id": row}]);
        ensure!(record.get("rows") == Some(&rows), "{record}");
        let shown = attempt(&center, &["show", row]).await?.out;
        ensure!(shown.contains(&format!("your row: {row} in own\n")), "{shown}");
        ensure!(shown.contains("next: call the host"), "{shown}");
    }
    // The same name in another list is asked back, and an unknown one is told.
    import(&center, &["offers", &list, "--source", "other"]).await?;
    refused(&center, &["show", "host-17"], 6, &["several records are of rows called host-17"])
        .await?;
    refused(&center, &["show", "host-18"], 6, &["that of a row of one of our lists"]).await?;
    edit(&center, "host-17", &["sleeps=3"]).await.err().context("it is not clear which")?;
    Ok(())
}
