//! The demonstration: three centers that find each other and share what they know.

use anyhow::{Context as _, Result};
use clap::Args;
use hospes_stage::programs::Programs;
use hospes_stage::stage::Stage;

use crate::fleet::Fleet;
use crate::{check, say};

/// What can be asked of the demonstration.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Check that everything arrives and merges, then end
    #[arg(long)]
    pub check: bool,
    /// Fictional host offers of each center
    #[arg(long, default_value_t = 2_000)]
    pub offers: usize,
    /// Leave the folder with the three nodes' data
    #[arg(long)]
    pub keep: bool,
}

/// Shows the network until Ctrl-C, or checks it.
pub async fn run(options: &Options) -> Result<()> {
    let mut stage = Stage::new(Programs::find()?)?;
    if options.keep {
        stage.keep();
    }
    tokio::select! {
        played = play(&stage, options) => played,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.context("failed to listen for Ctrl-C")?;
            say("stopping the three nodes");
            Ok(())
        }
    }?;
    if options.keep {
        println!("The data is in {}", stage.folder().display());
    }
    Ok(())
}

async fn play(stage: &Stage, options: &Options) -> Result<()> {
    let mut fleet = Fleet::new(stage).await?;
    fleet.fill(options.offers).await?;
    let took = fleet.connect().await?;
    fleet.describe(took).await?;
    if options.check {
        check::run(&mut fleet, options.offers, stage.folder()).await?;
        fleet.stop().await?;
        println!("\nThe demonstration works.");
        return Ok(());
    }
    println!("\nThe network is up. Ctrl-C stops it.");
    std::future::pending().await
}
