//! The programs of the project as they lie on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;

/// How the programs are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Slow programs, quickly built.
    Dev,
    /// As they are shipped.
    Release,
}

/// Where the two programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The folder that both are in.
    pub folder: PathBuf,
    /// `hospes-node`, the daemon.
    pub node: PathBuf,
    /// `hospes`, the command line.
    pub cli: PathBuf,
}

impl Programs {
    /// Both in a folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { node: folder.join("hospes-node"), cli: folder.join("hospes"), folder }
    }
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The cargo that started this program, to be run in the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    command
}

/// Builds both programs and says where they are. With `HOSPES_BIN_DIR` those in that folder are taken
/// as they are.
pub fn build(profile: Profile) -> Result<Programs> {
    build_with(profile, &[])
}

/// The same, with further programs of the workspace in the same folder.
pub fn build_with(profile: Profile, further: &[&str]) -> Result<Programs> {
    if let Some(folder) = std::env::var_os("HOSPES_BIN_DIR") {
        return Ok(Programs::in_folder(folder.into()));
    }
    let mut command = cargo();
    // The whole workspace is named, so that the same features are chosen as for the tests and
    // nothing is compiled twice.
    command.args(["build", "--quiet", "--workspace", "--bin", "hospes-node", "--bin", "hospes"]);
    for program in further {
        command.args(["--bin", program]);
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    let status = command.status().context("failed to start cargo")?;
    ensure!(status.success(), "the programs could not be built");
    let folder = target()?.join(match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    });
    Ok(Programs::in_folder(folder))
}

/// Where cargo puts what it builds.
fn target() -> Result<PathBuf> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .output()
        .context("failed to start cargo")?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("failed to read the answer of cargo")?;
    let target = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(target.context("cargo does not say where it builds")?.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::fs;

    use super::*;

    #[test]
    fn every_dependency_is_named_with_its_reason() {
        let page = fs::read_to_string(workspace().join("docs/dependencies.md")).unwrap();
        let crates = fs::read_dir(workspace().join("crates")).unwrap();
        let folders = crates.map(|entry| entry.unwrap().path()).chain([workspace().join("tests")]);
        for folder in folders {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            let (_, dependencies) = manifest.split_once("dependencies]").unwrap();
            for line in dependencies.lines().filter(|line| line.contains("workspace = true")) {
                let name = line.split(['.', ' ']).next().unwrap();
                let ours = name.starts_with("hospes-");
                let named = ours || page.contains(&format!("`{name}`"));
                assert!(named, "{name}, of {}, has no reason", folder.display());
            }
        }
    }
}
