//! What people did, for their own center only: it is in no message between nodes.

use hospes_domain::Timestamp;
use sqlx::SqliteConnection;

use crate::column::Columns;
use crate::database::Store;
use crate::error::{StoreError, within};

const LONGEST_WHO: usize = 256;
const LONGEST_WHAT: usize = 4 * 1024;

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub time: Timestamp,
    /// Who, as the local API knows them; at most 256 bytes.
    pub who: String,
    /// What, in words; at most 4 KiB.
    pub what: String,
}

impl Store {
    /// The latest entries before number `before` with their numbers, the latest first.
    pub async fn audit(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
        let before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let rows = sqlx::query(
            "SELECT number, time, who, what FROM audit WHERE number < ?
             ORDER BY number DESC LIMIT ?",
        )
        .bind(before)
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let entry =
                    AuditEntry { time: row.time(1)?, who: row.text(2)?, what: row.text(3)? };
                Ok((row.count(0)?, entry))
            })
            .collect()
    }

    /// Notes something that somebody did and that changed no record.
    pub async fn put_audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.write(move |writer| {
            Box::pin(async move { insert(&mut writer.connection, &[entry]).await })
        })
        .await
    }

    /// Forgets what was done before an instant. Says how many entries that were.
    pub async fn delete_audit(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM audit WHERE time < ?")
                    .bind(before.0)
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }
}

pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    entries: &[AuditEntry],
) -> Result<(), StoreError> {
    for entry in entries {
        within("audit name", entry.who.len(), LONGEST_WHO)?;
        within("audit entry", entry.what.len(), LONGEST_WHAT)?;
        sqlx::query("INSERT INTO audit (time, who, what) VALUES (?, ?, ?)")
            .bind(entry.time.0)
            .bind(entry.who.as_str())
            .bind(entry.what.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
