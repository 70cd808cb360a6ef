//! Refusals as gRPC statuses: a code, a reason for programs, words for people.
//!
//! The reason travels in the metadata entry [`REASON`], so that a program never has to read a
//! sentence to know what happened.

pub use hospes_desk::Reason;
use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

/// Name of the metadata entry that carries the [`Reason`].
pub const REASON: &str = "hospes-reason";

/// Longest message of a status, in bytes as they travel. HTTP/2 clients refuse headers of more
/// than 16 KiB, and letters that are not ASCII take six bytes there.
const MESSAGE: usize = 6 * 1024;

/// The gRPC code that goes with a reason.
pub fn code(reason: Reason) -> Code {
    match reason {
        Reason::Uninitialized
        | Reason::Sealed
        | Reason::Restored
        | Reason::Erased
        | Reason::Removed => Code::FailedPrecondition,
        Reason::Token => Code::Unauthenticated,
        Reason::Role | Reason::NotOurs => Code::PermissionDenied,
        Reason::Invalid | Reason::Ambiguous => Code::InvalidArgument,
        Reason::NotFound => Code::NotFound,
        Reason::Exists => Code::AlreadyExists,
        Reason::Changed => Code::Aborted,
        Reason::TooLarge => Code::ResourceExhausted,
        Reason::Unavailable | Reason::Disk => Code::Unavailable,
        Reason::Failed => Code::Internal,
    }
}

/// A refusal with its reason. A message that is too long for a header is cut.
pub fn refusal(reason: Reason, message: impl Into<String>) -> Status {
    let mut status = Status::new(code(reason), shortened(message.into()));
    status.metadata_mut().insert(REASON, MetadataValue::from_static(reason.name()));
    status
}

/// The reason that a refusal carries; none when it came from elsewhere or from a newer version.
pub fn reason(status: &Status) -> Option<Reason> {
    status.metadata().get(REASON)?.to_str().ok()?.parse().ok()
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

    use super::*;

    #[test]
    fn a_reason_comes_back_as_it_was_sent() {
        for reason in Reason::ALL {
            let status = refusal(*reason, "a sentence");
            assert_eq!(super::reason(&status), Some(*reason));
            assert_eq!(status.code(), code(*reason));
            assert_eq!(status.message(), "a sentence");
        }
        assert_eq!(super::reason(&Status::internal("from elsewhere")), None);
    }

    #[test]
    fn a_message_that_no_header_can_carry_is_cut() {
        let short = "я".repeat(MESSAGE / 6);
        assert_eq!(refusal(Reason::Failed, short.clone()).message(), short);
        let cut = refusal(Reason::Failed, short.clone() + "я");
        assert_eq!(cut.message(), short + "…");
    }
}
