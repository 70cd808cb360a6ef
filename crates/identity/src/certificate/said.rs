//! What our certificates say in words: the constant names, the epoch, and what becomes of earlier ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Constant common names: a certificate tells a key and nothing else about its center.
pub(super) const CENTER_NAME: &str = "hospes center";
pub(super) const NODE_NAME: &str = "hospes node";

/// What becomes of the epochs before the one of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Earlier {
    /// Rotation: old keys are refused in handshakes, their changes stand and may still arrive.
    Honored,
    /// Seizure: changes of old keys that we do not hold yet are refused.
    Frozen,
}

impl Earlier {
    /// The word used in certificates, files and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Earlier::Honored => "honored",
            Earlier::Frozen => "frozen",
        }
    }
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that does not say what becomes of earlier epochs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("earlier epochs are either honored or frozen, not {0:?}")]
pub struct UnknownEarlier(pub String);

impl FromStr for Earlier {
    type Err = UnknownEarlier;
    fn from_str(text: &str) -> Result<Self, UnknownEarlier> {
        [Earlier::Honored, Earlier::Frozen]
            .into_iter()
            .find(|earlier| earlier.word() == text)
            .ok_or_else(|| UnknownEarlier(text.to_owned()))
    }
}

/// The epoch as a DNS name of the node certificate: the one place of X.509 for a word of our own
/// that every TLS library can read back.
pub(super) fn epoch_name(epoch: u32, earlier: Earlier) -> String {
    format!("epoch-{epoch}.{earlier}.node.invalid")
}

/// Reads back exactly what [`epoch_name`] writes.
pub(super) fn read_epoch_name(name: &str) -> Option<(u32, Earlier)> {
    let (number, word) =
        name.strip_prefix("epoch-")?.strip_suffix(".node.invalid")?.split_once('.')?;
    let (epoch, earlier) = (number.parse().ok()?, word.parse().ok()?);
    (epoch > 0 && epoch_name(epoch, earlier) == name).then_some((epoch, earlier))
}
