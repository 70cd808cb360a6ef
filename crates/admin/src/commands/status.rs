//! `hospes status`: how the node and its peers are doing, in plain words.

use hospes_wire::local::{self, PeerStatus, StatusResponse};
use serde_json::{Value as Json, json};

use super::links;
use crate::args::Global;
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, ago, count, left, size};

/// Shows the status. Over the local listener it asks as a counselor.
pub async fn run(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let status = if global.api.is_some() {
        connect::directory(global).await?.status(local::StatusRequest {}).await?.into_inner()
    } else {
        connect::admin(global).await?.status(local::StatusRequest {}).await?.into_inner()
    };
    if printer.is_json() {
        printer.json(&as_json(&status));
    } else {
        show(&status, printer);
    }
    Ok(Exit::Ok)
}

/// In one or two words for a glance: "sealed", "ok", or "degraded: " and the worst reason.
pub fn health(status: &StatusResponse) -> String {
    let state = status.node.as_ref().map_or("", |node| node.state.as_str());
    match state {
        "sealed" => "sealed".to_owned(),
        "wiped" => "wiped".to_owned(),
        "" | "uninitialized" => "not initialised".to_owned(),
        _ => match status.warnings.first().cloned().or_else(|| no_peer(&status.peers)) {
            Some(reason) => format!("degraded: {reason}"),
            None => "ok".to_owned(),
        },
    }
}

fn no_peer(peers: &[PeerStatus]) -> Option<String> {
    let active = peers.iter().filter(|peer| peer.state == "active");
    let (mut all, mut connected) = (0, 0);
    for peer in active {
        all += 1;
        connected += usize::from(peer.connected);
    }
    (all > 0 && connected == 0).then(|| "no peer is connected".to_owned())
}

fn show(status: &StatusResponse, printer: &Printer) {
    let node = status.node.clone().unwrap_or_default();
    printer.heading(health(status));
    match node.state.as_str() {
        "sealed" => {
            printer.line("The node runs, but it is closed: it has no identity and no data until");
            printer.line("somebody opens it:  hospes unseal");
            if !node.sealed_why.is_empty() {
                printer.line(format!("It sealed itself: {}.", node.sealed_why));
            }
            return;
        }
        "wiped" => {
            printer.line("The node runs, and its keys were destroyed: nothing opens its database.");
            printer.line("A new node of the center:  hospes init --from-phrase --epoch N");
            return;
        }
        "" | "uninitialized" => {
            printer.line("The node runs and has no center yet:");
            printer.line("  a new center           hospes init");
            printer.line("  from a backup          hospes restore FILE");
            printer.line("  from the 24 words      hospes init --from-phrase --epoch N");
            return;
        }
        _ => {}
    }
    printer.line(format!("center    {}, epoch {}", node.center_name, node.epoch));
    printer.line(format!("id        {}", node.center_groups));
    printer.line(format!(
        "node      {}, started {}, opened {}",
        node.software,
        ago(node.started),
        ago(node.unsealed)
    ));
    printer.line(format!(
        "listens   {} (peers), {} (counselors)",
        node.peer_listener, node.local_listener
    ));
    if !node.pages_listener.is_empty() {
        printer.line(format!("pages     http://{}", node.pages_listener));
    }
    if node.seals_at > 0 {
        let left = left(node.seals_at);
        printer.line(format!("seals     in {left}, unless somebody confirms:  hospes confirm"));
    }
    if let Some(database) = &status.database {
        let free = database.free.map(|free| format!("; {} free on its disk", size(free)));
        printer.line(format!(
            "database  {}, {}{}",
            size(database.bytes),
            count(database.position, "change", "changes"),
            free.unwrap_or_default()
        ));
        let backup = match database.last_backup {
            0 => "never:  hospes backup FILE".to_owned(),
            at => ago(at),
        };
        printer.line(format!("backup    {backup}"));
    }
    if let Some(quarantine) = status.quarantine.as_ref().filter(|held| held.count > 0) {
        let codes: Vec<String> =
            quarantine.codes.iter().map(|code| format!("{} {}", code.count, code.code)).collect();
        printer.line(format!(
            "refused   {} in quarantine ({}):  hospes quarantine list",
            count(quarantine.count, "change", "changes"),
            codes.join(", ")
        ));
    }
    if status.knocked > 0 {
        let centers = count(u64::from(status.knocked), "center was", "centers were");
        printer.line(format!("knocked   {centers} turned away:  hospes peer list"));
    }
    for warning in &status.warnings {
        printer.line(format!("warning   {warning}"));
    }
    printer.line("");
    let rows = status
        .records
        .iter()
        .map(|kind| {
            vec![
                kind.kind.clone(),
                kind.shown.to_string(),
                kind.ours.to_string(),
                kind.erased.to_string(),
            ]
        })
        .collect();
    printer.table(&["records", "shown", "ours", "erased"], rows);
    printer.line("");
    if status.peers.is_empty() {
        printer.line("No peers yet:  hospes peer add FILE");
        return;
    }
    links::show(&status.peers, printer);
}

