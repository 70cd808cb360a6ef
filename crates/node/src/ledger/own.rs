//! Records made and changed by our own counselors: checked, made into changes by the worker,
//! signed, and kept. All writes of one call are one transaction: all or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospes_domain::edit::{Edit, edits_to};
use hospes_domain::validate::Violation;
use hospes_domain::{CenterId, CircleId, Fields, RecordId, RecordKey, Value};
use hospes_store::{ImportMark, RecordCommit};
use hospes_sync::admission::{Form, Held, Refusal, Verdict};
use hospes_sync::merge::{EditJob, Edited, Request, Response};
use hospes_sync::{Body, ChangeHash, SignedChange, change, gate};

use super::draft::{Base, SNAPSHOT_FROM};
use super::entered;
use super::keeper::{Keeper, Writing};
use super::merger::WORKER_JOBS;
use super::order::{
    EditError, Edits, ImportSource, Options, Order, OwnAuthor, Progress, Target, Write, Written,
};
use super::trouble::{Behind, Trouble};
use crate::machine::{audit, random};

/// Changes of a record without history at which its steward begins a new generation.
const ROLL_AT: usize = 8;
/// One write, thought through.
struct Plan {
    key: RecordKey,
    held: Held,
    generation: u32,
    /// Held changes that the document is made without.
    left_out: BTreeSet<ChangeHash>,
    /// Whether the document begins anew, at a first or a new generation.
    fresh: bool,
    base: Option<Base>,
    at: Option<Vec<ChangeHash>>,
    edits: Vec<Edit>,
    grants: Vec<CenterId>,
    current: Fields,
    import: Option<ImportSource>,
}

impl Keeper {
    /// Fills an order.
    pub(crate) async fn fill(&self, order: Order) {
        let Order { writes, options, author, mut progress, reply } = order;
        let outcome = self.write_all(writes, &options, &author, &mut progress).await;
        // Of a disk that takes nothing the store has told once; whoever asked is told each time.
        if let Err(EditError::Trouble(trouble)) = &outcome
            && !trouble.may_pass()
        {
            tracing::error!(%trouble, "changes of our own could not be kept");
        }
        // Whoever asked may have gone; what is written stays written.
        let _ = reply.send(outcome);
    }

    async fn write_all(
        &self,
        writes: Vec<Write>,
        options: &Options,
        author: &OwnAuthor,
        progress: &mut Progress,
    ) -> Result<Vec<Written>, EditError> {
        let existing = writes.iter().filter_map(|write| write.target.existing()).collect();
        let _taken = self.keys.take(existing).await;
        let plans = self.plans(writes, options, author).await?;
        let total = plans.len();
        let mut writing = Writing::new(None);
        let mut written = Vec::with_capacity(total);
        let mut refused = Vec::new();
        let mut plans = plans.into_iter();
        loop {
            let part: Vec<Plan> = plans.by_ref().take(WORKER_JOBS).collect();
            if part.is_empty() {
                break;
            }
            let edited = self.edited(&part, author).await?;
            for (plan, edited) in part.into_iter().zip(edited) {
                let number = written.len();
                let (record, violations) = seal(plan, edited, author, options, &mut writing)?;
                if !violations.is_empty() {
                    refused.push((number, violations));
                }
                written.push(record);
            }
            if !progress(written.len(), total) {
                return Err(EditError::Abandoned);
            }
        }
        if !refused.is_empty() {
            return Err(EditError::Refused(refused));
        }
        if !options.dry_run {
            self.commit(writing).await?;
        }
        Ok(written)
    }

    async fn plans(
        &self,
        writes: Vec<Write>,
        options: &Options,
        author: &OwnAuthor,
    ) -> Result<Vec<Plan>, EditError> {
        let own = author.author.center;
        let existing: Vec<RecordKey> =
            writes.iter().filter_map(|write| write.target.existing()).collect();
        let mut held = self.store.held(&existing).await.map_err(Trouble::from)?;
        let mut refused = Vec::new();
        let mut plans = Vec::with_capacity(writes.len());
        for (number, write) in writes.into_iter().enumerate() {
            let (key, record) = match write.target {
                Target::New(kind) => {
                    let id = RecordId::from_random(random::bytes());
                    let key = RecordKey { circle: CircleId::COMMONS, id, steward: own, kind };
                    (key, hospes_store::HeldRecord::default())
                }
                Target::Existing(key) => {
                    (key, held.remove(&key).ok_or(EditError::NotFound { key })?)
                }
            };
            may_write(&key, &record.held, own)?;
            let begin_anew = match self.backlog.of(&key) {
                None => false,
                // What it says is a whole that can be begun anew, and that heals it everywhere.
                Some(Behind::GivenUp) if key.steward == own => true,
                Some(Behind::GivenUp) => return Err(EditError::Behind { key, hopeless: true }),
                Some(Behind::Waiting) => return Err(EditError::Behind { key, hopeless: false }),
            };
            let current = record.fields.unwrap_or_default();
            let edits = match write.edits {
                Edits::Whole(fields) => {
                    let (wanted, violations) = entered::whole(key.kind, fields, &current, options);
                    if !violations.is_empty() {
                        refused.push((number, violations));
                        continue;
                    }
                    edits_to(&current, &wanted)
                }
                Edits::Some(edits) => {
                    let (edits, violations) = entered::some(key.kind, &current, edits, options);
                    if !violations.is_empty() {
                        refused.push((number, violations));
                        continue;
                    }
                    edits
                }
            };
            let base = record.snapshot.map(|snapshot| Base::of(snapshot, &record.held));
            let plan = Plan::new(key, record.held, current, base, edits, own, begin_anew);
            plans.push(plan.without(record.left_out).based_on(write.base)?.imported(write.import));
        }
        if refused.is_empty() { Ok(plans) } else { Err(EditError::Refused(refused)) }
    }

