//! Starts `hospes-decoders`, which writes the corpora as far as we make them ourselves.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::programs::{self, Profile, workspace};

/// The program's name. It knows all decoders, so that the chores need not.
const PROGRAM: &str = "hospes-decoders";

/// Writes them into `tests/corpus`. Files that are not ours stay as they are.
pub fn run() -> Result<()> {
    let programs = programs::build_with(Profile::Dev, &[PROGRAM])?;
    let mut command = Command::new(programs.folder.join(PROGRAM));
    let status = command
        .current_dir(workspace())
        .args(["seeds", "tests/corpus"])
        .status()
        .context("failed to start hospes-decoders")?;
    ensure!(status.success(), "hospes-decoders ended with {status}");
    Ok(())
}
