//! What is written together: changes, what they make of their records, and the refused ones.
//!
//! A commit is on disk as a whole or not at all: changes, projection, search terms and catalogue
//! never disagree, whenever the machine stops.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{CenterId, Fields, RecordKey, Timestamp};
use hospes_sync::admission::{Form, Refusal};
use hospes_sync::{Body, ChangeHash, Generation, SignedChange, Version};
use sqlx::SqliteConnection;

use crate::audit::{self, AuditEntry};
use crate::backup::{self, SetBack};
use crate::body;
use crate::column::{Columns, json_hex, json_hex_pairs};
use crate::database::Store;
use crate::error::StoreError;
use crate::form;
use crate::import::{self, ImportMark};
use crate::index::Turn;
use crate::projection::{Projection, decode, indexed};
use crate::quarantine::{self, LeftOut, RefusedChange};
use crate::rows::{ChangeRow, RecordRow, Rows};
use crate::snapshot;
use crate::writer::Writer;

/// All that is written together.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// When it is written, for what people see beside changes that were left out.
    pub at: Timestamp,
    /// What becomes of records.
    pub records: Vec<RecordCommit>,
    /// Changes that were refused.
    pub refused: Vec<RefusedChange>,
    /// Rows of imported files that became records.
    pub import: Vec<ImportMark>,
    /// What people did.
    pub audit: Vec<AuditEntry>,
    /// Changes among them that are this node's own and that it had lost.
    pub set_back: Option<SetBack>,
}

/// What becomes of one record.
#[derive(Clone, Debug)]
pub struct RecordCommit {
    /// The record.
    pub key: RecordKey,
    /// Generation that it is at afterwards.
    pub generation: Generation,
    /// Drop all changes of lower generations.
    pub replaces: bool,
    /// The record is erased: what it said goes, the tombstone among `added` stays.
    pub erased: bool,
    /// New changes, each after those it is built on. One that is held already is passed over.
    pub added: Vec<(SignedChange, Form)>,
    /// What it looks like afterwards.
    pub version: Version,
    /// What it says; `None` keeps what is shown.
    pub fields: Option<Fields>,
    /// All held changes that the document leaves out, and why.
    pub left_out: Vec<(ChangeHash, Refusal)>,
    /// The saved document of all changes held afterwards; `None` keeps an older one, which is good
    /// for the changes that it covers until the generation ends.
    pub snapshot: Option<Vec<u8>>,
    /// The peer that the changes came from; `None` when they were made here.
    pub source: Option<CenterId>,
}

/// Where the changes of a commit are in the local log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The lowest new position; 0 when there is none.
    pub first: u64,
    /// The highest new position; 0 when there is none.
    pub last: u64,
    /// A position for every change, in the order of the commit. Of a change that was held already
    /// it is the old one.
    pub positions: Vec<u64>,
}

impl Store {
    /// Writes a commit and returns when it is on disk. Commits that wait together share one
    /// transaction; each succeeds or fails alone.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let prepared = Prepared::of(commit)?;
        let weight = prepared.weight;
        self.write_much(weight, move |writer| Box::pin(apply(writer, prepared))).await
    }
}

/// A commit with all that can be computed before it is the writer's turn.
struct Prepared {
    commit: Commit,
    derived: Vec<Derived>,
    weight: usize,
}

/// What is computed from what becomes of one record.
struct Derived {
    projection: Option<Projection>,
    /// Of each added change; nothing for a tombstone.
    bodies: Vec<Option<Vec<u8>>>,
}

impl Prepared {
    fn of(mut commit: Commit) -> Result<Self, StoreError> {
        let mut weight = 1_024;
        let mut derived = Vec::with_capacity(commit.records.len());
        for record in &mut commit.records {
            weight += record.added.iter().map(|(change, _)| change.weight() + 128).sum::<usize>();
            weight += record.snapshot.as_ref().map_or(0, Vec::len);
            let fields = if record.erased { None } else { record.fields.take() };
            let projection =
                fields.map(|fields| Projection::of(&record.key, &fields)).transpose()?;
            weight += projection.as_ref().map_or(0, |projection| 4 * projection.fields.len());
            let bodies = record.added.iter().map(|(change, _)| match &change.body {
                Body::Chunk(chunk) => Some(body::encode(chunk)),
                Body::Tombstone => None,
            });
            derived.push(Derived { projection, bodies: bodies.collect() });
        }
        Ok(Self { commit, derived, weight })
    }
}

