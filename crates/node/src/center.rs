//! All of a node that exists only while it is open: put together here, and taken apart again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hospes_domain::{CenterId, Kind, RecordKey};
use hospes_identity::certificate::Chain;
use hospes_identity::node::NodeKey;
use hospes_identity::tls::{self, Credentials};
use hospes_identity::trust::Trust;
use hospes_store::{Store, StoreError};
use hospes_sync::alarm::Policy;
use hospes_sync::vouch::Decisions;
use hospes_sync::{Author, Engine};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use self::census::Census;
use self::standing::{raised, remembered, standings};
use crate::backup::Backups;
use crate::ledger::Ledger;
use crate::ledger::editor::Editor;
use crate::ledger::keeper::Outlets;
use crate::ledger::merger::Mergers;
use crate::ledger::order::{EditError, Options, OwnAuthor, Write, Written};
use crate::links::accept::{self, Admitted};
use crate::links::connections::Connections;
use crate::links::dialing::Dialing;
use crate::links::network::Network;
use crate::machine::random;
use crate::machine::tasks::Tasks;
use crate::replication::driver::{Channels, Driver, Means};
use crate::replication::recovery::Recovery;
use crate::trust::alarmbook::AlarmBook;
use crate::trust::budget::Budgets;
use crate::trust::door::Door;
use crate::trust::names::Names;
use crate::trust::own::{Own, SOFTWARE};
use crate::trust::peerbook::PeerBook;
use crate::trust::roster::Roster;
use crate::trust::vouching::{self, Scribe};

pub(crate) mod alarming;
mod census;
mod error;
pub(crate) mod profile;
mod standing;

pub use error::OpenError;

/// Changed records that a slow watcher may be behind.
const FEED: usize = 1_024;
/// The task that holds the ledger.
const DRIVER: &str = "driver";
/// How long tasks have to end when the node closes.
const CLOSING: Duration = Duration::from_secs(8);

/// What a peer may ask on a connection.
pub type PeerRoutes = fn(Weak<Center>, Admitted) -> Routes;

/// An open node.
pub struct Center {
    /// Who this node is.
    pub own: Own,
    /// Where everything is kept.
    pub store: Store,
    /// Writes records of ours.
    editor: Editor,
    /// Held while a list is taken in: the next one has to know what this one has made.
    pub(crate) importing: tokio::sync::Mutex<()>,
    /// What the catalogue counts.
    pub(crate) census: Census,
    /// Whom our admin has added and removed.
    pub(crate) peerbook: Arc<PeerBook>,
    /// Links to peers.
    pub network: Network,
    /// Whose changes are accepted.
    pub roster: Roster,
    /// Writes down whom centers have added.
    scribe: Scribe,
    /// Records that changed, after they are on disk.
    pub feed: broadcast::Sender<Arc<Vec<RecordKey>>>,
    /// Where peers connect.
    pub peer_listener: SocketAddr,
    /// The processes that merge.
    pub mergers: Arc<Mergers>,
    /// What there is to know about backups.
    pub(crate) backups: Arc<Backups>,
    /// What was said about centers in hostile hands.
    pub(crate) alarms: Arc<AlarmBook>,
    /// Whether it was restored and is silent.
    pub(crate) recovery: Arc<Recovery>,
    /// Wakes long answers when a token was removed; which one, the database says.
    pub(crate) token_removals: watch::Sender<()>,
    trust: Arc<Trust>,
    door: Arc<Door>,
    credentials: Arc<Credentials>,
    names: Arc<Names>,
    dialing: Dialing,
    stop: CancellationToken,
    tasks: Tasks,
}

