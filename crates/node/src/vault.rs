//! Whether the node is open: without the key of the database it has no identity and no data, and
//! answers on the admin socket only.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hospes_domain::{CenterId, Timestamp};
use hospes_identity::certificate::Chain;
use hospes_identity::keyslots::{DatabaseKey, KeyProof, Keyslots};
use hospes_identity::node::NodeKey;
use hospes_store::{Store, StoreError, StoredIdentity};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard, watch};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use self::config::Config;
use self::former::Former;
use self::keyfile::FileError;
use self::reason::SealReason;
use self::renewal::Renewed;
use crate::backup;
use crate::center::{Center, OpenError, PeerRoutes, profile};
use crate::machine::clock;
use crate::machine::scratch::Scratch;
use crate::trust::own::SOFTWARE;

pub mod config;
mod error;
mod former;
mod keyfile;
mod reason;
pub mod renewal;
pub mod restoring;
mod state;
pub mod watchman;

pub use error::VaultError;
pub use state::{NodeFacts, State};

/// How long a node that is being wiped may take to close. Its keys are destroyed all the same.
const CLOSING: Duration = Duration::from_secs(5);

/// What is answered while the node is open. The vault does not know how things are said.
#[derive(Clone, Copy)]
pub struct Answering {
    /// Answers counselors on a listener until the token is cancelled.
    pub local: fn(Arc<Vault>, TcpListener, CancellationToken),
    /// What peers may ask.
    pub peers: PeerRoutes,
}

/// The node's state and the way from one to the other.
pub struct Vault {
    config: Config,
    program: PathBuf,
    answering: Answering,
    started: Timestamp,
    inner: RwLock<Inner>,
    /// One change of state at a time.
    turning: Mutex<Option<Begun>>,
    /// Set when a key of the database was in memory and should be there no more.
    spent: watch::Sender<Option<Renewed>>,
}

struct Inner {
    state: State,
    unsealed: Option<Timestamp>,
    local: Option<(SocketAddr, CancellationToken)>,
    /// Where browsers connect, or would if nothing else was there.
    pages: Option<Result<SocketAddr, SocketAddr>>,
    /// When an admin was last known to be there, by the clock that nobody sets.
    confirmed: Option<Timestamp>,
    /// Of an open node: what new keyslots are checked with.
    proof: Option<KeyProof>,
    sealed_why: Option<SealReason>,
}

impl Inner {
    /// A node that is not open.
    fn closed(state: State, sealed_why: Option<SealReason>) -> Self {
        Self {
            state,
            unsealed: None,
            local: None,
            pages: None,
            confirmed: None,
            proof: None,
            sealed_why,
        }
    }
}

impl Inner {
    /// Closes it, and gives what it was. Where browsers connect stays: they are told that it is closed.
    fn close(&mut self, state: State, sealed_why: Option<SealReason>) -> Self {
        let closed = Self { pages: self.pages, ..Self::closed(state, sealed_why) };
        std::mem::replace(self, closed)
    }
}

/// The first half of `init`.
struct Begun {
    store: Store,
    key: NodeKey,
    proof: KeyProof,
    /// The node that made the backup from which the database comes.
    former: Option<Former>,
}

impl Vault {
    /// The vault of a data folder. `program` is started again as the merge worker, and `answering` is
    /// asked when the node opens. `sealed_why` is what the process says that sealed itself and was
    /// replaced by this one.
    pub fn new(
        config: Config,
        program: PathBuf,
        answering: Answering,
        sealed_why: Option<SealReason>,
    ) -> Result<Self, VaultError> {
        // A keyslots file without identity is an `init` that was broken off: it may begin again.
        // What a backup that was broken off has left.
        let _ = fs::remove_dir_all(Scratch::root(&config.data));
        let state = if config.keyslots().exists() {
            State::Sealed
        } else if config.database().exists() && !config.unfinished_keyslots().exists() {
            State::Wiped
        } else {
            State::Uninitialized
        };
        Ok(Self {
            config,
            program,
            answering,
            started: clock::now(),
            inner: RwLock::new(Inner::closed(state, sealed_why)),
            turning: Mutex::new(None),
            spent: watch::Sender::new(None),
        })
    }

    /// What the node can do at the moment.
    pub fn state(&self) -> State {
        self.read(|inner| inner.state.clone())
    }

    /// Waits until the node was sealed or wiped: it opens no more, and its process should be replaced.
    pub async fn spent(&self) -> Renewed {
        let mut spent = self.spent.subscribe();
        loop {
            if let Some(renewed) = *spent.borrow_and_update() {
                return renewed;
            }
            // The sender is ours: it does not end before we do.
            let _ = spent.changed().await;
        }
    }

