//! Backups and restores.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::node::KeyCost;

/// `hospes backup`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct BackupArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<BackupCommand>,
    /// The new file
    #[arg(required = true)]
    pub file: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
}

/// What else can be done with backups.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Restore a backup into a temporary folder of the node, and look whether all is well
    Verify {
        /// The backup
        file: PathBuf,
        /// Read the recovery phrase from this file
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
    /// Give the node the key that backups are sealed to; needed once, for nodes of older releases
    Key {
        /// Read the recovery phrase from this file
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
}

/// `hospes restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(required_unless_present = "alone")]
    pub file: Option<PathBuf>,
    /// Let a restored node answer though no peer can tell it what was erased since the backup
    #[arg(long, conflicts_with = "file")]
    pub alone: bool,
    /// A peer that is still one, by its name or identifier in the backup; the others are suspended
    #[arg(long = "peer", value_name = "PEER")]
    pub peers: Vec<String>,
    /// Read the recovery phrase from this file
    #[arg(long, value_name = "FILE")]
    pub phrase_file: Option<PathBuf>,
    /// Read the new passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Epoch of the new node, when there were others since the backup; without it, one more than that
    /// of the node in the backup
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epoch: Option<u32>,
    /// Do not ask about each peer: all that are not named by --peer stay suspended
    #[arg(long, short)]
    pub yes: bool,
    /// What a guess of the passphrase costs
    #[arg(long, hide = true, value_enum, default_value_t = KeyCost::Full)]
    pub cost: KeyCost,
}
