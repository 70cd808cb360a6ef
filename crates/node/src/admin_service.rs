//! What the command line says over the admin socket. Whoever can open the socket is the admin; its
//! mode is the check.

use std::sync::Arc;

use hospes_domain::Value;
use hospes_identity::fingerprint;
use hospes_store::{AuditEntry, Quarantined, StoreError, Token};
use hospes_wire::admin::admin_server::Admin;
use hospes_wire::status::{Reason, refusal};
use hospes_wire::{admin, local};
use tonic::{Request, Response, Status, Streaming};
use zeroize::Zeroizing;

use crate::access::{Caller, Role, TokenHash, UnknownRole, new_token, opened, token_removed};
use crate::alarms::service as alarms;
use crate::backup::service;
use crate::center::Center;
use crate::clock;
use crate::directory::{DirectoryService, out_statuses, peer_statuses, store_failed};
use crate::vault::{State, Vault, VaultError};
use crate::{keys_service, knocks, peers, profile};

/// Longest name of a token and of a center, in characters.
const LONGEST_NAME: usize = 60;
/// Largest keyslots file, in bytes.
const LARGEST_KEYSLOTS: usize = 64 * 1024;
/// Rows of the quarantine that are listed when nothing is said, and at most.
const QUARANTINED: u32 = 50;
const MOST_QUARANTINED: u32 = 1_000;
/// Rows that are read at once: each has a whole change in it.
const PAGE: u32 = 100;

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
        self.directory.overview().await.map(Response::new)
    }

    async fn check_ready(
        &self,
        _: Request<admin::CheckReadyRequest>,
    ) -> Result<Response<admin::CheckReadyResponse>, Status> {
        self.vault.check_ready().map_err(vault_failed)?;
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
            return Err(refusal(Reason::Invalid, message));
        }
        let node_public_key = self.vault.initialize(key, keyslots).await.map_err(vault_failed)?;
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
            false => named("center_name", &request.center_name)?,
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
        let center = certified.map_err(vault_failed)?.to_string();
        Ok(Response::new(admin::CertifyResponse { center }))
    }

    async fn keyslots(
        &self,
        _: Request<admin::KeyslotsRequest>,
    ) -> Result<Response<admin::KeyslotsResponse>, Status> {
        let keyslots = self.vault.keyslots().map_err(vault_failed)?.to_json();
        Ok(Response::new(admin::KeyslotsResponse { keyslots }))
    }

    async fn unseal(
        &self,
        request: Request<admin::UnsealRequest>,
    ) -> Result<Response<admin::UnsealResponse>, Status> {
        let key = key(request.into_inner().database_key)?;
        let already = self.vault.unseal(key).await.map_err(vault_failed)?;
        Ok(Response::new(admin::UnsealResponse { already }))
    }

    async fn seal(
        &self,
        _: Request<admin::SealRequest>,
    ) -> Result<Response<admin::SealResponse>, Status> {
        match self.vault.state() {
            State::Uninitialized => return Err(vault_failed(VaultError::Uninitialized)),
            State::Wiped => return Err(vault_failed(VaultError::Wiped)),
            State::Sealed | State::Open(_) => {}
        }
        let already = self.vault.seal().await.map_err(vault_failed)?;
        Ok(Response::new(admin::SealResponse { already }))
    }

    async fn replace_keyslots(
        &self,
        request: Request<admin::ReplaceKeyslotsRequest>,
    ) -> Result<Response<admin::ReplaceKeyslotsResponse>, Status> {
        keys_service::replace(&self.vault, request.into_inner()).await.map(Response::new)
    }

    async fn confirm(
        &self,
        _: Request<admin::ConfirmRequest>,
    ) -> Result<Response<admin::ConfirmResponse>, Status> {
        keys_service::confirm(&self.vault).map(Response::new)
    }

    async fn wipe(
        &self,
        request: Request<admin::WipeRequest>,
    ) -> Result<Response<admin::WipeResponse>, Status> {
        keys_service::wipe(&self.vault, request.into_inner()).await.map(Response::new)
    }

    async fn center(
        &self,
        _: Request<admin::CenterRequest>,
    ) -> Result<Response<admin::CenterResponse>, Status> {
        let center = opened(&self.vault)?;
        let profile = profile::of(&center).await.map_err(store_failed)?;
        let addresses = profile.as_ref().and_then(|profile| profile.fields.get("node_addresses"));
        let addresses = addresses.map(Value::elements).unwrap_or_default();
        let own = &center.own;
        Ok(Response::new(admin::CenterResponse {
            center: own.center.to_string(),
            name: center.name_of(&own.center),
            groups: fingerprint::groups(&own.center),
            words: peers::words(&own.center),
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
        let who = Caller::of(&request).name;
        let center = opened(&self.vault)?;
        peers::add(&center, &who, request.into_inner()).await.map(Response::new)
    }

    async fn remove_peer(
        &self,
        request: Request<admin::PeerRequest>,
    ) -> Result<Response<admin::RemovePeerResponse>, Status> {
        let who = Caller::of(&request).name;
        let center = opened(&self.vault)?;
        peers::remove(&center, &who, &request.into_inner().peer).await.map(Response::new)
    }

    async fn suspend_peer(
        &self,
        request: Request<admin::PeerRequest>,
    ) -> Result<Response<admin::PeerResponse>, Status> {
        let who = Caller::of(&request).name;
        let center = opened(&self.vault)?;
        peers::suspend(&center, &who, &request.into_inner().peer).await.map(Response::new)
    }

    async fn resume_peer(
        &self,
        request: Request<admin::PeerRequest>,
    ) -> Result<Response<admin::PeerResponse>, Status> {
        let who = Caller::of(&request).name;
        let center = opened(&self.vault)?;
        peers::resume(&center, &who, &request.into_inner().peer).await.map(Response::new)
    }

    async fn list_peers(
        &self,
        _: Request<admin::ListPeersRequest>,
    ) -> Result<Response<admin::ListPeersResponse>, Status> {
        let center = opened(&self.vault)?;
        let known = center.peerbook.all().await.map_err(store_failed)?;
        let pending = knocks::list(&center, &known).await?;
        let mut peers = peer_statuses(&center).await?;
        peers.extend(out_statuses(&known));
        Ok(Response::new(admin::ListPeersResponse { peers, pending }))
    }

    async fn forget_knocks(
        &self,
        _: Request<admin::ForgetKnocksRequest>,
    ) -> Result<Response<admin::ForgetKnocksResponse>, Status> {
        let center = opened(&self.vault)?;
        let forgotten = knocks::forget(&center).await?;
        Ok(Response::new(admin::ForgetKnocksResponse { forgotten }))
    }

    async fn add_token(
        &self,
        request: Request<admin::AddTokenRequest>,
    ) -> Result<Response<admin::AddTokenResponse>, Status> {
        let who = Caller::of(&request).name;
        let admin::AddTokenRequest { name, role } = request.into_inner();
        let center = opened(&self.vault)?;
        let name = named("name", &name)?;
        let role: Role = role
            .parse()
            .map_err(|error: UnknownRole| refusal(Reason::Invalid, format!("role: {error}")))?;
        let tokens = center.store.tokens().await.map_err(store_failed)?;
        if tokens.iter().any(|token| token.name == name) {
            let message = format!(
                "name: there is a token called {name}; remove it first or take another name"
            );
            return Err(refusal(Reason::Exists, message));
        }
        let token = new_token();
        let kept = Token {
            name: name.clone(),
            role: role.name().to_owned(),
            digest: TokenHash::of(&token).bytes(),
            created: clock::now(),
            last_used: None,
        };
        center.store.put_token(kept).await.map_err(store_failed)?;
        note(&center, who, format!("token added: {name} ({role})")).await?;
        Ok(Response::new(admin::AddTokenResponse { token }))
    }

    async fn remove_token(
        &self,
        request: Request<admin::TokenRequest>,
    ) -> Result<Response<admin::TokenResponse>, Status> {
        let who = Caller::of(&request).name;
        let name = request.into_inner().name;
        let center = opened(&self.vault)?;
        let changed = center.store.delete_token(name.clone()).await.map_err(store_failed)?;
        if changed {
            token_removed();
            note(&center, who, format!("token removed: {name}")).await?;
        }
        Ok(Response::new(admin::TokenResponse { changed }))
    }

    async fn list_tokens(
        &self,
        _: Request<admin::ListTokensRequest>,
    ) -> Result<Response<admin::ListTokensResponse>, Status> {
        let center = opened(&self.vault)?;
        let tokens = center.store.tokens().await.map_err(store_failed)?;
        let tokens = tokens.iter().cloned().map(listed).collect();
        Ok(Response::new(admin::ListTokensResponse { tokens }))
    }

    type BackupStream = service::BackupStream;

    async fn set_backup_key(
        &self,
        request: Request<admin::SetBackupKeyRequest>,
    ) -> Result<Response<admin::SetBackupKeyResponse>, Status> {
        let who = Caller::of(&request).name;
        let answer = service::set_backup_key(&self.vault, who, request.into_inner()).await;
        answer.map(Response::new)
    }

    async fn backup(
        &self,
        request: Request<admin::BackupRequest>,
    ) -> Result<Response<Self::BackupStream>, Status> {
        let who = Caller::of(&request).name;
        service::backup(&self.vault, who).await.map(Response::new)
    }

    async fn verify_backup(
        &self,
        request: Request<Streaming<admin::RestorePart>>,
    ) -> Result<Response<admin::VerifyBackupResponse>, Status> {
        self.vault.verify(request.into_inner()).await.map(Response::new).map_err(vault_failed)
    }

    async fn restore(
        &self,
        request: Request<Streaming<admin::RestorePart>>,
    ) -> Result<Response<admin::RestoreResponse>, Status> {
        self.vault.restore(request.into_inner()).await.map(Response::new).map_err(vault_failed)
    }

    async fn serve_alone(
        &self,
        request: Request<admin::ServeAloneRequest>,
    ) -> Result<Response<admin::ServeAloneResponse>, Status> {
        let who = Caller::of(&request).name;
        service::serve_alone(&self.vault, &who).await.map(Response::new)
    }

    async fn raise_alarm(
        &self,
        request: Request<admin::RaiseAlarmRequest>,
    ) -> Result<Response<admin::RaiseAlarmResponse>, Status> {
        let who = Caller::of(&request).name;
        let center = opened(&self.vault)?;
        alarms::raise(&center, &who, request.get_ref()).await.map(Response::new)
    }

    async fn dismiss_alarm(
        &self,
        request: Request<admin::DismissAlarmRequest>,
    ) -> Result<Response<admin::PeerResponse>, Status> {
        let who = Caller::of(&request).name;
        let center = opened(&self.vault)?;
        alarms::dismiss(&center, &who, request.get_ref()).await.map(Response::new)
    }

    async fn list_alarms(
        &self,
        _: Request<admin::ListAlarmsRequest>,
    ) -> Result<Response<admin::ListAlarmsResponse>, Status> {
        let center = opened(&self.vault)?;
        Ok(Response::new(alarms::list(&center)))
    }

    async fn list_quarantine(
        &self,
        request: Request<admin::ListQuarantineRequest>,
    ) -> Result<Response<admin::ListQuarantineResponse>, Status> {
        let admin::ListQuarantineRequest { limit, code } = request.into_inner();
        if limit > MOST_QUARANTINED {
            let message = format!("limit: is {limit}, it must be 0..={MOST_QUARANTINED}");
            return Err(refusal(Reason::Invalid, message));
        }
        let limit = if limit == 0 { QUARANTINED } else { limit };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let center = opened(&self.vault)?;
        let mut response = admin::ListQuarantineResponse::default();
        if code.is_empty() {
            response.total = center.store.counts().await.map_err(store_failed)?.quarantine;
        }
        let mut before = None;
        loop {
            let page = center.store.quarantine(before, PAGE).await.map_err(store_failed)?;
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            for row in page {
                if !code.is_empty() && row.code != code {
                    continue;
                }
                if !code.is_empty() {
                    response.total += 1;
                }
                if response.entries.len() < limit {
                    response.entries.push(quarantined(&center, row));
                }
            }
            // Without a code the total is known; with one all rows have to be looked at.
            if code.is_empty() && response.entries.len() >= limit {
                break;
            }
        }
        Ok(Response::new(response))
    }
}

/// A key of the database.
fn key(bytes: Vec<u8>) -> Result<Zeroizing<[u8; 32]>, Status> {
    let bytes = Zeroizing::new(bytes);
    let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
        let message = format!("database_key: has {} bytes, it must have 32", bytes.len());
        refusal(Reason::Invalid, message)
    })?;
    Ok(Zeroizing::new(key))
}

