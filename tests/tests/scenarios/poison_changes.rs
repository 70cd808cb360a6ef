//! Changes that are made to harm, validly signed by a center that the victim trusts.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::Kind;
use hospes_stage::programs::workspace;
use hospes_stage::stage::text;
use hospes_sync::SignedChange;
use hospes_tests::bombs::{Arsenal, Bomb, Fate, offer};
use hospes_tests::operator::{has, shows};
use hospes_tests::siege::Siege;
use serde_json::{Value, json};

/// A bundle of the library's own form over which it never ends, when there is one.
fn bundle() -> Option<Vec<u8>> {
    let file = workspace().join("../shared/data/hostile/automerge-0.12-bundle-hang.bin");
    let bytes = std::fs::read(file).ok();
    if bytes.is_none() {
        println!("skipped: there is no bundle in ../shared/data/hostile");
    }
    bytes
}

/// Checks that the victim lists the last change of a bomb as it must.
fn listed(bomb: &Bomb, list: &BTreeMap<String, Value>) -> Result<()> {
    let (held, code) = match bomb.fate {
        Fate::Refused(code) => (false, code),
        Fate::LeftOut(code) => (true, code),
    };
    let hash = bomb.changes.last().context("a bomb without changes")?.hash().to_string();
    let entry = list.get(&hash).with_context(|| format!("{} is not listed", bomb.name))?;
    ensure!(text(entry, "/code")? == code, "{}: {entry}", bomb.name);
    ensure!(entry.get("held") == Some(&json!(held)), "{}: {entry}", bomb.name);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_bomb_is_named_with_its_reason_and_stops_nothing() -> Result<()> {
    let siege = Siege::begin().await?;
    let mallory = siege.recruit("Mallory").await?;
    let mut arsenal = Arsenal::of(&mallory)?;
    if let Some(bundle) = bundle() {
        arsenal.add_bundle(&bundle)?;
    }
    let bombs = arsenal.bombs;
    let mut link = siege.link(&mallory).await?;

    // Each by itself, and then all in one batch with a good change behind them.
    for bomb in &bombs {
        link.send(&bomb.changes).await.with_context(|| bomb.name)?;
    }
    let mut good = mallory.record(Kind::Offer);
    let mut batch: Vec<SignedChange> =
        bombs.iter().flat_map(|bomb| bomb.changes.iter().cloned()).collect();
    batch.push(good.change(&offer(3))?);
    link.send(&batch).await?;

    let list = siege.refused().await?;
    let list: BTreeMap<String, Value> = list
        .into_iter()
        .map(|entry| Ok((text(&entry, "/change")?, entry)))
        .collect::<Result<_>>()?;
    for bomb in &bombs {
        listed(bomb, &list)?;
    }
    ensure!(list.len() == bombs.len(), "{} are listed, of {} bombs", list.len(), bombs.len());
    has(siege.victim(), &good.key.id.to_string()).await?;
    // Records that had a good change before the bomb show it.
    for bomb in bombs.iter().filter(|bomb| matches!(bomb.fate, Fate::LeftOut("out_of_bounds"))) {
        let id = bomb.changes.first().context("a bomb without changes")?.key.id;
        shows(siege.victim(), &id.to_string(), "/fields/sleeps", &json!(3)).await?;
    }
    siege.lifted().await
}
