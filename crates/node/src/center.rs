//! All of a node that exists only while it is open: put together here, and taken apart again.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use hospes_domain::{CenterId, Kind, NodeId, RecordKey, Value};
use hospes_identity::Doorkeeper as _;
use hospes_identity::certificate::{CertificateProblem, Chain, Earlier};
use hospes_identity::node::{InvalidNodeKey, NodeKey};
use hospes_identity::tls::{self, Credentials};
use hospes_identity::trust::{Trust, TrustSet};
use hospes_store::{Store, StoreError};
use hospes_sync::alarm::Policy;
use hospes_sync::frame::Introduction;
use hospes_sync::vouch::Decisions;
use hospes_sync::{Author, Engine};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::alarms::AlarmBook;
use crate::backup::Backups;
use crate::budget::Budgets;
use crate::connections::Connections;
use crate::dial::{Dialer, Met};
use crate::door::Door;
use crate::driver::{Answers, Driver, Means};
use crate::editor::{EditError, Editor, Options, OwnAuthor, Write, Written};
use crate::ledger::{Ledger, Outlets};
use crate::merger::Mergers;
use crate::network::Network;
use crate::peerbook::{PeerBook, Standings};
use crate::recovery::Recovery;
use crate::roster::Roster;
use crate::vouching::Scribe;
use crate::{accept, profile, random, vouching};

/// Software name and release, as peers are told.
pub const SOFTWARE: &str = concat!("hospes ", env!("CARGO_PKG_VERSION"));
/// Changed records that a slow watcher may be behind.
const FEED: usize = 1_024;
/// How long tasks have to end when the node closes.
const CLOSING: Duration = Duration::from_secs(8);

