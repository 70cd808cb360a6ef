//! One way to the key: a passphrase, or trustees.

use hospes_domain::id::hex;
use serde::{Deserialize, Serialize};

use super::cost::{Cost, Derivation, wrapping_key};
use super::problem::{SealError, UnsealError};
use super::trustees::TrusteesSlot;
use super::wrapping::{checksum, read_wrapped, unwrap_key, wrap_key};
use super::{DatabaseKey, FIRST, bytes};
use crate::crypto;
use crate::passphrase;

/// Of slots of format 1, which had no label.
const LABEL_1: &[u8] = b"hospes keyslot v1/passphrase/";
const LABEL_2: &[u8] = b"hospes keyslot v2/passphrase/";

/// One way to the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Slot {
    Passphrase(PassphraseSlot),
    Trustees(TrusteesSlot),
    /// A kind of a newer release. It is passed over.
    #[serde(other)]
    Unknown,
}

impl Slot {
    pub(super) fn label(&self) -> Option<&str> {
        match self {
            Slot::Passphrase(slot) => Some(slot.label()),
            Slot::Trustees(slot) => Some(&slot.label),
            Slot::Unknown => None,
        }
    }

    pub(super) fn number(&self) -> Option<u32> {
        match self {
            Slot::Passphrase(slot) => Some(slot.number),
            Slot::Trustees(slot) => Some(slot.number),
            Slot::Unknown => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PassphraseSlot {
    pub(super) number: u32,
    /// None in format 1, where there was one slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<String>,
    pub(super) cost: Cost,
    pub(super) salt: String,
    pub(super) nonce: String,
    pub(super) wrapped: String,
    /// The first bytes of a SHA-256 over all of the above. It tells a damaged file from a wrong
    /// passphrase; against somebody who changes the file on purpose there is the wrapping itself.
    pub(super) checksum: String,
}

impl PassphraseSlot {
    pub(super) fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(FIRST)
    }

    pub(super) fn wrap(
        key: &DatabaseKey,
        passphrase: &str,
        cost: Cost,
        database: &[u8; 16],
        number: u32,
        label: String,
    ) -> Result<Self, SealError> {
        passphrase::check(passphrase)?;
        let salt = crypto::random::<16>()?;
        let wrapping = wrapping_key(passphrase, &salt, cost).map_err(|problem| match problem {
            Derivation::Cost(cost) => SealError::Cost(cost),
            Derivation::Memory => SealError::Memory { memory_kib: cost.memory_kib },
        })?;
        let mut slot = Self {
            number,
            label: Some(label),
            cost,
            salt: hex(salt.as_slice()),
            nonce: String::new(),
            wrapped: String::new(),
            checksum: String::new(),
        };
        let (nonce, wrapped) = wrap_key(key, &wrapping, slot.bound(database))?;
        (slot.nonce, slot.wrapped) = (hex(&nonce), hex(&wrapped));
        slot.checksum = slot.sum(database);
        Ok(slot)
    }

    /// The key; `None` if it is another passphrase.
    pub(super) fn unwrap(
        &self,
        passphrase: &str,
        database: &[u8; 16],
    ) -> Result<Option<DatabaseKey>, UnsealError> {
        // The cost first: a slot that asks for too much should say so and not just "damaged".
        self.cost.params()?;
        if self.checksum != self.sum(database) {
            return Err(UnsealError::Damaged("its checksum is wrong"));
        }
        let salt: [u8; 16] = bytes(&self.salt, "a salt")?;
        let (nonce, wrapped) = read_wrapped(&self.nonce, &self.wrapped)?;
        let wrapping =
            wrapping_key(passphrase, &salt, self.cost).map_err(|problem| match problem {
                Derivation::Cost(cost) => UnsealError::Cost(cost),
                Derivation::Memory => UnsealError::Memory { memory_kib: self.cost.memory_kib },
            })?;
        Ok(unwrap_key(&wrapping, nonce, wrapped, self.bound(database)))
    }

    pub(super) fn sum(&self, database: &[u8; 16]) -> String {
        let parts = [&self.salt, &self.nonce, &self.wrapped].map(|part| part.as_bytes());
        checksum(&self.bound(database), &parts)
    }

    /// What the wrapping is bound to, so that a slot cannot be moved to another place or database,
    /// made cheaper, or given another name.
    fn bound(&self, database: &[u8; 16]) -> Vec<u8> {
        let label = if self.label.is_some() { LABEL_2 } else { LABEL_1 };
        let mut bytes = [label, database].concat();
        let Cost { memory_kib, passes, lanes } = self.cost;
        for part in [self.number, memory_kib, passes, lanes] {
            bytes.extend(part.to_be_bytes());
        }
        bytes.extend(self.label.as_deref().unwrap_or_default().as_bytes());
        bytes
    }
}
