//! The peer port: our own accept loop, because identity is decided in the handshake and every
//! connection must be one that we can cut.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hospes_identity::certificate::Chain;
use hospes_identity::tls;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::links::handshakes::Handshakes;
use crate::links::metered::Metered;
use crate::links::network::Network;
use crate::links::transport;

/// Handshakes that may be under way at once. Each takes a file descriptor and a few kilobytes.
const HANDSHAKES: usize = 256;
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a connection may be open without a stream on it.
const WITHOUT_STREAM: Duration = Duration::from_secs(10);
/// Sizes of HTTP/2 windows: a promise of memory to every peer.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 2 * 1024 * 1024;

/// A peer that was let in, on one connection.
pub struct Admitted {
    /// Who it is.
    pub chain: Chain,
    /// Cuts the connection.
    pub cut: CancellationToken,
    /// Set when there was a stream.
    pub used: watch::Sender<bool>,
}

/// Accepts peers until the token is cancelled. What each may ask on its connection `routes` says.
pub(crate) async fn run(
    listener: TcpListener,
    config: Arc<rustls::ServerConfig>,
    network: Network,
    routes: Arc<impl Fn(Admitted) -> Routes + Send + Sync + 'static>,
    stop: CancellationToken,
) {
    let acceptor = TlsAcceptor::from(config);
    let handshakes = Handshakes::new(HANDSHAKES);
    loop {
        let (stream, from) = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => (stream, from.ip()),
                Err(error) => {
                    // Out of file descriptors, most likely: others will close theirs.
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        if let Err(error) = transport::prepare(&stream) {
            // It has ended already.
            tracing::debug!(%error, "could not set up a connection");
            continue;
        }
        let handshake = shake_hands(acceptor.clone(), stream, from, &handshakes);
        let (network, routes, stop) = (network.clone(), routes.clone(), stop.clone());
        tokio::spawn(async move {
            if let Some(stream) = handshake.await {
                serve(stream, &network, &*routes, stop).await;
            }
        });
    }
}

/// Begins a handshake. The answer comes when the other side has proved who it is, in time and
/// before the handshake was given up for another.
fn shake_hands(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    from: IpAddr,
    handshakes: &Handshakes,
) -> impl Future<Output = Option<TlsStream<TcpStream>>> + Send + use<> {
    let handshake = handshakes.begin(from);
    async move {
        tokio::select! {
            () = handshake.given_up() => None,
            done = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)) => done.ok()?.ok(),
        }
    }
}

async fn serve(
    stream: TlsStream<TcpStream>,
    network: &Network,
    routes: &impl Fn(Admitted) -> Routes,
    stop: CancellationToken,
) {
    let Some(chain) = tls::peer_of(stream.get_ref().1) else {
        return;
    };
    let center = chain.center_id();
    let Some(cut) = network.connections().register(&center, chain.epoch()) else {
        return;
    };
    let used = watch::Sender::new(false);
    let unused = abandoned(used.subscribe());
    let is_used = used.subscribe();
    let routes = routes(Admitted { chain, cut: cut.clone(), used });
    let routes = TowerToHyperService::new(routes.prepare());
    let mut http = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(8)
        .max_frame_size(64 * 1024)
        .max_header_list_size(8 * 1024)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    let stream = Metered::accepted(stream, network.toll(center));
    let connection = http.serve_connection(TokioIo::new(stream), routes);
    tokio::pin!(connection, unused);
    let early = tokio::select! {
        ended = &mut connection => match ended {
            Ok(()) => "it hung up before there was a link".to_owned(),
            Err(error) => format!("the connection broke before there was a link: {error}"),
        },
        // Dropping the connection closes the socket with whatever was on its way.
        () = cut.cancelled() => String::new(),
        () = &mut unused => format!("it opened no link within {} s", WITHOUT_STREAM.as_secs()),
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(Duration::from_secs(2), connection).await;
            String::new()
        }
    };
    // What ends later the link tells.
    if !early.is_empty() && !*is_used.borrow() {
        network.ended_early(center, early);
    }
    cut.cancel();
}

/// Waits until a connection was open for too long without a stream on it.
async fn abandoned(mut used: watch::Receiver<bool>) {
    let used = used.wait_for(|used| *used);
    if tokio::time::timeout(WITHOUT_STREAM, used).await.is_ok() {
        std::future::pending().await
    }
}
