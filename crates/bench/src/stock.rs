//! Data folders that are filled once and copied for every run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{Fields, Value};
use tempfile::TempDir;
use xtask::programs::Programs;
use xtask::stage::{Center, Stage, copy_folder};

use crate::pair::{Pair, api_of};
use crate::progress::Progress;

/// A word of the note of the offer that was entered last, and of no other.
pub const LAST_WORD: &str = "zorveyquil";

/// The data folders of two nodes that hold the same.
#[derive(Debug, Clone)]
pub struct Synced {
    /// Of the steward of all offers.
    pub narva: PathBuf,
    /// Of its peer.
    pub riga: PathBuf,
}

/// See the module.
#[derive(Debug)]
pub struct Stock {
    programs: Programs,
    seed: u64,
    folder: TempDir,
    filled: BTreeMap<u64, PathBuf>,
    synced: BTreeMap<u64, Synced>,
}

impl Stock {
    /// An empty stock. All that it will hold is made from the seed.
    pub fn new(programs: Programs, seed: u64) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hospes-bench-").tempdir();
        let folder = folder.context("failed to make a temporary folder")?;
        let (filled, synced) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { programs, seed, folder, filled, synced })
    }

    /// Where everything lies: the disk that is measured.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A stage for one run.
    pub fn stage(&self) -> Result<Stage> {
        Stage::new(self.programs.clone())
    }

    /// A stopped node's data folder with so many offers of its own.
    pub async fn filled(&mut self, offers: u64, progress: &Progress) -> Result<PathBuf> {
        if let Some(folder) = self.filled.get(&offers) {
            return Ok(folder.clone());
        }
        let step = progress.step(&format!("entering {offers} offers"));
        let start = Instant::now();
        let stage = self.stage()?;
        let mut narva = stage.center("Narva").await?;
        fill(&narva, offers, self.seed).await?;
        narva.stop().await?;
        let folder = self.folder.path().join(format!("narva-{offers}"));
        copy_folder(&narva.data, &folder)?;
        self.filled.insert(offers, folder.clone());
        step.done(&format!("{:.1} s", start.elapsed().as_secs_f64()));
        Ok(folder)
    }

    /// Keeps the folders of two nodes that hold the same, as a replication has left them.
    pub async fn keep(&mut self, offers: u64, pair: &mut Pair) -> Result<()> {
        pair.stop().await?;
        let place = |name: &str| self.folder.path().join(format!("synced-{name}-{offers}"));
        let synced = Synced { narva: place("narva"), riga: place("riga") };
        copy_folder(&pair.narva.data, &synced.narva)?;
        copy_folder(&pair.riga.data, &synced.riga)?;
        self.synced.insert(offers, synced);
        Ok(())
    }

    /// The data folders of two stopped nodes that hold the same offers.
    pub async fn synced(&mut self, offers: u64, progress: &Progress) -> Result<Synced> {
        if let Some(synced) = self.synced.get(&offers) {
            return Ok(synced.clone());
        }
        let mut pair = Pair::fresh(self, offers, progress).await?;
        let step = progress.step(&format!("replicating {offers} offers"));
        pair.replicate(offers, &step).await?;
        self.keep(offers, &mut pair).await?;
        step.done("");
        self.synced.get(&offers).cloned().context("nothing was kept")
    }
}

/// Gives a node so many made-up offers: half from around Narva, half from around Riga, and last one
/// that can be told from all others by a word of its note.
async fn fill(center: &Center, offers: u64, seed: u64) -> Result<()> {
    ensure!(offers >= 10, "at least 10 offers are needed");
    let generated = offers - 1;
    let seed = seed.to_string();
    for (place, count) in [("narva", generated / 2), ("riga", generated - generated / 2)] {
        let count = count.to_string();
        let words = ["demo-data", "--center", place, "--offers", &count, "--seed", &seed];
        center.run(words).await?;
    }
    let last = Fields::from([
        ("country".to_owned(), Value::from("EE")),
        ("near_town".to_owned(), Value::from(590_031)),
        ("place_type".to_owned(), Value::from("sofa")),
        ("sleeps".to_owned(), Value::from(1)),
        ("status".to_owned(), Value::from("active")),
        ("note".to_owned(), Value::from(format!("A sofa named {LAST_WORD}. It is fictional."))),
        ("note_language".to_owned(), Value::from("en")),
    ]);
    api_of(center).await?.put("offer", &last).await?;
    let entered = center.status().await?.ours("offer");
    ensure!(entered == offers, "{entered} offers were entered, not {offers}");
    Ok(())
}
