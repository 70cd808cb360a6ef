//! One record on its way from new changes to what is kept: which chunks the merge worker gets, and
//! what its answer means. Nothing here asks anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospes_domain::RecordKey;
use hospes_store::SavedDocument;
use hospes_sync::admission::{Form, Held, Refusal};
use hospes_sync::merge::{MergeJob, Merged, View};
use hospes_sync::{Body, ChangeHash, SignedChange};

use super::trouble::Behind;

/// Changes of a record from which on its saved document is kept, so that the next change does not
/// begin at the first.
pub(crate) const SNAPSHOT_FROM: usize = 64;

/// Changes that are named of a record that is shown without all that is new. It may have thousands.
const NAMED: usize = 8;

/// One record of a batch on its way to the store.
pub(crate) struct Draft {
    pub(crate) held: Held,
    pub(crate) before: Held,
    pub(crate) base: Option<Base>,
    pub(crate) added: Vec<(Arc<SignedChange>, Form)>,
    /// What the record says if the one change that was added is all there is.
    alone: Option<View>,
}

/// A saved document and the changes that it is made of.
pub(crate) struct Base {
    pub(crate) bytes: Vec<u8>,
    pub(crate) covered: BTreeSet<ChangeHash>,
}

impl Base {
    pub(crate) fn of(snapshot: SavedDocument, held: &Held) -> Self {
        let covered = held.in_order().into_iter().take(snapshot.covers as usize).collect();
        Self { bytes: snapshot.bytes, covered }
    }
}

/// What a record is shown as after a merge.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) fields: Option<hospes_domain::Fields>,
    pub(crate) left_out: Vec<(ChangeHash, Refusal)>,
    pub(crate) snapshot: Option<Vec<u8>>,
}

impl Shown {
    /// A record whose merging is not done: it is shown as before. These changes of it are named.
    pub(crate) fn behind<'h>(
        changes: impl Iterator<Item = &'h ChangeHash>,
        behind: Behind,
    ) -> Self {
        let left_out = changes.take(NAMED).map(|hash| (*hash, behind.refusal())).collect();
        Self { left_out, ..Self::default() }
    }

    pub(crate) fn new(merged: Merged, hashes: &[ChangeHash]) -> Self {
        let mut left_out: Vec<(ChangeHash, Refusal)> = merged
            .left_out
            .into_iter()
            .filter_map(|(index, why)| Some((*hashes.get(index as usize)?, why)))
            .collect();
        let fields = match merged.outcome {
            Ok(view) => Some(view.fields),
            Err(why) => {
                // Nothing of the record can be shown: all its changes are named.
                let why = Refusal::NotApplicable(why);
                let known: BTreeSet<ChangeHash> = left_out.iter().map(|(hash, _)| *hash).collect();
                let rest = hashes.iter().filter(|hash| !known.contains(hash));
                left_out.extend(rest.map(|hash| (*hash, why.clone())));
                None
            }
        };
        // A saved document must be made of all that is held, or the next merge would begin elsewhere
        // than on a node that begins at the first change.
        let snapshot = merged.snapshot.filter(|_| left_out.is_empty());
        Self { fields, left_out, snapshot }
    }
}

impl Draft {
    /// The latest changes that were added.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &ChangeHash> {
        self.added.iter().rev().map(|(_, form)| &form.hash)
    }

    /// A record as it is held, to which nothing was added yet.
    pub(crate) fn new(held: Held, base: Option<Base>) -> Self {
        Self { before: held.clone(), held, base, added: Vec::new(), alone: None }
    }

    /// Takes in a change that is held now. `alone` is what the record says if it is the only one.
    pub(crate) fn took(&mut self, change: Arc<SignedChange>, form: Form, alone: Option<View>) {
        if self.held.generation != self.before.generation || self.held.erased != self.before.erased
        {
            // A new generation: what was added to the old one in this batch is gone with it.
            let generation = self.held.generation;
            let held = &self.held;
            self.added.retain(|(earlier, form)| {
                earlier.generation == generation && held.changes.contains_key(&form.hash)
            });
        }
        self.added.push((change, form));
        self.alone = alone;
    }

    /// What the record says, when the change that was added is the only one that is held: then no
    /// document has to be made.
    pub(crate) fn alone(&mut self) -> Option<View> {
        let view = self.alone.take()?;
        let only = match self.added.as_slice() {
            [(_, form)] => {
                self.held.changes.len() == 1 && self.held.changes.contains_key(&form.hash)
            }
            _ => false,
        };
        only.then_some(view)
    }

    pub(crate) fn replaces(&self) -> bool {
        self.held.generation > self.before.generation || self.held.erased
    }

    /// Whether the document has changes that are in the store only.
    pub(crate) fn needs_stored(&self) -> bool {
        let covered = self.usable_base().map_or(0, |base| base.covered.len());
        !self.replaces() && self.before.changes.len() > covered
    }

    /// A saved document can be built upon when nothing has to be left out.
    pub(crate) fn usable_base(&self) -> Option<&Base> {
        let (_, left_out) = self.held.applicable();
        self.base.as_ref().filter(|_| left_out.is_empty() && !self.replaces())
    }

    pub(crate) fn job(
        &self,
        key: &RecordKey,
        stored: BTreeMap<ChangeHash, Vec<u8>>,
    ) -> (Vec<ChangeHash>, MergeJob) {
        let Some(base) = self.usable_base() else { return self.whole_job(key, stored) };
        let (hashes, chunks) = self.chunks(&stored, |hash| !base.covered.contains(hash));
        let base = Some(base.bytes.clone());
        (hashes, MergeJob { kind: key.kind, base, chunks, keep_snapshot: true })
    }

    pub(crate) fn whole_job(
        &self,
        key: &RecordKey,
        stored: BTreeMap<ChangeHash, Vec<u8>>,
    ) -> (Vec<ChangeHash>, MergeJob) {
        let (hashes, chunks) = self.chunks(&stored, |_| true);
        let keep_snapshot = hashes.len() >= SNAPSHOT_FROM;
        (hashes, MergeJob { kind: key.kind, base: None, chunks, keep_snapshot })
    }

    pub(crate) fn chunks(
        &self,
        stored: &BTreeMap<ChangeHash, Vec<u8>>,
        wanted: impl Fn(&ChangeHash) -> bool,
    ) -> (Vec<ChangeHash>, Vec<Vec<u8>>) {
        let added: BTreeMap<ChangeHash, &Arc<SignedChange>> =
            self.added.iter().map(|(change, form)| (form.hash, change)).collect();
        let (applicable, _) = self.held.applicable();
        applicable
            .into_iter()
            .filter(wanted)
            .filter_map(|hash| {
                let chunk = match added.get(&hash).map(|change| &change.body) {
                    Some(Body::Chunk(chunk)) => chunk.clone(),
                    Some(Body::Tombstone) => return None,
                    None => stored.get(&hash)?.clone(),
                };
                Some((hash, chunk))
            })
            .unzip()
    }
}
