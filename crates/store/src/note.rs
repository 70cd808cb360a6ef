//! What the store leaves to itself, among the settings of the node.
//!
//! On any connection, so that those who work below the [`Store`](crate::Store) find their notes too.

use sqlx::{SqliteConnection, SqliteExecutor};

use crate::error::StoreError;

/// The note of this name.
pub(crate) async fn get(
    connection: impl SqliteExecutor<'_>,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let value = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?").bind(name);
    Ok(value.fetch_optional(connection).await?)
}

/// Writes a note, or replaces the one of that name.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    let put = sqlx::query("REPLACE INTO setting VALUES (?, ?)").bind(name).bind(value);
    put.execute(connection).await?;
    Ok(())
}

/// Removes a note. `false` when there was none.
pub(crate) async fn remove(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM setting WHERE name = ?").bind(name);
    Ok(removed.execute(connection).await?.rows_affected() > 0)
}
