//! What records are found by.

use std::collections::BTreeMap;
use std::ops::Bound;

use hospes_domain::index::Entry;
use hospes_domain::{Fields, Kind};

use crate::listing::Listing;

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

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The terms that are not in `other` in just the same columns.
    pub(crate) fn without(&self, other: &Terms) -> Terms {
        let differs = |(term, columns): &(&String, &u8)| other.0.get(*term) != Some(*columns);
        Terms(
            self.0.iter().filter(differs).map(|(term, columns)| (term.clone(), *columns)).collect(),
        )
    }

    /// The text of each column of the index.
    pub(crate) fn columns(&self) -> [String; COLUMNS] {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(words: &[(&str, u8)]) -> Terms {
        Terms(words.iter().map(|(word, columns)| ((*word).to_owned(), *columns)).collect())
    }

    #[test]
    fn only_terms_that_changed_are_touched() {
        let old = terms(&[("a", SOUNDS), ("b", TEXT), ("c", TITLE)]);
        let new = terms(&[("a", SOUNDS), ("b", TEXT | TITLE), ("d", TEXT)]);
        assert_eq!(old.without(&new), terms(&[("b", TEXT), ("c", TITLE)]));
        assert_eq!(new.without(&old), terms(&[("b", TEXT | TITLE), ("d", TEXT)]));
    }

    #[test]
    fn words_are_told_by_column_and_beginning() {
        let terms = terms(&[("kitchen", TEXT), ("kt1", SOUNDS), ("lake", TITLE)]);
        assert!(terms.says("kitchen") && !terms.says("lake") && !terms.titles("kitchen"));
        assert!(terms.titles("lake") && terms.begins("kitch") && !terms.begins("kt"));
        assert!(terms.sounds("kt1") && !terms.sounds("kitchen"));
    }
}
