//! What the stranger holds: section 6 in short, and what heads say.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use hospes_wire::peer;

use super::changes::{Change, pieces};
use super::documents::{self, Document};
use super::fingerprints::Key;
use super::names::{COMMONS, Digest, Number, Record, version};
use super::ranges::Snapshot;

/// A record, with all changes of its generation.
#[derive(Debug, Default)]
struct Held {
    generation: u32,
    /// Each after those that it is built on.
    changes: Vec<(Change, Vec<Digest>)>,
}

impl Held {
    fn is_erased(&self) -> bool {
        self.changes.iter().any(|(change, _)| change.chunk.is_none())
    }

    fn heads(&self) -> Vec<Digest> {
        let below: BTreeSet<Digest> =
            self.changes.iter().flat_map(|(_, below)| below.clone()).collect();
        let names = self.changes.iter().map(|(change, _)| change.name());
        names.filter(|name| !below.contains(name)).collect()
    }

    fn version(&self) -> [u8; 16] {
        version(self.generation, if self.is_erased() { Vec::new() } else { self.heads() })
    }

    fn has(&self, name: &Digest) -> bool {
        self.changes.iter().any(|(change, _)| change.name() == *name)
    }

    /// The changes that somebody lacks who holds these and all below them.
    fn since(&self, known: &[Digest]) -> Vec<Change> {
        let mut known: BTreeSet<Digest> = known.iter().copied().collect();
        for (change, below) in self.changes.iter().rev() {
            if known.contains(&change.name()) {
                known.extend(below);
            }
        }
        let all = self.changes.iter().map(|(change, _)| change.clone());
        all.filter(|change| !known.contains(&change.name())).collect()
    }
}

/// All records.
#[derive(Debug, Default)]
pub struct Holdings(BTreeMap<Record, Held>);

impl Holdings {
    /// Takes in a change whose signature was checked. Says whether it is new.
    pub fn take(&mut self, change: Change) -> Result<bool> {
        let below = match &change.chunk {
            Some(chunk) => {
                let head = documents::head(chunk)?;
                let actor = super::names::actor(&change.record, change.generation, &change.author);
                ensure!(head.actor == actor, "a chunk of somebody else");
                head.built_on
            }
            None => Vec::new(),
        };
        let held = self.0.entry(change.record).or_default();
        if change.generation < held.generation || held.has(&change.name()) {
            return Ok(false);
        }
        if change.generation > held.generation || change.chunk.is_none() {
            ensure!(below.is_empty(), "a generation begins in its middle");
            *held = Held { generation: change.generation, changes: Vec::new() };
        } else if held.is_erased() {
            return Ok(false);
        }
        ensure!(
            below.iter().all(|name| held.has(name)),
            "a change before those that it is built on"
        );
        held.changes.push((change, below));
        Ok(true)
    }

    /// How many records there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The numbers of all records of a steward and a kind that are not erased.
    pub fn numbers(&self, steward: &Digest, kind: u8) -> Vec<Number> {
        let records = self.0.iter().filter(|(_, held)| !held.is_erased());
        let of = records.filter(|(record, _)| record.steward == *steward && record.kind == kind);
        of.map(|(record, _)| record.number).collect()
    }

    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.0.values().map(|held| held.changes.len()).sum()
    }

    /// The document of the record of a number.
    pub fn document(&self, number: &Number) -> Result<Document> {
        let found = self.0.iter().find(|(record, _)| record.number == *number);
        let (_, held) = found.context("no such record")?;
        let mut document = Document::default();
        document.apply(held.changes.iter().filter_map(|(change, _)| change.chunk.as_deref()))?;
        Ok(document)
    }

    /// Count and fingerprint of all.
    pub fn sum(&self, key: &Key) -> (u64, u128) {
        let lifts = self.0.iter().map(|(record, held)| key.lift(record, &held.version()));
        (self.0.len() as u64, lifts.fold(0, u128::wrapping_add))
    }

    /// What a run of ranges begins with.
    pub fn snapshot(&self, key: &Key) -> Snapshot {
        let lift =
            |(record, held): (&Record, &Held)| (record.number, key.lift(record, &held.version()));
        Snapshot::new(self.0.iter().map(lift))
    }

    /// All changes of the records of a number.
    pub fn whole(&self, number: &Number) -> Vec<Change> {
        self.of(number).flat_map(|(_, held)| held.since(&[])).collect()
    }

    fn of(&self, number: &Number) -> impl Iterator<Item = (&Record, &Held)> {
        let number = *number;
        self.0.iter().filter(move |(record, _)| record.number == number)
    }

    /// What is said of a number in a frame of heads.
    pub fn heads(&self, number: &Number) -> peer::IdentifierHeads {
        let records = self.of(number).map(|(record, held)| peer::RecordHeads {
            steward: record.steward.to_vec(),
            kind: record.kind.into(),
            generation: held.generation,
            heads: held.heads().concat(),
        });
        peer::IdentifierHeads { id: number.to_vec(), records: records.collect() }
    }

    /// What to send to somebody who holds this, and whether it has more than we do.
    pub fn compare(&self, theirs: &peer::IdentifierHeads) -> Result<(Vec<Change>, bool)> {
        let number: Number = theirs.id.as_slice().try_into()?;
        let mut send = Vec::new();
        let mut more = false;
        let mut named = BTreeSet::new();
        for told in &theirs.records {
            let steward = told.steward.as_slice().try_into()?;
            let kind = u8::try_from(told.kind)?;
            let record = Record { number, steward, kind, circle: COMMONS };
            named.insert(record);
            match self.0.get(&record) {
                Some(held) if held.generation > told.generation => send.extend(held.since(&[])),
                Some(held) if held.generation == told.generation => {
                    let heads = pieces::<32>(&told.heads)?;
                    more |= !held.is_erased() && heads.iter().any(|name| !held.has(name));
                    send.extend(held.since(&heads));
                }
                _ => more = true,
            }
        }
        let unnamed = self.of(&number).filter(|(record, _)| !named.contains(record));
        send.extend(unnamed.flat_map(|(_, held)| held.since(&[])));
        Ok((send, more))
    }
}
