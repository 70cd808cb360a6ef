//! The database file: made, opened, watched over and closed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use hospes_domain::RecordKey;
use hospes_sync::Version;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::error::{Fatal, StoreError, of_io, while_opening};
use crate::memory::facets::Facets;
use crate::memory::health::{Ailment, Health};
use crate::memory::interned::Interned;
use crate::memory::tokens::Tokens;
use crate::rebuild::check_index;
use crate::recall::recall;
use crate::schema;
use crate::threads::Threads;
use crate::writer::reindex::Reindex;
use crate::writer::upkeep::Upkeep;
use crate::writer::{LIGHT, QUEUE, Task, Work, Writer, write};

/// Connections that read at the same time.
const READERS: u32 = 3;
/// Rows that may wait to be read.
const ROWS: usize = 1_024;
/// What every file of SQLite begins with that is not encrypted.
const PLAIN: &[u8] = b"SQLite format 3";
/// How long a statement waits for a lock. Only a backup from outside could hold one.
const PATIENCE: Duration = Duration::from_secs(5);

/// The encrypted database of a node. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    readers: SqlitePool,
    tasks: mpsc::Sender<Task>,
    transactions: Arc<AtomicU64>,
    facets: Arc<RwLock<Facets>>,
    health: Arc<Health>,
    tokens: Arc<Tokens>,
    /// As it was when the database was opened, for the first who asks.
    catalogue: Mutex<Option<Vec<(RecordKey, Version)>>>,
    /// Of the readers.
    _threads: Threads,
}

impl std::fmt::Debug for Store {
    /// Never the options: they hold the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a new database and opens it.
    ///
    /// `key` is the SQLCipher key itself, no passphrase: nothing is derived from it.
    pub async fn create(path: impl AsRef<Path>, key: &[u8; 32]) -> Result<Self, StoreError> {
        let path = absolute(path.as_ref())?;
        if path.exists() {
            return Err(StoreError::Exists { path });
        }
        Self::start(path, key, true).await
    }

    /// Opens a database that is there.
    pub async fn open(path: impl AsRef<Path>, key: &[u8; 32]) -> Result<Self, StoreError> {
        let path = absolute(path.as_ref())?;
        refuse_plain(&path)?;
        Self::start(path, key, false).await
    }

    async fn start(path: PathBuf, key: &[u8; 32], create: bool) -> Result<Self, StoreError> {
        let lock = lock(&path)?;
        let opening = |error| while_opening(error, &path);
        let options = options(&path, key);
        let threads = Threads::new();
        let mut connection = options
            .clone()
            .thread_name(threads.names())
            .create_if_missing(create)
            .pragma("cache_size", "-8192")
            .pragma("secure_delete", "ON")
            .connect()
            .await
            .map_err(opening)?;
        if let Err(error) = prepare(&mut connection, &path).await {
            let _ = connection.close().await;
            return Err(error);
        }

        // After the writer, which made the write-ahead log that they read.
        let readers_threads = Threads::new();
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(
                options
                    .thread_name(readers_threads.names())
                    .read_only(true)
                    .pragma("query_only", "ON")
                    .pragma("cache_size", "-2048"),
            )
            .await?;

        let transactions = Arc::new(AtomicU64::new(0));
        let facets: Arc<RwLock<Facets>> = Arc::default();
        let health: Arc<Health> = Arc::default();
        let tokens: Arc<Tokens> = Arc::default();
        let writer = Writer {
            interned: Interned::load(&mut connection).await?,
            upkeep: Upkeep::load(&mut connection).await?,
            tokens: Arc::clone(&tokens),
            sure: true,
            connection,
            reindex: Reindex::default(),
            facets: Arc::clone(&facets),
            transactions: Arc::clone(&transactions),
            health: Arc::clone(&health),
            lock,
            threads,
        };
        let (tasks, queue) = mpsc::channel(QUEUE);
        tokio::spawn(writer.run(queue));
        let catalogue = Mutex::new(None);
        let inner = Inner {
            path,
            readers,
            tasks,
            transactions,
            facets,
            health,
            tokens,
            catalogue,
            _threads: readers_threads,
        };
        let store = Store { inner: Arc::new(inner) };
        check_index(&store.inner.readers, &store.inner.tasks).await?;
        store.recall().await?;
        Ok(store)
    }

    /// Takes what was erased out of the file at once, not just when nothing else is to do. `false`
    /// when a reader was busy: that is tried again, here or by itself.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.inner.tasks.send(Task::Scrub(reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// From now on SQLite overwrites memory before it gives it back, pages with records first of all, in
    /// the whole process. That costs time: for a process that is to close its database and to end.
    pub async fn overwrite_memory(&self) -> Result<(), StoreError> {
        self.write(|writer| {
            Box::pin(async { writer.execute("PRAGMA cipher_memory_security = ON").await })
        })
        .await
    }

