//! Backups: made while others write, looked over, restored elsewhere, and told nothing by.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{Kind, Value as Field};
use hospes_stage::stage::{Center, Stage, introduce};
use hospes_stage::wait::until;
use hospes_sync::{Body, SignedChange};
use hospes_tests::hostile::{Conversation, Persona};
use hospes_tests::operator::{attempt, found, has, peer, pending, put, refused, show, shows};
use hospes_tests::records::{dice, seed, words};
use hospes_tests::theatre::{PATIENCE, agree, connected, reopen, stage};
use serde_json::{Value, json};

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=2"];

fn shown(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

fn phrase(center: &Center) -> PathBuf {
    center.card.with_extension("phrase")
}

async fn backup(center: &Center, name: &str) -> Result<PathBuf> {
    let path = center.card.with_file_name(name);
    center.run(["backup", shown(&path)]).await?;
    Ok(path)
}

/// A new node from a backup of a center, with these peers still in.
async fn restored(stage: &Stage, of: &Center, file: &Path, peers: &[&str]) -> Result<Center> {
    let center = stage.node("Restored").await?;
    let phrase = phrase(of);
    let mut words = vec!["restore", shown(file), "--yes", "--cost", "test"];
    words.extend(["--phrase-file", shown(&phrase)]);
    words.extend(["--passphrase-file", shown(&center.passphrase)]);
    words.extend(peers.iter().flat_map(|peer| ["--peer", *peer]));
    center.run(words).await?;
    Ok(center)
}

/// Waits until a node says these words in its warnings.
async fn warns(center: &Center, words: &str) -> Result<()> {
    until(&format!("{} warns of {words:?}", center.name), PATIENCE, || async {
        let status = center.json(["status"]).await?;
        let warnings = status.get("warnings").and_then(Value::as_array).cloned();
        let told = |warning: &Value| warning.as_str().is_some_and(|text| text.contains(words));
        Ok(warnings.unwrap_or_default().iter().any(told).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_backup_under_load_is_restored_elsewhere_and_caught_up() -> Result<()> {
    let stage = stage()?;
    let (mut narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    let first = put(&narva, "offer", OFFER).await?;
    let file = narva.card.with_file_name("load.backup");
    let writing = async {
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(put(&narva, "offer", OFFER).await?);
        }
        anyhow::Ok(ids)
    };
    let making = async { narva.json(["backup", shown(&file)]).await };
    let (late, made) = tokio::try_join!(writing, making)?;
    println!("a backup under load: {made}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file)?.permissions());
    ensure!(mode & 0o777 == 0o600, "others can read the backup: {mode:o}");
    refused(&narva, &["backup", shown(&file)], 6, &["is there already", "--force"]).await?;
    let phrase = phrase(&narva);
    let verify = ["--json", "backup", "verify", shown(&file), "--phrase-file", shown(&phrase)];
    let verified = narva.json(verify.into_iter().skip(1)).await?;
    println!("verified: {verified}");
    ensure!(verified.get("records").and_then(Value::as_u64) >= Some(2), "{verified}");
    ensure!(!narva.data.join("scratch").read_dir()?.any(|_| true), "something is left behind");
    let after = put(&narva, "offer", OFFER).await?;
    agree(&[&narva, &riga]).await?;
    narva.stop().await?;

    let node = restored(&stage, &narva, &file, &[]).await?;
    ensure!(node.id().await? == riga_knows(&riga, "Narva").await?, "another center");
    // What was erased since could be in it: it says nothing before it has met a peer.
    refused(&node, &["search", "offers", "--all"], 4, &["restored from a backup"]).await?;
    refused(&node, &[&["put", "offer"], OFFER].concat(), 4, &["restored from a backup"]).await?;
    warns(&node, "restored from a backup").await?;
    node.run(["peer", "resume", "Riga"]).await?;
    until("the restored node answers", PATIENCE, || async {
        Ok((attempt(&node, &["search", "offers", "--all"]).await?.code == 0).then_some(()))
    })
    .await?;
    agree(&[&node, &riga]).await?;
    for id in late.iter().chain([&first, &after]) {
        has(&node, id).await?;
    }
    // It writes on in the name of the center, also into what the former node wrote.
    node.run(["edit", &first, "sleeps=7"]).await?;
    shows(&riga, &first, "/fields/sleeps", &json!(7)).await?;
    ensure!(riga.status().await?.quarantined() == 0, "something was refused");

    // The former node, which somebody may have seized, is let in nowhere.
    let id = node.id().await?;
    reopen(&mut narva).await?;
    until("the former node is turned away", PATIENCE, || pending(&riga, &id)).await?;
    connected(&narva, 0).await
}

async fn riga_knows(riga: &Center, name: &str) -> Result<String> {
    let known = peer(riga, name).await?.context("no such peer")?;
    hospes_stage::stage::text(&known, "/center")
}

#[tokio::test]
async fn what_was_erased_stays_erased_after_an_older_backup_is_restored() -> Result<()> {
    let stage = stage()?;
    let (mut narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    let host = Persona::invent()?;
    host.join(&riga, "tartu").await?;
    let mut link = Conversation::open(&host, &riga).await?;
    let mut draft = host.record(Kind::Offer);
    let change = draft.change(&[
        ("country", Field::from("EE")),
        ("place_type", Field::from("sofa")),
        ("sleeps", Field::from(3)),
        ("status", Field::from("active")),
        ("vetting", Field::from("none")),
        ("confirmed_at", Field::from("2026-11-20T10:00:00Z")),
        ("confirmed_by", Field::from("steward_guess")),
        ("expires_on", Field::from("2027-11-20")),
    ])?;
    link.send(std::slice::from_ref(&change)).await?;
    let id = draft.key.id.to_string();
    has(&riga, &id).await?;
    has(&narva, &id).await?;
    let file = backup(&narva, "old.backup").await?;

    let erased = host.signed(SignedChange { generation: 2, body: Body::Tombstone, ..change });
    link.send(&[erased]).await?;
    shows(&narva, &id, "/erased", &json!(true)).await?;
    narva.stop().await?;
    let node = restored(&stage, &narva, &file, &["Riga"]).await?;
    until("the restored node answers", PATIENCE, || async {
        Ok((attempt(&node, &["search", "offers", "--all"]).await?.code == 0).then_some(()))
    })
    .await?;
    // From its first answer on, not only in the end.
    let record = show(&node, &id).await?.context("it is not known any more")?;
    ensure!(record.get("erased") == Some(&json!(true)), "it is back: {record}");
    ensure!(!found(&node, &["offers", "--all"]).await?.contains(&id), "it is found");
    agree(&[&node, &riga]).await.map(|_| ())
}

#[tokio::test]
async fn a_peer_that_was_removed_after_the_backup_stays_out() -> Result<()> {
    let stage = stage()?;
    let (mut narva, riga, tbilisi) =
        tokio::try_join!(stage.center("Narva"), stage.center("Riga"), stage.center("Tbilisi"))?;
    introduce(&narva, &riga).await?;
    introduce(&narva, &tbilisi).await?;
    connected(&narva, 2).await?;
    narva.run(["person", "add", "anna", "--role", "admin"]).await?;
    let file = backup(&narva, "before.backup").await?;
    narva.run(["token", "add", "desk", "--role", "admin"]).await?;
    narva.run(["peer", "remove", "Tbilisi"]).await?;
    let secret = put(&narva, "offer", OFFER).await?;
    agree(&[&narva, &riga]).await?;
    narva.stop().await?;

    let node = restored(&stage, &narva, &file, &["Riga"]).await?;
    agree(&[&node, &riga]).await?;
    has(&node, &secret).await?;
    let state = |peer: Option<Value>| peer.and_then(|peer| peer.get("state").cloned());
    ensure!(state(peer(&node, "Tbilisi").await?) == Some(json!("suspended")));
    ensure!(state(peer(&node, "Riga").await?) == Some(json!("active")));
    connected(&node, 1).await?;
    // It goes on dialing, and new records do not reach it.
    ensure!(show(&tbilisi, &secret).await?.is_none(), "the removed peer has it");
    let tokens = node.json(["token", "list"]).await?;
    ensure!(!tokens.to_string().contains("desk"), "a token came back: {tokens}");
    let persons = node.json(["person", "list"]).await?;
    ensure!(persons == json!([]), "a person came back: {persons}");
    let named = ["restore", shown(&file), "--peer", "Tbilisi", "--yes"];
    refused(&node, &named, 6, &["has a center already"]).await
}

#[tokio::test]
async fn verifying_finds_a_flipped_bit_a_missing_end_and_a_wrong_phrase() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    put(&narva, "offer", OFFER).await?;
    let file = backup(&narva, "good.backup").await?;
    let phrase = phrase(&narva);
    let bent = stage.folder().join("bent.backup");
    let good = fs::read(&file)?;
    let check = async |bytes: &[u8], said: &str| {
        fs::write(&bent, bytes)?;
        let words = ["backup", "verify", shown(&bent), "--phrase-file", shown(&phrase)];
        refused(&narva, &words, 6, &[said]).await
    };
    for (place, said) in [
        (3, "this is not a backup of hospes"),
        (40, "does not open the backup"),
        (good.len() / 3, "the backup is damaged in part "),
        (good.len() - 1, "the backup is damaged in part "),
    ] {
        let mut bytes = good.clone();
        *bytes.get_mut(place).context("a short backup")? ^= 4;
        check(&bytes, said).await?;
    }
    let short = good.get(..good.len() - 1).context("an empty backup")?;
    check(short, "the backup is cut off").await?;
    check(&[&good[..], b"x"].concat(), "behind its last byte").await?;
    ensure!(!narva.data.join("scratch").read_dir()?.any(|_| true), "something is left behind");

    let riga = stage.center("Riga").await?;
    let other = self::phrase(&riga);
    let words = ["backup", "verify", shown(&file), "--phrase-file", shown(&other)];
    refused(&narva, &words, 6, &["does not open the backup"]).await?;
    // Nor does a node take a key to seal to that another center has signed.
    let words = ["backup", "key", "--phrase-file", shown(&other)];
    refused(&narva, &words, 6, &["not signed by this center"]).await?;
    let words = ["backup", "key", "--phrase-file", shown(&phrase)];
    let key = attempt(&narva, &words).await?;
    ensure!(key.out.contains("has this key already"), "{key:?}");
    Ok(())
}

#[tokio::test]
async fn a_backup_tells_nothing_without_the_phrase() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let secrets = words(&mut dice(seed(51)), 50);
    let mut table = "external_id,name,description,organization\n".to_owned();
    for (row, pair) in secrets.chunks(2).enumerate() {
        let [name, town] = pair else { continue };
        table.push_str(&format!("row-{row},{name},In the town of {town},House {row}\n"));
    }
    let list = stage.folder().join("services.csv");
    fs::write(&list, table)?;
    narva.run(["import", "services", shown(&list)]).await?;
    let bytes = fs::read(backup(&narva, "narva.backup").await?)?;
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    ensure!(holds("hospes backup"), "the search is blind");
    for word in secrets.iter().map(String::as_str).chain(["CREATE TABLE", "SQLite", "Narva"]) {
        ensure!(!holds(word), "the backup holds {word}");
    }
    Ok(())
}

#[tokio::test]
async fn scheduled_backups_come_by_themselves_and_old_ones_go() -> Result<()> {
    let stage = stage()?;
    let mut narva = stage.center("Narva").await?;
    let folder = stage.folder().join("backups");
    let settings = format!("[backup]\nfolder = {folder:?}\nevery = \"1s\"\nkeep = 2\n");
    narva.stop().await?;
    fs::write(narva.data.join("node.toml"), settings)?;
    reopen(&mut narva).await?;
    let files = || -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in folder.read_dir().into_iter().flatten() {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.retain(|name| name.ends_with(".backup"));
        names.sort();
        Ok(names)
    };
    let first = until("there is a backup", PATIENCE, || async { Ok(files()?.into_iter().next()) });
    let first = first.await?;
    let latest = until("the first one goes", PATIENCE, || async {
        Ok(files()?.pop().filter(|_| files().is_ok_and(|names| !names.contains(&first))))
    })
    .await?;
    ensure!(files()?.len() <= 3, "too many stay: {:?}", files()?);
    println!("the latest is {latest}");

    // Where they are written there is a file now.
    narva.stop().await?;
    fs::rename(&folder, stage.folder().join("elsewhere"))?;
    fs::write(&folder, "")?;
    reopen(&mut narva).await?;
    warns(&narva, "the last scheduled backup was not made").await?;
    let kept = fs::read_dir(stage.folder().join("elsewhere"))?.flatten().next();
    let kept = kept.context("no backup is left")?.path();
    let phrase = phrase(&narva);
    narva.run(["backup", "verify", shown(&kept), "--phrase-file", shown(&phrase)]).await?;
    Ok(())
}
