//! Records that take long to merge, or stop a merge worker. What is new of them is held and passed on at
//! once; what they say is worked out here, one record after the other and by a worker of its own, so
//! that nobody waits for it. Until then they are shown as before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hospes_domain::{CenterId, RecordKey};
use hospes_sync::merge::{MergeJob, Merged};

use super::draft::{Base, Draft, Shown};
use super::keeper::{Keeper, Writing};
use super::trouble::{Behind, Trouble};
use crate::trust::budget::Cost;

/// How long one record may keep the worker in all, the search for the change that is to blame
/// included. What was begun by then is done to its end, at most 10 s more.
const BUDGET: Duration = Duration::from_secs(90);
/// How often a record that changes all the time is begun anew at once; then it waits for the others.
const PAUSE: Duration = Duration::from_millis(200);

/// Merges what is behind, for as long as the task runs.
pub(super) async fn run(keeper: Arc<Keeper>) {
    loop {
        let Some((key, from)) = keeper.backlog.first() else {
            // Nothing may come for days: the memory of the worker is given back.
            keeper.mergers.patient.rest().await;
            keeper.backlog.news().await;
            continue;
        };
        match keeper.catch_up(key, from).await {
            Ok(true) => {}
            Ok(false) => {
                keeper.backlog.again(key);
                tokio::time::sleep(PAUSE).await;
            }
            Err(trouble) => {
                if !trouble.may_pass() {
                    tracing::error!(%trouble, "a record that takes long was not merged");
                }
                keeper.backlog.again(key);
                tokio::time::sleep(PAUSE * 10).await;
            }
        }
    }
}

impl Keeper {
    /// Merges one record. False when it has changed meanwhile.
    async fn catch_up(&self, key: RecordKey, from: Option<CenterId>) -> Result<bool, Trouble> {
        let Some(record) = self.store.held(&[key]).await?.remove(&key) else {
            self.backlog.forget(&key);
            return Ok(true);
        };
        let base = record.snapshot.map(|snapshot| Base::of(snapshot, &record.held));
        let mut draft = Draft::new(record.held, base);
        let version = draft.held.version();
        let stored = self.store.chunks(&[key]).await?.remove(&key).unwrap_or_default();
        let stored: BTreeMap<_, _> = stored.into_iter().collect();
        let began = Instant::now();
        let (mut hashes, job) = draft.job(&key, stored.clone());
        let based = job.base.is_some();
        let mut merged = self.merge_patiently(job, BUDGET).await?;
        if based && !(merged.left_out.is_empty() && merged.outcome.is_ok()) {
            // What is left out must not depend on where one began: begin at the first change.
            let (all, job) = draft.whole_job(&key, stored);
            hashes = all;
            let left = BUDGET.saturating_sub(began.elapsed());
            merged = self.merge_patiently(job, left).await?;
        }
        let took = began.elapsed();
        if let Some(from) = from {
            let cost = Cost { worker: took, ..Cost::default() };
            self.outlets.budgets.charge(from, &cost, began);
        }
        let mut shown = Shown::new(merged, &hashes);
        let is_hopeless = shown.fields.is_none();
        if is_hopeless {
            shown.left_out = Shown::behind(hashes.iter().rev(), Behind::GivenUp).left_out;
        }

        let _taken = self.keys.take(BTreeSet::from([key])).await;
        let now = self.store.held(&[key]).await?.remove(&key);
        if now.is_none_or(|now| now.held.version() != version) {
            return Ok(false);
        }
        let mut writing = Writing::new(from);
        draft.before = draft.held.clone();
        writing.put(key, draft, shown);
        self.commit(writing).await?;
        let author = key.steward.short();
        if is_hopeless {
            tracing::warn!(%author, record = %key.id, ?took, "a record cannot be merged here");
            self.backlog.give_up(&key);
        } else {
            tracing::info!(%author, record = %key.id, ?took, "a record that takes long was merged");
            self.backlog.forget(&key);
        }
        Ok(true)
    }

    async fn merge_patiently(&self, job: MergeJob, within: Duration) -> Result<Merged, Trouble> {
        Ok(self.mergers.patient.merge_within(job, within).await?)
    }
}
