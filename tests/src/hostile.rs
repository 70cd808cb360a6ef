//! A center that does not keep the rules: it has real keys and certificates, speaks the peer
//! protocol by hand, and signs whatever it likes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hospes_document::Document;
use hospes_domain::edit::Edit;
use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp, Value};
use hospes_identity::certificate::{CenterFile, Chain, Earlier};
use hospes_identity::trust::{Doorkeeper, Refused, Trust, TrustSet, Trusted};
use hospes_identity::{CenterKey, Credentials, NodeKey, RecoveryPhrase, tls};
use hospes_node::links::frames;
use hospes_stage::stage::Center;
use hospes_sync::frame::{Changes, Frame, Hello, Introduction};
use hospes_sync::vouch::Vouch;
use hospes_sync::{Author, Body, Roster, SignedChange, change};
use hospes_wire::{limits, peer};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Endpoint;

/// How long a node may take to answer a frame.
const ANSWER: Duration = Duration::from_secs(30);

/// A center with one node, whose keys are in our hands.
#[derive(Debug)]
pub struct Persona {
    phrase: RecoveryPhrase,
    credentials: Credentials,
}

impl Persona {
    /// A center that nobody has heard of.
    pub fn invent() -> Result<Self> {
        Self::of(RecoveryPhrase::generate()?, 1, Earlier::Honored)
    }

    /// Another node of a center on the stage: what somebody can do who found its recovery phrase.
    pub fn of_center(center: &Center) -> Result<Self> {
        let path = center.card.with_extension("phrase");
        let words = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        Self::of(RecoveryPhrase::parse(&words)?, 1, Earlier::Honored)
    }

    /// The same center with a new node under a new epoch.
    pub fn rotated(&self, epoch: u32, earlier: Earlier) -> Result<Self> {
        let words = self.phrase.words().join(" ");
        Self::of(RecoveryPhrase::parse(&words)?, epoch, earlier)
    }

    /// A center that nobody has heard of, whose node has a lower name than this one.
    pub fn below(node: NodeId) -> Result<Self> {
        let persona = Self::invent()?;
        for _ in 0..100_000 {
            let key = NodeKey::generate()?;
            if key.id() < node {
                let center = persona.phrase.center_key()?;
                return Self::with(persona.phrase, &center, key, 1, Earlier::Honored);
            }
        }
        bail!("no lower node than {node} was found")
    }

    fn of(phrase: RecoveryPhrase, epoch: u32, earlier: Earlier) -> Result<Self> {
        let center = phrase.center_key()?;
        Self::with(phrase, &center, NodeKey::generate()?, epoch, earlier)
    }

    fn with(
        phrase: RecoveryPhrase,
        center: &CenterKey,
        key: NodeKey,
        epoch: u32,
        earlier: Earlier,
    ) -> Result<Self> {
        let node = center.certify(&key.public_spki(), epoch, earlier)?;
        let chain = Chain::new(node, center.certificate()?)?;
        Ok(Self { phrase, credentials: Credentials { chain, key } })
    }

    /// Who it is.
    pub fn center(&self) -> CenterId {
        self.credentials.chain.center_id()
    }

    /// The name of its node.
    pub fn node(&self) -> NodeId {
        self.credentials.chain.node_id()
    }

    /// The file that an admin would be sent.
    pub fn card(&self, name: &str) -> String {
        let center = self.credentials.chain.center().clone();
        CenterFile { center, name: Some(name.to_owned()), address: None }.to_pem()
    }

    /// Lets a center on the stage add it.
    pub async fn join(&self, center: &Center, name: &str) -> Result<()> {
        let card = center.card.with_file_name(format!("{name}.pem"));
        std::fs::write(&card, self.card(name))?;
        center.run(["peer", "add", &*card.to_string_lossy(), "--yes"]).await.map(|_| ())
    }

    /// How it signs: as a node of its center, in one run of its process.
    pub fn author(&self) -> Author {
        let Credentials { chain, .. } = &self.credentials;
        let (center, node, epoch) = (chain.center_id(), chain.node_id(), chain.epoch());
        Author { center, node, epoch, writer: rand::random() }
    }

