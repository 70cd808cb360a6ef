//! Section 7: a session with one node, from the greeting until both sides hold the same, and beyond.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_wire::peer;
use hospes_wire::peer::frame::Body;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Endpoint;

use super::center::Stranger;
use super::certificates::Identity;
use super::changes::{Change, pack, unpack};
use super::fingerprints;
use super::holdings::Holdings;
use super::names::{COMMONS, Digest, Number};
use super::ranges::{Answer, Snapshot};
use super::roster::Roster;
use super::tls;

/// Bytes of a message at most.
const MESSAGE: usize = 512 * 1024;
/// How long a node may say nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// A session.
pub struct Session<'s> {
    own: &'s mut Stranger,
    outgoing: mpsc::Sender<peer::Frame>,
    incoming: Streaming<peer::Frame>,
    /// Who is at the other end.
    pub other: Identity,
    roster: Roster,
    key: fingerprints::Key,
    sent: u64,
    acknowledged: u64,
    dealt_with: u64,
    told: Option<peer::Summary>,
    theirs: Option<peer::Summary>,
    /// Our questions that are not answered yet.
    open: usize,
    run: Option<Run>,
    /// Frames of ranges that came and went.
    pub ranges: usize,
    /// Statements of whom centers have added that came and are signed.
    pub statements: usize,
}

/// A run of ranges.
struct Run {
    snapshot: Snapshot,
    heard: bool,
    answer: Answer,
}

impl Stranger {
    /// Dials a node of a center, and greets.
    pub async fn meet(&mut self, address: SocketAddr, center: Digest) -> Result<Session<'_>> {
        Session::open(self, address, center).await
    }
}

impl<'s> Session<'s> {
    /// Dials a node of a center, and greets.
    pub async fn open(own: &'s mut Stranger, address: SocketAddr, center: Digest) -> Result<Self> {
        let (stream, other) = tls::dial(address, center, &own.identity, own.node_key()).await?;
        let mut stream = Some(stream);
        let connector = tower::service_fn(move |_: tonic::codegen::http::Uri| {
            let stream = stream.take();
            async move { stream.map(TokioIo::new).ok_or_else(|| std::io::Error::other("once")) }
        });
        let endpoint = Endpoint::from_static("http://stranger.invalid");
        let channel = endpoint.connect_with_connector(connector).await?;
        let mut client = peer::peer_client::PeerClient::new(channel)
            .max_decoding_message_size(MESSAGE)
            .max_encoding_message_size(MESSAGE);
        let (outgoing, frames) = mpsc::channel(64);
        let roster = Roster::of(&own.identity, &other);
        let (nonce, digest) = (rand::random::<[u8; 16]>(), roster.digest());
        let hello = peer::Hello {
            protocol_min: 1,
            protocol_max: 1,
            // Statements of whom centers have added.
            features: 2,
            software: "stranger".to_owned(),
            nonce: nonce.to_vec(),
            roster: digest.to_vec(),
            clock: 0,
        };
        outgoing.send(peer::Frame { body: Some(Body::Hello(hello)) }).await?;
        let mut incoming = client.sync(ReceiverStream::new(frames)).await?.into_inner();
        let first = timeout(PATIENCE, incoming.message()).await.context("no greeting")??;
        let Some(Body::Hello(hello)) = first.and_then(|frame| frame.body) else {
            bail!("the first frame is no greeting")
        };
        ensure!(hello.protocol_min <= 1 && hello.protocol_max >= 1, "another protocol");
        let key = fingerprints::Key::of(nonce, hello.nonce.as_slice().try_into()?);
        let session = Self {
            own,
            outgoing,
            incoming,
            other,
            roster,
            key,
            sent: 0,
            acknowledged: 0,
            dealt_with: 0,
            told: None,
            theirs: None,
            open: 0,
            run: None,
            ranges: 0,
            statements: 0,
        };
        if hello.roster != digest {
            session.say(Body::Roster(session.roster.frame())).await?;
        }
        Ok(session)
    }

    async fn say(&self, body: Body) -> Result<()> {
        let frame = peer::Frame { body: Some(body) };
        self.outgoing.send(frame).await.context("the link is gone")
    }

    /// Goes on until both sides hold the same, and both have said so.
    pub async fn until_in_sync(&mut self) -> Result<()> {
        loop {
            self.summarize().await?;
            if self.compare().await? {
                return Ok(());
            }
            self.hear().await?;
        }
    }

    /// Goes on until something is so.
    pub async fn until(&mut self, is_so: impl Fn(&Holdings) -> bool) -> Result<()> {
        while !is_so(&self.own.held) {
            self.hear().await?;
        }
        Ok(())
    }

    /// Publishes changes of its own, and waits until the node has them.
    pub async fn publish(&mut self, changes: &[Change]) -> Result<()> {
        for change in changes {
            self.own.held.take(change.clone())?;
        }
        self.send(changes).await?;
        while self.acknowledged < self.sent {
            self.hear().await?;
        }
        Ok(())
    }

    /// What it holds.
    pub fn held(&self) -> &Holdings {
        &self.own.held
    }

    /// The last summary of either side: ours, then theirs.
    pub fn summaries(&self) -> Option<(&peer::Summary, &peer::Summary)> {
        self.told.as_ref().zip(self.theirs.as_ref())
    }

    async fn send(&mut self, changes: &[Change]) -> Result<()> {
        for changes in changes.chunks(100) {
            self.sent += 1;
            self.say(Body::Changes(pack(self.sent, changes)?)).await?;
        }
        Ok(())
    }

