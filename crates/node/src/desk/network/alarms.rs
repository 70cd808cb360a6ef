//! What the admin can do about alarms.

use std::collections::BTreeMap;

use hospes_domain::{CenterId, Timestamp};
use hospes_store::PeerState;
use hospes_sync::alarm::{Alarm, Cause, Heard};

use super::peers::{self, Decided};
use super::which::center_of;
use crate::center::Center;
use crate::center::alarming::{lift, statement};
use crate::desk::refused::{Refused, invalid};
use crate::machine::clock;

/// What came of raising an alarm.
pub(crate) struct Raised {
    /// The accused.
    pub(crate) center: CenterId,
    /// False when we had said so before.
    pub(crate) changed: bool,
    /// Peers that were told at once.
    pub(crate) told: u32,
    /// What is not as it should be yet; empty when all is.
    pub(crate) warning: String,
}

/// An alarm as it stands here.
pub(crate) struct Listed {
    pub(crate) alarm: Alarm,
    /// The peer or center whose voice it is.
    pub(crate) voice: CenterId,
    pub(crate) heard_at: Timestamp,
    /// Whether it counts towards keeping the accused out.
    pub(crate) counts: bool,
    /// Whether the accused is kept out.
    pub(crate) kept_out: bool,
    pub(crate) until: Option<Timestamp>,
}

/// Raises an alarm about a center: it is kept out here, and all others are told.
pub(crate) async fn raise(
    center: &Center,
    who: &str,
    text: &str,
    cause: &str,
) -> Result<Raised, Refused> {
    let cause = cause_of(cause)?;
    let accused = accused(center, text).await?;
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
        center.peers_changed().await?;
    }
    let told = center.network.links().iter().filter(|link| link.connected).count();
    let told = u32::try_from(told).unwrap_or(u32::MAX);
    Ok(Raised { center: accused, changed, told, warning })
}

/// What others said of a center counts here no more.
pub(crate) async fn dismiss(center: &Center, who: &str, text: &str) -> Result<Decided, Refused> {
    let accused = accused(center, text).await?;
    let changed = lift(center, who, &accused).await?;
    Ok(Decided::new(accused, center.name_of(&accused), changed))
}

/// All alarms that are remembered, the latest first.
pub(crate) fn list(center: &Center) -> Vec<Listed> {
    let kept_out = center.alarms.kept_out();
    let mut alarms = center.alarms.all();
    alarms.sort_by_key(|heard| std::cmp::Reverse((heard.since, heard.alarm.made_at)));
    let listed = |heard: Heard| Listed {
        heard_at: heard.since.plus(clock::moved()),
        counts: heard.counts && heard.alarm.cause != Cause::TakenBack,
        kept_out: kept_out.contains_key(&heard.alarm.accused),
        until: until(kept_out.get(&heard.alarm.accused).copied().flatten()),
        voice: heard.voice,
        alarm: heard.alarm,
    };
    alarms.into_iter().map(listed).collect()
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

/// When it ends, by the clock that people read; `None` when there is no end.
pub(crate) fn until(at: Option<Timestamp>) -> Option<Timestamp> {
    at.map(|at| at.plus(clock::moved()))
}

fn cause_of(word: &str) -> Result<Cause, Refused> {
    let all = Cause::CHOICES.into_iter().chain([Cause::TakenBack]);
    let found = all.clone().find(|cause| cause.word() == word);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.map(Cause::word).collect();
        invalid(format!("cause: must be one of {}", words.join(", ")))
    })
}

async fn accused(center: &Center, text: &str) -> Result<CenterId, Refused> {
    let accused = center_of(center, "center", text).await?;
    if accused == center.own.center {
        let message =
            "center: is this one; to close it: hospes seal, to destroy its keys: hospes wipe";
        return Err(invalid(message));
    }
    Ok(accused)
}

async fn is_active(center: &Center, id: &CenterId) -> Result<bool, Refused> {
    let peers = center.peerbook.all().await?;
    Ok(peers.iter().any(|peer| peer.center == *id && peer.state == PeerState::Active))
}