    /// The node's signature over anything.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.credentials.key.sign(message)
    }

    /// A change of any content, signed by its node whoever the author is.
    pub fn signed(&self, mut change: SignedChange) -> SignedChange {
        change.signature = self.credentials.key.sign(&change.digest());
        change
    }

    /// The TLS configuration with which it dials a center.
    pub fn tls(&self, expected: CenterId) -> Result<Arc<rustls::ClientConfig>> {
        let set: TrustSet = [(expected, Trusted::new("victim"))].into_iter().collect();
        let trust = Arc::new(Trust::new(set));
        Ok(tls::client_config(&self.credentials, trust, Arc::new(Deaf), expected)?)
    }

    /// Begins a record of its own.
    pub fn record(&self, kind: Kind) -> HostileRecord<'_> {
        let key = RecordKey {
            circle: CircleId::COMMONS,
            id: RecordId::from_random(rand::random()),
            steward: self.center(),
            kind,
        };
        HostileRecord { by: self, key, author: self.author(), document: Document::new() }
    }

    /// A signed statement that it has added these.
    pub fn vouch(&self, number: u64, centers: Vec<CenterId>) -> Vouch {
        let chain = &self.credentials.chain;
        let by = (chain.center_id(), chain.node_id(), chain.epoch());
        Vouch::signed(by, number, centers, |digest| self.sign(digest))
    }

    /// Its certificates, as they are told to others.
    pub fn introduction(&self) -> Introduction {
        let Credentials { chain, .. } = &self.credentials;
        Introduction {
            center: chain.center_id(),
            node: chain.node_id(),
            epoch: chain.epoch(),
            center_certificate: chain.center().der().to_vec(),
            node_certificate: chain.node().der().to_vec(),
        }
    }
}

/// Hears nothing of what happens at the door.
struct Deaf;

impl Doorkeeper for Deaf {
    fn turned_away(&self, _refused: Refused) {}
    fn epoch_seen(&self, _center: CenterId, _epoch: u32, _earlier: Earlier) {}
}

/// A record that a persona is about to sign changes of. All that is signed may be altered first.
pub struct HostileRecord<'p> {
    by: &'p Persona,
    /// The record.
    pub key: RecordKey,
    /// In whose name.
    pub author: Author,
    document: Document,
}

impl HostileRecord<'_> {
    /// The next chunk, which sets these fields.
    pub fn chunk(&mut self, fields: &[(&str, Value)]) -> Result<Vec<u8>> {
        self.chunk_by(self.actor(), fields)
    }

    /// The next chunk, written by an actor that need not be the author's.
    pub fn chunk_by(&mut self, actor: [u8; 16], fields: &[(&str, Value)]) -> Result<Vec<u8>> {
        let edits: Vec<Edit> = fields
            .iter()
            .map(|(field, value)| Edit::Put { field: (*field).to_owned(), value: value.clone() })
            .collect();
        let mut chunks = self.document.write(self.key.kind, &edits, None, actor, &[])?;
        match chunks.len() {
            1 => Ok(chunks.remove(0)),
            count => bail!("{count} changes instead of one"),
        }
    }

    /// The document from the same changes once more, for a second change on the same ground.
    pub fn fork(&mut self) -> Result<Self> {
        let document = Document::load(&self.document.save())?;
        Ok(Self { by: self.by, key: self.key, author: self.author, document })
    }

    /// A change with a chunk, signed by the persona's node key whoever the author is.
    pub fn signed(&self, chunk: Vec<u8>) -> SignedChange {
        let mut change = SignedChange {
            key: self.key,
            generation: 1,
            author: self.author,
            body: Body::Chunk(chunk),
            signature: [0; 64],
        };
        change.signature = self.by.credentials.key.sign(&change.digest());
        change
    }

    /// The actor that its author has to use.
    pub fn actor(&self) -> [u8; 16] {
        change::actor(&self.key, 1, &self.author)
    }

    /// The next changes that these edits make, signed: several when they do not fit into one.
    pub fn changes(&mut self, edits: &[Edit]) -> Result<Vec<SignedChange>> {
        let actor = self.actor();
        let chunks = self.document.write(self.key.kind, edits, None, actor, &[])?;
        Ok(chunks.into_iter().map(|chunk| self.signed(chunk)).collect())
    }

    /// The next change, in order.
    pub fn change(&mut self, fields: &[(&str, Value)]) -> Result<SignedChange> {
        let chunk = self.chunk(fields)?;
        Ok(self.signed(chunk))
    }
}

/// Where the number of a first change stands in its content: no changes below it (1), length (1)
/// and bytes (16) of the actor. The number of the first operation follows.
pub const SEQ: usize = 18;

/// A TLS connection to the peer port of a node, and nothing said on it yet.
pub async fn dial(
    center: &Center,
    config: Arc<rustls::ClientConfig>,
) -> Result<TlsStream<TcpStream>> {
    dial_address(center.peer, config).await
}

/// The same, for somebody who has only its address.
pub async fn dial_address(
    address: SocketAddr,
    config: Arc<rustls::ClientConfig>,
) -> Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    Ok(TlsConnector::from(config).connect(tls::server_name(), tcp).await?)
}

/// What an attacker has to know of a node.
#[derive(Debug, Clone, Copy)]
pub struct Victim {
    /// Where it accepts peers.
    pub address: SocketAddr,
    /// Its center.
    pub center: CenterId,
}

