//! What the full-text index holds of each record, and how it is kept up to date.
//!
//! The index has no copy of what it indexed: to take a record out, what was put in is computed
//! again from its fields. With FTS5's `secure-delete` an entry is then gone from the pages, not
//! just marked. That costs a page write per term, so of a record that changed only those terms are
//! touched that did: a new confirmation of an offer is a handful of terms out of seventy.
//!
//! FTS5 writes out its memory at every savepoint and whenever row numbers do not rise. So all
//! changes of a transaction are made at its end, in order of row number.

use std::collections::BTreeMap;

use hospes_domain::index::Entry;
use hospes_domain::{CenterId, Timestamp};
use sqlx::SqliteConnection;

use crate::error::StoreError;
use crate::writer::Writer;

/// Changes when terms are made in another way, here or in `hospes_domain::index`. A database of
/// another number is indexed anew when it is opened.
pub(crate) const INDEX_FORMAT: i64 = 1;

/// Seconds that one term of an instant stands for: a second, a minute, an hour, a day and a half,
/// some three weeks. Each is a multiple of the one before.
pub(crate) const SPANS: [i64; 5] = [1, 1 << 6, 1 << 12, 1 << 17, 1 << 21];

const COLUMNS: usize = 4;
const FACETS: u8 = 1;
const TITLE: u8 = 2;
const TEXT: u8 = 4;
const SOUNDS: u8 = 8;

/// The terms of one record, each with a bit per column that it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms(BTreeMap<String, u8>);

