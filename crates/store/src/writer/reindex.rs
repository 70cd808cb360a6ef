//! How the full-text index of the words of records is kept up to date.
//!
//! The index has no copy of what it indexed: to take a record out, what was put in is computed
//! again from its fields. Of a record that changed only those terms are touched that did: a new
//! confirmation of an offer touches none. Words that go are marked until segments are merged; what is
//! erased is taken out soon, see [`super::upkeep`].
//!
//! FTS5 writes out its memory at every savepoint and whenever row numbers do not rise. So all
//! changes of a transaction are made at its end, in order of row number.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::error::StoreError;
use crate::index::{Terms, Turn};

/// Changes of the index that wait for the end of the transaction, by record.
#[derive(Debug, Default)]
pub(crate) struct Reindex {
    kept: BTreeMap<i64, Turn>,
    /// Of the work that is running, which may fail.
    staged: BTreeMap<i64, Turn>,
}

impl Reindex {
    /// Notes that a record is found by other things. What was noted before but is not in the index
    /// yet is simply replaced.
    pub(crate) fn note(&mut self, record: i64, turn: Turn) {
        merge(&mut self.staged, record, turn);
    }

    /// The running work succeeded.
    pub(crate) fn keep(&mut self) {
        for (record, turn) in std::mem::take(&mut self.staged) {
            merge(&mut self.kept, record, turn);
        }
    }

    /// The running work failed.
    pub(crate) fn forget(&mut self) {
        self.staged.clear();
    }

    /// The transaction failed.
    pub(crate) fn clear(&mut self) {
        self.staged.clear();
        self.kept.clear();
    }

    /// The transaction is on disk: what changed with it.
    pub(crate) fn take(&mut self) -> BTreeMap<i64, Turn> {
        std::mem::take(&mut self.kept)
    }
}

fn merge(turns: &mut BTreeMap<i64, Turn>, record: i64, turn: Turn) {
    match turns.get_mut(&record) {
        Some(known) => known.new = turn.new,
        None => {
            turns.insert(record, turn);
        }
    }
}

macro_rules! eight {
    ($statement:literal) => {
        concat!(
            $statement, ";", $statement, ";", $statement, ";", $statement, ";", $statement, ";",
            $statement, ";", $statement, ";", $statement
        )
    };
}

const INSERT: &str = "INSERT INTO search (rowid, title, text, sounds) VALUES (?, ?, ?, ?)";
/// Several rows in one statement would make FTS5 write out its memory; several statements do not,
/// and one trip to the connection's thread carries them all.
const INSERT_EIGHT: &str =
    eight!("INSERT INTO search (rowid, title, text, sounds) VALUES (?, ?, ?, ?)");
const DELETE: &str = "INSERT INTO search (search, rowid, title, text, sounds)
     VALUES ('delete', ?, ?, ?, ?)";
const REPLACE: &str = "INSERT INTO search (search, rowid, title, text, sounds)
     VALUES ('delete', ?, ?, ?, ?);
     INSERT INTO search (rowid, title, text, sounds) VALUES (?, ?, ?, ?)";

impl Reindex {
    /// Makes all noted changes of the full-text index. The last thing in a transaction.
    pub(crate) async fn write(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        self.keep();
        let mut fresh: Vec<(i64, &Terms)> = Vec::with_capacity(8);
        for (record, turn) in &self.kept {
            let new = turn.new.as_ref().map(|new| &new.terms);
            match (turn.old.as_ref().map(|old| &old.terms), new) {
                (None, None) => {}
                (None, Some(new)) => {
                    fresh.push((*record, new));
                    if fresh.len() == 8 {
                        insert(connection, INSERT_EIGHT, &fresh).await?;
                        fresh.clear();
                    }
                }
                (Some(old), new) => {
                    insert_each(connection, &mut fresh).await?;
                    let gone = new.map_or_else(|| old.clone(), |new| old.without(new));
                    let came = new.map(|new| new.without(old));
                    if gone.is_empty() && came.as_ref().is_none_or(|came| came.is_empty()) {
                        continue;
                    }
                    // Also when nothing came: FTS5 counts rows, and must not count too few.
                    match came {
                        Some(came) => {
                            let both = [(*record, &gone), (*record, &came)];
                            insert(connection, REPLACE, &both).await?;
                        }
                        None => insert(connection, DELETE, &[(*record, &gone)]).await?,
                    }
                }
            }
        }
        insert_each(connection, &mut fresh).await
    }
}

/// Empties the index.
pub(crate) async fn empty(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO search (search) VALUES ('delete-all')").execute(connection).await?;
    Ok(())
}

async fn insert_each(
    connection: &mut SqliteConnection,
    rows: &mut Vec<(i64, &Terms)>,
) -> Result<(), StoreError> {
    for row in rows.drain(..) {
        insert(connection, INSERT, &[row]).await?;
    }
    Ok(())
}

async fn insert(
    connection: &mut SqliteConnection,
    sql: &'static str,
    rows: &[(i64, &Terms)],
) -> Result<(), StoreError> {
    let mut query = sqlx::query(sql);
    for (record, terms) in rows {
        query = query.bind(*record);
        for column in terms.columns() {
            query = query.bind(column);
        }
    }
    query.execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use hospes_domain::Kind;

    use super::*;
    use crate::index::Indexed;
    use crate::listing::Listing;

    fn in_town(town: u32) -> Option<Indexed> {
        let listing = Listing { town, ..Listing::default() };
        Some(Indexed { listing, ..Indexed::default() })
    }

    fn turn(old: Option<Indexed>, new: Option<Indexed>) -> Turn {
        Turn { steward: 1, kind: Kind::Offer, old, new }
    }

    #[test]
    fn a_failed_work_leaves_what_was_noted_before() {
        let (first, second) = (in_town(1), in_town(2));
        let mut reindex = Reindex::default();
        reindex.note(1, turn(None, first.clone()));
        reindex.keep();
        reindex.note(1, turn(first.clone(), second.clone()));
        reindex.forget();
        assert_eq!(reindex.kept.get(&1).and_then(|turn| turn.new.clone()), first);
        reindex.note(1, turn(first, second.clone()));
        reindex.keep();
        let turn = reindex.take().remove(&1);
        assert_eq!(turn.map(|turn| (turn.old, turn.new)), Some((None, second)));
    }
}
