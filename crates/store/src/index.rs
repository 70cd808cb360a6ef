//! What records are found by, and how the full-text index of their words is kept up to date.
//!
//! The index has no copy of what it indexed: to take a record out, what was put in is computed
//! again from its fields. Of a record that changed only those terms are touched that did: a new
//! confirmation of an offer touches none. Words that go are marked until segments are merged; what is
//! erased is taken out soon, see [`crate::upkeep`].
//!
//! FTS5 writes out its memory at every savepoint and whenever row numbers do not rise. So all
//! changes of a transaction are made at its end, in order of row number.

use std::collections::BTreeMap;
use std::ops::Bound;

use hospes_domain::index::Entry;
use hospes_domain::{Fields, Kind};
use sqlx::SqliteConnection;

use crate::error::StoreError;
use crate::listing::Listing;
use crate::writer::Writer;

/// Changes when terms or listings are made in another way, here or in `hospes_domain::index`. A
/// database of another number is indexed anew when it is opened.
pub(crate) const INDEX_FORMAT: i64 = 2;

const COLUMNS: usize = 3;
const TITLE: u8 = 1;
const TEXT: u8 = 2;
const SOUNDS: u8 = 4;

/// What searches find a record by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Indexed {
    /// Words, in the full-text index.
    pub(crate) terms: Terms,
    /// All else, in the record's row and in memory.
    pub(crate) listing: Listing,
}

impl Indexed {
    pub(crate) fn of(kind: Kind, fields: &Fields, entry: &Entry) -> Self {
        Self { terms: Terms::of(entry), listing: Listing::of(kind, fields, entry) }
    }
}

/// The terms of one record, each with a bit per column that it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms(BTreeMap<String, u8>);

impl Terms {
    /// All words of a record.
    fn of(entry: &Entry) -> Self {
        let mut terms = Terms::default();
        for (column, words) in [(TITLE, &entry.title), (TEXT, &entry.text), (SOUNDS, &entry.sounds)]
        {
            for word in words.split(' ').filter(|word| !word.is_empty()) {
                terms.add(word, column);
            }
        }
        terms
    }

    /// Whether the word is in the title.
    pub(crate) fn titles(&self, word: &str) -> bool {
        self.0.get(word).is_some_and(|columns| columns & TITLE != 0)
    }

    /// Whether the word is in the text.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.0.get(word).is_some_and(|columns| columns & TEXT != 0)
    }

    /// Whether a word of title or text begins like this.
    pub(crate) fn begins(&self, prefix: &str) -> bool {
        let from = self.0.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let mut alike = from.take_while(|(word, _)| word.starts_with(prefix));
        alike.any(|(_, columns)| columns & (TITLE | TEXT) != 0)
    }

    /// Whether a word sounds like this key.
    pub(crate) fn sounds(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|columns| columns & SOUNDS != 0)
    }

    fn add(&mut self, term: &str, column: u8) {
        if let Some(columns) = self.0.get_mut(term) {
            *columns |= column;
        } else {
            self.0.insert(term.to_owned(), column);
        }
    }

    /// The terms that are not in `other` in just the same columns.
    fn without(&self, other: &Terms) -> Terms {
        let differs = |(term, columns): &(&String, &u8)| other.0.get(*term) != Some(*columns);
        Terms(
            self.0.iter().filter(differs).map(|(term, columns)| (term.clone(), *columns)).collect(),
        )
    }

    /// The text of each column of the index.
    fn columns(&self) -> [String; COLUMNS] {
        [TITLE, TEXT, SOUNDS].map(|column| {
            let mut text = String::new();
            for (term, _) in self.0.iter().filter(|(_, columns)| **columns & column != 0) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(term);
            }
            text
        })
    }
}

/// What becomes of a record in the index: what it is found by before and after.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) steward: i64,
    pub(crate) kind: Kind,
    pub(crate) old: Option<Indexed>,
    pub(crate) new: Option<Indexed>,
}

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

impl Writer {
    /// Makes all noted changes of the full-text index. The last thing in a transaction.
    pub(crate) async fn reindex(&mut self) -> Result<(), StoreError> {
        self.reindex.keep();
        let connection = &mut self.connection;
        let mut fresh: Vec<(i64, &Terms)> = Vec::with_capacity(8);
        for (record, turn) in &self.reindex.kept {
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
                    if gone.0.is_empty() && came.as_ref().is_none_or(|came| came.0.is_empty()) {
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

    /// Empties the index.
    pub(crate) async fn empty_index(&mut self) -> Result<(), StoreError> {
        self.execute("INSERT INTO search (search) VALUES ('delete-all')").await
    }
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
    use super::*;

    fn terms(words: &[(&str, u8)]) -> Terms {
        Terms(words.iter().map(|(word, columns)| ((*word).to_owned(), *columns)).collect())
    }

    fn indexed(words: &[(&str, u8)]) -> Option<Indexed> {
        Some(Indexed { terms: terms(words), listing: Listing::default() })
    }

    fn turn(old: Option<Indexed>, new: Option<Indexed>) -> Turn {
        Turn { steward: 1, kind: Kind::Offer, old, new }
    }

    #[test]
    fn only_terms_that_changed_are_touched() {
        let old = terms(&[("a", SOUNDS), ("b", TEXT), ("c", TITLE)]);
        let new = terms(&[("a", SOUNDS), ("b", TEXT | TITLE), ("d", TEXT)]);
        assert_eq!(old.without(&new), terms(&[("b", TEXT), ("c", TITLE)]));
        assert_eq!(new.without(&old), terms(&[("b", TEXT | TITLE), ("d", TEXT)]));
    }

    #[test]
    fn a_failed_work_leaves_what_was_noted_before() {
        let (first, second) = (indexed(&[("a", TEXT)]), indexed(&[("b", TEXT)]));
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

    #[test]
    fn words_are_told_by_column_and_beginning() {
        let terms = terms(&[("kitchen", TEXT), ("kt1", SOUNDS), ("lake", TITLE)]);
        assert!(terms.says("kitchen") && !terms.says("lake") && !terms.titles("kitchen"));
        assert!(terms.titles("lake") && terms.begins("kitch") && !terms.begins("kt"));
        assert!(terms.sounds("kt1") && !terms.sounds("kitchen"));
    }
}
