//! What the writer does when nothing waits for it, some milliseconds at a time: it merges segments of the
//! full-text index, empties the write-ahead log, and takes out traces of what was erased.
//!
//! Left to themselves, FTS5 and SQLite do the first two inside some unlucky commit, for which somebody
//! waits. Traces are left because SQLite zeroes rows that go, but the index only marks words as gone
//! until it merges its segments, and the log has pages as they were. To take each word out at once would
//! cost a page per word of every edit. So an erasure leaves a note in its transaction; the note goes
//! last, and a node that stops in between goes on at its next start.

use std::time::Duration;

use sqlx::SqliteConnection;

use crate::error::StoreError;
use crate::note;

/// Name of the note.
const NOTE: &str = "traces of erased records";
/// Pages of the index that are merged at a time: some milliseconds.
const PAGES: i64 = 32;
/// Transactions after which segments are merged and the log is copied into the database.
const TRANSACTIONS: u32 = 16;
/// How long to wait when a reader still looks at old pages.
const BUSY: Duration = Duration::from_millis(250);
/// How long to wait when the disk does not take it.
const ILL: Duration = Duration::from_secs(10);

/// What there is to do.
#[derive(Debug)]
pub(crate) struct Upkeep {
    step: Step,
    /// Transactions since it was last done.
    transactions: u32,
    /// How long to wait before more is done.
    pause: Duration,
}

/// How far it is. The ordinary steps come round again and again; the later ones follow an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Merge segments of a size.
    Merge,
    /// Copy the log.
    Copy,
    /// Something was erased: make all segments candidates.
    Gather,
    /// Merge them all.
    MergeAll,
    /// Empty the log.
    Empty,
}

impl Upkeep {
    /// As the database remembers it.
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let note = note::get(connection, NOTE).await?;
        let step = if note.is_some() { Step::Gather } else { Step::Merge };
        Ok(Self { step, transactions: 0, pause: Duration::ZERO })
    }

    /// A transaction is on disk.
    pub(crate) fn committed(&mut self) {
        self.transactions = self.transactions.saturating_add(1);
    }

    /// When there is something to do; for ever when there is not.
    pub(crate) async fn due(&self) {
        let begun = self.step != Step::Merge;
        if !begun && self.transactions < TRANSACTIONS {
            std::future::pending::<()>().await;
        }
        if !self.pause.is_zero() {
            tokio::time::sleep(self.pause).await;
        }
    }

    /// Notes that the transaction erases something.
    pub(crate) async fn leave_traces(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        // Also when it is noted already: the transaction before may have been rolled back.
        note::put(connection, NOTE, "").await?;
        self.step = Step::Gather;
        Ok(())
    }

    /// Does a little.
    pub(crate) async fn maintain(&mut self, connection: &mut SqliteConnection) {
        self.pause = match self.advance(connection).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => BUSY,
            Err(error) => {
                tracing::warn!(%error, "the database could not be tidied up; it is tried again");
                ILL
            }
        };
    }

    /// Takes out all traces now. `false` when a reader is busy.
    pub(crate) async fn erase_traces(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<bool, StoreError> {
        self.step = Step::Gather;
        while self.step != Step::Merge {
            if !self.advance(connection).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One step. `false` when a reader is busy.
    async fn advance(&mut self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        match self.step {
            Step::Merge => {
                if !merge(connection, PAGES).await? {
                    self.step = Step::Copy;
                }
            }
            Step::Copy => {
                // What readers still look at is copied next time.
                sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut *connection).await?;
                (self.step, self.transactions) = (Step::Merge, 0);
            }
            Step::Gather => {
                // A number below zero means all segments, whatever their size.
                merge(connection, -PAGES).await?;
                self.step = Step::MergeAll;
            }
            Step::MergeAll => {
                if !merge(connection, PAGES).await? {
                    self.step = Step::Empty;
                }
            }
            Step::Empty => {
                if !empty_log(connection).await? {
                    return Ok(false);
                }
                note::remove(connection, NOTE).await?;
                self.step = Step::Merge;
                // The page without the note.
                empty_log(connection).await?;
            }
        }
        Ok(true)
    }
}

/// Merges segments of the index. Whether there was anything to merge.
async fn merge(connection: &mut SqliteConnection, pages: i64) -> Result<bool, StoreError> {
    let before = changes(connection).await?;
    sqlx::query("INSERT INTO search (search, rank) VALUES ('merge', ?)")
        .bind(pages)
        .execute(&mut *connection)
        .await?;
    // The statement itself counts as one.
    Ok(changes(connection).await? - before > 1)
}

async fn changes(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let changes = sqlx::query_scalar("SELECT total_changes()");
    Ok(changes.fetch_one(&mut *connection).await?)
}

/// `true` when nothing of old pages is left in the write-ahead log. A reader that is busy
/// prevents it without an error.
async fn empty_log(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    Ok(busy == 0)
}
