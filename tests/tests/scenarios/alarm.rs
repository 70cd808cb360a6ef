//! A center in hostile hands is out everywhere within seconds, and a liar cannot use that for long.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{CenterId, Timestamp};
use hospes_stage::stage::{Center, Stage, introduce, text};
use hospes_stage::wait::until;
use hospes_sync::alarm::{Alarm, Cause, MOST_BY_ISSUER};
use hospes_sync::frame::Frame;
use hospes_tests::hostile::{Conversation, Persona};
use hospes_tests::operator::{has, peer, put, refused, show};
use hospes_tests::theatre::{PATIENCE, Row, agree, connected, reopen, stage};
use serde_json::{Value, json};

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=1"];

/// Waits until a node keeps a center out, or does so no more; until when.
async fn kept_out(center: &Center, name: &str, out: bool) -> Result<Value> {
    let what = format!("{} keeps {name} out: {out}", center.name);
    until(&what, PATIENCE, || async {
        let alarms = center.json(["alarm"]).await?;
        let about = alarms.as_array().into_iter().flatten().find(|alarm| {
            alarm.get("accused_name") == Some(&json!(name))
                && alarm.get("kept_out") == Some(&json!(true))
        });
        Ok(match (about, out) {
            (Some(alarm), true) => Some(alarm.get("until").cloned().unwrap_or_default()),
            (None, false) => Some(Value::Null),
            _ => None,
        })
    })
    .await
}

async fn state(center: &Center, name: &str) -> Result<Option<String>> {
    let peer = peer(center, name).await?;
    Ok(peer.and_then(|peer| peer.get("state")?.as_str().map(str::to_owned)))
}

/// Centers of which each knows the next, and the last one the first.
async fn ring(stage: &Stage, size: usize) -> Result<Vec<Center>> {
    let names: Vec<String> = (1..=size).map(|number| format!("Center {number}")).collect();
    let mut centers = Vec::new();
    for name in &names {
        centers.push(stage.center(name).await?);
    }
    for (place, center) in centers.iter().enumerate() {
        let next = centers.get((place + 1) % size).context("a ring has a next one")?;
        introduce(center, next).await?;
    }
    Ok(centers)
}

#[tokio::test]
async fn an_alarm_reaches_all_eight_centers_of_a_ring() -> Result<()> {
    let stage = stage()?;
    let mut ring = ring(&stage, 8).await?;
    let narva = stage.center("Narva").await?;
    introduce(&narva, ring.first().context("no first")?).await?;
    introduce(&narva, ring.get(4).context("no fifth")?).await?;
    let offer = put(&narva, "offer", OFFER).await?;
    let mut all: Vec<&Center> = ring.iter().collect();
    all.push(&narva);
    agree(&all).await?;
    for (place, center) in ring.iter().enumerate() {
        connected(center, if place % 4 == 0 { 3 } else { 2 }).await?;
    }

    let began = Instant::now();
    let first = ring.first().context("no first")?;
    first.run(["alarm", "Narva", "--reason", "seized"]).await?;
    let said = began.elapsed();
    for center in &ring {
        kept_out(center, "Narva", true).await?;
    }
    println!("told after {said:?}, suspended at all 8 after {:?}", began.elapsed());
    // The one who raised it looks again when it wants to; the others have a day for it.
    ensure!(kept_out(first, "Narva", true).await?.is_null());
    let far = ring.get(3).context("no fourth")?;
    ensure!(kept_out(far, "Narva", true).await?.is_i64());
    until("Narva has no link left", Duration::from_secs(5), || async {
        Ok((narva.status().await?.connected() == 0).then_some(()))
    })
    .await?;

    // What it writes now goes nowhere, and what was there stays.
    let new = put(&narva, "offer", OFFER).await?;
    let other = put(far, "offer", OFFER).await?;
    agree(&ring.iter().collect::<Vec<_>>()).await?;
    for center in &ring {
        ensure!(show(center, &new).await?.is_none(), "{} has what came after", center.name);
        let kept = show(center, &offer).await?.context("it lost what it had")?;
        // And whoever reads it is told before a guest is sent there.
        let note = text(&kept, "/freshness_note")?;
        ensure!(note.starts_with("Narva is under alarm (seized), call first; "), "{note}");
        ensure!(show(center, &other).await?.is_some(), "{} goes on", center.name);
    }

    // It outlasts the process, and reaches who was away.
    let last = ring.get_mut(4).context("no fifth")?;
    last.kill().await?;
    reopen(last).await?;
    ensure!(kept_out(last, "Narva", true).await?.is_i64());
    ensure!(state(last, "Narva").await?.as_deref() == Some("suspended"));
    // A second one makes it last.
    last.run(["alarm", "Narva", "--reason", "key_stolen"]).await?;
    let far = ring.get(3).context("no fourth")?;
    until("the fourth has heard of both", PATIENCE, || async {
        Ok(kept_out(far, "Narva", true).await?.is_null().then_some(()))
    })
    .await
}

