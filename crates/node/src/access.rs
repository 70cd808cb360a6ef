//! Who may call what on the local listener: tokens, roles, and the guard in front of a service.
//!
//! On the local listener every call of the directory carries a token; on the admin socket none is
//! needed. A token is 32 random bytes; the node keeps its SHA-256 only. That is enough, since nobody can
//! guess among 2^256 tokens, and it lets every call be checked.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use hospes_domain::Timestamp;
use hospes_wire::admin::admin_server::AdminServer;
use hospes_wire::limits::LOCAL_MESSAGE;
use hospes_wire::local::directory_server::DirectoryServer;
use hospes_wire::status::{Reason, refusal};
use tokio::sync::watch;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::pb::health_server::HealthServer;
use tower::Service;

use crate::admin_service::AdminService;
use crate::center::Center;
use crate::clock;
use crate::directory::{DirectoryService, store_failed};
use crate::random;
use crate::vault::{State, Vault};
use health::HealthService;

mod health;

/// What every token begins with, so that one that leaked into a file can be found there.
const PREFIX: &str = "hospes_";

/// What a person of the center may do. Each may do what the ones before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks things up.
    Counselor,
    /// Publishes and withdraws records.
    Coordinator,
    /// Runs the node.
    Admin,
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role; the roles are counselor, coordinator, admin")]
pub struct UnknownRole(pub String);

impl Role {
    /// The word in commands and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Role::Counselor => "counselor",
            Role::Coordinator => "coordinator",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        [Role::Counselor, Role::Coordinator, Role::Admin]
            .into_iter()
            .find(|role| role.name() == word)
            .ok_or_else(|| UnknownRole(word.chars().take(40).collect()))
    }
}

/// The role that a method of the directory needs.
///
/// A method that is not named here needs the highest: a new one is closed until somebody opens it.
fn role_for(path: &str) -> Role {
    match path.rsplit('/').next().unwrap_or_default() {
        "Search" | "Get" | "Watch" | "Status" | "Describe" | "FindTowns" => Role::Counselor,
        // All of a kind at once is more than a counselor needs for one person.
        "List" | "Put" | "Edit" | "Confirm" | "Withdraw" | "Import" => Role::Coordinator,
        _ => Role::Admin,
    }
}

/// SHA-256 of a token: all that the node keeps of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token as it was shown.
    pub fn of(token: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }

    /// The bytes to keep.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Compares in constant time.
    fn is(&self, kept: &[u8]) -> bool {
        verify_slices_are_equal(&self.0, kept).is_ok()
    }
}

/// Makes a token. It is shown once.
pub fn new_token() -> String {
    format!("{PREFIX}{}", hex::encode(random::bytes::<32>()))
}

/// Who calls. The guard puts it into the request; on the admin socket there is none.
#[derive(Clone)]
pub struct Caller {
    /// The token's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    token: Option<TokenHash>,
}

impl Caller {
    /// Somebody who can open the admin socket.
    fn on_socket() -> Self {
        Self { name: "admin socket".to_owned(), role: Role::Admin, token: None }
    }

    /// Who made a request.
    pub fn of<T>(request: &tonic::Request<T>) -> Self {
        request.extensions().get::<Caller>().cloned().unwrap_or_else(Self::on_socket)
    }

    /// Whether the caller may still go on: a long stream outlives the check at its beginning.
    pub async fn still_may(&self, center: &Center) -> bool {
        match &self.token {
            None => true,
            Some(token) => matches!(find(center, token).await, Ok(Some(_))),
        }
    }
}

/// Wakes long streams when a token was removed. It only wakes: the database says which one.
static REMOVALS: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::Sender::new(()));

/// Says that a token was removed.
pub fn token_removed() {
    REMOVALS.send_replace(());
}

/// Hears of removed tokens.
pub fn removals() -> watch::Receiver<()> {
    REMOVALS.subscribe()
}

/// The node, if it is open.
///
/// # Errors
/// Says what to do when it is not.
pub fn opened(vault: &Vault) -> Result<Arc<Center>, Status> {
    match vault.state() {
        State::Open(center) => Ok(center),
        State::Sealed => Err(refusal(Reason::Sealed, "the node is sealed; run: hospes unseal")),
        State::Uninitialized => {
            Err(refusal(Reason::Uninitialized, "the node has no database yet; run: hospes init"))
        }
        State::Wiped => Err(refusal(
            Reason::Uninitialized,
            "the node was wiped: nothing opens its database any more",
        )),
    }
}