    async fn edited(&self, plans: &[Plan], author: &OwnAuthor) -> Result<Vec<Edited>, EditError> {
        let grown: Vec<RecordKey> = plans
            .iter()
            .filter(|plan| !plan.fresh && !plan.wholly_saved())
            .map(|plan| plan.key)
            .collect();
        let mut stored = self.store.chunks(&grown).await.map_err(Trouble::from)?;
        let jobs = plans
            .iter()
            .map(|plan| {
                let mut chunks: BTreeMap<ChangeHash, Vec<u8>> =
                    stored.remove(&plan.key).unwrap_or_default().into_iter().collect();
                EditJob {
                    kind: plan.key.kind,
                    base: plan.base.as_ref().map(|base| base.bytes.clone()),
                    chunks: plan.open().iter().filter_map(|hash| chunks.remove(hash)).collect(),
                    at: plan.at.clone(),
                    edits: plan.edits.clone(),
                    actor: change::actor(&plan.key, plan.generation, &author.author),
                    grants: plan.grants.clone(),
                    keep_snapshot: plan.held.changes.len() >= SNAPSHOT_FROM,
                }
            })
            .collect();
        let answer = self.mergers.own.ask(Request::Edit(jobs)).await.map_err(Trouble::from)?;
        match answer {
            Response::Edited(edited) => Ok(edited),
            // The merger hands out only answers that fit.
            Response::Merged(_) => Ok(Vec::new()),
        }
    }
}

impl Plan {
    fn new(
        key: RecordKey,
        held: Held,
        current: Fields,
        base: Option<Base>,
        edits: Vec<Edit>,
        own: CenterId,
        begin_anew: bool,
    ) -> Self {
        let steward = key.steward == own;
        let granted = held.maintainers();
        let wanted = maintainers(&current, &edits);
        // A grant cannot be taken back within a generation.
        let withdrawn = granted.iter().any(|center| !wanted.contains(center));
        let crowded = !key.kind.keeps_history() && held.changes.len() >= ROLL_AT;
        let roll = steward && !held.changes.is_empty() && (crowded || withdrawn || begin_anew);
        let fresh = held.changes.is_empty() || roll;
        let generation = if fresh { held.generation + 1 } else { held.generation };
        let grants = if steward && key.kind.has_maintainers() {
            wanted.iter().filter(|center| fresh || !granted.contains(center)).copied().collect()
        } else {
            Vec::new()
        };
        let mut plan = Self {
            key,
            held,
            generation,
            left_out: BTreeSet::new(),
            fresh,
            base: base.filter(|_| !fresh),
            at: None,
            edits,
            grants,
            current,
            import: None,
        };
        if roll {
            plan.begin_anew();
        }
        plan
    }

    /// All that the record says goes into the first change of its new generation.
    fn begin_anew(&mut self) {
        let touched: BTreeSet<&str> =
            self.edits.iter().filter(|edit| whole_field(edit)).map(Edit::field).collect();
        let mut edits: Vec<Edit> = self
            .current
            .iter()
            .filter(|(field, _)| !touched.contains(field.as_str()))
            .map(|(field, value)| Edit::Put { field: field.clone(), value: value.clone() })
            .collect();
        edits.append(&mut self.edits);
        self.edits = edits;
    }

    /// Changes that the document is made of and that are not in the saved one.
    fn open(&self) -> Vec<ChangeHash> {
        if self.fresh {
            return Vec::new();
        }
        let covered =
            |hash: &ChangeHash| self.base.as_ref().is_some_and(|base| base.covered.contains(hash));
        let (mut applicable, _) = self.held.applicable();
        applicable.retain(|hash| !self.left_out.contains(hash) && !covered(hash));
        applicable
    }

