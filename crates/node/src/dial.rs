//! Dialing peers: one task per peer with an address, with patience that grows and a little chance
//! in it, so that a network that comes back does not dial in step.

use std::sync::Arc;
use std::time::Duration;

use hospes_domain::CenterId;
use hospes_identity::tls;
use hospes_wire::{limits, peer};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;
use tonic::transport::Endpoint;

use crate::network::{Counterpart, Network};
use crate::{random, transport};

/// How long a connection may take, with its handshake.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the other side may take to open a stream on it.
const ANSWER: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// A link that lasted this long was a good one: dialing begins with the shortest wait again.
const LASTED: Duration = Duration::from_secs(10);

/// A peer to be dialed.
pub(crate) struct Dialer {
    pub(crate) center: CenterId,
    pub(crate) addresses: Vec<String>,
    pub(crate) config: Arc<rustls::ClientConfig>,
    pub(crate) network: Network,
}

impl Dialer {
    /// Keeps a link to the peer until the token is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut redials = self.network.redials();
        let mut wait = FIRST_WAIT;
        loop {
            for address in &self.addresses {
                // It may have dialed us meanwhile; one link is enough.
                while self.network.is_connected(&self.center) {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
                let began = tokio::time::Instant::now();
                let why = tokio::select! {
                    () = stop.cancelled() => return,
                    why = self.link(address) => why,
                };
                if began.elapsed() >= LASTED {
                    wait = FIRST_WAIT;
                }
                self.network.unreachable(self.center, why);
            }
            let chance = random::below(wait.as_millis() as u64 / 2 + 1);
            tokio::select! {
                () = stop.cancelled() => return,
                _ = redials.changed() => wait = FIRST_WAIT,
                () = tokio::time::sleep(wait / 2 + Duration::from_millis(chance)) => {
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Dials one address, runs the link, and says why it ended.
    async fn link(&self, address: &str) -> String {
        let met = Arc::new(std::sync::Mutex::new(None));
        let connector = {
            let (met, network) = (met.clone(), self.network.clone());
            let tls = TlsConnector::from(self.config.clone());
            let address = address.to_owned();
            tower::service_fn(move |_: tonic::codegen::http::Uri| {
                let (met, network) = (met.clone(), network.clone());
                let (tls, address) = (tls.clone(), address.clone());
                async move {
                    let tcp = TcpStream::connect(&address).await?;
                    transport::prepare(&tcp)?;
                    let stream = tls.connect(tls::server_name(), tcp).await?;
                    let chain = stream
                        .get_ref()
                        .1
                        .peer_certificates()
                        .and_then(tls::peer_of)
                        .ok_or_else(|| std::io::Error::other("it showed no certificate"))?;
                    let cut = network
                        .connections()
                        .register(&chain.center_id(), chain.epoch())
                        .ok_or_else(|| std::io::Error::other("it is not trusted any more"))?;
                    *met.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
                        Some((chain, cut));
                    Ok::<_, std::io::Error>(TokioIo::new(stream))
                }
            })
        };
        // The name is never resolved or sent: the connector knows the address.
        let endpoint = Endpoint::from_static("http://node.invalid")
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(20))
            .keep_alive_while_idle(true)
            .initial_stream_window_size(1024 * 1024)
            .initial_connection_window_size(2 * 1024 * 1024);
        let channel = match endpoint.connect_with_connector(connector).await {
            Ok(channel) => channel,
            Err(error) => return deepest(&error),
        };
        let met = met.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let Some((chain, cut)) = met else { return "the connection was not made".to_owned() };
        let counterpart = Counterpart { chain, dialed: true, cut: cut.clone() };
        let (mut link, outgoing) = self.network.prepare(counterpart);
        if let Err(why) = link.open().await {
            return why;
        }
        let mut client = peer::peer_client::PeerClient::new(channel)
            .max_decoding_message_size(limits::PEER_MESSAGE)
            .max_encoding_message_size(limits::PEER_MESSAGE);
        let answer = tokio::select! {
            () = cut.cancelled() => Err("cut"),
            answer = tokio::time::timeout(ANSWER, client.sync(outgoing)) => match answer {
                Err(_) => Err("connected, but it does not answer"),
                Ok(Ok(response)) => Ok(response.into_inner()),
                // In TLS 1.3 a client is done before the server has judged its certificate, so this
                // is how a refusal looks from here.
                Ok(Err(_)) => Err(
                    "connected, but it closed at once: it has probably not added this center yet",
                ),
            },
        };
        let why = match answer {
            Ok(incoming) => link.run(incoming).await,
            Err(why) => {
                link.end(why);
                why.to_owned()
            }
        };
        cut.cancel();
        why
    }
}

/// The innermost reason of an error: the outer ones only say that there was one.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
