//! The node as those need it who ask it something.

use std::sync::Arc;

use hospes_desk::Reason;

use super::refused::{Refused, closed, refused};
use crate::center::Center;
use crate::vault::{State, Vault};

/// The node, if it is open.
///
/// # Errors
/// Says what to do when it is not.
pub(crate) fn opened(vault: &Vault) -> Result<Arc<Center>, Refused> {
    match vault.state() {
        State::Open(center) => Ok(center),
        state => Err(closed(&state)),
    }
}

/// The node, if it is open and answers from its directory: one that was restored does not until it has
/// met a peer.
///
/// # Errors
/// Says what to do when it does not.
pub(crate) fn serving(vault: &Vault) -> Result<Arc<Center>, Refused> {
    let center = opened(vault)?;
    let Some(backup) = center.recovery.waiting() else { return Ok(center) };
    Err(refused(
        Reason::Restored,
        format!(
            "this node was restored from a backup of {backup} and has not been in sync with a peer \
             since: what was erased meanwhile could be shown again"
        ),
    ))
}
