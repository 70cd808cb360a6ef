//! What simulated networks cost and how fast they are, for people: tables, JSON and a plot.
//!
//! `cargo xtask network` and `cargo xtask reconciliation` start it.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod network;
mod plot;
mod reconciliation;

/// What there is to simulate.
#[derive(Debug, Parser)]
#[command(name = "hospes-simulator", about = "Whole engines on a virtual network")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Simulate networks of many nodes, and say what they cost and how fast they are
    Network(network::Options),
    /// Say what it costs two simulated nodes to come to agree
    Reconciliation(reconciliation::Options),
}

fn main() -> Result<()> {
    match Cli::parse().what {
        What::Network(options) => network::run(&options),
        What::Reconciliation(options) => reconciliation::run(&options),
    }
}
