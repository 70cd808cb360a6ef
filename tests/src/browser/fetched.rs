//! What tests of pages need and the repository does not hold.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// A file that was fetched into the folder that cargo builds in: this program lies in it, too. Where it
/// was not fetched, it is said.
pub fn fetched(file: &str) -> Result<Option<PathBuf>> {
    let own = std::env::current_exe().context("failed to find our own file")?;
    let found = own.ancestors().map(|folder| folder.join(file)).find(|file| file.is_file());
    if found.is_none() {
        println!("left out: {file} was not fetched: cargo xtask checkers");
    }
    Ok(found)
}
