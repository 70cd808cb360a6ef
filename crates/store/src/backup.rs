//! Copies of the database under another key: taken from a running node, and put in its place again.
//!
//! `VACUUM INTO` reads one consistent state through a connection of its own, while the writer goes on;
//! only the write-ahead log cannot be emptied meanwhile. The copy is a database of its own, which
//! nobody else has open, so the rule of the one writer is kept. It has no plain byte in it at any time.

use std::path::{Path, PathBuf};

use hospes_domain::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use zeroize::Zeroizing;

use crate::database::{Store, options};
use crate::error::{Fatal, StoreError, while_opening};
use crate::note;
use crate::schema;
use crate::writer::Writer;

/// Bytes that a page may have been written and not yet be in the file: room that is asked for beyond
/// the size of the database.
pub const MARGIN: u64 = 32 * 1024 * 1024;

/// What a copy of a database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Records, erased ones too.
    pub records: u64,
    /// Changes.
    pub changes: u64,
}

impl Store {
    /// Copies the database as it is now into a new file under another key, while everybody goes on
    /// reading and writing.
    ///
    /// The copy has no node key, no tokens, no persons, no acknowledgements of peers, and none of the centers that
    /// knocked: a node that is restored from it begins anew with all of these. Takes the time and the
    /// room of writing the whole database once.
    pub async fn copy(&self, path: &Path, key: &[u8; 32]) -> Result<Copied, StoreError> {
        let options = self.readers().connect_options();
        let options = (*options).clone().pragma("query_only", "OFF").pragma("cache_size", "-8192");
        vacuum(options, path, key).await?;
        strip(path, key).await?;
        examine(path, key).await
    }
}

/// Copies a database that nobody has open into a new file under another key.
pub async fn rekey(
    from: &Path,
    from_key: &[u8; 32],
    to: &Path,
    to_key: &[u8; 32],
) -> Result<(), StoreError> {
    vacuum(options(from, from_key).read_only(true), to, to_key).await
}

async fn vacuum(
    options: SqliteConnectOptions,
    path: &Path,
    key: &[u8; 32],
) -> Result<(), StoreError> {
    if path.exists() {
        return Err(StoreError::Exists { path: path.to_owned() });
    }
    let mut connection = options.connect().await?;
    let copied = vacuum_into(&mut connection, path, key).await;
    let _ = connection.close().await;
    copied
}

async fn vacuum_into(
    connection: &mut SqliteConnection,
    path: &Path,
    key: &[u8; 32],
) -> Result<(), StoreError> {
    // A new database takes it from here. It is for the whole process, in which all are of this sort.
    sqlx::query("PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256")
        .execute(&mut *connection)
        .await?;
    let into = address(path, key);
    sqlx::query("VACUUM INTO ?").bind(into.as_str()).execute(connection).await?;
    Ok(())
}

