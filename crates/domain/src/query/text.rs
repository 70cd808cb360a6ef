//! The words of a search.

use std::collections::BTreeSet;

use super::vocabulary;
use crate::fold::{sound, words};

/// The most words of a search; further ones are passed over.
pub(super) const MOST_WORDS: usize = 12;

/// One word of a search, as an index finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordTerms {
    /// The folded word.
    pub exact: String,
    /// A beginning that its other case forms share, for words that are long enough to have one.
    pub prefix: Option<String>,
    /// Its sound keys, none to two.
    pub sounds: Vec<String>,
    /// Other folded words for the same, in other languages.
    pub others: Vec<String>,
}

/// How a word was found; the closer comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// The folded word is in the title.
    Title,
    /// The folded word is in the text.
    Text,
    /// A word in title or text begins like it, or is another one for the same.
    Prefix,
    /// A word in title or text sounds like it.
    Sound,
}

/// The words of a text, each once. One or two letters count only when there is nothing longer.
pub(super) fn terms(text: &str) -> Vec<WordTerms> {
    let mut all: Vec<String> = Vec::new();
    for word in words(text).take(4 * MOST_WORDS) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    let counts = |word: &String| word.len() > 2 || word.bytes().any(|b| b.is_ascii_digit());
    if all.iter().any(counts) {
        all.retain(counts);
    }
    all.truncate(MOST_WORDS);
    all.into_iter().map(WordTerms::of).collect()
}

impl WordTerms {
    fn of(exact: String) -> Self {
        // As long as a case ending may be that leaves a beginning which still says something; sound
        // keys know the longer ones.
        let kept = match exact.len() {
            ..4 => None,
            4 => Some(4),
            length @ 5..=6 => Some(length - 1),
            length @ 7..=8 => Some(length - 2),
            length => Some(length - 3),
        };
        let prefix = kept.and_then(|kept| exact.get(..kept)).map(str::to_owned);
        let sounds = sound(&exact).iter().map(|key| key.as_str().to_owned()).collect();
        let others = vocabulary::others(&exact, prefix.as_deref());
        Self { exact, prefix, sounds, others }
    }

    /// How the word is found in folded texts.
    pub(super) fn closeness(&self, title: &str, text: &str) -> Option<Closeness> {
        let all = || title.split(' ').chain(text.split(' '));
        let starts =
            |word: &str| self.prefix.as_ref().is_some_and(|prefix| word.starts_with(prefix));
        if title.split(' ').any(|word| word == self.exact) {
            Some(Closeness::Title)
        } else if text.split(' ').any(|word| word == self.exact) {
            Some(Closeness::Text)
        } else if all().any(|word| starts(word) || self.others.iter().any(|other| other == word)) {
            Some(Closeness::Prefix)
        } else {
            let heard = all().collect::<BTreeSet<_>>().into_iter().any(|word| {
                sound(word).iter().any(|key| self.sounds.iter().any(|ours| ours == key.as_str()))
            });
            heard.then_some(Closeness::Sound)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn short_words_count_only_alone() {
        let exact = |text| terms(text).into_iter().map(|word| word.exact).collect::<Vec<_>>();
        assert_eq!(exact("адвокат в Нарве, и в Нарве"), ["advokat", "narve"]);
        assert_eq!(exact("Ош"), ["osh"]);
        assert_eq!(exact("ФЗ 53"), ["53"]);
        assert_eq!(exact("в"), ["v"]);
        assert_eq!(exact(" . "), [""; 0]);
        assert_eq!(exact(&"слово1 ".repeat(1000)), ["slovo1"]);
    }

    #[test]
    fn a_word_is_found_as_closely_as_it_can_be() {
        for (word, expected) in [
            ("юрист", Some(Closeness::Title)),
            ("Narva", Some(Closeness::Text)),
            ("нарве", Some(Closeness::Prefix)),
            ("юристами", Some(Closeness::Prefix)),
            ("Narvassa", Some(Closeness::Sound)),
            ("Schukowski", Some(Closeness::Sound)),
            ("lawyer", Some(Closeness::Prefix)),
            ("advokaat", Some(Closeness::Prefix)),
            ("Выборг", None),
        ] {
            let word = &terms(word)[0];
            assert_eq!(word.closeness("yurist zhukovskii", "narva dom"), expected, "{word:?}");
        }
    }
}
