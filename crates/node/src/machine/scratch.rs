//! Folders for works that need files for a while.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hospes_domain::id::hex;

use super::random;

/// A folder for one work, removed with the value. What is in it is encrypted under keys that are only in
/// memory, so there is nothing to overwrite.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// The folder of all works; what a process that was killed has left is in it.
    pub fn root(data: &Path) -> PathBuf {
        data.join("scratch")
    }

    /// A new folder for one work.
    pub fn new(data: &Path) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = Self::root(data).join(hex(&random::bytes::<8>()));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "a temporary folder was not removed");
        }
    }
}