    /// Waits until nobody changes anything, and lets nobody begin.
    pub async fn last_turn(&self) -> impl Sized + '_ {
        self.turning.lock().await
    }

    /// The turn of somebody who brings a key or changes what keys open.
    async fn turn(&self) -> Result<MutexGuard<'_, Option<Begun>>, VaultError> {
        let turning = self.turning.lock().await;
        match *self.spent.borrow() {
            Some(_) => Err(VaultError::Spent),
            None => Ok(turning),
        }
    }

    fn spend(&self, why: Option<SealReason>) {
        self.spent.send_if_modified(|spent| {
            let first = spent.is_none();
            *spent = spent.or(Some(Renewed { why }));
            first
        });
    }

    /// What there is to know about the process.
    pub fn node_facts(&self) -> NodeFacts {
        self.read(|inner| NodeFacts {
            software: SOFTWARE.to_owned(),
            started: self.started,
            unsealed: inner.unsealed,
            peer_listener: match &inner.state {
                State::Open(center) => Some(center.peer_listener),
                State::Uninitialized | State::Sealed | State::Wiped => None,
            },
            local_listener: inner.local.as_ref().map(|(address, _)| *address),
            pages_listener: inner.pages.and_then(Result::ok),
            pages_taken: inner.pages.and_then(Result::err),
            sealed_why: inner.sealed_why,
            seals_at: self.deadline(inner).map(|at| clock::now().plus(at.since(clock::steady()))),
        })
    }

    /// Browsers connect there, or cannot because something else is there.
    pub fn pages_at(&self, pages: Result<SocketAddr, SocketAddr>) {
        self.write(|inner| inner.pages = Some(pages));
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The wrapped keys, so that the passphrase can be typed elsewhere.
    pub fn keyslots(&self) -> Result<Keyslots, VaultError> {
        match self.state() {
            State::Uninitialized => return Err(VaultError::Uninitialized),
            State::Wiped => return Err(VaultError::Wiped),
            State::Sealed | State::Open(_) => {}
        }
        let path = self.config.keyslots();
        let json = fs::read(&path).map_err(|source| FileError { path, source })?;
        Ok(Keyslots::from_json(&json)?)
    }

    /// Whether a node can be made here: none is here, and nothing else has its ports.
    pub fn check_ready(&self) -> Result<(), VaultError> {
        if !matches!(self.state(), State::Uninitialized | State::Wiped) {
            return Err(VaultError::Initialized);
        }
        self.check_ports()
    }

    /// Whether both ports are free.
    fn check_ports(&self) -> Result<(), VaultError> {
        for address in [self.config.peer_listen, self.config.local_listen] {
            std::net::TcpListener::bind(address)
                .map_err(|source| OpenError::Listen { address, source })?;
        }
        Ok(())
    }

    /// First half of `init`: the database and in it a node key, whose public half is returned.
    pub async fn initialize(
        &self,
        database_key: Zeroizing<[u8; 32]>,
        keyslots: String,
    ) -> Result<Vec<u8>, VaultError> {
        let mut turning = self.turn().await?;
        if !matches!(self.state(), State::Uninitialized | State::Wiped) {
            return Err(VaultError::Initialized);
        }
        if let Some(Begun { store, .. }) = turning.take() {
            store.close().await?;
        }
        Keyslots::from_json(keyslots.as_bytes())?;
        self.remove_unfinished()?;
        let key = NodeKey::generate().map_err(|error| VaultError::Crypto(error.to_string()))?;
        let proof = proof(&database_key)?;
        // Written under another name: it becomes the keyslots file when the node is certified. And
        // written before there is a database, as one without keyslots is taken for wiped.
        keyfile::write(&self.config.unfinished_keyslots(), keyslots.as_bytes())?;
        let store = Store::create(self.config.database(), &database_key).await?;
        let spki = key.public_spki().to_vec();
        *turning = Some(Begun { store, key, proof, former: None });
        Ok(spki)
    }

    /// Second half of `init`: the certificates. The node is open afterwards.
    pub async fn certify(
        self: &Arc<Self>,
        center_der: Vec<u8>,
        node_der: Vec<u8>,
        name: String,
        backup_key: &[u8],
        confirmed: &[String],
    ) -> Result<CenterId, VaultError> {
        let mut turning = self.turn().await?;
        let chain = Chain::parse(&node_der, &center_der)?;
        let Some(begun) = turning.take() else { return Err(VaultError::NotBegun) };
        if chain.node_public_key() != begun.key.public_key() {
            *turning = Some(begun);
            return Err(VaultError::ForeignKey);
        }
        let refused = begun.former.as_ref().and_then(|former| former.gives_way_to(&chain).err());
        if let Some(refused) = refused {
            *turning = Some(begun);
            return Err(refused);
        }
        if let Err(busy) = self.check_ports() {
            *turning = Some(begun);
            return Err(busy);
        }
        let Begun { store, key, proof, former } = begun;
        if let Some(former) = &former {
            former.hand_over(&store, confirmed).await?;
        }
        if !backup_key.is_empty() {
            backup::set_key(&store, backup_key, &center_der).await?;
        }
        let is_first = former.is_none() && chain.epoch() == 1;
        if former.is_none() && !is_first {
            profile::expect(&store, &name).await?;
        }
        store
            .set_identity(StoredIdentity {
                node_key: key.to_bytes(),
                node_certificate: node_der,
                center_certificate: center_der,
            })
            .await?;
        keyfile::install(&self.config.unfinished_keyslots(), &self.config.keyslots())?;
        let center = self.open(store, proof).await?;
        if is_first {
            profile::make(&center, name).await?;
        }
        Ok(chain.center_id())
    }

    /// Opens the database with its key. True when it was open already.
    pub async fn unseal(
        self: &Arc<Self>,
        database_key: Zeroizing<[u8; 32]>,
    ) -> Result<bool, VaultError> {
        let _turn = self.turn().await?;
        match self.state() {
            State::Uninitialized => return Err(VaultError::Uninitialized),
            State::Wiped => return Err(VaultError::Wiped),
            State::Open(_) => return Ok(true),
            State::Sealed => {}
        }
        let opened = self.open_with(&database_key).await;
        match &opened {
            // Where it was the right key it is in memory, and the node is sealed all the same.
            Err(VaultError::Store(StoreError::WrongKey { .. })) | Ok(()) => {}
            Err(_) => self.spend(None),
        }
        opened.map(|()| false)
    }

    async fn open_with(self: &Arc<Self>, database_key: &[u8; 32]) -> Result<(), VaultError> {
        let store = Store::open(self.config.database(), database_key).await?;
        let proof = proof(database_key)?;
        if self.keyslots().ok().and_then(|keyslots| keyslots.vouched(&proof)) == Some(false) {
            tracing::warn!("something else than hospes wrote keyslots.json; see: hospes keys list");
        }
        self.open(store, proof).await?;
        tracing::info!("unsealed");
        Ok(())
    }

    /// Opens the database with a passphrase, for unattended start. Takes about a second of a core.
    pub async fn unseal_with_passphrase(
        self: &Arc<Self>,
        passphrase: Zeroizing<String>,
    ) -> Result<bool, VaultError> {
        let keyslots = self.keyslots()?;
        let key = tokio::task::spawn_blocking(move || keyslots.open(&passphrase))
            .await
            .map_err(|error| VaultError::Crypto(error.to_string()))??;
        self.unseal(Zeroizing::new(*key.as_bytes())).await
    }

    /// Closes everything but the admin socket. True when it was closed already.
    pub async fn seal(&self) -> Result<bool, VaultError> {
        let _turn = self.turning.lock().await;
        self.close(None).await
    }

    /// The same for a reason that people should see.
    pub async fn seal_because(&self, why: SealReason) -> Result<bool, VaultError> {
        let _turn = self.turning.lock().await;
        // While it waited for its turn somebody may have confirmed.
        if matches!(why, SealReason::Unconfirmed { .. }) && self.overdue().is_none() {
            return Ok(true);
        }
        let already = self.close(Some(why)).await?;
        if !already {
            // Said in its turn: after it the process is replaced.
            tracing::warn!(%why, "the node sealed itself; run: hospes unseal");
        }
        Ok(already)
    }

    /// An admin is there: the time until the node seals itself begins anew.
    pub fn confirm(&self) {
        self.write(|inner| inner.confirmed = inner.confirmed.map(|_| clock::steady()));
    }

    /// Why the node should seal itself now, if it should.
    pub fn overdue(&self) -> Option<SealReason> {
        let hours = self.config.auto_seal_hours?;
        let deadline = self.read(|inner| self.deadline(inner))?;
        (clock::steady() >= deadline).then_some(SealReason::Unconfirmed { hours })
    }

    /// Replaces the keyslots file of an open node: as a whole or not at all.
    pub async fn replace_keyslots(&self, json: &str) -> Result<(), VaultError> {
        let _turn = self.turn().await?;
        let keyslots = Keyslots::from_json(json.as_bytes())?;
        let vouched =
            self.read(|inner| inner.proof.as_ref().and_then(|proof| keyslots.vouched(proof)));
        // Whoever could put another key's file here would lock the center out.
        if vouched != Some(true) {
            return Err(VaultError::ForeignKeyslots);
        }
        let new = self.config.new_keyslots();
        keyfile::write(&new, keyslots.to_json().as_bytes())?;
        keyfile::install(&new, &self.config.keyslots())?;
        tracing::info!("the keyslots were replaced");
        Ok(())
    }

    /// Closes the node and destroys its keyslots. The files that there were; none when it was wiped
    /// already.
    pub async fn wipe(&self) -> Result<Vec<PathBuf>, VaultError> {
        let _turn = self.turning.lock().await;
        if matches!(self.state(), State::Uninitialized) {
            return Err(VaultError::Uninitialized);
        }
        let open = match self.state() {
            State::Open(center) => Some(center),
            State::Uninitialized | State::Sealed | State::Wiped => None,
        };
        match tokio::time::timeout(CLOSING, self.close(None)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the node did not close cleanly"),
            Err(_) => tracing::warn!("the node did not close in {} s", CLOSING.as_secs()),
        }
        if let Some(center) = open {
            center.mergers.kill();
        }
        let config = &self.config;
        let mut destroyed = Vec::new();
        for path in [config.keyslots(), config.new_keyslots(), config.unfinished_keyslots()] {
            if keyfile::destroy(&path)? {
                destroyed.push(path);
            }
        }
        self.write(|inner| inner.close(State::Wiped, None));
        self.spend(None);
        tracing::warn!("wiped: the keyslots are destroyed, nothing opens the database any more");
        Ok(destroyed)
    }

    async fn close(&self, why: Option<SealReason>) -> Result<bool, VaultError> {
        let State::Open(center) = self.state() else { return Ok(true) };
        let before = self.write(|inner| inner.close(State::Sealed, why));
        if let Some((_, stop)) = before.local {
            stop.cancel();
        }
        let closed = center.close().await;
        self.spend(why);
        closed?;
        tracing::info!("sealed");
        Ok(false)
    }

    /// When the node has to seal itself, by the clock that nobody sets.
    fn deadline(&self, inner: &Inner) -> Option<Timestamp> {
        let hours = i64::from(self.config.auto_seal_hours?);
        Some(inner.confirmed?.plus(hours * 3_600 * Timestamp::SECOND))
    }

    async fn open(
        self: &Arc<Self>,
        store: Store,
        proof: KeyProof,
    ) -> Result<Arc<Center>, VaultError> {
        let address = self.config.local_listen;
        let failed = |source| OpenError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let config = &self.config;
        let center = Center::open(
            store,
            self.program.clone(),
            config.peer_listen,
            config.alarm_policy,
            config.introductions,
            self.answering.peers,
        )
        .await?;
        let stop = CancellationToken::new();
        (self.answering.local)(self.clone(), listener, stop.clone());
        if let Some(schedule) = self.config.backup.clone() {
            tokio::spawn(schedule.run(center.backups.clone(), center.closing()));
        }
        self.write(|inner| {
            *inner = Inner {
                state: State::Open(center.clone()),
                unsealed: Some(clock::now()),
                local: Some((address, stop)),
                pages: inner.pages,
                confirmed: Some(clock::steady()),
                proof: Some(proof),
                sealed_why: None,
            };
        });
        Ok(center)
    }

    /// What an `init` that was broken off has left.
    fn remove_unfinished(&self) -> Result<(), VaultError> {
        let database = self.config.database();
        let beside = |ending: &str| {
            let mut name = database.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        for path in
            [self.config.unfinished_keyslots(), database.clone(), beside("-wal"), beside("-shm")]
        {
            match fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(FileError { path, source }.into()),
            }
        }
        Ok(())
    }

    fn read<T>(&self, act: impl FnOnce(&Inner) -> T) -> T {
        act(&self.inner.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.inner.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What keyslots are checked with that come later.
fn proof(database_key: &[u8; 32]) -> Result<KeyProof, VaultError> {
    let proof = DatabaseKey::from_bytes(*database_key).proof();
    proof.map_err(|error| VaultError::Crypto(error.to_string()))
}
