//! What we call centers: our admin's own name for a peer, else what a center calls itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hospes_domain::{CenterId, Kind, RecordKey, Value};
use hospes_store::{Store, StoreError};
use tokio::sync::broadcast;

use super::peerbook::PeerBook;

/// The setting that is there while our own profile is to come from peers. It holds the name that the
/// center has until then, which may be empty.
pub(crate) const AWAITED: &str = "profile_awaited";

/// See the module.
pub(crate) struct Names {
    own: CenterId,
    store: Store,
    peerbook: Arc<PeerBook>,
    known: ArcSwap<BTreeMap<CenterId, String>>,
}

impl Names {
    /// None are known until [`Names::learn`].
    pub(crate) fn new(own: CenterId, store: Store, peerbook: Arc<PeerBook>) -> Arc<Self> {
        Arc::new(Self { own, store, peerbook, known: ArcSwap::default() })
    }

    /// Where there is no name, the beginning of the identifier.
    pub(crate) fn of(&self, center: &CenterId) -> String {
        self.known.load().get(center).cloned().unwrap_or_else(|| center.short())
    }

    /// Reads them all.
    pub(crate) async fn learn(&self) -> Result<(), StoreError> {
        let mut names = BTreeMap::new();
        let meanwhile = self.store.setting(AWAITED).await?.filter(|name| !name.is_empty());
        names.extend(meanwhile.map(|name| (self.own, name)));
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
        self.known.store(Arc::new(names));
        Ok(())
    }

    /// Reads them again, and says in the log when that was not possible.
    pub(crate) async fn renew(&self) {
        if let Err(error) = self.learn().await {
            tracing::warn!(%error, "names of centers were not read");
        }
    }

    /// Reads them again whenever a profile changed.
    pub(crate) async fn follow(
        self: Arc<Self>,
        mut feed: broadcast::Receiver<Arc<Vec<RecordKey>>>,
    ) {
        loop {
            let renamed = match feed.recv().await {
                Ok(keys) => keys.iter().any(|key| key.kind == Kind::Center),
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return,
            };
            if renamed {
                self.renew().await;
            }
        }
    }
}
