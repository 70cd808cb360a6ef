//! Row "reconnect": a link that breaks and comes back.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use hospes_stage::api::Api;
use hospes_stage::stage::copy_folder;

use crate::edits;
use crate::figure::{Budget, Measure, Row, Tally, Unit};
use crate::floor;
use crate::journal::Journal;
use crate::pair::{Pair, QUIET};
use crate::plan::Plan;
use crate::progress::Progress;
use crate::socket::api_of;
use crate::stamp::{Stamp, millis};
use crate::stock::Stock;
use crate::trace::Carried;

/// Records that are changed while the link is broken.
const CHANGED: usize = 10;
/// How long everything is on its way, in each direction, while round trips are counted. So long
/// that what a node does between two messages is far less than half of it.
const WAY: Duration = Duration::from_millis(150);
/// How long two nodes may take to hold the same.
const PATIENCE: Duration = Duration::from_secs(120);

const KIB: f64 = 1_024.0;

macro_rules! measures {
    ($($ident:ident $name:literal $what:literal $unit:ident $budget:expr;)*) => {
        $(static $ident: Measure = Measure {
            row: Row::Reconnect,
            name: $name,
            what: $what,
            unit: Unit::$unit,
            budget: $budget,
            agreed_at: None,
        };)*
    };
}

measures! {
    SAME_TIME "same_time" "nothing changed: from TCP until both are in sync" Milliseconds
        Some(Budget::AtMost(15.0));
    SAME_AFTER "same_after_handshake" "nothing changed: bytes after the TLS handshake" Bytes
        Some(Budget::AtMost(KIB));
    SAME_HANDSHAKE "same_handshake" "nothing changed: bytes of the TLS handshake" Bytes None;
    SAME_TRIPS "same_trips" "nothing changed: round trips after it, until the dialer is in sync"
        RoundTrips Some(Budget::AtMost(1.0));
    SAME_TRIPS_BOTH "same_trips_both" "nothing changed: until both are" RoundTrips None;
    SOME_TIME "changed_time" "10 changed: from TCP until both are in sync" Milliseconds
        Some(Budget::AtMost(30.0));
    SOME_BYTES "changed_bytes" "10 changed: bytes in all, with the handshake" Bytes
        Some(Budget::AtMost(12.0 * KIB));
    SOME_TRIPS "changed_trips" "10 changed: round trips, until both are in sync" RoundTrips
        Some(Budget::AtMost(3.0));
    LOST_TIME "restored_time" "10 changed, no checkpoint: from TCP until both are in sync"
        Milliseconds None;
    LOST_BYTES "restored_bytes" "10 changed, no checkpoint: bytes in all" Bytes
        Some(Budget::AtMost(24.0 * KIB));
    LOST_TRIPS "restored_trips" "10 changed, no checkpoint: round trips, until both are" RoundTrips
        Some(Budget::AtMost(6.0));
}

/// What one meeting of two nodes cost.
struct Meeting {
    carried: Carried,
    opened: Stamp,
    /// When each side said that it is in sync: Narva, which is dialed, and Riga, which dials.
    narva: Stamp,
    riga: Stamp,
}

impl Meeting {
    fn time(&self) -> f64 {
        millis(self.narva.max(self.riga) - self.opened)
    }

    /// Round trips after the handshake until an instant, on a link on which a way takes [`WAY`].
    fn trips(&self, until: Stamp) -> f64 {
        let ways = (until - self.carried.shaken).as_secs_f64() / WAY.as_secs_f64();
        ways.round() / 2.0
    }
}

