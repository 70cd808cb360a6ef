//! What the three centers of the demonstration know: invented, and entered as an admin would enter it.
//!
//! The texts are files of `crates/stage/demo`, in the forms that `hospes import` takes; host offers are
//! made from numbers, as many as asked for.

mod dates;
mod offers;
mod random;
mod recipe;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use hospes_domain::Timestamp;

use crate::programs::workspace;
use crate::stage::Center;

/// Offers of one list. The import reads at most 10 MiB at once, which is about three times as many.
const OFFERS_OF_A_LIST: usize = 5_000;

/// Where a center of the demonstration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum City {
    /// In Estonia, at the border.
    Narva,
    /// In Latvia, in the middle of the network.
    Riga,
    /// In Georgia.
    Tbilisi,
}

impl City {
    /// All of them, from west to east.
    pub const ALL: [City; 3] = [City::Narva, City::Riga, City::Tbilisi];

    /// Its folder, and its name in the source of its records.
    pub fn word(self) -> &'static str {
        match self {
            City::Narva => "narva",
            City::Riga => "riga",
            City::Tbilisi => "tbilisi",
        }
    }
}

/// What a center enters.
#[derive(Debug, Clone)]
pub struct Fiction {
    city: City,
    offers: usize,
    seed: u64,
    maintainers: Vec<String>,
}

impl Fiction {
    /// All texts of a city, and so many host offers around it.
    pub fn of(city: City, offers: usize) -> Self {
        Self { city, offers, seed: 7, maintainers: Vec::new() }
    }

    /// With the offers of another seed. The same seed makes the same offers, but for their dates.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// With one more center that may change the templates, by its identifier.
    pub fn maintained_by(mut self, center: &str) -> Self {
        self.maintainers.push(center.to_owned());
        self
    }

    /// Enters all of it. What was entered before is recognized and not entered twice.
    pub async fn enter(&self, center: &Center) -> Result<()> {
        let folder = tempfile::tempdir().context("failed to make a temporary folder")?;
        let lists = self.lay_out(folder.path(), now()?)?;
        center
            .run(["center", "profile"].into_iter().map(OsString::from).chain(self.profile()?))
            .await?;
        let source = format!("demo {}", self.city.word());
        for (kind, path) in lists {
            let mut words: Vec<OsString> = vec!["import".into(), kind.into(), path.into()];
            words.extend(["--source", &source].map(OsString::from));
            if kind == "templates" && !self.maintainers.is_empty() {
                let maintainers = self.maintainers.join(";");
                words.extend(["--set".into(), format!("maintainers={maintainers}").into()]);
            }
            center.run(words).await?;
        }
        Ok(())
    }

    /// Writes the lists into a folder, and says of which kind each is.
    pub fn lay_out(&self, folder: &Path, now: Timestamp) -> Result<Vec<(&'static str, PathBuf)>> {
        let mut lists = Vec::new();
        for (kind, name) in
            [("templates", "templates"), ("services", "services.csv"), ("bulletins", "bulletins")]
        {
            let list = folder.join(name);
            copy(&self.files().join(name), &list, now)?;
            lists.push((kind, list));
        }
        let recipe = recipe::Recipe::read(&here().join("offers.toml"))?;
        let offers = offers::offers(&recipe, self.seed, self.offers, self.city, now)?;
        for (number, rows) in offers.chunks(OFFERS_OF_A_LIST).enumerate() {
            let list = folder.join(format!("offers-{number}.csv"));
            offers::write(&list, rows)?;
            lists.push(("offers", list));
        }
        Ok(lists)
    }

    /// What the center says of itself. The name stays as it was given to the center.
    fn profile(&self) -> Result<Vec<OsString>> {
        let lines = read(&self.files().join("profile.txt"))?;
        Ok(lines.lines().flat_map(|line| [OsString::from("--set"), line.into()]).collect())
    }

    fn files(&self) -> PathBuf {
        here().join(self.city.word())
    }
}

fn here() -> PathBuf {
    workspace().join("crates/stage/demo")
}

fn now() -> Result<Timestamp> {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().context("the clock is before 1970")?;
    Ok(Timestamp(i64::try_from(now.as_millis())?))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))
}

/// Copies a file or the files of a folder, with the dates filled in.
fn copy(from: &Path, to: &Path, now: Timestamp) -> Result<()> {
    let failed = || format!("failed to copy {} to {}", from.display(), to.display());
    if !from.is_dir() {
        return fs::write(to, dates::filled_in(&read(from)?, now)).with_context(failed);
    }
    fs::create_dir(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        copy(&entry.path(), &to.join(entry.file_name()), now)?;
    }
    Ok(())
}
