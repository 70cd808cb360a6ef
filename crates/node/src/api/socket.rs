//! The admin socket: a unix socket in the data folder that only its owner can use.

use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tokio_util::sync::CancellationToken;

use super::routes::socket_routes;
use crate::vault::Vault;

/// Binds the socket. One that a dead process left behind is replaced.
pub async fn bind(path: &Path) -> io::Result<UnixListener> {
    if path.exists() {
        if UnixStream::connect(path).await.is_ok() {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another node is running on this data folder",
            ));
        }
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// The socket that the image of the node before has handed over.
pub fn resume(listener: std::os::unix::net::UnixListener) -> io::Result<UnixListener> {
    listener.set_nonblocking(true)?;
    UnixListener::from_std(listener)
}

/// The same socket for the image of the node that comes next.
pub fn hand_on(listener: &UnixListener) -> io::Result<std::os::unix::net::UnixListener> {
    Ok(listener.as_fd().try_clone_to_owned()?.into())
}

/// Serves the socket until the token is cancelled.
pub async fn serve(
    listener: UnixListener,
    vault: Arc<Vault>,
    stop: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    tonic::transport::Server::builder()
        .add_routes(socket_routes(vault))
        .serve_with_incoming_shutdown(UnixListenerStream::new(listener), stop.cancelled_owned())
        .await
}
