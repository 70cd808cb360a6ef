//! Whom an admin lets in by the pages.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::Timestamp;
use hospes_identity::keyslots::Keyslots;
use hospes_stage::stage::{Center, text};
use hospes_store::Store;
use hospes_tests::operator::{attempt, refused};
use hospes_tests::theatre::stage;
use serde_json::{Value, json};

/// The only person, as the list tells.
async fn only(center: &Center) -> Result<Value> {
    let list = center.json(["person", "list"]).await?;
    let people = list.as_array().context("no list")?;
    ensure!(people.len() == 1, "{list}");
    people.first().cloned().context("nobody")
}

/// What the node has noted, the latest last. Only who has the key of the database reads it.
async fn audit(center: &mut Center) -> Result<Vec<String>> {
    center.stop().await?;
    let keyslots = Keyslots::from_json(&fs::read(center.data.join("keyslots.json"))?)?;
    let passphrase = fs::read_to_string(&center.passphrase)?;
    let key = keyslots.open(passphrase.trim_end())?;
    let store = Store::open(center.data.join("hospes.db"), key.as_bytes()).await?;
    let entries = store.audit(None, 100).await?;
    store.close().await?;
    let told = entries.into_iter().map(|(_, entry)| format!("{}: {}", entry.who, entry.what));
    Ok(told.rev().filter(|line| line.contains("person")).collect())
}

#[tokio::test]
async fn an_admin_adds_changes_resets_and_removes_a_person() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let nobody = center.run(["person", "list"]).await?;
    ensure!(nobody.contains("hospes person add NAME --role counselor"), "{nobody}");

    let code = center.run(["person", "add", "Anna", "--role", "counselor"]).await?;
    let code = code.trim();
    let is_sign = |sign: char| sign.is_ascii_digit() || sign.is_ascii_uppercase();
    let groups: Vec<&str> = code.split('-').collect();
    ensure!(groups.len() == 3, "{code} stands not alone for a script");
    ensure!(groups.iter().all(|group| group.len() == 4 && group.chars().all(is_sign)), "{code}");
    let anna = only(&center).await?;
    ensure!(text(&anna, "/name")? == "Anna" && text(&anna, "/role")? == "counselor", "{anna}");
    ensure!(anna.get("ready") == Some(&json!(false)), "{anna}");
    ensure!(!anna.to_string().contains(code), "the code is shown twice");
    let until = anna.get("invited_until").and_then(Value::as_i64).context("no end")?;
    let hours = until - anna.get("added").and_then(Value::as_i64).context("no beginning")?;
    ensure!((hours - 72 * Timestamp::HOUR).abs() < 60 * Timestamp::SECOND, "{anna}");

    // Once more, whatever the case: said with what to do.
    let add = ["person", "add", "anna", "--role", "admin"];
    refused(&center, &add, 6, &["anna", "hospes person reset"]).await?;
    let long = "x".repeat(61);
    let add = ["person", "add", &long, "--role", "admin"];
    refused(&center, &add, 6, &["name: has 61 characters", "1..=60"]).await?;

    let told = center.run(["person", "role", "anna", "coordinator"]).await?;
    ensure!(told.contains("has the role coordinator now"), "{told}");
    let told = center.run(["person", "role", "anna", "coordinator"]).await?;
    ensure!(told.contains("already"), "{told}");
    ensure!(text(&only(&center).await?, "/role")? == "coordinator");

    let reset = center.json(["person", "reset", "anna"]).await?;
    ensure!(text(&reset, "/code")? != code, "the same code again");
    for command in [["person", "reset", "ben"].as_slice(), &["person", "role", "ben", "admin"]] {
        refused(&center, command, 5, &["ben", "hospes person list"]).await?;
    }

    let told = center.run(["person", "remove", "ANNA"]).await?;
    ensure!(told.contains("is out now"), "{told}");
    refused(&center, &["person", "remove", "anna"], 5, &["anna", "hospes person list"]).await?;
    ensure!(center.json(["person", "list"]).await? == json!([]));

    let expected = [
        "admin socket: person added: Anna (counselor)",
        "admin socket: person's role changed: Anna (counselor to coordinator)",
        "admin socket: person reset: Anna",
        "admin socket: person removed: Anna",
    ];
    let noted = audit(&mut center).await?;
    ensure!(noted == expected, "{noted:#?}");
    let log = fs::read_to_string(&center.log)?;
    ensure!(!log.contains(code) && !log.contains(&code.replace('-', "")), "the code is in the log");
    Ok(())
}

#[tokio::test]
async fn a_sealed_node_lets_nobody_be_added() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    center.run(["person", "add", "anna", "--role", "counselor"]).await?;
    center.stop().await?;
    center.start().await?;
    let commands: [&[&str]; 5] = [
        &["person", "list"],
        &["person", "add", "ben", "--role", "counselor"],
        &["person", "reset", "anna"],
        &["person", "role", "anna", "admin"],
        &["person", "remove", "anna"],
    ];
    for command in commands {
        refused(&center, command, 4, &["sealed", "hospes unseal"]).await?;
    }
    center.unseal().await?;
    ensure!(text(&only(&center).await?, "/name")? == "anna");
    let help = attempt(&center, &["person", "add", "--help"]).await?;
    ensure!(help.out.contains("hospes person add anna --role counselor"), "{}", help.out);
    Ok(())
}