impl Terms {
    /// All terms of a record: those of its fields, its steward, and when it was confirmed.
    pub(crate) fn of(entry: &Entry, steward: &CenterId, confirmed: Timestamp) -> Self {
        let mut terms = Terms::default();
        for facet in &entry.facets {
            terms.add(facet, FACETS);
        }
        terms.add(&steward_term(steward), FACETS);
        for level in 0..SPANS.len() {
            terms.add(&confirmed_term(level, span_of(level, confirmed)), FACETS);
        }
        for (column, words) in [(TITLE, &entry.title), (TEXT, &entry.text), (SOUNDS, &entry.sounds)]
        {
            for word in words.split(' ').filter(|word| !word.is_empty()) {
                terms.add(word, column);
            }
        }
        terms
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
        [FACETS, TITLE, TEXT, SOUNDS].map(|column| {
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

/// The term of a steward: half of a short name is enough, as hits are compared once more.
pub(crate) fn steward_term(steward: &CenterId) -> String {
    let name = hospes_domain::id::hex(steward.0.split_at(8).0);
    format!("steward{name}")
}

/// The term of all instants of a span. Facets of the domain all begin with `f`.
pub(crate) fn confirmed_term(level: usize, span: i64) -> String {
    format!("when{level}x{span}")
}

/// The number of the span of this level that an instant lies in. Instants before 1970 lie in the
/// first one: they are no less wrong there.
pub(crate) fn span_of(level: usize, instant: Timestamp) -> i64 {
    let seconds = instant.0.div_euclid(1_000).max(0);
    SPANS.get(level).map_or(0, |span| seconds / span)
}

/// What becomes of a record in the index: its terms before and after.
#[derive(Debug, Default)]
struct Turn {
    old: Option<Terms>,
    new: Option<Terms>,
}

/// Changes of the index that wait for the end of the transaction, by record.
#[derive(Debug, Default)]
pub(crate) struct Reindex {
    kept: BTreeMap<i64, Turn>,
    /// Of the work that is running, which may fail.
    staged: BTreeMap<i64, Turn>,
}

impl Reindex {
    /// Notes that the terms of a record change. Terms that were noted before but are not in the
    /// index yet are simply replaced.
    pub(crate) fn note(&mut self, record: i64, old: Option<Terms>, new: Option<Terms>) {
        self.staged
            .entry(record)
            .and_modify(|turn| turn.new.clone_from(&new))
            .or_insert(Turn { old, new });
    }

    /// The running work succeeded.
    pub(crate) fn keep(&mut self) {
        for (record, turn) in std::mem::take(&mut self.staged) {
            match self.kept.get_mut(&record) {
                Some(kept) => kept.new = turn.new,
                None => {
                    self.kept.insert(record, turn);
                }
            }
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
}

macro_rules! eight {
    ($statement:literal) => {
        concat!(
            $statement, ";", $statement, ";", $statement, ";", $statement, ";", $statement, ";",
            $statement, ";", $statement, ";", $statement
        )
    };
}

const INSERT: &str =
    "INSERT INTO search (rowid, facets, title, text, sounds) VALUES (?, ?, ?, ?, ?)";
/// Several rows in one statement would make FTS5 write out its memory; several statements do not,
/// and one trip to the connection's thread carries them all.
const INSERT_EIGHT: &str =
    eight!("INSERT INTO search (rowid, facets, title, text, sounds) VALUES (?, ?, ?, ?, ?)");
const DELETE: &str = "INSERT INTO search (search, rowid, facets, title, text, sounds)
     VALUES ('delete', ?, ?, ?, ?, ?)";

impl Writer {
    /// Makes all noted changes. The last thing in a transaction.
    pub(crate) async fn reindex(&mut self) -> Result<(), StoreError> {
        self.reindex.keep();
        let turns = std::mem::take(&mut self.reindex.kept);
        let mut fresh: Vec<(i64, Terms)> = Vec::with_capacity(8);
        for (record, turn) in turns {
            match turn {
                Turn { old: None, new: None } => {}
                Turn { old: None, new: Some(new) } => {
                    fresh.push((record, new));
                    if fresh.len() == 8 {
                        insert(&mut self.connection, INSERT_EIGHT, &fresh).await?;
                        fresh.clear();
                    }
                }
                Turn { old: Some(old), new } => {
                    insert_each(&mut self.connection, &mut fresh).await?;
                    let new = new.as_ref();
                    let gone = new.map_or_else(|| old.clone(), |new| old.without(new));
                    let came = new.map(|new| new.without(&old));
                    if gone.0.is_empty() && came.as_ref().is_none_or(|came| came.0.is_empty()) {
                        continue;
                    }
                    insert(&mut self.connection, DELETE, &[(record, gone)]).await?;
                    // Also when nothing came: FTS5 counts rows, and must not count too few.
                    if let Some(came) = came {
                        insert(&mut self.connection, INSERT, &[(record, came)]).await?;
                    }
                }
            }
        }
        insert_each(&mut self.connection, &mut fresh).await
    }

    /// Empties the index.
    pub(crate) async fn empty_index(&mut self) -> Result<(), StoreError> {
        self.execute("INSERT INTO search (search) VALUES ('delete-all')").await
    }
}

async fn insert_each(
    connection: &mut SqliteConnection,
    rows: &mut Vec<(i64, Terms)>,
) -> Result<(), StoreError> {
    for row in rows.drain(..) {
        insert(connection, INSERT, &[row]).await?;
    }
    Ok(())
}

async fn insert(
    connection: &mut SqliteConnection,
    sql: &'static str,
    rows: &[(i64, Terms)],
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

    #[test]
    fn only_terms_that_changed_are_touched() {
        let old = terms(&[("a", FACETS), ("b", TEXT), ("c", TITLE)]);
        let new = terms(&[("a", FACETS), ("b", TEXT | TITLE), ("d", TEXT)]);
        assert_eq!(old.without(&new), terms(&[("b", TEXT), ("c", TITLE)]));
        assert_eq!(new.without(&old), terms(&[("b", TEXT | TITLE), ("d", TEXT)]));
    }

    #[test]
    fn a_failed_work_leaves_what_was_noted_before() {
        let (first, second) = (terms(&[("a", TEXT)]), terms(&[("b", TEXT)]));
        let mut reindex = Reindex::default();
        reindex.note(1, None, Some(first.clone()));
        reindex.keep();
        reindex.note(1, Some(first.clone()), Some(second.clone()));
        reindex.forget();
        assert_eq!(reindex.kept.get(&1).and_then(|turn| turn.new.clone()), Some(first.clone()));
        reindex.note(1, Some(first), Some(second.clone()));
        reindex.keep();
        let turn = reindex.kept.get(&1);
        assert_eq!(
            turn.map(|turn| (turn.old.clone(), turn.new.clone())),
            Some((None, Some(second)))
        );
    }

    #[test]
    fn spans_nest() {
        for (short, long) in SPANS.iter().zip(SPANS.iter().skip(1)) {
            assert_eq!(long % short, 0);
        }
        assert_eq!(span_of(0, Timestamp(-5)), 0);
        assert_eq!(span_of(1, Timestamp(64_999)), 1);
    }
}
