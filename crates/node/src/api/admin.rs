//! What the command line says over the admin socket. Whoever can open the socket is the admin; its
//! mode is the check.

use std::sync::Arc;

use hospes_domain::Value;
use hospes_identity::fingerprint;
use hospes_wire::admin::admin_server::Admin;
use hospes_wire::{admin, local};
use tonic::{Request, Response, Status, Streaming};
use zeroize::Zeroizing;

use self::messages::words;
use super::directory::DirectoryService;
use super::guard::caller_of;
use super::messages::or_zero;
use crate::center::profile;
use crate::desk::caller;
use crate::desk::house::quarantine;
use crate::desk::name;
use crate::desk::network::peers::{self, NewPeer};
use crate::desk::network::{alarms, knocks, statuses};
use crate::desk::open::opened;
use crate::desk::people;
use crate::desk::refused::{Refused, closed, invalid};
use crate::vault::{State, Vault};

mod backups;
mod messages;

/// Largest keyslots file, in bytes.
const LARGEST_KEYSLOTS: usize = 64 * 1024;
/// Rows of the quarantine that are listed when nothing is said, and at most.
const QUARANTINED: u32 = 50;
const MOST_QUARANTINED: u32 = 1_000;

/// The service itself.
#[derive(Clone)]
pub struct AdminService {
    vault: Arc<Vault>,
    directory: DirectoryService,
}

impl AdminService {
    /// The admin's side of a node.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { directory: DirectoryService::new(Arc::clone(&vault)), vault }
    }
}

#[tonic::async_trait]
impl Admin for AdminService {
    async fn status(
        &self,
        _: Request<local::StatusRequest>,
    ) -> Result<Response<local::StatusResponse>, Status> {
        Ok(Response::new(self.directory.overview().await?))
    }

    async fn check_ready(
        &self,
        _: Request<admin::CheckReadyRequest>,
    ) -> Result<Response<admin::CheckReadyResponse>, Status> {
        self.vault.check_ready().map_err(Refused::from)?;
        Ok(Response::new(admin::CheckReadyResponse {}))
    }

    async fn initialize(
        &self,
        request: Request<admin::InitializeRequest>,
    ) -> Result<Response<admin::InitializeResponse>, Status> {
        let admin::InitializeRequest { database_key, keyslots } = request.into_inner();
        let key = key(database_key)?;
        if keyslots.len() > LARGEST_KEYSLOTS {
            let size = keyslots.len();
            let message =
                format!("keyslots: has {size} bytes, at most {LARGEST_KEYSLOTS} are read");
            return Err(invalid(message).into());
        }
        let node_public_key = self.vault.initialize(key, keyslots).await.map_err(Refused::from)?;
        Ok(Response::new(admin::InitializeResponse { node_public_key }))
    }

    async fn certify(
        &self,
        request: Request<admin::CertifyRequest>,
    ) -> Result<Response<admin::CertifyResponse>, Status> {
        let request = request.into_inner();
        // A node of a center that exists takes the name from the peers.
        let name = match request.center_name.is_empty() {
            true => String::new(),
            false => name::checked("center_name", &request.center_name)?,
        };
        let certified = self
            .vault
            .certify(
                request.center_certificate,
                request.node_certificate,
                name,
                &request.backup_key,
                &request.confirmed_peers,
            )
            .await;
        let center = certified.map_err(Refused::from)?.to_string();
        Ok(Response::new(admin::CertifyResponse { center }))
    }

    async fn keyslots(
        &self,
        _: Request<admin::KeyslotsRequest>,
    ) -> Result<Response<admin::KeyslotsResponse>, Status> {
        let keyslots = self.vault.keyslots().map_err(Refused::from)?.to_json();
        Ok(Response::new(admin::KeyslotsResponse { keyslots }))
    }

    async fn unseal(
        &self,
        request: Request<admin::UnsealRequest>,
    ) -> Result<Response<admin::UnsealResponse>, Status> {
        let key = key(request.into_inner().database_key)?;
        let already = self.vault.unseal(key).await.map_err(Refused::from)?;
        Ok(Response::new(admin::UnsealResponse { already }))
    }

