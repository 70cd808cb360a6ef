//! The folders that chores work in.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo puts what it builds: this program lies there, in the folder of its profile.
pub fn target() -> Result<PathBuf> {
    let own = std::env::current_exe().context("failed to find this program's own file")?;
    let target = own.ancestors().nth(2).context("this program lies in no target folder")?;
    Ok(target.to_owned())
}
