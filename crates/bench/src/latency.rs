//! Row "latency": one edit, until another center finds it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::api::Api;
use hospes_wire::local::{SearchRequest, WatchEvent};
use tokio::sync::mpsc;
use tonic::Streaming;

use crate::edits::{self, WORD};
use crate::figure::{Budget, Measure, Row, Tally, Unit};
use crate::floor;
use crate::pair::Pair;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::socket::api_of;
use crate::stamp::millis;
use crate::statistics::percentile;
use crate::stock::Stock;

/// Edits before the first one that counts.
const WARMING: usize = 20;
/// Between two edits: people do not save in a row.
const PAUSE: Duration = Duration::from_millis(20);
/// How long an edit may be on its way.
const PATIENCE: Duration = Duration::from_secs(20);

static MEDIAN: Measure = Measure {
    row: Row::Latency,
    name: "p50",
    what: "one edit: from the call to save at A until a search at B has found it, p50",
    unit: Unit::Milliseconds,
    budget: Some(Budget::AtMost(4.0)),
    agreed_at: None,
};
static WORST: Measure = Measure {
    row: Row::Latency,
    name: "p99",
    what: "the same, p99",
    unit: Unit::Milliseconds,
    budget: Some(Budget::AtMost(15.0)),
    agreed_at: None,
};
static TOLD_MEDIAN: Measure = Measure {
    row: Row::Latency,
    name: "told_p50",
    what: "until a watch at B is told of it, p50",
    unit: Unit::Milliseconds,
    budget: None,
    agreed_at: None,
};
static TOLD_WORST: Measure = Measure {
    row: Row::Latency,
    name: "told_p99",
    what: "until a watch at B is told of it, p99",
    unit: Unit::Milliseconds,
    budget: None,
    agreed_at: None,
};
static SAVED: Measure = Measure {
    row: Row::Latency,
    name: "saved_p50",
    what: "until A has answered that it is saved, p50",
    unit: Unit::Milliseconds,
    budget: None,
    agreed_at: None,
};

/// Measures at the largest size.
pub async fn run(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    let offers = plan.largest();
    for run in 1..=plan.runs {
        let mut pair = Pair::synced(stock, offers, progress).await?;
        pair.meet().await?;
        let step = progress.step(&format!("{} edits among {offers} offers, run {run}", plan.edits));
        let times = timed(&pair, plan.edits).await?;
        for (measure, pick, percent) in [
            (&MEDIAN, Times::found as fn(&Times) -> f64, 50.0),
            (&WORST, Times::found, 99.0),
            (&TOLD_MEDIAN, Times::told, 50.0),
            (&TOLD_WORST, Times::told, 99.0),
            (&SAVED, Times::saved, 50.0),
        ] {
            let times: Vec<f64> = times.iter().map(pick).collect();
            tally.add(measure, offers, percentile(&times, percent).unwrap_or_default());
        }
        let found: Vec<f64> = times.iter().map(Times::found).collect();
        let (median, worst) = (percentile(&found, 50.0), percentile(&found, 99.0));
        let (median, worst) = (median.unwrap_or_default(), worst.unwrap_or_default());
        step.done(&format!("p50 {median:.2} ms, p99 {worst:.2} ms"));
        pair.link.quiet(crate::pair::QUIET).await?;
        pair.agreed(offers).await?;
        pair.stop().await?;
        if run == plan.runs {
            let [median, worst] = floor::edit(pair.folder(), plan.edits).await?;
            tally.floor(&MEDIAN, offers, median);
            tally.floor(&WORST, offers, worst);
        }
    }
    Ok(())
}

/// How long it was until something happened, from the call to save on.
struct Times {
    saved: Duration,
    told: Duration,
    found: Duration,
}

impl Times {
    fn saved(&self) -> f64 {
        millis(self.saved)
    }

    fn told(&self) -> f64 {
        millis(self.told)
    }

    fn found(&self) -> f64 {
        millis(self.found)
    }
}

/// When a record was told of and found at the other center.
struct Arrival {
    id: String,
    told: Instant,
    found: Instant,
}

async fn timed(pair: &Pair, count: usize) -> Result<Vec<Times>> {
    let narva = api_of(&pair.narva).await?;
    let riga = api_of(&pair.riga).await?;
    let offers = edits::offers(&narva, WARMING + count).await?;
    let query = SearchRequest {
        kind: "offer".to_owned(),
        text: WORD.to_owned(),
        ..SearchRequest::default()
    };
    let mut events = riga.watch(query).await?;
    let ready = events.message().await?.context("the watch ended")?;
    ensure!(ready.event == "ready", "the watch began with {:?}", ready.event);
    let (arrived, mut arrivals) = mpsc::channel(16);
    let watching = tokio::spawn(watch(events, riga, arrived));
    let mut all = Vec::with_capacity(count);
    for (number, id) in offers.into_iter().enumerate() {
        tokio::time::sleep(PAUSE).await;
        let note = edits::note(number);
        let start = Instant::now();
        let saved = narva.edit(&id, note).await?;
        let saved_at = start.elapsed();
        ensure!(saved.changed, "an edit of {id} changed nothing");
        let arrival = tokio::time::timeout(PATIENCE, arrivals.recv()).await;
        let arrival = arrival.with_context(|| format!("an edit of {id} did not arrive"))?;
        let Some(arrival) = arrival else { break };
        ensure!(arrival.id == id, "{} arrived, not {id}", arrival.id);
        if number >= WARMING {
            let since = |at: Instant| at.saturating_duration_since(start);
            let (told, found) = (since(arrival.told), since(arrival.found));
            all.push(Times { saved: saved_at, told, found });
        }
    }
    if watching.is_finished() {
        watching.await??;
        bail!("the watch ended");
    }
    watching.abort();
    ensure!(all.len() == count, "{} of {count} edits were timed", all.len());
    Ok(all)
}

/// Searches for each record as soon as there is word of it.
async fn watch(
    mut events: Streaming<WatchEvent>,
    api: Api,
    arrived: mpsc::Sender<Arrival>,
) -> Result<()> {
    while let Some(event) = events.message().await? {
        let told = Instant::now();
        let record = event.record.with_context(|| format!("{:?} of no record", event.event))?;
        let text = edits::word_of(&record).context("the watch told of another note")?;
        let query = SearchRequest {
            kind: "offer".to_owned(),
            text: text.clone(),
            ..SearchRequest::default()
        };
        let hits = api.search(query).await?.hits;
        let found = Instant::now();
        let mut hits = hits.iter().filter_map(|hit| hit.record.as_ref());
        let is_there = hits.any(|hit| hit.id == record.id);
        ensure!(is_there, "a search for {text:?} does not find what the watch told of");
        if arrived.send(Arrival { id: record.id, told, found }).await.is_err() {
            break;
        }
    }
    Ok(())
}