    fn summary(&self) -> peer::Summary {
        let (count, fingerprint) = self.own.held.sum(&self.key);
        let fingerprint = fingerprint.to_be_bytes().to_vec();
        let (sent, admitted) = (self.sent, self.dealt_with);
        peer::Summary { circle: COMMONS.to_vec(), count, fingerprint, sent, admitted }
    }

    fn is_idle(&self) -> bool {
        self.open == 0 && self.run.is_none()
    }

    async fn summarize(&mut self) -> Result<()> {
        let summary = self.summary();
        if self.is_idle() && self.told.as_ref() != Some(&summary) {
            self.say(Body::Summary(summary.clone())).await?;
            self.told = Some(summary);
        }
        Ok(())
    }

    /// Whether both sums are the same; when they are not, opens a run if that is for us to do.
    async fn compare(&mut self) -> Result<bool> {
        let Some(theirs) = self.theirs.as_ref().filter(|_| self.is_idle()) else {
            return Ok(false);
        };
        if theirs.sent != self.dealt_with || theirs.admitted != self.sent {
            return Ok(false);
        }
        let ours = self.summary();
        if (ours.count, &ours.fingerprint) == (theirs.count, &theirs.fingerprint) {
            return Ok(true);
        }
        if self.own.identity.node < self.other.node {
            self.theirs = None;
            let snapshot = self.own.held.snapshot(&self.key);
            let frame = snapshot.open().frame();
            self.run = Some(Run { snapshot, heard: false, answer: Answer::default() });
            self.ranges += 1;
            self.say(Body::Ranges(frame)).await?;
        }
        Ok(false)
    }

    /// Takes the next frame.
    async fn hear(&mut self) -> Result<()> {
        let next = timeout(PATIENCE, self.incoming.message()).await;
        let frame = next.context("the node is silent")??.context("the node ended the link")?;
        match frame.body.context("a frame of no sort")? {
            Body::Roster(told) => {
                self.roster.learn(&told)?;
                (self.theirs, self.told) = (None, None);
            }
            Body::Summary(summary) => self.theirs = Some(summary),
            Body::Ranges(ranges) => self.compared(&ranges).await?,
            Body::Heads(heads) => self.answer(heads).await?,
            Body::Changes(changes) => {
                ensure!(changes.number == self.dealt_with + 1, "a frame is missing");
                for change in unpack(&changes)? {
                    ensure!(self.roster.accepts(&change.record.steward), "a foreign record");
                    let key = self.roster.key_of(&change.author).context("an unknown author")?;
                    ensure!(change.is_signed_by(&key), "a signature is wrong");
                    self.own.held.take(change)?;
                }
                self.dealt_with = changes.number;
                self.say(Body::Ack(peer::Ack { through: self.dealt_with })).await?;
            }
            Body::Ack(ack) => self.acknowledged = ack.through,
            Body::Ping(ping) => self.say(Body::Pong(peer::Pong { number: ping.number })).await?,
            Body::Bye(bye) => bail!("the node left: {}", bye.reason),
            Body::Pong(_) | Body::Lazy(_) => {}
            Body::Vouches(told) => self.statements += self.roster.heed(&told)?,
            Body::Hello(_) | Body::Announce(_) | Body::Alarms(_) => bail!("nobody asked for it"),
        }
        Ok(())
    }

    /// A step of a run goes on, or ends.
    async fn compared(&mut self, frame: &peer::Ranges) -> Result<()> {
        self.ranges += 1;
        if self.run.is_none() {
            ensure!(self.other.node < self.own.identity.node, "it is not for the node to begin");
            ensure!(!frame.ranges.is_empty(), "a run that ends before it begins");
            let snapshot = self.own.held.snapshot(&self.key);
            self.run = Some(Run { snapshot, heard: false, answer: Answer::default() });
        }
        let run = self.run.as_mut().context("no run")?;
        let mut found = run.snapshot.answer(frame)?;
        run.heard |= !frame.ranges.is_empty();
        if run.answer.ranges.is_empty() {
            run.answer.lower = std::mem::take(&mut found.lower);
        }
        run.answer.ranges.append(&mut found.ranges);
        if frame.last {
            let (heard, answer) = (run.heard, std::mem::take(&mut run.answer));
            run.heard = false;
            if !heard || answer.ranges.is_empty() {
                (self.run, self.told) = (None, None);
            }
            if heard {
                self.say(Body::Ranges(answer.frame())).await?;
            }
        }
        let pushed: Vec<Change> =
            found.push.iter().flat_map(|number| self.own.held.whole(number)).collect();
        self.send(&pushed).await?;
        let all =
            |number: &Number| peer::IdentifierHeads { id: number.to_vec(), records: Vec::new() };
        let asked = found.ask.iter().map(all);
        let questions: Vec<_> =
            asked.chain(found.compare.iter().map(|number| self.own.held.heads(number))).collect();
        for records in questions.chunks(256) {
            self.open += 1;
            let (circle, records) = (COMMONS.to_vec(), records.to_vec());
            self.say(Body::Heads(peer::Heads { circle, answer: false, records })).await?;
        }
        Ok(())
    }

    /// The node says what it holds.
    async fn answer(&mut self, heads: peer::Heads) -> Result<()> {
        let (mut send, mut records) = (Vec::new(), Vec::new());
        for theirs in &heads.records {
            let (lacked, more) = self.own.held.compare(theirs)?;
            send.extend(lacked);
            if more {
                records.push(self.own.held.heads(&theirs.id.as_slice().try_into()?));
            }
        }
        self.send(&send).await?;
        if heads.answer {
            self.open = self.open.checked_sub(1).context("an answer to no question")?;
        } else {
            let circle = COMMONS.to_vec();
            self.say(Body::Heads(peer::Heads { circle, answer: true, records })).await?;
        }
        Ok(())
    }
}