    /// Finishes what was asked for before, closes all connections and gives the folder free.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.inner.readers.close().await;
        let (reply, answer) = oneshot::channel();
        self.inner.tasks.send(Task::Close(reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Transactions since it was opened: how well commits share one.
    pub fn transactions(&self) -> u64 {
        self.inner.transactions.load(Ordering::Relaxed)
    }

    /// Why nothing can be kept just now; `None` when writes succeed.
    pub fn ailment(&self) -> Option<Ailment> {
        self.inner.health.ailment(Instant::now())
    }

    /// Tokens, known by heart.
    pub(crate) fn known_tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    /// What searches compare.
    pub(crate) fn facets(&self) -> RwLockReadGuard<'_, Facets> {
        self.inner.facets.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what searches compare from the database, and keeps the catalogue at hand.
    async fn recall(&self) -> Result<(), StoreError> {
        let (facets, catalogue) = recall(self.readers()).await?;
        *self.inner.facets.write().unwrap_or_else(PoisonError::into_inner) = facets;
        *self.inner.catalogue.lock().unwrap_or_else(PoisonError::into_inner) = Some(catalogue);
        Ok(())
    }

    /// The catalogue as it was when the database was opened, sorted; for the first who asks.
    pub(crate) fn first_catalogue(&self) -> Option<Vec<(RecordKey, Version)>> {
        self.inner.catalogue.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    /// Does a work on the writer's connection, in a transaction. Returns when it is on disk.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w mut Writer) -> Work<'w, T> + Send + 'static,
    {
        write(&self.inner.tasks, LIGHT, work).await
    }

    /// The same, for a work that brings this many bytes.
    pub(crate) async fn write_much<T, F>(&self, weight: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w mut Writer) -> Work<'w, T> + Send + 'static,
    {
        write(&self.inner.tasks, weight, work).await
    }
}

fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|error| from_io(&error))
}

/// Looks whether the file is ours and brings it up to date, on the connection that will write.
async fn prepare(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let opening = |error| while_opening(error, path);
    let cipher: Option<String> = sqlx::query_scalar("PRAGMA cipher_version")
        .fetch_optional(&mut *connection)
        .await
        .map_err(opening)?;
    if cipher.is_none() {
        return Err(StoreError::NoCipher);
    }
    // First look into the file: here a wrong key shows. Before anything is written.
    let found = schema::format(&mut *connection).await;
    let found = found.map_err(|error| match error {
        StoreError::Fatal(Fatal::Corrupt) => StoreError::WrongKey { path: path.to_owned() },
        other => other,
    })?;
    if found > schema::FORMAT {
        return Err(StoreError::NewerSchema { found, known: schema::FORMAT });
    }
    for pragma in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        // A write-ahead log that one bulk load made long does not stay long.
        "PRAGMA journal_size_limit = 16777216",
        // Only under load that never ends; else see `upkeep`.
        "PRAGMA wal_autocheckpoint = 4000",
    ] {
        sqlx::query(pragma).execute(&mut *connection).await.map_err(opening)?;
    }
    schema::migrate(&mut *connection).await
}

/// What all connections have in common. The statement log is off: it would hold the key.
pub(crate) fn options(path: &Path, key: &[u8; 32]) -> SqliteConnectOptions {
    let hex = Zeroizing::new(hospes_domain::id::hex(key));
    SqliteConnectOptions::new()
        .filename(path)
        .pragma("key", format!("\"x'{}'\"", hex.as_str()))
        // Authenticating pages is the dearest part of writing. Processors of today compute SHA-256
        // several times as fast as SHA-512, which is the default.
        .pragma("cipher_hmac_algorithm", "HMAC_SHA256")
        // Before anything reads the file: SQLCipher would write to standard error.
        .pragma("cipher_log_level", "NONE")
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "MEMORY")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        // Rows go from the thread of the connection to the task that asked. Sent few at a time, the
        // two wake each other up more than they work.
        .row_buffer_size(ROWS)
        .busy_timeout(PATIENCE)
        .disable_statement_logging()
}

/// Refuses a file that is not encrypted, and one that is not there.
fn refuse_plain(path: &Path) -> Result<(), StoreError> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing { path: path.to_owned() },
        _ => from_io(&error),
    })?;
    let mut start = [0; PLAIN.len()];
    match file.read_exact(&mut start) {
        Ok(()) if start == PLAIN => Err(StoreError::NotEncrypted { path: path.to_owned() }),
        Ok(()) => Ok(()),
        // An empty file would be taken for a new database, whatever the key.
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(StoreError::WrongKey { path: path.to_owned() })
        }
        Err(error) => Err(from_io(&error)),
    }
}

/// Takes the lock file beside the database. The system gives it free when the process ends,
/// however it ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let path = path.with_extension("lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = options.open(&path).map_err(|error| from_io(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path }),
        Err(TryLockError::Error(error)) => Err(from_io(&error)),
    }
}

fn from_io(error: &std::io::Error) -> StoreError {
    let fatal = of_io(error).unwrap_or_else(|| Fatal::Disk(error.kind().to_string()));
    StoreError::Fatal(fatal)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    /// Made by SQLCipher 4.12 on OpenSSL 3.5, with the key below: one table with one word.
    const OPENSSL: &[u8] = include_bytes!("../tests/data/openssl.db");
    const KEY: [u8; 32] = [0x0b; 32];

    #[tokio::test]
    async fn a_file_of_another_sqlcipher_with_another_cryptography_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("openssl.db");
        std::fs::write(&path, OPENSSL).unwrap();
        let mut connection = options(&path, &KEY).connect().await.unwrap();
        let word = sqlx::query_scalar("SELECT word FROM said").fetch_one(&mut connection).await;
        let word: String = word.unwrap();
        assert_eq!(word, "Narva");
        connection.close().await.unwrap();
        let mut wrong = options(&path, &[0x0c; 32]).connect().await.unwrap();
        let word = sqlx::query("SELECT word FROM said").fetch_one(&mut wrong).await;
        assert!(word.is_err());
        wrong.close().await.unwrap();
    }

    #[tokio::test]
    async fn the_cryptography_of_the_database_is_that_of_tls() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.db");
        let mut connection = options(&path, &KEY).create_if_missing(true).connect().await.unwrap();
        let version = sqlx::query_scalar("PRAGMA cipher_provider_version");
        let version: String = version.fetch_one(&mut connection).await.unwrap();
        assert!(version.contains("AWS-LC"), "{version}");
        connection.close().await.unwrap();
    }
}
