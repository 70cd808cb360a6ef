//! Who may come in by the pages. The store sees digests of what people type, never what they type, and the
//! secret of a second factor, which it shows in no log.
//!
//! Whoever changes how somebody comes in says on what it rests: a code that is still good, a step that was not
//! used yet, an edition that has not grown. All of it is one transaction of the one writer, so that of two
//! who do the same at the same time one does not.

use std::fmt;

use hospes_domain::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Sqlite, SqliteConnection};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::audit::{self, AuditEntry};
use crate::column::{Columns, array, signed};
use crate::database::Store;
use crate::error::{StoreError, within};
use crate::writer::Writer;

const LONGEST_NAME: usize = 256;
const LONGEST_WORD: usize = 128;
const LONGEST_DIGEST: usize = 512;
/// Most recovery codes of a person.
const MOST_RECOVERY: usize = 64;
/// Bytes of the secret of a second factor.
pub const FACTOR_BYTES: usize = 20;

/// A SHA-256 of a code.
type Hash = [u8; 32];
/// A statement with what is to be put into it.
type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT name, role, language, added, last_login, edition, invitation, invited_until,
                    passphrase, factor, step, recovery
             FROM person ",
            $condition
        )
    };
}

const ALL: &str = select!("ORDER BY folded");
const BY_NAME: &str = select!("WHERE folded = ?");
const BY_CODE: &str = select!("WHERE invitation = ? AND invited_until > ?");

/// Somebody who may come in, or who was invited to.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The name, at most 256 bytes. Two that differ by case only are one.
    pub name: String,
    /// What they may do, at most 128 bytes.
    pub role: String,
    /// Tag of the language in which they read; empty when they have chosen none.
    pub language: String,
    /// When the name was added.
    pub added: Timestamp,
    /// The beginning of the day (UTC) of their last login.
    pub last_login: Option<Timestamp>,
    /// Grows with each change of role, passphrase or second factor. Also larger than it ever was for
    /// somebody of the same name who was removed: it begins with the time.
    pub edition: u64,
    /// SHA-256 of the one-time code that they were given, and until when it counts.
    pub invitation: Option<Invited>,
    /// How they come in, once they have used the code.
    pub credentials: Option<StoredCredentials>,
}

/// A one-time code that somebody was given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// SHA-256 of the code.
    pub hash: Hash,
    /// Until when it counts.
    pub until: Timestamp,
}

/// How somebody comes in.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredCredentials {
    /// Argon2id of the passphrase, in the form of the Password Hashing Competition; at most 512 bytes.
    pub passphrase: Zeroizing<String>,
    /// The second factor.
    pub factor: StoredFactor,
}

/// A second factor, and what helps when it is lost.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFactor {
    /// The secret.
    pub secret: Zeroizing<[u8; FACTOR_BYTES]>,
    /// The last step that was used.
    pub step: u64,
    /// SHA-256 of each recovery code that was not used.
    pub recovery: Vec<Hash>,
}

impl fmt::Debug for Person {
    /// Never how they come in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Invited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invited").field("until", &self.until).finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCredentials").finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFactor").finish_non_exhaustive()
    }
}

impl Person {
    /// A name without what does not tell persons apart: case, and how letters with signs are composed.
    pub fn folded(name: &str) -> String {
        name.nfkc().collect::<String>().to_lowercase().nfkc().collect()
    }
}

impl Store {
    /// All of them, by name.
    pub async fn persons(&self) -> Result<Vec<Person>, StoreError> {
        let rows = sqlx::query(ALL).fetch_all(self.readers()).await?;
        rows.iter().map(read).collect()
    }