/// What the database has of a record before it changes.
#[derive(Default)]
struct Before {
    number: i64,
    generation: Generation,
    erased: bool,
    left_out: bool,
    position: i64,
    /// Encoded, as they are only looked at when the terms of the index change.
    fields: Option<Vec<u8>>,
    /// Those changes of the commit that it has already.
    held: BTreeMap<ChangeHash, Placed>,
}

/// A change that is held.
#[derive(Clone, Copy)]
struct Placed {
    position: i64,
    generation: Generation,
    tombstone: bool,
}

async fn apply(writer: &mut Writer, prepared: Prepared) -> Result<Committed, StoreError> {
    let Prepared { commit, derived, .. } = prepared;
    let mut known = before(&mut writer.connection, &commit.records).await?;
    let mut committed = Committed::default();
    let mut rows = Rows::default();
    let mut touched = BTreeSet::new();
    for (record, derived) in commit.records.into_iter().zip(derived) {
        if !touched.insert(record.key) {
            // The same record twice: what is read and deleted below must see the first.
            rows.flush(&mut writer.connection).await?;
        }
        let old = known.remove(&record.key);
        let key = record.key;
        let now = one(writer, &mut rows, &mut committed, record, (derived, commit.at), old).await?;
        known.insert(key, now);
    }
    rows.flush(&mut writer.connection).await?;
    quarantine::insert(&mut writer.connection, &commit.refused).await?;
    import::insert(&mut writer.connection, &commit.import).await?;
    audit::insert(&mut writer.connection, &commit.audit).await?;
    if let Some(more) = commit.set_back {
        backup::note_set_back(writer, more).await?;
    }
    Ok(committed)
}

async fn one(
    writer: &mut Writer,
    rows: &mut Rows,
    committed: &mut Committed,
    record: RecordCommit,
    (Derived { projection, bodies }, at): (Derived, Timestamp),
    old: Option<Before>,
) -> Result<Before, StoreError> {
    let key = record.key;
    let is_new = old.is_none();
    let old = old.unwrap_or_default();
    let number = if is_new { writer.interned.next_record() } else { old.number };
    let is_over = old.erased && !record.erased;
    if record.generation < old.generation || (record.generation == old.generation && is_over) {
        return Err(StoreError::Superseded { key, given: record.generation, held: old.generation });
    }
    if !is_new {
        clear(writer, rows, number, &record, old.left_out).await?;
    }
    let mut held = old.held;
    // What was just cleared is not held any more. A new generation too can come a second time.
    held.retain(|_, placed| {
        let older = placed.generation < record.generation;
        !(older && (record.replaces || record.erased) || record.erased && !placed.tombstone)
    });

    let source = match &record.source {
        Some(center) => Some(writer.interned.center(&mut writer.connection, center).await?),
        None => None,
    };
    let mut last = old.position;
    for ((change, form), body) in record.added.iter().zip(bodies) {
        if let Some(placed) = held.get(&form.hash) {
            committed.positions.push(u64::try_from(placed.position).unwrap_or(0));
            continue;
        }
        let author = writer.interned.author(&mut writer.connection, &change.author).await?;
        let position = writer.interned.next_position();
        let tombstone = body.is_none();
        held.insert(form.hash, Placed { position, generation: change.generation, tombstone });
        last = position;
        let at = u64::try_from(position).unwrap_or(0);
        committed.positions.push(at);
        committed.last = at;
        if committed.first == 0 {
            committed.first = at;
        }
        rows.changes.push(ChangeRow {
            position,
            record: number,
            generation: change.generation,
            hash: form.hash,
            author,
            source,
            form: form::encode(form)?,
            signature: change.signature,
            body,
        });
    }

    if !record.left_out.is_empty() {
        rows.flush(&mut writer.connection).await?;
        let left_out = LeftOut {
            key: &key,
            record: number,
            source: record.source,
            time: at,
            changes: &record.left_out,
        };
        quarantine::insert_left_out(&mut writer.connection, &left_out).await?;
    }
    if let Some(bytes) = &record.snapshot
        && !record.erased
    {
        rows.flush(&mut writer.connection).await?;
        snapshot::put(&mut writer.connection, number, bytes).await?;
    }

    let circle = writer.interned.circle(&mut writer.connection, &key.circle).await?;
    let steward = writer.interned.center(&mut writer.connection, &key.steward).await?;
    let projection = projection.filter(|_| !record.erased);
    let mut shown = None;
    if record.erased || projection.is_some() {
        let gone = old.fields.as_ref().map(|fields| decode(fields)).transpose()?;
        let mut turn = Turn {
            steward,
            kind: key.kind,
            old: gone.map(|fields| indexed(&key, &fields)),
            new: None,
        };
        if let Some(projection) = projection {
            shown = Some((projection.fields, projection.indexed.listing.encode()));
            turn.new = Some(projection.indexed);
        }
        writer.reindex.note(number, turn);
    }
    let left_out = i64::try_from(record.left_out.len()).unwrap_or(i64::MAX);
    let kept = if record.erased { None } else { old.fields };
    let after = shown.as_ref().map(|(fields, _)| fields.clone()).or(kept);
    rows.records.push(RecordRow {
        number,
        key,
        circle,
        steward,
        generation: record.generation,
        version: record.version,
        erased: record.erased,
        left_out,
        position: last,
        keeps: !record.erased && shown.is_none(),
        listing: shown.map(|(fields, listing)| {
            rows.shown.push((number, fields));
            listing
        }),
    });
    Ok(Before {
        number,
        generation: record.generation,
        erased: record.erased,
        left_out: left_out > 0,
        position: last,
        fields: after,
        held,
    })
}

