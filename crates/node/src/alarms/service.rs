//! What the admin can do about alarms.

use std::collections::BTreeMap;

use hospes_domain::{CenterId, Timestamp};
use hospes_store::PeerState;
use hospes_sync::alarm::{Cause, Heard};
use hospes_wire::admin;
use hospes_wire::quote::word;
use hospes_wire::status::{Reason, refusal};
use tonic::Status;

use super::statement;
use crate::center::Center;
use crate::directory::store_failed;
use crate::{clock, peers};

/// Raises an alarm about a center: it is kept out here, and all others are told.
pub(crate) async fn raise(
    center: &Center,
    who: &str,
    request: &admin::RaiseAlarmRequest,
) -> Result<admin::RaiseAlarmResponse, Status> {
    let cause = cause(&request.cause)?;
    let accused = accused(center, &request.center).await?;
    let own = center.own.center;
    let known = center.alarms.said(&own, &accused).map(|alarm| alarm.cause);
    let changed = known != Some(cause) && !(known.is_none() && cause == Cause::TakenBack);
    let mut warning = String::new();
    if cause != Cause::TakenBack && is_active(center, &accused).await? {
        // First the links: they are cut before anything is said.
        warning = peers::suspend(center, who, &accused.to_string()).await?.warning;
    }
    if changed {
        center.alarms.take(statement(center, accused, cause), own);
        center.peers_changed().await.map_err(|error| {
            refusal(Reason::Failed, format!("failed to {error}; seal and unseal the node"))
        })?;
    }
    let told = center.network.links().iter().filter(|link| link.connected).count();
    Ok(admin::RaiseAlarmResponse {
        center: accused.to_string(),
        name: center.name_of(&accused),
        changed,
        told: u32::try_from(told).unwrap_or(u32::MAX),
        warning,
    })
}

/// What others said of a center counts here no more.
pub(crate) async fn dismiss(
    center: &Center,
    who: &str,
    request: &admin::DismissAlarmRequest,
) -> Result<admin::PeerResponse, Status> {
    let accused = accused(center, &request.center).await?;
    let changed = lift(center, who, &accused).await?;
    let name = center.name_of(&accused);
    Ok(admin::PeerResponse { center: accused.to_string(), name, changed, ..Default::default() })
}

/// The same, by the center. True if something had kept it out.
pub(crate) async fn lift(center: &Center, who: &str, accused: &CenterId) -> Result<bool, Status> {
    if !center.alarms.dismiss(accused) {
        return Ok(false);
    }
    center.peers_changed().await.map_err(|error| {
        refusal(Reason::Failed, format!("failed to {error}; seal and unseal the node"))
    })?;
    let what = format!("alarm about {} dismissed", center.name_of(accused));
    let entry = hospes_store::AuditEntry { time: clock::now(), who: who.to_owned(), what };
    center.store.put_audit(entry).await.map_err(store_failed)?;
    Ok(true)
}

/// All alarms that are remembered, the latest first.
pub(crate) fn list(center: &Center) -> admin::ListAlarmsResponse {
    let kept_out = center.alarms.kept_out();
    let mut alarms = center.alarms.all();
    alarms.sort_by_key(|heard| std::cmp::Reverse((heard.since, heard.alarm.made_at)));
    let row = |heard: Heard| {
        let alarm = heard.alarm;
        admin::Alarm {
            accused: alarm.accused.to_string(),
            accused_name: center.name_of(&alarm.accused),
            issuer: alarm.issuer.to_string(),
            issuer_name: center.name_of(&alarm.issuer),
            voice_name: center.name_of(&heard.voice),
            cause: alarm.cause.word().to_owned(),
            heard_at: heard.since.plus(clock::moved()).0,
            counts: heard.counts && alarm.cause != Cause::TakenBack,
            kept_out: kept_out.contains_key(&alarm.accused),
            until: until(kept_out.get(&alarm.accused).copied().flatten()),
        }
    };
    admin::ListAlarmsResponse { alarms: alarms.into_iter().map(row).collect() }
}

/// Whom alarms keep out, and what was said of each: what stands in their records may be a trap.
pub(crate) fn doubts(center: &Center) -> BTreeMap<CenterId, String> {
    let kept_out = center.alarms.kept_out();
    let said = center.alarms.all().into_iter().filter(|heard| {
        heard.alarm.cause != Cause::TakenBack && kept_out.contains_key(&heard.alarm.accused)
    });
    said.map(|heard| {
        let cause = heard.alarm.cause.word().replace('_', " ");
        (heard.alarm.accused, format!("under alarm ({cause}), call first"))
    })
    .collect()
}

/// What an admin should know of alarms, worst first.
pub(crate) fn warnings(center: &Center) -> Vec<String> {
    let kept_out = center.alarms.kept_out();
    let mut warnings = Vec::new();
    let mut told = std::collections::BTreeSet::new();
    for heard in center.alarms.all() {
        let alarm = &heard.alarm;
        let by = center.name_of(&alarm.issuer);
        let cause = alarm.cause.word();
        if alarm.cause == Cause::TakenBack || !heard.counts && alarm.accused != center.own.center {
            continue;
        }
        if alarm.accused == center.own.center {
            warnings.push(format!(
                "{by} has raised an alarm about this center: {cause}; call its admin, and if it is true: \
                 hospes seal"
            ));
        } else if alarm.issuer != center.own.center && told.insert(alarm.accused) {
            let name = center.name_of(&alarm.accused);
            let quoted = word(&name);
            let standing = match kept_out.get(&alarm.accused) {
                Some(Some(at)) => format!(
                    "kept out here until {}",
                    at.plus(clock::moved()).to_string().get(..16).unwrap_or_default()
                ),
                Some(None) => "kept out here".to_owned(),
                None => "not kept out here".to_owned(),
            };
            warnings.push(format!(
                "{by} has raised an alarm about {name}: {cause}; it is {standing}; call the two, then: \
                 hospes peer remove {quoted}, or: hospes alarm {quoted} --dismiss"
            ));
        }
    }
    warnings
}

/// Milliseconds since 1970 by the clock that people read; 0 when there is no end.
pub(crate) fn until(at: Option<Timestamp>) -> i64 {
    at.map(|at| at.plus(clock::moved()).0).unwrap_or_default()
}

fn cause(word: &str) -> Result<Cause, Status> {
    let all = Cause::CHOICES.into_iter().chain([Cause::TakenBack]);
    let found = all.clone().find(|cause| cause.word() == word);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.map(Cause::word).collect();
        refusal(Reason::Invalid, format!("cause: must be one of {}", words.join(", ")))
    })
}

async fn accused(center: &Center, text: &str) -> Result<CenterId, Status> {
    let accused = peers::center_of(center, "center", text).await?;
    if accused == center.own.center {
        let message =
            "center: is this one; to close it: hospes seal, to destroy its keys: hospes wipe";
        return Err(refusal(Reason::Invalid, message));
    }
    Ok(accused)
}

async fn is_active(center: &Center, id: &CenterId) -> Result<bool, Status> {
    let peers = center.peerbook.all().await.map_err(store_failed)?;
    Ok(peers.iter().any(|peer| peer.center == *id && peer.state == PeerState::Active))
}
