//! The local log: changes in the order in which they were committed here.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{CenterId, CircleId, RecordId, RecordKey};
use hospes_sync::{Author, Body, ChangeHash, SignedChange};
use sqlx::sqlite::SqliteRow;

use crate::body;
use crate::column::{Columns, array, json_hex, signed};
use crate::database::Store;
use crate::error::StoreError;
use crate::held::numbers;

/// A part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The changes, in order of position.
    pub changes: Vec<SignedChange>,
    /// The position up to which the log was read. Changes that were passed over or are gone count
    /// as read. When it is the store's position, there is no more.
    pub through: u64,
}

macro_rules! change_columns {
    () => {
        "c.position, ci.id, r.id, st.id, r.kind, c.generation, ac.id, a.node, a.epoch, a.writer,
         c.signature, c.body"
    };
}
macro_rules! change_joins {
    () => {
        " JOIN record r ON r.number = c.record
          JOIN circle ci ON ci.number = r.circle
          JOIN center st ON st.number = r.steward
          JOIN author a ON a.number = c.author
          JOIN center ac ON ac.number = a.center "
    };
}

const POSITION: &str = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change'";

const LOG: &str = concat!(
    "SELECT ",
    change_columns!(),
    " FROM change c",
    change_joins!(),
    "WHERE c.position > ?
       AND (c.source IS NULL OR c.source <> coalesce((SELECT number FROM center WHERE id = ?), -1))
     ORDER BY c.position LIMIT ?"
);

const WANTED: &str = concat!(
    "SELECT ",
    change_columns!(),
    " FROM json_each(?) j CROSS JOIN change c ON c.record = j.value ->> 0
        AND c.hash = unhex(j.value ->> 1)",
    change_joins!(),
    "ORDER BY c.position"
);

/// All changes of the records with some identifiers.
const WHOLE: &str = concat!(
    "SELECT ",
    change_columns!(),
    " FROM json_each(?) j CROSS JOIN record r ON r.id = unhex(j.value)
      JOIN change c ON c.record = r.number
      JOIN circle ci ON ci.number = r.circle
      JOIN center st ON st.number = r.steward
      JOIN author a ON a.number = c.author
      JOIN center ac ON ac.number = a.center
      WHERE ci.id = ? ORDER BY c.position"
);

/// Rows read at a time. A page that is full of bytes early has read few for nothing.
const STEP: usize = 256;

impl Store {
    /// The position of the last change that was ever committed; 0 when there was none.
    pub async fn position(&self) -> Result<u64, StoreError> {
        let position: i64 = sqlx::query_scalar(POSITION).fetch_one(self.readers()).await?;
        Ok(u64::try_from(position).unwrap_or(0))
    }

    /// The changes after a position, without those that came from `not_from`, in order of
    /// position.
    ///
    /// Ends before it would exceed `max_bytes` or `max_changes`, but has at least one change when
    /// there is any. Go on from [`LogPage::through`].
    pub async fn log(
        &self,
        after: u64,
        not_from: CenterId,
        max_bytes: usize,
        max_changes: usize,
    ) -> Result<LogPage, StoreError> {
        // One transaction, so that a change committed meanwhile is not passed over at the end.
        let mut reader = self.readers().begin().await?;
        let position: i64 = sqlx::query_scalar(POSITION).fetch_one(&mut *reader).await?;
        let mut page = LogPage { changes: Vec::new(), through: after };
        let mut bytes = 0;
        loop {
            let limit = max_changes.max(1).saturating_sub(page.changes.len()).min(STEP);
            let rows = sqlx::query(LOG)
                .bind(signed(page.through))
                .bind(not_from.0.as_slice())
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&mut *reader)
                .await?;
            let last = rows.len() < limit;
            for row in rows {
                let (at, change) = read(&row)?;
                bytes += change.weight();
                if bytes > max_bytes && !page.changes.is_empty() {
                    return Ok(page);
                }
                page.changes.push(change);
                page.through = at;
            }
            if last {
                page.through = page.through.max(u64::try_from(position).unwrap_or(0));
                return Ok(page);
            }
            if page.changes.len() >= max_changes.max(1) {
                return Ok(page);
            }
        }
    }

    /// All changes that are held of the records of a circle with these identifiers, each after those
    /// it is built on.
    pub async fn whole(
        &self,
        circle: CircleId,
        ids: &[RecordId],
    ) -> Result<Vec<SignedChange>, StoreError> {
        let ids: BTreeSet<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
        let rows = sqlx::query(WHOLE)
            .bind(json_hex(ids))
            .bind(circle.0.as_slice())
            .fetch_all(self.readers())
            .await?;
        // A change is committed after those it is built on, so positions are in the right order.
        rows.iter().map(|row| Ok(read(row)?.1)).collect()
    }

    /// The wanted changes, as far as they are held, each after those it is built on.
    pub async fn changes(
        &self,
        wanted: &[(RecordKey, Vec<ChangeHash>)],
    ) -> Result<Vec<SignedChange>, StoreError> {
        let keys: Vec<RecordKey> = wanted.iter().map(|(key, _)| *key).collect();
        let mut reader = self.readers().begin().await?;
        let numbers: BTreeMap<RecordKey, i64> = numbers(&mut reader, &keys)
            .await?
            .into_iter()
            .map(|(number, key)| (key, number))
            .collect();
        let mut pairs = String::from("[");
        for (key, hashes) in wanted {
            let Some(number) = numbers.get(key) else { continue };
            for hash in hashes {
                if pairs.len() > 1 {
                    pairs.push(',');
                }
                pairs.push_str(&format!("[{number},\"{hash}\"]"));
            }
        }
        pairs.push(']');
        let rows = sqlx::query(WANTED).bind(pairs).fetch_all(&mut *reader).await?;
        reader.rollback().await?;
        // A change is committed after those it is built on, so positions are in the right order.
        rows.iter().map(|row| Ok(read(row)?.1)).collect()
    }
}

fn read(row: &SqliteRow) -> Result<(u64, SignedChange), StoreError> {
    let author = Author {
        center: row.center(6)?,
        node: row.node(7)?,
        epoch: row.small(8)?,
        writer: array(&row.bytes(9)?, "writer")?,
    };
    let change = SignedChange {
        key: row.key(1)?,
        generation: row.small(5)?,
        author,
        body: match row.maybe_bytes(11)? {
            Some(kept) => Body::Chunk(body::decode(kept)?),
            None => Body::Tombstone,
        },
        signature: array(&row.bytes(10)?, "signature")?,
    };
    Ok((row.count(0)?, change))
}
