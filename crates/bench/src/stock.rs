//! Data folders that are filled once and copied for every run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{Fields, Value};
use hospes_stage::demo::{City, Fiction};
use hospes_stage::programs::Programs;
use hospes_stage::stage::{Center, Stage, copy_folder};
use tempfile::TempDir;

use crate::progress::Progress;
use crate::socket::api_of;

/// A word of the note of the offer that was entered last, and of no other.
pub const LAST_WORD: &str = "zorveyquil";

/// See the module. What is in it is found by its number of offers and by its seed.
#[derive(Debug)]
pub struct Stock {
    programs: Programs,
    seed: u64,
    folder: PathBuf,
    /// Removes the folder at the end, unless it is to be kept.
    _temporary: Option<TempDir>,
}

impl Stock {
    /// A stock in a folder that stays, or in a temporary one. All that it will hold is made from
    /// the seed.
    pub fn new(programs: Programs, seed: u64, stays: Option<&Path>) -> Result<Self> {
        if let Some(folder) = stays {
            let failed = || format!("failed to make {}", folder.display());
            fs::create_dir_all(folder).with_context(failed)?;
            return Ok(Self { programs, seed, folder: folder.to_owned(), _temporary: None });
        }
        let temporary = tempfile::Builder::new().prefix("hospes-bench-").tempdir();
        let temporary = temporary.context("failed to make a temporary folder")?;
        let folder = temporary.path().to_owned();
        Ok(Self { programs, seed, folder, _temporary: Some(temporary) })
    }

    /// Where everything lies: the disk that is measured.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A stage for one run.
    pub fn stage(&self) -> Result<Stage> {
        Stage::new(self.programs.clone())
    }

    /// A stopped node's data folder with so many offers of its own.
    pub async fn filled(&self, offers: u64, progress: &Progress) -> Result<PathBuf> {
        let folder = self.place("filled", offers);
        if folder.exists() {
            return Ok(folder);
        }
        let step = progress.step(&format!("entering {offers} offers"));
        let start = Instant::now();
        let stage = self.stage()?;
        let mut narva = stage.center("Narva").await?;
        fill(&narva, offers, self.seed).await?;
        narva.stop().await?;
        keep(&narva.data, &folder)?;
        step.done(&format!("{:.1} s", start.elapsed().as_secs_f64()));
        Ok(folder)
    }

    /// The place of a data folder of this sort with so many offers.
    pub fn place(&self, name: &str, offers: u64) -> PathBuf {
        self.folder.join(format!("{name}-{offers}-{}", self.seed))
    }
}

/// Copies a data folder to a place in the stock. Only a whole copy has its name.
pub fn keep(data: &Path, place: &Path) -> Result<()> {
    let half = place.with_extension("half");
    for folder in [&half, place] {
        if folder.exists() {
            fs::remove_dir_all(folder).context("failed to remove an old copy")?;
        }
    }
    copy_folder(data, &half)?;
    fs::rename(&half, place).context("failed to name a copy")
}

/// Gives a node so many made-up offers: half from around Narva, half from around Riga, and last one
/// that can be told from all others by a word of its note.
async fn fill(center: &Center, offers: u64, seed: u64) -> Result<()> {
    ensure!(offers >= 10, "at least 10 offers are needed");
    let generated = usize::try_from(offers - 1)?;
    for (city, count) in [(City::Narva, generated / 2), (City::Riga, generated - generated / 2)] {
        Fiction::of(city, count).seed(seed).enter(center).await?;
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