#[tokio::test]
async fn who_was_away_hears_of_it_when_it_comes_back() -> Result<()> {
    let mut row = Row::connected().await?;
    let lonely = row.stage.center("Lonely").await?;
    introduce(&lonely, &row.riga).await?;
    // Who is stopped before it has heard of a center knows no name for it afterwards either.
    agree(&[&lonely, &row.narva, &row.riga, &row.tbilisi]).await?;
    row.tbilisi.stop().await?;
    row.riga.run(["alarm", "Lonely", "--reason", "suspicious"]).await?;
    reopen(&mut row.tbilisi).await?;
    kept_out(&row.tbilisi, "Lonely", true).await?;
    kept_out(&row.narva, "Lonely", true).await?;

    row.riga.run(["alarm", "Lonely", "--take-back"]).await?;
    for center in [&row.tbilisi, &row.narva] {
        kept_out(center, "Lonely", false).await?;
    }
    // Here the admin decides.
    ensure!(state(&row.riga, "Lonely").await?.as_deref() == Some("suspended"));
    row.riga.run(["peer", "resume", "Lonely"]).await?;
    connected(&row.riga, 3).await?;
    let offer = put(&lonely, "offer", OFFER).await?;
    has(&row.tbilisi, &offer).await?;
    Ok(())
}

#[tokio::test]
async fn an_admin_who_knows_better_dismisses_it_and_a_lie_does_not_come_twice() -> Result<()> {
    let row = Row::connected().await?;
    let third = row.stage.center("Third").await?;
    introduce(&third, &row.tbilisi).await?;
    agree(&[&row.narva, &row.tbilisi, &third]).await?;
    row.narva.run(["alarm", "Third", "--reason", "seized"]).await?;
    kept_out(&row.tbilisi, "Third", true).await?;
    ensure!(state(&row.tbilisi, "Third").await?.as_deref() == Some("suspended"));
    let warnings = row.tbilisi.json(["status"]).await?;
    ensure!(
        warnings.pointer("/warnings/0").is_some_and(|said| {
            said.as_str().is_some_and(|said| said.contains("Narva has raised an alarm about Third"))
        }),
        "{warnings}"
    );

    row.tbilisi.run(["alarm", "Third", "--dismiss"]).await?;
    connected(&row.tbilisi, 2).await?;
    row.narva.run(["alarm", "Third", "--reason", "key_stolen"]).await?;
    until("it was heard again", PATIENCE, || async {
        let alarms = row.tbilisi.json(["alarm"]).await?;
        Ok((alarms.pointer("/0/cause") == Some(&json!("key_stolen"))).then_some(()))
    })
    .await?;
    kept_out(&row.tbilisi, "Third", false).await?;
    ensure!(state(&row.tbilisi, "Third").await?.as_deref() == Some("active"));
    Ok(())
}

#[tokio::test]
async fn a_node_that_only_shows_alarms_suspends_nobody() -> Result<()> {
    let mut row = Row::connected().await?;
    let third = row.stage.center("Third").await?;
    introduce(&third, &row.tbilisi).await?;
    row.tbilisi.stop().await?;
    std::fs::write(row.tbilisi.data.join("node.toml"), "alarm_action = \"show\"\n")?;
    reopen(&mut row.tbilisi).await?;
    agree(&[&row.narva, &row.tbilisi, &third]).await?;
    row.narva.run(["alarm", "Third", "--reason", "seized"]).await?;
    let alarms = until("Tbilisi has heard of it", PATIENCE, || async {
        let alarms = row.tbilisi.json(["alarm"]).await?;
        Ok(alarms.as_array().is_some_and(|alarms| !alarms.is_empty()).then_some(alarms))
    })
    .await?;
    ensure!(alarms.pointer("/0/kept_out") == Some(&json!(false)), "{alarms}");
    ensure!(state(&row.tbilisi, "Third").await?.as_deref() == Some("active"));
    Ok(())
}

