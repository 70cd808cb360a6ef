//! Traces of what was erased, and how they are taken out of the file.
//!
//! SQLite zeroes rows that go. But the full-text index only marks words as gone until it merges its
//! segments, and the write-ahead log has pages as they were until it is emptied. To take each word out
//! at once would cost a page per word of every edit. So an erasure leaves a note in its transaction, and
//! the writer cleans up whenever nothing else waits: first the index, some pages at a time, then the
//! log. The note goes last, so a node that stops in between goes on at its next start.

use std::time::Duration;

use sqlx::SqliteConnection;

use crate::error::StoreError;
use crate::setting;
use crate::writer::Writer;

/// The note, a setting.
const SETTING: &str = "traces of erased records";
/// Pages of the index that are merged between two other works: about 10 ms.
const PAGES: i64 = 64;
/// How long to wait when a reader still looks at old pages.
const BUSY: Duration = Duration::from_millis(250);
/// How long to wait when the disk does not take it.
const ILL: Duration = Duration::from_secs(10);

/// How far the cleaning is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Traces {
    /// Nothing to clean.
    #[default]
    None,
    /// Something was erased.
    Index,
    /// All segments of the index are being merged into one.
    Merging,
    /// The index is clean.
    Log,
}

impl Traces {
    /// As the database remembers them.
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let note: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?")
            .bind(SETTING)
            .fetch_optional(connection)
            .await?;
        Ok(note.map_or(Traces::None, |_| Traces::Index))
    }
}

impl Writer {
    /// Notes that the transaction erases something.
    pub(crate) async fn leave_traces(&mut self) -> Result<(), StoreError> {
        // Also when it is noted already: the transaction before may have been rolled back.
        setting::put(&mut self.connection, SETTING, "").await?;
        self.traces = Traces::Index;
        Ok(())
    }

    /// Waits for when to clean on; for ever when there is nothing to clean.
    pub(crate) async fn time_to_clean(pause: Option<Duration>, traces: Traces) {
        match (traces, pause) {
            (Traces::None, _) => std::future::pending().await,
            (_, None) => {}
            (_, Some(pause)) => tokio::time::sleep(pause).await,
        }
    }

    /// Cleans a little. How long to wait until more.
    pub(crate) async fn clean(&mut self) -> Option<Duration> {
        match self.clean_some().await {
            Ok(true) => None,
            Ok(false) => Some(BUSY),
            Err(error) => {
                tracing::warn!(%error, "traces of erased records are not taken out yet");
                Some(ILL)
            }
        }
    }

    /// Cleans until nothing is left. `false` when a reader is busy.
    pub(crate) async fn clean_all(&mut self) -> Result<bool, StoreError> {
        self.traces = Traces::Index;
        while self.traces != Traces::None {
            if !self.clean_some().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One step. `false` when a reader is busy.
    async fn clean_some(&mut self) -> Result<bool, StoreError> {
        match self.traces {
            Traces::None => {}
            // A number below zero: all segments, also those that are too small or too few for now.
            Traces::Index => {
                self.merge(-PAGES).await?;
                self.traces = Traces::Merging;
            }
            Traces::Merging => {
                if !self.merge(PAGES).await? {
                    self.traces = Traces::Log;
                }
            }
            Traces::Log => {
                if !self.empty_log().await? {
                    return Ok(false);
                }
                sqlx::query("DELETE FROM setting WHERE name = ?")
                    .bind(SETTING)
                    .execute(&mut self.connection)
                    .await?;
                self.traces = Traces::None;
                // The page without the note.
                self.empty_log().await?;
            }
        }
        Ok(true)
    }

    /// Merges segments of the index. Whether there was anything to merge.
    async fn merge(&mut self, pages: i64) -> Result<bool, StoreError> {
        const CHANGES: &str = "SELECT total_changes()";
        let before: i64 = sqlx::query_scalar(CHANGES).fetch_one(&mut self.connection).await?;
        sqlx::query("INSERT INTO search (search, rank) VALUES ('merge', ?)")
            .bind(pages)
            .execute(&mut self.connection)
            .await?;
        let after: i64 = sqlx::query_scalar(CHANGES).fetch_one(&mut self.connection).await?;
        // The statement itself counts as one.
        Ok(after - before > 1)
    }

    /// `true` when nothing of old pages is left in the write-ahead log. A reader that is busy
    /// prevents it without an error.
    async fn empty_log(&mut self) -> Result<bool, StoreError> {
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut self.connection)
            .await?;
        Ok(busy == 0)
    }
}
