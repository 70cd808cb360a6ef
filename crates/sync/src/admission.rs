//! Which changes are held, and why others are refused.
//!
//! The order is cheapest first: form ([`crate::gate`]), signature and author (the driver asks the
//! identity crate), then the rules of this module, then the merge worker. All that decides whether a
//! change is *held* is in the form, the signature and these rules; they look at signed bytes only
//! and give the same answer on every release and in every order of arrival. What the document makes
//! of the held changes is another matter ([`crate::merge`]).

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{CenterId, Kind, NodeId};
use serde::{Deserialize, Serialize};

use crate::change::{Body, ChangeHash, Generation, SignedChange, Version};

/// Largest Automerge chunk of one change, in bytes.
pub const MAX_CHUNK: usize = 64 * 1024;
/// Most operations in one change.
pub const MAX_OPERATIONS: u64 = 20_000;
/// Most changes that one record may hold in one generation.
pub const MAX_CHANGES: usize = 20_000;
/// Most centers that a steward may name as co-maintainers of a record.
pub const MAX_MAINTAINERS: usize = 8;

/// What the gate has read from a change's bytes, without Automerge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Name of the change, computed from its bytes.
    pub hash: ChangeHash,
    /// Automerge actor.
    pub actor: [u8; 16],
    /// Number of this change among its actor's, from 1. A tombstone has 0.
    pub seq: u64,
    /// Counter of the first operation.
    pub start_op: u64,
    /// Counter of the last operation; `start_op - 1` when there are none.
    pub max_op: u64,
    /// Changes that it was made on top of.
    pub deps: Vec<ChangeHash>,
    /// Co-maintainers that the steward names with this change.
    pub grants: Vec<CenterId>,
}

/// Why a change was refused. Ordered as the checks run: cheapest first.
///
/// Kept with the change in quarantine and shown to the admin, so each variant carries what a
/// person needs to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// More bytes than a change may have.
    #[error("change of {actual} bytes, at most {limit} are accepted")]
    TooLarge {
        /// Its size.
        actual: u64,
        /// The bound.
        limit: u64,
    },
    /// Not one plain change chunk in canonical encoding, or beyond a bound of the form.
    #[error("not a well-formed change: {0}")]
    Malformed(String),
    /// A field that must never be in a record of this kind.
    #[error("the field {field:?} must never be shared in a record of kind {kind}")]
    ForbiddenField {
        /// The field's name.
        field: String,
        /// The record's kind.
        kind: Kind,
    },
    /// The actor in the change is not the author's.
    #[error("the change uses the writing identity of somebody else")]
    ForeignActor,
    /// Nobody has introduced the author's center to us.
    #[error("unknown center {0}: nobody that we trust has introduced it")]
    UnknownCenter(CenterId),
    /// Our admin has removed or suspended the author's center.
    #[error("center {0} is not trusted here")]
    NotTrusted(CenterId),
    /// The author's node has no certificate of that center and epoch.
    #[error("node {node} has no certificate of center {center} for epoch {epoch}")]
    UnknownNode {
        /// The center in whose name it wrote.
        center: CenterId,
        /// The node that signed.
        node: NodeId,
        /// The epoch that it claims.
        epoch: u32,
    },
    /// The epoch was ended by its center, and its changes with it.
    #[error("signed under epoch {epoch}, which the center has ended; it is now at epoch {current}")]
    OldEpoch {
        /// The epoch of the change.
        epoch: u32,
        /// The center's highest epoch.
        current: u32,
    },
    /// The signature is not the author's over these bytes.
    #[error("the signature does not fit: altered on the way, or not signed by its author")]
    BadSignature,
    /// The author may not change this record.
    #[error("{author} may not change a {kind} whose steward is {steward}")]
    NotSteward {
        /// The center that tried.
        author: CenterId,
        /// The record's kind.
        kind: Kind,
        /// The record's steward.
        steward: CenterId,
    },
    /// It does not continue what its author wrote before.
    #[error("number {seq} of its writer does not follow what it is built on")]
    SequenceGap {
        /// The number that it has.
        seq: u64,
    },
    /// Its operations are not numbered on from those that it was made on top of.
    #[error("operations start at {start_op}, they must start at {expected}")]
    WrongStart {
        /// Where they start.
        start_op: u64,
        /// Where they must.
        expected: u64,
    },
    /// The record has as many changes as a record may have.
    #[error("the record already has {limit} changes")]
    TooManyChanges {
        /// The bound.
        limit: u64,
    },
    /// What it is built on never came.
    #[error("it is built on a change that nobody sent")]
    Orphan,
    /// Held, but the document cannot take it in.
    #[error("the change cannot be applied: {0}")]
    NotApplicable(String),
    /// Held, but the record would be out of its bounds.
    #[error("the record would not keep its bounds: {0}")]
    OutOfBounds(String),
    /// Another change of the same writer has the same number.
    #[error("its writer signed two different changes with number {seq}")]
    Equivocation {
        /// The number that was used twice.
        seq: u64,
    },
    /// It is held, and the record is merged when there is time.
    #[error("held back: merging the record takes long; until then it is shown as before")]
    Waiting,
    /// It is held, and the record cannot be merged.
    #[error(
        "held back: the record cannot be merged here in the time that one record gets; it is shown as before"
    )]
    TooSlow,
}

