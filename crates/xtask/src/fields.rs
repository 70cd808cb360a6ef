//! The page of the documentation that lists all kinds and fields.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::programs::workspace;

/// Writes the page, or only says whether it is what would be written.
pub fn run(check: bool) -> Result<()> {
    let path = workspace().join("docs/fields.md");
    let page = hospes_domain::schema::markdown();
    if check {
        let there = fs::read_to_string(&path).unwrap_or_default();
        ensure!(there == page, "docs/fields.md is out of date: run `cargo xtask fields`");
        return Ok(());
    }
    fs::write(&path, page).with_context(|| format!("failed to write {}", path.display()))?;
    println!("{} is written", path.display());
    Ok(())
}
