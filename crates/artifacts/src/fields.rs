//! The page of the documentation that lists all kinds and fields.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::workspace;

/// Where it is.
fn path() -> PathBuf {
    workspace().join("docs/fields.md")
}

/// Writes the page.
pub fn run() -> Result<()> {
    let path = path();
    fs::write(&path, hospes_domain::schema::markdown())
        .with_context(|| format!("failed to write {}", path.display()))?;
    println!("{} is written", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_page_says_what_the_schema_says() {
        let page = fs::read_to_string(path()).unwrap();
        let same = page == hospes_domain::schema::markdown();
        assert!(same, "docs/fields.md is out of date: run `cargo xtask fields`");
    }
}
