//! Whether the node is open: without the key of the database it has no identity and no data, and
//! answers on the admin socket only.

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hospes_domain::{CenterId, Fields, Kind, Timestamp, Value};
use hospes_identity::certificate::{CertificateProblem, Chain};
use hospes_identity::keyslots::{Keyslots, UnsealError};
use hospes_identity::node::NodeKey;
use hospes_store::{Store, StoreError, StoredIdentity};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use zeroize::Zeroizing;

use crate::center::{Center, OpenError, SOFTWARE};
use crate::config::Config;
use crate::editor::{EditError, Edits, Options, Target, Write};
use crate::{access, clock};

/// What the node can do at the moment.
#[derive(Clone)]
pub enum State {
    /// There is no database yet.
    Uninitialized,
    /// There is one, and its key is not here.
    Sealed,
    /// Everything runs.
    Open(Arc<Center>),
}

/// What there is to know about the process, sealed or not.
#[derive(Debug, Clone)]
pub struct NodeFacts {
    /// Name and release.
    pub software: String,
    /// When the process began.
    pub started: Timestamp,
    /// When it was unsealed.
    pub unsealed: Option<Timestamp>,
    /// Where peers connect.
    pub peer_listener: Option<SocketAddr>,
    /// Where counselors' tools connect.
    pub local_listener: Option<SocketAddr>,
}

