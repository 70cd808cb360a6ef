//! Which records have the words of a search, and how closely.

use hospes_domain::query::WordTerms;
use roaring::RoaringBitmap;

use crate::column::Columns;
use crate::database::Store;
use crate::error::StoreError;
use crate::memory::facets::{Facets, Sought};

/// How closely a word can be found: in the title, in the text, by its beginning, by its sound.
const LEVELS: usize = 4;

/// The numbers of the records that answer each of several expressions. One text per expression: a
/// row per record would cost twenty times what finding it does.
pub(super) const RECORDS: &str = "SELECT (SELECT group_concat(rowid) FROM search WHERE search MATCH j.value) FROM json_each(?) j";

/// Words, of some of which the records are known already.
pub(super) struct Seeking {
    words: Vec<[Vec<Part>; LEVELS]>,
    /// What was known up to this change.
    changes: u64,
}

struct Part {
    sought: Sought,
    records: Option<RoaringBitmap>,
}

/// The records of every word at every level; a level includes those before it.
pub(super) struct Matches(Vec<[RoaringBitmap; LEVELS]>);

impl Seeking {
    /// Takes what is remembered.
    pub(super) fn of(words: &[WordTerms], facets: &Facets) -> Self {
        let mut known = facets.words();
        let mut part = |sought: Sought| Part { records: known.get(&sought).cloned(), sought };
        let words = words.iter().map(|word| {
            let exact = || word.exact.clone();
            let others = word
                .others
                .iter()
                .flat_map(|other| [Sought::Title(other.clone()), Sought::Text(other.clone())]);
            let beginnings = word.prefix.iter().cloned().map(Sought::Prefix);
            [
                vec![part(Sought::Title(exact()))],
                vec![part(Sought::Text(exact()))],
                beginnings.chain(others).map(&mut part).collect(),
                word.sounds.iter().map(|key| part(Sought::Sound(key.clone()))).collect(),
            ]
        });
        Self { words: words.collect(), changes: facets.changes() }
    }

    /// Asks the full-text index for the rest, and lets it be remembered.
    pub(super) async fn find(mut self, store: &Store) -> Result<Matches, StoreError> {
        let parts = || self.words.iter().flatten().flatten();
        let unknown: Vec<&Sought> =
            parts().filter(|part| part.records.is_none()).map(|part| &part.sought).collect();
        if !unknown.is_empty() {
            let expressions: Vec<String> =
                unknown.iter().map(|sought| expression(sought)).collect();
            let answers = ask(store, &expressions).await?;
            let mut answers = answers.into_iter();
            let facets = store.facets();
            let current = facets.changes() == self.changes;
            let mut known = facets.words();
            for part in self.words.iter_mut().flatten().flatten() {
                if part.records.is_none() {
                    let records = answers.next().unwrap_or_default();
                    // A change in between may be in it or not.
                    if current {
                        known.remember(part.sought.clone(), records.clone());
                    }
                    part.records = Some(records);
                }
            }
        }
        let words = self.words.into_iter().map(|levels| {
            let mut found = RoaringBitmap::new();
            levels.map(|parts| {
                for part in parts {
                    found |= part.records.unwrap_or_default();
                }
                found.clone()
            })
        });
        Ok(Matches(words.collect()))
    }
}

impl Matches {
    /// The records that have every word, however closely.
    pub(super) fn all(&self) -> RoaringBitmap {
        let mut words = self.0.iter().filter_map(|levels| levels.last());
        let first = words.next().cloned().unwrap_or_default();
        words.fold(first, |all, word| all & word)
    }

    /// The sum of the closenesses of all words, as a rank has it; of a record of [`Matches::all`].
    pub(super) fn closeness(&self, number: u32) -> u16 {
        let far = self.0.iter().flatten().filter(|level| !level.contains(number)).count();
        u16::try_from(far).unwrap_or(u16::MAX)
    }
}

async fn ask(store: &Store, expressions: &[String]) -> Result<Vec<RoaringBitmap>, StoreError> {
    let quoted: Vec<String> = expressions.iter().map(|text| json_string(text)).collect();
    let rows = sqlx::query(RECORDS)
        .bind(format!("[{}]", quoted.join(",")))
        .fetch_all(store.readers())
        .await?;
    rows.iter()
        .map(|row| {
            let numbers = row.maybe_text(0)?.unwrap_or_default();
            Ok(numbers.split(',').filter_map(|number| number.parse::<u32>().ok()).collect())
        })
        .collect()
}

fn expression(sought: &Sought) -> String {
    match sought {
        Sought::Title(word) => format!("title : {}", quoted(word)),
        Sought::Text(word) => format!("text : {}", quoted(word)),
        Sought::Prefix(prefix) => format!("{{title text}} : {} *", quoted(prefix)),
        Sought::Sound(key) => format!("sounds : {}", quoted(key)),
    }
}

/// A string of the query language of FTS5: nothing in it is an operator.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

fn json_string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c < ' ' => json.push(' '),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

    use super::*;

    /// The plan of a statement, one step per line.
    async fn plan(sql: &str) -> Vec<String> {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        crate::schema::migrate(&mut connection).await.unwrap();
        let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::query(explained).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get("detail")).collect()
    }

    #[tokio::test]
    async fn no_statement_of_a_search_reads_a_whole_table() {
        for sql in [RECORDS, crate::record::BY_NUMBER, crate::center::NUMBER_OF] {
            let plan = plan(sql).await;
            assert!(!plan.is_empty());
            for step in plan {
                // The full-text index is asked for a term, and json_each is the question.
                let fine = !step.contains("SCAN") || step.contains("VIRTUAL TABLE INDEX");
                assert!(fine, "{step} in {sql}");
                assert!(!step.contains("TEMP B-TREE"), "{step} in {sql}");
                // Index 0 of FTS5 without a term would be all of it.
                let unasked = step.contains("search VIRTUAL TABLE") && !step.contains('M');
                assert!(!unasked, "{step} in {sql}");
            }
        }
    }

    #[tokio::test]
    async fn a_statement_that_reads_a_whole_table_is_noticed() {
        let plan = plan("SELECT count(*) FROM record WHERE version = x'00'").await;
        assert!(plan.iter().any(|step| step.contains("SCAN")), "{plan:?}");
    }

    #[test]
    fn nothing_in_a_term_is_an_operator() {
        assert_eq!(quoted("a\" OR \"b"), "\"a\"\" OR \"\"b\"");
        assert_eq!(json_string("a\"b\\c\n"), r#""a\"b\\c ""#);
    }

    #[test]
    fn closeness_is_counted_word_by_word() {
        let set = |numbers: &[u32]| numbers.iter().copied().collect::<RoaringBitmap>();
        let found = Matches(vec![
            [set(&[1]), set(&[1, 2]), set(&[1, 2, 3]), set(&[1, 2, 3, 4])],
            [set(&[]), set(&[2]), set(&[2, 3]), set(&[2, 3, 4])],
        ]);
        assert_eq!(found.all(), set(&[2, 3, 4]));
        assert_eq!([2, 3, 4].map(|number| found.closeness(number)), [2, 4, 6]);
    }
}