fn as_json(status: &StatusResponse) -> Json {
    let node = status.node.clone().unwrap_or_default();
    let worker = node
        .merge_worker
        .as_ref()
        .map(|worker| json!({"in_force": worker.in_force, "missing": worker.missing}));
    let database = status.database.clone().unwrap_or_default();
    let quarantine = status.quarantine.clone().unwrap_or_default();
    let kinds: serde_json::Map<String, Json> = status
        .records
        .iter()
        .map(|kind| {
            let counts = json!({"shown": kind.shown, "ours": kind.ours, "erased": kind.erased});
            (kind.kind.clone(), counts)
        })
        .collect();
    let codes: serde_json::Map<String, Json> =
        quarantine.codes.iter().map(|code| (code.code.clone(), json!(code.count))).collect();
    json!({
        "health": health(status),
        "node": {
            "software": node.software,
            "state": node.state,
            "center": node.center,
            "center_name": node.center_name,
            "center_groups": node.center_groups,
            "node": node.node,
            "epoch": node.epoch,
            "peer_listener": node.peer_listener,
            "local_listener": node.local_listener,
            "pages_listener": node.pages_listener,
            "started": node.started,
            "unsealed": node.unsealed,
            "merge_worker": worker,
            "sealed_why": node.sealed_why,
            "seals_at": (node.seals_at > 0).then_some(node.seals_at),
        },
        "peers": status.peers.iter().map(links::as_json).collect::<Vec<_>>(),
        "records": kinds,
        "quarantine": {"count": quarantine.count, "codes": codes},
        "database": {
            "bytes": database.bytes,
            "position": database.position,
            "catalogue": database.catalogue,
            "free": database.free,
            "last_backup": (database.last_backup > 0).then_some(database.last_backup),
        },
        "warnings": status.warnings,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn status(state: &str, connected: &[bool], warnings: &[&str]) -> StatusResponse {
        StatusResponse {
            node: Some(local::Node { state: state.to_owned(), ..Default::default() }),
            peers: connected
                .iter()
                .map(|connected| PeerStatus {
                    state: "active".to_owned(),
                    connected: *connected,
                    ..Default::default()
                })
                .collect(),
            warnings: warnings.iter().map(|text| (*text).to_owned()).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn health_is_told_in_a_few_words() {
        for (status, expected) in [
            (status("sealed", &[], &[]), "sealed"),
            (status("uninitialized", &[], &[]), "not initialised"),
            (status("wiped", &[], &[]), "wiped"),
            (status("open", &[], &[]), "ok"),
            (status("open", &[true, false], &[]), "ok"),
            (status("open", &[false], &[]), "degraded: no peer is connected"),
            (
                status("open", &[true], &["the disk is nearly full"]),
                "degraded: the disk is nearly full",
            ),
        ] {
            assert_eq!(health(&status), expected);
        }
    }
}
