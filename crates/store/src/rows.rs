//! Rows of a commit on their way into the tables.

use hospes_domain::RecordKey;
use hospes_sync::{ChangeHash, Generation, Version};
use sqlx::SqliteConnection;
use sqlx::sqlite::{Sqlite, SqliteArguments};

use crate::error::StoreError;

/// Rows that wait to be written several at a time.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) records: Vec<RecordRow>,
    pub(crate) changes: Vec<ChangeRow>,
    pub(crate) shown: Vec<(i64, Vec<u8>)>,
}

pub(crate) struct RecordRow {
    pub(crate) number: i64,
    pub(crate) key: RecordKey,
    pub(crate) circle: i64,
    pub(crate) steward: i64,
    pub(crate) generation: Generation,
    pub(crate) version: Version,
    pub(crate) erased: bool,
    pub(crate) left_out: i64,
    pub(crate) position: i64,
    /// The listing stays as it is.
    pub(crate) keeps: bool,
    pub(crate) listing: Option<Vec<u8>>,
}

pub(crate) struct ChangeRow {
    pub(crate) position: i64,
    pub(crate) record: i64,
    pub(crate) generation: Generation,
    pub(crate) hash: ChangeHash,
    pub(crate) author: i64,
    pub(crate) source: Option<i64>,
    pub(crate) form: Vec<u8>,
    pub(crate) signature: [u8; 64],
    pub(crate) body: Option<Vec<u8>>,
}

macro_rules! rows {
    ($head:literal, $row:literal, $tail:literal) => {
        [
            concat!($head, $row, $tail),
            concat!(
                $head, $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",",
                $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row,
                ",", $row, $tail
            ),
        ]
    };
}
/// Rows that the second of a pair of statements takes. Every statement is a trip to the thread of
/// the connection, which costs more than the row itself.
const MANY: usize = 16;

/// Statements for one and for many rows, and one statement for a row of each.
macro_rules! statements {
    ($(const $name:ident = $head:literal, $row:literal, $tail:literal;)* each $each:ident) => {
        $(const $name: [&str; 2] = rows!($head, $row, $tail);)*
        const $each: &str = concat!($($head, $row, $tail, ";"),*);
    };
}

statements! {
    const PUT_RECORD = "INSERT INTO record (number, circle, id, steward, kind, generation, version,
             erased, left_out, position, listing) VALUES ",
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        " ON CONFLICT (number) DO UPDATE SET generation = excluded.generation,
             version = excluded.version, erased = excluded.erased, left_out = excluded.left_out,
             position = excluded.position, listing = excluded.listing";
    const PUT_CHANGE = "INSERT INTO change (position, record, generation, hash, author, source, form,
             signature, body) VALUES ",
        "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "";
    const PUT_SHOWN = "INSERT INTO shown (record, fields) VALUES ",
        "(?, ?)",
        " ON CONFLICT (record) DO UPDATE SET fields = excluded.fields";
    each PUT_EACH
}

/// For a record whose projection stays.
const PUT_RECORD_ONLY: &str = "INSERT INTO record (number, circle, id, steward, kind, generation,
         version, erased, left_out, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET generation = excluded.generation,
         version = excluded.version, erased = excluded.erased, left_out = excluded.left_out,
         position = excluded.position";

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

impl Rows {
    /// Writes them all.
    pub(crate) async fn flush(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        // What most transactions have: one record that changed once.
        if let ([record], [change], [shown]) = (&*self.records, &*self.changes, &*self.shown)
            && !record.keeps
        {
            let query = bind_record(sqlx::query(PUT_EACH), record);
            let query = bind_change(query.bind(record.listing.as_deref()), change);
            bind_shown(query, shown).execute(connection).await?;
            *self = Self::default();
            return Ok(());
        }
        let (keep, put): (Vec<_>, Vec<_>) = self.records.drain(..).partition(|row| row.keeps);
        for row in &keep {
            bind_record(sqlx::query(PUT_RECORD_ONLY), row).execute(&mut *connection).await?;
        }
        insert(connection, PUT_RECORD, &put, |query, row| {
            bind_record(query, row).bind(row.listing.as_deref())
        })
        .await?;
        insert(connection, PUT_CHANGE, &self.changes, bind_change).await?;
        self.changes.clear();
        insert(connection, PUT_SHOWN, &self.shown, bind_shown).await?;
        self.shown.clear();
        Ok(())
    }
}

fn bind_change<'q>(query: Query<'q>, row: &'q ChangeRow) -> Query<'q> {
    query
        .bind(row.position)
        .bind(row.record)
        .bind(row.generation)
        .bind(row.hash.0.as_slice())
        .bind(row.author)
        .bind(row.source)
        .bind(row.form.as_slice())
        .bind(row.signature.as_slice())
        .bind(row.body.as_deref())
}

fn bind_shown<'q>(query: Query<'q>, (number, fields): &'q (i64, Vec<u8>)) -> Query<'q> {
    query.bind(*number).bind(fields.as_slice())
}

fn bind_record<'q>(query: Query<'q>, row: &'q RecordRow) -> Query<'q> {
    query
        .bind(row.number)
        .bind(row.circle)
        .bind(row.key.id.0.as_slice())
        .bind(row.steward)
        .bind(i64::from(row.key.kind.number()))
        .bind(row.generation)
        .bind(row.version.0.as_slice())
        .bind(row.erased)
        .bind(row.left_out)
        .bind(row.position)
}

async fn insert<T>(
    connection: &mut SqliteConnection,
    [one, many]: [&'static str; 2],
    rows: &[T],
    bind: impl for<'q> Fn(Query<'q>, &'q T) -> Query<'q>,
) -> Result<(), StoreError> {
    let mut chunks = rows.chunks_exact(MANY);
    for chunk in chunks.by_ref() {
        let query = chunk.iter().fold(sqlx::query(many), &bind);
        query.execute(&mut *connection).await?;
    }
    for row in chunks.remainder() {
        bind(sqlx::query(one), row).execute(&mut *connection).await?;
    }
    Ok(())
}
