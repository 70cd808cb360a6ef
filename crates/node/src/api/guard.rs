//! Who may call what on the local listener: the check of tokens and roles in front of a service.
//!
//! On the local listener every call of the directory carries a token; on the admin socket none is
//! needed.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hospes_desk::Reason;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tonic::server::NamedService;
use tower::Service;

use crate::desk::caller::{self, Caller, TokenHash};
use crate::desk::open::opened;
use crate::desk::refused::{Refused, refused};
use crate::vault::Vault;
use hospes_desk::Role;

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

/// Who made a request. The guard has put it in; on the admin socket there is none.
pub(super) fn caller_of<T>(request: &tonic::Request<T>) -> Caller {
    request.extensions().get::<Caller>().cloned().unwrap_or_else(Caller::on_socket)
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
                Err(refused) => Ok(Status::from(refused).into_http()),
            }
        })
    }
}

/// Finds out who calls and whether they may.
async fn admit(vault: &Vault, path: &str, headers: &HeaderMap) -> Result<Caller, Refused> {
    let center = opened(vault)?;
    let Some(token) = bearer(headers) else {
        return Err(refused(
            Reason::Token,
            "a token is needed; on the node's machine run: hospes token add NAME --role counselor",
        ));
    };
    let Some(caller) = caller::find(&center, &TokenHash::of(token)).await? else {
        return Err(refused(
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
fn allow(caller: &Caller, path: &str) -> Result<(), Refused> {
    let needed = role_for(path);
    if caller.role >= needed {
        return Ok(());
    }
    let (role, method) = (caller.role, path.rsplit('/').next().unwrap_or_default());
    Err(refused(
        Reason::Role,
        format!("{method} needs the role {needed}, this token has the role {role}"),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

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
                let caller = Caller::with_role(role);
                allow(&caller, &path).map_err(|refused| refused.reason)
            };
            let expected = |yes: bool| if yes { Ok(()) } else { Err(Reason::Role) };
            assert_eq!(may(Role::Counselor), expected(counselor), "{method}");
            assert_eq!(may(Role::Coordinator), expected(coordinator), "{method}");
            assert_eq!(may(Role::Admin), Ok(()), "{method}");
        }
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
}
