//! The one place where changes come to be held: foreign ones after all checks, our own after the
//! same ones.
//!
//! Work is taken in the order in which it came. While one batch is being written, the next is
//! checked and merged, unless it touches the same records.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use hospes_domain::{CenterId, NodeId, RecordKey};
use hospes_store::{AuditEntry, Commit, HeldRecord, RecordCommit, Refused, SetBack, Store};
use hospes_sync::admission::{Form, Refusal, Verdict};
use hospes_sync::merge::{self, MergeJob, Merged, Request, Response, View};
use hospes_sync::{Body, ChangeHash, Committed, Input, SignedChange, Ticket, gate};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use crate::budget::{Budgets, Cost};
use crate::clock;
use crate::draft::{Base, Draft, Shown};
use crate::editor::Order;
use crate::merger::Merger;
use crate::roster::Roster;

/// Most changes that are taken into one transaction.
const BATCH_CHANGES: usize = 1_024;
/// Bytes of changes at which a transaction is full.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Documents that the worker gets at once.
pub(crate) const WORKER_JOBS: usize = 256;
/// Bytes that the worker gets at once.
const WORKER_BYTES: usize = 8 * 1024 * 1024;
/// A change whose form and signature were looked at.
struct Checked {
    change: Arc<SignedChange>,
    verdict: Result<Form, Refusal>,
    /// What the record says if this is its only change and a plain one.
    alone: Option<View>,
}

enum Work {
    Foreign { ticket: Ticket, from: CenterId, weight: usize, checked: JoinHandle<Vec<Checked>> },
    Own(Order),
}

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    work: mpsc::UnboundedSender<Work>,
    roster: Roster,
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
        merger: Arc<Merger>,
        roster: Roster,
        outlets: Outlets,
        own: NodeId,
    ) -> (Self, JoinHandle<()>) {
        let (work, queue) = mpsc::unbounded_channel();
        let bench = Bench { store, merger, outlets: Arc::new(outlets), own, writing: None };
        let task = tokio::spawn(bench.run(queue));
        (Self { work, roster }, task)
    }

    /// Takes in a batch from a peer. The engine hears of it under the ticket.
    pub fn admit(&self, ticket: Ticket, from: CenterId, changes: Vec<Arc<SignedChange>>) {
        let weight = changes.iter().map(|change| change.weight()).sum();
        let roster = self.roster.clone();
        // Signatures keep a core busy: off the threads that serve connections.
        let checked = tokio::task::spawn_blocking(move || {
            changes
                .into_iter()
                .map(|change| {
                    let verdict =
                        gate::read(&change).and_then(|form| roster.verify(&change).map(|()| form));
                    let first = verdict.as_ref().is_ok_and(|form| form.deps.is_empty());
                    let alone = match &change.body {
                        Body::Chunk(chunk) if first => merge::plain(chunk, change.key.kind),
                        _ => None,
                    };
                    Checked { change, verdict, alone }
                })
                .collect()
        });
        // Fails only while the node shuts down; the batch comes again after the next start.
        let _ = self.work.send(Work::Foreign { ticket, from, weight, checked });
    }

    /// Takes an order for changes of our own. When the node shuts down nobody answers it.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.work.send(Work::Own(order));
    }
}

/// The worker behind the handle.
pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) merger: Arc<Merger>,
    outlets: Arc<Outlets>,
    /// This node.
    own: NodeId,
    writing: Option<(BTreeSet<RecordKey>, JoinHandle<()>)>,
}

/// What is about to be written and whom to tell afterwards.
pub(crate) struct Writing {
    pub(crate) commit: Commit,
    /// What the changed records look like afterwards, and their changes, for the engine.
    pub(crate) versions: Vec<(RecordKey, hospes_sync::Version)>,
    pub(crate) changes: Vec<Arc<SignedChange>>,
    pub(crate) source: Option<CenterId>,
}

