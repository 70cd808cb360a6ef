//! Indexing everything anew, when a release makes terms in another way.

use sqlx::SqlitePool;
use tokio::sync::mpsc;

use crate::column::Columns;
use crate::error::StoreError;
use crate::index::{INDEX_FORMAT, Turn};
use crate::note;
use crate::projection::{decode, indexed};
use crate::writer::{LIGHT, Task, Writer, reindex, write};

const NOTE: &str = "index format";
/// Records indexed in one transaction, so that the memory for their terms is bounded.
const STEP: i64 = 2_000;

const NEXT: &str = "SELECT c.id, r.id, s.id, r.kind, r.number, p.fields, r.steward
 FROM shown p
 JOIN record r ON r.number = p.record
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 WHERE p.record > ? ORDER BY p.record LIMIT ?";

const LISTING: &str = "UPDATE record SET listing = ? WHERE number = ?";

/// Indexes all records anew unless the index is of this release's format already.
pub(crate) async fn check_index(
    readers: &SqlitePool,
    tasks: &mpsc::Sender<Task>,
) -> Result<(), StoreError> {
    let found = note::get(readers, NOTE).await?;
    if found.as_deref() == Some(INDEX_FORMAT.to_string().as_str()) {
        return Ok(());
    }
    rebuild_index(tasks).await
}

/// Indexes all records anew. Only while opening: a commit in between would take out terms that
/// are not in yet. When it is interrupted it begins again at the next start.
async fn rebuild_index(tasks: &mpsc::Sender<Task>) -> Result<(), StoreError> {
    write(tasks, LIGHT, |writer| {
        Box::pin(async move {
            note::remove(&mut writer.connection, NOTE).await?;
            reindex::empty(&mut writer.connection).await
        })
    })
    .await?;
    let mut after = 0;
    loop {
        let last = write(tasks, LIGHT, move |writer| Box::pin(index_some(writer, after))).await?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    write(tasks, LIGHT, |writer| {
        Box::pin(
            async move { note::put(&mut writer.connection, NOTE, &INDEX_FORMAT.to_string()).await },
        )
    })
    .await
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