/// The node, if it is open and answers from its directory: one that was restored does not until it has
/// met a peer.
///
/// # Errors
/// Says what to do when it does not.
pub fn serving(vault: &Vault) -> Result<Arc<Center>, Status> {
    let center = opened(vault)?;
    center.recovery.serves()?;
    Ok(center)
}

/// A service behind a check of tokens and roles.
#[derive(Clone)]
pub struct Guard<S> {
    inner: S,
    vault: Arc<Vault>,
}

impl<S> Guard<S> {
    /// Puts the check in front of a service.
    pub fn new(inner: S, vault: Arc<Vault>) -> Self {
        Self { inner, vault }
    }
}

impl<S: NamedService> NamedService for Guard<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Guard<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // The one that was polled ready is the one to call.
        let spare = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, spare);
        let vault = Arc::clone(&self.vault);
        Box::pin(async move {
            match admit(&vault, request.uri().path(), request.headers()).await {
                Ok(caller) => {
                    request.extensions_mut().insert(caller);
                    inner.call(request).await
                }
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}

/// Finds out who calls and whether they may.
async fn admit(vault: &Vault, path: &str, headers: &HeaderMap) -> Result<Caller, Status> {
    let center = opened(vault)?;
    let Some(token) = bearer(headers) else {
        return Err(refusal(
            Reason::Token,
            "a token is needed; on the node's machine run: hospes token add NAME --role counselor",
        ));
    };
    let Some(caller) = find(&center, &TokenHash::of(token)).await? else {
        return Err(refusal(
            Reason::Token,
            "this token is not known or was removed; on the node's machine run: \
             hospes token add NAME --role counselor",
        ));
    };
    allow(&caller, path)?;
    Ok(caller)
}

/// The token of an `authorization: Bearer TOKEN` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get("authorization")?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whether the role is enough.
fn allow(caller: &Caller, path: &str) -> Result<(), Status> {
    let needed = role_for(path);
    if caller.role >= needed {
        return Ok(());
    }
    let (role, method) = (caller.role, path.rsplit('/').next().unwrap_or_default());
    Err(refusal(
        Reason::Role,
        format!("{method} needs the role {needed}, this token has the role {role}"),
    ))
}

/// The caller whose token has this hash. Notes the day.
async fn find(center: &Center, hash: &TokenHash) -> Result<Option<Caller>, Status> {
    let mut found = None;
    // All are compared, so that the time does not tell which one is near.
    let tokens = center.store.tokens().await.map_err(store_failed)?;
    for token in tokens.iter() {
        if hash.is(&token.digest) {
            found = Some(token);
        }
    }
    let Some(token) = found else { return Ok(None) };
    let role = token.role.parse().map_err(|error: UnknownRole| {
        refusal(Reason::Failed, format!("the token's role cannot be read: {error}"))
    })?;
    let now = clock::now();
    if token.last_used.map(day) != Some(day(now))
        && let Err(error) = center.store.token_used(hash.bytes(), now).await
    {
        tracing::warn!(%error, "the day of a token's use was not noted");
    }
    Ok(Some(Caller { name: token.name.clone(), role, token: Some(*hash) }))
}

fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::DAY)
}

/// What the local listener serves: the directory to those who have a token, and health.
pub fn local_routes(vault: Arc<Vault>) -> Routes {
    let guarded = Guard::new(directory(&vault), Arc::clone(&vault));
    let health = HealthServer::new(HealthService::new(vault));
    with_reflection(Routes::new(guarded).add_service(health), &[DIRECTORY])
}

/// What the admin socket serves: everything, to whoever can open it.
pub fn socket_routes(vault: Arc<Vault>) -> Routes {
    let routes = Routes::new(directory(&vault));
    let health = HealthServer::new(HealthService::new(Arc::clone(&vault)));
    let admin = AdminServer::new(AdminService::new(vault))
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE);
    with_reflection(routes.add_service(admin).add_service(health), &[DIRECTORY, ADMIN])
}

const DIRECTORY: &str = hospes_wire::local::directory_server::SERVICE_NAME;
const ADMIN: &str = hospes_wire::admin::admin_server::SERVICE_NAME;

fn directory(vault: &Arc<Vault>) -> DirectoryServer<DirectoryService> {
    DirectoryServer::new(DirectoryService::new(Arc::clone(vault)))
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE)
}

