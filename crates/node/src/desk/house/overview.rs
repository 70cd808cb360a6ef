//! What the center and its network look like, for its admin.

use std::collections::BTreeMap;

use hospes_domain::{Kind, Timestamp};
use hospes_store::StoreError;

use super::warnings::{self, Disk};
use crate::center::Center;
use crate::desk::network::statuses::{self, PeerStatus};
use crate::desk::refused::Refused;
use crate::trust::own::Own;
use crate::vault::{NodeFacts, State, Vault};

/// What there is to see of a node.
pub(crate) struct Overview {
    /// The word for its state.
    pub(crate) state: &'static str,
    pub(crate) process: NodeFacts,
    /// What an admin should look at, worst first.
    pub(crate) warnings: Vec<String>,
    /// What only an open node knows.
    pub(crate) inside: Option<Inside>,
}

/// What only an open node knows of itself.
pub(crate) struct Inside {
    pub(crate) own: Own,
    pub(crate) name: String,
    /// What confines the merge worker, and what is missing.
    pub(crate) confinement: (Vec<String>, Vec<String>),
    pub(crate) peers: Vec<PeerStatus>,
    pub(crate) records: Vec<KindCount>,
    /// Changes that were refused, and for what the latest of them.
    pub(crate) quarantine: u64,
    pub(crate) codes: Vec<(String, u64)>,
    /// Centers that knocked, and that nobody has added.
    pub(crate) knocked: usize,
    /// Bytes of the database.
    pub(crate) bytes: u64,
    /// Bytes that may still be written, if the system tells.
    pub(crate) free: Option<u64>,
    /// Place in the local log of changes.
    pub(crate) position: u64,
    /// Digest of all that it holds.
    pub(crate) catalogue: String,
    pub(crate) last_backup: Option<Timestamp>,
}

/// How many records there are of a kind.
pub(crate) struct KindCount {
    pub(crate) kind: Kind,
    pub(crate) shown: u64,
    /// Of our own center.
    pub(crate) ours: u64,
    pub(crate) erased: u64,
}

/// Rows of the quarantine whose reasons are counted.
const MOST_ROWS: u32 = 1_000;
/// Rows that are read at once: each has a whole change in it.
const PAGE: u32 = 100;

/// The whole picture; of a node that is not open, what can be known without its database.
pub(crate) async fn overview(vault: &Vault) -> Result<Overview, Refused> {
    if let State::Open(center) = vault.state() {
        let told = of_open(vault.node_facts(), &center).await;
        // A node that is sealed while it counts is told of as what it is now.
        if told.is_ok() || matches!(vault.state(), State::Open(_)) {
            return Ok(told?);
        }
    }
    // First what it is, then the reason, so that a node which has sealed itself says why.
    let state = vault.state();
    let process = vault.node_facts();
    match state {
        State::Open(center) => Ok(of_open(process, &center).await?),
        state => Ok(closed(process, &state)),
    }
}

fn closed(process: NodeFacts, state: &State) -> Overview {
    let state_word = state.word();
    let warnings = vec![format!("the node is {state_word}; {}", state.next_step())];
    Overview { state: state_word, process, warnings, inside: None }
}

async fn of_open(process: NodeFacts, center: &Center) -> Result<Overview, StoreError> {
    let counted = center.census.take(&center.store, center.own.center).await?;
    let counts = center.store.counts().await?;
    let peers = statuses::all(center).await?;
    let pending = center.store.pending().await?;
    let disk = Disk::of(center);
    let warnings = warnings::of(&process, center, &peers, &pending, &counts, &disk).await?;
    let records = Kind::ALL.into_iter().map(|kind| {
        let count = counts.kinds.get(&kind).copied().unwrap_or_default();
        let ours = counted.ours.get(&kind).copied().unwrap_or_default();
        KindCount { kind, shown: count.shown, ours, erased: count.erased }
    });
    let inside = Inside {
        own: center.own.clone(),
        name: center.name_of(&center.own.center),
        confinement: confinement(center).await,
        peers,
        records: records.collect(),
        quarantine: counts.quarantine,
        codes: codes(center, counts.quarantine).await?,
        knocked: pending.iter().filter(|knock| knock.old_epoch.is_none()).count(),
        bytes: counts.bytes,
        free: disk.free,
        position: counted.position,
        catalogue: counted.catalogue,
        last_backup: center.backups.last_made().await?,
    };
    Ok(Overview { state: "open", process, warnings, inside: Some(inside) })
}

async fn confinement(center: &Center) -> (Vec<String>, Vec<String>) {
    match center.mergers.confinement().await {
        Ok(Some(confinement)) => (confinement.in_force(), confinement.missing()),
        Ok(None) => (Vec::new(), vec!["it is starting".to_owned()]),
        Err(trouble) => (Vec::new(), vec![trouble.to_string()]),
    }
}

/// For what the latest changes in quarantine were refused, the most frequent first.
async fn codes(center: &Center, count: u64) -> Result<Vec<(String, u64)>, StoreError> {
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    let mut before = None;
    let mut seen = 0;
    while count > 0 && seen < MOST_ROWS {
        let page = center.store.quarantine(before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        seen += PAGE;
        for row in page {
            *codes.entry(row.code).or_default() += 1;
        }
    }
    let mut codes: Vec<(String, u64)> = codes.into_iter().collect();
    codes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    Ok(codes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_sealed_node_tells_of_its_process_only() {
        let told = closed(NodeFacts::since(now()), &State::Sealed);
        assert_eq!((told.state, told.process.started), ("sealed", now()));
        assert_eq!(told.warnings, ["the node is sealed; run: hospes unseal"]);
        assert!(told.inside.is_none());
    }
}
