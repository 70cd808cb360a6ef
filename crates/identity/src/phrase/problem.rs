//! What can be wrong with a recovery phrase that somebody typed.

use super::{MAX_TEXT, WORDS};
use crate::crypto::CryptoFailure;

/// Why a text is not a recovery phrase. Positions count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhrase {
    /// Not 24 words.
    #[error("a recovery phrase has {WORDS} words, this text has {actual}")]
    WordCount {
        /// Words that were given.
        actual: usize,
    },
    /// More than 24, and one of them is no word of any phrase.
    #[error(
        "a recovery phrase has {WORDS} words, this text has {actual}; leave out what is none of them, such as {word:?}"
    )]
    Remark {
        /// Words that were given.
        actual: usize,
        /// What was read there, cut off after 16 characters.
        word: String,
    },
    /// Too long to be 24 words.
    #[error("a recovery phrase has at most {MAX_TEXT} bytes, this text has {actual}")]
    TooLong {
        /// Bytes that were given.
        actual: usize,
    },
    /// A word that is not in the list.
    #[error("word {position}, {word:?}, is not in the list of words{}", meant(*.suggestion))]
    UnknownWord {
        /// Which word, from 1.
        position: usize,
        /// What was read there, cut off after 16 characters.
        word: String,
        /// A word of the list with the same beginning.
        suggestion: Option<&'static str>,
    },
    /// A letter that is none of a to z, though it may look like one.
    #[error(
        "word {position}: letter {letter} is {origin} (U+{:04X}); type the word with the letters a to z",
        u32::from(*.character)
    )]
    ForeignLetter {
        /// Which word, from 1.
        position: usize,
        /// Which letter of it, from 1.
        letter: usize,
        /// What was read there.
        character: char,
        /// Where it comes from.
        origin: &'static str,
    },
    /// Numbers before some words and not before others.
    #[error(
        "word {position} has no number before it, and others have one: write a number before each word, or before none, and nothing else"
    )]
    NoNumber {
        /// Which word of the text, from 1.
        position: usize,
    },
    /// A number before something else than a word.
    #[error("no word comes after the number {number}: write each number before its word")]
    NoWord {
        /// The number.
        number: usize,
    },
    /// A number that no word has.
    #[error("there is no word {number}: the words have the numbers 1 to {WORDS}")]
    OutOfRange {
        /// The number.
        number: usize,
    },
    /// A number that two words have.
    #[error("the number {number} is there twice: look at the paper which word it belongs to")]
    Twice {
        /// The number.
        number: usize,
    },
    /// A number that no word has, though others are numbered.
    #[error("word {number} is missing")]
    Missing {
        /// The number.
        number: usize,
    },
    /// A row of another length than was asked for.
    #[error(
        "these are {actual} words, {expected} are asked for; one {}",
        if actual < expected { "may have been left out" } else { "is too many" }
    )]
    Row {
        /// Words that were asked for.
        expected: usize,
        /// Words that were typed.
        actual: usize,
    },
    /// Words without numbers, when it is not clear where they go.
    #[error("type each of these words with its number before it")]
    Unordered,
    /// Every word is known, but they do not belong together.
    #[error(
        "the {WORDS} words do not fit together: one of them is another word of the list, or two have changed places; compare each with the paper"
    )]
    Checksum,
    /// The library refused.
    #[error(transparent)]
    Crypto(#[from] CryptoFailure),
}

fn meant(suggestion: Option<&'static str>) -> String {
    suggestion.map(|word| format!("; did you mean {word:?}?")).unwrap_or_default()
}
