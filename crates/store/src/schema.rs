//! The tables, and how a database of an older release becomes one of this release.

use sqlx::SqliteConnection;

use crate::error::StoreError;

/// Statements that bring a database from one format to the next, in order. Number `n` makes format
/// `n + 1` and says so itself, so that a format and its statements cannot drift apart.
///
/// A migration that was released is never changed; a new one is added.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001_first.sql"),
    include_str!("schema/0002_alarm.sql"),
    include_str!("schema/0003_old_keys.sql"),
    include_str!("schema/0004_vouch.sql"),
    include_str!("schema/0005_form_version.sql"),
    include_str!("schema/0006_person.sql"),
];

/// The format that this release reads and writes.
pub const FORMAT: i64 = MIGRATIONS.len() as i64;

/// The format of a database; 0 when it is empty.
pub(crate) async fn format(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?)
}

/// Brings a database to [`FORMAT`], each step in a transaction of its own.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let found = format(connection).await?;
    if found > FORMAT {
        return Err(StoreError::NewerSchema { found, known: FORMAT });
    }
    let done = usize::try_from(found).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        step(connection, migration).await?;
    }
    Ok(())
}

/// One migration, all of it or nothing.
pub(crate) async fn step(
    connection: &mut SqliteConnection,
    migration: &'static str,
) -> Result<(), StoreError> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = sqlx::raw_sql(migration).execute(&mut *connection).await;
    let ended = match done {
        Ok(_) => sqlx::raw_sql("COMMIT").execute(&mut *connection).await,
        Err(error) => {
            let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
            Err(error)
        }
    };
    ended?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use sqlx::{Connection, Row};

    use super::*;
    use crate::Store;

    const KEY: [u8; 32] = [9; 32];

    async fn tables(connection: &mut SqliteConnection) -> Vec<String> {
        let rows = sqlx::query("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name");
        let rows = rows.fetch_all(connection).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    #[tokio::test]
    async fn all_migrations_in_order_make_the_tables_of_a_new_database() {
        let mut stepwise = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for (number, migration) in (1_i64..).zip(MIGRATIONS) {
            step(&mut stepwise, migration).await.unwrap();
            assert_eq!(format(&mut stepwise).await.unwrap(), number);
        }
        assert_eq!(format(&mut stepwise).await.unwrap(), FORMAT);
        let mut fresh = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        migrate(&mut fresh).await.unwrap();
        assert_eq!(tables(&mut stepwise).await, tables(&mut fresh).await);
        migrate(&mut fresh).await.unwrap();
        assert_eq!(format(&mut fresh).await.unwrap(), FORMAT);
    }

    #[tokio::test]
    async fn a_migration_that_fails_changes_nothing() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let broken = "CREATE TABLE half (a); CREATE TABLE half (a); PRAGMA user_version = 1;";
        assert!(step(&mut connection, broken).await.is_err());
        assert_eq!(format(&mut connection).await.unwrap(), 0);
        assert_eq!(tables(&mut connection).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_database_of_a_newer_release_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hospes.db");
        let store = Store::create(&path, &KEY).await.unwrap();
        store.write(later).await.unwrap();
        store.close().await.unwrap();
        let refused = Store::open(&path, &KEY).await.unwrap_err();
        assert_eq!(refused, StoreError::NewerSchema { found: 99, known: FORMAT });
        assert!(refused.to_string().contains("a newer release wrote it"), "{refused}");
    }

    fn later(writer: &mut crate::writer::Writer) -> crate::writer::Work<'_, ()> {
        Box::pin(writer.execute("PRAGMA user_version = 99"))
    }
}
