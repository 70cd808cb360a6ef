//! The key of the database, wrapped so that a passphrase opens it: the file `keyslots.json`.
//!
//! The database has a random key that never changes. Each slot wraps it: under a key that Argon2id
//! makes from a passphrase (RFC 9106), or under a random key that is split among [trustees](crate::trustee);
//! with AES-256-GCM, into which the database's number and all that the slot says of itself are bound.
//! The file lies beside the database, so whoever can write there can write it: everything is bounded
//! before it costs anything, and a code over all of it, keyed by the key of the database, tells
//! afterwards whether hospes wrote it.
//!
//! Changing the slots writes the file anew; an old copy still opens as it did. Format 1 had one
//! passphrase without a label, and no code; it is still read, and written anew as format 2.

use std::collections::BTreeSet;
use std::fmt;

use aws_lc_rs::hmac;
use hospes_domain::id::{hex, unhex};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::crypto::{self, CryptoFailure};
use crate::secret;
use crate::trustee::{Share, TrusteeKey, TrusteeSecret};

mod cost;
mod problem;
mod slot;
mod trustees;
mod wrapping;

pub use cost::{Cost, CostOutOfBounds, MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES};
pub use problem::{ChangeError, SealError, UnsealError};
use slot::{PassphraseSlot, Slot};
use trustees::TrusteesSlot;

/// The form of the file that this release writes; it also reads format 1.
const FORMAT: u32 = 2;

/// Most bytes of the file. A passphrase takes about 500, three trustees about 8,000.
pub const MAX_FILE: usize = 64 * 1024;

/// Most slots of the file.
pub const MAX_SLOTS: usize = 8;

/// Most trustees of a slot.
pub const MAX_TRUSTEES: usize = 9;

/// Longest label of a slot, in characters.
pub const LONGEST_LABEL: usize = 32;

/// What the passphrase is called that `hospes init` asks for.
pub const FIRST: &str = "main";

/// The key of the database: 32 random bytes, wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// Makes a new key.
    pub fn generate() -> Result<Self, CryptoFailure> {
        Ok(Self(*crypto::random()?))
    }

    /// Takes the bytes of a key, as they come over the socket when a node is unsealed.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What tells whether keyslots were written by somebody who had this key.
    pub fn proof(&self) -> Result<KeyProof, CryptoFailure> {
        crypto::hkdf_sha256(b"hospes", &self.0, b"hospes keyslots code v1")
            .map(|key| KeyProof(*key))
    }

    /// The bytes. Secret.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(32 bytes)")
    }
}

/// Tells whoever has it whether keyslots were written by somebody who had the key of the database.
/// It does not open the database. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KeyProof([u8; 32]);

impl fmt::Debug for KeyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyProof(32 bytes)")
    }
}

/// What opens a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opener {
    /// A passphrase, at this cost of a guess.
    Passphrase(Cost),
    /// So many of so many trustees.
    Trustees {
        /// How many are needed.
        needed: u8,
        /// How many there are.
        of: usize,
    },
    /// Something of a newer release.
    Unknown,
}

/// A slot as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotFacts {
    /// What it is called.
    pub label: String,
    /// What opens it.
    pub opener: Opener,
}

/// The file `keyslots.json`. It holds no secret by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyslots {
    format: u32,
    database: String,
    slots: Vec<Slot>,
    /// HMAC-SHA256 over all of the above, keyed by the key of the database. None in format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

impl Keyslots {
    /// Wraps the key under a passphrase, in a first slot for a database with a new number.
    pub fn create(key: &DatabaseKey, passphrase: &str, cost: Cost) -> Result<Self, SealError> {
        let database = crypto::random::<16>()?;
        let slot = PassphraseSlot::wrap(key, passphrase, cost, &database, 0, FIRST.to_owned())?;
        let mut keyslots = Self {
            format: FORMAT,
            database: hex(database.as_slice()),
            slots: vec![Slot::Passphrase(slot)],
            code: None,
        };
        keyslots.sign(key)?;
        Ok(keyslots)
    }

