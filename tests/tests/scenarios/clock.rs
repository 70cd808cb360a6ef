//! A clock that is set while a node runs, by a day forward and a day back.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, introduce};
use hospes_stage::wait::until;
use hospes_tests::clock::Clock;
use hospes_tests::operator::{found, has, put};
use hospes_tests::theatre::{PATIENCE, agree, connected, reopen, stage};
use serde_json::Value;

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=2"];
const DAY: i64 = 24 * 60 * 60;

/// Waits until a node has just these warnings about clocks.
async fn warns(center: &Center, expected: &[&str]) -> Result<()> {
    let what = format!("{} warns of {expected:?}", center.name);
    until(&what, PATIENCE, || async {
        let status = center.json(["status"]).await?;
        let warnings = status.pointer("/warnings").and_then(Value::as_array);
        let warnings = warnings.context("a status without warnings")?.iter();
        let clocks: Vec<&str> =
            warnings.filter_map(Value::as_str).filter(|text| text.contains("clock")).collect();
        let alike = clocks.len() == expected.len()
            && clocks.iter().zip(expected).all(|(text, begins)| text.starts_with(begins));
        Ok(alike.then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_clock_that_is_set_by_a_day_breaks_no_link_and_loses_nothing() -> Result<()> {
    let stage = stage()?;
    let (mut narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    narva.stop().await?;
    let clock = Clock::of(&stage, &mut narva)?;
    reopen(&mut narva).await?;
    put(&narva, "offer", OFFER).await?;
    put(&riga, "offer", OFFER).await?;
    agree(&[&narva, &riga]).await?;
    connected(&narva, 1).await?;
    warns(&narva, &[]).await?;
    let begun = fs::read_to_string(&narva.log)?.len();

    let mut offers = 2;
    for (ahead, ours, theirs) in [(DAY, "forward", "ahead of"), (-DAY, "back", "behind")] {
        let ours = format!("the clock of this machine was set {ours} by 24 h");
        let seen = |name: &str, way: &str| format!("the clock of {name} is 24 h {way} ours");
        let (theirs, way) = (seen("Narva", theirs), if ahead > 0 { "behind" } else { "ahead of" });
        clock.set(ahead)?;
        warns(&narva, &[&ours, &seen("Riga", way)]).await?;
        warns(&riga, &[&theirs]).await?;
        // Both ways, by the link that is open.
        let (one, other) = (put(&narva, "offer", OFFER).await?, put(&riga, "offer", OFFER).await?);
        has(&riga, &one).await?;
        has(&narva, &other).await?;
        agree(&[&narva, &riga]).await?;
        offers += 2;
        for center in [&narva, &riga] {
            let hits = found(center, &["offers", "--near", "Narva"]).await?.len();
            ensure!(hits == offers, "{} finds {hits} of {offers} offers", center.name);
        }
    }

    clock.set(0)?;
    warns(&narva, &[]).await?;
    warns(&riga, &[]).await?;
    let log = fs::read_to_string(&narva.log)?.split_off(begun);
    ensure!(!log.contains("link closed") && !log.contains("closing a link"), "{log}");
    ensure!(!log.contains("pause"), "a peer was paused because of a clock:\n{log}");
    Ok(())
}
