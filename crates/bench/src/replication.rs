//! Row "replication": all records to a node that has none.

use anyhow::Result;

use crate::figure::{Budget, Measure, Row, Tally, Unit};
use crate::floor;
use crate::idle::Empty;
use crate::pair::Pair;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::socket::database_key;
use crate::stock::Stock;

const MIB: f64 = 1_048_576.0;

static TIME: Measure = Measure {
    row: Row::Replication,
    name: "time",
    what: "fresh replication, until the last offer is found",
    unit: Unit::Seconds,
    budget: Some(Budget::AtMost(12.0)),
    agreed_at: Some(100_000),
};
static WIRE: Measure = Measure {
    row: Row::Replication,
    name: "wire",
    what: "all bytes on the socket, both directions",
    unit: Unit::Bytes,
    budget: None,
    agreed_at: None,
};
static PER_RECORD: Measure = Measure {
    row: Row::Replication,
    name: "wire_per_record",
    what: "bytes on the socket per record",
    unit: Unit::Bytes,
    budget: Some(Budget::AtMost(300.0)),
    agreed_at: None,
};
static SENDER: Measure = Measure {
    row: Row::Replication,
    name: "sender_peak",
    what: "peak RSS of the sender, node and merge worker",
    unit: Unit::Memory,
    budget: Some(Budget::AtMost(256.0 * MIB)),
    agreed_at: None,
};
static SENDER_NODE: Measure = Measure {
    row: Row::Replication,
    name: "sender_peak_node",
    what: "of that, the node",
    unit: Unit::Memory,
    budget: None,
    agreed_at: None,
};
static RECEIVER: Measure = Measure {
    row: Row::Replication,
    name: "receiver_peak",
    what: "peak RSS of the receiver, node and merge worker",
    unit: Unit::Memory,
    budget: Some(Budget::AtMost(256.0 * MIB)),
    agreed_at: None,
};
static RECEIVER_NODE: Measure = Measure {
    row: Row::Replication,
    name: "receiver_peak_node",
    what: "of that, the node",
    unit: Unit::Memory,
    budget: None,
    agreed_at: None,
};

/// Measures every size as often as asked.
pub async fn run(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    for &offers in &plan.sizes {
        for run in 1..=plan.runs {
            let mut pair = Pair::fresh(stock, offers, progress).await?;
            let step = progress.step(&format!("replicating {offers} offers, run {run}"));
            let done = pair.replicate(offers, &step).await?;
            tally.add(&TIME, offers, done.time.as_secs_f64());
            tally.add(&PER_RECORD, offers, done.carried.all() as f64 / done.records as f64);
            tally.add(&WIRE, offers, done.carried.all() as f64);
            tally.add(&SENDER, offers, done.sender.all() as f64);
            tally.add(&SENDER_NODE, offers, done.sender.node as f64);
            tally.add(&RECEIVER, offers, done.receiver.all() as f64);
            tally.add(&RECEIVER_NODE, offers, done.receiver.node as f64);
            step.done(&format!("{:.2} s", done.time.as_secs_f64()));
            if run == plan.runs {
                let key = database_key(&pair.riga)?;
                stock.keep(offers, &mut pair).await?;
                let step = progress.step(&format!("floors of replicating {offers} offers"));
                let database = pair.riga.data.join("hospes.db");
                tally.floor(&TIME, offers, floor::bytes(&done.carried).await?);
                tally.floor(&TIME, offers, floor::rows(&database, &key, pair.folder()).await?);
                let empty = Empty::measure(stock).await?.floor();
                tally.floor(&SENDER, offers, empty.clone());
                tally.floor(&RECEIVER, offers, empty);
                step.done("");
            }
        }
    }
    Ok(())
}
