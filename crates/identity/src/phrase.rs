//! The recovery phrase: 24 words on paper, from which the center key is made.

use std::fmt;

use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

use crate::backup::BackupKey;
use crate::center::CenterKey;
use crate::crypto::{self, CryptoFailure};
use crate::trustee::TrusteeSecret;

/// Words of a phrase: 256 bits of randomness and 8 bits of checksum.
pub const WORDS: usize = 24;

/// Longest text that is read as a phrase, in bytes. The longest real one has 215.
const MAX_TEXT: usize = 1024;

/// Keeps this key apart from any other that somebody may derive from the same words.
const SALT: &[u8] = b"hospes";
const LABEL: &[u8] = b"hospes center key v1";
const BACKUP_LABEL: &[u8] = b"hospes backup key v1";
const TRUSTEE_LABEL: &[u8] = b"hospes trustee key v1";

/// Why a text is not a recovery phrase. Positions count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhrase {
    /// Not 24 words.
    #[error("a recovery phrase has {WORDS} words, this text has {actual}")]
    WordCount {
        /// Words that were given.
        actual: usize,
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

/// The 24 words (BIP39, English) that a center keeps on paper. Wiped on drop.
///
/// Whoever has them is the center. They are shown once and never stored on a node.
pub struct RecoveryPhrase {
    words: Mnemonic,
}

impl RecoveryPhrase {
    /// Makes a new phrase of 256 random bits.
    pub fn generate() -> Result<Self, CryptoFailure> {
        let entropy = crypto::random::<32>()?;
        let words = Mnemonic::from_entropy_in(Language::English, entropy.as_slice())
            .map_err(|_| CryptoFailure("make a recovery phrase"))?;
        Ok(Self { words })
    }

    /// Reads a phrase as a person types it: any case, any spacing, also over several lines.
    pub fn parse(text: &str) -> Result<Self, InvalidPhrase> {
        if text.len() > MAX_TEXT {
            return Err(InvalidPhrase::TooLong { actual: text.len() });
        }
        let lower = Zeroizing::new(text.to_lowercase());
        let count = lower.split_whitespace().count();
        if count != WORDS {
            return Err(InvalidPhrase::WordCount { actual: count });
        }
        for (index, word) in lower.split_whitespace().enumerate() {
            if Language::English.find_word(word).is_none() {
                return Err(InvalidPhrase::UnknownWord {
                    position: index + 1,
                    word: word.chars().take(16).collect(),
                    suggestion: similar(word),
                });
            }
        }
        let words = Mnemonic::parse_in_normalized(Language::English, &lower)
            .map_err(|_| InvalidPhrase::Checksum)?;
        Ok(Self { words })
    }

    /// The words in order, for showing them once.
    pub fn words(&self) -> Vec<&'static str> {
        self.words.words().collect()
    }

    /// The center key of this phrase; always the same one.
    ///
    /// Its seed is HKDF-SHA256 over the 64-byte BIP39 seed (no passphrase), salt `hospes`, label
    /// `hospes center key v1`. This never changes: papers in drawers depend on it.
    pub fn center_key(&self) -> Result<CenterKey, CryptoFailure> {
        CenterKey::from_seed(self.derive(LABEL)?)
    }

    /// The key that opens this center's backups; always the same one.
    ///
    /// Made like the center key, with the label `hospes backup key v1`; the 32 bytes are the seed of an
    /// X-Wing key pair. This never changes: backups in drawers depend on it.
    pub fn backup_key(&self) -> Result<BackupKey, CryptoFailure> {
        let seed = Zeroizing::new(self.words.to_seed_normalized(""));
        let seed = crypto::hkdf_sha256(SALT, seed.as_slice(), BACKUP_LABEL)?;
        Ok(BackupKey::from_seed(seed))
    }

    /// The key pair of a trustee whose phrase this is; always the same one.
    ///
    /// Made as the center key is, with the label `hospes trustee key v1`, and then by HPKE's
    /// `DeriveKeyPair`. This never changes either.
    pub fn trustee_key(&self) -> Result<TrusteeSecret, CryptoFailure> {
        Ok(TrusteeSecret::from_seed(&*self.derive(TRUSTEE_LABEL)?))
    }

    /// 32 secret bytes for one purpose.
    fn derive(&self, label: &[u8]) -> Result<Zeroizing<[u8; 32]>, CryptoFailure> {
        let seed = Zeroizing::new(self.words.to_seed_normalized(""));
        crypto::hkdf_sha256(SALT, seed.as_slice(), label)
    }
}

impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPhrase(24 words)")
    }
}

/// A word of the list that begins alike. No two words share their first four letters, so four
/// right letters find the word that was meant.
fn similar(word: &str) -> Option<&'static str> {
    [4, 3].iter().find_map(|&letters| {
        let beginning = word.get(..letters)?;
        match Language::English.words_by_prefix(beginning) {
            [only] => Some(*only),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const ZERO: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

    #[test]
    fn a_phrase_survives_paper() {
        let phrase = RecoveryPhrase::generate().unwrap();
        let paper = phrase.words().join("\n  ").to_uppercase();
        let again = RecoveryPhrase::parse(&paper).unwrap();
        assert_eq!(again.words(), phrase.words());
        assert_eq!(again.center_key().unwrap().id(), phrase.center_key().unwrap().id());
    }

    #[test]
    fn two_phrases_differ() {
        let [a, b] = [RecoveryPhrase::generate().unwrap(), RecoveryPhrase::generate().unwrap()];
        assert_ne!(a.words(), b.words());
    }

    #[test]
    fn a_wrong_phrase_is_refused_with_what_is_wrong() {
        fn check(text: &str, expected: &str) {
            let error = RecoveryPhrase::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        check("", "a recovery phrase has 24 words, this text has 0");
        check(&ZERO.replace(" art", ""), "a recovery phrase has 24 words, this text has 23");
        check(
            &ZERO.replacen("abandon", "abandn", 3).replacen("abandn", "abandon", 2),
            "word 3, \"abandn\", is not in the list of words; did you mean \"abandon\"?",
        );
        check(&ZERO.replace("art", "zzzz"), "word 24, \"zzzz\", is not in the list of words");
        check(&ZERO.replace("art", "äöüß"), "word 24, \"äöüß\", is not in the list of words");
        check(&ZERO.replace("art", "zoo"), "the 24 words do not fit together");
        check(&"a".repeat(1025), "a recovery phrase has at most 1024 bytes");
    }

    #[test]
    fn a_phrase_is_not_printed() {
        let phrase = RecoveryPhrase::parse(ZERO).unwrap();
        assert!(!format!("{phrase:?}").contains("abandon"));
    }

    /// Worked out apart from this code, with PBKDF2, HMAC and OpenSSL. If it fails, every paper in
    /// every drawer is worthless.
    #[test]
    fn a_phrase_gives_the_same_center_for_ever() {
        let key = RecoveryPhrase::parse(ZERO).unwrap().center_key().unwrap();
        assert_eq!(
            key.id().to_string(),
            "786ef609d304625939f12df8e95cd3f737d4e896f0d9142b67bd6b7cda00b9e3"
        );
        let certificate = key.certificate().unwrap();
        assert_eq!(
            hospes_domain::id::hex(&crypto::sha256(&[certificate.der()])),
            "d67d0d563d5ec486e31604bffc9d490fdda6c2212bfe728d2f2b1dd50f25c028"
        );
    }

    /// The seed was worked out apart from this code. If it fails, every backup in every drawer is
    /// worthless.
    #[test]
    fn a_phrase_opens_its_backups_for_ever() {
        let key = RecoveryPhrase::parse(ZERO).unwrap().backup_key().unwrap();
        let hash = |bytes: &[u8]| hospes_domain::id::hex(&crypto::sha256(&[bytes]));
        assert_eq!(
            hash(key.seed()),
            "369308411ee6b18950006d4a0480c84749d2e89c37496fd2f500098660f776ce"
        );
        assert_eq!(
            hash(&key.public_key().unwrap()),
            "5c29927e7ece0e90c64f086b70327054aa6905b8849d86022ba0c28aa15f2b56"
        );
    }
}
