//! The passphrase that unseals a node: what is too weak, and what to take instead.

use bip39::Language;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::crypto::{self, CryptoFailure};

/// Fewest characters of a passphrase.
pub const MIN_CHARACTERS: usize = 12;

/// Most bytes of a passphrase.
pub const MAX_BYTES: usize = 1024;

/// Words that [`suggest`] gives: 66 bits, which Argon2id puts out of reach.
pub const SUGGESTED_WORDS: usize = 6;

/// Why a passphrase is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassphrase {
    /// Too short.
    #[error(
        "a passphrase has at least {MIN_CHARACTERS} characters, this one has {actual}; six words that dice have picked are easy to remember and very hard to guess"
    )]
    TooShort {
        /// Characters that it has.
        actual: usize,
    },
    /// One character over and over.
    #[error(
        "a passphrase has at least 5 different characters, this one has {actual}; six words that dice have picked are easy to remember and very hard to guess"
    )]
    Monotonous {
        /// Different characters that it has.
        actual: usize,
    },
    /// Too long to be typed.
    #[error("a passphrase has at most {MAX_BYTES} bytes, this one has {actual}")]
    TooLong {
        /// Bytes that it has.
        actual: usize,
    },
}

/// Refuses what can be guessed in no time. It cannot tell a good passphrase from a famous line.
pub fn check(passphrase: &str) -> Result<(), WeakPassphrase> {
    if passphrase.len() > MAX_BYTES {
        return Err(WeakPassphrase::TooLong { actual: passphrase.len() });
    }
    let passphrase = normalized(passphrase);
    let actual = passphrase.chars().count();
    if actual < MIN_CHARACTERS {
        return Err(WeakPassphrase::TooShort { actual });
    }
    let actual = passphrase.chars().collect::<std::collections::BTreeSet<_>>().len();
    if actual < 5 { Err(WeakPassphrase::Monotonous { actual }) } else { Ok(()) }
}

/// Six random words, separated by spaces.
pub fn suggest() -> Result<Zeroizing<String>, CryptoFailure> {
    let random = crypto::random::<{ 2 * SUGGESTED_WORDS }>()?;
    let list = Language::English.word_list();
    let mut text = Zeroizing::new(String::with_capacity(SUGGESTED_WORDS * 9));
    for pair in random.as_chunks::<2>().0 {
        if !text.is_empty() {
            text.push(' ');
        }
        let number = usize::from(u16::from_be_bytes(*pair)) % list.len();
        text.push_str(list.get(number).copied().unwrap_or_default());
    }
    Ok(text)
}

/// The form that is hashed: NFKC, because keyboards disagree about how to write an `é`, and without
/// spaces around it.
pub fn normalized(passphrase: &str) -> Zeroizing<String> {
    // Room for all of it at once: a buffer that grows leaves pieces of the secret behind.
    let mut text = Zeroizing::new(String::with_capacity(passphrase.len().saturating_mul(18)));
    text.extend(passphrase.trim().nfkc());
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_weak_passphrase_is_refused_with_a_sentence() {
        fn tested(passphrase: &str, expected: Result<(), WeakPassphrase>) {
            assert_eq!(check(passphrase), expected, "{passphrase}");
        }
        tested("correct horse battery", Ok(()));
        tested("Пацифизм навсегда", Ok(()));
        tested("", Err(WeakPassphrase::TooShort { actual: 0 }));
        tested("elevenchars", Err(WeakPassphrase::TooShort { actual: 11 }));
        tested("   elevenchars   ", Err(WeakPassphrase::TooShort { actual: 11 }));
        tested("ёёёёёёёёёёё", Err(WeakPassphrase::TooShort { actual: 11 }));
        tested("aaaaaaaaaaaaaaaa", Err(WeakPassphrase::Monotonous { actual: 1 }));
        tested(&"abcdef".repeat(200), Err(WeakPassphrase::TooLong { actual: 1200 }));
    }

    #[test]
    fn a_suggestion_is_six_words_that_pass() {
        let [a, b] = [suggest().unwrap(), suggest().unwrap()];
        assert_eq!(a.split(' ').count(), 6);
        assert_eq!(check(&a), Ok(()));
        assert_ne!(a, b);
    }

    #[test]
    fn two_ways_to_write_an_accent_are_one_passphrase() {
        assert_eq!(normalized("caf\u{e9}"), normalized("cafe\u{301} "));
    }
}
