//! Starts `hospes-bench`, which measures the budgets of the design.
//!
//! It is a program of its own so that it is measured as it is shipped, and so that the other chores
//! need no database and no TLS to be built.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::demo::say;
use crate::programs::{self, Profile};

/// The program's name.
const PROGRAM: &str = "hospes-bench";

/// Builds the programs as they are shipped and measures with these arguments.
pub fn run(words: &[OsString]) -> Result<()> {
    say("building hospes-node, hospes and hospes-bench");
    let programs = programs::build_with(Profile::Release, &[PROGRAM])?;
    let mut command = Command::new(programs.folder.join(PROGRAM));
    let status = command.args(words).status().context("failed to start hospes-bench")?;
    ensure!(status.success(), "hospes-bench ended with {status}");
    Ok(())
}
