//! The key of the database, wrapped so that a passphrase opens it: the file `keyslots.json`.
//!
//! The database has a random key that never changes. A slot wraps it under a key that Argon2id
//! makes from the passphrase (RFC 9106), with AES-256-GCM; the database's number, the slot's number
//! and its cost are bound into it. The file lies beside the database, so whoever can write there
//! can write it: everything is bounded before it costs anything. Changing the passphrase writes the
//! file anew; an old copy still opens with the old passphrase.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use hospes_domain::id::{hex, unhex};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::crypto::{self, CryptoFailure};
use crate::passphrase::{self, WeakPassphrase};

/// The form of the file that this release writes and reads.
const FORMAT: u32 = 1;

/// Most bytes of the file. One slot takes about 500.
pub const MAX_FILE: usize = 64 * 1024;

/// Most slots of the file.
pub const MAX_SLOTS: usize = 8;

/// Most memory that a slot may ask for, in KiB: 1 GiB.
pub const MAX_MEMORY_KIB: u32 = 1 << 20;

/// Most passes over the memory that a slot may ask for.
pub const MAX_PASSES: u32 = 16;

/// Most lanes that a slot may ask for.
pub const MAX_LANES: u32 = 4;

const LABEL: &[u8] = b"hospes keyslot v1";

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

/// What one guess of the passphrase costs (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes; more than one buys nothing here, as they are computed one after the other.
    pub lanes: u32,
}

impl Default for Cost {
    /// 256 MiB, three passes, one lane: about a second on a small machine.
    fn default() -> Self {
        Self { memory_kib: 256 * 1024, passes: 3, lanes: 1 }
    }
}

impl Cost {
    /// As little as the algorithm allows. For tests only: it protects nothing.
    pub fn for_tests() -> Self {
        Self { memory_kib: 8, passes: 1, lanes: 1 }
    }

    fn params(self) -> Result<Params, CostOutOfBounds> {
        let Self { memory_kib, passes, lanes } = self;
        if memory_kib > MAX_MEMORY_KIB || passes > MAX_PASSES || lanes > MAX_LANES {
            return Err(CostOutOfBounds(self));
        }
        Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| CostOutOfBounds(self))
    }
}

/// A cost that no slot may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a keyslot asks for {} KiB, {} passes and {} lanes; at most {MAX_MEMORY_KIB} KiB, {MAX_PASSES} passes and {MAX_LANES} lanes are allowed, and at least 8 KiB per lane",
    .0.memory_kib, .0.passes, .0.lanes
)]
pub struct CostOutOfBounds(pub Cost);

/// Why a key cannot be wrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The passphrase is too weak.
    #[error(transparent)]
    Weak(#[from] WeakPassphrase),
    /// The cost is out of bounds.
    #[error(transparent)]
    Cost(#[from] CostOutOfBounds),
    /// Not enough memory for the cost.
    #[error(
        "{memory_kib} KiB of memory are needed and not to be had; run this on a machine with more"
    )]
    Memory {
        /// What is needed.
        memory_kib: u32,
    },
    /// The library refused.
    #[error(transparent)]
    Crypto(#[from] CryptoFailure),
}

/// Why a passphrase does not open the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// The file is whole, and the passphrase is another one.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file is not what was written.
    #[error("keyslots.json is damaged ({0}); put back a copy of it from a backup")]
    Damaged(&'static str),
    /// The file is of a newer release.
    #[error(
        "keyslots.json has format {actual}, this release reads up to {FORMAT}; a newer hospes is needed"
    )]
    Newer {
        /// The format of the file.
        actual: u32,
    },
    /// The file is too large.
    #[error("keyslots.json has {actual} bytes, at most {MAX_FILE} are read")]
    TooLarge {
        /// Bytes that it has.
        actual: usize,
    },
    /// Too many slots.
    #[error("keyslots.json has {actual} slots, at most {MAX_SLOTS} are read")]
    TooManySlots {
        /// Slots that it has.
        actual: usize,
    },
    /// No slot that a passphrase opens.
    #[error("keyslots.json has no slot that a passphrase opens")]
    NoPassphrase,
    /// A slot asks for too much.
    #[error(transparent)]
    Cost(#[from] CostOutOfBounds),
    /// Not enough memory for the cost.
    #[error(
        "{memory_kib} KiB of memory are needed and not to be had; unseal from a machine with more"
    )]
    Memory {
        /// What is needed.
        memory_kib: u32,
    },
}

/// The file `keyslots.json`. It holds no secret by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyslots {
    format: u32,
    database: String,
    slots: Vec<Slot>,
}

/// One way to the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Slot {
    Passphrase(PassphraseSlot),
    /// A kind of a newer release. It is passed over.
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PassphraseSlot {
    number: u32,
    cost: Cost,
    salt: String,
    nonce: String,
    wrapped: String,
    /// The first bytes of a SHA-256 over all of the above. It tells a damaged file from a wrong
    /// passphrase; against somebody who changes the file on purpose there is the wrapping itself.
    checksum: String,
}