/// What a persona says of a center, at this time by its own clock.
fn statement(persona: &Persona, accused: CenterId, cause: Cause, at: i64) -> Alarm {
    let author = persona.author();
    let mut alarm = Alarm {
        accused,
        cause,
        made_at: Timestamp(at),
        issuer: author.center,
        node: author.node,
        epoch: author.epoch,
        signature: [0; 64],
    };
    alarm.signature = persona.sign(&alarm.digest());
    alarm
}

async fn heard(center: &Center) -> Result<usize> {
    Ok(center.json(["alarm"]).await?.as_array().map_or(0, Vec::len))
}

#[tokio::test]
async fn nobody_speaks_in_the_name_of_another_and_nobody_fills_a_node_with_words() -> Result<()> {
    let row = Row::connected().await?;
    let (narva, tbilisi) = (row.narva.id().await?.parse()?, row.tbilisi.id().await?.parse()?);
    let mallory = Persona::invent()?;
    mallory.join(&row.riga, "Mallory").await?;

    // Of somebody whom nobody knows: dropped. In the name of Narva's node: that ends the link.
    let mut link = Conversation::open(&mallory, &row.riga).await?;
    let of_nobody = statement(&Persona::invent()?, tbilisi, Cause::Seized, 1);
    link.say(Frame::Alarms(vec![of_nobody])).await?;
    let node = text(&row.narva.json(["status"]).await?, "/node/node")?.parse()?;
    let forged = Alarm { issuer: narva, node, ..statement(&mallory, tbilisi, Cause::Seized, 1) };
    link.say(Frame::Alarms(vec![forged])).await?;
    link.ended().await?;
    // Its own, altered on the way.
    let mut link = Conversation::open(&mallory, &row.riga).await?;
    let altered =
        Alarm { cause: Cause::KeyStolen, ..statement(&mallory, tbilisi, Cause::Seized, 1) };
    link.say(Frame::Alarms(vec![altered])).await?;
    link.ended().await?;
    ensure!(heard(&row.riga).await? == 0);
    ensure!(state(&row.riga, "Tbilisi").await?.as_deref() == Some("active"));

    // About everybody at once, again and again, each time with a new cause.
    let mut link = Conversation::open(&mallory, &row.riga).await?;
    for round in 0..40 {
        let alarms = (0..64u8).map(|number| {
            let accused = CenterId([number + 1; 32]);
            statement(&mallory, accused, Cause::of(round % 3 + 1), i64::from(round))
        });
        link.say(Frame::Alarms(alarms.collect())).await?;
    }
    until("Riga has read it all", PATIENCE, || async {
        Ok((heard(&row.riga).await? == MOST_BY_ISSUER).then_some(()))
    })
    .await?;
    let said = statement(&mallory, tbilisi, Cause::Seized, 100);
    link.say(Frame::Alarms(vec![said])).await?;
    // The day's voice is spent on somebody who is not there.
    let offer = put(&row.narva, "offer", OFFER).await?;
    agree(&row.centers()).await?;
    ensure!(show(&row.tbilisi, &offer).await?.is_some());
    ensure!(state(&row.riga, "Tbilisi").await?.as_deref() == Some("active"));
    Ok(())
}

#[tokio::test]
async fn a_command_that_cannot_be_meant_says_what_to_do() -> Result<()> {
    let row = Row::connected().await?;
    refused(&row.narva, &["alarm", "Riga"], 2, &["--reason"]).await?;
    refused(&row.narva, &["alarm", "Nobody", "--reason", "seized"], 5, &["peer list"]).await?;
    refused(&row.narva, &["alarm", "Narva", "--reason", "seized"], 6, &["hospes seal"]).await?;
    let nothing = row.narva.run(["alarm", "Riga", "--take-back"]).await?;
    ensure!(nothing.contains("nothing changed"), "{nothing}");
    Ok(())
}
