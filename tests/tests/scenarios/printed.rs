//! What the programs print for a person to paste can be pasted as it stands, whatever a center is
//! called.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::programs::Programs;
use hospes_stage::stage::{Center, introduce};
use hospes_stage::wait::until;
use hospes_tests::operator::{Outcome, attempt, command, peer};
use hospes_tests::pasted;
use hospes_tests::theatre::{PATIENCE, connected, stage};
use tokio::process::Command;

/// A name that a shell takes apart.
const AWKWARD: &str = "Center \"Narva\" & Söhne";

/// Pastes the line of a text that has these words into a shell, as a person would; what it printed.
async fn paste(center: &Center, text: &str, words: &str) -> Result<String> {
    let line = text.lines().find(|line| line.contains(words));
    let line = line.with_context(|| format!("nothing says {words:?}, but:\n{text}"))?;
    let at = line.find(words).unwrap_or_default();
    let mut pasted = line.get(at..).unwrap_or_default();
    // In a sentence, a person takes what stands before the next part of it.
    pasted = pasted.split(", or: ").next().unwrap_or(pasted);
    let cli = Programs::find()?.cli;
    let folder = cli.parent().context("the program is in no folder")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path));
    let output = Command::new("sh")
        .args(["-c", pasted])
        .env("PATH", std::env::join_paths(paths)?)
        .env("HOSPES_DATA", &center.data)
        .env_remove("HOSPES_API")
        .env_remove("HOSPES_TOKEN")
        .stdin(Stdio::null())
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{pasted} ended with {}:\n{said}", output.status);
    let printed = String::from_utf8(output.stdout)?;
    pasted::check(&printed)?;
    pasted::check(&said)?;
    Ok(printed)
}

async fn done(center: &Center, words: &[&str]) -> Result<Outcome> {
    let outcome = attempt(center, words).await?;
    ensure!(outcome.code == 0, "{words:?} ended with {outcome:?}");
    Ok(outcome)
}

async fn is(center: &Center, state: &str) -> Result<()> {
    let listed = peer(center, AWKWARD).await?.context("it is in no list")?;
    let found = listed.get("state").and_then(serde_json::Value::as_str).unwrap_or_default();
    ensure!(found == state, "it is {found}, not {state}");
    Ok(())
}

#[tokio::test]
async fn every_command_about_a_center_can_be_pasted_whatever_its_name_is() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center(AWKWARD), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    connected(&riga, 1).await?;

    let help = attempt(&riga, &["alarm", AWKWARD]).await?;
    ensure!(help.code == 2, "{help:?}");
    let raised = paste(&riga, &help.err, "hospes alarm 'Center").await?;
    is(&riga, "suspended").await?;
    let taken_back = paste(&riga, &raised, "hospes alarm 'Center").await?;
    paste(&riga, &taken_back, "hospes peer resume").await?;
    is(&riga, "active").await?;
    connected(&riga, 1).await?;

    // What Riga is warned of when another one raises the alarm, it can paste too.
    let tartu = stage.center("Tartu").await?;
    introduce(&riga, &tartu).await?;
    connected(&riga, 2).await?;
    until("Tartu knows of the center", PATIENCE, || async {
        Ok(peer(&tartu, AWKWARD).await?.map(|_| ()))
    })
    .await?;
    done(&tartu, &["alarm", AWKWARD, "--reason", "seized"]).await?;
    let warned = until("Riga is warned", PATIENCE, || async {
        let said = done(&riga, &["status"]).await?.out;
        Ok(said.contains("has raised an alarm").then_some(said))
    })
    .await?;
    // Not cut into lines: it is pasted from a log, or copied from the screen in one piece.
    let warned = warned.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    paste(&riga, &warned, "hospes peer remove").await?;
    is(&riga, "removed").await?;

    let kept_out = done(&tartu, &["peer", "remove", AWKWARD]).await?;
    is(&tartu, "barred").await?;
    paste(&tartu, &kept_out.out, "hospes peer resume").await?;
    Ok(())
}

#[tokio::test]
async fn every_example_of_the_help_is_understood() -> Result<()> {
    let stage = stage()?;
    let node = stage.node("narva").await?;
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    let mut problems = Vec::new();
    while let Some(path) = open.pop() {
        let mut words: Vec<&str> = path.iter().map(String::as_str).collect();
        words.push("--help");
        let output = command(&node, &words)?.output().await?;
        let help = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            bail!("{words:?} has no help");
        }
        // A line that goes on in the next one is one command.
        let help = help.replace(" \\\n", " ");
        if let Err(error) = pasted::check(&help) {
            problems.push(format!("in the help of {path:?}: {error}"));
        }
        seen += pasted::commands(&help).len();
        let list = help.split_once("Commands:\n").map_or("", |(_, list)| list);
        let list = list.split_once("\n\n").map_or(list, |(list, _)| list);
        for line in list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap_or_default();
            if name != "help" {
                open.push(path.iter().cloned().chain([name.to_owned()]).collect());
            }
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    ensure!(seen > 50, "only {seen} commands were found");
    Ok(())
}
