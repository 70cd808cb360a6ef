//! Rows "idle" and "small": a node that was just opened and has nothing to do.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hospes_stage::stage::Center;

use crate::figure::{Budget, Floor, Measure, Row, Tally, Unit};
use crate::memory::Memory;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::searches::Searches;
use crate::socket::{Socket, api_of, database_key};
use crate::stamp::millis;
use crate::stock::{LAST_WORD, Stock};

/// How long a node is left alone before its memory is looked at.
const ALONE: Duration = Duration::from_secs(3);
/// Searches before the memory of a node in use is looked at.
const USED: usize = 300;
/// Offers of a small node.
const SMALL: u64 = 2_000;

const MIB: f64 = 1_048_576.0;

/// The figures of a node of one size.
struct Measures {
    ready: &'static Measure,
    all: &'static Measure,
    node: &'static Measure,
    worker: &'static Measure,
    used: &'static Measure,
}

macro_rules! measures {
    ($group:ident $row:ident $ready:expr, $most:expr, $at:expr) => {
        static $group: Measures = {
            static READY: Measure = Measure {
                row: Row::$row,
                name: "ready",
                what: "from the key handed over until a search is answered",
                unit: Unit::Milliseconds,
                budget: $ready,
                agreed_at: $at,
            };
            static ALL: Measure = Measure {
                row: Row::$row,
                name: "rss",
                what: "idle: RSS, node and merge worker",
                unit: Unit::Memory,
                budget: Some(Budget::AtMost($most * MIB)),
                agreed_at: $at,
            };
            static NODE: Measure = Measure {
                row: Row::$row,
                name: "rss_node",
                what: "of that, the node",
                unit: Unit::Memory,
                budget: None,
                agreed_at: None,
            };
            static WORKER: Measure = Measure {
                row: Row::$row,
                name: "rss_worker",
                what: "of that, the merge worker",
                unit: Unit::Memory,
                budget: None,
                agreed_at: None,
            };
            static USED: Measure = Measure {
                row: Row::$row,
                name: "rss_used",
                what: "after 300 searches: RSS, node and merge worker",
                unit: Unit::Memory,
                budget: None,
                agreed_at: None,
            };
            Measures { ready: &READY, all: &ALL, node: &NODE, worker: &WORKER, used: &USED }
        };
    };
}

measures!(LARGE Idle Some(Budget::AtMost(500.0)), 64.0, Some(100_000));
measures!(LITTLE Small None, 32.0, None);

/// A node with all records of the largest size.
pub async fn idle(
    plan: &Plan,
    stock: &Stock,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<()> {
    measure(&LARGE, plan.largest(), plan, stock, tally, progress).await
}

/// A node with 2,000 offers.
pub async fn small(
    plan: &Plan,
    stock: &Stock,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<()> {
    measure(&LITTLE, SMALL, plan, stock, tally, progress).await
}

/// What a node needs that holds nothing but its own profile.
#[derive(Debug, Clone, Copy)]
pub struct Empty {
    /// From the key handed over until a search is answered.
    pub ready: Duration,
    /// Its memory when it is left alone.
    pub memory: Memory,
}

impl Empty {
    /// Starts such a node and looks.
    pub async fn measure(stock: &Stock) -> Result<Self> {
        let stage = stock.stage()?;
        let mut center = stage.center("Empty").await?;
        center.stop().await?;
        let (ready, hits) = open(&mut center).await?;
        ensure!(hits == 0, "an empty node finds {hits} offers");
        tokio::time::sleep(ALONE).await;
        let memory = Memory::now(&center)?;
        center.stop().await?;
        Ok(Self { ready, memory })
    }

    /// Its memory as a floor.
    pub fn floor(&self) -> Floor {
        Floor { what: "empty node", value: self.memory.all() as f64 }
    }
}

/// Starts a node and hands over its key; how long it took from there until a search for the offer
/// that was entered last was answered, and how many hits it had.
async fn open(center: &mut Center) -> Result<(Duration, usize)> {
    center.start().await?;
    let key = database_key(center)?;
    let mut socket = Socket::of(center).await?;
    let start = Instant::now();
    socket.unseal(&key).await?;
    let hits = socket.search(LAST_WORD).await?;
    Ok((start.elapsed(), hits))
}

async fn measure(
    measures: &'static Measures,
    offers: u64,
    plan: &Plan,
    stock: &Stock,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<()> {
    let folder = stock.synced(offers, progress).await?.riga;
    for run in 1..=plan.runs {
        let stage = stock.stage()?;
        let mut center = stage.copied("Riga", &folder)?;
        let step = progress.step(&format!("opening a node with {offers} offers, run {run}"));
        let (ready, hits) = open(&mut center).await?;
        ensure!(hits == 1, "a search finds {hits} offers, not one");
        tokio::time::sleep(ALONE).await;
        let idle = Memory::now(&center)?;
        let api = api_of(&center).await?;
        for search in Searches::today(plan.seed)?.take(USED) {
            api.search(search).await?;
        }
        let used = Memory::now(&center)?;
        tally.add(measures.ready, offers, millis(ready));
        tally.add(measures.all, offers, idle.all() as f64);
        tally.add(measures.node, offers, idle.node as f64);
        tally.add(measures.worker, offers, idle.worker as f64);
        tally.add(measures.used, offers, used.all() as f64);
        step.done(&format!(
            "ready after {:.0} ms, {:.1} MiB",
            millis(ready),
            idle.all() as f64 / MIB
        ));
        ensure!(center.status().await?.shown("offer") == offers, "the node does not show all");
        center.stop().await?;
    }
    let empty = Empty::measure(stock).await?;
    let ready = Floor { what: "empty node", value: millis(empty.ready) };
    tally.floor(measures.ready, offers, ready);
    tally.floor(measures.all, offers, empty.floor());
    Ok(())
}
