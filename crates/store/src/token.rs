//! Access to the local API. The store sees the hash of a token, never the token.

use std::sync::Arc;

use hospes_domain::Timestamp;
use sqlx::sqlite::SqliteRow;

use crate::column::{Columns, array};
use crate::database::Store;
use crate::error::{StoreError, within};
use crate::memory::tokens::Token;

const LONGEST_NAME: usize = 128;

const TOKENS: &str = "SELECT name, role, digest, created, last_used FROM token ORDER BY name";
const TOKEN: &str = "SELECT name, role, digest, created, last_used FROM token WHERE digest = ?";

impl Store {
    /// All tokens, by name.
    pub async fn tokens(&self) -> Result<Arc<[Token]>, StoreError> {
        let changes = match self.known_tokens().get() {
            Ok(tokens) => return Ok(tokens),
            Err(changes) => changes,
        };
        let rows = sqlx::query(TOKENS).fetch_all(self.readers()).await?;
        let tokens: Arc<[Token]> = rows.iter().map(read).collect::<Result<_, _>>()?;
        self.known_tokens().remember(&tokens, changes);
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
