//! Nodes that are killed at any moment lose nothing that they reported as saved.
//!
//! `CRASH_OFFERS` and `CRASH_KILLS` make it longer, `SEED` repeats the choices of a run.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::api::Api;
use hospes_stage::demo::{City, Fiction};
use hospes_tests::records::{dice, offer, seed};
use hospes_tests::theatre::{Row, reopen, well};
use rand::Rng as _;

fn setting(name: &str, usual: usize) -> Result<usize> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name} is no number")),
        Err(_) => Ok(usual),
    }
}

/// Identifiers of the offers that a center answers for.
async fn own_offers(api: &Api) -> Result<BTreeSet<String>> {
    Ok(api.ours("offer").await?.into_keys().collect())
}

#[tokio::test]
async fn nodes_that_are_killed_in_the_middle_of_replicating_lose_nothing() -> Result<()> {
    let (offers, kills) = (setting("CRASH_OFFERS", 2_000)?, setting("CRASH_KILLS", 6)?);
    let mut dice = dice(seed(20_261_123));
    let mut row = Row::strangers().await?;
    Fiction::of(City::Narva, offers / 2).enter(&row.narva).await?;
    Fiction::of(City::Tbilisi, offers - offers / 2).enter(&row.tbilisi).await?;
    let narva = Api::of(&row.narva, "crash").await?;
    let tbilisi = Api::of(&row.tbilisi, "crash").await?;
    let mut saved = own_offers(&narva).await?;
    saved.extend(own_offers(&tbilisi).await?);
    ensure!(saved.len() == offers, "{} offers were loaded, not {offers}", saved.len());

    row.introduce().await?;
    for kill in 0..kills {
        // The moment is random because the work before it is.
        let writes = dice.random_range(0..60);
        let victim = dice.random_range(0..3);
        for write in 0..writes {
            let api = if dice.random() { &narva } else { &tbilisi };
            saved.insert(api.put("offer", &offer(write)).await?.id);
        }
        let center = match victim {
            0 => &mut row.narva,
            1 => &mut row.riga,
            _ => &mut row.tbilisi,
        };
        println!("kill {kill}: {} after {writes} more offers", center.name);
        center.kill().await?;
        reopen(center).await?;
    }

    row.agree().await?;
    for center in row.centers() {
        well(center, 0).await?;
        let shown = center.status().await?.shown("offer");
        ensure!(
            shown >= saved.len() as u64,
            "{} shows {shown} offers of {}",
            center.name,
            saved.len()
        );
    }
    let mut held = own_offers(&narva).await?;
    held.extend(own_offers(&tbilisi).await?);
    let lost: Vec<&String> = saved.difference(&held).collect();
    ensure!(
        lost.is_empty(),
        "{} offers that were reported as saved are lost: {lost:?}",
        lost.len()
    );
    Ok(())
}

#[tokio::test]
async fn an_offer_that_was_reported_as_saved_survives_a_kill_right_after() -> Result<()> {
    let stage = hospes_tests::theatre::stage()?;
    let mut center = stage.center("Narva").await?;
    let api = Api::of(&center, "crash").await?;
    for round in 0..5 {
        let id = api.put("offer", &offer(round)).await?.id;
        center.kill().await?;
        reopen(&mut center).await?;
        ensure!(api.get(&id).await?.is_some(), "offer {id} of round {round} is lost");
    }
    well(&center, 0).await
}