/// A name that people type and read.
fn named(field: &str, given: &str) -> Result<String, Status> {
    let given = given.trim();
    let length = given.chars().count();
    if length == 0 || length > LONGEST_NAME {
        let message = format!("{field}: has {length} characters, it must be 1..={LONGEST_NAME}");
        return Err(refusal(Reason::Invalid, message));
    }
    if given.chars().any(char::is_control) {
        return Err(refusal(Reason::Invalid, format!("{field}: has a control character")));
    }
    Ok(given.to_owned())
}

async fn note(center: &Center, who: String, what: String) -> Result<(), Status> {
    let entry = AuditEntry { time: clock::now(), who, what };
    center.store.put_audit(entry).await.map_err(store_failed)
}

fn listed(token: Token) -> admin::Token {
    let day = |at: hospes_domain::Timestamp| at.to_string().chars().take(10).collect();
    admin::Token {
        name: token.name,
        role: token.role,
        created: token.created.0,
        last_used: token.last_used.map(day).unwrap_or_default(),
    }
}

fn quarantined(center: &Center, row: Quarantined) -> admin::Quarantined {
    admin::Quarantined {
        change: row.hash.to_string(),
        record: row.key.id.to_string(),
        kind: row.key.kind.name().to_owned(),
        author_center: row.author.to_string(),
        author_name: center.name_of(&row.author),
        from_peer: row.from.map(|peer| center.name_of(&peer)).unwrap_or_default(),
        code: row.code,
        reason: row.sentence,
        received: row.time.0,
        held: row.held,
        bytes: row.bytes.map(|bytes| bytes.len() as u64).unwrap_or_default(),
    }
}

