//! What somebody finds who takes a node away.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use hospes_domain::id::hex;
use hospes_identity::Keyslots;
use hospes_stage::stage::{Center, text};
use hospes_tests::operator::{attempt, found, refused};
use hospes_tests::records::{dice, seed, words};
use hospes_tests::spy::{self, Needle};
use hospes_tests::theatre::stage;
use hospes_tests::{desk, fault};
use serde_json::Value;
use tokio::net::{TcpStream, UnixStream};

/// Forms in which a disk may hold a word.
fn forms(word: &str) -> [Vec<u8>; 3] {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect();
    [word.as_bytes().to_vec(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)]
}

fn holds(hay: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    hay.windows(needle.len()).any(|window| window.first() == Some(first) && window == needle)
}

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            all.extend(files(&entry.path())?);
        } else if kind.is_file() {
            all.push(entry.path());
        }
    }
    Ok(all)
}

/// Checks that no file holds any of these.
fn absent(files: &[PathBuf], secrets: &[(String, Vec<u8>)]) -> Result<()> {
    for file in files {
        let bytes = fs::read(file)?;
        for (name, secret) in secrets {
            ensure!(!holds(&bytes, secret), "{} holds {name}", file.display());
        }
    }
    Ok(())
}

/// The key of the database, which the test can open with the passphrase.
fn database_key(center: &Center) -> Result<[u8; 32]> {
    let keyslots = Keyslots::from_json(&fs::read(center.data.join("keyslots.json"))?)?;
    let passphrase = fs::read_to_string(&center.passphrase)?;
    Ok(*keyslots.open(passphrase.trim_end())?.as_bytes())
}

/// Imports services that are full of these words, and edits one of them.
async fn fill(center: &Center, folder: &Path, secrets: &[String]) -> Result<()> {
    let mut table = "external_id,name,description,organization\n".to_owned();
    for (row, five) in secrets.chunks(5).enumerate() {
        let [name, town, one, two, three] = five else { continue };
        table.push_str(&format!("row-{row},{name} {one},In the town of {town}: {two},{three}\n"));
    }
    let file = folder.join("services.csv");
    fs::write(&file, table)?;
    center.run(["import", "services", &*file.to_string_lossy()]).await.map(|_| ())
}

#[tokio::test]
async fn the_disk_of_a_sealed_node_tells_nothing() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let secrets = words(&mut dice(seed(50)), 50);
    fill(&center, stage.folder(), &secrets).await?;
    let token = desk::token(&center, "front-desk", "counselor").await?;
    let asked = secrets.first().context("no words")?;
    ensure!(found(&center, &["services", asked]).await?.len() == 1, "{asked} is not found");
    let key = database_key(&center)?;
    let phrase = fs::read_to_string(center.card.with_extension("phrase"))?;

    let mut needles: Vec<(String, Vec<u8>)> = Vec::new();
    for word in &secrets {
        needles.extend(forms(word).map(|form| (word.clone(), form)));
    }
    for word in ["CREATE TABLE", "SQLite format 3", "front-desk", "BEGIN PRIVATE KEY"] {
        needles.extend(forms(word).map(|form| (word.to_owned(), form)));
    }
    needles.push(("the token".to_owned(), token.trim_start_matches("hospes_").into()));
    needles.push(("the key".to_owned(), key.to_vec()));
    needles.push(("the key in hexadecimal".to_owned(), hex(&key).into()));
    needles.push(("the key in capital hexadecimal".to_owned(), hex(&key).to_uppercase().into()));
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let pair = words.get(..2).context("a phrase without words")?;
    needles.push(("the recovery phrase".to_owned(), pair.join(" ").into()));
    // The search does find what is there.
    let table = fs::read(stage.folder().join("services.csv"))?;
    ensure!(secrets.iter().all(|word| holds(&table, word.as_bytes())), "the search is blind");

    absent(&files(&center.data)?, &needles).context("while the node is open")?;
    center.run(["seal"]).await?;
    absent(&files(&center.data)?, &needles).context("after hospes seal")?;
    center.stop().await?;
    center.start().await?;
    let data = files(&center.data)?;
    ensure!(data.iter().any(|file| file.ends_with("hospes.db")), "there is no database: {data:?}");
    absent(&data, &needles).context("after a restart")?;

    // Nor does the log, of a node that was filled, asked and edited.
    absent(std::slice::from_ref(&center.log), &needles).context("the log")
}

/// The key of a center's database in the forms that a program has it in, and these words.
fn memorable(center: &Center, secrets: &[String]) -> Result<Vec<Needle>> {
    let key = database_key(center)?;
    let mut needles: Vec<Needle> = vec![
        ("the key".to_owned(), key.to_vec()),
        ("the key in hexadecimal".to_owned(), hex(&key).into()),
        ("the key in capital hexadecimal".to_owned(), hex(&key).to_uppercase().into()),
    ];
    for word in secrets {
        needles.extend(forms(word).map(|form| (word.clone(), form)));
    }
    Ok(needles)
}

/// Checks that a spy who reads the memory of an open node finds the key and records in it.
fn is_told(center: &Center, needles: &[Needle], words: &[String]) -> Result<()> {
    let found = spy::found(center, needles)?;
    ensure!(found.iter().any(|name| name.starts_with("the key")), "the spy is blind: {found:?}");
    let told = words.iter().filter(|word| found.contains(word)).count();
    ensure!(told > words.len() / 2, "the spy sees {told} words: {found:?}");
    Ok(())
}

