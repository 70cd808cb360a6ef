//! Changes of peers on their way to be held: checked, admitted, merged if that is soon done, and
//! written. While one batch is being written, the next is checked and merged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hospes_domain::{CenterId, RecordKey};
use hospes_store::{AuditEntry, HeldRecord, RefusedChange, SetBack};
use hospes_sync::admission::{Form, Refusal, Verdict};
use hospes_sync::merge::{self, MergeJob, Merged, Request, Response, View};
use hospes_sync::{Body, ChangeHash, Input, SignedChange, Ticket, gate};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::draft::{Base, Draft, Shown};
use super::keeper::{Keeper, Writing};
use super::keys::Taken;
use super::merger::WORKER_JOBS;
use super::trouble::{Behind, Trouble};
use crate::machine::clock;
use crate::trust::budget::Cost;
use crate::trust::roster::Roster;

/// Most changes that are taken into one transaction.
const BATCH_CHANGES: usize = 512;
/// Bytes of changes at which a transaction is full.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that the worker gets at once.
const WORKER_BYTES: usize = 8 * 1024 * 1024;
/// How long all that a peer has in its turn waits for the worker. What takes longer is held without being
/// merged, and merged in the background. An honest batch takes a tenth of a second.
const SOON: Duration = Duration::from_millis(300);
/// With less time left the worker is not asked.
const TOO_SHORT: Duration = Duration::from_millis(20);

/// A change whose form and signature were looked at.
struct Checked {
    change: Arc<SignedChange>,
    verdict: Result<Form, Refusal>,
    /// What the record says if this is its only change and a plain one.
    alone: Option<View>,
}

impl Checked {
    fn of(change: Arc<SignedChange>, roster: &Roster) -> Self {
        let verdict = gate::read(&change).and_then(|form| roster.verify(&change).map(|()| form));
        let first = verdict.as_ref().is_ok_and(|form| form.deps.is_empty());
        let alone = match &change.body {
            Body::Chunk(chunk) if first => merge::plain(chunk, change.key.kind),
            _ => None,
        };
        Self { change, verdict, alone }
    }
}

/// Changes that came together from one peer.
pub(super) struct Batch {
    ticket: Ticket,
    from: CenterId,
    count: usize,
    weight: usize,
    /// Until their forms and signatures are looked at.
    changes: Vec<Arc<SignedChange>>,
    checked: Option<JoinHandle<Vec<Checked>>>,
}

impl Batch {
    pub(super) fn new(ticket: Ticket, from: CenterId, changes: Vec<Arc<SignedChange>>) -> Self {
        let weight = changes.iter().map(|change| change.weight()).sum();
        Self { ticket, from, count: changes.len(), weight, changes, checked: None }
    }

    /// Begins to look at forms and signatures. That keeps a core busy: off the threads that serve
    /// connections, and not of all that waits, so that nobody's few changes stand behind others' many.
    fn look(&mut self, roster: &Roster) {
        if self.checked.is_some() {
            return;
        }
        let (changes, roster) = (std::mem::take(&mut self.changes), roster.clone());
        let look = move || changes.into_iter().map(|one| Checked::of(one, &roster)).collect();
        self.checked = Some(tokio::task::spawn_blocking(look));
    }
}

/// Batches that wait, by the peer that they came from.
struct Turns {
    roster: Roster,
    peers: VecDeque<(CenterId, VecDeque<Batch>)>,
}

impl Turns {
    fn new(roster: Roster) -> Self {
        Self { roster, peers: VecDeque::new() }
    }

    fn put(&mut self, batch: Batch) {
        let from = batch.from;
        let place = self.peers.iter().position(|(peer, _)| *peer == from);
        let place = place.unwrap_or_else(|| {
            self.peers.push_back((from, VecDeque::new()));
            self.peers.len() - 1
        });
        if let Some((_, waiting)) = self.peers.get_mut(place) {
            waiting.push_back(batch);
            look_ahead(waiting, &self.roster);
        }
    }

