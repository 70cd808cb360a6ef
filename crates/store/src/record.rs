//! Records as they are shown.

use std::collections::BTreeMap;

use hospes_domain::{Fields, Kind, RecordId, RecordKey};
use hospes_sync::{Generation, Version};
use sqlx::sqlite::SqliteRow;

use crate::column::Columns;
use crate::database::Store;
use crate::error::StoreError;
use crate::memory::counts::KindCounts;
use crate::projection::decode;

/// A record as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record.
    pub key: RecordKey,
    /// What it looks like.
    pub version: Version,
    /// Its generation.
    pub generation: Generation,
    /// What it says; empty when it is erased or nothing could be shown yet.
    pub fields: Fields,
    /// Whether there is something to show.
    pub shown: bool,
    /// Whether it was erased.
    pub erased: bool,
    /// How many of its changes the document leaves out.
    pub left_out: u32,
    /// Position of its last change in the local log.
    pub position: u64,
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records by kind.
    pub kinds: BTreeMap<Kind, KindCounts>,
    /// Changes in quarantine.
    pub quarantine: u64,
    /// Bytes of the database file, without its write-ahead log.
    pub bytes: u64,
}

macro_rules! record_columns {
    () => {
        "c.id, r.id, s.id, r.kind, r.version, r.generation, r.erased, r.left_out, r.position,
         p.fields"
    };
}
macro_rules! record_joins {
    () => {
        " JOIN circle c ON c.number = r.circle
          JOIN center s ON s.number = r.steward
          LEFT JOIN shown p ON p.record = r.number "
    };
}

const BY_ID: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM record r",
    record_joins!(),
    "WHERE r.id = ? ORDER BY c.id, s.id, r.kind"
);

/// In the order of the index; which order does not matter as long as it is one.
const LIST: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM record r",
    record_joins!(),
    "WHERE (r.id, r.circle, r.steward, r.kind)
         > (?1, coalesce((SELECT number FROM circle WHERE id = ?2), -1),
            coalesce((SELECT number FROM center WHERE id = ?3), -1), ?4)
       AND r.kind = ?4
     ORDER BY r.id, r.circle, r.steward, r.kind LIMIT ?5"
);

/// Records by their numbers, for the hits of a search.
pub(crate) const BY_NUMBER: &str = concat!(
    "SELECT ",
    record_columns!(),
    ", r.number FROM json_each(?) j CROSS JOIN record r ON r.number = j.value",
    record_joins!()
);

impl Store {
    /// A record, also an erased one.
    pub async fn get(&self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        let all = self.find(key.id).await?;
        Ok(all.into_iter().find(|record| record.key == *key))
    }

    /// All records with this identifier: mostly one, as it is random.
    pub async fn find(&self, id: RecordId) -> Result<Vec<Record>, StoreError> {
        let rows = sqlx::query(BY_ID).bind(id.0.as_slice()).fetch_all(self.readers()).await?;
        rows.iter().map(read).collect()
    }

    /// The next `limit` records of a kind after one, erased ones too, in an order that is always
    /// the same. Walks over the other kinds: for export, not for pages of results.
    pub async fn list(
        &self,
        kind: Kind,
        after: Option<RecordKey>,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        let (id, circle, steward) = match &after {
            Some(key) => (key.id.0.as_slice(), key.circle.0.as_slice(), key.steward.0.as_slice()),
            None => (&[][..], &[][..], &[][..]),
        };
        let rows = sqlx::query(LIST)
            .bind(id)
            .bind(circle)
            .bind(steward)
            .bind(i64::from(kind.number()))
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(read).collect()
    }

    /// How much there is.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        let mut shown = self.facets().counts();
        for kind in Kind::ALL {
            let erased: i64 =
                sqlx::query_scalar("SELECT count(*) FROM record WHERE kind = ? AND erased = 1")
                    .bind(i64::from(kind.number()))
                    .fetch_one(self.readers())
                    .await?;
            let erased = u64::try_from(erased).unwrap_or(0);
            let shown = shown.remove(&kind.number()).unwrap_or_default();
            counts.kinds.insert(kind, KindCounts { erased, ..shown });
        }
        let quarantine: i64 =
            sqlx::query_scalar("SELECT count(*) FROM quarantine").fetch_one(self.readers()).await?;
        counts.quarantine = u64::try_from(quarantine).unwrap_or(0);
        counts.bytes = self.bytes();
        Ok(counts)
    }

    /// Bytes that the database takes on the disk, with what waits in its log.
    fn bytes(&self) -> u64 {
        let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
        let mut log = self.path().as_os_str().to_owned();
        log.push("-wal");
        size(self.path()) + size(std::path::Path::new(&log))
    }
}

/// A record from the columns of this module's statements.
pub(crate) fn read(row: &SqliteRow) -> Result<Record, StoreError> {
    let fields = row.maybe_bytes(9)?.map(|bytes| decode(&bytes)).transpose()?;
    Ok(Record {
        key: row.key(0)?,
        version: row.version(4)?,
        generation: row.small(5)?,
        shown: fields.is_some(),
        fields: fields.unwrap_or_default(),
        erased: row.flag(6)?,
        left_out: row.small(7)?,
        position: row.count(8)?,
    })
}
