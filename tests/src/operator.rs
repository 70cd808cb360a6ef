//! What a person at the command line does and sees.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::programs::Programs;
use hospes_stage::stage::{Center, text};
use hospes_stage::wait::until;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::pasted;
use crate::theatre::PATIENCE;

/// What somebody may have exported for a node of their own.
pub(crate) const SETTINGS: [&str; 3] = ["HOSPES_DATA", "HOSPES_API", "HOSPES_TOKEN"];
/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(120);

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it printed.
    pub out: String,
    /// What it said to the person.
    pub err: String,
}

/// The command line of a center, to be started.
pub fn command(center: &Center, words: &[&str]) -> Result<Command> {
    let mut command = center.host.command(&Programs::find()?.cli);
    command.arg("--data").arg(&center.data).args(words).stdin(Stdio::null()).kill_on_drop(true);
    // A scenario must not be led elsewhere by what somebody exported.
    for name in SETTINGS {
        command.env_remove(name);
    }
    Ok(command)
}

/// Runs a command that may well be refused. What it says for a person to paste must be pastable.
pub async fn attempt(center: &Center, words: &[&str]) -> Result<Outcome> {
    let output = timeout(COMMAND, command(center, words)?.output()).await;
    let output = output.with_context(|| format!("hospes {words:?} did not end"))??;
    let outcome = Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    pasted::check(&outcome.out)?;
    pasted::check(&outcome.err)?;
    Ok(outcome)
}

/// Checks that a command is refused with this exit code and that it says all of these words.
pub async fn refused(center: &Center, words: &[&str], code: i32, said: &[&str]) -> Result<()> {
    let outcome = attempt(center, words).await?;
    let shown: Vec<String> = words.iter().map(|word| word.chars().take(60).collect()).collect();
    let err: String = outcome.err.chars().take(2_000).collect();
    ensure!(outcome.code == code, "{shown:?} ended with {}, not {code}:\n{err}", outcome.code);
    for word in said {
        ensure!(outcome.err.contains(word), "{shown:?} does not say {word:?}, but:\n{err}");
    }
    ensure!(outcome.err.len() < 16 * 1024, "{shown:?} repeats {} bytes", outcome.err.len());
    Ok(())
}

/// Saves a new record and returns its identifier.
pub async fn put(center: &Center, kind: &str, fields: &[&str]) -> Result<String> {
    let words = ["put", kind].into_iter().chain(fields.iter().copied());
    text(&center.json(words).await?, "/id")
}

/// Changes fields of a record.
pub async fn edit(center: &Center, id: &str, fields: &[&str]) -> Result<()> {
    let words = ["edit", id].into_iter().chain(fields.iter().copied());
    center.json(words).await.map(|_| ())
}

/// A record as a node shows it; nothing when it has none of this identifier.
pub async fn show(center: &Center, id: &str) -> Result<Option<Value>> {
    let outcome = attempt(center, &["--json", "show", id]).await?;
    match outcome.code {
        0 => Ok(Some(serde_json::from_str(&outcome.out).context("not JSON")?)),
        // See `hospes --help`: there is no such record.
        5 => Ok(None),
        code => bail!("hospes show {id} ended with {code}: {}", outcome.err),
    }
}

/// Waits until a node shows a record in which a field, by its JSON pointer, has this value.
pub async fn shows(center: &Center, id: &str, path: &str, value: &Value) -> Result<Value> {
    let what = format!("{} shows {id} with {path} {value}", center.name);
    until(&what, PATIENCE, || async {
        let record = show(center, id).await?;
        Ok(record.filter(|record| record.pointer(path) == Some(value)))
    })
    .await
}

/// Waits until a node has a record.
pub async fn has(center: &Center, id: &str) -> Result<Value> {
    let what = format!("{} has {id}", center.name);
    until(&what, PATIENCE, || show(center, id)).await
}

/// Identifiers of the records that a search finds.
pub async fn found(center: &Center, words: &[&str]) -> Result<Vec<String>> {
    let answer = center.json(["search"].into_iter().chain(words.iter().copied())).await?;
    let hits = answer.pointer("/hits").and_then(Value::as_array);
    hits.context("a search without hits")?.iter().map(|hit| text(hit, "/record/id")).collect()
}

/// What a node says of one of its peers.
pub async fn peer(center: &Center, name: &str) -> Result<Option<Value>> {
    Ok(entry(&center.json(["peer", "list"]).await?, "/peers", "name", name))
}

/// What a node says of a center that knocked.
pub async fn pending(center: &Center, id: &str) -> Result<Option<Value>> {
    Ok(entry(&center.json(["peer", "list"]).await?, "/pending", "center", id))
}

fn entry(answer: &Value, list: &str, key: &str, value: &str) -> Option<Value> {
    let entries = answer.pointer(list)?.as_array()?;
    entries.iter().find(|entry| entry.get(key).and_then(Value::as_str) == Some(value)).cloned()
}

/// What a node has refused or left out, newest first.
pub async fn quarantine(center: &Center) -> Result<Vec<Value>> {
    let answer = center.json(["quarantine", "list", "--limit", "500"]).await?;
    let entries = answer.get("entries").and_then(Value::as_array);
    Ok(entries.context("a quarantine without entries")?.clone())
}

/// `hospes watch`, running.
#[derive(Debug)]
pub struct Watch {
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Watch {
    /// Starts to watch, and waits until what matches already has been told.
    pub async fn start(center: &Center, words: &[&str]) -> Result<Self> {
        let words: Vec<&str> = ["--json", "watch"].iter().chain(words).copied().collect();
        let mut command = command(center, &words)?;
        let mut child = command.stdout(Stdio::piped()).spawn().context("failed to watch")?;
        let output = child.stdout.take().context("a watch without output")?;
        let mut watch = Self { lines: BufReader::new(output).lines(), _child: child };
        loop {
            if text(&watch.next().await?, "/event")? == "ready" {
                return Ok(watch);
            }
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> Result<Value> {
        let line = timeout(PATIENCE, self.lines.next_line()).await.context("no event came")??;
        let line = line.context("the watch ended")?;
        serde_json::from_str(&line).with_context(|| format!("not JSON: {line:?}"))
    }

    /// Waits for an event about this record.
    pub async fn about(&mut self, id: &str) -> Result<Value> {
        loop {
            let event = self.next().await?;
            if event.pointer("/record/id").and_then(Value::as_str) == Some(id) {
                return Ok(event);
            }
        }
    }
}
