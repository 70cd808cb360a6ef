//! A center that is removed is out at once, and stays out.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_identity::certificate::Earlier;
use hospes_stage::stage::{Center, introduce, text};
use hospes_stage::wait::until;
use hospes_tests::hostile::{Conversation, Persona, dial};
use hospes_tests::operator::{attempt, has, peer, pending, put, refused, show};
use hospes_tests::theatre::{PATIENCE, Row, connected};
use rustls::client::Resumption;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=1"];
/// How long a connection may outlive the command that cuts it.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Whether the other side says anything: a node that accepts a peer begins with its HTTP/2
/// settings, one that refuses it with an alert.
async fn welcomed(tls: &mut TlsStream<TcpStream>) -> Result<bool> {
    let mut byte = [0; 1];
    let read = timeout(Duration::from_secs(10), tls.read(&mut byte)).await;
    Ok(matches!(read.context("neither welcomed nor refused")?, Ok(1)))
}

/// Reads until the other side ends the connection.
async fn ended(tls: &mut TlsStream<TcpStream>) {
    let mut buffer = [0; 4096];
    while matches!(tls.read(&mut buffer).await, Ok(count) if count > 0) {}
}

/// Waits until a center has knocked once more at another one in vain.
async fn knocks(center: &Center, id: &str) -> Result<Value> {
    let times = |entry: &Value| entry.get("times").and_then(Value::as_u64).unwrap_or(0);
    let before = pending(center, id).await?.as_ref().map_or(0, times);
    until(&format!("{id} knocks at {}", center.name), PATIENCE, || async {
        Ok(pending(center, id).await?.filter(|entry| times(entry) > before))
    })
    .await
}

#[tokio::test]
async fn a_removed_center_is_cut_off_at_once_and_stays_out_until_it_is_readmitted() -> Result<()> {
    let row = Row::connected().await?;
    let (narva, riga, tbilisi) = (&row.narva, &row.riga, &row.tbilisi);
    let old = put(narva, "offer", OFFER).await?;
    has(tbilisi, &old).await?;
    let id = narva.id().await?;

    riga.run(["peer", "remove", "Narva"]).await?;
    until("Narva's link is cut", AT_ONCE, || async {
        Ok((narva.status().await?.connected() == 0).then_some(()))
    })
    .await?;
    ensure!(peer(riga, "Narva").await?.is_none_or(|peer| {
        peer.get("connected") == Some(&json!(false)) && peer.get("state") != Some(&json!("active"))
    }));

    // It knocks, and is named as the one that it was.
    let knock = knocks(riga, &id).await?;
    ensure!(text(&knock, "/known_name")? == "Narva", "{knock}");
    let new = put(narva, "offer", OFFER).await?;
    knocks(riga, &id).await?;
    for center in [riga, tbilisi] {
        ensure!(show(center, &new).await?.is_none(), "{} has what came after", center.name);
        ensure!(show(center, &old).await?.is_some(), "{} lost what it had", center.name);
    }
    // The others go on without it.
    let other = put(tbilisi, "offer", OFFER).await?;
    has(riga, &other).await?;
    ensure!(show(narva, &other).await?.is_none(), "Narva still gets what others save");

    let card = narva.card.to_string_lossy();
    refused(riga, &["peer", "add", &card, "--yes"], 6, &["removed", "--readmit"]).await?;
    riga.run(["peer", "add", &card, "--yes", "--readmit"]).await?;
    has(riga, &new).await?;
    has(tbilisi, &new).await?;
    has(narva, &other).await?;
    row.agree().await.map(|_| ())
}

