//! What own orders and batches of peers both work with: the store, the merge workers, and the one pen.

use std::sync::Arc;

use hospes_domain::{CenterId, NodeId, RecordKey};
use hospes_store::{Commit, RecordCommit, Store};
use hospes_sync::admission::Refusal;
use hospes_sync::{ChangeHash, Committed, Input, SignedChange, Ticket};
use tokio::sync::{broadcast, mpsc};

use super::backlog::Backlog;
use super::draft::{Draft, Shown};
use super::keys::Keys;
use super::merger::Mergers;
use super::trouble::Trouble;
use crate::machine::clock;
use crate::trust::budget::Budgets;

/// Where the ledger tells what happened.
pub struct Outlets {
    /// To the sync engine.
    pub engine: mpsc::UnboundedSender<Input>,
    /// Batches that the disk did not take now: whoever gave them is to give them again.
    pub put_back: mpsc::UnboundedSender<Ticket>,
    /// To everybody who watches records.
    pub feed: broadcast::Sender<Arc<Vec<RecordKey>>>,
    /// To those who decide what a peer may cost.
    pub budgets: Budgets,
}

/// What both queues work with.
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) mergers: Arc<Mergers>,
    pub(super) outlets: Outlets,
    /// This node.
    pub(super) own: NodeId,
    /// Records that are being read to be written.
    pub(crate) keys: Keys,
    /// Records whose merging is not done.
    pub(crate) backlog: Backlog,
    /// Held by whoever writes: the engine hears of commits in their order.
    pub(super) pen: tokio::sync::Mutex<()>,
}

/// What is about to be written and whom to tell afterwards.
pub(crate) struct Writing {
    pub(crate) commit: Commit,
    /// What the changed records look like afterwards, and their changes, for the engine.
    pub(crate) versions: Vec<(RecordKey, hospes_sync::Version)>,
    pub(crate) changes: Vec<Arc<SignedChange>>,
    pub(crate) source: Option<CenterId>,
}

impl Keeper {
    /// Writes, waits until it is on disk, and tells everybody.
    pub(crate) async fn commit(&self, writing: Writing) -> Result<(), Trouble> {
        let Writing { mut commit, versions, changes, source } = writing;
        let nothing = commit.records.is_empty()
            && commit.refused.is_empty()
            && commit.import.is_empty()
            && commit.audit.is_empty();
        if nothing {
            return Ok(());
        }
        let _pen = self.pen.lock().await;
        commit.at = clock::now();
        let position = self.store.commit(commit).await?.last;
        if versions.is_empty() {
            return Ok(());
        }
        let keys: Vec<RecordKey> = versions.iter().map(|(key, _)| *key).collect();
        self.outlets.tell(Input::Committed(Committed { position, versions, changes, source }));
        let _ = self.outlets.feed.send(Arc::new(keys));
        Ok(())
    }

    /// What was behind when the node was last closed is so still.
    pub(super) async fn recall_backlog(&self) {
        match self.store.behind([&Refusal::Waiting, &Refusal::TooSlow]).await {
            Ok(keys) => keys.into_iter().for_each(|key| self.backlog.put(key, None)),
            Err(error) => tracing::error!(%error, "records that wait to be merged were not found"),
        }
    }
}

impl Outlets {
    pub(super) fn tell(&self, input: Input) {
        // Nobody listens any more only while the node shuts down.
        let _ = self.engine.send(input);
    }

    /// What becomes of a batch that is not on disk. The disk may take it later; after anything else
    /// its link is closed, and it comes again over the next one.
    pub(super) fn not_kept(&self, ticket: Ticket, trouble: &Trouble) {
        // Nobody listens any more only while the node shuts down.
        if trouble.may_pass() {
            let _ = self.put_back.send(ticket);
        } else {
            self.tell(Input::Failed(ticket));
        }
    }
}

impl Writing {
    /// Changes that came from a peer, or nobody's.
    pub(crate) fn new(source: Option<CenterId>) -> Self {
        Self { commit: Commit::default(), versions: Vec::new(), changes: Vec::new(), source }
    }

    pub(super) fn put(&mut self, key: RecordKey, draft: Draft, shown: Shown) {
        let (_, equivocal) = draft.held.applicable();
        let version = draft.held.version();
        let replaces = draft.replaces();
        let mut left_out: Vec<(ChangeHash, Refusal)> = equivocal.into_iter().collect();
        left_out.extend(shown.left_out);
        self.versions.push((key, version));
        self.changes.extend(draft.added.iter().map(|(change, _)| change.clone()));
        self.commit.records.push(RecordCommit {
            key,
            generation: draft.held.generation,
            replaces,
            erased: draft.held.erased,
            added: draft
                .added
                .into_iter()
                .map(|(change, form)| (Arc::unwrap_or_clone(change), form))
                .collect(),
            version,
            fields: shown.fields,
            left_out,
            snapshot: shown.snapshot,
            source: self.source,
        });
    }
}
