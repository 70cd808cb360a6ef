//! What can be wrong with a keyslots file, and with what somebody wants of it.

use super::cost::CostOutOfBounds;
use super::{FORMAT, LONGEST_LABEL, MAX_FILE, MAX_SLOTS, MAX_TRUSTEES};
use crate::crypto::CryptoFailure;
use crate::passphrase::WeakPassphrase;

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

/// Why the key is not opened.
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
    /// No slot that trustees open.
    #[error("keyslots.json has no slot that trustees open")]
    NoTrustees,
    /// A share of another file, or of trustees that were replaced since.
    #[error(
        "a share belongs to other keyslots: the trustee read an older file, or that of another node"
    )]
    ForeignShare,
    /// The same share twice, or too few of them.
    #[error("{needed} shares of different trustees are needed, these are {actual}")]
    TooFewShares {
        /// How many are needed.
        needed: u8,
        /// How many different ones there are.
        actual: usize,
    },
    /// Shares that give no key together.
    #[error("the shares do not fit together: one of them was not made for these keyslots")]
    WrongShares,
    /// The phrase is of somebody who is not among the trustees.
    #[error("the phrase is of no trustee of these keyslots")]
    NoTrustee,
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

/// Why the slots stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The key cannot be wrapped.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The file itself.
    #[error(transparent)]
    File(#[from] UnsealError),
    /// A label that no slot may have.
    #[error("a label has 1 to {LONGEST_LABEL} letters, digits and hyphens")]
    Label,
    /// Two slots with one label could not be told apart.
    #[error("there is a slot called {label} already")]
    Exists {
        /// The label.
        label: String,
    },
    /// No such slot.
    #[error("there is no slot called {label}")]
    NotFound {
        /// The label.
        label: String,
    },
    /// Trustees hold no passphrase that could be changed.
    #[error("the slot {label} is opened by trustees, not by a passphrase")]
    NoPassphrase {
        /// The label.
        label: String,
    },
    /// Without it nothing would open the database.
    #[error("{label} is the last slot; without it nobody could open the database")]
    Last {
        /// The label.
        label: String,
    },
    /// Too many slots.
    #[error("there are {MAX_SLOTS} slots already")]
    Full,
    /// There are trustees already.
    #[error("there are trustees already, in the slot {label}")]
    TrusteesExist {
        /// The label.
        label: String,
    },
    /// A threshold or a number of trustees that makes no sense.
    #[error(
        "{needed} of {actual} trustees: there must be 2 to {MAX_TRUSTEES} different ones, and at least 2 of them must be needed"
    )]
    Trustees {
        /// How many shall be needed.
        needed: u8,
        /// How many different ones there are.
        actual: usize,
    },
    /// The library refused.
    #[error(transparent)]
    Crypto(#[from] CryptoFailure),
    /// A slot of a newer release would be lost.
    #[error(
        "keyslots.json has a slot of a newer hospes, which this one cannot write; use that one"
    )]
    Newer,
}
