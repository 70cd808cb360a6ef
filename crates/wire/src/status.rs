//! Refusals as gRPC statuses: a code, a reason for programs, words for people.
//!
//! The reason travels in the metadata entry [`REASON`], so that a program never has to read a
//! sentence to know what happened.

use std::fmt;
use std::str::FromStr;

use hospes_domain::validate::Violation;
use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

/// Name of the metadata entry that carries the [`Reason`].
pub const REASON: &str = "hospes-reason";

/// Longest message of a status, in bytes as they travel. HTTP/2 clients refuse headers of more
/// than 16 KiB, and letters that are not ASCII take six bytes there.
const MESSAGE: usize = 6 * 1024;

/// Most violations that one message tells.
const VIOLATIONS: usize = 20;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $code:ident;)*) => {
        /// Why a call was refused, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant,)*];

            /// The word in the metadata.
            pub fn name(self) -> &'static str {
                match self {
                    $(Reason::$variant => $word,)*
                }
            }

            /// The gRPC code that goes with it.
            pub fn code(self) -> Code {
                match self {
                    $(Reason::$variant => Code::$code,)*
                }
            }
        }
    };
}

reasons! {
    /// There is no database yet.
    Uninitialized = "uninitialized", FailedPrecondition;
    /// The database is locked.
    Sealed = "sealed", FailedPrecondition;
    /// No token, or one that the node does not know.
    Token = "token", Unauthenticated;
    /// The token's role does not allow the call.
    Role = "role", PermissionDenied;
    /// A field is missing or out of its bounds; the message has one violation per line.
    Invalid = "invalid", InvalidArgument;
    /// Nothing of that name.
    NotFound = "not-found", NotFound;
    /// Several things of that name.
    Ambiguous = "ambiguous", InvalidArgument;
    /// The name is taken.
    Exists = "exists", AlreadyExists;
    /// The node was restored and has not met a peer yet.
    Restored = "restored", FailedPrecondition;
    /// The record belongs to another center.
    NotOurs = "not-ours", PermissionDenied;
    /// The record was erased.
    Erased = "erased", FailedPrecondition;
    /// The center was removed, and nobody said that it may come back.
    Removed = "removed", FailedPrecondition;
    /// The edit was made on something that has changed since.
    Changed = "changed", Aborted;
    /// The answer or the request is larger than a message may be.
    TooLarge = "too-large", ResourceExhausted;
    /// The node is stopping, or something in it does not answer; try again.
    Unavailable = "unavailable", Unavailable;
    /// The disk of the node is full, can only be read, or does not answer; nothing was saved.
    Disk = "disk", Unavailable;
    /// The node could not do it; its log says more.
    Failed = "failed", Internal;
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

/// A refusal with its reason. A message that is too long for a header is cut.
pub fn refusal(reason: Reason, message: impl Into<String>) -> Status {
    let mut status = Status::new(reason.code(), shortened(message.into()));
    status.metadata_mut().insert(REASON, MetadataValue::from_static(reason.name()));
    status
}

/// The reason that a refusal carries; none when it came from elsewhere or from a newer version.
pub fn reason(status: &Status) -> Option<Reason> {
    status.metadata().get(REASON)?.to_str().ok()?.parse().ok()
}

/// Violations in words, one per line: `sleeps: is 500, it must be 1..=200`.
pub fn sentences(violations: &[Violation]) -> String {
    let mut lines: Vec<String> = violations.iter().take(VIOLATIONS).map(line).collect();
    if let Some(more) = violations.len().checked_sub(VIOLATIONS + 1) {
        lines.push(format!("and {} more", more + 1));
    }
    lines.join("\n")
}

/// A violation with a colon after the name of the field, for programs to split at.
pub fn line(violation: &Violation) -> String {
    format!("{}: {}", violation.field, violation.problem)
}

/// The text, cut where it would take more than [`MESSAGE`] bytes in a header.
fn shortened(message: String) -> String {
    let mut bytes = 0;
    let cut = message.char_indices().find(|(_, c)| {
        bytes += if c.is_ascii_graphic() || *c == ' ' { 1 } else { 3 * c.len_utf8() };
        bytes > MESSAGE
    });
    match cut {
        Some((at, _)) => format!("{}…", message.get(..at).unwrap_or_default()),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::validate::Problem;

    use super::*;

    #[test]
    fn a_reason_comes_back_as_it_was_sent() {
        for reason in Reason::ALL {
            let status = refusal(*reason, "a sentence");
            assert_eq!(super::reason(&status), Some(*reason));
            assert_eq!(status.code(), reason.code());
            assert_eq!(status.message(), "a sentence");
        }
        assert_eq!(super::reason(&Status::internal("from elsewhere")), None);
    }

    #[test]
    fn violations_are_told_one_per_line() {
        let violation = |field: &str| Violation {
            field: field.to_owned(),
            problem: Problem::OutOfRange { min: 1, max: 200, actual: 500 },
        };
        let told = sentences(&[violation("sleeps"), violation("max_parties")]);
        assert_eq!(
            told,
            "sleeps: is 500, it must be 1..=200\nmax_parties: is 500, it must be 1..=200"
        );
        let many = vec![violation("sleeps"); 23];
        assert!(sentences(&many).ends_with("\nand 3 more"));
        assert_eq!(sentences(&many).lines().count(), 21);
    }

    #[test]
    fn a_message_that_no_header_can_carry_is_cut() {
        let short = "я".repeat(MESSAGE / 6);
        assert_eq!(refusal(Reason::Failed, short.clone()).message(), short);
        let cut = refusal(Reason::Failed, short.clone() + "я");
        assert_eq!(cut.message(), short + "…");
    }
}