/// Why the node did not change its state, for people and programs.
pub(crate) fn vault_failed(error: VaultError) -> Status {
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
    if reason == Reason::Failed {
        tracing::error!(%error, "the node did not change its state");
    }
    refusal(reason, format!("failed to {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Timestamp;
    use hospes_wire::status::reason;

    use super::*;

    #[test]
    fn a_key_has_32_bytes() {
        assert_eq!(*key(vec![7; 32]).unwrap(), [7; 32]);
        for size in [0, 31, 33] {
            let status = key(vec![7; size]).unwrap_err();
            assert_eq!(
                status.message(),
                format!("database_key: has {size} bytes, it must have 32")
            );
        }
    }

    #[test]
    fn a_name_has_bounds_and_no_control_characters() {
        assert_eq!(named("name", " night desk ").unwrap(), "night desk");
        for wrong in ["", " ", "a\u{7}b", &"x".repeat(LONGEST_NAME + 1)] {
            assert_eq!(reason(&named("name", wrong).unwrap_err()), Some(Reason::Invalid));
        }
    }

    #[test]
    fn a_token_tells_the_day_of_its_last_use_and_no_more() {
        let token = Token {
            name: "desk".to_owned(),
            role: "counselor".to_owned(),
            digest: [0; 32],
            created: Timestamp(5),
            last_used: Some("2026-11-23T00:00:00Z".parse().unwrap()),
        };
        assert_eq!(listed(token.clone()).last_used, "2026-11-23");
        assert_eq!(listed(Token { last_used: None, ..token }).last_used, "");
    }

    #[test]
    fn a_node_that_cannot_do_it_says_what_to_do_first() {
        for (error, expected) in [
            (VaultError::Initialized, Reason::Exists),
            (VaultError::Uninitialized, Reason::Uninitialized),
            (VaultError::NotBegun, Reason::Invalid),
            (VaultError::Crypto("no memory".to_owned()), Reason::Failed),
        ] {
            let status = vault_failed(error);
            assert_eq!(reason(&status), Some(expected));
            assert!(status.message().starts_with("failed to "), "{}", status.message());
        }
    }
}
