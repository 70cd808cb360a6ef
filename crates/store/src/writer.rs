//! The one connection that writes, and the task that owns it.
//!
//! The SQLite inside SQLCipher 4.10 can lose committed pages when two connections write or
//! checkpoint at once, so there is exactly one that does either. Whoever wants to write sends the
//! work here. Works that wait together share a transaction, and so one fsync; each runs inside its
//! own savepoint, so that one that fails takes nothing else with it.

use std::fs::File;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::error::StoreError;
use crate::memory::facets::Facets;
use crate::memory::health::Health;
use crate::memory::interned::Interned;
use crate::memory::tokens::Tokens;
use crate::threads::Threads;

pub(crate) mod reindex;
pub(crate) mod upkeep;

use reindex::Reindex;
use upkeep::Upkeep;

/// Works that share a transaction at most.
const GROUP: usize = 64;
/// Works that may wait; whoever comes later waits to get in.
pub(crate) const QUEUE: usize = 256;
/// Bytes that a work brings, about, when it says nothing else.
pub(crate) const LIGHT: usize = 1_024;
/// Bytes of works that share a transaction, about.
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// What a work gives back, in time.
pub(crate) type Work<'w, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'w>>;

/// Something to be done on the writer's connection.
pub(crate) enum Task {
    /// Inside a transaction.
    Write(Box<dyn Errand>),
    /// Take what was erased out of the file.
    Scrub(oneshot::Sender<Result<bool, StoreError>>),
    /// Finish and close the connection.
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// A work with somebody who waits for it.
pub(crate) trait Errand: Send {
    /// Does it, inside a transaction that is not committed yet.
    fn run<'w>(&'w mut self, writer: &'w mut Writer) -> Work<'w, ()>;
    /// Tells the one who waits how it ended: `Ok` means that it is on disk.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
    /// Bytes that it brings, about.
    fn weight(&self) -> usize;
}

/// How a work ended, before it is known whether the transaction holds.
type Outcome = (Box<dyn Errand>, Result<(), StoreError>);

struct Typed<F, T> {
    work: Option<F>,
    weight: usize,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Errand for Typed<F, T>
where
    T: Send + 'static,
    F: for<'w> FnOnce(&'w mut Writer) -> Work<'w, T> + Send,
{
    fn run<'w>(&'w mut self, writer: &'w mut Writer) -> Work<'w, ()> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(writer).await?);
            }
            Ok(())
        })
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Typed { result, reply, .. } = *self;
        // When nobody waits any more the work is on disk all the same.
        let _ = reply.send(outcome.and_then(|()| result.ok_or(StoreError::Closed)));
    }

    fn weight(&self) -> usize {
        self.weight
    }
}

/// Sends a work to the writer and waits until it is on disk.
pub(crate) async fn write<T, F>(
    tasks: &mpsc::Sender<Task>,
    weight: usize,
    work: F,
) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: for<'w> FnOnce(&'w mut Writer) -> Work<'w, T> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let errand = Typed { work: Some(work), weight, result: None, reply };
    tasks.send(Task::Write(Box::new(errand))).await.map_err(|_| StoreError::Closed)?;
    answer.await.map_err(|_| StoreError::Closed)?
}

/// The writer's connection and what it knows by heart.
pub(crate) struct Writer {
    pub(crate) connection: SqliteConnection,
    pub(crate) interned: Interned,
    /// Whether that is what the database says: after a failure it may not have been read again.
    pub(crate) sure: bool,
    /// Changes to the full-text index, made at the end of the transaction.
    pub(crate) reindex: Reindex,
    /// What searches compare; follows what is on disk.
    pub(crate) facets: Arc<RwLock<Facets>>,
    /// Transactions since the start.
    pub(crate) transactions: Arc<AtomicU64>,
    /// Access to the local API, known by heart.
    pub(crate) tokens: Arc<Tokens>,
    /// What there is to do when nothing waits.
    pub(crate) upkeep: Upkeep,
    /// What becomes of transactions.
    pub(crate) health: Arc<Health>,
    /// Below the connection, so that it is dropped afterwards.
    pub(crate) threads: Threads,
    /// Held as long as the connection is open.
    pub(crate) lock: File,
}