impl Keyslots {
    /// Wraps the key under a passphrase, in a first slot for a database with a new number.
    pub fn create(key: &DatabaseKey, passphrase: &str, cost: Cost) -> Result<Self, SealError> {
        passphrase::check(passphrase)?;
        let database = crypto::random::<16>()?;
        let slot = PassphraseSlot::wrap(key, passphrase, cost, &database, 0)?;
        Ok(Self {
            format: FORMAT,
            database: hex(database.as_slice()),
            slots: vec![Slot::Passphrase(slot)],
        })
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
    /// opens: never on a thread that others wait for.
    pub fn open(&self, passphrase: &str) -> Result<DatabaseKey, UnsealError> {
        let database = self.check()?;
        let mut seen = false;
        for slot in &self.slots {
            let Slot::Passphrase(slot) = slot else {
                continue;
            };
            seen = true;
            if let Some(key) = slot.unwrap(passphrase, &database)? {
                return Ok(key);
            }
        }
        Err(if seen { UnsealError::WrongPassphrase } else { UnsealError::NoPassphrase })
    }

    /// The number of the database, if the file is within its bounds.
    fn check(&self) -> Result<[u8; 16], UnsealError> {
        match self.format {
            FORMAT => {}
            0 => return Err(UnsealError::Damaged("there is no format 0")),
            actual => return Err(UnsealError::Newer { actual }),
        }
        if self.slots.len() > MAX_SLOTS {
            return Err(UnsealError::TooManySlots { actual: self.slots.len() });
        }
        bytes(&self.database, "the number of the database")
    }
}

impl PassphraseSlot {
    fn wrap(
        key: &DatabaseKey,
        passphrase: &str,
        cost: Cost,
        database: &[u8; 16],
        number: u32,
    ) -> Result<Self, SealError> {
        const FAILURE: CryptoFailure = CryptoFailure("wrap the key");
        let salt = crypto::random::<16>()?;
        let wrapping = wrapping_key(passphrase, &salt, cost).map_err(|problem| match problem {
            Derivation::Cost(cost) => SealError::Cost(cost),
            Derivation::Memory => SealError::Memory { memory_kib: cost.memory_kib },
        })?;
        let mut wrapped = Zeroizing::new(Vec::with_capacity(48));
        wrapped.extend_from_slice(key.as_bytes());
        let nonce = RandomizedNonceKey::new(&AES_256_GCM, wrapping.as_slice())
            .and_then(|aead| {
                let bound = bound(database, number, cost);
                aead.seal_in_place_append_tag(Aad::from(bound), &mut *wrapped)
            })
            .map_err(|_| FAILURE)?;
        let (salt, nonce, wrapped) = (hex(salt.as_slice()), hex(nonce.as_ref()), hex(&wrapped));
        let mut slot = Self { number, cost, salt, nonce, wrapped, checksum: String::new() };
        slot.checksum = slot.sum(database);
        Ok(slot)
    }

    /// The key; `None` if it is another passphrase.
    fn unwrap(
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
        let nonce: [u8; 12] = bytes(&self.nonce, "a nonce")?;
        let mut wrapped = Zeroizing::new(bytes::<48>(&self.wrapped, "a wrapped key")?);
        let wrapping =
            wrapping_key(passphrase, &salt, self.cost).map_err(|problem| match problem {
                Derivation::Cost(cost) => UnsealError::Cost(cost),
                Derivation::Memory => UnsealError::Memory { memory_kib: self.cost.memory_kib },
            })?;
        let bound = bound(database, self.number, self.cost);
        let key = RandomizedNonceKey::new(&AES_256_GCM, wrapping.as_slice())
            .and_then(|aead| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                let key = aead.open_in_place(nonce, Aad::from(bound), wrapped.as_mut_slice())?;
                <[u8; 32]>::try_from(&*key).map_err(|_| aws_lc_rs::error::Unspecified)
            })
            .ok();
        Ok(key.map(DatabaseKey))
    }

    fn sum(&self, database: &[u8; 16]) -> String {
        let parts = [
            bound(database, self.number, self.cost).as_slice(),
            self.salt.as_bytes(),
            b"/",
            self.nonce.as_bytes(),
            b"/",
            self.wrapped.as_bytes(),
        ]
        .concat();
        let [a, b, c, d, e, f, g, h, ..] = crypto::sha256(&[&parts]);
        hex(&[a, b, c, d, e, f, g, h])
    }
}

/// What the wrapping is bound to, so that a slot cannot be moved to another place or database.
fn bound(database: &[u8; 16], number: u32, cost: Cost) -> Vec<u8> {
    let mut bytes = [LABEL, b"/passphrase/", database].concat();
    for part in [number, cost.memory_kib, cost.passes, cost.lanes] {
        bytes.extend(part.to_be_bytes());
    }
    bytes
}

enum Derivation {
    Cost(CostOutOfBounds),
    Memory,
}

fn wrapping_key(
    passphrase: &str,
    salt: &[u8; 16],
    cost: Cost,
) -> Result<Zeroizing<[u8; 32]>, Derivation> {
    let params = cost.params().map_err(Derivation::Cost)?;
    let passphrase = passphrase::normalized(passphrase);
    let count = params.block_count();
    // Asked for politely: running out of memory is an answer here, not the end of the process.
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(count).map_err(|_| Derivation::Memory)?;
    memory.resize(count, Block::default());
    let mut key = Zeroizing::new([0; 32]);
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(
            passphrase.as_bytes(),
            salt,
            key.as_mut_slice(),
            &mut memory,
        );
    memory.iter_mut().for_each(Zeroize::zeroize);
    hashed.map_err(|_| Derivation::Cost(CostOutOfBounds(cost)))?;
    Ok(key)
}

fn bytes<const N: usize>(text: &str, what: &'static str) -> Result<[u8; N], UnsealError> {
    if text.len() != N * 2 {
        return Err(UnsealError::Damaged(what));
    }
    unhex(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(UnsealError::Damaged(what))
}

#[cfg(test)]
mod tests;
