//! What a page of the documentation tells an admin to write into a file or type into a shell, so that a
//! test can do the same with another folder and another port.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// A block of a page: the lines of a file, or of a shell.
#[derive(Debug, Clone)]
pub struct Recipe(String);

impl Recipe {
    /// The block of a page of `docs/operations` that has these words.
    ///
    /// # Errors
    ///
    /// When not exactly one block has them.
    pub fn of(page: &str, words: &str) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations").join(page);
        let text = std::fs::read_to_string(&path).with_context(|| format!("no page {page}"))?;
        Self::within(&text, words).with_context(|| page.to_owned())
    }

    fn within(text: &str, words: &str) -> Result<Self> {
        let inside = text.split("```").skip(1).step_by(2);
        let blocks = inside.filter_map(|block| block.split_once('\n')).map(|(_, block)| block);
        let found: Vec<&str> = blocks.filter(|block| block.contains(words)).collect();
        ensure!(found.len() == 1, "{} blocks have the words {words}", found.len());
        Ok(Self(found.concat()))
    }

    /// The same with other words in the place of some, which must be there.
    pub fn with(self, words: &str, others: &str) -> Result<Self> {
        ensure!(self.0.contains(words), "{words} is not in:\n{}", self.0);
        Ok(Self(self.0.replace(words, others)))
    }

    /// As the content of a file.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// As the lines of a shell, in a folder.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        run(Command::new("sh").args(["-eu", "-c", &self.0]).current_dir(folder)).await.map(|_| ())
    }
}

/// Where a program of another project is; `None`, and said, when it is not on this machine.
pub fn program(name: &str, package: &str) -> Option<PathBuf> {
    let found = ["/usr/sbin", "/usr/bin"].map(|folder| Path::new(folder).join(name));
    let found = found.into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("left out: {name} is not installed: apt-get install --yes {package}");
    }
    found
}

/// Runs a program to its end; the answer is all that it prints.
pub async fn run(command: &mut Command) -> Result<String> {
    let done = command.output().await.with_context(|| format!("{command:?}"))?;
    let printed = [done.stdout, done.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    ensure!(done.status.success(), "{command:?}: {}\n{printed}", done.status);
    Ok(printed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_block_is_found_by_its_words_when_no_other_has_them() {
        let page = "One\n\n```sh\na b\n```\n\nb\n\n```toml\nc = \"b\"\n```\n";
        assert_eq!(Recipe::within(page, "a b").unwrap().text(), "a b\n");
        assert!(Recipe::within(page, "b").is_err(), "both have it");
        assert!(Recipe::within(page, "One").is_err(), "it is no block");
        let other = Recipe::within(page, "c =").unwrap().with("\"b\"", "\"d\"").unwrap();
        assert_eq!(other.text(), "c = \"d\"\n");
        assert!(other.with("e", "f").is_err(), "a recipe that has changed is looked at again");
    }
}
