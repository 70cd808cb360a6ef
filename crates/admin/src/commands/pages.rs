//! Completions and manual pages, made from the command line itself.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// Prints completions for a shell.
pub fn completions(shell: Shell, printer: &Printer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hospes", &mut script);
    printer.raw(&String::from_utf8_lossy(&script));
    Ok(Exit::Ok)
}

/// Writes the manual pages of all commands into a folder.
pub fn manual(folder: &Path, printer: &Printer) -> Result<Exit, Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| Failure::file("write the manual pages into", folder, &error))?;
    printer.note(format!("The manual pages are in {}.", folder.display()));
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let folder = tempfile::tempdir().unwrap();
        manual(folder.path(), &Printer::new(false)).unwrap();
        for page in ["hospes.1", "hospes-init.1", "hospes-peer-add.1", "hospes-import.1"] {
            let text = std::fs::read_to_string(folder.path().join(page)).unwrap();
            assert!(text.contains("hospes"), "{page}");
        }
    }
}
