//! What the worker may reach: nothing, by a Landlock ruleset without a single rule.

use std::error::Error;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError,
    RulesetStatus, Scope,
};

use super::absence::Absence;

/// The newest interface of the kernel that we know. Of an older one all that it has is used.
const KNOWN: ABI = ABI::V6;

/// Takes files, TCP ports and signals to others from this process for ever. Tells the version of
/// the kernel's interface, which says how much of that it can.
pub(super) fn enforce() -> Result<u8, Absence> {
    let status = restrict().map_err(|error| match errno(&error) {
        Some(errno) => Absence::Refused(errno),
        None => Absence::Kernel,
    })?;
    match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => Err(Absence::Kernel),
        (_, LandlockStatus::Available { effective_abi, .. }) => {
            Ok(u8::try_from(effective_abi.min(KNOWN) as i32).unwrap_or_default())
        }
        (_, LandlockStatus::NotEnabled | LandlockStatus::NotImplemented) => Err(Absence::Kernel),
    }
}

fn restrict() -> Result<landlock::RestrictionStatus, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?
        .create()?
        .restrict_self()
}

/// What the kernel said, at the bottom of an error.
fn errno(error: &(dyn Error + 'static)) -> Option<i32> {
    let io = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::raw_os_error);
    io.or_else(|| error.source().and_then(errno))
}
