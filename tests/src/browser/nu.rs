//! Whether pages are valid HTML: the Nu Html Checker, which is also behind validator.w3.org.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::fetched::fetched;

/// Where it is in the folder that cargo builds in.
const FILE: &str = "vnu/vnu.jar";

/// The checker, which `cargo xtask checkers` fetches. It needs Java.
#[derive(Debug, Clone)]
pub struct Nu {
    program: PathBuf,
}

impl Nu {
    /// Looks where it is. Where it was not fetched, or Java is not installed, there is none, and it is
    /// said.
    pub fn find() -> Result<Option<Self>> {
        let Some(program) = fetched(FILE)? else { return Ok(None) };
        let mut java = Command::new("java");
        let java = java.arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if java.is_err() {
            println!("left out: Java is not installed: apt-get install --yes default-jre-headless");
            return Ok(None);
        }
        Ok(Some(Self { program }))
    }

    /// What is wrong with these pages, each a name and what the server sent, one line for each error. A
    /// start takes some seconds: give it all pages at once.
    pub fn invalid(&self, pages: &[(&str, &str)]) -> Result<Vec<String>> {
        let folder = tempfile::tempdir().context("failed to make a folder")?;
        let mut command = Command::new("java");
        command.arg("-jar").arg(&self.program);
        // All errors go to the output, and only a checker that fails fails.
        command.args(["--format", "json", "--stdout", "--exit-zero-always", "--errors-only"]);
        for (number, (name, page)) in pages.iter().enumerate() {
            let file = folder.path().join(format!("{number}.html"));
            fs::write(&file, page).with_context(|| format!("failed to write {name}"))?;
            command.arg(file);
        }
        let output = command.output().context("failed to start java")?;
        let said = || String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("the checker of HTML says {}", said());
        }
        let found: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("the checker of HTML says no list, but {}", said()))?;
        let messages = found.get("messages").and_then(Value::as_array);
        let messages = messages.context("the checker of HTML says no messages")?;
        Ok(messages.iter().map(|message| line(pages, message)).collect())
    }
}

/// A message of the checker in one line: page, line, what, where.
fn line(pages: &[(&str, &str)], message: &Value) -> String {
    let word = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default();
    let file = word("url").rsplit('/').next().and_then(|file| file.strip_suffix(".html"));
    let number = file.and_then(|number| number.parse::<usize>().ok());
    let page = number.and_then(|number| pages.get(number)).map_or("?", |(name, _)| name);
    let at = message.get("lastLine").and_then(Value::as_u64).unwrap_or_default();
    let extract: Vec<&str> = word("extract").split_whitespace().collect();
    format!("{page}, line {at}: {} ({})", word("message"), extract.join(" "))
}