    async fn seal(
        &self,
        _: Request<admin::SealRequest>,
    ) -> Result<Response<admin::SealResponse>, Status> {
        if let state @ (State::Uninitialized | State::Wiped) = self.vault.state() {
            return Err(closed(&state).into());
        }
        let already = self.vault.seal().await.map_err(Refused::from)?;
        Ok(Response::new(admin::SealResponse { already }))
    }

    async fn replace_keyslots(
        &self,
        request: Request<admin::ReplaceKeyslotsRequest>,
    ) -> Result<Response<admin::ReplaceKeyslotsResponse>, Status> {
        opened(&self.vault)?;
        let keyslots = request.into_inner().keyslots;
        self.vault.replace_keyslots(&keyslots).await.map_err(Refused::from)?;
        Ok(Response::new(admin::ReplaceKeyslotsResponse {}))
    }

    async fn confirm(
        &self,
        _: Request<admin::ConfirmRequest>,
    ) -> Result<Response<admin::ConfirmResponse>, Status> {
        opened(&self.vault)?;
        self.vault.confirm();
        let seals_at = or_zero(self.vault.node_facts().seals_at);
        Ok(Response::new(admin::ConfirmResponse { seals_at }))
    }

    async fn wipe(
        &self,
        request: Request<admin::WipeRequest>,
    ) -> Result<Response<admin::WipeResponse>, Status> {
        if !request.get_ref().destroy {
            return Err(invalid("destroy: is not set; nothing was destroyed").into());
        }
        let destroyed = self.vault.wipe().await.map_err(Refused::from)?;
        let destroyed = destroyed.iter().map(|path| path.display().to_string()).collect();
        Ok(Response::new(admin::WipeResponse { destroyed }))
    }

    async fn center(
        &self,
        _: Request<admin::CenterRequest>,
    ) -> Result<Response<admin::CenterResponse>, Status> {
        let center = opened(&self.vault)?;
        let profile = profile::of(&center).await.map_err(Refused::from)?;
        let addresses = profile.as_ref().and_then(|profile| profile.fields.get("node_addresses"));
        let addresses = addresses.map(Value::elements).unwrap_or_default();
        let own = &center.own;
        Ok(Response::new(admin::CenterResponse {
            center: own.center.to_string(),
            name: center.name_of(&own.center),
            groups: fingerprint::groups(&own.center),
            words: words(&own.center),
            epoch: own.epoch,
            node: own.node.to_string(),
            center_certificate: own.center_certificate.clone(),
            addresses: addresses.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
        }))
    }

    async fn add_peer(
        &self,
        request: Request<admin::AddPeerRequest>,
    ) -> Result<Response<admin::AddPeerResponse>, Status> {
        let who = caller_of(&request).name;
        let request = request.into_inner();
        let center = opened(&self.vault)?;
        let wanted = NewPeer {
            certificate: request.center_certificate,
            name: request.name,
            suggested_name: request.suggested_name,
            addresses: request.addresses,
            readmit: request.readmit,
        };
        let added = peers::add(&center, &who, wanted).await?;
        Ok(Response::new(added.into()))
    }

