//! Links to peers: what the rest of the node may ask of them, and the tasks that read and write
//! them. What is said on them is the sync engine's business; see [`crate::replication::driver`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use hospes_domain::{CenterId, NodeId, Timestamp};
use hospes_identity::certificate::Chain;
use hospes_sync::LinkId;
use hospes_sync::frame::Frame;
use hospes_wire::peer;
use prost::Message as _;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use crate::links::connections::Connections;
use crate::links::frames;
use crate::links::memory::{Hold, Memory, Scarce};
use crate::links::metered::Toll;
use crate::links::outgoing;
use crate::links::outgoing::{Outgoing, Queue};
use crate::trust::budget::{Budgets, Pause};

/// Frames that may wait between a link's reader and the engine: a slow engine slows the sender.
const FRAMES_WAITING: usize = 32;
/// Encoded frames that may wait for the transport.
const ENCODED_WAITING: usize = 2;
/// How long the other side of a new link may take for its first frame.
const GREETING: Duration = Duration::from_secs(10);
/// What a new link counts for besides what is said on it: it takes a handshake, and a walk through
/// the catalogue.
const NEW_LINK: usize = 1024 * 1024;
/// What a frame counts for besides its bytes, of changes too: it is looked at by the one task that all
/// links share.
const FRAME: usize = 768;
/// What each frame of HTTP/2 counts for, of which some are all that a link says.
const TRANSPORT_FRAME: usize = 256;
/// What a roster counts for besides its bytes: signatures, and a walk through the catalogue.
const ROSTER: usize = 1024 * 1024;
/// The same for statements of whom centers have added: signatures, and a walk along them.
const VOUCHES: usize = 256 * 1024;
/// Bytes that a change takes in memory besides its weight.
const CHANGE: usize = 256;

/// How a peer's link stands, or stood when it was last open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStatus {
    /// The center.
    pub center: CenterId,
    /// Its node, once it was met.
    pub node: Option<NodeId>,
    /// Whether the link is open.
    pub connected: bool,
    /// Whether both sides hold the same and nothing is under way.
    pub in_sync: bool,
    /// Changes of ours that it has not confirmed; an upper bound.
    pub behind: u64,
    /// When something last came from it.
    pub last_contact: Option<Timestamp>,
    /// What it says that it runs.
    pub software: String,
    /// Its clock minus ours in milliseconds.
    pub clock_skew_ms: i64,
    /// Why the last attempt or link ended.
    pub last_error: String,
    /// When it is dialed again, while there is no link.
    pub next_try: Option<Timestamp>,
}

impl LinkStatus {
    /// A center of which nothing was seen yet.
    pub fn unseen(center: CenterId) -> Self {
        Self {
            center,
            node: None,
            connected: false,
            in_sync: false,
            behind: 0,
            last_contact: None,
            software: String::new(),
            clock_skew_ms: 0,
            last_error: String::new(),
            next_try: None,
        }
    }
}

/// Who is at the other end of a link.
#[derive(Debug, Clone)]
pub struct Counterpart {
    /// Its certificates, as the handshake proved them.
    pub chain: Chain,
    /// Whether this side dialed.
    pub dialed: bool,
    /// Cancelled when the link has to end at once.
    pub cut: CancellationToken,
}

/// What links and others tell the driver.
pub(crate) enum Event {
    Opened {
        link: LinkId,
        counterpart: Counterpart,
        outgoing: Outgoing,
    },
    Closed {
        link: LinkId,
        why: String,
    },
    Unreachable {
        center: CenterId,
        why: String,
        next_try: Timestamp,
    },
    EndedEarly {
        center: CenterId,
        why: String,
    },
    RosterChanged,
    AlarmsChanged,
    /// There is no memory left for what comes from peers.
    Crowded,
}

/// A frame that came over a link, with the memory that it takes.
pub(crate) type Arrival = (LinkId, Frame, Hold);

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Network {
    events: mpsc::UnboundedSender<Event>,
    frames: mpsc::Sender<Arrival>,
    status: Arc<ArcSwap<Vec<LinkStatus>>>,
    connections: Connections,
    budgets: Budgets,
    memory: Memory,
    next: Arc<AtomicU64>,
    redial: watch::Sender<u64>,
}

/// The driver's ends.
pub(crate) struct DriverEnds {
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    pub(crate) frames: mpsc::Receiver<Arrival>,
    pub(crate) status: Arc<ArcSwap<Vec<LinkStatus>>>,
    pub(crate) budgets: Budgets,
}

