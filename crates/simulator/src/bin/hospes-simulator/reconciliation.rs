//! What it costs two nodes to come to agree, as a table.

use anyhow::Result;
use clap::Args;
use hospes_simulator::cost::{Cost, Meeting};

/// What can be asked of the table.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Numbers of records; a million takes a few minutes and 5 GB
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000,1000000")]
    pub records: Vec<usize>,
    /// How many of them are new, half of them on each side; more than there are means all
    #[arg(long, value_delimiter = ',', default_value = "0,1,10,1000,1000000")]
    pub changed: Vec<usize>,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Lets two nodes meet in every one of the ways, and prints what it took.
pub fn run(options: &Options) -> Result<()> {
    let mut rows = Vec::new();
    if !options.json {
        println!(
            "{:>9} {:>9} {:>11} {:>7} {:>7} {:>10} {:>11} {:>8}",
            "records",
            "changed",
            "checkpoint",
            "rounds",
            "frames",
            "overhead",
            "of changes",
            "changes"
        );
    }
    for records in &options.records {
        let mut changed: Vec<usize> = options.changed.iter().map(|one| *one.min(records)).collect();
        changed.dedup();
        for (changed, checkpoint) in changed.iter().flat_map(|one| [(*one, true), (*one, false)]) {
            let meeting = Meeting { records: *records, changed, checkpoint };
            let cost = meeting.cost();
            if !options.json {
                println!("{}", line(&meeting, &cost));
            }
            rows.push(json(&meeting, &cost));
        }
    }
    if options.json {
        println!("[{}]", rows.join(","));
    }
    Ok(())
}

fn line(meeting: &Meeting, cost: &Cost) -> String {
    format!(
        "{:>9} {:>9} {:>11} {:>7.1} {:>7} {:>10} {:>11} {:>8}",
        meeting.records,
        meeting.changed,
        if meeting.checkpoint { "yes" } else { "no" },
        cost.round_trips,
        cost.frames,
        cost.overhead,
        cost.change_bytes,
        cost.changes,
    )
}

fn json(meeting: &Meeting, cost: &Cost) -> String {
    format!(
        "{{\"records\":{},\"changed\":{},\"checkpoint\":{},\"round_trips\":{},\"frames\":{},\
         \"overhead_bytes\":{},\"change_bytes\":{},\"changes\":{}}}",
        meeting.records,
        meeting.changed,
        meeting.checkpoint,
        cost.round_trips,
        cost.frames,
        cost.overhead,
        cost.change_bytes,
        cost.changes,
    )
}