/// A file with its key, as SQLCipher takes them together.
fn address(path: &Path, key: &[u8; 32]) -> Zeroizing<String> {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let hex = Zeroizing::new(hospes_domain::id::hex(key));
    let mut address = Zeroizing::new(String::with_capacity(5 + 3 * path.as_os_str().len() + 128));
    address.push_str("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            address.push(char::from(*byte));
        } else {
            // Writing into a text does not fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address.push_str("?key=x%27");
    address.push_str(&hex);
    address.push_str("%27");
    address
}

/// Takes out what belongs to one node only, or would let somebody in again who was shut out since.
async fn strip(path: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
    let mut connection = options(path, key)
        .pragma("journal_mode", "MEMORY")
        .pragma("secure_delete", "ON")
        .connect()
        .await
        .map_err(|error| while_opening(error, path))?;
    for statement in [
        "UPDATE identity SET node_key = x''",
        "DELETE FROM token",
        "DELETE FROM person",
        "DELETE FROM pending",
        "DELETE FROM checkpoint",
    ] {
        sqlx::query(statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}

/// Reads a database that nobody has open: whether each page is what was written and all of them fit
/// together, and how much there is. Takes some seconds for each 100 MB.
pub async fn examine(path: &Path, key: &[u8; 32]) -> Result<Copied, StoreError> {
    let mut connection = options(path, key)
        .read_only(true)
        .connect()
        .await
        .map_err(|error| while_opening(error, path))?;
    let found = look(&mut connection, path).await;
    let _ = connection.close().await;
    found
}

async fn look(connection: &mut SqliteConnection, path: &Path) -> Result<Copied, StoreError> {
    schema::format(connection).await.map_err(|error| match error {
        StoreError::Fatal(Fatal::Corrupt) => StoreError::WrongKey { path: path.to_owned() },
        other => other,
    })?;
    // Each page has a checksum under the key: that names damage before SQLite stumbles over it.
    let pages: Vec<String> =
        sqlx::query_scalar("PRAGMA cipher_integrity_check").fetch_all(&mut *connection).await?;
    if let Some(first) = pages.into_iter().next() {
        return Err(StoreError::unreadable("database", first));
    }
    let told: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(3)").fetch_all(&mut *connection).await?;
    if told != ["ok"] {
        return Err(StoreError::unreadable("database", told.join("; ")));
    }
    let mut count = [0_u64; 2];
    for (count, statement) in
        count.iter_mut().zip(["SELECT count(*) FROM record", "SELECT count(*) FROM change"])
    {
        let rows: i64 = sqlx::query_scalar(statement).fetch_one(&mut *connection).await?;
        *count = u64::try_from(rows).unwrap_or_default();
    }
    let [records, changes] = count;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    Ok(Copied { path: path.to_owned(), bytes, records, changes })
}

/// Changes of this very node that peers gave back to it: the node was set back to an earlier day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetBack {
    /// How many changes.
    pub changes: u64,
    /// When the last of them came.
    pub last: Timestamp,
}

/// The setting: number of changes and instant.
const SET_BACK: &str = "set back";

impl Store {
    /// Whether peers ever knew more of this node than it did itself.
    pub async fn set_back(&self) -> Result<Option<SetBack>, StoreError> {
        Ok(self.setting(SET_BACK).await?.and_then(|value| read_set_back(&value)))
    }
}

fn read_set_back(value: &str) -> Option<SetBack> {
    let (changes, last) = value.split_once(' ')?;
    Some(SetBack { changes: changes.parse().ok()?, last: Timestamp(last.parse().ok()?) })
}

/// Adds to what peers gave back, inside a transaction.
pub(crate) async fn note_set_back(writer: &mut Writer, more: SetBack) -> Result<(), StoreError> {
    let before = note::get(&mut writer.connection, SET_BACK).await?;
    let before = before.and_then(|value| read_set_back(&value)).unwrap_or_default();
    let changes = before.changes.saturating_add(more.changes);
    let value = format!("{changes} {}", more.last.0);
    note::put(&mut writer.connection, SET_BACK, &value).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::{AuditEntry, Invited, StoredIdentity, Token};

    const KEY: [u8; 32] = [9; 32];
    const OTHER: [u8; 32] = [0x27; 32];

    async fn filled(folder: &Path) -> Store {
        let store = Store::create(folder.join("hospes.db"), &KEY).await.unwrap();
        store.put_setting("kept".to_owned(), "zorveyquil".to_owned()).await.unwrap();
        let identity = StoredIdentity {
            node_key: Zeroizing::new(b"the node key".to_vec()),
            node_certificate: b"certificate".to_vec(),
            center_certificate: b"center".to_vec(),
        };
        store.set_identity(identity).await.unwrap();
        let token = Token {
            name: "desk".to_owned(),
            role: "admin".to_owned(),
            digest: [7; 32],
            created: Timestamp(1),
            last_used: None,
        };
        store.put_token(token).await.unwrap();
        let invited = Invited { hash: [7; 32], until: Timestamp(9) };
        let entry =
            AuditEntry { time: Timestamp(1), who: "admin".to_owned(), what: "added".to_owned() };
        let (name, role) = ("anna".to_owned(), "admin".to_owned());
        assert!(store.add_person(name, role, invited, entry).await.unwrap());
        store
    }

    #[tokio::test]
    async fn a_copy_opens_with_its_own_key_and_has_no_secrets_of_the_node() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path()).await;
        let path = folder.path().join("a copy's #1 ?x=y.db");
        let copied = store.copy(&path, &OTHER).await.unwrap();
        assert_eq!((copied.records, copied.changes), (0, 0));
        assert!(matches!(examine(&path, &KEY).await, Err(StoreError::WrongKey { .. })));
        let bytes = std::fs::read(&path).unwrap();
        for plain in [b"SQLite format".as_slice(), b"zorveyquil", b"CREATE TABLE"] {
            assert!(!bytes.windows(plain.len()).any(|window| window == plain));
        }
        let copy = Store::open(&path, &OTHER).await.unwrap();
        assert_eq!(copy.setting("kept").await.unwrap().as_deref(), Some("zorveyquil"));
        assert!(copy.identity().await.unwrap().unwrap().node_key.is_empty());
        assert!(copy.tokens().await.unwrap().is_empty());
        assert!(copy.persons().await.unwrap().is_empty());
        copy.close().await.unwrap();
        // The original has lost nothing.
        assert_eq!(store.tokens().await.unwrap().len(), 1);
        assert_eq!(store.persons().await.unwrap().len(), 1);
        store.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_copy_is_taken_while_others_write() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path()).await;
        let path = folder.path().join("copy.db");
        let writing = async {
            for number in 0..200 {
                let name = format!("while {number}");
                store.put_setting(name, "x".repeat(2_000)).await.unwrap();
            }
        };
        let (copied, ()) = tokio::join!(store.copy(&path, &OTHER), writing);
        copied.unwrap();
        let copy = Store::open(&path, &OTHER).await.unwrap();
        assert!(copy.settings().await.unwrap().contains_key("kept"));
        copy.close().await.unwrap();
        store.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_gets_another_key() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path()).await;
        let (one, two) = (folder.path().join("one.db"), folder.path().join("two.db"));
        store.copy(&one, &OTHER).await.unwrap();
        store.close().await.unwrap();
        rekey(&one, &OTHER, &two, &[1; 32]).await.unwrap();
        assert!(matches!(Store::open(&two, &OTHER).await, Err(StoreError::WrongKey { .. })));
        let again = rekey(&one, &OTHER, &two, &[1; 32]).await;
        assert!(matches!(again, Err(StoreError::Exists { .. })));
        let store = Store::open(&two, &[1; 32]).await.unwrap();
        assert!(store.settings().await.unwrap().contains_key("kept"));
        store.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_bit_that_turned_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path()).await;
        let path = folder.path().join("copy.db");
        store.copy(&path, &OTHER).await.unwrap();
        store.close().await.unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(examine(&path, &OTHER).await.is_err());
    }
}
