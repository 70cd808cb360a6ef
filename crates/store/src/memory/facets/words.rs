//! Records that have a word, for the words that were asked for lately.
//!
//! The full-text index answers a rare word at once and a common one in milliseconds. Counselors ask
//! for the same few words again and again; their answers are kept, and kept up to date.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::index::Terms;

/// Words that are remembered.
const MOST: usize = 256;
/// Bytes that they may take, about.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What is asked for of a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sought {
    /// It is in the title.
    Title(String),
    /// It is in the text.
    Text(String),
    /// A word of title or text begins like it.
    Prefix(String),
    /// A word of title or text sounds like it.
    Sound(String),
}

impl Sought {
    fn is_in(&self, terms: &Terms) -> bool {
        match self {
            Sought::Title(word) => terms.titles(word),
            Sought::Text(word) => terms.says(word),
            Sought::Prefix(prefix) => terms.begins(prefix),
            Sought::Sound(key) => terms.sounds(key),
        }
    }
}

/// Answers that are remembered.
#[derive(Debug, Default)]
pub(crate) struct Words {
    known: BTreeMap<Sought, Known>,
    bytes: usize,
    uses: u64,
}

#[derive(Debug)]
struct Known {
    records: RoaringBitmap,
    bytes: usize,
    used: u64,
}

impl Words {
    /// The records, if they are remembered.
    pub(crate) fn get(&mut self, sought: &Sought) -> Option<&RoaringBitmap> {
        self.uses += 1;
        let known = self.known.get_mut(sought)?;
        known.used = self.uses;
        Some(&known.records)
    }

    /// Remembers an answer; the one that was not used for longest goes.
    pub(crate) fn remember(&mut self, sought: Sought, records: RoaringBitmap) {
        self.uses += 1;
        let bytes = records.serialized_size();
        if bytes > MOST_BYTES / 4 {
            return;
        }
        let known = Known { records, bytes, used: self.uses };
        self.bytes += bytes;
        if let Some(old) = self.known.insert(sought, known) {
            self.bytes -= old.bytes;
        }
        while self.known.len() > MOST || self.bytes > MOST_BYTES {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.used);
            let Some(oldest) = oldest.map(|(sought, _)| sought.clone()) else { return };
            if let Some(gone) = self.known.remove(&oldest) {
                self.bytes -= gone.bytes;
            }
        }
    }

    /// A record has other words now.
    pub(super) fn follow(&mut self, record: u32, old: Option<&Terms>, new: Option<&Terms>) {
        if old == new {
            return;
        }
        for (sought, known) in &mut self.known {
            let has = new.is_some_and(|terms| sought.is_in(terms));
            let had = old.is_some_and(|terms| sought.is_in(terms));
            match (had, has) {
                (_, true) => known.records.insert(record),
                (true, false) => known.records.remove(record),
                (false, false) => false,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(number: u32) -> RoaringBitmap {
        RoaringBitmap::from_iter([number])
    }

    #[test]
    fn the_word_that_was_not_used_for_longest_is_forgotten() {
        let mut words = Words::default();
        let sought = |number: usize| Sought::Text(format!("word{number}"));
        for number in 0..MOST {
            words.remember(sought(number), one(7));
        }
        assert!(words.get(&sought(0)).is_some());
        words.remember(sought(MOST), one(8));
        assert!(words.get(&sought(0)).is_some() && words.get(&sought(MOST)).is_some());
        assert!(words.get(&sought(1)).is_none());
    }

    #[test]
    fn no_more_is_remembered_than_fits() {
        let mut words = Words::default();
        for number in 0..64 {
            let scattered = RoaringBitmap::from_iter((0..200_000).map(|at| at * 3));
            words.remember(Sought::Sound(format!("{number}")), scattered);
        }
        assert!(words.bytes <= MOST_BYTES && words.known.len() > 10, "{}", words.bytes);
    }
}
