//! A slot that some of several people open together.
//!
//! Its key is random and split by Shamir's scheme: fewer shares than are needed tell nothing about
//! it, however long somebody counts. Each share is sealed to one trustee's key.

use hospes_domain::id::hex;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::problem::{SealError, UnsealError};
use super::wrapping::{checksum, read_wrapped, unwrap_key, wrap_key};
use super::{DatabaseKey, MAX_TRUSTEES, bytes};
use crate::crypto::{self, CryptoFailure};
use crate::trustee::{ENCAPSULATED, SEALED_SHARE, Share, TrusteeKey, TrusteeSecret};

const LABEL: &[u8] = b"hospes keyslot v2/trustees/";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TrusteesSlot {
    pub(super) number: u32,
    pub(super) label: String,
    pub(super) needed: u8,
    pub(super) shares: Vec<SealedShare>,
    nonce: String,
    wrapped: String,
    /// As in a slot with a passphrase.
    checksum: String,
}

/// A share that only its trustee can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SealedShare {
    /// SHA-256 of the trustee's public key.
    pub(super) trustee: String,
    encapsulated: String,
    sealed: String,
}

impl TrusteesSlot {
    /// Wraps the key so that `needed` of these trustees open it. The numbers are checked before.
    pub(super) fn wrap(
        key: &DatabaseKey,
        needed: u8,
        trustees: &[TrusteeKey],
        database: &[u8; 16],
        number: u32,
        label: String,
    ) -> Result<Self, SealError> {
        let secret = crypto::random::<32>()?;
        let ids: Vec<[u8; 32]> = trustees.iter().map(TrusteeKey::digest).collect();
        let mut slot = Self {
            number,
            label,
            needed,
            shares: Vec::with_capacity(trustees.len()),
            nonce: String::new(),
            wrapped: String::new(),
            checksum: String::new(),
        };
        let bound = slot.bound(database, &ids);
        let dealt = blahaj::Sharks(needed).dealer(secret.as_slice());
        for ((trustee, id), share) in trustees.iter().zip(&ids).zip(dealt) {
            let bytes = Zeroizing::new(Vec::from(&share));
            let bytes = <[u8; 33]>::try_from(bytes.as_slice())
                .map_err(|_| CryptoFailure("split the key"))?;
            let share = Share::new(slot.tag(&bound), bytes);
            let (encapsulated, sealed) = trustee.seal(&share, &[&bound, id.as_slice()].concat())?;
            slot.shares.push(SealedShare {
                trustee: hex(id),
                encapsulated: hex(&encapsulated),
                sealed: hex(&sealed),
            });
        }
        let (nonce, wrapped) = wrap_key(key, &secret, bound.clone())?;
        (slot.nonce, slot.wrapped) = (hex(&nonce), hex(&wrapped));
        slot.checksum = slot.sum(&bound);
        Ok(slot)
    }

    /// The share of one trustee.
    pub(super) fn share(
        &self,
        secret: &TrusteeSecret,
        database: &[u8; 16],
    ) -> Result<Share, UnsealError> {
        let bound = self.whole(database)?;
        let id = secret.key().digest();
        let own = hex(&id);
        let sealed =
            self.shares.iter().find(|share| share.trustee == own).ok_or(UnsealError::NoTrustee)?;
        let encapsulated: [u8; ENCAPSULATED] = bytes(&sealed.encapsulated, "a share")?;
        let sealed: [u8; SEALED_SHARE] = bytes(&sealed.sealed, "a share")?;
        let read = secret.open(&encapsulated, &sealed, &[&bound, id.as_slice()].concat());
        let read = read.ok_or(UnsealError::Damaged("a share was changed"))?;
        Ok(Share::new(self.tag(&bound), *read))
    }

    /// Whether a share is one of this slot.
    pub(super) fn expects(&self, share: &Share, database: &[u8; 16]) -> Result<(), UnsealError> {
        let tag = self.tag(&self.whole(database)?);
        if share.tag() == tag { Ok(()) } else { Err(UnsealError::ForeignShare) }
    }