    /// The person of a name. Not known by heart, as tokens are: secrets stay out of memory.
    pub async fn person(&self, name: &str) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query(BY_NAME).bind(Person::folded(name));
        row.fetch_optional(self.readers()).await?.as_ref().map(read).transpose()
    }

    /// The person who was given a code, if it still counts.
    pub async fn invited(&self, code: Hash, now: Timestamp) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query(BY_CODE).bind(code.as_slice().to_vec()).bind(now.0);
        row.fetch_optional(self.readers()).await?.as_ref().map(read).transpose()
    }

    /// Adds somebody, with a code. `false` when there is one of the name.
    pub async fn add_person(
        &self,
        name: String,
        role: String,
        invited: Invited,
        entry: AuditEntry,
    ) -> Result<bool, StoreError> {
        within("person name", name.len(), LONGEST_NAME)?;
        within("person role", role.len(), LONGEST_WORD)?;
        self.write(move |writer| {
            Box::pin(async move {
                let added = sqlx::query(
                    "INSERT INTO person VALUES (?, ?, ?, '', ?, NULL, ?, ?, ?, NULL, NULL, 0, x'')
                     ON CONFLICT (folded) DO NOTHING",
                )
                .bind(Person::folded(&name))
                .bind(name)
                .bind(role)
                .bind(entry.time.0)
                .bind(entry.time.0)
                .bind(invited.hash.as_slice().to_vec())
                .bind(invited.until.0);
                change(writer, added, &[entry]).await
            })
        })
        .await
    }

    /// Takes from somebody how they come in, and gives them a code. `false` when there is none of the name.
    pub async fn reset_person(
        &self,
        name: String,
        invited: Invited,
        entry: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let reset = sqlx::query(
                    "UPDATE person SET edition = edition + 1, invitation = ?, invited_until = ?,
                         passphrase = NULL, factor = NULL, step = 0, recovery = x''
                     WHERE folded = ?",
                )
                .bind(invited.hash.as_slice().to_vec())
                .bind(invited.until.0)
                .bind(Person::folded(&name));
                change(writer, reset, &[entry]).await
            })
        })
        .await
    }

    /// Gives somebody another role. `false` when there is none of the name, or it is theirs.
    pub async fn set_person_role(
        &self,
        name: String,
        role: String,
        entry: AuditEntry,
    ) -> Result<bool, StoreError> {
        within("person role", role.len(), LONGEST_WORD)?;
        self.write(move |writer| {
            Box::pin(async move {
                let set = sqlx::query(
                    "UPDATE person SET edition = edition + 1, role = ?
                     WHERE folded = ? AND role <> ?",
                )
                .bind(role.clone())
                .bind(Person::folded(&name))
                .bind(role);
                change(writer, set, &[entry]).await
            })
        })
        .await
    }

    /// Takes somebody out. `false` when there is none of the name.
    pub async fn delete_person(&self, name: String, entry: AuditEntry) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let gone = sqlx::query("DELETE FROM person WHERE folded = ?");
                change(writer, gone.bind(Person::folded(&name)), &[entry]).await
            })
        })
        .await
    }

    /// Notes in which language somebody reads. `false` when there is none of the name.
    pub async fn set_person_language(
        &self,
        name: String,
        language: String,
    ) -> Result<bool, StoreError> {
        within("person language", language.len(), LONGEST_WORD)?;
        self.write(move |writer| {
            Box::pin(async move {
                let set = sqlx::query("UPDATE person SET language = ? WHERE folded = ?");
                change(writer, set.bind(language).bind(Person::folded(&name)), &[]).await
            })
        })
        .await
    }

    /// Uses up a code: its person comes in like this from now on. `None` when the code counts no more, and
    /// then nothing is changed.
    pub async fn settle_person(
        &self,
        code: Hash,
        credentials: StoredCredentials,
        language: String,
        entry: AuditEntry,
    ) -> Result<Option<Person>, StoreError> {
        let StoredCredentials { passphrase, factor } = credentials;
        within("person passphrase", passphrase.len(), LONGEST_DIGEST)?;
        within("person recovery", factor.recovery.len(), MOST_RECOVERY)?;
        within("person language", language.len(), LONGEST_WORD)?;
        self.write(move |writer| {
            Box::pin(async move {
                let found = sqlx::query(BY_CODE).bind(code.as_slice().to_vec()).bind(entry.time.0);
                let found = found.fetch_optional(&mut writer.connection).await?;
                let Some(person) = found.as_ref().map(read).transpose()? else { return Ok(None) };
                let settled = sqlx::query(
                    "UPDATE person SET edition = edition + 1, invitation = NULL,
                         invited_until = NULL, passphrase = ?, factor = ?, step = ?, recovery = ?,
                         language = ?
                     WHERE folded = ?",
                )
                .bind(passphrase.as_str())
                .bind(factor.secret.as_slice())
                .bind(signed(factor.step))
                .bind(factor.recovery.concat())
                .bind(language)
                .bind(Person::folded(&person.name));
                change_one(writer, settled, &person.name, &[entry]).await
            })
        })
        .await
    }

    /// Lets somebody in by a step of their second factor. `None` when they have changed since `edition`,
    /// or a step at or after this one was used.
    pub async fn use_step(
        &self,
        name: String,
        edition: u64,
        step: u64,
        at: Timestamp,
    ) -> Result<Option<Person>, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let used = sqlx::query(
                    "UPDATE person SET step = ?, last_login = ?
                     WHERE folded = ? AND edition = ? AND step < ? AND factor IS NOT NULL",
                )
                .bind(signed(step))
                .bind(day(at))
                .bind(Person::folded(&name))
                .bind(signed(edition))
                .bind(signed(step));
                change_one(writer, used, &name, &[]).await
            })
        })
        .await
    }

    /// Lets somebody in by a recovery code, which counts no more. `None` when they have changed since
    /// `edition`, or have no such code.
    pub async fn use_recovery(
        &self,
        name: String,
        edition: u64,
        code: Hash,
        entry: AuditEntry,
    ) -> Result<Option<Person>, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let row = sqlx::query(BY_NAME).bind(Person::folded(&name));
                let row = row.fetch_optional(&mut writer.connection).await?;
                let person = row.as_ref().map(read).transpose()?;
                let Some(factor) = person
                    .filter(|person| person.edition == edition)
                    .and_then(|person| person.credentials)
                    .map(|credentials| credentials.factor)
                else {
                    return Ok(None);
                };
                let left: Vec<Hash> =
                    factor.recovery.iter().copied().filter(|kept| *kept != code).collect();
                if left.len() == factor.recovery.len() {
                    return Ok(None);
                }
                let used =
                    sqlx::query("UPDATE person SET recovery = ?, last_login = ? WHERE folded = ?")
                        .bind(left.concat())
                        .bind(day(entry.time))
                        .bind(Person::folded(&name));
                change_one(writer, used, &name, &[entry]).await
            })
        })
        .await
    }

    /// Sets another passphrase. `None` when they have changed since `edition`.
    pub async fn set_person_passphrase(
        &self,
        name: String,
        edition: u64,
        passphrase: Zeroizing<String>,
        entry: AuditEntry,
    ) -> Result<Option<Person>, StoreError> {
        within("person passphrase", passphrase.len(), LONGEST_DIGEST)?;
        self.write(move |writer| {
            Box::pin(async move {
                let set = sqlx::query(
                    "UPDATE person SET edition = edition + 1, passphrase = ?
                     WHERE folded = ? AND edition = ? AND passphrase IS NOT NULL",
                )
                .bind(passphrase.as_str())
                .bind(Person::folded(&name))
                .bind(signed(edition));
                change_one(writer, set, &name, &[entry]).await
            })
        })
        .await
    }

    /// Sets another second factor. `None` when they have changed since `edition`.
    pub async fn set_person_factor(
        &self,
        name: String,
        edition: u64,
        factor: StoredFactor,
        entry: AuditEntry,
    ) -> Result<Option<Person>, StoreError> {
        within("person recovery", factor.recovery.len(), MOST_RECOVERY)?;
        self.write(move |writer| {
            Box::pin(async move {
                let set = sqlx::query(
                    "UPDATE person SET edition = edition + 1, factor = ?, step = ?, recovery = ?
                     WHERE folded = ? AND edition = ? AND factor IS NOT NULL",
                )
                .bind(factor.secret.as_slice())
                .bind(signed(factor.step))
                .bind(factor.recovery.concat())
                .bind(Person::folded(&name))
                .bind(signed(edition));
                change_one(writer, set, &name, &[entry]).await
            })
        })
        .await
    }
}

