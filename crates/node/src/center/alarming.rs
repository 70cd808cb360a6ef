//! Makes alarms count: whom one keeps out is kept out, then it is written down and passed on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hospes_domain::{CenterId, Timestamp};
use hospes_store::AuditEntry;
use hospes_sync::alarm::{Alarm, Cause};

use super::{Center, OpenError};
use crate::machine::{audit, clock, disk};

/// Makes alarms count, writes them down and passes them on, until the node closes.
pub(super) async fn run(center: Arc<Center>) {
    let book = &center.alarms;
    // What counts when the node is opened counts from its opening.
    let mut counts: BTreeSet<CenterId> = book.kept_out().into_keys().collect();
    let mut wait = Duration::MAX;
    while center.closing().run_until_cancelled(book.news(wait)).await.is_some() {
        let now: BTreeSet<CenterId> = book.kept_out().into_keys().collect();
        if now != counts {
            match center.peers_changed().await {
                Ok(()) => counts = now,
                Err(error) => tracing::error!(%error, "an alarm did not take effect"),
            }
        }
        let written = book.write_down(&center.store, |alarm| entry(&center, alarm)).await;
        center.network.alarms_changed();
        // Of a disk that takes nothing the store has told already; the next round tries again.
        wait = if written.is_ok() { Duration::MAX } else { disk::PAUSE };
        if let Err(error) = book.forget_old(&center.store).await {
            tracing::debug!(%error, "old alarms were not forgotten");
        }
    }
}

/// What others said of a center counts here no more. True if something had kept it out.
pub(crate) async fn lift(
    center: &Center,
    who: &str,
    accused: &CenterId,
) -> Result<bool, OpenError> {
    if !center.alarms.dismiss(accused) {
        return Ok(false);
    }
    center.peers_changed().await?;
    let what = format!("alarm about {} dismissed", center.name_of(accused));
    center.store.put_audit(audit::entry(who, what)).await?;
    Ok(true)
}

fn entry(center: &Center, alarm: &Alarm) -> AuditEntry {
    let accused = center.name_of(&alarm.accused);
    let what = match alarm.cause {
        Cause::TakenBack => format!("alarm about {accused} taken back"),
        cause => format!("alarm about {accused}: {}", cause.word()),
    };
    audit::entry(center.name_of(&alarm.issuer), what)
}

/// A new statement of our own. Of two about one center the later one counts, whatever the clock says.
pub(crate) fn statement(center: &Center, accused: CenterId, cause: Cause) -> Alarm {
    let own = &center.own;
    let before = center.alarms.said(&own.center, &accused);
    let after = before.map_or(Timestamp(0), |before| before.made_at.plus(1));
    let mut alarm = Alarm {
        accused,
        cause,
        made_at: clock::now().max(after),
        issuer: own.center,
        node: own.node,
        epoch: own.epoch,
        signature: [0; 64],
    };
    alarm.signature = center.sign(&alarm.digest());
    alarm
}