    fn wholly_saved(&self) -> bool {
        self.open().is_empty()
    }

    fn based_on(mut self, base: Option<Vec<ChangeHash>>) -> Result<Self, EditError> {
        if let Some(base) = base.filter(|base| !base.is_empty() && *base != self.held.heads()) {
            if self.fresh || base.iter().any(|head| !self.held.changes.contains_key(head)) {
                return Err(EditError::BaseGone { key: self.key });
            }
            self.at = Some(base);
        }
        Ok(self)
    }

    fn without(mut self, left_out: BTreeSet<ChangeHash>) -> Self {
        self.left_out = left_out;
        self
    }

    fn imported(mut self, import: Option<ImportSource>) -> Self {
        self.import = import;
        self
    }
}

/// Signs what the worker made of a plan and adds it to what is to be written.
fn seal(
    plan: Plan,
    edited: Edited,
    own: &OwnAuthor,
    options: &Options,
    writing: &mut Writing,
) -> Result<(Written, Vec<Violation>), EditError> {
    let Plan { key, mut held, generation, left_out: without, fresh, current, import, .. } = plan;
    let fields = edited.view.map_err(EditError::NotApplicable)?.fields;
    let violations = entered::violations(key.kind, &fields, &current, options);
    if let Some(import) = import {
        let ImportSource { source, external_id: external, digest } = import;
        writing.commit.import.push(ImportMark { source, external, key, digest });
    }
    if edited.chunks.is_empty() {
        let version = held.version();
        return Ok((Written { key, version, changed: false, fields: current }, violations));
    }
    let mut added: Vec<(SignedChange, Form)> = Vec::with_capacity(edited.chunks.len());
    for chunk in edited.chunks {
        let body = Body::Chunk(chunk);
        let digest = change::signing_digest(&key, generation, &own.author, &body);
        let change = SignedChange {
            key,
            generation,
            author: own.author,
            body,
            signature: own.key.sign(&digest),
        };
        // The same checks that every other node will make: better here than there.
        let checked = gate::read(&change).and_then(|form| {
            let verdict = held.admit(&change, &form)?;
            Ok((verdict, form))
        });
        match checked {
            Ok((Verdict::Accepted, form)) => added.push((change, form)),
            Ok((verdict, _)) => {
                return Err(EditError::NotApplicable(format!("our own change was {verdict:?}")));
            }
            Err(refusal) => return Err(EditError::NotApplicable(refusal.to_string())),
        }
    }
    let version = held.version();
    let (_, mut left_out) = held.applicable();
    if !fresh {
        let again = || Refusal::NotApplicable("it was left out before".to_owned());
        without.into_iter().for_each(|hash| {
            left_out.entry(hash).or_insert_with(again);
        });
    }
    if options.override_lint && entered::warned(key.kind, &fields) {
        let what = format!("lint overridden for {} {}", key.kind, key.id);
        writing.commit.audit.push(audit::entry(&options.who, what));
    }
    writing.versions.push((key, version));
    writing.changes.extend(added.iter().map(|(change, _)| Arc::new(change.clone())));
    writing.commit.records.push(RecordCommit {
        key,
        generation,
        replaces: fresh,
        erased: false,
        added,
        version,
        fields: Some(fields.clone()),
        left_out: left_out.into_iter().collect(),
        snapshot: edited.snapshot,
        source: None,
    });
    Ok((Written { key, version, changed: true, fields }, violations))
}

fn may_write(key: &RecordKey, held: &Held, own: CenterId) -> Result<(), EditError> {
    if held.erased {
        return Err(EditError::Erased { key: *key });
    }
    let maintains = key.kind.has_maintainers() && held.maintainers().contains(&own);
    if key.steward == own || maintains { Ok(()) } else { Err(EditError::NotOurs { key: *key }) }
}

/// Whether an edit says all that the field holds.
fn whole_field(edit: &Edit) -> bool {
    matches!(edit, Edit::Put { .. } | Edit::Clear { .. })
}

/// The co-maintainers that the record names once it is edited.
fn maintainers(current: &Fields, edits: &[Edit]) -> BTreeSet<CenterId> {
    const FIELD: &str = "maintainers";
    let mut value = current.get(FIELD);
    for edit in edits {
        match edit {
            Edit::Put { field, value: new } if field == FIELD => value = Some(new),
            Edit::Clear { field } if field == FIELD => value = None,
            _ => {}
        }
    }
    value
        .map(Value::elements)
        .unwrap_or_default()
        .iter()
        .filter_map(|center| center.as_text()?.parse().ok())
        .collect()
}
