//! The names of things: centers, nodes, circles and records.
//!
//! None of them tells anything by itself: keys are named by their hashes, records by random
//! numbers. Their human forms (groups with check characters, words) live in the identity crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Wrong number of bytes or characters.
    #[error("an identifier of {expected} bytes was expected, this one has {actual}")]
    Length {
        /// Bytes that the identifier must have.
        expected: usize,
        /// Bytes that were given.
        actual: usize,
    },
    /// Not hexadecimal.
    #[error("not a hexadecimal identifier")]
    NotHex,
    /// Not a random (version 4) UUID.
    #[error("not a version 4 UUID")]
    NotRandom,
}

macro_rules! hash_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// The first eight hexadecimal digits: enough to tell centers apart in a log line.
            pub fn short(&self) -> String {
                hex(&self.0).chars().take(8).collect()
            }

            /// Takes exactly 32 bytes.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
                let array = <[u8; 32]>::try_from(bytes)
                    .map_err(|_| InvalidId::Length { expected: 32, actual: bytes.len() })?;
                Ok(Self(array))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::from_slice(&unhex(text)?)
            }
        }
    };
}

hash_id! {
    /// A center: SHA-256 of the public key (SPKI, DER) of its center key.
    CenterId
}

hash_id! {
    /// A node of a center: SHA-256 of the public key (SPKI, DER) of its node key.
    NodeId
}

/// A named group of centers; a record goes to the members of its circle and to nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CircleId(pub [u8; 16]);

impl CircleId {
    /// The built-in circle of everyone we peer with.
    pub const COMMONS: CircleId = CircleId([0; 16]);

    /// Takes exactly 16 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
        let array = <[u8; 16]>::try_from(bytes)
            .map_err(|_| InvalidId::Length { expected: 16, actual: bytes.len() })?;
        Ok(Self(array))
    }
}

impl fmt::Display for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::COMMONS { f.write_str("commons") } else { f.write_str(&hex(&self.0)) }
    }
}

impl fmt::Debug for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CircleId({self})")
    }
}

/// A record's random number: a version 4 UUID, which tells neither time nor maker.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordId(pub [u8; 16]);

impl RecordId {
    /// Makes a version 4 UUID of 16 random bytes.
    pub fn from_random(mut random: [u8; 16]) -> Self {
        let [.., b6, _, b8, _, _, _, _, _, _, _] = &mut random;
        *b6 = (*b6 & 0x0f) | 0x40;
        *b8 = (*b8 & 0x3f) | 0x80;
        Self(random)
    }

    /// Takes exactly 16 bytes that are a version 4 UUID.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
        let array = <[u8; 16]>::try_from(bytes)
            .map_err(|_| InvalidId::Length { expected: 16, actual: bytes.len() })?;
        let id = uuid::Uuid::from_bytes(array);
        if id.get_version_num() == 4 && id.get_variant() == uuid::Variant::RFC4122 {
            Ok(Self(array))
        } else {
            Err(InvalidId::NotRandom)
        }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).fmt(f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl FromStr for RecordId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let id = uuid::Uuid::parse_str(text).map_err(|_| InvalidId::NotRandom)?;
        Self::from_slice(id.as_bytes())
    }
}

/// All that may never change about a record, and so the whole of its name.
///
/// The steward is part of the name on purpose: somebody else who takes the same random number
/// makes another record, and can neither block nor replace ours. Kind and circle are part of it so
/// that a steward who signs two of them makes two records and not one that nodes disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    /// Who it goes to.
    pub circle: CircleId,
    /// Its random number. Reconciliation orders a circle by it.
    pub id: RecordId,
    /// The center that answers for it.
    pub steward: CenterId,
    /// What it is.
    pub kind: Kind,
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes that a hexadecimal text stands for.
pub fn unhex(text: &str) -> Result<Vec<u8>, InvalidId> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return Err(InvalidId::NotHex);
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            std::str::from_utf8(pair)
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .ok_or(InvalidId::NotHex)
        })
        .collect()
}
