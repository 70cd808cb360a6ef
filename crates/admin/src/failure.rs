//! What went wrong, in two halves: what happened, and what to do next.

use std::path::Path;
use std::process::ExitCode;

use hospes_wire::status::Reason;
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

impl From<Status> for Failure {
    /// By the reason that the node gives; by the code where the answer comes from elsewhere, such
    /// as a connection that broke.
    fn from(status: Status) -> Self {
        let message = status.message();
        let what = if message.is_empty() { status.code().description() } else { message };
        let Some(reason) = hospes_wire::status::reason(&status) else {
            return by_code(status.code(), what);
        };
        let failure = |exit| Self::new(exit, what);
        match reason {
            Reason::Uninitialized => failure(Exit::Closed).try_next("hospes init"),
            Reason::Sealed => failure(Exit::Closed).try_next("hospes unseal"),
            Reason::Restored => failure(Exit::Closed)
                .try_next("hospes peer resume NAME, and wait until that peer is in sync")
                .try_next("hospes restore --alone, if there is no peer any more"),
            Reason::Token => failure(Exit::NotAllowed).try_next(TOKEN),
            Reason::Role => failure(Exit::NotAllowed)
                .try_next("ask an admin for a token with another role, or run it on the node"),
            Reason::NotOurs => failure(Exit::NotAllowed).try_next(
                "ask the center that answers for it: it stands in the answer to hospes show ID",
            ),
            Reason::NotFound => failure(Exit::NotFound),
            Reason::Ambiguous => failure(Exit::Refused).try_next("more letters of the identifier"),
            Reason::Changed => failure(Exit::Refused).try_next("the same command again"),
            Reason::Removed
            | Reason::Invalid
            | Reason::Exists
            | Reason::Erased
            | Reason::TooLarge => failure(Exit::Refused),
            Reason::Unavailable => failure(Exit::Unreachable).try_next("the same command again"),
            Reason::Disk => failure(Exit::Failed)
                .try_next("df -h (on the node): is the disk full?")
                .try_next("dmesg | tail (on the node): does it say that the disk fails?")
                .try_next("the same command again; the node does not have to be restarted"),
            Reason::Failed => failure(Exit::Failed).try_next("journalctl -u hospes-node -n 50"),
        }
    }
}

const TOKEN: &str =
    "hospes token add NAME --role counselor (on the node), then give it as HOSPES_TOKEN=...";

fn by_code(code: Code, what: &str) -> Failure {
    match code {
        Code::NotFound => Failure::new(Exit::NotFound, what),
        Code::Unauthenticated => Failure::new(Exit::NotAllowed, what).try_next(TOKEN),
        Code::PermissionDenied => Failure::new(Exit::NotAllowed, what),
        Code::InvalidArgument
        | Code::AlreadyExists
        | Code::OutOfRange
        | Code::FailedPrecondition
        | Code::ResourceExhausted
        | Code::Aborted => Failure::new(Exit::Refused, what),
        Code::Unimplemented => Failure::new(
            Exit::Failed,
            "the node does not know this command: it may be older than this program",
        )
        .try_next("hospes status"),
        Code::Unknown | Code::Internal if what.contains("h2 protocol") => {
            Failure::new(Exit::Unreachable, "what answers there is not the port for counselors")
                .try_next(
                    "HOSPES_API=http://127.0.0.1:7440; the port for peers, 7443, is another one",
                )
        }
        Code::Unavailable | Code::Unknown | Code::Cancelled => {
            let what = format!("the connection to the node broke: {what}");
            Failure::new(Exit::Unreachable, what).try_next("systemctl status hospes-node")
        }
        _ => Failure::new(Exit::Failed, what).try_next("journalctl -u hospes-node -n 50"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn each_answer_of_the_node_has_its_number_and_advice() {
        use hospes_wire::status::refusal;
        for (status, exit, next) in [
            (refusal(Reason::Sealed, "the node is sealed"), Exit::Closed, Some("hospes unseal")),
            (refusal(Reason::Uninitialized, "no database"), Exit::Closed, Some("hospes init")),
            (refusal(Reason::NotFound, "no record begins with 3f2a"), Exit::NotFound, None),
            (refusal(Reason::Invalid, "sleeps: is 300, it must be 1..=200"), Exit::Refused, None),
            (refusal(Reason::Token, "a token is needed"), Exit::NotAllowed, Some(TOKEN)),
            (
                refusal(Reason::Disk, "nothing was saved: the disk is full"),
                Exit::Failed,
                Some("df -h (on the node): is the disk full?"),
            ),
            (
                Status::unavailable("tcp connect error"),
                Exit::Unreachable,
                Some("systemctl status hospes-node"),
            ),
            (Status::permission_denied("no"), Exit::NotAllowed, None),
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