impl Network {
    pub(crate) fn new(connections: Connections, budgets: Budgets) -> (Self, DriverEnds) {
        let (events, event_queue) = mpsc::unbounded_channel();
        let (frames, frame_queue) = mpsc::channel(FRAMES_WAITING);
        let status: Arc<ArcSwap<Vec<LinkStatus>>> = Arc::default();
        let network = Self {
            events,
            frames,
            status: status.clone(),
            connections,
            budgets,
            memory: Memory::default(),
            next: Arc::new(AtomicU64::new(1)),
            redial: watch::Sender::new(0),
        };
        let budgets = network.budgets.clone();
        (network, DriverEnds { events: event_queue, frames: frame_queue, status, budgets })
    }

    /// How the links stand, one entry per center that was ever met or dialed.
    pub fn links(&self) -> Vec<LinkStatus> {
        self.status.load().as_ref().clone()
    }

    /// Whether a link to a center is open.
    pub fn is_connected(&self, center: &CenterId) -> bool {
        self.status.load().iter().any(|link| link.center == *center && link.connected)
    }

    /// Whether changes of a center have to wait at present, why, and for how long.
    pub fn pause(&self, center: &CenterId) -> Option<Pause> {
        self.budgets.pause(center, Instant::now())
    }

    /// Cuts every connection of a center now, and says how many there were.
    pub fn cut(&self, center: &CenterId) -> u32 {
        self.connections.cut(center)
    }

    /// The open connections.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The centers that we accept are others now: the engine is told, and dialing begins anew.
    pub fn roster_changed(&self) {
        let _ = self.events.send(Event::RosterChanged);
        self.redial.send_modify(|times| *times += 1);
    }

    /// There are other alarms now: the engine is told, which tells peers.
    pub(crate) fn alarms_changed(&self) {
        let _ = self.events.send(Event::AlarmsChanged);
    }

    /// Changes whenever dialing should begin anew at once.
    pub(crate) fn redials(&self) -> watch::Receiver<u64> {
        self.redial.subscribe()
    }

    /// A center could not be reached, or a link to it ended; it is dialed again at `next_try`.
    pub(crate) fn unreachable(&self, center: CenterId, why: String, next_try: Timestamp) {
        let _ = self.events.send(Event::Unreachable { center, why, next_try });
    }

    /// A connection of a center had an end before there was a link on it.
    pub(crate) fn ended_early(&self, center: CenterId, why: String) {
        let _ = self.events.send(Event::EndedEarly { center, why });
    }

    /// Whom the frames of a center's connection are charged to.
    pub(crate) fn toll(&self, center: CenterId) -> PeerToll {
        PeerToll { budgets: self.budgets.clone(), center }
    }

    /// Unpacks a frame, once there is memory for it and its center may be heard.
    async fn take_in(
        &self,
        link: LinkId,
        center: CenterId,
        frame: peer::Frame,
        cut: &CancellationToken,
    ) -> Result<Arrival, frames::InvalidFrame> {
        let size = frame.encoded_len();
        let talk = match &frame.body {
            // Changes are counted when the ledger gets them.
            Some(peer::frame::Body::Changes(_)) => FRAME,
            Some(peer::frame::Body::Roster(_)) => ROSTER + size,
            Some(peer::frame::Body::Vouches(_)) => VOUCHES + size,
            _ => FRAME + size,
        };
        self.heard(center, talk, cut).await;
        let scarce = |which| {
            if which == Scarce::Ceiling {
                let _ = self.events.send(Event::Crowded);
            }
        };
        let mut hold = self.memory.take(center, size + frames::unpacked(&frame), scarce).await;
        let frame = frames::from_wire(frame)?;
        if let Frame::Changes(changes) = &frame {
            hold.resize(changes.changes.iter().map(|change| CHANGE + change.weight()).sum());
        }
        Ok((link, frame, hold))
    }