impl Writer {
    /// Works until the store is closed or dropped.
    pub(crate) async fn run(mut self, mut tasks: mpsc::Receiver<Task>) {
        let mut waiting = Vec::with_capacity(GROUP);
        loop {
            tokio::select! {
                biased;
                count = tasks.recv_many(&mut waiting, GROUP) => if count == 0 { break },
                () = self.upkeep.due() => {
                    self.upkeep.maintain(&mut self.connection).await;
                    continue;
                }
            }
            let mut group: Vec<Box<dyn Errand>> = Vec::with_capacity(waiting.len());
            let mut weight = 0;
            for task in waiting.drain(..) {
                match task {
                    Task::Write(errand) => {
                        weight += errand.weight();
                        group.push(errand);
                        if weight >= GROUP_BYTES {
                            self.transact(std::mem::take(&mut group)).await;
                            weight = 0;
                        }
                    }
                    Task::Scrub(reply) => {
                        self.transact(std::mem::take(&mut group)).await;
                        let done = self.upkeep.erase_traces(&mut self.connection).await;
                        let _ = reply.send(done);
                    }
                    Task::Close(reply) => {
                        self.transact(std::mem::take(&mut group)).await;
                        let closed = self.connection.close().await.map_err(StoreError::from);
                        drop((self.threads, self.lock));
                        let _ = reply.send(closed);
                        return;
                    }
                }
            }
            self.transact(group).await;
        }
        let _ = self.connection.close().await;
    }

    /// One transaction for all of them.
    async fn transact(&mut self, group: Vec<Box<dyn Errand>>) {
        if group.is_empty() {
            return;
        }
        let weight = group.iter().map(|errand| errand.weight()).sum();
        let mut outcomes = Vec::with_capacity(group.len());
        match self.attempt(group, &mut outcomes).await {
            Ok(()) => {
                self.transactions.fetch_add(1, Ordering::Relaxed);
                self.upkeep.committed();
                if self.health.kept(weight, Instant::now()) {
                    tracing::info!("the disk takes what is to be kept again");
                }
                self.tokens.settle();
                let turns = self.reindex.take();
                if !turns.is_empty() {
                    // Before anybody hears that it is on disk, so that they find it.
                    self.facets.write().unwrap_or_else(PoisonError::into_inner).follow(turns);
                }
                for (errand, outcome) in outcomes {
                    errand.answer(outcome);
                }
            }
            Err(error) => {
                self.undo().await;
                self.tokens.settle();
                if self.health.failed(&error, weight, Instant::now()) {
                    tracing::error!(%error, "nothing can be kept");
                }
                for (errand, outcome) in outcomes {
                    errand.answer(outcome.and(Err(error.clone())));
                }
            }
        }
    }

    /// Runs all and commits. When it fails nothing of it is kept.
    async fn attempt(
        &mut self,
        group: Vec<Box<dyn Errand>>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), StoreError> {
        // Each statement is a trip to the thread of the connection: those that belong together go
        // together, and the last savepoint is released by the commit.
        let mut failed = self.execute("BEGIN IMMEDIATE; SAVEPOINT errand").await.err();
        if failed.is_none() && !self.sure {
            failed = self.recollect().await.err();
        }
        for (number, mut errand) in group.into_iter().enumerate() {
            if number > 0 && failed.is_none() {
                failed = self.execute("RELEASE errand; SAVEPOINT errand").await.err();
            }
            let outcome = match &failed {
                Some(error) => Err(error.clone()),
                None => match self.one(errand.as_mut()).await {
                    Ok(outcome) => outcome,
                    Err(error) => {
                        failed = Some(error.clone());
                        Err(error)
                    }
                },
            };
            outcomes.push((errand, outcome));
        }
        if let Some(error) = failed {
            return Err(error);
        }
        self.reindex.write(&mut self.connection).await?;
        self.execute("COMMIT").await
    }

    /// One work in the open savepoint. The outer error means that the transaction itself is lost.
    async fn one(&mut self, errand: &mut dyn Errand) -> Result<Result<(), StoreError>, StoreError> {
        match errand.run(self).await {
            Ok(()) => {
                self.reindex.keep();
                Ok(Ok(()))
            }
            Err(error) => {
                self.reindex.forget();
                // What is wrong with the disk concerns all of them. And after some errors, a full
                // disk among them, SQLite has rolled back the whole transaction: then the savepoint
                // is gone, and what counts is the first error.
                let lost = matches!(error, StoreError::Fatal(_));
                if lost || self.execute("ROLLBACK TO errand").await.is_err() {
                    return Err(error);
                }
                self.recollect().await?;
                Ok(Err(error))
            }
        }
    }

