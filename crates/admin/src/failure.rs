//! What went wrong, in two halves: what happened, and what to do next.

use std::path::Path;
use std::process::ExitCode;

use tonic::{Code, Status};

/// How the program ends. Scripts may rely on these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Something failed that no other number tells.
    Failed = 1,
    /// The command was not understood.
    Usage = 2,
    /// The node does not answer.
    Unreachable = 3,
    /// The node is sealed, or has no center yet.
    Closed = 4,
    /// There is no such record, peer or token.
    NotFound = 5,
    /// What was given was refused: a field, a file, a passphrase.
    Refused = 6,
    /// The token does not allow it, or the record belongs to another center.
    NotAllowed = 7,
}

impl Exit {
    /// The numbers as the manual lists them.
    pub const MANUAL: &'static str = "\
Exit codes:
  0  done
  1  something failed that no other number tells
  2  the command was not understood
  3  the node does not answer
  4  the node is sealed, or has no center yet
  5  there is no such record, peer or token
  6  what was given was refused: a field, a file, a passphrase
  7  not allowed: the token's role, or another center's record";
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command did not do what was asked, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// The number that the program ends with.
    pub exit: Exit,
    /// What happened.
    pub what: String,
    /// Commands or steps to try, best first.
    pub next: Vec<String>,
}

impl Failure {
    /// A failure without advice; add it with [`Failure::try_next`].
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), next: Vec::new() }
    }

    /// Input was refused.
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(Exit::Refused, what)
    }

    /// The same failure with one more step to try.
    pub fn try_next(mut self, step: impl Into<String>) -> Self {
        self.next.push(step.into());
        self
    }

    /// A file could not be read or written; `doing` is "read" or "write".
    pub fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            std::io::ErrorKind::PermissionDenied => "this user may not do that".to_owned(),
            std::io::ErrorKind::AlreadyExists => "it is there already".to_owned(),
            _ => error.to_string(),
        };
        Self::refused(format!("failed to {doing} {}: {reason}", path.display()))
    }
}

/// A node that is sealed says so with this word, whatever the code of its answer.
fn is_sealed(message: &str) -> bool {
    message.contains("sealed")
}

fn has_no_center(message: &str) -> bool {
    ["not initialised", "not initialized", "uninitialised", "uninitialized", "no center yet"]
        .iter()
        .any(|words| message.contains(words))
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let message = status.message();
        let what = if message.is_empty() { status.code().description() } else { message };
        // A closed door answers with one of these codes, an open one may use the word in another.
        let closed = matches!(status.code(), Code::FailedPrecondition | Code::Unavailable);
        if closed && has_no_center(message) {
            return Self::new(Exit::Closed, what).try_next("hospes init");
        }
        if closed && is_sealed(message) {
            return Self::new(Exit::Closed, what).try_next("hospes unseal");
        }
        match status.code() {
            Code::NotFound => Self::new(Exit::NotFound, what),
            Code::InvalidArgument
            | Code::AlreadyExists
            | Code::OutOfRange
            | Code::FailedPrecondition
            | Code::ResourceExhausted
            | Code::Aborted => Self::new(Exit::Refused, what),
            Code::Unauthenticated => Self::new(Exit::NotAllowed, what)
                .try_next("hospes token add NAME --role counselor (on the node), then HOSPES_TOKEN=..."),
            Code::PermissionDenied => Self::new(Exit::NotAllowed, what),
            Code::Unavailable => Self::new(Exit::Unreachable, format!("the connection to the node broke: {what}"))
                .try_next("systemctl status hospes-node"),
            Code::Unimplemented => Self::new(
                Exit::Failed,
                "the node does not know this command: it may be older than this program",
            )
            .try_next("hospes status"),
            _ => Self::new(Exit::Failed, what).try_next("journalctl -u hospes-node -n 50"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn each_answer_of_the_node_has_its_number_and_advice() {
        for (status, exit, next) in [
            (Status::failed_precondition("the node is sealed"), Exit::Closed, Some("hospes unseal")),
            (Status::unavailable("the node is sealed"), Exit::Closed, Some("hospes unseal")),
            (Status::failed_precondition("the node has no center yet"), Exit::Closed, Some("hospes init")),
            (Status::not_found("no record begins with 3f2a"), Exit::NotFound, None),
            (Status::invalid_argument("sleeps is 300, it must be 1..=200"), Exit::Refused, None),
            // Said of a value, not of the node.
            (Status::invalid_argument("name has a sealed envelope"), Exit::Refused, None),
            (Status::permission_denied("a counselor may not do this"), Exit::NotAllowed, None),
            (Status::unavailable("tcp connect error"), Exit::Unreachable, Some("systemctl status hospes-node")),
        ] {
            let failure = Failure::from(status);
            assert_eq!(failure.exit, exit, "{failure:?}");
            assert_eq!(failure.next.first().map(String::as_str), next, "{failure:?}");
        }
    }

    #[test]
    fn the_manual_lists_every_number() {
        for exit in [
            Exit::Ok,
            Exit::Failed,
            Exit::Usage,
            Exit::Unreachable,
            Exit::Closed,
            Exit::NotFound,
            Exit::Refused,
            Exit::NotAllowed,
        ] {
            assert!(Exit::MANUAL.contains(&format!("\n  {}  ", exit as u8)), "{exit:?}");
        }
    }
}