    /// What goes into the next transaction: of the peer whose turn it is, as much as fits. Then it is the
    /// turn of others.
    fn next(&mut self) -> Option<(CenterId, Vec<Batch>)> {
        let (from, mut waiting) = self.peers.pop_front()?;
        let (mut count, mut weight, mut batches) = (0, 0, Vec::new());
        while count < BATCH_CHANGES
            && weight < BATCH_BYTES
            && let Some(next) = waiting.pop_front()
        {
            count += next.count;
            weight += next.weight;
            batches.push(next);
        }
        batches.iter_mut().for_each(|batch| batch.look(&self.roster));
        if !waiting.is_empty() {
            look_ahead(&mut waiting, &self.roster);
            self.peers.push_back((from, waiting));
        }
        Some((from, batches))
    }
}

/// Begins to look at what goes into the next transaction.
fn look_ahead(waiting: &mut VecDeque<Batch>, roster: &Roster) {
    let mut count = 0;
    for batch in waiting {
        if count >= BATCH_CHANGES {
            return;
        }
        count += batch.count;
        batch.look(roster);
    }
}

/// What becomes of the backlog once a batch is on disk.
#[derive(Default)]
struct After {
    /// These are to be merged in the background.
    late: Vec<RecordKey>,
    /// These were begun anew, or erased.
    anew: Vec<RecordKey>,
}

/// Takes in what peers send; see the module.
pub(super) struct Admitting {
    keeper: Arc<Keeper>,
    roster: Roster,
    writing: Option<JoinHandle<()>>,
}

impl Admitting {
    pub(super) fn new(keeper: Arc<Keeper>, roster: Roster) -> Self {
        Self { keeper, roster, writing: None }
    }

    /// Takes what each peer sends in the order in which it came, and of several peers in turn.
    pub(super) async fn run(mut self, mut queue: mpsc::UnboundedReceiver<Batch>) {
        let mut turns = Turns::new(self.roster.clone());
        loop {
            while let Ok(batch) = queue.try_recv() {
                turns.put(batch);
            }
            if let Some((from, batches)) = turns.next() {
                self.take_in(from, batches).await;
            } else {
                match queue.recv().await {
                    Some(batch) => turns.put(batch),
                    None => break,
                }
            }
        }
        self.settle().await;
    }

