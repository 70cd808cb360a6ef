//! Centers that meet for the first time.

use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use hospes_stage::programs::Programs;
use hospes_stage::stage::text;
use hospes_stage::wait::until;
use hospes_tests::operator::{has, peer, pending, put, refused, show};
use hospes_tests::theatre::{PATIENCE, agree, reopen, stage};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

const OFFER: &[&str] = &["country=LV", "place_type=sofa", "sleeps=1"];

#[tokio::test]
async fn a_center_that_nobody_added_is_listed_and_gets_nothing() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let offer = put(&riga, "offer", OFFER).await?;
    let before = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    narva.run(["peer", "add", &*riga.card.to_string_lossy(), "--yes"]).await?;

    let own = narva.json(["center", "show"]).await?;
    let id = text(&own, "/center")?;
    let knock = until("Narva's knock is listed", PATIENCE, || pending(&riga, &id)).await?;
    for key in ["words", "groups"] {
        ensure!(knock.get(key) == own.get(key), "{key}: {knock} instead of {own}");
    }
    ensure!(text(&knock, "/known_name")?.is_empty(), "{knock}");
    ensure!(!text(&knock, "/why")?.is_empty(), "{knock}");
    let seen = knock.get("first_seen").and_then(Value::as_i64).context("no first_seen")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    ensure!((before..=now).contains(&u128::try_from(seen)?), "first seen at {seen}");
    // Narva learns no more than that it was not let in.
    let said = until("Narva says why it is alone", PATIENCE, || async {
        let peer = peer(&narva, "Riga").await?.context("Riga is no peer")?;
        Ok(Some(text(&peer, "/last_error")?).filter(|said| !said.is_empty()))
    })
    .await?;
    println!("Narva says: {said}");
    ensure!(show(&narva, &offer).await?.is_none(), "Narva got a record of Riga");

    riga.run(["peer", "add", &*narva.card.to_string_lossy(), "--yes"]).await?;
    has(&narva, &offer).await?;
    agree(&[&narva, &riga]).await?;
    ensure!(pending(&riga, &id).await?.is_none(), "Narva is still listed as pending");
    Ok(())
}

#[tokio::test]
async fn an_address_where_the_peer_is_not_is_told_in_words() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let tartu = stage.center("Tartu").await?;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let card = riga.card.to_string_lossy();
    for (address, words) in [
        (nobody, "nothing listens there"),
        (riga.local, "what answers is no node's port for peers"),
        (tartu.peer, "another center answers"),
        (riga.peer, "it has not added this center yet"),
    ] {
        let address = address.to_string();
        narva.run(["peer", "add", &*card, "--address", &address, "--yes"]).await?;
        let said = format!("{address}: ");
        let listed = until(&format!("Narva says: {words}"), PATIENCE, || async {
            let peer = peer(&narva, "Riga").await?.context("Riga is no peer")?;
            let said = text(&peer, "/last_error")?.contains(&said);
            Ok(said.then_some(peer))
        })
        .await?;
        ensure!(text(&listed, "/last_error")?.contains(words), "{words}: {listed}");
        ensure!(listed.get("next_try").is_some_and(Value::is_i64), "{listed}");
    }
    Ok(())
}

#[tokio::test]
async fn a_file_with_an_address_that_is_none_is_not_written() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let file = stage.folder().join("us.pem");
    let export = ["center", "export", &*file.to_string_lossy(), "--address", "hello"];
    refused(&narva, &export, 6, &["--address: \"hello\" has no port"]).await?;
    ensure!(!file.exists(), "it was written all the same");
    Ok(())
}

#[tokio::test]
async fn a_second_center_of_the_same_name_is_refused_with_the_way_out() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let tartu = stage.center("Tartu").await?;
    narva.run(["peer", "add", &*riga.card.to_string_lossy(), "--yes"]).await?;
    let card = tartu.card.to_string_lossy();
    let add = ["peer", "add", &card, "--name", "riga", "--yes"];
    let said = ["another peer is called riga already", "hospes peer add FILE --name OTHER"];
    refused(&narva, &add, 6, &said).await?;
    // A center that is known keeps its name, whatever its file calls it by now.
    let renamed = riga.card.with_file_name("renamed.pem");
    let renamed = renamed.to_string_lossy();
    riga.run(["center", "export", &renamed, "--name", "Helsinki"]).await?;
    narva.run(["peer", "add", &renamed, "--yes"]).await?;
    ensure!(peer(&narva, "Riga").await?.is_some(), "it was renamed");
    ensure!(peer(&narva, "Helsinki").await?.is_none(), "it is there twice");
    Ok(())
}

#[tokio::test]
async fn adding_a_peer_twice_changes_nothing_and_oneself_cannot_be_added() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let (own, other) = (narva.card.to_string_lossy(), riga.card.to_string_lossy());
    for expected in [true, false] {
        let answer = narva.json(["peer", "add", &*other, "--yes"]).await?;
        ensure!(answer.get("changed") == Some(&Value::Bool(expected)), "{answer}");
    }
    refused(&narva, &["peer", "add", &own, "--yes"], 6, &["own"]).await?;
    let junk = stage.folder().join("junk.pem");
    std::fs::write(&junk, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")?;
    refused(&narva, &["peer", "add", &junk.to_string_lossy(), "--yes"], 6, &["junk.pem"]).await
}

#[tokio::test]
async fn a_second_node_on_the_same_folder_is_refused_plainly() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let second = Command::new(Programs::find()?.node)
        .arg("--data")
        .arg(&center.data)
        .args([
            "--peer-listen",
            "127.0.0.1:0",
            "--local-listen",
            "127.0.0.1:0",
            "--pages-listen",
            "off",
        ])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(Duration::from_secs(30), second).await.context("it did not end")??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!output.status.success(), "a second node runs on the same folder");
    ensure!(said.contains("another node is running on this data folder"), "it says: {said}");
    // The first one did not notice.
    center.status().await?.catalogue()?;
    // What a killed node leaves behind does not keep the next one out.
    center.kill().await?;
    reopen(&mut center).await?;
    center.status().await?.catalogue().map(|_| ())
}
