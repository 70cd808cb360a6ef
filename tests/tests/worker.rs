//! The process that merges documents may die at any moment.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_tests::fault::kill_worker;
use hospes_tests::operator::{Outcome, attempt, put};
use hospes_tests::theatre::{PATIENCE, Row, well};
use xtask::stage::Center;
use xtask::wait::until;

/// Kills the worker of a node as soon as one runs.
async fn kill_once(center: &Center) -> Result<()> {
    let what = format!("a worker of {} runs", center.name);
    until(&what, Duration::from_secs(30), || async { Ok(kill_worker(center)?.then_some(())) }).await
}

#[tokio::test]
async fn an_import_during_which_the_worker_dies_loses_nothing() -> Result<()> {
    let row = Row::strangers().await?;
    let narva = &row.narva;
    let load = ["demo-data", "--center", "narva", "--offers", "1500"];
    let (loaded, killed) = tokio::join!(attempt(narva, &load), async {
        for _ in 0..3 {
            kill_once(narva).await?;
        }
        anyhow::Ok(())
    });
    let Outcome { code, err, .. } = loaded?;
    killed?;
    ensure!(code == 0, "the import ended with {code}: {err}");
    well(narva, 0).await?;
    let shown = narva.status().await?.shown("offer");
    ensure!(shown == 1_500, "{shown} offers of 1500 are shown");
    put(narva, "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await.map(|_| ())
}

#[tokio::test]
async fn a_replication_during_which_workers_die_loses_nothing() -> Result<()> {
    let row = Row::strangers().await?;
    row.narva.run(["demo-data", "--center", "narva", "--offers", "1500"]).await?;
    row.introduce().await?;
    for moment in [200, 700, 1_200] {
        let what = format!("Riga has {moment} offers");
        until(&what, PATIENCE, || async {
            Ok((row.riga.status().await?.shown("offer") >= moment).then_some(()))
        })
        .await?;
        // Between two batches there may be none that works; then the next one finds a dead one.
        for center in [&row.riga, &row.tbilisi] {
            println!("killed a worker of {}: {}", center.name, kill_worker(center)?);
        }
    }
    row.agree().await.context("after the workers died")?;
    for center in row.centers() {
        well(center, 0).await?;
        let shown = center.status().await?.shown("offer");
        ensure!(shown == 1_500, "{} shows {shown} offers", center.name);
    }
    Ok(())
}
