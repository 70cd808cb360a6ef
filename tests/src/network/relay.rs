//! Wires for kernels without netem: every packet of every wire passes through here, wrapped in
//! VXLAN (RFC 7348), and is passed on after the wire's delay, or not at all.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result};
use hospes_stage::host::Host;
use rand::Rng as _;
use rand::rngs::StdRng;
use rustix::net::sockopt::set_socket_recv_buffer_size;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::packet::{complete, wire_of};
use super::{BUFFER, Quality, other_end};
use crate::records::{dice, seed};

/// The port of VXLAN.
pub(super) const PORT: u16 = 4789;

/// What the relay stands between.
#[derive(Debug)]
pub(super) struct Ends {
    /// Per host the relay's own address towards it, and the host's address towards the relay.
    pub(super) hosts: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// The hosts at both ends of each wire.
    pub(super) wires: Vec<(usize, usize)>,
}

/// Wire and the host that sends.
type Direction = (usize, usize);

type Qualities = Arc<Mutex<BTreeMap<Direction, Quality>>>;

/// The relay, on a thread of its own; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Relay {
    qualities: Qualities,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Relay {
    pub(super) fn start(host: &Host, ends: Ends) -> Result<Self> {
        let qualities = Qualities::default();
        let bind = |(own, _): &(Ipv4Addr, Ipv4Addr)| {
            let socket = UdpSocket::bind((*own, PORT))?;
            set_socket_recv_buffer_size(&socket, BUFFER)?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        };
        let bound = host.within(|| ends.hosts.iter().map(bind).collect::<std::io::Result<_>>());
        let sockets: Vec<UdpSocket> = bound?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let seed = seed(20_261_125);
        let (stop, stopped) = oneshot::channel();
        let shared = qualities.clone();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    passed = pass_all(sockets, ends, shared, seed) => {
                        if let Err(error) = passed {
                            eprintln!("the relay ended: {error:#}");
                        }
                    }
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { qualities, thread: Some((stop, thread)) })
    }

    /// Sets what a wire does to packets that one of its hosts sends.
    pub(super) fn set(&self, wire: usize, from: usize, quality: Quality) -> Result<()> {
        let mut qualities = self.qualities.lock().unwrap_or_else(PoisonError::into_inner);
        qualities.insert((wire, from), quality);
        let (_, thread) = self.thread.as_ref().context("the relay was stopped")?;
        anyhow::ensure!(!thread.is_finished(), "the relay has ended");
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

/// A packet and when it arrives.
type Passing = (Instant, Vec<u8>);

async fn pass_all(
    sockets: Vec<UdpSocket>,
    ends: Ends,
    qualities: Qualities,
    seed: u64,
) -> Result<()> {
    let sockets = sockets.into_iter().map(tokio::net::UdpSocket::from_std);
    let sockets: Vec<_> = sockets.map(|socket| socket.map(Arc::new)).collect::<Result<_, _>>()?;
    // One queue per direction: packets of a wire do not overtake each other.
    let mut queues: BTreeMap<Direction, mpsc::UnboundedSender<Passing>> = BTreeMap::new();
    let mut tasks = tokio::task::JoinSet::new();
    for (wire, hosts) in ends.wires.iter().enumerate() {
        for from in [hosts.0, hosts.1] {
            let to = other_end(*hosts, from).context("a wire with one end")?;
            let (_, far) = ends.hosts.get(to).context("a wire to nowhere")?;
            let socket = sockets.get(to).context("a wire to nowhere")?.clone();
            let (queue, waiting) = mpsc::unbounded_channel();
            queues.insert((wire, from), queue);
            tasks.spawn(deliver(waiting, socket, SocketAddr::from((*far, PORT))));
        }
    }
    for (from, socket) in sockets.into_iter().enumerate() {
        let dice = dice(seed.wrapping_add(from as u64));
        tasks.spawn(take(from, socket, queues.clone(), qualities.clone(), dice));
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

/// Takes what a host sends, loses some of it, and puts the rest on its way.
async fn take(
    from: usize,
    socket: Arc<tokio::net::UdpSocket>,
    queues: BTreeMap<Direction, mpsc::UnboundedSender<Passing>>,
    qualities: Qualities,
    mut dice: StdRng,
) -> Result<()> {
    let mut buffer = vec![0; 4 * 1024];
    loop {
        let (length, _) = socket.recv_from(&mut buffer).await?;
        let packet = buffer.get_mut(..length).unwrap_or_default();
        let Some(direction) = wire_of(packet).map(|wire| (wire, from)) else { continue };
        let Some(queue) = queues.get(&direction) else { continue };
        let quality = {
            let qualities = qualities.lock().unwrap_or_else(PoisonError::into_inner);
            qualities.get(&direction).copied().unwrap_or(Quality::PERFECT)
        };
        if dice.random_range(0..100) >= quality.loss {
            // What is neither TCP nor UDP over IPv4 has no checksum that is missing.
            let _ = complete(packet);
            queue.send((Instant::now() + quality.delay, packet.to_vec()))?;
        }
    }
}

async fn deliver(
    mut waiting: mpsc::UnboundedReceiver<Passing>,
    socket: Arc<tokio::net::UdpSocket>,
    to: SocketAddr,
) -> Result<()> {
    while let Some((due, packet)) = waiting.recv().await {
        sleep_until(due).await;
        socket.send_to(&packet, to).await?;
    }
    Ok(())
}
