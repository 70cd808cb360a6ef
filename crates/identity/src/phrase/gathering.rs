//! A phrase that somebody types row by row, each of which is looked at when it is there.

use super::words::pieces;
use super::{InvalidPhrase, RecoveryPhrase, WORDS};

/// Words of a row that is asked for.
pub const ROW: usize = 6;

/// The words so far.
#[derive(Default)]
pub struct Gathering {
    words: [Option<&'static str>; WORDS],
}

impl Gathering {
    /// Takes the next words, or none of them if something is wrong with one.
    ///
    /// Words without numbers go on after the last one: a whole row, one word, or all that is left.
    /// Words with numbers go where these say.
    ///
    /// # Errors
    /// When a word is not known, or it is not clear where one belongs.
    pub fn add(&mut self, text: &str) -> Result<(), InvalidPhrase> {
        let pieces = pieces(text)?;
        let missing = self.missing();
        let (first, actual) = (missing.first().copied().unwrap_or(WORDS + 1), pieces.len());
        let numbered = pieces.iter().any(|piece| piece.number.is_some());
        if !numbered && first + missing.len() != WORDS + 1 {
            return Err(InvalidPhrase::Unordered);
        }
        let expected = self.row().len();
        if !numbered && ![1, expected, missing.len()].contains(&actual) {
            return Err(InvalidPhrase::Row { expected, actual });
        }
        let mut words = self.words;
        for (piece, next) in pieces.iter().zip(first..) {
            let word = piece.known(next)?;
            let number = piece.number.unwrap_or(next);
            let place = number.checked_sub(1).and_then(|index| words.get_mut(index));
            let place = place.ok_or(InvalidPhrase::OutOfRange { number })?;
            if place.replace(word).is_some_and(|before| before != word) {
                return Err(InvalidPhrase::Twice { number });
            }
        }
        self.words = words;
        Ok(())
    }

    /// Puts words with numbers where others were.
    ///
    /// # Errors
    /// As [`Gathering::add`], and for a word without a number.
    pub fn replace(&mut self, text: &str) -> Result<(), InvalidPhrase> {
        let pieces = pieces(text)?;
        let mut words = self.words;
        for (piece, position) in pieces.iter().zip(1..) {
            let word = piece.known(position)?;
            let index = piece.number.and_then(|number| number.checked_sub(1));
            let place = index.and_then(|index| words.get_mut(index));
            *place.ok_or(InvalidPhrase::Unordered)? = Some(word);
        }
        self.words = words;
        Ok(())
    }

    /// The numbers of the words that are not there yet.
    pub fn missing(&self) -> Vec<usize> {
        let places = self.words.iter().zip(1..);
        places.filter(|(word, _)| word.is_none()).map(|(_, number)| number).collect()
    }

    /// The numbers of the words that are best asked for next: the rest of a row, or what lies
    /// between words that are there.
    pub fn row(&self) -> Vec<usize> {
        let missing = self.missing();
        let Some(first) = missing.first() else { return missing };
        let end =
            if first + missing.len() == WORDS + 1 { (first - 1) / ROW * ROW + ROW } else { WORDS };
        missing.into_iter().filter(|number| *number <= end).collect()
    }

    /// The words that are there, in their order.
    pub fn words(&self) -> Vec<&'static str> {
        self.words.iter().flatten().copied().collect()
    }

    /// The phrase.
    ///
    /// # Errors
    /// When a word is missing, or they do not fit together.
    pub fn phrase(&self) -> Result<RecoveryPhrase, InvalidPhrase> {
        if let Some(number) = self.missing().first() {
            return Err(InvalidPhrase::Missing { number: *number });
        }
        RecoveryPhrase::of(&self.words())
    }
}
