//! Row "queries": searches through the local API.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hospes_stage::api::Api;
use tokio::task::JoinSet;

use crate::figure::{Budget, Floor, Measure, Row, Tally, Unit};
use crate::pair::opened;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::searches::Searches;
use crate::socket::api_of;
use crate::stamp::millis;
use crate::statistics::percentile;
use crate::stock::Stock;

/// Searches before the first one that counts.
const WARMING: usize = 100;
/// Connections that ask at the same time.
const CONNECTIONS: u64 = 8;
/// How long they ask.
const ASKING: Duration = Duration::from_secs(4);
/// An identifier that no record has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

static MEDIAN: Measure = Measure {
    row: Row::Queries,
    name: "p50",
    what: "faceted search, six in ten with words, p50",
    unit: Unit::Milliseconds,
    budget: Some(Budget::AtMost(2.0)),
    agreed_at: Some(100_000),
};
static WORST: Measure = Measure {
    row: Row::Queries,
    name: "p99",
    what: "the same, p99",
    unit: Unit::Milliseconds,
    budget: Some(Budget::AtMost(8.0)),
    agreed_at: Some(100_000),
};
static TEXT_MEDIAN: Measure = Measure {
    row: Row::Queries,
    name: "text_p50",
    what: "only those with words, p50",
    unit: Unit::Milliseconds,
    budget: None,
    agreed_at: None,
};
static TEXT_WORST: Measure = Measure {
    row: Row::Queries,
    name: "text_p99",
    what: "only those with words, p99",
    unit: Unit::Milliseconds,
    budget: None,
    agreed_at: None,
};
static RATE: Measure = Measure {
    row: Row::Queries,
    name: "rate",
    what: "searches per second, 8 connections",
    unit: Unit::PerSecond,
    budget: Some(Budget::AtLeast(1_000.0)),
    agreed_at: Some(100_000),
};
static HITS: Measure = Measure {
    row: Row::Queries,
    name: "hits",
    what: "hits of a search on average (20 are asked for)",
    unit: Unit::Count,
    budget: None,
    agreed_at: None,
};

/// Measures at the largest size.
pub async fn run(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    let offers = plan.largest();
    // The node that received the offers is the one that counselors of other centers ask.
    let folder = stock.synced(offers, progress).await?.riga;
    for run in 1..=plan.runs {
        let stage = stock.stage()?;
        let mut center = opened(stage.copied("Riga", &folder)?).await?;
        let step = progress.step(&format!("searching among {offers} offers, run {run}"));
        let api = api_of(&center).await?;
        let times = one_by_one(&api, plan).await?;
        let all: Vec<f64> = times.iter().map(|timed| timed.millis).collect();
        let text: Vec<f64> =
            times.iter().filter(|timed| timed.words).map(|timed| timed.millis).collect();
        let hits: usize = times.iter().map(|timed| timed.hits).sum();
        ensure!(hits > 0, "no search found anything");
        for (measure, times, percent) in [
            (&MEDIAN, &all, 50.0),
            (&WORST, &all, 99.0),
            (&TEXT_MEDIAN, &text, 50.0),
            (&TEXT_WORST, &text, 99.0),
        ] {
            let value = percentile(times, percent).unwrap_or_default();
            tally.add(measure, offers, value);
        }
        tally.add(&HITS, offers, hits as f64 / times.len() as f64);
        let (rate, floor) = (rate(&api, plan.seed).await?, floor(&api).await?);
        tally.add(&RATE, offers, rate);
        if run == plan.runs {
            tally.floor(&MEDIAN, offers, Floor { what: "empty call", value: floor });
        }
        let median = percentile(&all, 50.0).unwrap_or_default();
        let worst = percentile(&all, 99.0).unwrap_or_default();
        step.done(&format!("p50 {median:.2} ms, p99 {worst:.2} ms, {rate:.0}/s"));
        center.stop().await?;
    }
    Ok(())
}

struct Timed {
    millis: f64,
    words: bool,
    hits: usize,
}

async fn one_by_one(api: &Api, plan: &Plan) -> Result<Vec<Timed>> {
    let mut times = Vec::with_capacity(plan.searches);
    for (number, search) in Searches::today(plan.seed)?.take(WARMING + plan.searches).enumerate() {
        let words = !search.text.is_empty();
        let start = Instant::now();
        let hits = api.search(search).await?.hits.len();
        let millis = millis(start.elapsed());
        if number >= WARMING {
            times.push(Timed { millis, words, hits });
        }
    }
    Ok(times)
}

async fn rate(api: &Api, seed: u64) -> Result<f64> {
    let start = Instant::now();
    let mut askers = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (api, searches) = (api.once_more(), Searches::today(seed ^ (number + 1))?);
        askers.spawn(async move {
            let mut answered = 0_u64;
            for search in searches {
                if start.elapsed() >= ASKING {
                    break;
                }
                api.search(search).await?;
                answered += 1;
            }
            anyhow::Ok(answered)
        });
    }
    let mut answered = 0;
    while let Some(one) = askers.join_next().await {
        answered += one??;
    }
    Ok(answered as f64 / start.elapsed().as_secs_f64())
}

/// What a call costs that finds nothing: one look into one index.
async fn floor(api: &Api) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..500 {
        let start = Instant::now();
        ensure!(api.get(NOBODY).await?.is_none(), "there is a record that nobody made");
        times.push(millis(start.elapsed()));
    }
    Ok(percentile(&times, 50.0).unwrap_or_default())
}