impl Bench {
    async fn run(mut self, mut queue: mpsc::UnboundedReceiver<Work>) {
        let mut aside: VecDeque<Work> = VecDeque::new();
        loop {
            let work = match aside.pop_front() {
                Some(work) => work,
                None => match queue.recv().await {
                    Some(work) => work,
                    None => break,
                },
            };
            match work {
                Work::Own(order) => self.fill(order).await,
                Work::Foreign { ticket, from, weight, checked } => {
                    let mut batch = vec![(ticket, checked)];
                    let mut total = weight;
                    // What waits from the same peer goes into the same transaction.
                    while total < BATCH_BYTES && batch.len() < 64 {
                        match queue.try_recv() {
                            Ok(Work::Foreign { ticket, from: other, weight, checked })
                                if other == from =>
                            {
                                total += weight;
                                batch.push((ticket, checked));
                            }
                            Ok(other) => {
                                aside.push_back(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.take_in(from, batch).await;
                }
            }
        }
        self.settle().await;
    }

    async fn take_in(&mut self, from: CenterId, batch: Vec<(Ticket, JoinHandle<Vec<Checked>>)>) {
        let mut tickets: VecDeque<Ticket> = VecDeque::new();
        let mut checked: Vec<(Ticket, Checked)> = Vec::new();
        for (ticket, handle) in batch {
            tickets.push_back(ticket);
            match handle.await {
                Ok(changes) => checked.extend(changes.into_iter().map(|one| (ticket, one))),
                // A check that panicked: nothing of the batch is taken, its link is closed.
                Err(_) => {
                    self.tell(Input::Failed(ticket));
                    tickets.pop_back();
                }
            }
        }
        let mut rest = checked.into_iter().peekable();
        let mut missing: BTreeMap<Ticket, Vec<RecordKey>> = BTreeMap::new();
        loop {
            let mut part = Vec::new();
            let mut weight = 0;
            while part.len() < BATCH_CHANGES
                && weight < BATCH_BYTES
                && let Some((ticket, one)) = rest.next()
            {
                weight += one.change.weight();
                part.push((ticket, one));
            }
            let last = rest.peek().is_none();
            // Tickets of which nothing is left are answered with this part.
            let open: BTreeSet<Ticket> =
                rest.peek().map(|(ticket, _)| *ticket).into_iter().collect();
            let mut done = Vec::new();
            while let Some(ticket) = tickets.front() {
                if open.contains(ticket) && !last {
                    break;
                }
                done.push(*ticket);
                tickets.pop_front();
            }
            if let Err(error) = self.take_part(from, part, &mut missing, &done).await {
                if !error.may_pass() {
                    tracing::error!(%error, "changes of a peer could not be kept");
                }
                for ticket in done.into_iter().chain(tickets) {
                    self.outlets.not_kept(ticket, &error);
                }
                return;
            }
            if last {
                return;
            }
        }
    }

    async fn take_part(
        &mut self,
        from: CenterId,
        part: Vec<(Ticket, Checked)>,
        missing: &mut BTreeMap<Ticket, Vec<RecordKey>>,
        done: &[Ticket],
    ) -> Result<(), Trouble> {
        let keys: Vec<RecordKey> = part
            .iter()
            .filter(|(_, one)| one.verdict.is_ok())
            .map(|(_, one)| one.change.key)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut drafts = self.drafts(&keys).await?;
        let mut refused = Vec::new();
        let mut orphans = 0;
        let mut lost = 0;
        for (ticket, Checked { change, verdict, alone }) in part {
            let judged = verdict.and_then(|form| {
                let draft = drafts.get_mut(&change.key).ok_or(Refusal::Orphan)?;
                let verdict = draft.held.admit(&change, &form)?;
                if verdict == Verdict::Accepted {
                    // Nothing leaves this node before it is on its disk: the disk was set back.
                    lost += u64::from(change.author.node == self.own);
                    draft.took(change.clone(), form, alone);
                }
                Ok(verdict)
            });
            match judged {
                Ok(Verdict::Accepted | Verdict::Known | Verdict::Superseded) => {}
                Ok(Verdict::Missing(_)) => {
                    orphans += 1;
                    missing.entry(ticket).or_default().push(change.key);
                }
                Err(refusal) => {
                    tracing::warn!(
                        from = %from.short(), author = %change.author.center.short(),
                        code = refusal.code(), "refused a change"
                    );
                    refused.push(refusal_of(&change, refusal, from));
                }
            }
        }
        drafts.retain(|_, draft| !draft.added.is_empty());
        let records = drafts.values().filter(|draft| draft.before.generation == 0).count();
        let began = Instant::now();
        let mut writing = self.merge(drafts, Some(from)).await?;
        let useless = refused.len() + orphans;
        let cost = Cost { records, useless, worker: began.elapsed(), ..Cost::default() };
        self.outlets.budgets.charge(from, &cost, began);
        writing.commit.refused.extend(refused);
        if lost > 0 {
            tracing::warn!(from = %from.short(), lost, "a peer gave back what this node had lost");
            let last = clock::now();
            let what = format!(
                "this node was set back: {} gave back {lost} changes of ours that it had lost",
                from.short()
            );
            writing.commit.set_back = Some(SetBack { changes: lost, last });
            writing.commit.audit.push(AuditEntry { time: last, who: "node".to_owned(), what });
        }
        let answers = done
            .iter()
            .map(|ticket| (*ticket, missing.remove(ticket).unwrap_or_default()))
            .collect();
        self.write(writing, answers).await;
        Ok(())
    }

    /// What is held of some records, once nothing is being written to them.
    async fn drafts(&mut self, keys: &[RecordKey]) -> Result<BTreeMap<RecordKey, Draft>, Trouble> {
        let mut held = self.held(keys).await?;
        Ok(keys
            .iter()
            .map(|key| {
                let HeldRecord { held, snapshot, .. } = held.remove(key).unwrap_or_default();
                let base = snapshot.map(|snapshot| Base::of(snapshot, &held));
                (*key, Draft::new(held, base))
            })
            .collect())
    }

    /// See [`Store::held`]; waits for what is being written to these records.
    pub(crate) async fn held(
        &mut self,
        keys: &[RecordKey],
    ) -> Result<BTreeMap<RecordKey, HeldRecord>, Trouble> {
        if let Some((busy, _)) = &self.writing
            && keys.iter().any(|key| busy.contains(key))
        {
            self.settle().await;
        }
        Ok(self.store.held(keys).await?)
    }

    /// Lets the worker make the documents, and puts together what is to be written.
    async fn merge(
        &mut self,
        mut drafts: BTreeMap<RecordKey, Draft>,
        source: Option<CenterId>,
    ) -> Result<Writing, Trouble> {
        let grown: Vec<RecordKey> =
            drafts.iter().filter(|(_, draft)| draft.needs_stored()).map(|(key, _)| *key).collect();
        let mut stored: BTreeMap<RecordKey, BTreeMap<ChangeHash, Vec<u8>>> = self
            .store
            .chunks(&grown)
            .await?
            .into_iter()
            .map(|(key, chunks)| (key, chunks.into_iter().collect()))
            .collect();
        let mut shown: BTreeMap<RecordKey, Shown> = BTreeMap::new();
        for (key, draft) in &mut drafts {
            if let Some(view) = draft.alone() {
                shown.insert(*key, Shown { fields: Some(view.fields), ..Shown::default() });
            }
        }
        let mut jobs: Vec<(RecordKey, Vec<ChangeHash>, MergeJob)> = Vec::new();
        let mut weight = 0;
        for (key, draft) in &drafts {
            if draft.held.erased || shown.contains_key(key) {
                continue;
            }
            let (hashes, job) = draft.job(key, stored.remove(key).unwrap_or_default());
            weight += job.chunks.iter().map(Vec::len).sum::<usize>()
                + job.base.as_ref().map_or(0, Vec::len);
            jobs.push((*key, hashes, job));
            if jobs.len() >= WORKER_JOBS || weight >= WORKER_BYTES {
                self.ask(std::mem::take(&mut jobs), &drafts, &mut shown).await?;
                weight = 0;
            }
        }
        self.ask(jobs, &drafts, &mut shown).await?;
        let mut writing = Writing {
            commit: Commit::default(),
            versions: Vec::with_capacity(drafts.len()),
            changes: Vec::new(),
            source,
        };
        for (key, draft) in drafts {
            let shown = shown.remove(&key).unwrap_or_default();
            writing.put(key, draft, shown, source);
        }
        Ok(writing)
    }

    async fn ask(
        &self,
        jobs: Vec<(RecordKey, Vec<ChangeHash>, MergeJob)>,
        drafts: &BTreeMap<RecordKey, Draft>,
        shown: &mut BTreeMap<RecordKey, Shown>,
    ) -> Result<(), Trouble> {
        if jobs.is_empty() {
            return Ok(());
        }
        let mut again = Vec::new();
        let (names, jobs): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|(key, hashes, job)| ((key, hashes), job)).unzip();
        let based: Vec<bool> = jobs.iter().map(|job| job.base.is_some()).collect();
        let merged = self.merged(jobs).await?;
        for (((key, hashes), merged), based) in names.into_iter().zip(merged).zip(based) {
            let whole = merged.left_out.is_empty() && merged.outcome.is_ok();
            // What is left out must not depend on where one began: begin at the first change.
            if based && !whole && drafts.contains_key(&key) {
                again.push(key);
            } else {
                shown.insert(key, Shown::new(merged, &hashes));
            }
        }
        let mut chunks = self.store.chunks(&again).await?;
        for key in again {
            let Some(draft) = drafts.get(&key) else { continue };
            let stored = chunks.remove(&key).unwrap_or_default().into_iter().collect();
            let (hashes, job) = draft.whole_job(&key, stored);
            for merged in self.merged(vec![job]).await? {
                shown.insert(key, Shown::new(merged, &hashes));
            }
        }
        Ok(())
    }

    async fn merged(&self, jobs: Vec<MergeJob>) -> Result<Vec<Merged>, Trouble> {
        match self.merger.ask(Request::Merge(jobs)).await? {
            Response::Merged(merged) => Ok(merged),
            // The merger hands out only answers that fit.
            Response::Edited(_) => Ok(Vec::new()),
        }
    }

    /// Writes behind the back of the next batch, and tells the engine when it is on disk.
    pub(crate) async fn write(&mut self, writing: Writing, answers: Vec<(Ticket, Vec<RecordKey>)>) {
        self.settle().await;
        let keys = writing.versions.iter().map(|(key, _)| *key).collect();
        let store = self.store.clone();
        let outlets = self.outlets.clone();
        let task = tokio::spawn(async move {
            let written = commit(&store, &outlets, writing).await;
            for (ticket, missing) in answers {
                match &written {
                    Ok(()) => {
                        let _ = outlets.engine.send(Input::Admitted { ticket, missing });
                    }
                    Err(trouble) => outlets.not_kept(ticket, trouble),
                }
            }
        });
        self.writing = Some((keys, task));
    }

    /// Writes and waits until it is on disk.
    pub(crate) async fn write_now(&mut self, writing: Writing) -> Result<(), Trouble> {
        self.settle().await;
        commit(&self.store, &self.outlets, writing).await
    }

    async fn settle(&mut self) {
        if let Some((_, task)) = self.writing.take() {
            let _ = task.await;
        }
    }

    fn tell(&self, input: Input) {
        // Nobody listens any more only while the node shuts down.
        let _ = self.outlets.engine.send(input);
    }
}

impl Outlets {
    /// What becomes of a batch that is not on disk. The disk may take it later; after anything else
    /// its link is closed, and it comes again over the next one.
    fn not_kept(&self, ticket: Ticket, trouble: &Trouble) {
        // Nobody listens any more only while the node shuts down.
        if trouble.may_pass() {
            let _ = self.put_back.send(ticket);
        } else {
            let _ = self.engine.send(Input::Failed(ticket));
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

async fn commit(store: &Store, outlets: &Outlets, writing: Writing) -> Result<(), Trouble> {
    let Writing { commit, versions, changes, source } = writing;
    let nothing = commit.records.is_empty()
        && commit.refused.is_empty()
        && commit.import.is_empty()
        && commit.audit.is_empty();
    if nothing {
        return Ok(());
    }
    let written = store.commit(commit).await?;
    if versions.is_empty() {
        return Ok(());
    }
    let keys: Vec<RecordKey> = versions.iter().map(|(key, _)| *key).collect();
    let position = written.last;
    let _ =
        outlets.engine.send(Input::Committed(Committed { position, versions, changes, source }));
    let _ = outlets.feed.send(Arc::new(keys));
    Ok(())
}

impl Writing {
    fn put(&mut self, key: RecordKey, draft: Draft, shown: Shown, source: Option<CenterId>) {
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
            source,
        });
    }

    /// What is written for a change of our own.
    pub(crate) fn own() -> Self {
        Self { commit: Commit::default(), versions: Vec::new(), changes: Vec::new(), source: None }
    }
}

fn refusal_of(change: &SignedChange, refusal: Refusal, from: CenterId) -> Refused {
    Refused {
        hash: change.hash(),
        key: change.key,
        author: change.author.center,
        refusal,
        from: Some(from),
        time: clock::now(),
        bytes: match &change.body {
            Body::Chunk(chunk) => Some(chunk.clone()),
            Body::Tombstone => None,
        },
    }
}