/// Runs a statement that changes one row or none, and notes it when it has.
async fn change(
    writer: &mut Writer,
    statement: Query<'_>,
    entries: &[AuditEntry],
) -> Result<bool, StoreError> {
    let changed = statement.execute(&mut writer.connection).await?.rows_affected() > 0;
    if changed {
        audit::insert(&mut writer.connection, entries).await?;
    }
    Ok(changed)
}

/// The same, and the person as they are then.
async fn change_one(
    writer: &mut Writer,
    statement: Query<'_>,
    name: &str,
    entries: &[AuditEntry],
) -> Result<Option<Person>, StoreError> {
    if !change(writer, statement, entries).await? {
        return Ok(None);
    }
    let connection: &mut SqliteConnection = &mut writer.connection;
    let row = sqlx::query(BY_NAME).bind(Person::folded(name)).fetch_one(connection).await?;
    read(&row).map(Some)
}

fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::DAY)
}

fn read(row: &SqliteRow) -> Result<Person, StoreError> {
    let invitation = match (row.maybe_bytes(6)?, row.maybe_time(7)?) {
        (Some(hash), Some(until)) => {
            Some(Invited { hash: array(&hash, "invitation of a person")?, until })
        }
        _ => None,
    };
    let factor = row.maybe_bytes(9)?.map(Zeroizing::new);
    let credentials = match (row.maybe_text(8)?.map(Zeroizing::new), factor) {
        (Some(passphrase), Some(secret)) => Some(StoredCredentials {
            passphrase,
            factor: StoredFactor {
                secret: Zeroizing::new(array(&secret, "factor of a person")?),
                step: row.count(10)?,
                recovery: row
                    .bytes(11)?
                    .chunks(32)
                    .map(|hash| array(hash, "recovery code of a person"))
                    .collect::<Result<_, _>>()?,
            },
        }),
        _ => None,
    };
    Ok(Person {
        name: row.text(0)?,
        role: row.text(1)?,
        language: row.text(2)?,
        added: row.time(3)?,
        last_login: row.maybe_integer(4)?.map(|day| Timestamp(day.saturating_mul(Timestamp::DAY))),
        edition: row.count(5)?,
        invitation,
        credentials,
    })
}
