//! What a node keeps: the log of its changes and what they add up to. A commit is on it as a whole
//! or not at all.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey};
use hospes_sync::admission::{Form, Held, Refusal, Verdict};
use hospes_sync::heads;
use hospes_sync::{
    Body, ChangeHash, Committed, FRAME_CHANGES, FRAME_TARGET, Load, Loaded, SignedChange, Ticket,
    Version,
};

#[derive(Clone, Default)]
pub(crate) struct Disk {
    log: BTreeMap<u64, Entry>,
    records: BTreeMap<RecordKey, Record>,
    last: u64,
    pub(crate) checkpoints: BTreeMap<NodeId, u64>,
    /// Every change that was ever committed here: what may have been sent.
    ever: HashSet<ChangeHash>,
    /// Holds whatever it is given: the disk of somebody who does not keep to the rules.
    pub(crate) lawless: bool,
}

#[derive(Clone)]
struct Entry {
    change: Arc<SignedChange>,
    source: Option<CenterId>,
}

#[derive(Clone, Default)]
struct Record {
    held: Held,
    places: BTreeMap<ChangeHash, u64>,
}

/// What became of a batch.
#[derive(Default)]
pub(crate) struct Written {
    /// What to tell the engine, if anything is new.
    pub(crate) committed: Option<Committed>,
    pub(crate) missing: Vec<RecordKey>,
    pub(crate) refused: Vec<Refusal>,
    pub(crate) known: u64,
    pub(crate) superseded: u64,
    /// What is on the disk now and was not before, and the other way round.
    pub(crate) added: Vec<ChangeHash>,
    pub(crate) replaced: Vec<(RecordKey, ChangeHash)>,
}

impl Disk {
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn held(&self, key: &RecordKey) -> Option<&Held> {
        self.records.get(key).map(|record| &record.held)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = (&RecordKey, &Held)> {
        self.records.iter().map(|(key, record)| (key, &record.held))
    }

    pub(crate) fn versions(&self) -> impl Iterator<Item = (RecordKey, Version)> + '_ {
        self.records().map(|(key, held)| (*key, held.version()))
    }

    pub(crate) fn ever_had(&self, hash: &ChangeHash) -> bool {
        self.ever.contains(hash)
    }

    /// The changes of a record that its document is made of, each after those it is built on.
    pub(crate) fn chunks(&self, key: &RecordKey) -> Vec<&[u8]> {
        let Some(record) = self.records.get(key) else { return Vec::new() };
        let (applicable, _) = record.held.applicable();
        let bodies = applicable.iter().map(|hash| &self.log[&record.places[hash]].change.body);
        bodies
            .filter_map(|body| match body {
                Body::Chunk(chunk) => Some(chunk.as_slice()),
                Body::Tombstone => None,
            })
            .collect()
    }

    /// Judges a batch by the rules and writes what may be held.
    pub(crate) fn write(
        &mut self,
        batch: Vec<(Arc<SignedChange>, Result<Form, Refusal>)>,
        source: Option<CenterId>,
    ) -> Written {
        let mut written = Written::default();
        let mut drafts: BTreeMap<RecordKey, Held> = BTreeMap::new();
        let mut added: Vec<(Arc<SignedChange>, ChangeHash)> = Vec::new();
        for (change, form) in batch {
            let key = change.key;
            let judged = form.and_then(|form| {
                let draft = drafts
                    .entry(key)
                    .or_insert_with(|| self.held(&key).cloned().unwrap_or_default());
                match draft.admit(&change, &form) {
                    Err(_) if self.lawless => {
                        draft.changes.insert(form.hash, form.clone());
                        Ok((Verdict::Accepted, form.hash))
                    }
                    judged => judged.map(|verdict| (verdict, form.hash)),
                }
            });
            match judged {
                Ok((Verdict::Accepted, hash)) => added.push((change, hash)),
                Ok((Verdict::Known, _)) => written.known += 1,
                Ok((Verdict::Superseded, _)) => written.superseded += 1,
                Ok((Verdict::Missing(_), _)) => written.missing.push(key),
                Err(refusal) => written.refused.push(refusal),
            }
        }
        added.retain(|(change, hash)| drafts[&change.key].changes.contains_key(hash));
        let mut versions: BTreeMap<RecordKey, Version> = BTreeMap::new();
        let mut changes = Vec::new();
        for (change, hash) in added {
            let draft = &drafts[&change.key];
            let record = self.records.entry(change.key).or_default();
            if versions.insert(change.key, draft.version()).is_none() {
                check_nothing_is_lost(&change.key, &record.held, draft);
                record.held = draft.clone();
                let log = &mut self.log;
                record.places.retain(|hash, place| {
                    let kept = draft.changes.contains_key(hash);
                    if !kept {
                        log.remove(place);
                        written.replaced.push((change.key, *hash));
                    }
                    kept
                });
            }
            self.last += 1;
            self.ever.insert(hash);
            written.added.push(hash);
            record.places.insert(hash, self.last);
            self.log.insert(self.last, Entry { change: change.clone(), source });
            changes.push(change);
        }
        if !changes.is_empty() {
            written.committed = Some(Committed {
                position: self.last,
                versions: versions.into_iter().collect(),
                changes,
                source,
            });
        }
        written
    }

