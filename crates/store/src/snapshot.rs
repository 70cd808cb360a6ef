//! Saved documents of records with a long history.

use hospes_sync::admission::Held;
use sqlx::SqliteConnection;

use crate::column::Columns;
use crate::error::StoreError;
use crate::form;

/// A saved document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedDocument {
    /// As the merge worker saved it.
    pub bytes: Vec<u8>,
    /// It is made of this many changes, the first of [`Held::in_order`], without those that were
    /// left out then.
    pub covers: u32,
}

/// Keeps a document of all changes that the record has.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    record: i64,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let mut held = Held::default();
    let rows = sqlx::query("SELECT hash, form FROM change WHERE record = ?")
        .bind(record)
        .fetch_all(&mut *connection)
        .await?;
    for row in rows {
        let hash = row.hash(0)?;
        held.changes.insert(hash, form::decode(hash, &row.bytes(1)?)?);
    }
    let Some(last) = held.in_order().pop() else { return Ok(()) };
    sqlx::query("REPLACE INTO snapshot (record, covers, last, bytes) VALUES (?, ?, ?, ?)")
        .bind(record)
        .bind(i64::try_from(held.changes.len()).unwrap_or(i64::MAX))
        .bind(last.0.as_slice())
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(())
}

/// A document as it was kept, with the name of the last change that it covers.
pub(crate) struct Kept {
    pub(crate) snapshot: SavedDocument,
    pub(crate) last: hospes_sync::ChangeHash,
}

impl Kept {
    /// The document, unless a change came meanwhile that belongs among those that it covers:
    /// somebody may have built on older changes than it ends with.
    pub(crate) fn fitting(self, held: &Held) -> Option<SavedDocument> {
        let place = held.in_order().iter().position(|hash| *hash == self.last)?;
        let covers = usize::try_from(self.snapshot.covers).ok()?;
        (place + 1 == covers).then_some(self.snapshot)
    }
}
