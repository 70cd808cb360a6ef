//! Which row of an imported file became which record, so that importing it again changes nothing.

use std::collections::BTreeMap;

use hospes_domain::RecordKey;
use sqlx::SqliteConnection;

use crate::column::{Columns, array};
use crate::database::Store;
use crate::error::{StoreError, within};

const LONGEST: usize = 512;

/// A row of an imported file that became a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportMark {
    /// The file or list that it is from, as the admin calls it; at most 512 bytes.
    pub source: String,
    /// Its identifier there; at most 512 bytes.
    pub external: String,
    /// The record.
    pub key: RecordKey,
    /// Digest of the row, to see whether it has changed.
    pub digest: [u8; 32],
}

impl Store {
    /// All rows of a source that became records, by their identifiers there.
    pub async fn import_marks(
        &self,
        source: &str,
    ) -> Result<BTreeMap<String, ImportMark>, StoreError> {
        let rows = sqlx::query(
            "SELECT circle, id, steward, kind, external, digest FROM import_map WHERE source = ?",
        )
        .bind(source)
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let mark = ImportMark {
                    source: source.to_owned(),
                    external: row.text(4)?,
                    key: row.key(0)?,
                    digest: array(&row.bytes(5)?, "digest")?,
                };
                Ok((mark.external.clone(), mark))
            })
            .collect()
    }

    /// The rows that became a record.
    pub async fn import_marks_of(&self, key: &RecordKey) -> Result<Vec<ImportMark>, StoreError> {
        let rows = sqlx::query(
            "SELECT source, external, digest FROM import_map \
             WHERE id = ? AND circle = ? AND steward = ? AND kind = ?",
        )
        .bind(key.id.0.as_slice())
        .bind(key.circle.0.as_slice())
        .bind(key.steward.0.as_slice())
        .bind(i64::from(key.kind.number()))
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let digest = array(&row.bytes(2)?, "digest")?;
                Ok(ImportMark { source: row.text(0)?, external: row.text(1)?, key: *key, digest })
            })
            .collect()
    }

    /// The records that rows of this identifier became, in whatever list.
    pub async fn imported_as(&self, external: &str) -> Result<Vec<RecordKey>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT circle, id, steward, kind FROM import_map WHERE external = ?",
        )
        .bind(external)
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(|row| row.key(0)).collect()
    }

    /// Forgets that a row became a record. `false` when it is not known.
    pub async fn delete_import_mark(
        &self,
        source: String,
        external: String,
    ) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM import_map WHERE source = ? AND external = ?")
                    .bind(source)
                    .bind(external)
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}

pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    marks: &[ImportMark],
) -> Result<(), StoreError> {
    for mark in marks {
        within("import source", mark.source.len(), LONGEST)?;
        within("import identifier", mark.external.len(), LONGEST)?;
        sqlx::query("REPLACE INTO import_map VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(mark.source.as_str())
            .bind(mark.external.as_str())
            .bind(mark.key.circle.0.as_slice())
            .bind(mark.key.id.0.as_slice())
            .bind(mark.key.steward.0.as_slice())
            .bind(i64::from(mark.key.kind.number()))
            .bind(mark.digest.as_slice())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
