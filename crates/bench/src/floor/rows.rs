//! The same rows into the same kind of database, in one transaction, with nothing checked.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hospes_store::Store;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Row as _, SqliteConnection,
    TypeInfo as _, ValueRef as _,
};

/// Tables that a record has rows in. The rest is small and the same for any number of records.
const TABLES: [&str; 3] = ["record", "shown", "change"];
/// Rows of one statement.
const ROWS: usize = 16;
/// Statements of one trip to the full-text index, one row each: several rows in one statement would
/// make it write out its memory.
const ENTRIES: usize = 8;

/// A value of a column.
#[derive(Debug, Clone)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// All rows of a table.
#[derive(Debug)]
struct Rows {
    table: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// Everything that a node's database holds of its records.
#[derive(Debug)]
pub struct Content {
    tables: Vec<Rows>,
    /// The full-text index: row number, and the text of each column.
    entries: Rows,
}

impl Content {
    /// Reads it from the database of a stopped node.
    pub async fn of(database: &Path, key: &[u8; 32]) -> Result<Self> {
        let mut connection = options(database, key).connect().await?;
        let mut tables = Vec::new();
        for table in TABLES {
            let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")));
            tables.push(Rows::of(table, rows.fetch_all(&mut connection).await?)?);
        }
        let entries = entries(&mut connection).await?;
        connection.close().await?;
        ensure!(tables.iter().all(|table| !table.rows.is_empty()), "the database has no rows");
        Ok(Self { tables, entries })
    }

    /// Writes it into a new database: how long it takes until it is on disk, and how many bytes the
    /// database has then.
    pub async fn write(&self, folder: &Path, key: &[u8; 32]) -> Result<(Duration, u64)> {
        let path = folder.join("floor.db");
        Store::create(&path, key).await?.close().await?;
        let mut connection = options(&path, key).connect().await?;
        let start = Instant::now();
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await?;
        for table in &self.tables {
            table.insert(&mut connection).await?;
        }
        self.entries.insert_each(&mut connection).await?;
        sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
        let took = start.elapsed();
        connection.close().await?;
        let bytes = std::fs::metadata(&path).context("the database is not there")?.len();
        std::fs::remove_file(&path).context("failed to remove a database")?;
        Ok((took, bytes))
    }
}

impl Rows {
    fn of(table: &'static str, rows: Vec<SqliteRow>) -> Result<Self> {
        let columns = rows.first().map(SqliteRow::columns).unwrap_or_default();
        let columns = columns.iter().map(|column| column.name().to_owned()).collect();
        let rows = rows.iter().map(cells).collect::<Result<Vec<_>>>()?;
        Ok(Self { table, columns, rows })
    }

    fn statement(&self, rows: usize) -> String {
        let columns = self.columns.join(", ");
        let places = vec!["?"; self.columns.len()].join(", ");
        let values = vec![format!("({places})"); rows].join(", ");
        format!("INSERT INTO {} ({columns}) VALUES {values}", self.table)
    }

    async fn insert(&self, connection: &mut SqliteConnection) -> Result<()> {
        for rows in self.rows.chunks(ROWS) {
            execute(connection, self.statement(rows.len()), rows).await?;
        }
        Ok(())
    }

    async fn insert_each(&self, connection: &mut SqliteConnection) -> Result<()> {
        for rows in self.rows.chunks(ENTRIES) {
            let statement = vec![self.statement(1); rows.len()].join(";");
            execute(connection, statement, rows).await?;
        }
        Ok(())
    }
}

async fn execute(
    connection: &mut SqliteConnection,
    statement: String,
    rows: &[Vec<Cell>],
) -> Result<()> {
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for cell in rows.iter().flatten() {
        query = match cell {
            Cell::Null => query.bind(None::<i64>),
            Cell::Integer(integer) => query.bind(*integer),
            Cell::Text(text) => query.bind(text.as_str()),
            Cell::Blob(bytes) => query.bind(bytes.as_slice()),
        };
    }
    query.execute(connection).await?;
    Ok(())
}

/// What the full-text index was given. It keeps terms only, so each record's are put together again.
async fn entries(connection: &mut SqliteConnection) -> Result<Rows> {
    sqlx::raw_sql("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'search', 'instance')")
        .execute(&mut *connection)
        .await?;
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info('search')")
        .fetch_all(&mut *connection)
        .await?;
    let found = sqlx::query(
        "SELECT doc, col, group_concat(term, ' ') FROM temp.terms GROUP BY doc, col ORDER BY doc",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut last = None;
    for row in &found {
        let (number, column, text): (i64, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if last.replace(number) != Some(number) {
            let mut cells = vec![Cell::Text(String::new()); columns.len() + 1];
            if let Some(first) = cells.first_mut() {
                *first = Cell::Integer(number);
            }
            rows.push(cells);
        }
        let place = columns.iter().position(|name| *name == column);
        let place = place.with_context(|| format!("the index has no column {column}"))?;
        let cell = rows.last_mut().and_then(|cells| cells.get_mut(place + 1));
        *cell.context("a row has too few columns")? = Cell::Text(text);
    }
    let columns = std::iter::once("rowid".to_owned()).chain(columns).collect();
    Ok(Rows { table: "search", columns, rows })
}

fn cells(row: &SqliteRow) -> Result<Vec<Cell>> {
    (0..row.len())
        .map(|place| {
            let value = row.try_get_raw(place)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            Ok(match value.type_info().name() {
                "INTEGER" => Cell::Integer(row.try_get(place)?),
                "TEXT" => Cell::Text(row.try_get(place)?),
                _ => Cell::Blob(row.try_get(place)?),
            })
        })
        .collect()
}

/// The settings of the node's writing connection. The statement log is off: it would hold the key.
pub fn options(path: &Path, key: &[u8; 32]) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .pragma("key", format!("\"x'{}'\"", hospes_domain::id::hex(key)))
        .pragma("cipher_hmac_algorithm", "HMAC_SHA256")
        .pragma("cipher_log_level", "NONE")
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "MEMORY")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("cache_size", "-8192")
        .pragma("secure_delete", "ON")
        .pragma("journal_mode", "WAL")
        .pragma("synchronous", "FULL")
        .pragma("journal_size_limit", "16777216")
        .pragma("wal_autocheckpoint", "2000")
        .disable_statement_logging()
}
