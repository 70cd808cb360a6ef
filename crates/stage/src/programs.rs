//! The programs of the project as they lie on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The variable that says in which folder they are.
const FOLDER: &str = "HOSPES_BIN_DIR";

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
    /// Those in the folder that `HOSPES_BIN_DIR` names, else those that were built beside the
    /// program or test that asks. Whoever builds is cargo, and before: `cargo xtask` does both.
    pub fn find() -> Result<Self> {
        let folder = match std::env::var_os(FOLDER) {
            Some(folder) => PathBuf::from(folder),
            None => beside(&std::env::current_exe().context("failed to find our own file")?)?,
        };
        let programs =
            Self { node: folder.join("hospes-node"), cli: folder.join("hospes"), folder };
        for program in [&programs.node, &programs.cli] {
            let shown = program.display();
            ensure!(program.is_file(), "{shown} is not there; build it: cargo build --workspace");
        }
        Ok(programs)
    }
}

/// The folder of programs that belongs to a program or a test of cargo's: `target/PROFILE/NAME`, or
/// `target/PROFILE/deps/TEST`.
fn beside(own: &Path) -> Result<PathBuf> {
    let folder = own.parent().context("our own file lies in no folder")?;
    let above = folder.parent().filter(|_| folder.ends_with("deps"));
    Ok(above.unwrap_or(folder).to_owned())
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn programs_and_tests_find_the_same_folder() {
        for own in ["target/debug/hospes-stage", "target/debug/deps/scenarios-1f"] {
            assert_eq!(beside(Path::new(own)).unwrap(), Path::new("target/debug"), "{own}");
        }
    }
}