    /// Answers the engine.
    pub(crate) fn answer(&self, ticket: Ticket, load: Load) -> Loaded {
        let mut loaded = Loaded { ticket, changes: Vec::new(), through: None, heads: Vec::new() };
        match load {
            Load::Log { after, not_from } => {
                let mut weight = 0;
                let mut through = self.last;
                for (place, entry) in self.log.range(after + 1..) {
                    if entry.source == Some(not_from) {
                        continue;
                    }
                    weight += entry.change.weight();
                    let full = weight > FRAME_TARGET || loaded.changes.len() >= FRAME_CHANGES;
                    if full && !loaded.changes.is_empty() {
                        through = place - 1;
                        break;
                    }
                    loaded.changes.push(entry.change.clone());
                }
                loaded.through = Some(through);
            }
            Load::Whole { circle, ids } => {
                for id in ids {
                    for (key, record) in self.with_id(circle, id) {
                        loaded.changes.extend(self.changes(key, &record.held.in_order()));
                    }
                }
            }
            Load::Heads { circle, ids } => {
                let held = self.held_of(circle, ids.iter().copied());
                loaded.heads =
                    ids.iter().map(|id| (*id, heads::own_heads(circle, *id, &held))).collect();
            }
            Load::Answer { circle, theirs } => {
                let held = self.held_of(circle, theirs.iter().map(|(id, _)| *id));
                let answer = heads::answer(circle, &theirs, &held);
                for (key, hashes) in answer.send {
                    loaded.changes.extend(self.changes(&key, &hashes));
                }
                loaded.heads = answer.lacking;
            }
        }
        loaded
    }

    fn with_id(
        &self,
        circle: CircleId,
        id: RecordId,
    ) -> impl Iterator<Item = (&RecordKey, &Record)> {
        let first = RecordKey { circle, id, steward: CenterId([0; 32]), kind: Kind::Offer };
        let last = RecordKey { circle, id, steward: CenterId([255; 32]), kind: Kind::Center };
        self.records.range(first..=last)
    }

    fn held_of(
        &self,
        circle: CircleId,
        ids: impl Iterator<Item = RecordId>,
    ) -> BTreeMap<RecordKey, Held> {
        ids.flat_map(|id| self.with_id(circle, id))
            .map(|(key, record)| (*key, record.held.clone()))
            .collect()
    }

    fn changes<'a>(
        &'a self,
        key: &RecordKey,
        hashes: &'a [ChangeHash],
    ) -> impl Iterator<Item = Arc<SignedChange>> + 'a {
        let places = self.records.get(key).map(|record| &record.places);
        hashes
            .iter()
            .filter_map(move |hash| places?.get(hash))
            .map(|place| self.log[place].change.clone())
    }

    /// Asserts that every held change of a record is one that the rules allow, given those below
    /// it, and that its bytes are there.
    pub(crate) fn check(&self, key: &RecordKey, form_of: impl Fn(&SignedChange) -> Form) {
        let Some(record) = self.records.get(key) else { return };
        assert_eq!(record.places.len(), record.held.changes.len(), "{key:?}");
        let mut again = Held::default();
        for hash in record.held.in_order() {
            let change = &self.log[&record.places[&hash]].change;
            let verdict = again.admit(change, &form_of(change));
            assert_eq!(verdict, Ok(Verdict::Accepted), "{hash:?} of {key:?} may not be held");
        }
        assert_eq!(again, record.held, "{key:?}");
    }

    /// The names of all changes on the disk.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = ChangeHash> {
        self.records.values().flat_map(|record| record.held.changes.keys().copied())
    }

    /// All changes on the disk as they came.
    pub(crate) fn log(&self) -> impl Iterator<Item = (&Arc<SignedChange>, Option<CenterId>)> {
        self.log.values().map(|entry| (&entry.change, entry.source))
    }
}

fn check_nothing_is_lost(key: &RecordKey, before: &Held, after: &Held) {
    let replaced = after.generation > before.generation || (after.erased && !before.erased);
    let kept = before.changes.keys().all(|hash| after.changes.contains_key(hash));
    assert!(kept || replaced, "changes of {key:?} were lost");
}
