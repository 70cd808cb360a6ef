//! What the desk says, as messages.

use hospes_domain::Timestamp;
use hospes_identity::fingerprint;
use hospes_wire::local;

use crate::desk::house::overview::{Inside, KindCount, Overview};
use crate::desk::network::statuses::PeerStatus;
use crate::desk::records::import::{Problem, Report, Told};
use crate::desk::records::present::Watched;

impl From<Watched> for local::WatchEvent {
    fn from(watched: Watched) -> Self {
        Self {
            event: watched.event.to_owned(),
            headline: watched.headline,
            record: watched.record.map(Into::into),
        }
    }
}

impl From<Told> for local::ImportResponse {
    fn from(told: Told) -> Self {
        use local::import_response::Step;
        let step = match told {
            Told::Progress(done, total) => {
                Step::Progress(local::ImportProgress { done: done as u64, total: total as u64 })
            }
            Told::Problem(Problem { row, external_id, field, value, reason, fatal }) => {
                Step::Problem(local::ImportProblem {
                    row,
                    external_id,
                    field,
                    value,
                    reason,
                    fatal,
                })
            }
            Told::Report(Report { new, changed, unchanged, left_out, saved }) => {
                Step::Report(local::ImportReport { new, changed, unchanged, left_out, saved })
            }
        };
        Self { step: Some(step) }
    }
}

impl From<PeerStatus> for local::PeerStatus {
    fn from(peer: PeerStatus) -> Self {
        let (paused, paused_until) = peer.paused.unzip();
        Self {
            center: peer.center.to_string(),
            name: peer.name,
            state: peer.state.to_owned(),
            connected: peer.link.connected,
            last_contact: or_zero(peer.last_contact),
            behind: peer.link.behind,
            in_sync: peer.link.in_sync,
            addresses: peer.addresses,
            software: peer.link.software,
            epoch: peer.epoch,
            clock_skew_ms: peer.link.clock_skew_ms,
            last_error: peer.link.last_error,
            introduced_by: peer.introduced_by.join(", "),
            paused: paused.unwrap_or_default().to_owned(),
            paused_until: or_zero(paused_until),
            alarm: peer.alarm,
            alarm_until: or_zero(peer.alarm_until),
            next_try: or_zero(peer.link.next_try),
        }
    }
}

impl From<Overview> for local::StatusResponse {
    fn from(overview: Overview) -> Self {
        let Overview { state, process, warnings, inside } = overview;
        let address = |at: Option<std::net::SocketAddr>| at.map(|at| at.to_string());
        let node = local::Node {
            software: process.software,
            state: state.to_owned(),
            peer_listener: address(process.peer_listener).unwrap_or_default(),
            local_listener: address(process.local_listener).unwrap_or_default(),
            pages_listener: address(process.pages_listener).unwrap_or_default(),
            started: process.started.0,
            unsealed: or_zero(process.unsealed),
            sealed_why: process.sealed_why.map(|why| why.to_string()).unwrap_or_default(),
            seals_at: or_zero(process.seals_at),
            ..Default::default()
        };
        let Some(inside) = inside else {
            return Self { node: Some(node), warnings, ..Default::default() };
        };
        let counted = |count: KindCount| local::KindCount {
            kind: count.kind.name().to_owned(),
            shown: count.shown,
            ours: count.ours,
            erased: count.erased,
        };
        let coded = |(code, count)| local::CodeCount { code, count };
        let Inside { own, name, confinement: (in_force, missing), .. } = inside;
        Self {
            node: Some(local::Node {
                center: own.center.to_string(),
                center_name: name,
                center_groups: fingerprint::groups(&own.center),
                node: own.node.to_string(),
                epoch: own.epoch,
                merge_worker: Some(local::MergeWorker { in_force, missing }),
                ..node
            }),
            peers: inside.peers.into_iter().map(Into::into).collect(),
            records: inside.records.into_iter().map(counted).collect(),
            quarantine: Some(local::Quarantine {
                count: inside.quarantine,
                codes: inside.codes.into_iter().map(coded).collect(),
            }),
            database: Some(local::Database {
                bytes: inside.bytes,
                position: inside.position,
                catalogue: inside.catalogue,
                free: inside.free,
                last_backup: or_zero(inside.last_backup),
            }),
            warnings,
            knocked: u32::try_from(inside.knocked).unwrap_or(u32::MAX),
        }
    }
}

/// Milliseconds since 1970; 0 where nothing is said.
pub(super) fn or_zero(at: Option<Timestamp>) -> i64 {
    at.map(|at| at.0).unwrap_or_default()
}