/// Who this node is.
#[derive(Debug, Clone)]
pub struct Own {
    /// Our center.
    pub center: CenterId,
    /// This node.
    pub node: NodeId,
    /// Epoch of its certificate.
    pub epoch: u32,
    /// The center's certificate, DER: what admins exchange.
    pub center_certificate: Vec<u8>,
}

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
    pub(crate) backups: Backups,
    /// What was said about centers in hostile hands.
    pub(crate) alarms: Arc<AlarmBook>,
    /// Whether it was restored and is silent.
    pub(crate) recovery: Arc<Recovery>,
    trust: Arc<Trust>,
    door: Arc<Door>,
    credentials: Credentials,
    names: ArcSwap<BTreeMap<CenterId, String>>,
    dialers: Mutex<BTreeMap<CenterId, (Vec<String>, CancellationToken)>>,
    stop: CancellationToken,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// Why a node did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database has no identity in it yet.
    #[error("open the node: its certificate is missing; run hospes init again")]
    NoIdentity,
    /// The node key in the database.
    #[error("open the node: {0}")]
    Key(#[from] InvalidNodeKey),
    /// A certificate in the database.
    #[error("open the node: {0}")]
    Certificate(#[from] CertificateProblem),
    /// Key and certificate do not make a TLS configuration.
    #[error("open the node: {0}")]
    Tls(#[from] rustls::Error),
    /// A port.
    #[error(
        "listen on {address}: {source}; end the program that uses it (ss -ltnp shows it), or take \
         another port in node.toml"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

impl Center {
    /// Opens a node on its database.
    pub async fn open(
        store: Store,
        program: PathBuf,
        peer_listen: SocketAddr,
        alarm_policy: Policy,
        introductions: u8,
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
        let (ledger, ledger_task) =
            Ledger::start(store.clone(), mergers.clone(), roster.clone(), outlets, own.node);
        let engine = Engine::new(
            own.node,
            SOFTWARE,
            roster.current(),
            store.position().await?,
            store.opening_catalogue().await?,
        );
        let credentials = Credentials { chain, key };
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
            Answers { sender: answers, inputs, put_back: returned },
            ends,
        );
        let tasks = vec![
            tokio::spawn(driver.run(stop.clone())),
            tokio::spawn(accept::run(listener, server, network.clone(), stop.clone())),
            ledger_task,
            tokio::spawn(peerbook.clone().run(stop.clone())),
        ];
        let center = Arc::new(Self {
            editor: Editor::new(ledger, own_author),
            own,
            store,
            importing: tokio::sync::Mutex::default(),
            peerbook,
            network,
            roster,
            scribe,
            feed,
            peer_listener,
            mergers,
            backups: Backups::default(),
            alarms,
            recovery,
            trust,
            door,
            credentials,
            names: ArcSwap::from_pointee(peers.names),
            dialers: Mutex::default(),
            stop,
            tasks: Mutex::new(tasks),
        });
        // Followed from before the first reading: a profile may arrive meanwhile.
        let news = center.feed.subscribe();
        center.learn_names().await?;
        center.dial(peers.addresses)?;
        let follower = tokio::spawn(center.clone().follow_names(news));
        let alarms = center.alarms.clone().run(center.clone(), center.stop.clone());
        let profile = tokio::spawn(center.clone().keep_profile());
        center.with_tasks(|tasks| tasks.extend([follower, tokio::spawn(alarms), profile]));
        Ok(center)
    }

    /// Says good-bye to peers, lets what is being written be written, and closes the database.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.stop.cancel();
        for (_, (_, stop)) in std::mem::take(&mut *self.locked_dialers()) {
            stop.cancel();
        }
        let tasks = self.with_tasks(std::mem::take);
        let (driver, rest): (Vec<_>, Vec<_>) = {
            let mut tasks = tasks.into_iter();
            (tasks.next().into_iter().collect(), tasks.collect())
        };
        // First the driver, which holds the ledger; the ledger ends when nobody can order any more.
        for task in driver {
            let _ = tokio::time::timeout(CLOSING, task).await;
        }
        for task in &rest {
            task.abort();
        }
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
        if !dry_run
            && written.iter().any(|written| written.key.kind == Kind::Center)
            && let Err(error) = self.learn_names().await
        {
            tracing::warn!(%error, "names of centers were not read");
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
        self.names.load().get(center).cloned().unwrap_or_else(|| center.short())
    }

    /// The admin has added, suspended, resumed or removed peers: what the peer book says counts
    /// from when this returns, on open connections too.
    pub async fn peers_changed(&self) -> Result<(), OpenError> {
        let mut peers = standings(&self.peerbook, &self.alarms).await?;
        for (id, epoch, earlier) in raised(&mut peers.trust, &self.roster) {
            self.door.epoch_seen(id, epoch, earlier);
        }
        self.trust.replace(peers.trust);
        self.network.connections().cut_untrusted();
        self.scribe.write(self.roster.set_peers(peers.active, peers.barred));
        let vouch = vouching::renewed(&self.own, &self.credentials.key, &self.roster, peers.added);
        if let Some(vouch) = vouch {
            self.scribe.write(self.roster.say(vouch));
        }
        self.learn_names().await?;
        self.dial(peers.addresses)?;
        self.network.roster_changed();
        Ok(())
    }

    async fn keep_profile(self: Arc<Self>) {
        if let Err(error) = profile::keep(self).await {
            tracing::warn!(%error, "it was not looked whether the profile has come");
        }
    }

    async fn learn_names(&self) -> Result<(), StoreError> {
        let mut names = BTreeMap::new();
        let meanwhile = profile::name_meanwhile(&self.store).await?;
        names.extend(meanwhile.map(|name| (self.own.center, name)));
        let mut after = None;
        loop {
            let page = self.store.list(Kind::Center, after, 200).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key);
            for profile in page {
                if let Some(name) = profile.fields.get("name").and_then(Value::as_text) {
                    names.insert(profile.key.steward, name.to_owned());
                }
            }
        }
        names.extend(self.peerbook.standings().await?.names);
        self.names.store(Arc::new(names));
        Ok(())
    }

    async fn follow_names(self: Arc<Self>, mut feed: broadcast::Receiver<Arc<Vec<RecordKey>>>) {
        loop {
            let news = tokio::select! {
                () = self.stop.cancelled() => return,
                news = feed.recv() => news,
            };
            let renamed = match news {
                Ok(keys) => keys.iter().any(|key| key.kind == Kind::Center),
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return,
            };
            if renamed && let Err(error) = self.learn_names().await {
                tracing::warn!(%error, "names of centers were not read");
            }
        }
    }

    /// Starts and ends dialing so that it fits the addresses of our peers.
    fn dial(&self, wanted: BTreeMap<CenterId, Vec<String>>) -> Result<(), OpenError> {
        let mut dialers = self.locked_dialers();
        dialers.retain(|center, (addresses, stop)| {
            let stays = wanted.get(center) == Some(addresses);
            if !stays {
                stop.cancel();
            }
            stays
        });
        for (center, addresses) in wanted {
            if dialers.contains_key(&center) {
                continue;
            }
            let stop = self.stop.child_token();
            let met = Arc::new(Met::new(self.door.clone()));
            let config =
                tls::client_config(&self.credentials, self.trust.clone(), met.clone(), center)?;
            let network = self.network.clone();
            let dialer = Dialer { center, addresses: addresses.clone(), config, met, network };
            let _detached = tokio::spawn(dialer.run(stop.clone()));
            dialers.insert(center, (addresses, stop));
        }
        Ok(())
    }

    fn locked_dialers(
        &self,
    ) -> std::sync::MutexGuard<'_, BTreeMap<CenterId, (Vec<String>, CancellationToken)>> {
        self.dialers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_tasks<T>(&self, act: impl FnOnce(&mut Vec<JoinHandle<()>>) -> T) -> T {
        act(&mut self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Brings the highest epochs that others have shown into a trust set; those that were not known. A center
/// that is added or taken back may have replaced its key long ago.
fn raised(trust: &mut TrustSet, roster: &Roster) -> Vec<(CenterId, u32, Earlier)> {
    let centers: Vec<CenterId> = trust.centers().collect();
    let newest = centers.into_iter().filter_map(|id| {
        let (epoch, earlier) = roster.newest(&id)?;
        Some((id, epoch, earlier))
    });
    newest.filter(|(id, epoch, earlier)| trust.observe(id, *epoch, *earlier)).collect()
}

/// The peers as they count: as the admin has decided, without those whom alarms keep out.
async fn standings(peerbook: &PeerBook, alarms: &AlarmBook) -> Result<Standings, StoreError> {
    let mut standings = peerbook.standings().await?;
    alarms.set_barred(&standings.barred);
    standings.keep_out(alarms.kept_out().into_keys());
    Ok(standings)
}

async fn remembered(store: &Store) -> Result<Vec<Introduction>, StoreError> {
    let certificates = store.certificates().await?;
    Ok(certificates
        .into_iter()
        .map(|known| Introduction {
            center: known.center,
            node: known.node,
            epoch: known.epoch,
            center_certificate: known.center_certificate,
            node_certificate: known.node_certificate,
        })
        .collect())
}
