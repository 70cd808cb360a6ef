//! What a peer may ask on its connection.

use std::pin::Pin;
use std::sync::Weak;

use hospes_desk::Reason;
use hospes_wire::{limits, peer};
use tokio_stream::{Stream, StreamExt as _};
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use crate::center::Center;
use crate::desk::refused::refused;
use crate::links::accept::Admitted;
use crate::links::network::Counterpart;

/// What is answered on the connection of this peer.
pub fn routes(center: Weak<Center>, admitted: Admitted) -> Routes {
    let server = peer::peer_server::PeerServer::new(PeerService { center, admitted })
        .max_decoding_message_size(limits::PEER_MESSAGE)
        .max_encoding_message_size(limits::PEER_MESSAGE);
    Routes::new(server)
}

struct PeerService {
    /// Not held: a connection must not keep a sealed database open.
    center: Weak<Center>,
    admitted: Admitted,
}

#[tonic::async_trait]
impl peer::peer_server::Peer for PeerService {
    type SyncStream = Pin<Box<dyn Stream<Item = Result<peer::Frame, Status>> + Send>>;

    async fn sync(
        &self,
        request: Request<Streaming<peer::Frame>>,
    ) -> Result<Response<Self::SyncStream>, Status> {
        let closing = || refused(Reason::Unavailable, "the node is closing");
        let center = self.center.upgrade().ok_or_else(closing)?;
        let Admitted { chain, cut, used } = &self.admitted;
        let counterpart =
            Counterpart { chain: chain.clone(), dialed: false, cut: cut.child_token() };
        let (link, outgoing) = center.network.prepare(counterpart);
        used.send_replace(true);
        let cut = cut.clone();
        tokio::spawn(async move {
            link.run(request.into_inner()).await;
            // There is one stream on a connection, and it is of no use without it.
            cut.cancel();
        });
        Ok(Response::new(Box::pin(outgoing.map(Ok))))
    }
}
