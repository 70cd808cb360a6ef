//! Changes that were refused, and held ones that the document leaves out.

use hospes_domain::{CenterId, RecordKey, Timestamp};
use hospes_sync::ChangeHash;
use hospes_sync::admission::Refusal;
use sqlx::SqliteConnection;

use crate::column::Columns;
use crate::database::Store;
use crate::error::StoreError;

/// Changes that are kept at most; the oldest of the peer that sent most go first.
pub const MOST_QUARANTINED: u64 = 10_000;
/// Bytes that they may have together.
pub const MOST_QUARANTINED_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes that a row counts for besides what it keeps of the change.
const ROW: usize = 256;
/// A reason that is longer is cut: parts of it can come from the change.
const LONGEST_SENTENCE: usize = 512;

/// A change that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedChange {
    /// Its name.
    pub hash: ChangeHash,
    /// The record that it was for.
    pub key: RecordKey,
    /// The center in whose name it was written.
    pub author: CenterId,
    /// Why.
    pub refusal: Refusal,
    /// The peer that it came from; `None` when it was made here.
    pub from: Option<CenterId>,
    /// When.
    pub time: Timestamp,
    /// The change, for those who want to look into it.
    pub bytes: Option<Vec<u8>>,
}

/// A row of the quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number; higher ones came later.
    pub number: u64,
    /// Name of the change.
    pub hash: ChangeHash,
    /// The record that it is for.
    pub key: RecordKey,
    /// The center in whose name it was written.
    pub author: CenterId,
    /// [`Refusal::code`].
    pub code: String,
    /// The reason, for people.
    pub sentence: String,
    /// The peer that it came from; `None` when it was made here.
    pub from: Option<CenterId>,
    /// When.
    pub time: Timestamp,
    /// Whether it is held all the same, and only left out of the document.
    pub held: bool,
    /// The change.
    pub bytes: Option<Vec<u8>>,
}

/// Held changes of one record that the document leaves out.
pub(crate) struct LeftOut<'a> {
    pub(crate) key: &'a RecordKey,
    pub(crate) record: i64,
    pub(crate) source: Option<CenterId>,
    pub(crate) time: Timestamp,
    pub(crate) changes: &'a [(ChangeHash, Refusal)],
}

const LIST: &str = "SELECT circle, id, steward, kind, number, hash, author, code, sentence, source,
        time, held, bytes
 FROM quarantine WHERE number < ? ORDER BY number DESC LIMIT ?";

const BEHIND: &str = "SELECT DISTINCT circle, id, steward, kind FROM quarantine
 WHERE held AND code IN (?, ?)";

const PUT: &str = "INSERT INTO quarantine (hash, circle, id, steward, kind, author, code, sentence,
        source, time, held, weight, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
 ON CONFLICT (hash, id, circle, steward, kind) DO UPDATE SET code = excluded.code,
        sentence = excluded.sentence, source = excluded.source, time = excluded.time,
        held = 0, weight = excluded.weight, bytes = excluded.bytes";

const PUT_LEFT_OUT: &str = "INSERT INTO quarantine (hash, circle, id, steward, kind, author, code,
        sentence, source, time, held, weight)
 SELECT c.hash, ?, ?, ?, ?, ac.id, ?, ?, ?, ?, 1, ?
 FROM change c JOIN author a ON a.number = c.author JOIN center ac ON ac.number = a.center
 WHERE c.record = ? AND c.hash = ?
 ON CONFLICT (hash, id, circle, steward, kind) DO UPDATE SET code = excluded.code,
        sentence = excluded.sentence, held = 1, weight = excluded.weight, bytes = NULL";

const SIZE: &str = "SELECT count(*), coalesce(sum(weight), 0) FROM quarantine";

/// The peer with the most rows and the one with the most bytes.
const GREEDIEST_ROWS: &str =
    "SELECT source FROM quarantine GROUP BY source ORDER BY count(*) DESC, source LIMIT 1";
const GREEDIEST_BYTES: &str =
    "SELECT source FROM quarantine GROUP BY source ORDER BY sum(weight) DESC, source LIMIT 1";

/// Deletes the oldest rows of a peer: so many, or until so many bytes are free.
const DROP_OLDEST: &str = "DELETE FROM quarantine WHERE number IN (
     SELECT number FROM (
         SELECT number, row_number() OVER oldest AS place,
                sum(weight) OVER oldest - weight AS freed
         FROM quarantine WHERE source IS ? WINDOW oldest AS (ORDER BY number)
     ) WHERE place <= ? OR freed < ?)";

