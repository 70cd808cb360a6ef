//! The words of a phrase, out of what people write around them.
//!
//! Papers and files have numbers, commas, quotes and marks of lists. What is taken away here is only
//! what cannot be a part of a word of the list. Numbers are not taken away: they give the order,
//! because a screen with several columns is copied in rows as often as in columns. Whatever could be
//! read in two ways is refused: a wrong order that happens to fit would be another center.

use bip39::Language;
use hospes_domain::fold::edits;
use zeroize::Zeroizing;

use super::{InvalidPhrase, WORDS};
use crate::signs::{Sign, origin, signs};

/// Fewest letters of a word that is cut off. No two words of the list share so many.
const SHORT: usize = 4;

/// A word as it was typed, in small letters.
pub(super) struct Piece {
    /// The number before it.
    pub(super) number: Option<usize>,
    text: Zeroizing<String>,
}

/// The words of a text: either all of them have numbers, each another one, or none has.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, InvalidPhrase> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before = None;
    for token in tokens(text) {
        match token {
            Token::Number(number) => {
                if let Some(number) = before.replace(number) {
                    return Err(InvalidPhrase::NoWord { number });
                }
            }
            Token::Word(text) => pieces.push(Piece { number: before.take(), text }),
        }
    }
    if let Some(number) = before {
        return Err(InvalidPhrase::NoWord { number });
    }
    let mut seen = [false; WORDS];
    for (piece, position) in pieces.iter().zip(1..) {
        let Some(number) = piece.number else {
            if pieces.iter().any(|other| other.number.is_some()) {
                return Err(InvalidPhrase::NoNumber { position });
            }
            return Ok(pieces);
        };
        let place = number.checked_sub(1).and_then(|index| seen.get_mut(index));
        let place = place.ok_or(InvalidPhrase::OutOfRange { number })?;
        if std::mem::replace(place, true) {
            return Err(InvalidPhrase::Twice { number });
        }
    }
    Ok(pieces)
}

/// All words of a phrase in their order.
pub(super) fn all(text: &str) -> Result<Vec<&'static str>, InvalidPhrase> {
    let mut pieces = pieces(text)?;
    let actual = pieces.len();
    let numbered = pieces.iter().any(|piece| piece.number.is_some());
    if actual != WORDS && !numbered {
        // With a remark among them, the remark is what to leave out.
        let strange = pieces.iter().find(|piece| actual > WORDS && piece.word().is_none());
        return Err(match strange {
            Some(piece) => InvalidPhrase::Remark { actual, word: piece.shown() },
            None => InvalidPhrase::WordCount { actual },
        });
    }
    // Nothing moves without numbers.
    pieces.sort_by_key(|piece| piece.number);
    let words: Vec<_> =
        (1..).zip(&pieces).map(|(n, piece)| piece.known(n)).collect::<Result<_, _>>()?;
    for (piece, number) in pieces.iter().zip(1..) {
        if piece.number.is_some_and(|given| given != number) {
            return Err(InvalidPhrase::Missing { number });
        }
    }
    // Numbers do not repeat, so only the end can be missing.
    if words.len() < WORDS { Err(InvalidPhrase::Missing { number: actual + 1 }) } else { Ok(words) }
}

impl Piece {
    /// The word of the list; `position` is that of a word without a number.
    pub(super) fn known(&self, position: usize) -> Result<&'static str, InvalidPhrase> {
        if let Some(word) = self.word() {
            return Ok(word);
        }
        let position = self.number.unwrap_or(position);
        for (character, letter) in self.text.chars().zip(1..) {
            if !character.is_ascii_lowercase() {
                let origin = origin(character);
                return Err(InvalidPhrase::ForeignLetter { position, letter, character, origin });
            }
        }
        let suggestion = similar(&self.text);
        Err(InvalidPhrase::UnknownWord { position, word: self.shown(), suggestion })
    }

    fn word(&self) -> Option<&'static str> {
        let list = Language::English;
        if let Some(place) = list.find_word(&self.text) {
            return list.word_list().get(usize::from(place)).copied();
        }
        if self.text.len() < SHORT { None } else { only(&self.text) }
    }

    fn shown(&self) -> String {
        self.text.chars().take(16).collect()
    }
}

/// The word that begins so, if it is only one.
fn only(beginning: &str) -> Option<&'static str> {
    match Language::English.words_by_prefix(beginning) {
        [only] => Some(*only),
        _ => None,
    }
}

/// Letters that may be others in a word that was meant.
const SLIPS: usize = 2;

/// The word of the list that was probably meant: the one that begins alike, if it differs little, or else
/// the one that differs least. Two that are as near are none.
fn similar(word: &str) -> Option<&'static str> {
    let near = |known: &&'static str| {
        let unlike = edits(word, known);
        (unlike <= SLIPS && unlike * 2 <= known.len()).then_some((unlike, *known))
    };
    let mut found: Vec<_> = Language::English.word_list().iter().filter_map(near).collect();
    found.sort_unstable();
    match found.as_slice() {
        [(_, only)] => Some(*only),
        [(first, word), (second, _), ..] if first < second => Some(*word),
        _ => [SHORT, SHORT - 1].iter().find_map(|&letters| only(word.get(..letters)?)),
    }
}

enum Token {
    Number(usize),
    Word(Zeroizing<String>),
}

/// Runs of letters and runs of digits.
fn tokens(text: &str) -> Vec<Token> {
    let token = |run: Zeroizing<String>| match run.parse() {
        Ok(number) => Token::Number(number),
        // So many digits are no number of a word.
        Err(_) if run.starts_with(|c: char| c.is_ascii_digit()) => Token::Number(usize::MAX),
        Err(_) => Token::Word(run),
    };
    runs(text).into_iter().map(token).collect()
}

/// Letters that stand together, and digits that do.
fn runs(text: &str) -> Vec<Zeroizing<String>> {
    let (mut runs, mut before) = (Vec::<Zeroizing<String>>::new(), Sign::Between);
    for sign in signs(text) {
        let goes_on = std::mem::discriminant(&before) == std::mem::discriminant(&sign);
        before = sign;
        let (Sign::Letter(c) | Sign::Digit(c)) = sign else { continue };
        match runs.last_mut() {
            Some(run) if goes_on => run.push(c),
            _ => {
                // Room for a word: one that grows leaves pieces of itself behind.
                let mut run = Zeroizing::new(String::with_capacity(32));
                run.push(c);
                runs.push(run);
            }
        }
    }
    runs
}
