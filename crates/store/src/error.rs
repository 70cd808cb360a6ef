//! What can go wrong with the database, and what is the end of it.

use std::io;
use std::path::{Path, PathBuf};

use hospes_domain::RecordKey;

/// Why the store did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no database to open.
    #[error("open {path}: there is no such file")]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// A database would be overwritten.
    #[error("create {path}: there is a file already")]
    Exists {
        /// The database file.
        path: PathBuf,
    },
    /// The key is another one, or the file is no database at all.
    #[error("open {path}: the key does not fit, or the beginning of the file is damaged")]
    WrongKey {
        /// The database file.
        path: PathBuf,
    },
    /// A plain SQLite file lies where the encrypted one should be.
    #[error("open {path}: it is not encrypted, and a database that anyone can read is not used")]
    NotEncrypted {
        /// The database file.
        path: PathBuf,
    },
    /// The program was built without SQLCipher and would write everything in the clear.
    #[error("open the database: this program was built without SQLCipher")]
    NoCipher,
    /// A newer release has written the database.
    #[error(
        "open the database: a newer release wrote it (format {found}, this release knows {known}); \
         install that release again"
    )]
    NewerSchema {
        /// Format of the database.
        found: i64,
        /// Highest format that this release knows.
        known: i64,
    },
    /// Another process uses the folder.
    #[error("open the database: another process holds {path}")]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// What is wrong with the disk or the file.
    #[error("use the database: {0}")]
    Fatal(#[from] Fatal),
    /// A value is longer than it may be.
    #[error("keep {field}: at most {limit} bytes, this has {actual}")]
    OutOfBounds {
        /// What was too long.
        field: &'static str,
        /// The bound.
        limit: usize,
        /// Its size.
        actual: usize,
    },
    /// A commit for a generation that the record has left behind. Load it again.
    #[error("change record {key:?}: it is at generation {held}, the commit is for {given}")]
    Superseded {
        /// The record.
        key: RecordKey,
        /// Generation of the commit.
        given: u32,
        /// Generation in the database.
        held: u32,
    },
    /// A stored value cannot be read.
    #[error("read the stored {what}: {why}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The database did not become free in time.
    #[error("use the database: it was busy for too long")]
    Busy,
    /// The store was closed.
    #[error("use the database: it is closed")]
    Closed,
    /// Any other answer of SQLite.
    #[error("use the database: SQLite says {message} (code {code})")]
    Sqlite {
        /// Extended result code.
        code: i32,
        /// Its words.
        message: String,
    },
}

/// What is wrong with the disk or the file on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fatal {
    /// No room.
    #[error("the disk is full; make room on it, the node goes on by itself")]
    DiskFull,
    /// The file or the file system takes no writes.
    #[error(
        "the file or its disk can only be read; check its owner and the mount, the node goes on by itself"
    )]
    ReadOnly,
    /// A page is not what was written.
    #[error("the file is damaged; restore a backup, or start empty and let peers send all again")]
    Corrupt,
    /// The disk refused a read or a write.
    #[error("the disk does not answer as it should ({0}); check it")]
    Disk(String),
}

impl StoreError {
    /// Whether the same may succeed later, without a restart: the disk is full, can only be read, or
    /// does not answer. A damaged file does not heal.
    pub fn may_pass(&self) -> bool {
        let StoreError::Fatal(fatal) = self else { return false };
        matches!(fatal, Fatal::DiskFull | Fatal::ReadOnly | Fatal::Disk(_))
    }

    pub(crate) fn unreadable(what: &'static str, why: impl ToString) -> Self {
        StoreError::Unreadable { what, why: why.to_string() }
    }
}

/// Says whether an error of the database is the end of it, and in what words.
pub fn fatal(error: &sqlx::Error) -> Option<Fatal> {
    match error {
        sqlx::Error::Io(error) => of_io(error),
        sqlx::Error::Database(error) => of_code(code_of(error.as_ref()), error.message()),
        _ => None,
    }
}

pub(crate) fn of_io(error: &io::Error) -> Option<Fatal> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Fatal::DiskFull),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            Some(Fatal::ReadOnly)
        }
        _ => Some(Fatal::Disk(error.kind().to_string())),
    }
}

fn code_of(error: &dyn sqlx::error::DatabaseError) -> i32 {
    error.code().and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// The primary result code is the low byte of the extended one.
fn of_code(code: i32, message: &str) -> Option<Fatal> {
    match code & 0xff {
        8 => Some(Fatal::ReadOnly),
        10 => Some(Fatal::Disk(format!("SQLite code {code}"))),
        11 | 26 => Some(Fatal::Corrupt),
        13 => Some(Fatal::DiskFull),
        14 => Some(Fatal::Disk("the file cannot be opened".to_owned())),
        // SQLCipher reports a page that fails its check without words of its own. Mistakes in a
        // statement always come with words.
        1 if message == "SQL logic error" => Some(Fatal::Corrupt),
        _ => None,
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(fatal) = fatal(&error) {
            return StoreError::Fatal(fatal);
        }
        match error {
            sqlx::Error::Database(error) => {
                let code = code_of(error.as_ref());
                match code & 0xff {
                    5 | 6 => StoreError::Busy,
                    // The full-text module quotes what was searched for. Searches are nobody's
                    // business and errors end up in logs.
                    _ if error.message().starts_with("fts5") => {
                        StoreError::Sqlite { code, message: "full-text search failed".to_owned() }
                    }
                    _ => StoreError::Sqlite { code, message: error.message().to_owned() },
                }
            }
            sqlx::Error::PoolTimedOut => StoreError::Busy,
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => StoreError::Closed,
            sqlx::Error::ColumnDecode { index, source } => {
                StoreError::unreadable("column", format!("{index}: {source}"))
            }
            other => StoreError::Sqlite { code: 0, message: other.to_string() },
        }
    }
}

/// While opening, "not a database" means that the key does not fit.
pub(crate) fn while_opening(error: sqlx::Error, path: &Path) -> StoreError {
    match &error {
        sqlx::Error::Database(inner) if code_of(inner.as_ref()) & 0xff == 26 => {
            StoreError::WrongKey { path: path.to_owned() }
        }
        _ => error.into(),
    }
}

/// Refuses what is longer than it may be.
pub(crate) fn within(field: &'static str, actual: usize, limit: usize) -> Result<(), StoreError> {
    if actual > limit { Err(StoreError::OutOfBounds { field, limit, actual }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_told_in_plain_words() {
        for (code, message, expected) in [
            (13, "database or disk is full", Some(Fatal::DiskFull)),
            (8, "attempt to write a readonly database", Some(Fatal::ReadOnly)),
            (1032, "attempt to write a readonly database", Some(Fatal::ReadOnly)),
            (11, "database disk image is malformed", Some(Fatal::Corrupt)),
            (267, "database disk image is malformed", Some(Fatal::Corrupt)),
            (26, "file is not a database", Some(Fatal::Corrupt)),
            (1, "SQL logic error", Some(Fatal::Corrupt)),
            (1, "no such table: offer", None),
            (5, "database is locked", None),
            (2067, "UNIQUE constraint failed", None),
        ] {
            assert_eq!(of_code(code, message), expected, "{code} {message}");
        }
    }

    #[test]
    fn a_full_disk_is_known_however_it_is_reported_and_may_pass() {
        let full = sqlx::Error::Io(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(fatal(&full), Some(Fatal::DiskFull));
        assert!(StoreError::from(full).may_pass());
        assert!(!StoreError::Fatal(Fatal::Corrupt).may_pass());
        assert!(!StoreError::Busy.may_pass());
    }
}
