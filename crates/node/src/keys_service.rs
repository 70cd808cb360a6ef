//! What the command line says about the keys of the database: replace the keyslots, confirm, wipe.

use hospes_wire::admin;
use hospes_wire::status::{Reason, refusal};
use tonic::Status;

use crate::access::opened;
use crate::admin_service::vault_failed;
use crate::vault::Vault;

/// Replaces the keyslots file of an open node.
pub(crate) async fn replace(
    vault: &Vault,
    request: admin::ReplaceKeyslotsRequest,
) -> Result<admin::ReplaceKeyslotsResponse, Status> {
    opened(vault)?;
    vault.replace_keyslots(&request.keyslots).await.map_err(vault_failed)?;
    Ok(admin::ReplaceKeyslotsResponse {})
}

/// Begins the time anew after which the node seals itself.
pub(crate) fn confirm(vault: &Vault) -> Result<admin::ConfirmResponse, Status> {
    opened(vault)?;
    vault.confirm();
    let seals_at = vault.node_facts().seals_at.map(|at| at.0).unwrap_or_default();
    Ok(admin::ConfirmResponse { seals_at })
}

/// Destroys the keyslots.
pub(crate) async fn wipe(
    vault: &Vault,
    request: admin::WipeRequest,
) -> Result<admin::WipeResponse, Status> {
    if !request.destroy {
        let message = "destroy: is not set; nothing was destroyed";
        return Err(refusal(Reason::Invalid, message));
    }
    let destroyed = vault.wipe().await.map_err(vault_failed)?;
    let names = destroyed.iter().map(|path| path.display().to_string()).collect();
    Ok(admin::WipeResponse { destroyed: names })
}