    async fn undo(&mut self) {
        // SQLite has rolled back by itself after some errors; then this fails and changes nothing.
        let _ = self.execute("ROLLBACK").await;
        self.reindex.clear();
        // Numbers that were rolled back must not be used: the next transaction tries again.
        let _ = self.recollect().await;
    }

    /// Learns by heart again what the database says.
    async fn recollect(&mut self) -> Result<(), StoreError> {
        self.sure = false;
        self.interned = Interned::load(&mut self.connection).await?;
        self.sure = true;
        Ok(())
    }

    /// Runs statements without values.
    pub(crate) async fn execute(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(&mut self.connection).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::{Fatal, Store};

    fn small(writer: &mut Writer) -> Work<'_, ()> {
        Box::pin(writer.execute("PRAGMA max_page_count = 1"))
    }

    fn failing(writer: &mut Writer) -> Work<'_, ()> {
        Box::pin(async move {
            writer.execute("INSERT INTO setting VALUES ('half', 'done')").await?;
            writer.execute("INSERT INTO nowhere VALUES (1)").await
        })
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_keeps_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hospes.db");
        let store = Store::create(&path, &[9; 32]).await.unwrap();
        store.put_setting("before".to_owned(), "1".to_owned()).await.unwrap();
        store.write(small).await.unwrap();
        let full = store.put_setting("long".to_owned(), "x".repeat(60_000)).await;
        assert_eq!(full, Err(StoreError::Fatal(Fatal::DiskFull)));
        assert_eq!(store.ailment().map(|ailment| ailment.why), Some(Fatal::DiskFull));
        let settings = store.settings().await.unwrap();
        assert!(settings.contains_key("before") && !settings.contains_key("long"));
        store.close().await.unwrap();
    }

    fn large(writer: &mut Writer) -> Work<'_, ()> {
        Box::pin(writer.execute("PRAGMA max_page_count = 1000000"))
    }

    #[tokio::test]
    async fn a_store_goes_on_when_there_is_room_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path().join("hospes.db"), &[9; 32]).await.unwrap();
        store.write(small).await.unwrap();
        let full = store.put_setting("one".to_owned(), "x".repeat(60_000)).await;
        assert_eq!(full, Err(StoreError::Fatal(Fatal::DiskFull)));
        store.write(large).await.unwrap();
        assert_eq!(store.ailment(), None);
        store.put_setting("two".to_owned(), "x".repeat(60_000)).await.unwrap();
        let settings = store.settings().await.unwrap();
        assert!(settings.contains_key("two") && !settings.contains_key("one"));
        store.close().await.unwrap();
    }

    fn impatient(writer: &mut Writer) -> Work<'_, ()> {
        Box::pin(writer.execute("PRAGMA busy_timeout = 1"))
    }

    #[tokio::test]
    async fn scrubbing_tells_when_a_reader_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hospes.db");
        let store = Store::create(&path, &[9; 32]).await.unwrap();
        store.write(impatient).await.unwrap();
        let mut reader = store.readers().begin().await.unwrap();
        let _: i64 = sqlx::query_scalar("SELECT count(*) FROM setting")
            .fetch_one(&mut *reader)
            .await
            .unwrap();
        store.put_setting("after".to_owned(), "1".to_owned()).await.unwrap();
        assert!(!store.scrub().await.unwrap());
        reader.rollback().await.unwrap();
        assert!(store.scrub().await.unwrap());
        store.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_work_that_fails_leaves_no_half_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hospes.db");
        let store = Store::create(&path, &[9; 32]).await.unwrap();
        let (before, failed, after) = tokio::join!(
            store.put_setting("one".to_owned(), "1".to_owned()),
            store.write(failing),
            store.put_setting("two".to_owned(), "2".to_owned()),
        );
        assert!(before.is_ok() && after.is_ok());
        assert!(matches!(failed, Err(StoreError::Sqlite { .. })), "{failed:?}");
        let settings = store.settings().await.unwrap();
        assert_eq!(settings.get("half"), None);
        assert!(settings.contains_key("one") && settings.contains_key("two"));
        store.close().await.unwrap();
    }

    #[tokio::test]
    async fn an_index_of_another_format_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hospes.db");
        let store = Store::create(&path, &[9; 32]).await.unwrap();
        store.put_setting("index format".to_owned(), "0".to_owned()).await.unwrap();
        store.close().await.unwrap();
        let store = Store::open(&path, &[9; 32]).await.unwrap();
        let format = store.setting("index format").await.unwrap();
        assert_eq!(format, Some(crate::index::INDEX_FORMAT.to_string()));
        store.close().await.unwrap();
    }
}