    /// Reads the file.
    pub fn from_json(json: &[u8]) -> Result<Self, UnsealError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        if json.len() > MAX_FILE {
            return Err(UnsealError::TooLarge { actual: json.len() });
        }
        const UNREADABLE: UnsealError = UnsealError::Damaged("it cannot be read");
        let Format { format } = serde_json::from_slice(json).map_err(|_| UNREADABLE)?;
        if format > FORMAT {
            return Err(UnsealError::Newer { actual: format });
        }
        let keyslots: Self = serde_json::from_slice(json).map_err(|_| UNREADABLE)?;
        keyslots.check()?;
        Ok(keyslots)
    }

    /// The file, with a line per field so that a person can look at it.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Unwraps the key.
    ///
    /// This takes the time and memory that the slots ask for, for each slot that a passphrase
    /// opens: never on a thread that others wait for. A slot that is damaged does not keep the
    /// others from opening.
    ///
    /// An older release took the mark at the beginning of a file for a part of the passphrase. What
    /// opens nothing is tried once more with the mark, so that such a slot opens with the words that
    /// its maker knows. A wrong passphrase takes twice the time for it.
    pub fn open(&self, passphrase: &str) -> Result<DatabaseKey, UnsealError> {
        let plain = passphrase.trim_start_matches(secret::MARK).trim();
        self.open_exactly(plain).or_else(|problem| {
            let mut marked = Zeroizing::new(String::with_capacity(plain.len() + 4));
            marked.push(secret::MARK);
            marked.push_str(plain);
            self.open_exactly(&marked).map_err(|_| problem)
        })
    }

    fn open_exactly(&self, passphrase: &str) -> Result<DatabaseKey, UnsealError> {
        let database = self.check()?;
        let mut problem = UnsealError::NoPassphrase;
        for slot in &self.slots {
            let Slot::Passphrase(slot) = slot else {
                continue;
            };
            match slot.unwrap(passphrase, &database) {
                Ok(Some(key)) => return Ok(key),
                Ok(None) if problem == UnsealError::NoPassphrase => {
                    problem = UnsealError::WrongPassphrase;
                }
                Ok(None) => {}
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }

    /// Unwraps the key with the shares of trustees.
    pub fn open_with_shares(&self, shares: &[Share]) -> Result<DatabaseKey, UnsealError> {
        let database = self.check()?;
        self.trustees().ok_or(UnsealError::NoTrustees)?.unwrap(shares, &database)
    }

    /// Whether a share is for these keyslots, as far as one share tells.
    ///
    /// # Errors
    /// When it is for others, or there are no trustees.
    pub fn expects(&self, share: &Share) -> Result<(), UnsealError> {
        let database = self.check()?;
        self.trustees().ok_or(UnsealError::NoTrustees)?.expects(share, &database)
    }

    /// The share of one trustee, read with that person's secret.
    pub fn share(&self, secret: &TrusteeSecret) -> Result<Share, UnsealError> {
        let database = self.check()?;
        self.trustees().ok_or(UnsealError::NoTrustees)?.share(secret, &database)
    }

    /// How many trustees are needed, of how many; nothing when there are none.
    pub fn needed(&self) -> Option<(u8, usize)> {
        self.trustees().map(|slot| (slot.needed, slot.shares.len()))
    }

    /// The slots as they are shown.
    pub fn list(&self) -> Vec<SlotFacts> {
        let facts = |slot: &Slot| SlotFacts {
            label: slot.label().unwrap_or_default().to_owned(),
            opener: match slot {
                Slot::Passphrase(slot) => Opener::Passphrase(slot.cost),
                Slot::Trustees(slot) => {
                    Opener::Trustees { needed: slot.needed, of: slot.shares.len() }
                }
                Slot::Unknown => Opener::Unknown,
            },
        };
        self.slots.iter().map(facts).collect()
    }

    /// Adds a passphrase. `key` must be the key that the other slots open.
    pub fn add_passphrase(
        &mut self,
        key: &DatabaseKey,
        label: &str,
        passphrase: &str,
        cost: Cost,
    ) -> Result<(), ChangeError> {
        let (database, number) = self.room(label)?;
        let label = label.to_owned();
        let slot = PassphraseSlot::wrap(key, passphrase, cost, &database, number, label)?;
        self.slots.push(Slot::Passphrase(slot));
        Ok(self.sign(key)?)
    }

    /// Adds trustees, of whom `needed` open the database together. At most one slot has trustees.
    pub fn add_trustees(
        &mut self,
        key: &DatabaseKey,
        label: &str,
        needed: u8,
        trustees: &[TrusteeKey],
    ) -> Result<(), ChangeError> {
        let (database, number) = self.room(label)?;
        if let Some(slot) = self.trustees() {
            return Err(ChangeError::TrusteesExist { label: slot.label.clone() });
        }
        let actual = trustees.iter().map(TrusteeKey::digest).collect::<BTreeSet<_>>().len();
        let fits = actual == trustees.len()
            && (2..=MAX_TRUSTEES).contains(&actual)
            && (2..=actual).contains(&usize::from(needed));
        if !fits {
            return Err(ChangeError::Trustees { needed, actual });
        }
        let label = label.to_owned();
        let slot = TrusteesSlot::wrap(key, needed, trustees, &database, number, label)?;
        self.slots.push(Slot::Trustees(slot));
        Ok(self.sign(key)?)
    }

    /// Replaces the passphrase of a slot.
    pub fn change_passphrase(
        &mut self,
        key: &DatabaseKey,
        label: &str,
        passphrase: &str,
        cost: Cost,
    ) -> Result<(), ChangeError> {
        let (database, number) = self.writable()?;
        let name = || label.to_owned();
        match self.slots.iter_mut().find(|slot| slot.label() == Some(label)) {
            None => return Err(ChangeError::NotFound { label: name() }),
            Some(Slot::Passphrase(slot)) => {
                *slot = PassphraseSlot::wrap(key, passphrase, cost, &database, number, name())?;
            }
            Some(_) => return Err(ChangeError::NoPassphrase { label: name() }),
        }
        Ok(self.sign(key)?)
    }

    /// Takes a slot away, unless it is the last one.
    pub fn remove(&mut self, key: &DatabaseKey, label: &str) -> Result<(), ChangeError> {
        self.writable()?;
        let label = || label.to_owned();
        let place = self.slots.iter().position(|slot| slot.label() == Some(label().as_str()));
        let place = place.ok_or_else(|| ChangeError::NotFound { label: label() })?;
        if self.slots.len() == 1 {
            return Err(ChangeError::Last { label: label() });
        }
        self.slots.remove(place);
        Ok(self.sign(key)?)
    }

    /// Whether the file is as somebody wrote it who had the key of the database. A file of format 1
    /// cannot tell: `None`.
    pub fn vouched(&self, proof: &KeyProof) -> Option<bool> {
        let code = unhex(self.code.as_ref()?).unwrap_or_default();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &proof.0);
        Some(hmac::verify(&key, &self.signed(), &code).is_ok())
    }

    fn sign(&mut self, key: &DatabaseKey) -> Result<(), CryptoFailure> {
        self.format = FORMAT;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key.proof()?.0);
        self.code = Some(hex(hmac::sign(&key, &self.signed()).as_ref()));
        Ok(())
    }

    /// All but the code itself.
    fn signed(&self) -> Vec<u8> {
        serde_json::to_vec(&(self.format, &self.database, &self.slots)).unwrap_or_default()
    }

    fn trustees(&self) -> Option<&TrusteesSlot> {
        self.slots.iter().find_map(|slot| match slot {
            Slot::Trustees(slot) => Some(slot),
            Slot::Passphrase(_) | Slot::Unknown => None,
        })
    }

    /// The number of the database and one for a new slot, if there is room for it and its label.
    fn room(&self, label: &str) -> Result<([u8; 16], u32), ChangeError> {
        let room = self.writable()?;
        if !is_label(label) {
            return Err(ChangeError::Label);
        }
        if self.slots.iter().any(|slot| slot.label() == Some(label)) {
            return Err(ChangeError::Exists { label: label.to_owned() });
        }
        if self.slots.len() >= MAX_SLOTS { Err(ChangeError::Full) } else { Ok(room) }
    }

    /// The number of the database and one that no slot has, if nothing is lost by writing the file.
    fn writable(&self) -> Result<([u8; 16], u32), ChangeError> {
        let database = self.check()?;
        if self.slots.iter().any(|slot| matches!(slot, Slot::Unknown)) {
            return Err(ChangeError::Newer);
        }
        let numbers: BTreeSet<u32> = self.slots.iter().filter_map(Slot::number).collect();
        // There are more numbers than slots.
        let number = (0..=u32::MAX).find(|number| !numbers.contains(number)).unwrap_or_default();
        Ok((database, number))
    }

    /// The number of the database, if the file is within its bounds.
    fn check(&self) -> Result<[u8; 16], UnsealError> {
        match self.format {
            1..=FORMAT => {}
            0 => return Err(UnsealError::Damaged("there is no format 0")),
            actual => return Err(UnsealError::Newer { actual }),
        }
        if self.slots.len() > MAX_SLOTS {
            return Err(UnsealError::TooManySlots { actual: self.slots.len() });
        }
        let mut labels = BTreeSet::new();
        let mut trustees = 0;
        for slot in &self.slots {
            if let Slot::Trustees(slot) = slot {
                slot.check()?;
                trustees += 1;
            }
            if slot.label().is_some_and(|label| !is_label(label) || !labels.insert(label)) {
                return Err(UnsealError::Damaged("the labels of its slots"));
            }
        }
        if trustees > 1 {
            return Err(UnsealError::Damaged("two slots of trustees"));
        }
        bytes(&self.database, "the number of the database")
    }
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.chars().count())
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

fn bytes<const N: usize>(text: &str, what: &'static str) -> Result<[u8; N], UnsealError> {
    if text.len() != N * 2 {
        return Err(UnsealError::Damaged(what));
    }
    unhex(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(UnsealError::Damaged(what))
}

#[cfg(test)]
mod tests;