    async fn remove_peer(
        &self,
        request: Request<admin::PeerRequest>,
    ) -> Result<Response<admin::RemovePeerResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let removed = peers::remove(&center, &who, &request.get_ref().peer).await?;
        Ok(Response::new(removed.into()))
    }

    async fn suspend_peer(
        &self,
        request: Request<admin::PeerRequest>,
    ) -> Result<Response<admin::PeerResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let suspended = peers::suspend(&center, &who, &request.get_ref().peer).await?;
        Ok(Response::new(suspended.into()))
    }

    async fn resume_peer(
        &self,
        request: Request<admin::PeerRequest>,
    ) -> Result<Response<admin::PeerResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let resumed = peers::resume(&center, &who, &request.get_ref().peer).await?;
        Ok(Response::new(resumed.into()))
    }

    async fn list_peers(
        &self,
        _: Request<admin::ListPeersRequest>,
    ) -> Result<Response<admin::ListPeersResponse>, Status> {
        let center = opened(&self.vault)?;
        let known = center.peerbook.all().await.map_err(Refused::from)?;
        let pending = knocks::list(&center, &known).await.map_err(Refused::from)?;
        let mut peers = statuses::all(&center).await.map_err(Refused::from)?;
        peers.extend(statuses::kept_out(known));
        Ok(Response::new(admin::ListPeersResponse {
            peers: peers.into_iter().map(Into::into).collect(),
            pending: pending.into_iter().map(Into::into).collect(),
        }))
    }

    async fn forget_knocks(
        &self,
        _: Request<admin::ForgetKnocksRequest>,
    ) -> Result<Response<admin::ForgetKnocksResponse>, Status> {
        let center = opened(&self.vault)?;
        let forgotten = knocks::forget(&center).await.map_err(Refused::from)?;
        Ok(Response::new(admin::ForgetKnocksResponse { forgotten }))
    }

    async fn add_token(
        &self,
        request: Request<admin::AddTokenRequest>,
    ) -> Result<Response<admin::AddTokenResponse>, Status> {
        let who = caller_of(&request).name;
        let admin::AddTokenRequest { name, role } = request.into_inner();
        let center = opened(&self.vault)?;
        let token = caller::add(&center, &who, &name, &role).await?;
        Ok(Response::new(admin::AddTokenResponse { token }))
    }

    async fn remove_token(
        &self,
        request: Request<admin::TokenRequest>,
    ) -> Result<Response<admin::TokenResponse>, Status> {
        let who = caller_of(&request).name;
        let name = request.into_inner().name;
        let center = opened(&self.vault)?;
        let changed = caller::remove(&center, &who, name).await?;
        Ok(Response::new(admin::TokenResponse { changed }))
    }

    async fn list_tokens(
        &self,
        _: Request<admin::ListTokensRequest>,
    ) -> Result<Response<admin::ListTokensResponse>, Status> {
        let center = opened(&self.vault)?;
        let tokens = center.store.tokens().await.map_err(Refused::from)?;
        let tokens = tokens.iter().map(messages::token).collect();
        Ok(Response::new(admin::ListTokensResponse { tokens }))
    }

    async fn add_person(
        &self,
        request: Request<admin::AddPersonRequest>,
    ) -> Result<Response<admin::InvitationResponse>, Status> {
        let who = caller_of(&request).name;
        let admin::AddPersonRequest { name, role } = request.into_inner();
        let center = opened(&self.vault)?;
        let invitation = people::invite(&center.store, &who, &name, people::role(&role)?).await?;
        Ok(Response::new(messages::invitation(invitation)))
    }

    async fn reset_person(
        &self,
        request: Request<admin::PersonRequest>,
    ) -> Result<Response<admin::InvitationResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let invitation = people::reset(&center.store, &who, &request.get_ref().name).await?;
        Ok(Response::new(messages::invitation(invitation)))
    }

    async fn set_person_role(
        &self,
        request: Request<admin::SetPersonRoleRequest>,
    ) -> Result<Response<admin::PersonResponse>, Status> {
        let who = caller_of(&request).name;
        let admin::SetPersonRoleRequest { name, role } = request.into_inner();
        let center = opened(&self.vault)?;
        let role = people::role(&role)?;
        let changed = people::set_role(&center.store, &who, &name, role).await?;
        Ok(Response::new(admin::PersonResponse { changed }))
    }

    async fn remove_person(
        &self,
        request: Request<admin::PersonRequest>,
    ) -> Result<Response<admin::PersonResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let changed = people::remove(&center.store, &who, &request.get_ref().name).await?;
        Ok(Response::new(admin::PersonResponse { changed }))
    }

    async fn list_persons(
        &self,
        _: Request<admin::ListPersonsRequest>,
    ) -> Result<Response<admin::ListPersonsResponse>, Status> {
        let center = opened(&self.vault)?;
        let persons = people::list(&center.store).await?;
        let persons = persons.into_iter().map(messages::person).collect();
        Ok(Response::new(admin::ListPersonsResponse { persons }))
    }

    type BackupStream = backups::BackupStream;

    async fn set_backup_key(
        &self,
        request: Request<admin::SetBackupKeyRequest>,
    ) -> Result<Response<admin::SetBackupKeyResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let changed = backups::set_key(&center, &who, &request.get_ref().backup_key).await?;
        Ok(Response::new(admin::SetBackupKeyResponse { changed }))
    }

    async fn backup(
        &self,
        request: Request<admin::BackupRequest>,
    ) -> Result<Response<Self::BackupStream>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        Ok(Response::new(backups::make(center, &who).await?))
    }

    async fn verify_backup(
        &self,
        request: Request<Streaming<admin::RestorePart>>,
    ) -> Result<Response<admin::VerifyBackupResponse>, Status> {
        let (begin, parts) = backups::coming(request.into_inner()).await?;
        let verified = self.vault.verify(&begin, parts).await.map_err(Refused::from)?;
        Ok(Response::new(verified.into()))
    }

    async fn restore(
        &self,
        request: Request<Streaming<admin::RestorePart>>,
    ) -> Result<Response<admin::RestoreResponse>, Status> {
        let (begin, parts) = backups::coming(request.into_inner()).await?;
        let restored = self.vault.restore(begin, parts).await.map_err(Refused::from)?;
        Ok(Response::new(restored.into()))
    }

    async fn serve_alone(
        &self,
        request: Request<admin::ServeAloneRequest>,
    ) -> Result<Response<admin::ServeAloneResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let changed = center.recovery.alone(&who).await.map_err(Refused::from)?;
        Ok(Response::new(admin::ServeAloneResponse { changed }))
    }

    async fn raise_alarm(
        &self,
        request: Request<admin::RaiseAlarmRequest>,
    ) -> Result<Response<admin::RaiseAlarmResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let admin::RaiseAlarmRequest { center: accused, cause } = request.get_ref();
        let raised = alarms::raise(&center, &who, accused, cause).await?;
        Ok(Response::new(admin::RaiseAlarmResponse {
            center: raised.center.to_string(),
            name: center.name_of(&raised.center),
            changed: raised.changed,
            told: raised.told,
            warning: raised.warning,
        }))
    }

    async fn dismiss_alarm(
        &self,
        request: Request<admin::DismissAlarmRequest>,
    ) -> Result<Response<admin::PeerResponse>, Status> {
        let who = caller_of(&request).name;
        let center = opened(&self.vault)?;
        let dismissed = alarms::dismiss(&center, &who, &request.get_ref().center).await?;
        Ok(Response::new(dismissed.into()))
    }

    async fn list_alarms(
        &self,
        _: Request<admin::ListAlarmsRequest>,
    ) -> Result<Response<admin::ListAlarmsResponse>, Status> {
        let center = opened(&self.vault)?;
        let alarms = alarms::list(&center).into_iter().map(|of| messages::alarm(&center, of));
        Ok(Response::new(admin::ListAlarmsResponse { alarms: alarms.collect() }))
    }

    async fn list_quarantine(
        &self,
        request: Request<admin::ListQuarantineRequest>,
    ) -> Result<Response<admin::ListQuarantineResponse>, Status> {
        let admin::ListQuarantineRequest { limit, code } = request.into_inner();
        if limit > MOST_QUARANTINED {
            let message = format!("limit: is {limit}, it must be 0..={MOST_QUARANTINED}");
            return Err(invalid(message).into());
        }
        let limit = if limit == 0 { QUARANTINED } else { limit };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let center = opened(&self.vault)?;
        let listed = quarantine::list(&center, limit, &code).await.map_err(Refused::from)?;
        let entries = listed.rows.into_iter().map(|row| messages::quarantined(&center, row));
        let (total, entries) = (listed.total, entries.collect());
        Ok(Response::new(admin::ListQuarantineResponse { total, entries }))
    }
}

/// A key of the database.
fn key(bytes: Vec<u8>) -> Result<Zeroizing<[u8; 32]>, Refused> {
    let bytes = Zeroizing::new(bytes);
    let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
        invalid(format!("database_key: has {} bytes, it must have 32", bytes.len()))
    })?;
    Ok(Zeroizing::new(key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_key_has_32_bytes() {
        assert_eq!(*key(vec![7; 32]).unwrap(), [7; 32]);
        for size in [0, 31, 33] {
            let refused = key(vec![7; size]).unwrap_err();
            let expected = format!("database_key: has {size} bytes, it must have 32");
            assert_eq!(refused.message, expected);
        }
    }
}
