//! The recovery phrase: 24 words on paper, from which the center key is made.

use std::fmt;

use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

use crate::backup::BackupKey;
use crate::center::CenterKey;
use crate::crypto::{self, CryptoFailure};
use crate::trustee::TrusteeSecret;

mod gathering;
mod problem;
mod words;

pub use gathering::{Gathering, ROW};
pub use problem::InvalidPhrase;

/// Words of a phrase: 256 bits of randomness and 8 bits of checksum.
pub const WORDS: usize = 24;

/// Longest text that is read as a phrase, in bytes. The longest real one has 215; the rest is for
/// what stands around the words.
const MAX_TEXT: usize = 4 * 1024;

/// Keeps this key apart from any other that somebody may derive from the same words.
const SALT: &[u8] = b"hospes";
const LABEL: &[u8] = b"hospes center key v1";
const BACKUP_LABEL: &[u8] = b"hospes backup key v1";
const TRUSTEE_LABEL: &[u8] = b"hospes trustee key v1";

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

    /// Reads a phrase as people write it: any case, over one line or several, with or without numbers,
    /// commas, quotes and marks of lists. Numbers give the order. Four letters of a word are enough.
    ///
    /// # Errors
    /// When it is no phrase, or could be two.
    pub fn parse(text: &str) -> Result<Self, InvalidPhrase> {
        if text.len() > MAX_TEXT {
            return Err(InvalidPhrase::TooLong { actual: text.len() });
        }
        Self::of(&words::all(text)?)
    }

    /// The phrase of these words of the list.
    fn of(words: &[&'static str]) -> Result<Self, InvalidPhrase> {
        let text = Zeroizing::new(words.join(" "));
        let words = Mnemonic::parse_in_normalized(Language::English, &text)
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

#[cfg(test)]
mod tests;