    /// The key of the database, from enough shares of different trustees.
    pub(super) fn unwrap(
        &self,
        shares: &[Share],
        database: &[u8; 16],
    ) -> Result<DatabaseKey, UnsealError> {
        let bound = self.whole(database)?;
        let tag = self.tag(&bound);
        if shares.iter().any(|share| share.tag() != tag) {
            return Err(UnsealError::ForeignShare);
        }
        // Of the same share twice there would be no way back to the key, nor an error.
        let mut different: Vec<&Share> = Vec::new();
        for share in shares {
            if different.iter().all(|other| other.place() != share.place()) {
                different.push(share);
            }
        }
        if different.len() < usize::from(self.needed) {
            return Err(UnsealError::TooFewShares { needed: self.needed, actual: different.len() });
        }
        let shares: Vec<blahaj::Share> = different
            .iter()
            .take(usize::from(self.needed))
            .map(|share| blahaj::Share::try_from(share.as_bytes().as_slice()))
            .collect::<Result<_, _>>()
            .map_err(|_| UnsealError::WrongShares)?;
        let scheme = blahaj::Sharks(self.needed);
        let secret = scheme.recover(&shares);
        let secret = Zeroizing::new(secret.map_err(|_| UnsealError::WrongShares)?);
        let secret: &[u8; 32] =
            secret.as_slice().try_into().map_err(|_| UnsealError::WrongShares)?;
        let (nonce, wrapped) = read_wrapped(&self.nonce, &self.wrapped)?;
        unwrap_key(secret, nonce, wrapped, bound).ok_or(UnsealError::WrongShares)
    }

    /// Whether the numbers are within their bounds; nothing else of the slot is looked at.
    pub(super) fn check(&self) -> Result<(), UnsealError> {
        let count = self.shares.len();
        let fits =
            (2..=MAX_TRUSTEES).contains(&count) && (2..=count).contains(&usize::from(self.needed));
        if fits { Ok(()) } else { Err(UnsealError::Damaged("the numbers of trustees")) }
    }

    /// What the slot is bound to, if it is as it was written.
    fn whole(&self, database: &[u8; 16]) -> Result<Vec<u8>, UnsealError> {
        self.check()?;
        let ids = self.shares.iter().map(|share| bytes(&share.trustee, "a trustee"));
        let bound = self.bound(database, &ids.collect::<Result<Vec<_>, _>>()?);
        if self.checksum != self.sum(&bound) {
            return Err(UnsealError::Damaged("its checksum is wrong"));
        }
        Ok(bound)
    }

    /// A few bytes that tell the shares of these keyslots from all others.
    fn tag(&self, bound: &[u8]) -> [u8; 4] {
        let [a, b, c, d, ..] = crypto::sha256(&[b"hospes share tag v1/", bound]);
        [a, b, c, d]
    }

    /// The slot with all that makes it what it is, but the sealed parts: database, number, how many
    /// of whom, and the name.
    fn bound(&self, database: &[u8; 16], ids: &[[u8; 32]]) -> Vec<u8> {
        let mut bound = [LABEL, database, &self.number.to_be_bytes(), &[self.needed]].concat();
        bound.extend((ids.len() as u64).to_be_bytes());
        bound.extend(ids.concat());
        bound.extend(self.label.as_bytes());
        bound
    }

    fn sum(&self, bound: &[u8]) -> String {
        let shares = self.shares.iter().flat_map(|share| [&share.encapsulated, &share.sealed]);
        let texts = shares.chain([&self.nonce, &self.wrapped]);
        checksum(bound, &texts.map(|text| text.as_bytes()).collect::<Vec<_>>())
    }

    /// Sets the checksum right after a change, as somebody would who means it.
    #[cfg(test)]
    pub(super) fn mend(&mut self, database: &[u8; 16]) {
        let ids = self.shares.iter().map(|share| bytes(&share.trustee, "").unwrap_or([0; 32]));
        self.checksum = self.sum(&self.bound(database, &ids.collect::<Vec<_>>()));
    }
}
