//! Indexing everything anew, when a release makes terms in another way.

use sqlx::SqliteConnection;

use crate::column::Columns;
use crate::database::Store;
use crate::error::StoreError;
use crate::index::INDEX_FORMAT;
use crate::projection::{Listing, decode, terms};
use crate::setting;
use crate::writer::Writer;

const SETTING: &str = "index format";
/// Records indexed in one transaction, so that the memory for their terms is bounded.
const STEP: i64 = 2_000;

const NEXT: &str = "SELECT c.id, r.id, s.id, r.kind, r.number, p.fields
 FROM shown p
 JOIN record r ON r.number = p.record
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward
 WHERE p.record > ? ORDER BY p.record LIMIT ?";

const LISTING: &str = "UPDATE record SET confirmed = ?, town = ?, listed_from = ?,
        listed_until = ?, first_night = ?, nights = ? WHERE number = ?";

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
        let fields = decode(&row.bytes(5)?)?;
        put_listing(&mut writer.connection, number, &Listing::of(key.kind, &fields)).await?;
        writer.reindex.note(number, None, Some(terms(&key, &fields)));
        last = Some(number);
    }
    Ok(last)
}

async fn put_listing(
    connection: &mut SqliteConnection,
    number: i64,
    listing: &Listing,
) -> Result<(), StoreError> {
    sqlx::query(LISTING)
        .bind(listing.confirmed.0)
        .bind(listing.town)
        .bind(listing.from.0)
        .bind(listing.until.0)
        .bind(listing.first_night)
        .bind(listing.nights.as_deref())
        .bind(number)
        .execute(connection)
        .await?;
    Ok(())
}