impl Refusal {
    /// One word for scripts and counters; never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::TooLarge { .. } => "too_large",
            Refusal::Malformed(_) => "malformed",
            Refusal::ForbiddenField { .. } => "forbidden_field",
            Refusal::ForeignActor => "foreign_actor",
            Refusal::UnknownCenter(_) => "unknown_center",
            Refusal::NotTrusted(_) => "not_trusted",
            Refusal::UnknownNode { .. } => "unknown_node",
            Refusal::OldEpoch { .. } => "old_epoch",
            Refusal::BadSignature => "bad_signature",
            Refusal::NotSteward { .. } => "not_steward",
            Refusal::SequenceGap { .. } => "sequence_gap",
            Refusal::WrongStart { .. } => "wrong_start",
            Refusal::TooManyChanges { .. } => "too_many_changes",
            Refusal::Orphan => "orphan",
            Refusal::NotApplicable(_) => "not_applicable",
            Refusal::OutOfBounds(_) => "out_of_bounds",
            Refusal::Equivocation { .. } => "equivocation",
            Refusal::Waiting => "waiting",
            Refusal::TooSlow => "too_slow",
        }
    }
}

/// What the rules say of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is new and is held from now on.
    Accepted,
    /// It is held already.
    Known,
    /// The record has moved on to a higher generation, or was erased: nothing to do.
    Superseded,
    /// It is built on changes that are not held: ask for them.
    Missing(Vec<ChangeHash>),
}

/// What is held of one record: the forms of its changes, without their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Generation that the changes belong to; 0 when nothing is held.
    pub generation: Generation,
    /// Whether the generation is a tombstone.
    pub erased: bool,
    /// Held changes by name.
    pub changes: BTreeMap<ChangeHash, Form>,
}

impl Held {
    /// Takes a change in if the rules allow it.
    ///
    /// The caller has checked form, signature and author. The answer depends on the change and on
    /// what it is built on, never on the order in which changes came. Only the bound on their
    /// number looks at others.
    pub fn admit(&mut self, change: &SignedChange, form: &Form) -> Result<Verdict, Refusal> {
        if change.generation == 0 {
            return Err(Refusal::Malformed("generations begin with 1".to_owned()));
        }
        let tombstone = matches!(change.body, Body::Tombstone);
        let steward = change.author.center == change.key.steward;
        if change.generation < self.generation {
            return Ok(Verdict::Superseded);
        }
        if !steward && !may_be_granted(change, form) {
            return Err(not_steward(change));
        }
        if change.generation > self.generation {
            // Only the steward begins a generation.
            if !form.deps.is_empty() {
                return Ok(Verdict::Missing(form.deps.clone()));
            }
            self.check_order(form, tombstone)?;
            self.begin(change.generation, tombstone, form);
            return Ok(Verdict::Accepted);
        }
        if self.changes.contains_key(&form.hash) {
            return Ok(Verdict::Known);
        }
        if self.erased {
            return Ok(Verdict::Superseded);
        }
        if tombstone {
            // An erasure beats whatever else its steward signed for the same generation.
            self.begin(change.generation, true, form);
            return Ok(Verdict::Accepted);
        }
        let missing: Vec<ChangeHash> =
            form.deps.iter().filter(|dep| !self.changes.contains_key(dep)).copied().collect();
        if !missing.is_empty() {
            return Ok(Verdict::Missing(missing));
        }
        if !steward && !self.granted(change.author.center, form) {
            return Err(not_steward(change));
        }
        self.check_order(form, tombstone)?;
        if self.changes.len() >= MAX_CHANGES {
            return Err(Refusal::TooManyChanges { limit: MAX_CHANGES as u64 });
        }
        self.changes.insert(form.hash, form.clone());
        Ok(Verdict::Accepted)
    }

    fn begin(&mut self, generation: Generation, erased: bool, form: &Form) {
        let changes = BTreeMap::from([(form.hash, form.clone())]);
        *self = Held { generation, erased, changes };
    }

    /// Whether something that the change is built on names its author. A grant that is merely
    /// held does not count: another node may not have it yet and would refuse the change.
    fn granted(&self, center: CenterId, form: &Form) -> bool {
        self.below(form, |_| true).any(|held| held.grants.contains(&center))
    }

    /// Numbers must run on from what the change is built on. All of it is local to the change and
    /// what it names, so it is the same in every order of arrival.
    fn check_order(&self, form: &Form, tombstone: bool) -> Result<(), Refusal> {
        if tombstone {
            return Ok(());
        }
        let below =
            form.deps.iter().filter_map(|dep| self.changes.get(dep)).map(|dep| dep.max_op).max();
        let expected = below.unwrap_or(0) + 1;
        if form.start_op != expected {
            return Err(Refusal::WrongStart { start_op: form.start_op, expected });
        }
        if form.seq != self.seq_below(form) + 1 {
            return Err(Refusal::SequenceGap { seq: form.seq });
        }
        Ok(())
    }

