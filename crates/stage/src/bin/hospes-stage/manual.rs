//! The commands of the documentation, run as they are written.
//!
//! A page says in a comment what its reader already has: `<!-- reader has: a fresh node -->`. Its
//! blocks of the language `console` are then run in their order, in a folder of their own. A line
//! that begins with `$ ` is a command, the lines below it are what it prints: `[..]` stands for
//! anything within a line, `...` for any lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::programs::{Programs, workspace};
use hospes_stage::stage::{Center, Stage, introduce};
use tokio::process::Command;

use crate::say;

/// Runs every page, also after one that fails, and ends with a plain line of numbers.
pub async fn run() -> Result<()> {
    let programs = Programs::find()?;
    let (mut passed, mut failed) = (0, 0);
    for page in pages()? {
        match page.run(&programs).await {
            Ok(()) => {
                say(&format!("{}: ok", page.name()));
                passed += 1;
            }
            Err(error) => {
                say(&format!("{}: failed: {error:#}", page.name()));
                failed += 1;
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    ensure!(failed == 0, "{failed} pages do not say what happens");
    Ok(())
}

/// What a reader of a page already has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// A node that runs and has no center.
    FreshNode,
    /// A center, and the files of another one.
    Center,
    /// A center with a peer called Riga.
    CenterWithPeer,
}

/// A page with commands.
#[derive(Debug)]
struct Page {
    path: PathBuf,
    reader: Reader,
    steps: Vec<Step>,
}

/// A command and what it prints.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    command: String,
    prints: Vec<String>,
}

/// All pages of the operations manual that have commands to run.
fn pages() -> Result<Vec<Page>> {
    let folder = workspace().join("docs/operations");
    let mut pages = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("failed to read {}", folder.display()))?
    {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let steps = steps(&text);
        if steps.is_empty() {
            continue;
        }
        let reader = reader(&text).with_context(|| format!("in {}", path.display()))?;
        pages.push(Page { path, reader, steps });
    }
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(pages)
}

impl Page {
    /// Its name, for a report.
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("docs/operations/{name}")
    }

    /// Runs its commands.
    async fn run(&self, programs: &Programs) -> Result<()> {
        let stage = Stage::new(programs.clone())?;
        let folder = stage.folder().join("reader");
        fs::create_dir(&folder).context("failed to make the reader's folder")?;
        let mut others = Vec::new();
        let center = match self.reader {
            Reader::FreshNode => stage.node("Narva").await?,
            Reader::Center | Reader::CenterWithPeer => {
                let center = stage.center("Narva").await?;
                let riga = stage.center("Riga").await?;
                if self.reader == Reader::CenterWithPeer {
                    introduce(&center, &riga).await?;
                }
                fs::copy(&riga.card, folder.join("riga.pem")).context("failed to copy the card")?;
                others.push(riga);
                center
            }
        };
        fs::copy(&center.passphrase, folder.join("passphrase.txt"))
            .context("failed to copy the passphrase")?;
        let phrase = center.card.with_extension("phrase");
        if phrase.exists() {
            fs::copy(phrase, folder.join("words.txt")).context("failed to copy the phrase")?;
        }
        for step in &self.steps {
            step.run(&folder, &center, programs)
                .await
                .with_context(|| format!("{}:{}: $ {}", self.name(), step.line, step.command))?;
        }
        Ok(())
    }
}

impl Step {
    async fn run(&self, folder: &Path, center: &Center, programs: &Programs) -> Result<()> {
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &self.command])
            .current_dir(folder)
            .env("PATH", format!("{}:{path}", programs.folder.display()))
            .env("HOSPES_DATA", &center.data)
            .env_remove("HOSPES_API")
            .env_remove("HOSPES_TOKEN")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("failed to start bash")?;
        let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
        printed.push_str(&String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "ended with {}:\n{}", output.status, printed.trim_end());
        let actual: Vec<&str> = printed.lines().map(str::trim_end).collect();
        let expected: Vec<&str> = self.prints.iter().map(String::as_str).collect();
        if !expected.is_empty() && !matches(&expected, &actual) {
            bail!("printed\n{}\nand not\n{}", printed.trim_end(), self.prints.join("\n"));
        }
        Ok(())
    }
}

fn reader(text: &str) -> Result<Reader> {
    let known = BTreeMap::from([
        ("a fresh node", Reader::FreshNode),
        ("a center", Reader::Center),
        ("a center with a peer", Reader::CenterWithPeer),
    ]);
    let said = text
        .lines()
        .find_map(|line| line.strip_prefix("<!-- reader has: ")?.strip_suffix(" -->"))
        .context("no line says what the reader has")?;
    known.get(said).copied().with_context(|| {
        let known: Vec<&str> = known.keys().copied().collect();
        format!("the reader has {said:?}, which is none of {}", known.join(", "))
    })
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    let mut first = true;
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with("```") {
            inside = line == "```console";
            first = true;
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            steps.push(Step { line: number, command: command.to_owned(), prints: Vec::new() });
            first = false;
        } else if inside
            && !first
            && let Some(step) = steps.last_mut()
        {
            step.prints.push(line.trim_end().to_owned());
        }
    }
    steps
}

/// Whether lines are what was expected, with `...` for any lines.
fn matches(expected: &[&str], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((&"...", rest)) => (0..=actual.len())
            .any(|skipped| actual.get(skipped..).is_some_and(|left| matches(rest, left))),
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(there, left)| line_matches(line, there) && matches(rest, left)),
    }
}

/// Whether a line is what was expected, with `[..]` for any characters.
fn line_matches(expected: &str, actual: &str) -> bool {
    match expected.split_once("[..]") {
        None => expected == actual,
        Some((start, rest)) => actual.strip_prefix(start).is_some_and(|left| {
            left.char_indices()
                .map(|(at, _)| at)
                .chain([left.len()])
                .any(|at| left.get(at..).is_some_and(|left| line_matches(rest, left)))
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn lines_match_with_marks_for_anything() {
        for (expected, actual, matched) in [
            ("Narva is a center now", "Narva is a center now", true),
            ("id [..]", "id 4f2a", true),
            ("[..] a center[..]", "Narva is a center now", true),
            ("id [..]x", "id 4f2a", false),
            ("id", "id 4f2a", false),
        ] {
            assert_eq!(line_matches(expected, actual), matched, "{expected} / {actual}");
        }
        assert!(matches(&["a", "...", "d"], &["a", "b", "c", "d"]));
        assert!(matches(&["..."], &[]));
        assert!(!matches(&["a", "...", "e"], &["a", "b", "c", "d"]));
        assert!(!matches(&["a"], &["a", "b"]));
    }

    #[test]
    fn only_console_blocks_have_commands() {
        let page = "text\n```sh\n$ no\n```\n```console\n$ hospes status\nok\n$ true\n```\n$ no\n";
        let found = steps(page);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].line, found[0].command.as_str()), (6, "hospes status"));
        assert_eq!(found[0].prints, ["ok"]);
        assert!(found[1].prints.is_empty());
    }

    #[test]
    fn a_page_says_what_its_reader_has() {
        assert_eq!(reader("# x\n<!-- reader has: a center -->\n").unwrap(), Reader::Center);
        assert!(reader("# x\n").is_err());
        assert!(reader("<!-- reader has: a horse -->").is_err());
    }

    #[test]
    fn every_page_of_the_manual_is_understood() {
        let names: Vec<String> = pages().unwrap().iter().map(Page::name).collect();
        assert!(names.iter().any(|name| name.ends_with("first-center.md")), "{names:?}");
    }
}
