//! What is refused and why: the one place that says what an error from below means for whoever asked.

use std::ops::Deref;

use hospes_desk::Reason;
use hospes_domain::kind::UnknownKind;
use hospes_domain::validate::Violation;
use hospes_store::StoreError;

use crate::backup::BackupError;
use crate::center::OpenError;
use crate::ledger::order::EditError;
use crate::ledger::trouble::Trouble;
use crate::vault::{State, VaultError};

/// What was asked for and is not given. Of this crate, so that errors of others become it by `?`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Refused(#[from] pub(crate) hospes_desk::Refused);

impl Deref for Refused {
    type Target = hospes_desk::Refused;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Refused> for hospes_desk::Refused {
    fn from(refused: Refused) -> Self {
        refused.0
    }
}

/// A refusal in words.
pub(crate) fn refused(reason: Reason, message: impl Into<String>) -> Refused {
    Refused(hospes_desk::Refused::new(reason, message))
}

/// The request is not as it must be.
pub(crate) fn invalid(message: impl Into<String>) -> Refused {
    refused(Reason::Invalid, message)
}

/// The node is not open.
pub(crate) fn closed(state: &State) -> Refused {
    let reason = match state {
        State::Uninitialized | State::Wiped => Reason::Uninitialized,
        State::Sealed | State::Open(_) => Reason::Sealed,
    };
    refused(reason, format!("the node {}; {}", state.sentence(), state.next_step()))
}

/// Fields that are not as they must be, one per line.
impl From<&[Violation]> for Refused {
    fn from(violations: &[Violation]) -> Self {
        Self(violations.into())
    }
}

impl From<UnknownKind> for Refused {
    fn from(error: UnknownKind) -> Self {
        Self(error.into())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Closed => closed(&State::Sealed),
            StoreError::Busy => refused(Reason::Unavailable, "the database is busy; try again"),
            StoreError::Fatal(why) if error.may_pass() => {
                refused(Reason::Disk, format!("nothing was saved: {why}"))
            }
            error => {
                tracing::error!(%error, "the database did not do what it was asked to");
                refused(Reason::Failed, format!("failed to {error}"))
            }
        }
    }
}

/// A record that was not written.
impl From<EditError> for Refused {
    fn from(error: EditError) -> Self {
        let reason = match &error {
            EditError::Refused(refused) => {
                let violations: Vec<_> =
                    refused.iter().flat_map(|(_, violations)| violations.clone()).collect();
                return violations.as_slice().into();
            }
            EditError::NotOurs { .. } => Reason::NotOurs,
            EditError::NotFound { .. } => Reason::NotFound,
            EditError::Erased { .. } => Reason::Erased,
            EditError::BaseGone { .. } => Reason::Changed,
            EditError::Behind { .. } => Reason::Unavailable,
            EditError::NotApplicable(_) => Reason::Invalid,
            EditError::Abandoned | EditError::Closing => Reason::Unavailable,
            EditError::Trouble(Trouble::Store(error)) => return error.clone().into(),
            EditError::Trouble(_) => Reason::Failed,
        };
        refused(reason, format!("failed to {error}"))
    }
}

/// A change of peers that was kept and does not count yet.
impl From<OpenError> for Refused {
    fn from(error: OpenError) -> Self {
        tracing::error!(%error, "a change of peers was kept but did not take effect");
        refused(Reason::Failed, format!("failed to {error}; seal and unseal the node"))
    }
}

/// A backup that was not made.
impl From<BackupError> for Refused {
    fn from(error: BackupError) -> Self {
        let reason = match &error {
            BackupError::NoKey => Reason::NotFound,
            BackupError::Key(_) => Reason::Invalid,
            BackupError::Room { .. } => Reason::Disk,
            BackupError::Store(error) if error.may_pass() => Reason::Disk,
            _ => Reason::Failed,
        };
        failed_to(reason, &error, "there is no backup")
    }
}

/// A state of the node that did not change.
impl From<VaultError> for Refused {
    fn from(error: VaultError) -> Self {
        let reason = match &error {
            VaultError::Initialized => Reason::Exists,
            VaultError::Uninitialized | VaultError::Wiped => Reason::Uninitialized,
            VaultError::Spent => Reason::Sealed,
            VaultError::NotBegun
            | VaultError::Certificate(_)
            | VaultError::ForeignKey
            | VaultError::Keyslots(_)
            | VaultError::Backup(_)
            | VaultError::ForeignKeyslots
            | VaultError::Store(StoreError::WrongKey { .. }) => Reason::Invalid,
            VaultError::Crypto(_)
            | VaultError::BackupKey(_)
            | VaultError::File(_)
            | VaultError::Store(_)
            | VaultError::Open(_)
            | VaultError::Profile(_) => Reason::Failed,
        };
        failed_to(reason, &error, "the node did not change its state")
    }
}

/// What the caller cannot mend is in the log, too.
fn failed_to(reason: Reason, error: &dyn std::error::Error, what: &str) -> Refused {
    if reason == Reason::Failed {
        tracing::error!(%error, "{what}");
    }
    refused(reason, format!("failed to {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::validate::Problem;
    use hospes_domain::{CenterId, CircleId, Kind, RecordId, RecordKey};

    use super::*;

    #[test]
    fn a_node_that_cannot_do_it_says_what_to_do_first() {
        for (error, expected) in [
            (VaultError::Initialized, Reason::Exists),
            (VaultError::Uninitialized, Reason::Uninitialized),
            (VaultError::NotBegun, Reason::Invalid),
            (VaultError::Crypto("no memory".to_owned()), Reason::Failed),
        ] {
            let told = Refused::from(error);
            assert_eq!(told.reason, expected);
            assert!(told.message.starts_with("failed to "), "{told}");
        }
        for state in [State::Uninitialized, State::Sealed, State::Wiped] {
            let told = closed(&state).message.clone();
            assert!(told.starts_with("the node ") && told.contains("; run: hospes "), "{told}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_told_one_per_line() {
        let violation = |field: &str| Violation {
            field: field.to_owned(),
            problem: Problem::OutOfRange { min: 1, max: 200, actual: 500 },
        };
        let error =
            EditError::Refused(vec![(0, vec![violation("sleeps"), violation("max_nights")])]);
        let told = Refused::from(error);
        assert_eq!(told.reason, Reason::Invalid);
        assert_eq!(
            told.message,
            "sleeps: is 500, it must be 1..=200\nmax_nights: is 500, it must be 1..=200"
        );
        let (circle, steward) = (CircleId::COMMONS, CenterId([1; 32]));
        let id = RecordId::from_random([7; 16]);
        let key = RecordKey { circle, id, steward, kind: Kind::Offer };
        assert_eq!(Refused::from(EditError::NotOurs { key }).reason, Reason::NotOurs);
        assert_eq!(Refused::from(EditError::BaseGone { key }).reason, Reason::Changed);
    }
}
