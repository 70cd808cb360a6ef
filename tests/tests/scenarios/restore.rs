//! A data folder that is put back to an earlier day.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::text;
use hospes_tests::operator::{edit, has, put, shows};
use hospes_tests::theatre::{Row, reopen, well};
use serde_json::{Value, json};

/// Copies a data folder as a backup program would; what is no file stays away.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("failed to copy {}", entry.path().display()))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_restored_node_gets_back_what_others_hold_and_may_edit_at_once() -> Result<()> {
    let mut row = Row::connected().await?;
    let old = put(&row.narva, "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await?;
    let text_id = put(
        &row.narva,
        "template",
        &[
            "slug=letter",
            "doc_type=letter",
            "jurisdiction=EE",
            "title.en=Letter",
            "body.en=One. Two. Three.",
        ],
    )
    .await?;
    row.agree().await?;
    row.narva.stop().await?;
    let backup = row.stage.folder().join("backup");
    copy(&row.narva.data, &backup)?;

    // The day that the backup does not know.
    reopen(&mut row.narva).await?;
    edit(&row.narva, &old, &["sleeps=2"]).await?;
    let file = row.stage.folder().join("letter.md");
    fs::write(&file, "One. Two and a half. Three.")?;
    let file = file.to_string_lossy().into_owned();
    row.narva.run(["edit", &text_id, "--language", "en", "--text-file", &file]).await?;
    let lost =
        put(&row.narva, "offer", &["country=EE", "place_type=dormitory", "sleeps=9"]).await?;
    let foreign =
        put(&row.tbilisi, "offer", &["country=GE", "place_type=sofa", "sleeps=3"]).await?;
    has(&row.narva, &foreign).await?;
    row.agree().await?;

    row.narva.stop().await?;
    fs::remove_dir_all(&row.narva.data)?;
    copy(&backup, &row.narva.data)?;
    // Nobody can tell it yet what it has forgotten, and it goes on editing.
    row.riga.stop().await?;
    reopen(&mut row.narva).await?;
    ensure!(
        hospes_tests::operator::show(&row.narva, &lost).await?.is_none(),
        "the backup is too new"
    );
    edit(&row.narva, &old, &["bathroom=shared"]).await?;
    fs::write(&file, "One. Two. Three. Four.")?;
    row.narva.run(["edit", &text_id, "--language", "en", "--text-file", &file]).await?;
    let late =
        put(&row.narva, "offer", &["country=EE", "place_type=whole_flat", "sleeps=4"]).await?;
    reopen(&mut row.riga).await?;

    for center in row.centers() {
        has(center, &lost).await?;
        has(center, &foreign).await?;
        has(center, &late).await?;
    }
    row.agree().await?;
    for center in row.centers() {
        well(center, 0).await?;
        let offer = shows(center, &old, "/fields/bathroom", &json!("shared")).await?;
        ensure!(offer.pointer("/fields/sleeps") == Some(&json!(2)), "{}: {offer}", center.name);
        let letter = has(center, &text_id).await?;
        ensure!(letter.get("left_out") == Some(&Value::from(0)), "{}: {letter}", center.name);
        let body = text(&letter, "/fields/body/en")?;
        for words in ["and a half", "Four."] {
            ensure!(body.contains(words), "{} has no {words:?} in {body:?}", center.name);
        }
    }
    // Only the node that was set back has something to tell.
    let told = "this node was set back: peers knew";
    let status = row.narva.json(["status"]).await?.to_string();
    ensure!(status.contains(told), "it does not say that it was set back: {status}");
    for center in [&row.riga, &row.tbilisi] {
        ensure!(!center.json(["status"]).await?.to_string().contains(told), "{}", center.name);
    }
    // And it goes on: the restored node's next edits are taken by all.
    edit(&row.narva, &old, &["sleeps=5"]).await?;
    for center in row.centers() {
        shows(center, &old, "/fields/sleeps", &json!(5)).await?;
    }
    row.agree().await.map(|_| ())
}
