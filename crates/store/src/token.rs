//! Access to the local API. The store sees the hash of a token, never the token.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hospes_domain::Timestamp;
use sqlx::sqlite::SqliteRow;

use crate::column::{Columns, array};
use crate::database::Store;
use crate::error::{StoreError, within};

const LONGEST_NAME: usize = 128;

/// Access that was given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose it is, at most 128 bytes.
    pub name: String,
    /// What it allows, at most 128 bytes.
    pub role: String,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
    /// The beginning of the day (UTC) on which it was last used. When somebody was at work on that
    /// day is nobody's business.
    pub last_used: Option<Timestamp>,
}

const TOKENS: &str = "SELECT name, role, digest, created, last_used FROM token ORDER BY name";
const TOKEN: &str = "SELECT name, role, digest, created, last_used FROM token WHERE digest = ?";

/// Tokens, known by heart: every call of the local API asks for them.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    tokens: Option<Arc<[Token]>>,
    /// A transaction that is not on disk yet changes them.
    changing: bool,
    /// How often that began or ended: what was read before is not kept after it.
    changes: u64,
}

impl Tokens {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction changes them: they are asked of the database from now on.
    fn changing(&self) {
        let mut known = self.known();
        (known.tokens, known.changing) = (None, true);
        known.changes += 1;
    }

    /// The transaction has ended, however.
    pub(crate) fn settle(&self) {
        let mut known = self.known();
        if std::mem::take(&mut known.changing) {
            known.changes += 1;
        }
    }
}

impl Store {
    /// All tokens, by name.
    pub async fn tokens(&self) -> Result<Arc<[Token]>, StoreError> {
        let changes = {
            let known = self.known_tokens().known();
            if let Some(tokens) = &known.tokens {
                return Ok(Arc::clone(tokens));
            }
            known.changes
        };
        let rows = sqlx::query(TOKENS).fetch_all(self.readers()).await?;
        let tokens: Arc<[Token]> = rows.iter().map(read).collect::<Result<_, _>>()?;
        let mut known = self.known_tokens().known();
        if known.changes == changes && !known.changing {
            known.tokens = Some(Arc::clone(&tokens));
        }
        Ok(tokens)
    }

    /// The token of this SHA-256.
    pub async fn token(&self, digest: [u8; 32]) -> Result<Option<Token>, StoreError> {
        let row = sqlx::query(TOKEN).bind(digest.as_slice()).fetch_optional(self.readers()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps a token, or replaces the one of that name.
    pub async fn put_token(&self, token: Token) -> Result<(), StoreError> {
        within("token name", token.name.len(), LONGEST_NAME)?;
        within("token role", token.role.len(), LONGEST_NAME)?;
        self.write(move |writer| {
            Box::pin(async move {
                writer.tokens.changing();
                sqlx::query("REPLACE INTO token VALUES (?, ?, ?, ?, ?)")
                    .bind(token.name)
                    .bind(token.role)
                    .bind(token.digest.as_slice())
                    .bind(token.created.0)
                    .bind(token.last_used.map(day))
                    .execute(&mut writer.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Notes the day on which a token was used. Writes only once a day.
    pub async fn token_used(&self, digest: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        let known = self.token(digest).await?;
        if known.is_none_or(|token| token.last_used.map(day) == Some(day(at))) {
            return Ok(());
        }
        self.write(move |writer| {
            Box::pin(async move {
                writer.tokens.changing();
                sqlx::query("UPDATE token SET last_used = ? WHERE digest = ?")
                    .bind(day(at))
                    .bind(digest.as_slice())
                    .execute(&mut writer.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Takes access away. `false` when there is no token of that name.
    pub async fn delete_token(&self, name: String) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                writer.tokens.changing();
                let done = sqlx::query("DELETE FROM token WHERE name = ?")
                    .bind(name)
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}

fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::DAY)
}

fn read(row: &SqliteRow) -> Result<Token, StoreError> {
    Ok(Token {
        name: row.text(0)?,
        role: row.text(1)?,
        digest: array(&row.bytes(2)?, "digest")?,
        created: row.time(3)?,
        last_used: row.maybe_integer(4)?.map(|day| Timestamp(day.saturating_mul(Timestamp::DAY))),
    })
}