/// Measures at the largest size.
pub async fn run(plan: &Plan, stock: &Stock, tally: &mut Tally, progress: &Progress) -> Result<()> {
    let offers = plan.largest();
    for run in 1..=plan.runs {
        let mut pair = Pair::synced(stock, offers, progress).await?;
        pair.meet().await?;
        let step = progress.step(&format!("reconnecting with {offers} offers, run {run}"));
        let api = api_of(&pair.narva).await?;
        let mut ids = edits::offers(&api, 4 * CHANGED).await?;

        step.tell("nothing changed");
        let near = again(&pair, Duration::ZERO, || async { Ok(()) }).await?;
        tally.add(&SAME_TIME, offers, near.time());
        tally.add(&SAME_AFTER, offers, near.carried.after() as f64);
        if run == plan.runs {
            tally.floor(&SAME_TIME, offers, floor::connection(&near.carried).await?);
        }
        tally.add(&SAME_HANDSHAKE, offers, near.carried.handshake as f64);
        let far = again(&pair, WAY, || async { Ok(()) }).await?;
        tally.add(&SAME_TRIPS, offers, far.trips(far.riga));
        tally.add(&SAME_TRIPS_BOTH, offers, far.trips(far.riga.max(far.narva)));

        step.tell("10 changed");
        let some = ids.split_off(3 * CHANGED);
        let near = again(&pair, Duration::ZERO, || change(&api, &some)).await?;
        tally.add(&SOME_TIME, offers, near.time());
        if run == plan.runs {
            tally.floor(&SOME_TIME, offers, floor::connection(&near.carried).await?);
        }
        tally.add(&SOME_BYTES, offers, near.carried.all() as f64);
        let some = ids.split_off(2 * CHANGED);
        let far = again(&pair, WAY, || change(&api, &some)).await?;
        tally.add(&SOME_TRIPS, offers, far.trips(far.riga.max(far.narva)));

        step.tell("10 changed, no checkpoint");
        let some = ids.split_off(CHANGED);
        let near = restored(&mut pair, Duration::ZERO, &api, &some).await?;
        tally.add(&LOST_TIME, offers, near.time());
        tally.add(&LOST_BYTES, offers, near.carried.all() as f64);
        let far = restored(&mut pair, WAY, &api, &ids).await?;
        tally.add(&LOST_TRIPS, offers, far.trips(far.riga.max(far.narva)));
        pair.agreed(offers).await?;
        step.done("");
        pair.stop().await?;
    }
    Ok(())
}

async fn change(api: &Api, ids: &[String]) -> Result<()> {
    for (number, id) in ids.iter().enumerate() {
        api.edit(id, edits::note(number)).await?;
    }
    Ok(())
}

/// Breaks the link, lets something happen, and mends it.
async fn again<F: Future<Output = Result<()>>>(
    pair: &Pair,
    way: Duration,
    meanwhile: impl FnOnce() -> F,
) -> Result<Meeting> {
    let mut journals = [Journal::end_of(&pair.narva)?, Journal::end_of(&pair.riga)?];
    pair.link.cut();
    for journal in &mut journals {
        journal.says("link closed", PATIENCE).await?;
    }
    meanwhile().await?;
    pair.link.stretch(way);
    pair.link.mend();
    met(pair, way, journals).await
}

/// Waits until both nodes are in sync after the link was mended. The journals are Narva's and
/// Riga's, from before that.
async fn met(pair: &Pair, way: Duration, journals: [Journal; 2]) -> Result<Meeting> {
    let [mut narva, mut riga] = journals;
    let narva = narva.says("in sync", PATIENCE).await?;
    let riga = riga.says("in sync", PATIENCE).await?;
    pair.link.quiet(QUIET + 3 * way).await?;
    let trace = pair.link.trace()?;
    let carried = trace.carried().context("nothing went over the link")?;
    Ok(Meeting { carried, opened: trace.opened, narva, riga })
}

/// Brings Riga back to a copy of its data folder that is older than ten changes of which Narva has
/// Riga's word that it holds them.
async fn restored(pair: &mut Pair, way: Duration, api: &Api, ids: &[String]) -> Result<Meeting> {
    pair.link.stretch(Duration::ZERO);
    let copy = backup(pair).await?;
    change(api, ids).await?;
    pair.link.quiet(QUIET).await?;
    pair.link.cut();
    pair.riga.stop().await?;
    std::fs::remove_dir_all(&pair.riga.data).context("failed to remove a data folder")?;
    copy_folder(&copy, &pair.riga.data)?;
    std::fs::remove_dir_all(&copy).context("failed to remove a copy")?;
    pair.riga.start().await?;
    let journals = [Journal::end_of(&pair.narva)?, Journal::end_of(&pair.riga)?];
    pair.link.stretch(way);
    pair.link.mend();
    pair.riga.unseal().await?;
    met(pair, way, journals).await
}

/// Stops Riga for a copy of its data folder, and lets it meet Narva again.
async fn backup(pair: &mut Pair) -> Result<PathBuf> {
    pair.link.cut();
    pair.riga.stop().await?;
    let copy = pair.riga.data.with_extension("copy");
    copy_folder(&pair.riga.data, &copy)?;
    pair.riga.start().await?;
    pair.link.mend();
    let mut journal = Journal::end_of(&pair.riga)?;
    pair.riga.unseal().await?;
    journal.says("in sync", PATIENCE).await?;
    pair.link.quiet(QUIET).await?;
    Ok(copy)
}