    async fn take_in(&mut self, from: CenterId, batches: Vec<Batch>) {
        let mut tickets: VecDeque<Ticket> = VecDeque::new();
        let mut checked: Vec<(Ticket, Checked)> = Vec::new();
        for Batch { ticket, checked: looking, .. } in batches {
            let Some(looking) = looking else { continue };
            tickets.push_back(ticket);
            match looking.await {
                Ok(changes) => checked.extend(changes.into_iter().map(|one| (ticket, one))),
                // A check that panicked: nothing of the batch is taken, its link is closed.
                Err(_) => {
                    self.keeper.outlets.tell(Input::Failed(ticket));
                    tickets.pop_back();
                }
            }
        }
        let until = Instant::now() + SOON;
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
            if let Err(error) = self.take_part(from, until, part, &mut missing, &done).await {
                if !error.may_pass() {
                    tracing::error!(%error, "changes of a peer could not be kept");
                }
                for ticket in done.into_iter().chain(tickets) {
                    self.keeper.outlets.not_kept(ticket, &error);
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
        until: Instant,
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
        let taken = self.keeper.keys.take(keys.iter().copied().collect()).await;
        let mut drafts = self.keeper.drafts(&keys).await?;
        let mut refused = Vec::new();
        let mut orphans = 0;
        let mut lost = 0;
        for (ticket, Checked { change, verdict, alone }) in part {
            let judged = verdict.and_then(|form| {
                let draft = drafts.get_mut(&change.key).ok_or(Refusal::Orphan)?;
                let verdict = draft.held.admit(&change, &form)?;
                if verdict == Verdict::Accepted {
                    // Nothing leaves this node before it is on its disk: the disk was set back.
                    lost += u64::from(change.author.node == self.keeper.own);
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
        let (mut writing, after) = self.keeper.merge(drafts, from, until).await?;
        let useless = refused.len() + orphans;
        let cost = Cost { records, useless, worker: began.elapsed(), ..Cost::default() };
        self.keeper.outlets.budgets.charge(from, &cost, began);
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
        self.write(writing, answers, after, taken).await;
        Ok(())
    }

    /// Writes behind the back of the next batch, and tells the engine when it is on disk.
    async fn write(
        &mut self,
        writing: Writing,
        answers: Vec<(Ticket, Vec<RecordKey>)>,
        after: After,
        taken: Taken,
    ) {
        self.settle().await;
        let (keeper, from) = (self.keeper.clone(), writing.source);
        self.writing = Some(tokio::spawn(async move {
            let written = keeper.commit(writing).await;
            if written.is_ok() {
                after.anew.iter().for_each(|key| keeper.backlog.forget(key));
                after.late.into_iter().for_each(|key| keeper.backlog.put(key, from));
            }
            for (ticket, missing) in answers {
                match &written {
                    Ok(()) => keeper.outlets.tell(Input::Admitted { ticket, missing }),
                    Err(trouble) => keeper.outlets.not_kept(ticket, trouble),
                }
            }
            drop(taken);
        }));
    }

    async fn settle(&mut self) {
        if let Some(task) = self.writing.take() {
            let _ = task.await;
        }
    }
}

impl Keeper {
    /// What is held of some records.
    async fn drafts(&self, keys: &[RecordKey]) -> Result<BTreeMap<RecordKey, Draft>, Trouble> {
        let mut held = self.store.held(keys).await?;
        Ok(keys
            .iter()
            .map(|key| {
                let HeldRecord { held, snapshot, .. } = held.remove(key).unwrap_or_default();
                let base = snapshot.map(|snapshot| Base::of(snapshot, &held));
                (*key, Draft::new(held, base))
            })
            .collect())
    }

    /// Lets the worker make the documents that it soon makes, and puts together what is to be written.
    async fn merge(
        &self,
        mut drafts: BTreeMap<RecordKey, Draft>,
        from: CenterId,
        until: Instant,
    ) -> Result<(Writing, After), Trouble> {
        let mut shown: BTreeMap<RecordKey, Shown> = BTreeMap::new();
        let mut after = After::default();
        for (key, draft) in &mut drafts {
            if let Some(view) = draft.alone() {
                shown.insert(*key, Shown { fields: Some(view.fields), ..Shown::default() });
            }
            match self.backlog.of(key) {
                Some(_) if draft.replaces() => after.anew.push(*key),
                Some(behind) => drop(shown.insert(*key, Shown::behind(draft.newest(), behind))),
                None => {}
            }
        }
        let grown: Vec<RecordKey> = drafts
            .iter()
            .filter(|(key, draft)| !shown.contains_key(*key) && draft.needs_stored())
            .map(|(key, _)| *key)
            .collect();
        let mut stored: BTreeMap<RecordKey, BTreeMap<ChangeHash, Vec<u8>>> = self
            .store
            .chunks(&grown)
            .await?
            .into_iter()
            .map(|(key, chunks)| (key, chunks.into_iter().collect()))
            .collect();
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
                self.ask(std::mem::take(&mut jobs), until, &drafts, &mut shown).await?;
                weight = 0;
            }
        }
        self.ask(jobs, until, &drafts, &mut shown).await?;
        let mut writing = Writing::new(Some(from));
        for (key, draft) in drafts {
            let shown = match shown.remove(&key) {
                Some(shown) => shown,
                None if draft.held.erased => Shown::default(),
                None => {
                    after.late.push(key);
                    Shown::behind(draft.newest(), Behind::Waiting)
                }
            };
            writing.put(key, draft, shown);
        }
        Ok((writing, after))
    }

    /// Of jobs that are not done soon there is nothing in `shown` afterwards.
    async fn ask(
        &self,
        jobs: Vec<(RecordKey, Vec<ChangeHash>, MergeJob)>,
        until: Instant,
        drafts: &BTreeMap<RecordKey, Draft>,
        shown: &mut BTreeMap<RecordKey, Shown>,
    ) -> Result<(), Trouble> {
        if jobs.is_empty() {
            return Ok(());
        }
        let (names, jobs): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|(key, hashes, job)| ((key, hashes), job)).unzip();
        let based: Vec<bool> = jobs.iter().map(|job| job.base.is_some()).collect();
        let Some(merged) = self.soon(jobs, until).await? else { return Ok(()) };
        let mut again = Vec::new();
        for (((key, hashes), merged), based) in names.into_iter().zip(merged).zip(based) {
            let whole = merged.left_out.is_empty() && merged.outcome.is_ok();
            // What is left out must not depend on where one began: begin at the first change.
            if based && !whole {
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
            for merged in self.soon(vec![job], until).await?.into_iter().flatten() {
                shown.insert(key, Shown::new(merged, &hashes));
            }
        }
        Ok(())
    }

    async fn soon(
        &self,
        jobs: Vec<MergeJob>,
        until: Instant,
    ) -> Result<Option<Vec<Merged>>, Trouble> {
        let left = until.saturating_duration_since(Instant::now());
        if left < TOO_SHORT {
            return Ok(None);
        }
        Ok(match self.mergers.foreign.soon(&Request::Merge(jobs), left).await? {
            Some(Response::Merged(merged)) => Some(merged),
            // The merger hands out only answers that fit.
            Some(Response::Edited(_)) | None => None,
        })
    }
}

fn refusal_of(change: &SignedChange, refusal: Refusal, from: CenterId) -> RefusedChange {
    RefusedChange {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_identity::certificate::{Chain, Earlier};
    use hospes_identity::{NodeKey, RecoveryPhrase};
    use hospes_sync::vouch::Decisions;

    use super::*;

    fn roster() -> Roster {
        let center = RecoveryPhrase::generate().unwrap().center_key().unwrap();
        let key = NodeKey::generate().unwrap().public_spki();
        let node = center.certify(&key, 1, Earlier::Honored).unwrap();
        let chain = Chain::new(node, center.certificate().unwrap()).unwrap();
        let decisions = Decisions {
            own: chain.center_id(),
            peers: BTreeSet::new(),
            barred: BTreeSet::new(),
            introductions: 1,
        };
        Roster::new(&chain, Vec::new(), Vec::new(), decisions).0
    }

    fn batch(from: u8, ticket: Ticket, count: usize) -> Batch {
        let from = CenterId([from; 32]);
        Batch { count, weight: 100 * count, ..Batch::new(ticket, from, Vec::new()) }
    }

    #[tokio::test]
    async fn whoever_sends_much_gets_a_transaction_and_then_others_have_their_turn() {
        let mut turns = Turns::new(roster());
        for ticket in 1..=5 {
            turns.put(batch(1, ticket, 300));
        }
        turns.put(batch(2, 6, 1));
        turns.put(batch(3, 7, 5_000));
        turns.put(batch(2, 8, 1));
        let mut taken = Vec::new();
        while let Some((from, batches)) = turns.next() {
            let tickets: Vec<Ticket> = batches.iter().map(|batch| batch.ticket).collect();
            taken.push((from.0[0], tickets));
        }
        let expected =
            [(1, vec![1, 2]), (2, vec![6, 8]), (3, vec![7]), (1, vec![3, 4]), (1, vec![5])];
        assert_eq!(taken, expected);
    }
}
