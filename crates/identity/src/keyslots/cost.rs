//! What a guess of a passphrase costs, and the key that comes of it.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::passphrase;

/// Most memory that a slot may ask for, in KiB: 1 GiB.
pub const MAX_MEMORY_KIB: u32 = 1 << 20;

/// Most passes over the memory that a slot may ask for.
pub const MAX_PASSES: u32 = 16;

/// Most lanes that a slot may ask for.
pub const MAX_LANES: u32 = 4;

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

    pub(super) fn params(self) -> Result<Params, CostOutOfBounds> {
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

/// Why no key came of a passphrase.
pub(super) enum Derivation {
    Cost(CostOutOfBounds),
    Memory,
}

/// The key that a passphrase gives at a cost. Takes the time and memory of that cost.
pub(super) fn wrapping_key(
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
