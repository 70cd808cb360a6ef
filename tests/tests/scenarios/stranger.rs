//! A node and a peer that was written from the protocol's page alone come to hold the same.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::demo::{City, Fiction};
use hospes_stage::programs::workspace;
use hospes_stage::stage::{Center, text};
use hospes_tests::operator::{edit, found, has, put};
use hospes_tests::stranger::center::Stranger;
use hospes_tests::stranger::names::Digest;
use hospes_tests::stranger::session::Session;
use hospes_tests::theatre::{PATIENCE, stage, well};
use serde_json::{Value, json};
use tokio::time::timeout;

/// The numbers of kinds.
const OFFER: u8 = 1;
const TEMPLATE: u8 = 3;

fn digest(hexadecimal: &str) -> Result<Digest> {
    let byte = |at: usize| -> Result<u8> {
        Ok(u8::from_str_radix(hexadecimal.get(at..at + 2).context("half a byte")?, 16)?)
    };
    let bytes = (0..hexadecimal.len()).step_by(2).map(byte).collect::<Result<Vec<u8>>>()?;
    Ok(bytes.as_slice().try_into()?)
}

/// A stranger whose node's name is lower than that of a node, or is not.
fn invent(lower: bool, node: &Digest) -> Result<Stranger> {
    for _ in 0..1_000 {
        let stranger = Stranger::invent()?;
        if (stranger.identity.node < *node) == lower {
            return Ok(stranger);
        }
    }
    anyhow::bail!("no such stranger")
}

/// What a host offers, as the stranger writes it.
fn offer() -> Vec<Value> {
    let put = |field: &str, value: Value| json!({"at": format!("/{field}"), "put": value});
    vec![
        put("country", "EE".into()),
        put("place_type", "private_room".into()),
        put("sleeps", 3.into()),
        put("status", "active".into()),
        put("vetting", "none".into()),
        put(
            "confirmed_at",
            jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
        ),
        put("confirmed_by", "host_call".into()),
        put("note", "Written by a stranger.".into()),
        put("note_language", "en".into()),
        json!({"at": "/party_accepts", "make": "map"}),
        put("party_accepts/couple", true.into()),
        json!({"at": "/languages", "make": "map"}),
        put("languages/ru", "fluent".into()),
    ]
}

async fn in_sync(session: &mut Session<'_>) -> Result<()> {
    timeout(PATIENCE, session.until_in_sync()).await.context("they do not agree")??;
    let (ours, theirs) = session.summaries().context("no summaries")?;
    ensure!((ours.count, &ours.fingerprint) == (theirs.count, &theirs.fingerprint), "{theirs:?}");
    Ok(())
}

/// A center with records of several kinds and of several changes.
async fn narva(stage: &hospes_stage::stage::Stage) -> Result<(Center, String)> {
    let center = stage.center("Narva").await?;
    Fiction::of(City::Narva, 60).enter(&center).await?;
    let words =
        ["slug=stranger", "doc_type=letter", "jurisdiction=EE", "title.en=A", "body.en=One."];
    let template = put(&center, "template", &words).await?;
    edit(&center, &template, &["body.en=One. Two."]).await?;
    Ok((center, template))
}

async fn meets_and_agrees(lower: bool) -> Result<()> {
    let stage = stage()?;
    let (center, template) = narva(&stage).await?;
    let node = digest(&text(&center.json(["status"]).await?, "/node/node")?)?;
    let id = digest(&center.id().await?)?;
    let mut stranger = invent(lower, &node)?;
    let card = center.card.with_file_name("stranger.pem");
    std::fs::write(&card, stranger.card("A stranger"))?;
    center.run(["peer", "add", &*card.to_string_lossy(), "--yes"]).await?;

    let own = stranger.record(OFFER, &offer())?;
    let mut session = stranger.meet(center.peer, id).await?;
    in_sync(&mut session).await?;
    let status = center.status().await?;
    let offers = session.held().numbers(&id, OFFER).len();
    ensure!(offers as u64 == status.shown("offer"), "{offers} offers");
    ensure!(offers >= 60 && session.ranges >= 2, "{} frames of ranges", session.ranges);
    ensure!(session.held().changes() > session.held().count(), "no record has a history");
    let template = session.held().numbers(&id, TEMPLATE).contains(&number(&template)?);
    ensure!(template, "the template has not come");
    ensure!(session.statements > 0, "the center does not say whom it has added");

    // What the stranger says arrives.
    session.publish(std::slice::from_ref(&own)).await?;
    in_sync(&mut session).await?;
    let published = uuid(&own.record.number);
    let record = has(&center, &published).await?;
    for (path, value) in [
        ("/fields/sleeps", json!(3)),
        ("/fields/party_accepts", json!(["couple"])),
        ("/fields/languages/ru", json!("fluent")),
    ] {
        ensure!(record.pointer(path) == Some(&value), "{path} of {record}");
    }
    let hits = found(&center, &["offers", "stranger", "--all"]).await?;
    ensure!(hits.contains(&published), "{hits:?}");

    // What the node says meanwhile arrives too.
    let live = put(&center, "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await?;
    let wanted = number(&live)?;
    session.until(|held| held.numbers(&id, OFFER).contains(&wanted)).await?;
    in_sync(&mut session).await?;
    let document = session.held().document(&wanted)?;
    ensure!(document.text("place_type")?.as_deref() == Some("sofa"), "another record");
    drop(session);

    // A second meeting begins where the first one ended.
    let mut session = stranger.meet(center.peer, id).await?;
    in_sync(&mut session).await?;
    ensure!(session.ranges == 0, "{} frames of ranges", session.ranges);
    well(&center, 0).await
}

#[tokio::test]
async fn a_stranger_that_opens_runs_agrees_with_a_node() -> Result<()> {
    meets_and_agrees(true).await
}

#[tokio::test]
async fn a_stranger_that_answers_runs_agrees_with_a_node() -> Result<()> {
    meets_and_agrees(false).await
}

fn number(uuid: &str) -> Result<[u8; 16]> {
    let digits: String = uuid.chars().filter(|letter| *letter != '-').collect();
    Ok(digest(&digits.repeat(2))?.split_at(16).0.try_into()?)
}

fn uuid(number: &[u8; 16]) -> String {
    let digits = hospes_tests::stranger::names::hex(number);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits[part].to_owned());
    parts.join("-")
}

#[test]
fn the_stranger_names_none_of_the_crates_that_it_is_to_prove() -> Result<()> {
    let source = workspace().join("tests/src");
    let mut files = vec![source.join("stranger.rs")];
    for entry in std::fs::read_dir(source.join("stranger"))? {
        files.push(entry?.path());
    }
    ensure!(files.len() >= 10, "{} files", files.len());
    for file in &files {
        clean(file)?;
    }
    Ok(())
}

/// Names nothing of ours but the messages.
fn clean(file: &Path) -> Result<()> {
    let code = std::fs::read_to_string(file)?;
    for (at, _) in code.match_indices("hospes_") {
        let named: String = code[at..].chars().take_while(|c| !c.is_whitespace()).collect();
        ensure!(named.starts_with("hospes_wire::peer"), "{} names {named}", file.display());
    }
    // Nor by way of the rest of this crate, which knows them all.
    for way in ["crate::", "super::super"] {
        ensure!(!code.contains(way), "{} goes by {way}", file.display());
    }
    Ok(())
}
