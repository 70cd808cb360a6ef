//! The one place where changes come to be held: foreign ones after all checks, our own after the
//! same ones.
//!
//! Our own are taken one order after the other, and those of peers one batch after the other; the two do not
//! wait for each other, unless they touch the same record.

use std::sync::Arc;

use hospes_domain::{CenterId, NodeId, RecordKey};
use hospes_store::{Commit, RecordCommit, Store};
use hospes_sync::admission::Refusal;
use hospes_sync::{ChangeHash, Committed, Input, SignedChange, Ticket};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use crate::budget::Budgets;
use crate::draft::{Draft, Shown};
use crate::editor::Order;
use crate::merger::Mergers;
use crate::roster::Roster;

mod admitting;
pub(crate) mod backlog;
mod keys;

pub(crate) use admitting::WORKER_JOBS;
use admitting::{Admitting, Batch};
use backlog::Backlog;
use keys::Keys;

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    batches: mpsc::UnboundedSender<Batch>,
    orders: mpsc::UnboundedSender<Order>,
}

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

impl Ledger {
    /// Starts the ledger; it ends when the last handle is gone.
    pub fn start(
        store: Store,
        mergers: Arc<Mergers>,
        roster: Roster,
        outlets: Outlets,
        own: NodeId,
    ) -> (Self, JoinHandle<()>) {
        let (batches, of_peers) = mpsc::unbounded_channel();
        let (orders, own_orders) = mpsc::unbounded_channel();
        let keeper = Arc::new(Keeper {
            store,
            mergers,
            outlets,
            own,
            keys: Keys::default(),
            backlog: Backlog::default(),
            pen: tokio::sync::Mutex::default(),
        });
        let task = tokio::spawn(async move {
            keeper.recall_backlog().await;
            let mut background = JoinSet::new();
            background.spawn(backlog::run(keeper.clone()));
            let mut queues = JoinSet::new();
            queues.spawn(Admitting::new(keeper.clone(), roster).run(of_peers));
            queues.spawn(fill(keeper, own_orders));
            while queues.join_next().await.is_some() {}
        });
        (Self { batches, orders }, task)
    }

    /// Takes in a batch from a peer. The engine hears of it under the ticket.
    pub fn admit(&self, ticket: Ticket, from: CenterId, changes: Vec<Arc<SignedChange>>) {
        // Fails only while the node shuts down; the batch comes again after the next start.
        let _ = self.batches.send(Batch::new(ticket, from, changes));
    }

    /// Takes an order for changes of our own. When the node shuts down nobody answers it.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }
}

async fn fill(keeper: Arc<Keeper>, mut orders: mpsc::UnboundedReceiver<Order>) {
    while let Some(order) = orders.recv().await {
        keeper.fill(order).await;
    }
}

/// What both queues work with.
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) mergers: Arc<Mergers>,
    outlets: Outlets,
    /// This node.
    own: NodeId,
    /// Records that are being read to be written.
    pub(crate) keys: Keys,
    /// Records whose merging is not done.
    pub(crate) backlog: Backlog,
    /// Held by whoever writes: the engine hears of commits in their order.
    pen: tokio::sync::Mutex<()>,
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
        let Writing { commit, versions, changes, source } = writing;
        let nothing = commit.records.is_empty()
            && commit.refused.is_empty()
            && commit.import.is_empty()
            && commit.audit.is_empty();
        if nothing {
            return Ok(());
        }
        let _pen = self.pen.lock().await;
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
    async fn recall_backlog(&self) {
        match self.store.behind([&Refusal::Waiting, &Refusal::TooSlow]).await {
            Ok(keys) => keys.into_iter().for_each(|key| self.backlog.put(key, None)),
            Err(error) => tracing::error!(%error, "records that wait to be merged were not found"),
        }
    }
}

impl Outlets {
    fn tell(&self, input: Input) {
        // Nobody listens any more only while the node shuts down.
        let _ = self.engine.send(input);
    }

    /// What becomes of a batch that is not on disk. The disk may take it later; after anything else
    /// its link is closed, and it comes again over the next one.
    fn not_kept(&self, ticket: Ticket, trouble: &Trouble) {
        // Nobody listens any more only while the node shuts down.
        if trouble.may_pass() {
            let _ = self.put_back.send(ticket);
        } else {
            self.tell(Input::Failed(ticket));
        }
    }
}

/// What stops a batch.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// The store.
    #[error(transparent)]
    Store(#[from] hospes_store::StoreError),
    /// The merge worker.
    #[error(transparent)]
    Worker(#[from] crate::merger::NoWorker),
}

impl Trouble {
    /// Whether the same may succeed later; see [`hospes_store::StoreError::may_pass`].
    pub fn may_pass(&self) -> bool {
        matches!(self, Trouble::Store(error) if error.may_pass())
    }
}

impl Writing {
    /// Changes that came from a peer, or nobody's.
    pub(crate) fn new(source: Option<CenterId>) -> Self {
        Self { commit: Commit::default(), versions: Vec::new(), changes: Vec::new(), source }
    }

    fn put(&mut self, key: RecordKey, draft: Draft, shown: Shown) {
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
