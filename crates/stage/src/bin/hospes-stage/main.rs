//! What is played on the stage: the demonstration, and the manual as it is written.
//!
//! `cargo demo` and `cargo xtask manual` build everything first and start this.

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

mod check;
mod demo;
mod fleet;
mod manual;

/// What there is to play.
#[derive(Debug, Parser)]
#[command(name = "hospes-stage", about = "Real centers on this machine")]
struct Cli {
    #[command(subcommand)]
    play: Play,
}

#[derive(Debug, Subcommand)]
enum Play {
    /// Three real centers on this machine, with fictional records
    Demo(demo::Options),
    /// The commands of the operations manual, run as they are written
    Manual,
}

fn main() -> Result<()> {
    let Cli { play } = Cli::parse();
    Runtime::new()?.block_on(async {
        match &play {
            Play::Demo(options) => demo::run(options).await,
            Play::Manual => manual::run().await,
        }
    })
}

/// Tells a person what happens now.
fn say(what: &str) {
    eprintln!("* {what}");
}
