//! Dialing peers: one task per peer with an address, with patience that grows and a little chance
//! in it, so that a network that comes back does not dial in step.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hospes_domain::CenterId;
use hospes_identity::certificate::Earlier;
use hospes_identity::tls;
use hospes_identity::trust::{Doorkeeper, Refused, RefusedWhy};
use hospes_wire::{limits, peer};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;
use tonic::transport::Endpoint;

use crate::links::metered::Metered;
use crate::links::network::{Counterpart, Network};
use crate::links::transport;
use crate::machine::{clock, random};
use crate::trust::door::Door;

/// How long a connection may take, with its handshake.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the other side may take to open a stream on it.
const ANSWER: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// A link that lasted this long was a good one: dialing begins with the shortest wait again.
const LASTED: Duration = Duration::from_secs(10);

/// In TLS 1.3 a client is done before the server has judged its certificate, so this is how a refusal
/// looks from here.
const TURNED_AWAY: &str = "connected, but it closed at once: it has not added this center yet, or knows a higher epoch of it";

/// A peer to be dialed.
pub(crate) struct Dialer {
    pub(crate) center: CenterId,
    pub(crate) addresses: Vec<String>,
    pub(crate) config: Arc<rustls::ClientConfig>,
    /// The doorkeeper of `config`.
    pub(crate) met: Arc<Met>,
    pub(crate) network: Network,
}

/// The doorkeeper of what one dialer meets: keeps why somebody was not taken for the peer.
pub(crate) struct Met {
    door: Arc<Door>,
    refused: Mutex<Option<RefusedWhy>>,
}

impl Met {
    pub(crate) fn new(door: Arc<Door>) -> Self {
        Self { door, refused: Mutex::new(None) }
    }

    fn refused(&self) -> Option<RefusedWhy> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Doorkeeper for Met {
    fn turned_away(&self, refused: Refused) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(refused.why.clone());
        self.door.turned_away(refused);
    }

    fn epoch_seen(&self, center: CenterId, epoch: u32, earlier: Earlier) {
        self.door.epoch_seen(center, epoch, earlier);
    }
}

impl Dialer {
    /// Keeps a link to the peer until the token is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut redials = self.network.redials();
        let mut wait = FIRST_WAIT;
        loop {
            let mut reasons: Vec<String> = Vec::new();
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
                reasons.push(format!("{address}: {why}"));
            }
            let chance = random::below(wait.as_millis() as u64 / 2 + 1);
            let pause = wait / 2 + Duration::from_millis(chance);
            let next = clock::now().plus(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
            self.network.unreachable(self.center, reasons.join("; "), next);
            tokio::select! {
                () = stop.cancelled() => return,
                _ = redials.changed() => wait = FIRST_WAIT,
                () = tokio::time::sleep(pause) => {
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Dials one address, runs the link, and says why it ended.
    async fn link(&self, address: &str) -> String {
        let met = Arc::new(Mutex::new(None));
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
                    let chain = tls::peer_of(stream.get_ref().1).ok_or_else(|| {
                        io::Error::other("it showed no certificate, or speaks another protocol")
                    })?;
                    let center = chain.center_id();
                    let cut = network
                        .connections()
                        .register(&center, chain.epoch())
                        .ok_or_else(|| io::Error::other("it is not trusted any more"))?;
                    *met.lock().unwrap_or_else(PoisonError::into_inner) = Some((chain, cut));
                    let toll = network.toll(center);
                    Ok::<_, io::Error>(TokioIo::new(Metered::dialed(stream, toll)))
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
        let channel = endpoint.connect_with_connector(connector).await;
        let met = met.lock().unwrap_or_else(PoisonError::into_inner).take();
        let channel = match channel {
            Ok(channel) => channel,
            Err(_) if met.is_some() => return TURNED_AWAY.to_owned(),
            Err(error) => return self.met.refused().map_or_else(|| why(&error), not_taken),
        };
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
                Ok(Err(_)) => Err(TURNED_AWAY),
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

/// Why whoever answered was not taken for the peer.
fn not_taken(why: RefusedWhy) -> String {
    match why {
        RefusedWhy::NotExpected { .. } => {
            "another center answers; is the address right?".to_owned()
        }
        RefusedWhy::OldEpoch { .. } => format!("an old node of this center answers: {why}"),
        RefusedWhy::Unknown | RefusedWhy::Suspended => why.to_string(),
    }
}

/// Why there is no connection, in words for an admin who looks for what to mend.
fn why(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    loop {
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            // What TLS says is wrapped, and the wrapping does not name it as its source.
            let tls = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
            return tls.map_or_else(|| of_socket(error), of_handshake);
        }
        match inner.source() {
            Some(source) => inner = source,
            None => return inner.to_string(),
        }
    }
}

fn of_socket(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused => "nothing listens there; does its node run, is the port right?",
        Kind::TimedOut => "no answer; is the address right, is there a firewall?",
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => {
            "no way leads there; is this machine on the network?"
        }
        Kind::ConnectionReset | Kind::UnexpectedEof | Kind::BrokenPipe => {
            "it hung up in the handshake; is it a node of this version?"
        }
        _ if error.to_string().contains("lookup") => "no name server knows this name",
        _ => return error.to_string(),
    }
    .to_owned()
}

fn of_handshake(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(_) | rustls::Error::PeerIncompatible(_) => {
            "what answers is no node's port for peers; is the port right?".to_owned()
        }
        rustls::Error::InvalidCertificate(_) => {
            "what answers shows no certificate of a node; is the address right?".to_owned()
        }
        rustls::Error::AlertReceived(_) => TURNED_AWAY.to_owned(),
        error => error.to_string(),
    }
}