    /// Highest number that the change's own writer has among the changes it is built on.
    fn seq_below(&self, form: &Form) -> u64 {
        // Below a writer's own change its others have lower numbers: no need to go there.
        self.below(form, |held| held.actor != form.actor)
            .filter(|held| held.actor == form.actor)
            .map(|held| held.seq)
            .max()
            .unwrap_or(0)
    }

    /// The held changes that a change is built on, directly or not, each once, going on below
    /// those that `deeper` says.
    fn below<'a>(
        &'a self,
        form: &Form,
        deeper: impl Fn(&Form) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Form> + 'a {
        let mut open: Vec<ChangeHash> = form.deps.clone();
        let mut seen: BTreeSet<ChangeHash> = BTreeSet::new();
        std::iter::from_fn(move || {
            while let Some(hash) = open.pop() {
                if let Some(held) = self.changes.get(&hash)
                    && seen.insert(hash)
                {
                    if deeper(held) {
                        open.extend(held.deps.iter().copied());
                    }
                    return Some(held);
                }
            }
            None
        })
    }

    /// Changes that no other held change is built on, in order of name.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let below: BTreeSet<ChangeHash> =
            self.changes.values().flat_map(|form| form.deps.iter().copied()).collect();
        self.changes.keys().filter(|hash| !below.contains(hash)).copied().collect()
    }

    /// What the record looks like now.
    ///
    /// A steward that was restored may erase the same generation twice. Nodes then hold one or the
    /// other of two tombstones, which are the same to them.
    pub fn version(&self) -> Version {
        let heads = if self.erased { Vec::new() } else { self.heads() };
        Version::of(self.generation, &heads)
    }

    /// Centers other than the steward that may change the record.
    pub fn maintainers(&self) -> BTreeSet<CenterId> {
        self.changes.values().flat_map(|form| form.grants.iter().copied()).collect()
    }

    /// The held changes that a reader with these heads lacks, each after those it is built on.
    pub fn since(&self, heads: &[ChangeHash]) -> Vec<ChangeHash> {
        let mut known: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut open: Vec<ChangeHash> = heads.to_vec();
        while let Some(hash) = open.pop() {
            if let Some(form) = self.changes.get(&hash)
                && known.insert(hash)
            {
                open.extend(form.deps.iter().copied());
            }
        }
        self.in_order().into_iter().filter(|hash| !known.contains(hash)).collect()
    }

    /// All held changes in one order that every node agrees on: by last operation, then by name.
    /// What a change is built on always comes before it.
    pub fn in_order(&self) -> Vec<ChangeHash> {
        let mut order: Vec<(u64, u64, ChangeHash)> =
            self.changes.values().map(|form| (form.start_op, form.max_op, form.hash)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, hash)| hash).collect()
    }

    /// Which held changes the document is made of, and why the others are left out.
    ///
    /// A writer that signed two changes with one number would split an Automerge document for
    /// ever. Both are held, so that nodes agree on the set; the document takes the one with the
    /// lower name and leaves out the other and whatever was built on it.
    pub fn applicable(&self) -> (Vec<ChangeHash>, BTreeMap<ChangeHash, Refusal>) {
        let mut first: BTreeMap<([u8; 16], u64), ChangeHash> = BTreeMap::new();
        for form in self.changes.values() {
            // Changes are ordered by name, so the lowest comes first.
            first.entry((form.actor, form.seq)).or_insert(form.hash);
        }
        let mut applied = Vec::with_capacity(self.changes.len());
        let mut left_out: BTreeMap<ChangeHash, Refusal> = BTreeMap::new();
        for hash in self.in_order() {
            let Some(form) = self.changes.get(&hash) else { continue };
            if first.get(&(form.actor, form.seq)) != Some(&hash) {
                left_out.insert(hash, Refusal::Equivocation { seq: form.seq });
            } else if form.deps.iter().any(|dep| left_out.contains_key(dep)) {
                let why = "it is built on a change that was left out".to_owned();
                left_out.insert(hash, Refusal::NotApplicable(why));
            } else {
                applied.push(hash);
            }
        }
        (applied, left_out)
    }
}

/// What can be said about a change that is not its steward's before looking at the record.
fn may_be_granted(change: &SignedChange, form: &Form) -> bool {
    change.key.kind.has_maintainers()
        && form.grants.is_empty()
        && !form.deps.is_empty()
        && matches!(change.body, Body::Chunk(_))
}

fn not_steward(change: &SignedChange) -> Refusal {
    Refusal::NotSteward {
        author: change.author.center,
        kind: change.key.kind,
        steward: change.key.steward,
    }
}

#[cfg(test)]
mod tests;
