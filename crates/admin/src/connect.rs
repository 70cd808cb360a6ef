//! The way to the node: its admin socket on this machine, or its local listener with a token.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hospes_wire::admin::admin_client::AdminClient;
use hospes_wire::limits::LOCAL_MESSAGE;
use hospes_wire::local::directory_client::DirectoryClient;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::args::Global;
use crate::failure::{Exit, Failure};

/// The admin service; only on the admin socket.
pub type Admin = AdminClient<Channel>;

/// The directory, on the admin socket or on the local listener.
pub type Directory = DirectoryClient<InterceptedService<Channel, Bearer>>;

/// Adds the token of a counselor to every call, where there is one.
#[derive(Clone, Default)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// Connects to the admin service of the node on this machine.
pub async fn admin(global: &Global) -> Result<Admin, Failure> {
    if global.api.is_some() && global.data_is_default() {
        return Err(Failure::new(
            Exit::NotAllowed,
            "this command needs the admin socket, which is on the node's own machine",
        )
        .try_next("run it on the node's machine, without --api and HOSPES_API"));
    }
    let channel = socket(&global.data).await?;
    Ok(AdminClient::new(channel)
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE))
}

/// Connects to the directory: over the local listener if `--api` or `HOSPES_API` is set, else over
/// the admin socket.
pub async fn directory(global: &Global) -> Result<Directory, Failure> {
    let (channel, bearer) = match &global.api {
        Some(api) => (listener(api).await?, bearer(global.token.as_deref())?),
        None => (socket(&global.data).await?, Bearer::default()),
    };
    Ok(DirectoryClient::with_interceptor(channel, bearer)
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE))
}

fn bearer(token: Option<&str>) -> Result<Bearer, Failure> {
    let token = token.map(str::trim).filter(|token| !token.is_empty()).ok_or_else(|| {
        Failure::new(Exit::NotAllowed, "the node's local listener asks for a token").try_next(
            "export HOSPES_TOKEN=... (an admin makes one: hospes token add NAME --role counselor)",
        )
    })?;
    let mut value: MetadataValue<Ascii> = format!("Bearer {token}")
        .parse()
        .map_err(|_| Failure::refused("the token has characters that no token has"))?;
    value.set_sensitive(true);
    Ok(Bearer(Some(value)))
}

async fn socket(data: &Path) -> Result<Channel, Failure> {
    let path = data.join("admin.sock");
    // The transport hides why a connection failed, so look before it does.
    match UnixStream::connect(&path).await {
        Ok(_) => {}
        Err(error) => return Err(no_socket(&path, error.kind())),
    }
    let endpoint = Endpoint::from_static("http://hospes.invalid");
    let connect = tower::service_fn(move |_| {
        let path: PathBuf = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    });
    endpoint.connect_with_connector(connect).await.map_err(|error| {
        Failure::new(Exit::Unreachable, format!("the node does not answer on its socket: {error}"))
            .try_next("systemctl status hospes-node")
    })
}

fn no_socket(path: &Path, kind: ErrorKind) -> Failure {
    let shown = path.display();
    match kind {
        ErrorKind::PermissionDenied => Failure::new(
            Exit::NotAllowed,
            format!("this user may not use the admin socket {shown}"),
        )
        .try_next("sudo -u hospes hospes ..."),
        ErrorKind::NotFound => Failure::new(
            Exit::Unreachable,
            format!("there is no node at {shown}: it is not running, or its data is elsewhere"),
        )
        .try_next("systemctl status hospes-node")
        .try_next("hospes --data DIR ... (or HOSPES_DATA), if the data is elsewhere")
        .try_next("HOSPES_API=http://127.0.0.1:7440 and HOSPES_TOKEN, if you are not on the node"),
        _ => Failure::new(
            Exit::Unreachable,
            format!("nobody answers on {shown}: the node has stopped"),
        )
        .try_next("systemctl start hospes-node")
        .try_next("journalctl -u hospes-node -n 50"),
    }
}

async fn listener(api: &str) -> Result<Channel, Failure> {
    let refused =
        || Failure::refused(format!("{api:?} is not an address such as http://127.0.0.1:7440"));
    let rest = api.strip_prefix("http://").ok_or_else(refused)?;
    if !is_loopback(rest) {
        return Err(Failure::refused(format!(
            "{api} is another machine, and over http:// everybody on the way could read the token"
        ))
        .try_next("ssh -N -L 7440:127.0.0.1:7440 you@node, then --api http://127.0.0.1:7440"));
    }
    let endpoint = Endpoint::from_shared(api.to_owned()).map_err(|_| refused())?;
    endpoint.connect().await.map_err(|_| {
        Failure::new(Exit::Unreachable, format!("nobody answers at {api}"))
            .try_next("systemctl status hospes-node (on the node)")
            .try_next("hospes status (on the node): a sealed node has no local listener")
    })
}

/// Whether an address without its scheme names this machine.
fn is_loopback(address: &str) -> bool {
    let authority = address.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_token_goes_to_this_machine_only() {
        for (address, expected) in [
            ("127.0.0.1:7440", true),
            ("localhost:7440/", true),
            ("[::1]:7440", true),
            ("192.0.2.7:7440", false),
            ("node.example.org:7440", false),
            ("127.0.0.1.example.org:7440", false),
            ("localhost@192.0.2.7:7440", false),
        ] {
            assert_eq!(is_loopback(address), expected, "{address}");
        }
    }

    #[test]
    fn a_missing_token_is_explained() {
        let failure = bearer(None).err().unwrap();
        assert_eq!(failure.exit, Exit::NotAllowed);
        assert!(failure.next[0].contains("HOSPES_TOKEN"));
        assert!(bearer(Some("abc\n def")).is_err());
        assert!(bearer(Some(" abc ")).is_ok());
    }

    #[test]
    fn a_socket_that_is_not_there_says_what_to_do() {
        let failure = no_socket(Path::new("/var/lib/hospes/admin.sock"), ErrorKind::NotFound);
        assert_eq!(failure.exit, Exit::Unreachable);
        assert_eq!(failure.next[0], "systemctl status hospes-node");
        let failure = no_socket(Path::new("/x/admin.sock"), ErrorKind::PermissionDenied);
        assert_eq!(failure.exit, Exit::NotAllowed);
    }
}
