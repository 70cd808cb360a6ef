//! What a network of many nodes costs and how fast it is: simulated, as a table, JSON and a plot.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use hospes_simulator::report::{self, Row};

use crate::plot;

/// What can be asked of the simulation.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Numbers of nodes; three of the first rows take minutes with 1,000
    #[arg(long, value_delimiter = ',', default_value = "40,1000")]
    pub nodes: Vec<usize>,
    /// Numbers of friends that each node has
    #[arg(long, value_delimiter = ',', default_value = "3,4,5,6,7,8")]
    pub degrees: Vec<usize>,
    /// Changes per network
    #[arg(long, default_value_t = 300)]
    pub changes: usize,
    /// What all that is left to chance is made of
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Write a plot
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// Runs the networks and prints their figures.
pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let asked = report::Options {
        nodes: options.nodes.clone(),
        degrees: options.degrees.clone(),
        seed: options.seed,
        changes: options.changes,
    };
    if !options.json {
        println!("{}", Row::heading());
    }
    let report = report::report(&asked, |row| {
        if options.json {
            eprintln!("* {}", row.line());
        } else {
            println!("{}", row.line());
        }
    });
    if options.json {
        println!("{}", report.json());
    }
    if let Some(path) = &options.svg {
        std::fs::write(path, plot::network(&report))
            .with_context(|| format!("failed to write {}", path.display()))?;
    }
    eprintln!("* that took {} s", start.elapsed().as_secs());
    Ok(())
}
