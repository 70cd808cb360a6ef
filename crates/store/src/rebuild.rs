//! Indexing everything anew, when a release makes terms in another way.

use crate::column::Columns;
use crate::database::Store;
use crate::error::StoreError;
use crate::index::INDEX_FORMAT;
use crate::index::Turn;
use crate::projection::{decode, indexed};
use crate::setting;
use crate::writer::Writer;

const SETTING: &str = "index format";
/// Records indexed in one transaction, so that the memory for their terms is bounded.
const STEP: i64 = 2_000;

const NEXT: &str = "SELECT c.id, r.id, s.id, r.kind, r.number, p.fields, r.steward
 FROM shown p
 JOIN record r ON r.number = p.record
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 WHERE p.record > ? ORDER BY p.record LIMIT ?";

const LISTING: &str = "UPDATE record SET listing = ? WHERE number = ?";

impl Store {
    /// Indexes all records anew unless the index is of this release's format already.
    pub(crate) async fn check_index(&self) -> Result<(), StoreError> {
        let found = self.setting(SETTING).await?;
        if found.as_deref() == Some(INDEX_FORMAT.to_string().as_str()) {
            return Ok(());
        }
        self.rebuild_index().await
    }

    /// Indexes all records anew. Only while opening: a commit in between would take out terms that
    /// are not in yet. When it is interrupted it begins again at the next start.
    async fn rebuild_index(&self) -> Result<(), StoreError> {
        self.write(|writer| {
            Box::pin(async move {
                sqlx::query("DELETE FROM setting WHERE name = ?")
                    .bind(SETTING)
                    .execute(&mut writer.connection)
                    .await?;
                writer.empty_index().await
            })
        })
        .await?;
        let mut after = 0;
        loop {
            let last = self.write(move |writer| Box::pin(index_some(writer, after))).await?;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        self.write(|writer| {
            Box::pin(async move {
                setting::put(&mut writer.connection, SETTING, &INDEX_FORMAT.to_string()).await
            })
        })
        .await
    }
}

/// Indexes the next records and says which was the last; `None` when there are no more.
async fn index_some(writer: &mut Writer, after: i64) -> Result<Option<i64>, StoreError> {
    let rows = sqlx::query(NEXT).bind(after).bind(STEP).fetch_all(&mut writer.connection).await?;
    let mut last = None;
    for row in rows {
        let (key, number) = (row.key(0)?, row.integer(4)?);
        let indexed = indexed(&key, &decode(&row.bytes(5)?)?);
        sqlx::query(LISTING)
            .bind(indexed.listing.encode())
            .bind(number)
            .execute(&mut writer.connection)
            .await?;
        let (steward, kind) = (row.integer(6)?, key.kind);
        writer.reindex.note(number, Turn { steward, kind, old: None, new: Some(indexed) });
        last = Some(number);
    }
    Ok(last)
}