/// Why the node did not change its state.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is a database already.
    #[error("initialize the node: it is initialized already")]
    Initialized,
    /// There is no database.
    #[error("use the node: it is not initialized; run hospes init")]
    Uninitialized,
    /// `init` was not begun, or another one was begun since.
    #[error("certify the node: begin with hospes init")]
    NotBegun,
    /// Certificates that do not belong together or to this node.
    #[error("certify the node: {0}")]
    Certificate(#[from] CertificateProblem),
    /// The certificate is for another key.
    #[error("certify the node: the certificate is for another node's key")]
    ForeignKey,
    /// The keyslots file.
    #[error("read the keyslots: {0}")]
    Keyslots(#[from] UnsealError),
    /// Randomness or memory.
    #[error("make the node key: {0}")]
    Crypto(String),
    /// A file.
    #[error("use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The node itself.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The first record of a center, its profile.
    #[error(transparent)]
    Profile(#[from] EditError),
}

/// The node's state and the way from one to the other.
pub struct Vault {
    config: Config,
    program: PathBuf,
    started: Timestamp,
    inner: RwLock<Inner>,
    /// One change of state at a time.
    turning: Mutex<Option<Begun>>,
}

struct Inner {
    state: State,
    unsealed: Option<Timestamp>,
    local: Option<(SocketAddr, CancellationToken)>,
}

/// The first half of `init`.
struct Begun {
    store: Store,
    key: NodeKey,
}

impl Vault {
    /// The vault of a data folder. `program` is started again as the merge worker.
    pub fn new(config: Config, program: PathBuf) -> Result<Self, VaultError> {
        // A keyslots file without identity is an `init` that was broken off: it may begin again.
        let state = if config.keyslots().exists() { State::Sealed } else { State::Uninitialized };
        Ok(Self {
            config,
            program,
            started: clock::now(),
            inner: RwLock::new(Inner { state, unsealed: None, local: None }),
            turning: Mutex::new(None),
        })
    }

    /// What the node can do at the moment.
    pub fn state(&self) -> State {
        self.read(|inner| inner.state.clone())
    }

    /// What there is to know about the process.
    pub fn node_facts(&self) -> NodeFacts {
        self.read(|inner| NodeFacts {
            software: SOFTWARE.to_owned(),
            started: self.started,
            unsealed: inner.unsealed,
            peer_listener: match &inner.state {
                State::Open(center) => Some(center.peer_listener),
                State::Uninitialized | State::Sealed => None,
            },
            local_listener: inner.local.as_ref().map(|(address, _)| *address),
        })
    }

    /// The wrapped keys, so that the passphrase can be typed elsewhere.
    pub fn keyslots(&self) -> Result<String, VaultError> {
        if matches!(self.state(), State::Uninitialized) {
            return Err(VaultError::Uninitialized);
        }
        let path = self.config.keyslots();
        let json = fs::read(&path).map_err(|source| VaultError::File { path, source })?;
        Ok(Keyslots::from_json(&json)?.to_json())
    }

    /// First half of `init`: the database and in it a node key, whose public half is returned.
    pub async fn initialize(
        &self,
        database_key: [u8; 32],
        keyslots: String,
    ) -> Result<Vec<u8>, VaultError> {
        let mut turning = self.turning.lock().await;
        if !matches!(self.state(), State::Uninitialized) {
            return Err(VaultError::Initialized);
        }
        if let Some(Begun { store, .. }) = turning.take() {
            store.close().await?;
        }
        Keyslots::from_json(keyslots.as_bytes())?;
        self.remove_unfinished()?;
        let key = NodeKey::generate().map_err(|error| VaultError::Crypto(error.to_string()))?;
        let store = Store::create(self.config.database(), &database_key).await?;
        // Written under another name: it becomes the keyslots file when the node is certified.
        write_secret(&self.unfinished(), keyslots.as_bytes())?;
        let spki = key.public_spki().to_vec();
        *turning = Some(Begun { store, key });
        Ok(spki)
    }

    /// Second half of `init`: the certificates. The node is open afterwards.
    pub async fn certify(
        self: &Arc<Self>,
        center_der: Vec<u8>,
        node_der: Vec<u8>,
        name: String,
    ) -> Result<CenterId, VaultError> {
        let mut turning = self.turning.lock().await;
        let chain = Chain::parse(&node_der, &center_der)?;
        let Some(Begun { store, key }) = turning.take() else { return Err(VaultError::NotBegun) };
        if chain.node_public_key() != key.public_key() {
            *turning = Some(Begun { store, key });
            return Err(VaultError::ForeignKey);
        }
        store
            .set_identity(StoredIdentity {
                node_key: key.to_bytes(),
                node_certificate: node_der,
                center_certificate: center_der,
            })
            .await?;
        let keyslots = self.config.keyslots();
        fs::rename(self.unfinished(), &keyslots)
            .map_err(|source| VaultError::File { path: keyslots, source })?;
        let center = self.open(store).await?;
        let profile = Write {
            target: Target::New(Kind::Center),
            edits: Edits::Whole(Fields::from([("name".to_owned(), Value::Text(name))])),
            base: None,
            import: None,
        };
        center.write(vec![profile], Options::default(), |_, _| {}).await?;
        Ok(chain.center_id())
    }

    /// Opens the database with its key. True when it was open already.
    pub async fn unseal(self: &Arc<Self>, database_key: [u8; 32]) -> Result<bool, VaultError> {
        let database_key = Zeroizing::new(database_key);
        let _turn = self.turning.lock().await;
        match self.state() {
            State::Uninitialized => return Err(VaultError::Uninitialized),
            State::Open(_) => return Ok(true),
            State::Sealed => {}
        }
        let store = Store::open(self.config.database(), &database_key).await?;
        self.open(store).await?;
        tracing::info!("unsealed");
        Ok(false)
    }

    /// Opens the database with a passphrase, for unattended start. Takes about a second of a core.
    pub async fn unseal_with_passphrase(
        self: &Arc<Self>,
        passphrase: Zeroizing<String>,
    ) -> Result<bool, VaultError> {
        let keyslots = Keyslots::from_json(self.keyslots()?.as_bytes())?;
        let key = tokio::task::spawn_blocking(move || keyslots.open(passphrase.trim_end()))
            .await
            .map_err(|error| VaultError::Crypto(error.to_string()))??;
        self.unseal(*key.as_bytes()).await
    }

    /// Closes everything but the admin socket. True when it was closed already.
    pub async fn seal(&self) -> Result<bool, VaultError> {
        let _turn = self.turning.lock().await;
        let State::Open(center) = self.state() else { return Ok(true) };
        let local = self.write(|inner| {
            inner.state = State::Sealed;
            inner.unsealed = None;
            inner.local.take()
        });
        if let Some((_, stop)) = local {
            stop.cancel();
        }
        center.close().await?;
        tracing::info!("sealed");
        Ok(false)
    }

    async fn open(self: &Arc<Self>, store: Store) -> Result<Arc<Center>, VaultError> {
        let address = self.config.local_listen;
        let failed = |source| OpenError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let center = Center::open(store, self.program.clone(), self.config.peer_listen).await?;
        let stop = CancellationToken::new();
        serve_local(self.clone(), listener, stop.clone());
        self.write(|inner| {
            inner.state = State::Open(center.clone());
            inner.unsealed = Some(clock::now());
            inner.local = Some((address, stop));
        });
        Ok(center)
    }

    fn unfinished(&self) -> PathBuf {
        self.config.data.join("keyslots.unfinished.json")
    }

    /// What an `init` that was broken off has left.
    fn remove_unfinished(&self) -> Result<(), VaultError> {
        let database = self.config.database();
        let beside = |ending: &str| {
            let mut name = database.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        for path in [self.unfinished(), database.clone(), beside("-wal"), beside("-shm")] {
            match fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(VaultError::File { path, source }),
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

fn serve_local(
    vault: Arc<Vault>,
    listener: TcpListener,
    stop: CancellationToken,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        // Without it every small answer waits 40 ms for the acknowledgement of the one before. The
        // server's own setting goes only for listeners that it opened itself.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let served = tonic::transport::Server::builder()
            .max_concurrent_streams(64)
            .add_routes(access::local_routes(vault))
            .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the local listener ended");
        }
    })
}

/// A file that only its owner can read.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let failed = |source| VaultError::File { path: path.to_owned(), source };
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)
}
