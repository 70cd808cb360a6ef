//! Builds the programs of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::folders::{target, workspace};
use crate::past::timed;

/// The variable that says in which folder the programs are.
const FOLDER: &str = "HOSPES_BIN_DIR";

/// How the programs are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quickly built, and good for everything but measuring.
    Dev,
    /// As they are shipped.
    Release,
}

/// The cargo that started this program, to be run in the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    command
}

/// Builds the programs of some packages and returns the folder that they are in.
pub fn build(profile: Profile, packages: &[&str]) -> Result<PathBuf> {
    let mut words = vec!["build", "--bins"];
    for package in packages {
        words.extend(["--package", package]);
    }
    let what = format!("building {}", packages.join(", "));
    run(profile, &words, &what)
}

/// Builds all that the workspace has but for its tests, and returns the folder of the programs.
pub fn build_all() -> Result<PathBuf> {
    run(Profile::Dev, &["build", "--workspace"], "building the workspace")
}

fn run(profile: Profile, words: &[&str], what: &str) -> Result<PathBuf> {
    let (name, first) = match profile {
        Profile::Dev => ("debug", "the first time this takes some minutes"),
        Profile::Release => ("release", "the first time this takes a quarter of an hour"),
    };
    let mut command = cargo();
    command.args(words);
    if profile == Profile::Release {
        command.arg("--release");
    }
    timed(&format!("build-{name}"), what, first, || {
        let status = command.status().context("failed to start cargo")?;
        ensure!(status.success(), "that could not be built");
        Ok(target()?.join(name))
    })
}

/// Tells a program where those are that it starts. What somebody has set themselves stays.
pub fn tell_where(command: &mut Command, folder: &Path) {
    if std::env::var_os(FOLDER).is_none() {
        command.env(FOLDER, folder);
    }
}
