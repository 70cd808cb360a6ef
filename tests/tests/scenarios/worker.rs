//! The process that merges documents may die at any moment.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, Stage, introduce};
use hospes_stage::wait::until;
use hospes_tests::fault::{kill_worker, worker};
use hospes_tests::operator::{Outcome, attempt, edit, has, put, shows};
use hospes_tests::theatre::{PATIENCE, Row, agree, stage, well};
use serde_json::json;

/// Kills the worker of a node whenever one runs, at most so many times.
async fn kill_workers(center: &Center, times: u32, killed: &AtomicU32) -> Result<()> {
    for _ in 0..times {
        let what = format!("a worker of {} runs", center.name);
        until(&what, PATIENCE, || async { Ok(kill_worker(center)?.then_some(())) }).await?;
        killed.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

#[tokio::test]
async fn a_worker_that_died_while_it_had_nothing_to_do_costs_nobody_anything() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    agree(&[&narva, &riga]).await?;
    let id = put(&narva, "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await?;
    has(&riga, &id).await?;
    // A second change makes both merge: a lone first one is read without the worker.
    edit(&narva, &id, &["sleeps=2"]).await?;
    shows(&riga, &id, "/fields/sleeps", &json!(2)).await?;
    for round in 1..=3 {
        // Once the worker of who saves, once that of who gets it.
        for (turn, victim) in [&narva, &riga].into_iter().enumerate() {
            ensure!(kill_worker(victim)?, "{} has no worker", victim.name);
            let sleeps = 2 * round + turn + 1;
            edit(&narva, &id, &[&format!("sleeps={sleeps}")]).await?;
            let record = shows(&riga, &id, "/fields/sleeps", &json!(sleeps)).await?;
            ensure!(record.get("left_out") == Some(&json!(0)), "{record}");
        }
    }
    for center in [&narva, &riga] {
        well(center, 0).await?;
    }
    Ok(())
}

/// A table of 1,500 offers that sleep so many.
fn beds(stage: &Stage, sleeps: u8) -> Result<String> {
    let mut table = "external_id,country,place_type,sleeps,note,note_language\n".to_owned();
    for row in 0..1_500 {
        table.push_str(&format!("bed-{row},EE,sofa,{sleeps},A fictional sofa {row},en\n"));
    }
    let file = stage.folder().join("beds.csv");
    std::fs::write(&file, table)?;
    Ok(file.to_string_lossy().into_owned())
}

#[tokio::test]
async fn an_import_during_which_the_worker_dies_loses_nothing() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let file = beds(&stage, 2)?;
    let killed = AtomicU32::new(0);
    let words = ["import", "offers", &file];
    let load = attempt(&narva, &words);
    tokio::pin!(load);
    let loaded = tokio::select! {
        loaded = &mut load => loaded,
        done = kill_workers(&narva, 4, &killed) => {
            done?;
            load.await
        }
    };
    let Outcome { code, err, .. } = loaded?;
    ensure!(code == 0, "the import ended with {code}: {err}");
    let killed = killed.into_inner();
    println!("killed {killed} workers");
    ensure!(killed > 0, "no worker was killed");
    well(&narva, 0).await?;
    let shown = narva.status().await?.shown("offer");
    ensure!(shown == 1_500, "{shown} offers of 1500 are shown");
    put(&narva, "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await.map(|_| ())
}

#[tokio::test]
async fn a_replication_during_which_workers_die_loses_nothing() -> Result<()> {
    let row = Row::strangers().await?;
    // Twice, so that every offer has two changes to merge.
    for sleeps in [2, 3] {
        row.narva.run(["import", "offers", &beds(&row.stage, sleeps)?]).await?;
    }
    row.introduce().await?;
    let mut killed = 0;
    for moment in [200, 700, 1_200] {
        let what = format!("Riga has {moment} offers");
        until(&what, PATIENCE, || async {
            Ok((row.riga.status().await?.shown("offer") >= moment).then_some(()))
        })
        .await?;
        // Between two batches there may be none that works; then the next one finds a dead one.
        for center in [&row.riga, &row.tbilisi] {
            killed += u32::from(kill_worker(center)?);
        }
    }
    ensure!(killed > 0, "no worker was killed");
    row.agree().await.context("after the workers died")?;
    for center in row.centers() {
        well(center, 0).await?;
        let shown = center.status().await?.shown("offer");
        ensure!(shown == 1_500, "{} shows {shown} offers", center.name);
    }
    Ok(())
}

#[tokio::test]
async fn the_status_says_of_the_worker_what_the_kernel_says_of_it() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let status = narva.json(["status"]).await?;
    let told = status.pointer("/node/merge_worker").context("no word of the worker")?;
    let words = |name: &str| told.get(name).map(ToString::to_string).unwrap_or_default();
    let (in_force, missing) = (words("in_force"), words("missing"));
    let worker = worker(&narva)?.context("Narva has no worker")?.as_raw_nonzero();
    let kernel = |page: &str, name: &str| -> Result<String> {
        let text = std::fs::read_to_string(format!("/proc/{worker}/{page}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let word = line.and_then(|line| line.split_whitespace().next()).map(str::to_owned);
        word.with_context(|| format!("the kernel does not tell {name} of the worker"))
    };
    ensure!(in_force.contains("768 MiB of memory"), "{told}");
    ensure!(kernel("limits", "Max address space")? == (768 << 20).to_string());
    ensure!(kernel("limits", "Max open files")? == "3");
    ensure!(kernel("limits", "Max cpu time")? != "unlimited");
    ensure!(in_force.contains("no privileges to gain"), "{told}");
    ensure!(kernel("status", "NoNewPrivs:")? == "1");
    ensure!(kernel("status", "CapPrm:")? == "0000000000000000");
    // On every kernel the two tell the same; 2 is a filter.
    ensure!((kernel("status", "Seccomp:")? == "2") == in_force.contains("seccomp"), "{told}");
    ensure!(missing.contains("no seccomp") != in_force.contains("seccomp"), "{told}");
    ensure!(missing.contains("no landlock") != in_force.contains("landlock"), "{told}");
    Ok(())
}
