//! Section 7, Hello and Summary: the key of a session, and what records add up to.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::names::{Record, sha256};

/// The key of a session.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The first 16 bytes of the digest.
    pub bytes: [u8; 16],
}

impl Key {
    /// Of the two nonces, whoever said which.
    pub fn of(one: [u8; 16], other: [u8; 16]) -> Self {
        let (lower, higher) = (one.min(other), one.max(other));
        let digest = sha256(&[b"hospes session fingerprints 1\0", &lower, &higher]);
        Self { bytes: super::names::half(digest) }
    }

    /// The SipHash of a record.
    pub fn lift(&self, record: &Record, version: &[u8; 16]) -> u128 {
        let words = u128::from_be_bytes(self.bytes);
        let mut hasher = SipHasher24::new_with_keys((words >> 64) as u64, words as u64);
        hasher.write(&record.number);
        hasher.write(&record.steward);
        hasher.write(&[record.kind]);
        hasher.write(version);
        u128::from_le_bytes(hasher.finish128().as_bytes())
    }
}