/// Adds the standard service that tells a tool what these services take.
fn with_reflection(routes: Routes, services: &[&'static str]) -> Routes {
    // Many tools know the version before the first only.
    match (reflection(services).build_v1(), reflection(services).build_v1alpha()) {
        (Ok(first), Ok(before)) => routes.add_service(first).add_service(before),
        (Err(error), _) | (_, Err(error)) => {
            // A tool for developers; nothing that people need depends on it.
            tracing::warn!(%error, "reflection is not served");
            routes
        }
    }
}

fn reflection(services: &[&'static str]) -> tonic_reflection::server::Builder<'static> {
    services.iter().fold(
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(hospes_wire::DESCRIPTORS),
        |builder, service| builder.with_service_name(*service),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use tonic::Code;

    use super::*;

    #[test]
    fn a_token_is_read_from_the_header() {
        for (header, expected) in [
            ("Bearer hospes_ab", Some("hospes_ab")),
            ("bearer  hospes_ab ", Some("hospes_ab")),
            ("Basic aGk6aG8=", None),
            ("Bearer", None),
            ("Bearer ", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", header.parse().unwrap());
            assert_eq!(bearer(&headers), expected, "{header:?}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[test]
    fn a_role_opens_its_methods_and_those_below() {
        for (method, counselor, coordinator) in [
            ("Search", true, true),
            ("Get", true, true),
            ("Watch", true, true),
            ("List", false, true),
            ("Status", true, true),
            ("Describe", true, true),
            ("FindTowns", true, true),
            ("Put", false, true),
            ("Edit", false, true),
            ("Confirm", false, true),
            ("Withdraw", false, true),
            ("Import", false, true),
            ("SomethingNew", false, false),
        ] {
            let path = format!("/hospes.local.v1.Directory/{method}");
            let may = |role| {
                let caller = Caller { name: "desk".to_owned(), role, token: None };
                allow(&caller, &path).map_err(|status| status.code())
            };
            let expected = |yes: bool| if yes { Ok(()) } else { Err(Code::PermissionDenied) };
            assert_eq!(may(Role::Counselor), expected(counselor), "{method}");
            assert_eq!(may(Role::Coordinator), expected(coordinator), "{method}");
            assert_eq!(may(Role::Admin), Ok(()), "{method}");
        }
    }

    #[test]
    fn tokens_differ_and_only_the_same_token_has_the_same_hash() {
        let (one, other) = (new_token(), new_token());
        assert_ne!(one, other);
        assert_eq!(one.len(), PREFIX.len() + 64);
        assert!(TokenHash::of(&one).is(&TokenHash::of(&one).bytes()));
        assert!(!TokenHash::of(&one).is(&TokenHash::of(&other).bytes()));
        assert!(!TokenHash::of(&one).is(&[]));
    }

    #[test]
    fn every_method_of_the_directory_has_a_role() {
        use prost::Message as _;
        // Only as much of a descriptor as is needed: files, services, methods, names.
        #[derive(prost::Message)]
        struct Files {
            #[prost(message, repeated, tag = "1")]
            files: Vec<File>,
        }
        #[derive(prost::Message)]
        struct File {
            #[prost(message, repeated, tag = "6")]
            services: Vec<Service>,
        }
        #[derive(prost::Message)]
        struct Service {
            #[prost(string, tag = "1")]
            name: String,
            #[prost(message, repeated, tag = "2")]
            methods: Vec<Method>,
        }
        #[derive(prost::Message)]
        struct Method {
            #[prost(string, tag = "1")]
            name: String,
        }
        let files = Files::decode(hospes_wire::DESCRIPTORS).unwrap().files;
        let directory = files.into_iter().flat_map(|file| file.services);
        let directory = directory.into_iter().find(|service| service.name == "Directory").unwrap();
        assert_eq!(directory.methods.len(), 12);
        for method in directory.methods {
            assert!(role_for(&method.name) < Role::Admin, "{} has no role", method.name);
        }
    }

    #[test]
    fn reflection_knows_the_services() {
        for services in [&[DIRECTORY][..], &[DIRECTORY, ADMIN]] {
            assert!(reflection(services).build_v1().is_ok());
            assert!(reflection(services).build_v1alpha().is_ok());
        }
    }

    #[test]
    fn a_role_is_read_by_its_word() {
        for role in [Role::Counselor, Role::Coordinator, Role::Admin] {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole("root".to_owned())));
    }
}