    /// Waits until a center may be heard that has something to say besides changes; false when its
    /// link was cut meanwhile.
    async fn heard(&self, center: CenterId, bytes: usize, cut: &CancellationToken) -> bool {
        let Some(wait) = self.budgets.talk(center, bytes, Instant::now()) else { return true };
        tokio::select! {
            biased;
            () = cut.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    /// Prepares a link: what comes out of the stream goes to the other side.
    pub(crate) fn prepare(&self, counterpart: Counterpart) -> (Link, ReceiverStream<peer::Frame>) {
        let (encoded, stream) = mpsc::channel(ENCODED_WAITING);
        let (outgoing, queue) = outgoing::queue();
        tokio::spawn(write(queue, encoded, counterpart.cut.clone()));
        let link = Link {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            counterpart,
            outgoing: Some(outgoing),
            network: self.clone(),
        };
        (link, ReceiverStream::new(stream))
    }
}

/// Charges the frames of a connection to the center at its other end.
pub(crate) struct PeerToll {
    budgets: Budgets,
    center: CenterId,
}

impl Toll for PeerToll {
    fn charge(&mut self, frames: usize) -> Option<Duration> {
        let talk = frames.saturating_mul(TRANSPORT_FRAME);
        self.budgets.talk(self.center, talk, Instant::now())
    }
}

/// A link that is ready to run.
pub(crate) struct Link {
    id: LinkId,
    counterpart: Counterpart,
    /// Until the engine has it.
    outgoing: Option<Outgoing>,
    network: Network,
}

impl Link {
    /// Lets the engine begin: our greeting need not wait until the other side has answered. Says why
    /// when it cannot.
    pub(crate) async fn open(&mut self) -> Result<(), String> {
        let Some(outgoing) = self.outgoing.take() else { return Ok(()) };
        let counterpart = self.counterpart.clone();
        let center = counterpart.chain.center_id();
        if !self.network.heard(center, NEW_LINK, &counterpart.cut).await {
            return Err("cut".to_owned());
        }
        let opened = Event::Opened { link: self.id, counterpart, outgoing };
        self.network.events.send(opened).map_err(|_| "the node is closing".to_owned())
    }

    /// Ends a link that did not come to run.
    pub(crate) fn end(self, why: &str) {
        if self.outgoing.is_none() {
            self.counterpart.cut.cancel();
            let _ = self.network.events.send(Event::Closed { link: self.id, why: why.to_owned() });
        }
    }

    /// Reads the link until it ends, and says why it ended.
    pub(crate) async fn run(mut self, mut incoming: tonic::Streaming<peer::Frame>) -> String {
        if let Err(why) = self.open().await {
            return why;
        }
        let Self { id, counterpart, network, .. } = self;
        let (cut, center) = (counterpart.cut.clone(), counterpart.chain.center_id());
        let mut greeting = Some(GREETING);
        let why = loop {
            let message = tokio::select! {
                biased;
                () = cut.cancelled() => break "cut".to_owned(),
                () = late(greeting) => break "it did not greet in time".to_owned(),
                message = incoming.message() => message,
            };
            greeting = None;
            let frame = match message {
                Ok(Some(frame)) => frame,
                Ok(None) => break "the other side ended the link".to_owned(),
                Err(status) => break reason(&status),
            };
            let arrival = tokio::select! {
                biased;
                () = cut.cancelled() => break "cut".to_owned(),
                arrival = network.take_in(id, center, frame, &cut) => arrival,
            };
            let arrival = match arrival {
                Ok(arrival) => arrival,
                Err(error) => break error.to_string(),
            };
            let delivered = tokio::select! {
                biased;
                () = cut.cancelled() => break "cut".to_owned(),
                delivered = network.frames.send(arrival) => delivered,
            };
            if delivered.is_err() {
                break "the node is closing".to_owned();
            }
        };
        cut.cancel();
        let _ = network.events.send(Event::Closed { link: id, why: why.clone() });
        why
    }
}

/// Waits for this long, or for ever.
async fn late(after: Option<Duration>) {
    match after {
        Some(after) => tokio::time::sleep(after).await,
        None => std::future::pending().await,
    }
}

/// What a broken stream means, in words for an admin.
fn reason(status: &tonic::Status) -> String {
    match status.code() {
        tonic::Code::OutOfRange => "a frame larger than any may be".to_owned(),
        code => format!("the link broke: {code:?} {}", status.message()),
    }
}

async fn write(mut queue: Queue, encoded: mpsc::Sender<peer::Frame>, cut: CancellationToken) {
    while let Some(frame) = queue.next().await {
        let frame = frames::to_wire(frame);
        tokio::select! {
            biased;
            () = cut.cancelled() => return,
            sent = encoded.send(frame) => if sent.is_err() { return },
        }
    }
}