impl Center {
    /// Opens a node on its database.
    pub async fn open(
        store: Store,
        program: PathBuf,
        peer_listen: SocketAddr,
        alarm_policy: Policy,
        introductions: u8,
        peers_routes: PeerRoutes,
    ) -> Result<Arc<Self>, OpenError> {
        let identity = store.identity().await?.ok_or(OpenError::NoIdentity)?;
        let chain = Chain::parse(&identity.node_certificate, &identity.center_certificate)?;
        let key = NodeKey::from_bytes(&identity.node_key)?;
        let own = Own {
            center: chain.center_id(),
            node: chain.node_id(),
            epoch: chain.epoch(),
            center_certificate: identity.center_certificate,
        };
        let author = Author {
            center: own.center,
            node: own.node,
            epoch: own.epoch,
            writer: random::bytes(),
        };
        let own_author = OwnAuthor { author, key: NodeKey::from_bytes(&identity.node_key)? };
        let peerbook = Arc::new(PeerBook::new(store.clone()));
        let alarms = AlarmBook::load(&store, own.center, alarm_policy).await?;
        let mut peers = standings(&peerbook, &alarms).await?;
        let decisions = Decisions {
            own: own.center,
            peers: peers.active,
            barred: peers.barred,
            introductions: introductions.into(),
        };
        let said = store.vouches().await?;
        let (roster, useless) = Roster::new(&chain, remembered(&store).await?, said, decisions);
        let scribe = Scribe::new(store.clone());
        scribe.write(useless);
        if let Some(vouch) = vouching::renewed(&own, &key, &roster, peers.added) {
            scribe.write(roster.say(vouch));
        }
        raised(&mut peers.trust, &roster);
        let trust = Arc::new(Trust::new(peers.trust));
        let connections = Connections::new(trust.clone());
        let budgets = Budgets::default();
        let (network, ends) = Network::new(connections, budgets.clone());
        let (feed, _) = broadcast::channel(FEED);
        let (answers, inputs) = mpsc::unbounded_channel();
        let (put_back, returned) = mpsc::unbounded_channel();
        let outlets = Outlets { engine: answers.clone(), put_back, feed: feed.clone(), budgets };
        let mergers = Arc::new(Mergers::new(&program));
        let (ledger, ledger_work) =
            Ledger::start(store.clone(), mergers.clone(), roster.clone(), outlets, own.node);
        let engine = Engine::new(
            own.node,
            SOFTWARE,
            roster.current(),
            store.position().await?,
            store.opening_catalogue().await?,
        );
        let credentials = Arc::new(Credentials { chain, key });
        let door = Door::open(store.clone());
        let server = tls::server_config(&credentials, trust.clone(), door.clone())?;
        let failed = |source| OpenError::Listen { address: peer_listen, source };
        let listener = TcpListener::bind(peer_listen).await.map_err(failed)?;
        let peer_listener = listener.local_addr().map_err(failed)?;
        let stop = CancellationToken::new();
        let recovery = Recovery::load(store.clone()).await?;
        let driver = Driver::new(
            engine,
            Means {
                store: store.clone(),
                ledger: ledger.clone(),
                roster: roster.clone(),
                scribe: scribe.clone(),
                recovery: recovery.clone(),
                alarms: alarms.clone(),
                connections: network.connections().clone(),
                door: door.clone(),
            },
            Channels { sender: answers, inputs, put_back: returned },
            ends,
        );
        let (names, trust_set) = (Names::new(own.center, store.clone(), peerbook.clone()), trust);
        let center = Arc::new(Self {
            editor: Editor::new(ledger, own_author),
            backups: Backups::new(store.clone(), own.clone()),
            dialing: Dialing::new(
                credentials.clone(),
                trust_set.clone(),
                door.clone(),
                network.clone(),
                stop.clone(),
            ),
            token_removals: watch::Sender::new(()),
            own,
            store,
            importing: tokio::sync::Mutex::default(),
            census: Census::default(),
            peerbook,
            network,
            roster,
            scribe,
            feed,
            peer_listener,
            mergers,
            alarms,
            recovery,
            trust: trust_set,
            door,
            credentials,
            names,
            stop,
            tasks: Tasks::default(),
        });
        let (tasks, stop) = (&center.tasks, &center.stop);
        tasks.spawn(DRIVER, driver.run(stop.clone()));
        tasks.spawn("ledger", ledger_work);
        tasks.spawn("peer book", center.peerbook.clone().run(stop.clone()));
        // Followed from before the first reading: a profile may arrive meanwhile.
        tasks.spawn("names", center.names.clone().follow(center.feed.subscribe()));
        center.names.learn().await?;
        center.dialing.fit(peers.addresses)?;
        tasks.spawn("alarms", alarming::run(center.clone()));
        tasks.spawn("profile", profile::keep(center.clone()));
        // Last: who connects is answered by a whole center.
        let weak = Arc::downgrade(&center);
        let routes = Arc::new(move |admitted| peers_routes(weak.clone(), admitted));
        let accepting = accept::run(listener, server, center.network.clone(), routes, stop.clone());
        tasks.spawn("peer port", accepting);
        Ok(center)
    }

    /// Says good-bye to peers, lets what is being written be written, and closes the database.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.stop.cancel();
        // First the driver, which holds the ledger; the ledger ends when nobody can order any more.
        self.tasks.ended(DRIVER, CLOSING).await;
        self.tasks.abort();
        // They have records in their memory, and nobody asks them any more.
        self.mergers.kill();
        if let Err(error) = self.store.overwrite_memory().await {
            tracing::warn!(%error, "memory is given back without being overwritten");
        }
        self.store.close().await
    }

    /// Cancelled when the node closes.
    pub fn closing(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Makes, signs and keeps changes; see [`Editor::write`]. Whoever asks afterwards is told the
    /// names that were written.
    pub async fn write(
        &self,
        writes: Vec<Write>,
        options: Options,
        progress: impl FnMut(usize, usize) -> bool + Send + 'static,
    ) -> Result<Vec<Written>, EditError> {
        let dry_run = options.dry_run;
        let written = self.editor.write(writes, options, progress).await?;
        if !dry_run && written.iter().any(|written| written.key.kind == Kind::Center) {
            self.names.renew().await;
        }
        Ok(written)
    }

    /// Signs in the name of this node. The caller separates the domains of what is signed.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.credentials.key.sign(message)
    }

    /// What we call a center: our own name for a peer, else what it calls itself, else the
    /// beginning of its identifier.
    pub fn name_of(&self, center: &CenterId) -> String {
        self.names.of(center)
    }
}