impl Victim {
    /// The node of a center on the stage.
    pub async fn of(center: &Center) -> Result<Self> {
        Ok(Self { address: center.peer, center: center.id().await?.parse()? })
    }
}

/// A link to a node, spoken by hand.
pub struct Conversation {
    outgoing: mpsc::Sender<peer::Frame>,
    incoming: Streaming<peer::Frame>,
    sent: u64,
}

impl Conversation {
    /// Connects, greets, and says which centers it accepts: itself.
    pub async fn open(persona: &Persona, center: &Center) -> Result<Self> {
        Self::to(persona, Victim::of(center).await?).await
    }

    /// The same, for somebody who has only its address and name.
    pub async fn to(persona: &Persona, victim: Victim) -> Result<Self> {
        let config = persona.tls(victim.center)?;
        let tls = dial_address(victim.address, config).await?;
        let mut tls = Some(tls);
        let connector = tower::service_fn(move |_: tonic::codegen::http::Uri| {
            let tls = tls.take();
            async move { tls.map(TokioIo::new).ok_or_else(|| std::io::Error::other("only once")) }
        });
        let endpoint = Endpoint::from_static("http://node.invalid");
        let channel = endpoint.connect_with_connector(connector).await?;
        let mut client = peer::peer_client::PeerClient::new(channel)
            .max_decoding_message_size(limits::PEER_MESSAGE)
            .max_encoding_message_size(limits::PEER_MESSAGE);
        let (outgoing, frames) = mpsc::channel(64);
        let roster = Roster::new(vec![persona.introduction()]);
        let hello = Hello {
            protocol_min: 1,
            protocol_max: 1,
            features: 0,
            software: "by hand".to_owned(),
            nonce: rand::random(),
            roster: roster.digest(),
            clock: Timestamp(0),
        };
        let answer = timeout(ANSWER, client.sync(ReceiverStream::new(frames))).await;
        let incoming = answer.context("no answer to a call")??.into_inner();
        let mut conversation = Self { outgoing, incoming, sent: 0 };
        conversation.say(Frame::Hello(hello)).await?;
        conversation.until(|frame| matches!(frame, Frame::Hello(_))).await?;
        conversation.say(Frame::Roster(roster.introductions().to_vec())).await?;
        Ok(conversation)
    }

    /// Says anything at all.
    pub async fn say(&mut self, frame: Frame) -> Result<()> {
        self.outgoing.send(frames::to_wire(frame)).await.context("the link is gone")
    }

    /// Says anything at all, in the words of the wire.
    pub async fn say_wire(&mut self, body: peer::frame::Body) -> Result<()> {
        let frame = peer::Frame { body: Some(body) };
        self.outgoing.send(frame).await.context("the link is gone")
    }

    /// Says anything at all, and reads what comes meanwhile.
    pub async fn say_and_listen(&mut self, body: peer::frame::Body) -> Result<()> {
        let said = self.outgoing.send(peer::Frame { body: Some(body) });
        tokio::pin!(said);
        loop {
            tokio::select! {
                said = &mut said => return said.context("the link is gone"),
                heard = self.incoming.message() => {
                    heard?.context("the node ended the link")?;
                }
            }
        }
    }

    /// Sends changes in one frame, and does not wait.
    pub async fn post(&mut self, changes: &[SignedChange]) -> Result<()> {
        self.sent += 1;
        let changes = changes.iter().cloned().map(Arc::new).collect();
        self.say(Frame::Changes(Changes { number: self.sent, changes })).await
    }

    /// Sends changes in one frame, and waits until the node has dealt with them.
    pub async fn send(&mut self, changes: &[SignedChange]) -> Result<()> {
        self.post(changes).await?;
        let number = self.sent;
        self.until(|frame| matches!(frame, Frame::Ack { through } if *through >= number)).await
    }

    /// Waits until the node ends the link.
    pub async fn ended(mut self) -> Result<()> {
        loop {
            let next = timeout(ANSWER, self.incoming.message()).await;
            match next.context("the node does not end the link")? {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return Ok(()),
            }
        }
    }

    /// Reads until such a frame comes. What else comes is not answered, but for pings.
    async fn until(&mut self, wanted: impl Fn(&Frame) -> bool) -> Result<()> {
        loop {
            let frame = timeout(ANSWER, self.incoming.message()).await.context("no answer")??;
            let frame = frames::from_wire(frame.context("the node ended the link")?)?;
            if wanted(&frame) {
                return Ok(());
            }
            match frame {
                Frame::Ping(ping) => self.say(Frame::Pong(ping.number)).await?,
                Frame::Bye(reason) => bail!("the node left: {reason}"),
                _ => {}
            }
        }
    }
}
