//! `hospes-bench`: measures the budgets of the design with real nodes.
//!
//! Start it with `cargo xtask bench`. Both nodes run on this machine, as real processes with real
//! TLS and real fsync; bytes are counted on the socket between them.

mod disk;
mod edits;
mod figure;
mod floor;
mod idle;
mod journal;
mod latency;
mod link;
mod machine;
mod memory;
mod pair;
mod parts;
mod plan;
mod progress;
mod queries;
mod reconnect;
mod replication;
mod report;
mod searches;
mod socket;
mod stamp;
mod statistics;
mod stock;
mod synced;
mod trace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum as _};
use hospes_stage::programs::Programs;

use figure::{Row, Tally};
use machine::Machine;
use plan::Plan;
use progress::Progress;
use stock::Stock;

/// Measures the budgets of the design with real nodes on this machine.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask bench",
    after_help = "A missed budget is a figure, not a failure: the exit code is 0.\n\
                  Everything is measured on the disk of the temporary folder; TMPDIR moves it.\n\n\
                  Examples:\n  cargo xtask bench --quick\n  \
                  cargo xtask bench --rows replication,queries --sizes 10000\n  \
                  cargo xtask bench --json > figures.json"
)]
struct Options {
    /// Print JSON for scripts
    #[arg(long)]
    json: bool,
    /// Print a table for a page
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Also write JSON to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Numbers of offers; what is measured at one size only is measured at the largest
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000",
          value_parser = clap::value_parser!(u64).range(10..=100_000))]
    sizes: Vec<u64>,
    /// How often each figure is measured; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    runs: u32,
    /// Which groups of figures; all when it is not given
    #[arg(long, value_delimiter = ',', value_enum)]
    rows: Vec<Row>,
    /// Small sizes, one run, fewer edits and searches: to see that it works
    #[arg(long)]
    quick: bool,
    /// Keep the filled databases in this folder, and use those that are there: for the next run of
    /// the same programs on the same day
    #[arg(long, value_name = "FOLDER")]
    stock: Option<PathBuf>,
    /// The same number makes the same offers, edits and searches
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

impl Options {
    fn plan(&self) -> Plan {
        let mut rows = self.rows.clone();
        if rows.is_empty() {
            rows = Row::value_variants().to_vec();
        }
        rows.sort_unstable();
        rows.dedup();
        let mut sizes = if self.quick { vec![1_000] } else { self.sizes.clone() };
        sizes.sort_unstable();
        sizes.dedup();
        Plan {
            rows,
            sizes,
            runs: if self.quick { 1 } else { self.runs },
            edits: if self.quick { 40 } else { 200 },
            searches: if self.quick { 200 } else { 1_000 },
            days: if self.quick { 20 } else { 365 },
            seed: self.seed,
        }
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let plan = options.plan();
    let progress = Progress;
    let stock = Stock::new(Programs::find()?, plan.seed, options.stock.as_deref())?;
    let machine = Machine::of(stock.folder())?;
    progress.say(&machine.to_string());
    if let Some(warning) = machine.warning() {
        progress.say(&format!("warning: {warning}"));
    }
    let mut tally = Tally::default();
    tokio::runtime::Runtime::new()?.block_on(async {
        tokio::select! {
            measured = measure(&plan, &stock, &mut tally, &progress) => measured,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted.context("failed to listen for Ctrl-C")?;
                anyhow::bail!("interrupted")
            }
        }
    })?;
    let json = report::json(&tally, &machine, &plan);
    if let Some(path) = &options.out {
        std::fs::write(path, format!("{json:#}\n"))
            .with_context(|| format!("failed to write {}", path.display()))?;
    }
    if options.json {
        println!("{json:#}");
    } else if options.markdown {
        print!("{}", report::markdown(&tally, &machine, &plan));
    } else {
        println!("\n{}", report::table(&tally));
    }
    Ok(())
}

async fn measure(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    for row in &plan.rows {
        match row {
            Row::Replication => replication::run(plan, stock, tally, progress).await?,
            Row::Latency => latency::run(plan, stock, tally, progress).await?,
            Row::Queries => queries::run(plan, stock, tally, progress).await?,
            Row::Reconnect => reconnect::run(plan, stock, tally, progress).await?,
            Row::Idle => idle::idle(plan, stock, tally, progress).await?,
            Row::Small => idle::small(plan, stock, tally, progress).await?,
            Row::Disk => disk::run(plan, stock, tally, progress).await?,
        }
    }
    Ok(())
}
