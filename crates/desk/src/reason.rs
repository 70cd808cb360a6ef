//! Why something was refused, for programs.

use std::fmt;
use std::str::FromStr;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal;)*) => {
        /// Why a call was refused, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant,)*];

            /// The word by which programs know it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Reason::$variant => $word,)*
                }
            }
        }
    };
}

reasons! {
    /// There is no database yet.
    Uninitialized = "uninitialized";
    /// The database is locked.
    Sealed = "sealed";
    /// No token, or one that the node does not know.
    Token = "token";
    /// The token's role does not allow the call.
    Role = "role";
    /// A field is missing or out of its bounds; the message has one violation per line.
    Invalid = "invalid";
    /// Nothing of that name.
    NotFound = "not-found";
    /// Several things of that name.
    Ambiguous = "ambiguous";
    /// The name is taken.
    Exists = "exists";
    /// The node was restored and has not met a peer yet.
    Restored = "restored";
    /// The record belongs to another center.
    NotOurs = "not-ours";
    /// The record was erased.
    Erased = "erased";
    /// The center was removed, and nobody said that it may come back.
    Removed = "removed";
    /// The edit was made on something that has changed since.
    Changed = "changed";
    /// The answer or the request is larger than a message may be.
    TooLarge = "too-large";
    /// The node is stopping, or something in it does not answer; try again.
    Unavailable = "unavailable";
    /// The disk of the node is full, can only be read, or does not answer; nothing was saved.
    Disk = "disk";
    /// The node could not do it; its log says more.
    Failed = "failed";
}

/// A word that is no [`Reason`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a reason that this version knows")]
pub struct UnknownReason(pub String);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(word: &str) -> Result<Self, UnknownReason> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.name() == word)
            .ok_or_else(|| UnknownReason(word.chars().take(40).collect()))
    }
}
