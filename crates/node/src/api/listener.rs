//! The local listener, where counselors' tools connect.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;

use super::routes::local_routes;
use crate::links::metered::{DeskToll, Metered};
use crate::vault::Vault;

/// Answers on it until the token is cancelled.
pub fn serve_local(vault: Arc<Vault>, listener: TcpListener, stop: CancellationToken) {
    tokio::spawn(async move {
        // Without it every small answer waits 40 ms for the acknowledgement of the one before. The
        // server's own setting goes only for listeners that it opened itself.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let incoming =
            incoming.map(|stream| Ok::<_, io::Error>(Metered::accepted(stream?, DeskToll::new())));
        let served = tonic::transport::Server::builder()
            .max_concurrent_streams(64)
            .add_routes(local_routes(vault))
            .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the local listener ended");
        }
    });
}