/// Takes away what the commit makes void.
async fn clear(
    writer: &mut Writer,
    rows: &mut Rows,
    number: i64,
    record: &RecordCommit,
    left_out: bool,
) -> Result<(), StoreError> {
    let connection = &mut writer.connection;
    if record.replaces || record.erased {
        rows.flush(connection).await?;
        // A tombstone has no body, and stays when the erasure comes once more.
        sqlx::query(
            "DELETE FROM change WHERE record = ? AND (generation < ? OR (? AND body IS NOT NULL));
             DELETE FROM snapshot WHERE record = ?",
        )
        .bind(number)
        .bind(record.generation)
        .bind(record.erased)
        .bind(number)
        .execute(&mut *connection)
        .await?;
    }
    if record.erased {
        sqlx::query("DELETE FROM shown WHERE record = ?")
            .bind(number)
            .execute(&mut *connection)
            .await?;
    }
    if left_out || record.erased {
        quarantine::forget(connection, &record.key, !record.erased).await?;
    }
    if record.erased {
        writer.upkeep.leave_traces(&mut writer.connection).await?;
    }
    Ok(())
}

const BEFORE: &str =
    "SELECT 0, r.number, c.id, r.id, s.id, r.kind, r.generation, r.erased, r.left_out, r.position,
        p.fields
 FROM json_each(?1) j
 CROSS JOIN record r ON r.id = unhex(j.value)
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 LEFT JOIN shown p ON p.record = r.number
 UNION ALL
 SELECT 1, r.number, h.hash, h.position, h.generation, h.body IS NULL, NULL, NULL, NULL, NULL, NULL
 FROM json_each(?2) j
 CROSS JOIN record r ON r.id = unhex(j.value ->> 0)
 CROSS JOIN change h ON h.record = r.number AND h.hash = unhex(j.value ->> 1)";
const RECORD: i64 = 0;

/// What the database has of the records of a commit.
async fn before(
    connection: &mut SqliteConnection,
    records: &[RecordCommit],
) -> Result<BTreeMap<RecordKey, Before>, StoreError> {
    let keys: BTreeSet<RecordKey> = records.iter().map(|record| record.key).collect();
    let ids: BTreeSet<&[u8]> = keys.iter().map(|key| key.id.0.as_slice()).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let added = records.iter().flat_map(|record| {
        record.added.iter().map(|(_, form)| (record.key.id.0.as_slice(), form.hash.0.as_slice()))
    });
    let query = sqlx::query(BEFORE).bind(json_hex(ids)).bind(json_hex_pairs(added));
    let mut known = BTreeMap::new();
    let mut held: BTreeMap<i64, BTreeMap<ChangeHash, Placed>> = BTreeMap::new();
    for row in query.fetch_all(connection).await? {
        let number = row.integer(1)?;
        if row.integer(0)? != RECORD {
            let placed = Placed {
                position: row.integer(3)?,
                generation: row.small(4)?,
                tombstone: row.flag(5)?,
            };
            held.entry(number).or_default().insert(row.hash(2)?, placed);
            continue;
        }
        let key = row.key(2)?;
        if !keys.contains(&key) {
            continue;
        }
        let before = Before {
            number,
            generation: row.small(6)?,
            erased: row.flag(7)?,
            left_out: row.integer(8)? > 0,
            position: row.integer(9)?,
            fields: row.maybe_bytes(10)?,
            held: BTreeMap::new(),
        };
        known.insert(key, before);
    }
    for before in known.values_mut() {
        before.held = held.remove(&before.number).unwrap_or_default();
    }
    Ok(known)
}
