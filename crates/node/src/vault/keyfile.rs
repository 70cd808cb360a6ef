//! The keyslots file on the disk: replaced so that a power cut leaves the old one or the new one, and
//! destroyed so that nothing of it is left as far as this machine can tell.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::machine::random;

/// Most bytes that are overwritten. The file has at most 64 KiB; more would be none of ours.
const MOST: u64 = 1024 * 1024;

/// Why a file is not as it should be.
#[derive(Debug, thiserror::Error)]
#[error("use {path}: {source}")]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

/// Writes a file that only its owner can read, to the disk.
///
/// # Errors
/// When the disk takes it not.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let write = || {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|source| FileError { path: path.to_owned(), source })
}

/// Gives a file that was written its name, which another may have, and waits for the disk.
///
/// # Errors
/// When the disk takes it not. The old file is there then, or the new one.
pub fn install(new: &Path, path: &Path) -> Result<(), FileError> {
    fs::rename(new, path)
        .and_then(|()| sync_folder(path))
        .map_err(|source| FileError { path: path.to_owned(), source })
}

/// Overwrites a file with random bytes and removes it. False when it was not there.
///
/// What a disk does with a block that is overwritten is its own affair: flash memory, snapshots and
/// backups may keep the old one.
///
/// # Errors
/// When the file is still there.
pub fn destroy(path: &Path) -> Result<bool, FileError> {
    let failed = |source| FileError { path: path.to_owned(), source };
    match overwrite(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        // A disk that takes no byte may still forget the file.
        Err(error) => tracing::warn!(%error, path = %path.display(), "not overwritten"),
        Ok(()) => {}
    }
    fs::remove_file(path).and_then(|()| sync_folder(path)).map_err(failed)?;
    Ok(true)
}

fn overwrite(path: &Path) -> io::Result<()> {
    // In place: a new file would lie in other blocks.
    let mut file = OpenOptions::new().write(true).open(path)?;
    let mut left = file.metadata()?.len().min(MOST);
    while left > 0 {
        let noise = random::bytes::<512>();
        let part = noise.get(..usize::try_from(left).unwrap_or(512).min(512)).unwrap_or_default();
        file.write_all(part)?;
        left -= part.len() as u64;
    }
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("a.json"), folder.path().join("a.new.json"));
        write(&path, b"old").unwrap();
        write(&new, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        install(&new, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(!new.exists());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_destroyed_is_overwritten_before_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a.json"), folder.path().join("other"));
        let secret = "wrapped ".repeat(200);
        write(&path, secret.as_bytes()).unwrap();
        // Another name of the same blocks shows what became of them.
        fs::hard_link(&path, &other).unwrap();
        assert!(destroy(&path).unwrap());
        assert!(!path.exists());
        let left = fs::read(&other).unwrap();
        assert_eq!(left.len(), secret.len());
        assert!(!left.windows(7).any(|window| window == b"wrapped"));
        assert!(!destroy(&path).unwrap());
    }
}
