//! Disks that are full. The data folder lies on a small file system of its own, which only root can
//! make; without root the scenario says so and ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, Stage, introduce};
use hospes_stage::wait::until;
use hospes_tests::operator::{attempt, found, has, peer, put, refused, show};
use hospes_tests::theatre::{PATIENCE, agree, connected, reopen, stage};
use serde_json::Value;

const OFFER: &[&str] = &[
    "country=EE",
    "near_town=Narva",
    "place_type=sofa",
    "sleeps=2",
    "note_language=en",
    "note=quiet courtyard",
];
const SEARCH: &[&str] = &["offers", "--near", "Narva"];

/// A small file system in memory; gone with the value.
struct Disk(PathBuf);

impl Disk {
    /// `None` without root.
    fn over(folder: &Path) -> Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            println!("left out: only root can make a file system");
            return Ok(None);
        }
        let kept = folder.with_extension("kept");
        fs::rename(folder, &kept)?;
        fs::create_dir(folder)?;
        mount(&["-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs"], folder)?;
        let disk = Self(folder.to_owned());
        for entry in fs::read_dir(&kept)? {
            let path = entry?.path();
            if path.is_file() {
                fs::copy(&path, folder.join(path.file_name().context("a file without a name")?))?;
            }
        }
        Ok(Some(disk))
    }

    /// Takes all the room that is left.
    fn fill(&self) -> Result<PathBuf> {
        let filler = self.0.join("filler");
        let mut file = fs::File::create(&filler)?;
        let block = vec![0; 64 * 1024];
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
        while std::io::Write::write_all(&mut file, &[0]).is_ok() {}
        Ok(filler)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the node may still have files open.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(options: &[&str], at: &Path) -> Result<()> {
    let status = Command::new("mount").args(options).arg(at).status()?;
    ensure!(status.success(), "mount {options:?} ended with {status}");
    Ok(())
}

/// Waits until the status of a node begins with words.
async fn health(center: &Center, begins: &str) -> Result<()> {
    let what = format!("{} is {begins}", center.name);
    until(&what, PATIENCE, || async {
        let status = center.json(["status"]).await?;
        let health = status.get("health").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(health.starts_with(begins).then_some(()))
    })
    .await
}

async fn searches(center: &Center, expected: usize) -> Result<()> {
    let start = Instant::now();
    let ids = found(center, SEARCH).await?;
    ensure!(ids.len() == expected, "{} offers are found, not {expected}", ids.len());
    println!(
        "{}: a search, with its program, took {} ms",
        center.name,
        start.elapsed().as_millis()
    );
    Ok(())
}

/// A file with a few offers.
fn list(stage: &Stage) -> Result<String> {
    let path = stage.folder().join("beds.csv");
    fs::write(&path, "external_id,country,place_type,sleeps\nbed-1,EE,sofa,1\nbed-2,EE,sofa,2\n")?;
    Ok(path.to_string_lossy().into_owned())
}

/// How many links a node has lost, by its log.
fn links(center: &Center) -> Result<usize> {
    let log = fs::read_to_string(&center.log)?;
    Ok(log.matches("link closed").count() + log.matches("closing a link").count())
}

/// Two centers that know each other, one of them on a disk of its own.
async fn on_a_small_disk() -> Result<Option<(Stage, Center, Center, Disk)>> {
    let stage = stage()?;
    let (mut narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    put(&narva, "offer", OFFER).await?;
    agree(&[&narva, &riga]).await?;
    narva.stop().await?;
    let Some(disk) = Disk::over(&narva.data)? else { return Ok(None) };
    reopen(&mut narva).await?;
    agree(&[&narva, &riga]).await?;
    Ok(Some((stage, narva, riga, disk)))
}

#[tokio::test]
async fn a_node_on_a_full_disk_refuses_plainly_and_goes_on_when_there_is_room() -> Result<()> {
    let Some((stage, narva, riga, disk)) = on_a_small_disk().await? else { return Ok(()) };
    let filler = disk.fill()?;
    // The write-ahead log may have room for a little more.
    let (more, said) = saved_until_full(&narva).await?;
    let saved = 1 + more;
    for words in ["nothing was saved: the disk is full", "df -h", "restarted"] {
        ensure!(said.contains(words), "it does not say {words:?}, but {said}");
    }
    health(&narva, "degraded: nothing can be saved or taken in").await?;
    let status = narva.json(["status"]).await?;
    let free = status.pointer("/database/free").and_then(Value::as_u64);
    ensure!(free.is_some_and(|free| free < 1024 * 1024), "{free:?} bytes are free");
    let import = ["import", "offers", &list(&stage)?, "--source", "beds"];
    refused(&narva, &import, 1, &["nothing was saved: this list needs"]).await?;
    // What others save meanwhile is not lost, only late.
    let late = put(&riga, "offer", OFFER).await?;
    searches(&narva, saved).await?;
    ensure!(show(&narva, &late).await?.is_none(), "it is kept on a full disk");
    // Nobody hangs up for that: what waits is tried again here.
    let opened = links(&narva)?;
    connected(&narva, 1).await?;

    fs::remove_file(filler)?;
    has(&narva, &late).await?;
    agree(&[&narva, &riga]).await?;
    searches(&narva, saved + 1).await?;
    put(&narva, "offer", OFFER).await?;
    health(&narva, "degraded: the disk has only").await?;
    agree(&[&narva, &riga]).await?;
    ensure!(links(&narva)? == opened, "a link was cut because of a full disk");
    let log = fs::read_to_string(&narva.log)?;
    let told = log.matches("nothing can be kept").count();
    ensure!(told == 1, "the log says {told} times that nothing can be kept");
    ensure!(!log.contains("courtyard"), "there is something of a record in the log");
    Ok(())
}

/// Offers until one is refused; how many were saved, and what was said of the one that was not.
async fn saved_until_full(center: &Center) -> Result<(usize, String)> {
    for saved in 0..1_000 {
        if let Err(error) = put(center, "offer", OFFER).await {
            return Ok((saved, format!("{error:#}")));
        }
    }
    anyhow::bail!("the disk is never full")
}

/// Fails unless the list of peers says of one that it was removed.
async fn is_removed(center: &Center, name: &str) -> Result<()> {
    let listed = peer(center, name).await?.context("it is in no list")?;
    ensure!(listed.get("state").and_then(Value::as_str) == Some("removed"), "{listed}");
    Ok(())
}

#[tokio::test]
async fn a_peer_that_is_removed_on_a_full_disk_is_cut_off_and_stays_so() -> Result<()> {
    let Some((_stage, mut narva, riga, disk)) = on_a_small_disk().await? else { return Ok(()) };
    connected(&narva, 1).await?;
    let filler = disk.fill()?;
    saved_until_full(&narva).await?;

    let removed = attempt(&narva, &["peer", "remove", "Riga"]).await?;
    ensure!(removed.code == 0, "{removed:?}");
    ensure!(removed.out.contains("Riga is no peer any more; 1 connection was cut"), "{removed:?}");
    ensure!(removed.err.contains("it counts, but is not written down"), "{removed:?}");
    is_removed(&narva, "Riga").await?;
    health(&narva, "degraded: Riga is shut out, but the disk did not take that yet").await?;
    connected(&riga, 0).await?;

    fs::remove_file(filler)?;
    health(&narva, "degraded: the disk has only").await?;
    narva.stop().await?;
    reopen(&mut narva).await?;
    is_removed(&narva, "Riga").await?;
    let again = attempt(&narva, &["peer", "remove", "Riga"]).await?;
    ensure!(again.out.contains("was removed before"), "{again:?}");
    Ok(())
}
