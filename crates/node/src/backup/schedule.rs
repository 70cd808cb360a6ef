//! Backups that the node makes by itself: into a folder, every so often, of which the latest are kept.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hospes_domain::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Backup, BackupError, Backups, has_room};
use crate::machine::clock;

/// How long after a failure it is tried again, unless the next backup is due earlier.
const AGAIN: Duration = Duration::from_secs(600);
/// The setting with the instant of the last one.
pub(crate) const LAST: &str = "last scheduled backup";
/// Names of the files begin and end with this; other files in the folder are not touched.
const BEGINS: &str = "hospes-";
const ENDS: &str = ".backup";

/// What the admin wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Where they are written.
    pub folder: PathBuf,
    /// How often.
    pub every: Duration,
    /// How many are kept.
    pub keep: usize,
}

impl Schedule {
    /// Makes backups until the node closes.
    pub async fn run(self, backups: Arc<Backups>, stop: CancellationToken) {
        loop {
            let wait = match self.due_in(&backups).await {
                Ok(wait) => wait,
                Err(error) => self.failed(&backups, &error),
            };
            if stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                return;
            }
            if !wait.is_zero() {
                continue;
            }
            let made = stop.run_until_cancelled(self.make(&backups)).await;
            let pause = match made {
                None => return,
                Some(Ok(())) => {
                    backups.set_failure(None);
                    continue;
                }
                Some(Err(error)) => self.failed(&backups, &error),
            };
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
        }
    }

    fn failed(&self, backups: &Backups, error: &BackupError) -> Duration {
        tracing::error!(%error, "a scheduled backup was not made");
        backups.set_failure(Some(error.to_string()));
        AGAIN.min(self.every)
    }

    /// How long until the next one. A clock that was set back does not put it off for ever.
    async fn due_in(&self, backups: &Backups) -> Result<Duration, BackupError> {
        let last = backups.store.setting(LAST).await?.and_then(|last| last.parse().ok());
        let Some(last) = last.map(Timestamp) else { return Ok(Duration::ZERO) };
        let past = clock::now().since(last).unsigned_abs();
        Ok(self.every.saturating_sub(Duration::from_millis(past)))
    }

    async fn make(&self, backups: &Backups) -> Result<(), BackupError> {
        make_folder(&self.folder).map_err(|source| self.file(&self.folder, source))?;
        let mut backup = backups.begin().await?;
        has_room(&self.folder, backup.size())?;
        let (time, center_id) = (backup.header.time, backup.header.center.short());
        let path = self.folder.join(name(&center_id, time));
        let beside = path.with_extension("part");
        let written = tokio::task::spawn_blocking({
            let (path, beside) = (path.clone(), beside.clone());
            move || write(&mut backup, &path, &beside)
        })
        .await
        .unwrap_or_else(|_| Err(self.file(&path, io::Error::other("the work broke off"))));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written?;
        backups.store.put_setting(LAST.to_owned(), time.0.to_string()).await?;
        for old in superfluous(&self.folder, &center_id, self.keep)
            .map_err(|source| self.file(&self.folder, source))?
        {
            fs::remove_file(&old).map_err(|source| self.file(&old, source))?;
        }
        tracing::info!("a scheduled backup was made");
        Ok(())
    }

    fn file(&self, path: &Path, source: io::Error) -> BackupError {
        BackupError::File { path: path.to_owned(), source }
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn write(backup: &mut Backup, path: &Path, beside: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::File { path: beside.to_owned(), source };
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(beside)
        .map_err(failed)?;
    while let Some(part) = backup.part()? {
        file.write_all(&part).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    fs::rename(beside, path).map_err(failed)
}

/// A name whose order is that of time, and that no file system refuses.
fn name(center: &str, time: Timestamp) -> String {
    let time: String = time.to_string().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    format!("{BEGINS}{center}-{time}{ENDS}")
}

/// Backups of this center that are older than the latest so many.
fn superfluous(folder: &Path, center: &str, keep: usize) -> io::Result<Vec<PathBuf>> {
    let begins = format!("{BEGINS}{center}-");
    let mut ours = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with(&begins) && name.ends_with(ENDS) {
            ours.push(folder.join(name));
        }
    }
    ours.sort();
    ours.truncate(ours.len().saturating_sub(keep));
    Ok(ours)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_latest_backups_stay_and_other_files_are_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let day = |days: i64| Timestamp(1_764_158_400_000 + days * Timestamp::DAY);
        let others = ["notes.txt", "hospes-ffff0000-20200101.backup", "hospes-a.backup.part"];
        for other in others {
            fs::write(folder.path().join(other), "").unwrap();
        }
        for days in [3, 0, 2, 1] {
            fs::write(folder.path().join(name("0011aabb", day(days))), "").unwrap();
        }
        let old = superfluous(folder.path(), "0011aabb", 2).unwrap();
        let expected = [name("0011aabb", day(0)), name("0011aabb", day(1))];
        assert_eq!(old, expected.map(|name| folder.path().join(name)));
        assert!(superfluous(folder.path(), "0011aabb", 9).unwrap().is_empty());
    }
}