#[tokio::test]
async fn a_kept_tls_session_does_not_bring_a_removed_center_back() -> Result<()> {
    let row = Row::connected().await?;
    let riga = row.riga.id().await?.parse()?;
    // Whoever has Narva's phrase has as good credentials as Narva's own node. This one also keeps
    // every session that it is offered.
    let persona = Persona::of_center(&row.narva)?;
    let mut config = rustls::ClientConfig::clone(&*persona.tls(riga)?);
    config.resumption = Resumption::in_memory_sessions(8);
    let config = Arc::new(config);

    let mut live = dial(&row.riga, config.clone()).await?;
    ensure!(welcomed(&mut live).await?, "Riga refuses a center that it trusts");
    let mut again = dial(&row.riga, config.clone()).await?;
    ensure!(welcomed(&mut again).await?, "Riga refuses a second connection");
    let kind = again.get_ref().1.handshake_kind();
    ensure!(kind != Some(rustls::HandshakeKind::Resumed), "sessions can be resumed");

    row.riga.run(["peer", "remove", "Narva"]).await?;
    timeout(AT_ONCE, async { tokio::join!(ended(&mut live), ended(&mut again)) })
        .await
        .context("a live connection outlives the removal")?;
    for _ in 0..3 {
        // With TLS 1.3 the client is through before the server has judged its certificate.
        if let Ok(mut back) = dial(&row.riga, config.clone()).await {
            ensure!(!welcomed(&mut back).await?, "a removed center is welcome again");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_suspended_center_waits_until_it_is_resumed() -> Result<()> {
    let row = Row::connected().await?;
    row.riga.run(["peer", "suspend", "Narva"]).await?;
    until("Narva's link is cut", AT_ONCE, || async {
        Ok((row.narva.status().await?.connected() == 0).then_some(()))
    })
    .await?;
    let state = peer(&row.riga, "Narva").await?.context("Narva is no peer any more")?;
    ensure!(text(&state, "/state")? == "suspended", "{state}");
    let again = attempt(&row.riga, &["peer", "suspend", "Narva"]).await?;
    ensure!(again.code == 0 && again.out.contains("already"), "{again:?}");

    let waiting = put(&row.narva, "offer", OFFER).await?;
    let other = put(&row.tbilisi, "offer", OFFER).await?;
    has(&row.riga, &other).await?;
    ensure!(show(&row.riga, &waiting).await?.is_none(), "a suspended center is heard");

    row.riga.run(["peer", "resume", "Narva"]).await?;
    has(&row.tbilisi, &waiting).await?;
    has(&row.narva, &other).await?;
    connected(&row.riga, 2).await?;
    row.agree().await.map(|_| ())
}

#[tokio::test]
async fn a_center_that_is_no_peer_is_kept_out_by_name_and_taken_back() -> Result<()> {
    let row = Row::connected().await?;
    let (narva, tbilisi) = (&row.narva, &row.tbilisi);
    let old = put(tbilisi, "offer", OFFER).await?;
    has(narva, &old).await?;
    for word in ["remove", "suspend"] {
        let said = attempt(narva, &["peer", word, "Tbilisi"]).await?;
        ensure!(said.code == 0 && said.out.contains("is kept out from now on"), "{said:?}");
        ensure!(said.out.contains("hospes peer resume Tbilisi"), "{said:?}");
        let shown = peer(narva, "Tbilisi").await?.context("it is in no list")?;
        ensure!(text(&shown, "/state")? == "barred", "{shown}");

        let new = put(tbilisi, "offer", OFFER).await?;
        has(&row.riga, &new).await?;
        let other = put(&row.riga, "offer", OFFER).await?;
        has(narva, &other).await?;
        ensure!(show(narva, &new).await?.is_none(), "who is kept out is heard");

        let said = attempt(narva, &["peer", "resume", "Tbilisi"]).await?;
        ensure!(said.code == 0 && said.out.contains("may be introduced again"), "{said:?}");
        has(narva, &new).await?;
    }
    // Nobody became a peer by that.
    let shown = peer(narva, "Tbilisi").await?.context("it is in no list")?;
    ensure!(text(&shown, "/state")? == "introduced", "{shown}");
    row.agree().await.map(|_| ())
}

#[tokio::test]
async fn a_seized_node_is_cut_off_wherever_its_center_s_new_key_is_heard_of() -> Result<()> {
    let row = Row::connected().await?;
    let (narva, riga, tbilisi) = (&row.narva, &row.riga, &row.tbilisi);
    introduce(narva, tbilisi).await?;
    connected(narva, 2).await?;
    // The node is in hostile hands and runs on. Its center meets Riga under a new key, and Tbilisi only
    // hears of that.
    let center = Persona::of_center(narva)?.rotated(2, Earlier::Honored)?;
    let _new = Conversation::open(&center, riga).await?;
    for peer in [riga, tbilisi] {
        until(&format!("{} turns the old node away", peer.name), PATIENCE, || async {
            let told = peer.json(["status"]).await?["warnings"].to_string();
            Ok(told.contains("an old node of Narva knocked").then_some(()))
        })
        .await?;
    }
    connected(narva, 0).await?;
    let said = put(tbilisi, "offer", OFFER).await?;
    has(riga, &said).await?;
    let forged = put(narva, "offer", OFFER).await?;
    let later = put(riga, "offer", OFFER).await?;
    has(tbilisi, &later).await?;
    ensure!(show(narva, &said).await?.is_none(), "the seized node still hears");
    for peer in [riga, tbilisi] {
        ensure!(show(peer, &forged).await?.is_none(), "{} took what it forged", peer.name);
    }
    Ok(())
}

#[tokio::test]
async fn a_center_that_is_taken_back_comes_under_the_newest_key_that_anybody_has_shown()
-> Result<()> {
    let row = Row::connected().await?;
    let (narva, riga, tbilisi) = (&row.narva, &row.riga, &row.tbilisi);
    introduce(narva, tbilisi).await?;
    connected(narva, 2).await?;
    tbilisi.run(["peer", "remove", "Narva"]).await?;
    connected(narva, 1).await?;
    let center = Persona::of_center(narva)?.rotated(2, Earlier::Honored)?;
    let _new = Conversation::open(&center, riga).await?;
    connected(narva, 0).await?;
    let new = put(riga, "offer", OFFER).await?;
    has(tbilisi, &new).await?;

    let card = narva.card.to_string_lossy();
    tbilisi.run(["peer", "add", &*card, "--readmit", "--yes"]).await?;
    let shown = peer(tbilisi, "Narva").await?.context("it is in no list")?;
    ensure!(shown.get("epoch") == Some(&2.into()), "{shown}");
    until("the old node is turned away", PATIENCE, || async {
        let told = tbilisi.json(["status"]).await?["warnings"].to_string();
        Ok(told.contains("an old node of Narva knocked").then_some(()))
    })
    .await?;
    ensure!(narva.status().await?.connected() == 0, "the old node was let in");
    Ok(())
}