#[tokio::test]
async fn the_memory_of_a_sealed_or_wiped_node_tells_nothing() -> Result<()> {
    if !spy::may_look() {
        return Ok(());
    }
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let secrets = words(&mut dice(seed(51)), 50);
    fill(&center, stage.folder(), &secrets).await?;
    let needles = memorable(&center, &secrets)?;
    let process = fault::node(&center)?;
    is_told(&center, &needles, &secrets)?;

    center.run(["seal"]).await?;
    let state = |status: Value| text(&status, "/node/state");
    ensure!(state(center.json(["status"]).await?)? == "sealed");
    let found = spy::found(&center, &needles)?;
    ensure!(found.is_empty(), "after hospes seal: {found:?}");
    ensure!(fault::node(&center)? == process, "it has another number");
    ensure!(fault::workers(process)?.is_empty(), "a merge worker is left");

    // Once more by a node that was renewed, and that seals itself while lists are taken in.
    center.unseal().await?;
    ensure!(center.status().await?.ours("service") == 10);
    let more = words(&mut dice(seed(52)), 50);
    let needles = memorable(&center, &[secrets.clone(), more.clone()].concat())?;
    fill(&center, stage.folder(), &more).await?;
    is_told(&center, &needles, &more)?;
    let file = stage.folder().join("services.csv").to_string_lossy().into_owned();
    let import = ["import", "services", &file];
    let (import, wiped) =
        tokio::join!(attempt(&center, &import), attempt(&center, &["wipe", "--yes-destroy"]),);
    ensure!(wiped?.code == 0 && import.is_ok());
    let status = center.json(["status"]).await?;
    ensure!(state(status)? == "wiped");
    let found = spy::found(&center, &needles)?;
    ensure!(found.is_empty(), "after hospes wipe: {found:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_that_did_not_open_the_node_is_not_kept_in_memory_either() -> Result<()> {
    if !spy::may_look() {
        return Ok(());
    }
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let needles = memorable(&center, &[])?;
    center.run(["seal"]).await?;
    // Somebody else has its port, so that the right passphrase opens nothing.
    let squatter = std::net::TcpListener::bind(center.local)?;
    let passphrase = center.passphrase.to_string_lossy();
    let unseal = ["unseal", "--passphrase-file", &*passphrase];
    refused(&center, &unseal, 1, &["end the program that uses it"]).await?;
    ensure!(text(&center.json(["status"]).await?, "/node/state")? == "sealed");
    let found = spy::found(&center, &needles)?;
    ensure!(found.is_empty(), "{found:?}");
    drop(squatter);
    center.unseal().await
}

#[tokio::test]
async fn who_holds_a_call_open_keeps_no_sealed_node_from_forgetting() -> Result<()> {
    if !spy::may_look() {
        return Ok(());
    }
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let needles = memorable(&center, &[])?;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(UnixStream::connect(center.data.join("admin.sock")).await?);
    }
    center.run(["seal"]).await?;
    ensure!(text(&center.json(["status"]).await?, "/node/state")? == "sealed");
    let found = spy::found(&center, &needles)?;
    ensure!(found.is_empty(), "{found:?}");
    drop(idle);
    // Sealed again and again it is one process with as many open files as in the beginning.
    let open = |center: &Center| -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", fault::node(center)?))?.count())
    };
    let before = open(&center)?;
    for _ in 0..5 {
        center.unseal().await?;
        center.run(["seal"]).await?;
    }
    // It answers: so the last image has begun.
    center.json(["status"]).await?;
    let after = open(&center)?;
    ensure!(after <= before + 1, "{before} open files became {after}");
    Ok(())
}

#[tokio::test]
async fn a_sealed_node_answers_nothing_but_its_state() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    center.run(["put", "offer", "country=EE", "place_type=sofa", "sleeps=1"]).await?;
    for listener in [center.peer, center.local] {
        TcpStream::connect(listener).await.with_context(|| format!("{listener} is closed"))?;
    }
    let catalogue = center.status().await?.catalogue()?;
    center.stop().await?;
    center.start().await?;

    for listener in [center.peer, center.local] {
        ensure!(TcpStream::connect(listener).await.is_err(), "{listener} is open");
    }
    let status = center.json(["status"]).await?;
    ensure!(text(&status, "/node/state")? == "sealed", "{status}");
    for secret in ["/node/center", "/node/center_name", "/node/node", "/database/catalogue"] {
        ensure!(text(&status, secret).is_ok_and(|said| said.is_empty()), "{secret}: {status}");
    }
    let commands: [&[&str]; 7] = [
        &["search", "offers", "--all"],
        &["put", "offer", "country=EE", "place_type=sofa", "sleeps=1"],
        &["center", "show"],
        &["peer", "list"],
        &["token", "list"],
        &["token", "add", "desk", "--role", "admin"],
        &["quarantine", "list"],
    ];
    for command in commands {
        refused(&center, command, 4, &["sealed", "hospes unseal"]).await?;
    }

    let wrong = stage.folder().join("wrong.passphrase");
    for guess in ["twelve fictional herons wade at dusk\n", "\n", "x\n"] {
        fs::write(&wrong, guess)?;
        let words = ["unseal", "--passphrase-file", &*wrong.to_string_lossy()];
        let outcome = attempt(&center, &words).await?;
        ensure!(
            outcome.code == 6,
            "a wrong passphrase ends with {}: {}",
            outcome.code,
            outcome.err
        );
        let status = center.json(["status"]).await?;
        ensure!(text(&status, "/node/state")? == "sealed", "{status}");
    }
    center.unseal().await?;
    ensure!(center.status().await?.catalogue()? == catalogue, "something is lost");
    for listener in [center.peer, center.local] {
        TcpStream::connect(listener).await.with_context(|| format!("{listener} is closed"))?;
    }
    Ok(())
}
