//! What is held of records: for those who admit changes and those who send them.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{CircleId, Fields, RecordId, RecordKey};
use hospes_sync::ChangeHash;
use hospes_sync::admission::Held;

use crate::body;
use crate::column::{Columns, json_hex};
use crate::database::Store;
use crate::error::StoreError;
use crate::form;
use crate::projection::decode;
use crate::snapshot::{Kept, SavedDocument};

/// What is held of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldRecord {
    /// The forms of its changes.
    pub held: Held,
    /// The document of the first of them, if one was saved.
    pub snapshot: Option<SavedDocument>,
    /// What is shown.
    pub fields: Option<Fields>,
    /// Held changes that the document was last made without.
    pub left_out: BTreeSet<ChangeHash>,
}

/// Records, what their documents leave out, and their changes. One statement: a commit in between must
/// not be half seen, and each statement is a trip to the thread of the connection.
const HELD: &str = "SELECT 0, r.number, c.id, r.id, s.id, r.kind, r.generation, r.erased, p.fields,
        n.covers, n.last, n.bytes
 FROM json_each(?1) j
 CROSS JOIN record r ON r.id = unhex(j.value)
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 LEFT JOIN shown p ON p.record = r.number
 LEFT JOIN snapshot n ON n.record = r.number
 UNION ALL
 SELECT 1, r.number, q.hash, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
 FROM json_each(?1) j
 CROSS JOIN record r ON r.id = unhex(j.value) AND r.left_out > 0
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 JOIN quarantine q ON q.id = r.id AND q.circle = c.id AND q.steward = s.id AND q.kind = r.kind
 WHERE q.held
 UNION ALL
 SELECT 2, r.number, h.hash, h.form, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
 FROM json_each(?1) j
 CROSS JOIN record r ON r.id = unhex(j.value)
 CROSS JOIN change h ON h.record = r.number";
const RECORD: i64 = 0;
const LEFT_OUT: i64 = 1;

const CHUNKS: &str = "SELECT c.id, r.id, s.id, r.kind, h.hash, h.body FROM json_each(?) j
 CROSS JOIN record r ON r.id = unhex(j.value)
 CROSS JOIN change h ON h.record = r.number
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 WHERE h.body IS NOT NULL ORDER BY h.position";

const KEYS: &str = "SELECT c.id, r.id, s.id, r.kind, r.number FROM json_each(?) j
 CROSS JOIN record r ON r.id = unhex(j.value)
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward";

impl Store {
    /// What is held of these records. Records of which nothing is held are not in the answer.
    pub async fn held(
        &self,
        keys: &[RecordKey],
    ) -> Result<BTreeMap<RecordKey, HeldRecord>, StoreError> {
        let wanted: BTreeSet<&RecordKey> = keys.iter().collect();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = sqlx::query(HELD).bind(ids(&wanted)).fetch_all(self.readers()).await?;
        let mut found = BTreeMap::new();
        let mut left_out: BTreeMap<i64, BTreeSet<ChangeHash>> = BTreeMap::new();
        let mut forms = Vec::new();
        for row in rows {
            let (what, number) = (row.integer(0)?, row.integer(1)?);
            if what == LEFT_OUT {
                left_out.entry(number).or_default().insert(row.hash(2)?);
                continue;
            }
            if what != RECORD {
                forms.push((number, row));
                continue;
            }
            let key = row.key(2)?;
            if !wanted.contains(&key) {
                continue;
            }
            let held =
                Held { generation: row.small(6)?, erased: row.flag(7)?, changes: BTreeMap::new() };
            let fields = row.maybe_bytes(8)?.map(|bytes| decode(&bytes)).transpose()?;
            let kept = match row.maybe_bytes(11)? {
                Some(bytes) => Some(Kept {
                    snapshot: SavedDocument { bytes, covers: row.small(9)? },
                    last: row.hash(10)?,
                }),
                None => None,
            };
            found.insert(number, (key, held, fields, kept));
        }
        for (number, row) in forms {
            if let Some((_, held, _, _)) = found.get_mut(&number) {
                let hash = row.hash(2)?;
                held.changes.insert(hash, form::decode(hash, &row.bytes(3)?)?);
            }
        }
        let answer = found.into_iter().map(|(number, (key, held, fields, kept))| {
            let snapshot = kept.and_then(|kept| kept.fitting(&held));
            let left_out = left_out.remove(&number).unwrap_or_default();
            (key, HeldRecord { held, snapshot, fields, left_out })
        });
        Ok(answer.collect())
    }

    /// The Automerge chunks of these records with their names, each after those it is built on.
    pub async fn chunks(
        &self,
        keys: &[RecordKey],
    ) -> Result<BTreeMap<RecordKey, Vec<(ChangeHash, Vec<u8>)>>, StoreError> {
        let wanted: BTreeSet<&RecordKey> = keys.iter().collect();
        let mut chunks: BTreeMap<RecordKey, Vec<(ChangeHash, Vec<u8>)>> = BTreeMap::new();
        if wanted.is_empty() {
            return Ok(chunks);
        }
        for row in sqlx::query(CHUNKS).bind(ids(&wanted)).fetch_all(self.readers()).await? {
            let key = row.key(0)?;
            if wanted.contains(&key) {
                let chunk = body::decode(row.bytes(5)?)?;
                chunks.entry(key).or_default().push((row.hash(4)?, chunk));
            }
        }
        Ok(chunks)
    }

    /// All records of a circle that have these identifiers, in order.
    pub async fn keys_of(
        &self,
        circle: CircleId,
        ids: &[RecordId],
    ) -> Result<Vec<RecordKey>, StoreError> {
        let ids: BTreeSet<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
        let rows = sqlx::query(KEYS).bind(json_hex(ids)).fetch_all(self.readers()).await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let key = row.key(0)?;
            if key.circle == circle {
                keys.push(key);
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }
}

/// The numbers of records in this database.
pub(crate) async fn numbers(
    reader: &mut sqlx::SqliteConnection,
    keys: &[RecordKey],
) -> Result<BTreeMap<i64, RecordKey>, StoreError> {
    let wanted: BTreeSet<&RecordKey> = keys.iter().collect();
    let mut numbers = BTreeMap::new();
    for row in sqlx::query(KEYS).bind(ids(&wanted)).fetch_all(reader).await? {
        let key = row.key(0)?;
        if wanted.contains(&key) {
            numbers.insert(row.integer(4)?, key);
        }
    }
    Ok(numbers)
}

fn ids(keys: &BTreeSet<&RecordKey>) -> String {
    let ids: BTreeSet<&[u8]> = keys.iter().map(|key| key.id.0.as_slice()).collect();
    json_hex(ids)
}
