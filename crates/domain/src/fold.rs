//! One spelling for all the ways in which a word is written.
//!
//! Names cross scripts: a passport says ZHUKOVSKII, a Finn writes Žukovski, a German Schukowski,
//! the person himself Жуковский. [`fold`] turns any text into plain lower-case ASCII words, and
//! [`sound`] turns such a word into a key under which its other spellings and its case endings
//! meet. What is found by fold is surer than what is found by sound, so searches rank it first.

mod edits;
mod homoglyph;
mod sound;

use std::collections::VecDeque;
use std::str::Chars;

use any_ascii::any_ascii_char;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

pub use edits::edits;
pub use sound::{Key, Keys, sound};

/// The longest word that [`words`] gives, in bytes; the rest of a longer one is cut off.
pub const MAX_WORD: usize = 48;

/// Whether a sign has no ink: joiners, marks of direction, soft hyphens, the mark of UTF-8.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a sign has no business in a text that people read: what steers a screen or turns the direction
/// of what follows, what has no ink and that no script needs, and what is no character at all. Joiners and
/// marks of direction, which Persian, Hindi and Hebrew need, are none.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{200b}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e00ff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a sign comes along when text is copied from a page, and means nothing.
pub fn is_stray(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// The text as lower-case ASCII words of `[a-z0-9]`, with one space between them.
///
/// Drops diacritics, apostrophes and invisible characters, repairs letters of a foreign script
/// that look alike ("Nаrvа" with a Cyrillic а), and romanises the rest. Folding twice changes
/// nothing more. The result of text without letters and digits is empty.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in Words::of(text) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&word);
    }
    folded
}

/// The folded words of a text, each at most [`MAX_WORD`] bytes long.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    Words::of(text).map(|mut word| {
        // Folded words are ASCII, so every position is a boundary.
        word.truncate(MAX_WORD);
        word
    })
}

/// Folds a text word by word.
struct Words<'a> {
    characters: Chars<'a>,
    /// The letters and digits of the present word, decomposed and without accents.
    word: Vec<char>,
    /// Folded words that a single character ended: a ligature may decompose into several words.
    ended: VecDeque<String>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        Self { characters: text.chars(), word: Vec::new(), ended: VecDeque::new() }
    }

    fn push(&mut self, c: char) {
        match c {
            // The common cases, without a look into the tables of Unicode.
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.word.push(c),
            'а'..='и' | 'к'..='я' | 'А'..='И' | 'К'..='Я' => self.word.push(c),
            'й' | 'Й' => self.word.push('и'),
            '\'' | '`' => {}
            '\0'..='\u{7f}' => self.end(),
            // Before decomposition, because some apostrophes decompose into a space and an accent.
            _ if is_dropped(c) => {}
            _ => decompose_compatible(c, |part| {
                if is_accent(part) {
                } else if part.is_alphanumeric() || is_combining_mark(part) {
                    self.word.push(part);
                } else {
                    self.end();
                }
            }),
        }
    }

    fn end(&mut self) {
        if self.word.is_empty() {
            return;
        }
        homoglyph::repair(&mut self.word);
        let mut folded = String::with_capacity(self.word.len() + 4);
        // Below, all that composes are accents, which are gone. Above, romanisation knows Hangul
        // and Kana only as whole letters.
        if self.word.iter().all(|c| *c < '\u{0590}') {
            self.word.iter().for_each(|c| romanise(*c, &mut folded));
        } else {
            self.word.iter().copied().nfc().for_each(|c| romanise(c, &mut folded));
        }
        self.word.clear();
        if !folded.is_empty() {
            self.ended.push_back(folded);
        }
    }
}

impl Iterator for Words<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.ended.is_empty() {
            match self.characters.next() {
                Some(c) => self.push(c),
                None => {
                    self.end();
                    break;
                }
            }
        }
        self.ended.pop_front()
    }
}

fn romanise(c: char, folded: &mut String) {
    if c.is_ascii_alphanumeric() {
        folded.push(c.to_ascii_lowercase());
        return;
    }
    let letters = any_ascii_char(c).bytes().filter(u8::is_ascii_alphanumeric);
    folded.extend(letters.map(|letter| char::from(letter.to_ascii_lowercase())));
}

/// Apostrophes and signs that stand for them, soft hyphens, zero-width and direction characters.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | '‵' | '＇'
        | '\u{02b9}'..='\u{02c1}' | '\u{02c8}' | '\u{02ca}' | '\u{02cb}' | '\u{02ee}'
        | '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Marks that a spelling may have or lack: accents, and the vowel points of Arabic and Hebrew.
///
/// Not all combining marks: without its vowel signs an Indic word would lose its vowels.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05c7}'
        | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_fold_to_plain_words() {
        for (text, expected) in [
            ("Нарва", "narva"),
            ("Nаrvа", "narva"),
            ("NАRVА", "narva"),
            ("Cepгeй", "sergei"),
            ("  Narva-Jõesuu\u{200b} ", "narva joesuu"),
            ("Жуковский", "zhukovskii"),
            ("Žukovski", "zukovski"),
            ("Здоров’я", "zdorovya"),
            ("Kam'yanets´", "kamyanets"),
            ("Щёлково, ул. Ленина 5", "shchelkovo ul lenina 5"),
            ("Київ Їжак Ґанок Львів", "kiiv izhak ganok lviv"),
            ("Қостанай Өскемен", "qostanai oskemen"),
            ("Магілёў", "magileu"),
            ("თბილისი", "tbilisi"),
            ("Երևան", "erewan"),
            ("Straße Łódź Ærø", "strasse lodz aero"),
            ("İstanbul DİYARBAKIR", "istanbul diyarbakir"),
            ("Ａｌｍａ ℌ", "alma h"),
            ("\u{202e}abc\u{202c}", "abc"),
            ("ナルヴァ", "naruvua"),
            ("", ""),
            ("— … ьЪ", ""),
        ] {
            assert_eq!(fold(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_word_is_cut_in_words_and_whole_in_fold() {
        let long = "ж".repeat(100);
        assert_eq!(fold(&long).len(), 200);
        assert_eq!(words(&long).map(|word| word.len()).collect::<Vec<_>>(), [MAX_WORD]);
    }

    #[test]
    fn capital_letters_fold_like_small_ones() {
        let scripts =
            ('\u{a0}'..='\u{587}').chain('\u{10a0}'..='\u{10ff}').chain('\u{1e00}'..='\u{1fff}');
        for c in scripts {
            let small: String = c.to_lowercase().collect();
            assert_eq!(fold(&c.to_string()), fold(&small), "{c} {:04x}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,60}|[\\x00-\\u{3000}]{0,60}") {
            let once = fold(&text);
            prop_assert!(once.bytes().all(|b| b == b' ' || b.is_ascii_lowercase() || b.is_ascii_digit()));
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(once.split_whitespace().collect::<Vec<_>>().join(" "), once);
        }
    }
}