impl Store {
    /// The latest rows before number `before`, the latest first.
    pub async fn quarantine(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Quarantined>, StoreError> {
        let before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let rows = sqlx::query(LIST).bind(before).bind(limit).fetch_all(self.readers()).await?;
        rows.iter()
            .map(|row| {
                Ok(Quarantined {
                    key: row.key(0)?,
                    number: row.count(4)?,
                    hash: row.hash(5)?,
                    author: row.center(6)?,
                    code: row.text(7)?,
                    sentence: row.text(8)?,
                    from: row.maybe_center(9)?,
                    time: row.time(10)?,
                    held: row.flag(11)?,
                    bytes: row.maybe_bytes(12)?,
                })
            })
            .collect()
    }

    /// Records that are shown without held changes for one of these two reasons.
    pub async fn behind(&self, reasons: [&Refusal; 2]) -> Result<Vec<RecordKey>, StoreError> {
        let [one, other] = reasons.map(Refusal::code);
        let rows = sqlx::query(BEHIND).bind(one).bind(other).fetch_all(self.readers()).await?;
        rows.iter().map(|row| row.key(0)).collect()
    }

    /// Takes a change out of the quarantine. `false` when it is not there.
    pub async fn delete_quarantined(&self, number: u64) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM quarantine WHERE number = ?")
                    .bind(i64::try_from(number).unwrap_or(i64::MAX))
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}

pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    refused: &[RefusedChange],
) -> Result<(), StoreError> {
    if refused.is_empty() {
        return Ok(());
    }
    for one in refused {
        let weight = ROW + one.bytes.as_ref().map_or(0, Vec::len);
        sqlx::query(PUT)
            .bind(one.hash.0.as_slice())
            .bind(one.key.circle.0.as_slice())
            .bind(one.key.id.0.as_slice())
            .bind(one.key.steward.0.as_slice())
            .bind(i64::from(one.key.kind.number()))
            .bind(one.author.0.as_slice())
            .bind(one.refusal.code())
            .bind(sentence(&one.refusal))
            .bind(one.from.as_ref().map(|from| from.0.as_slice()))
            .bind(one.time.0)
            .bind(i64::try_from(weight).unwrap_or(i64::MAX))
            .bind(one.bytes.as_deref())
            .execute(&mut *connection)
            .await?;
    }
    bound(connection).await
}

/// Notes what the document leaves out. The change itself is held, so its bytes are not kept twice.
pub(crate) async fn insert_left_out(
    connection: &mut SqliteConnection,
    left_out: &LeftOut<'_>,
) -> Result<(), StoreError> {
    for (hash, refusal) in left_out.changes {
        sqlx::query(PUT_LEFT_OUT)
            .bind(left_out.key.circle.0.as_slice())
            .bind(left_out.key.id.0.as_slice())
            .bind(left_out.key.steward.0.as_slice())
            .bind(i64::from(left_out.key.kind.number()))
            .bind(refusal.code())
            .bind(sentence(refusal))
            .bind(left_out.source.as_ref().map(|source| source.0.as_slice()))
            .bind(left_out.time.0)
            .bind(i64::try_from(ROW).unwrap_or(i64::MAX))
            .bind(left_out.record)
            .bind(hash.0.as_slice())
            .execute(&mut *connection)
            .await?;
    }
    bound(connection).await
}

/// Forgets rows of a record: those that it leaves out, or all when it was erased, as the bytes of
/// a refused change may say what the record said.
pub(crate) async fn forget(
    connection: &mut SqliteConnection,
    key: &RecordKey,
    only_held: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM quarantine
         WHERE id = ? AND circle = ? AND steward = ? AND kind = ? AND (held OR NOT ?)",
    )
    .bind(key.id.0.as_slice())
    .bind(key.circle.0.as_slice())
    .bind(key.steward.0.as_slice())
    .bind(i64::from(key.kind.number()))
    .bind(only_held)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps the bounds. The oldest of the peer with most goes first, so that a flood of one does not
/// wash away what others did. When a bound is exceeded a hundredth more goes, so that a flood does
/// not have the oldest searched for again and again.
async fn bound(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let most_rows = i64::try_from(MOST_QUARANTINED).unwrap_or(i64::MAX);
    let most_bytes = i64::try_from(MOST_QUARANTINED_BYTES).unwrap_or(i64::MAX);
    loop {
        let (rows, bytes): (i64, i64) = sqlx::query_as(SIZE).fetch_one(&mut *connection).await?;
        let greediest = match (rows > most_rows, bytes > most_bytes) {
            (false, false) => return Ok(()),
            (true, _) => GREEDIEST_ROWS,
            (false, true) => GREEDIEST_BYTES,
        };
        let source: Option<Vec<u8>> =
            sqlx::query_scalar(greediest).fetch_one(&mut *connection).await?;
        let too_many = (rows - most_rows + most_rows / 100).max(0);
        let too_much = (bytes - most_bytes + most_bytes / 100).max(0);
        let done = sqlx::query(DROP_OLDEST)
            .bind(source)
            .bind(if rows > most_rows { too_many } else { 0 })
            .bind(if bytes > most_bytes { too_much } else { 0 })
            .execute(&mut *connection)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(());
        }
    }
}

fn sentence(refusal: &Refusal) -> String {
    let mut sentence = refusal.to_string();
    if sentence.len() > LONGEST_SENTENCE {
        let end = (0..=LONGEST_SENTENCE).rev().find(|end| sentence.is_char_boundary(*end));
        sentence.truncate(end.unwrap_or(0));
    }
    sentence
}
