//! The open connections of each center, so that they can be cut at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::CenterId;
use hospes_identity::trust::Trust;
use tokio_util::sync::CancellationToken;

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Connections {
    open: Arc<Mutex<BTreeMap<CenterId, Vec<CancellationToken>>>>,
    trust: Arc<Trust>,
}

impl Connections {
    /// No connections yet.
    pub fn new(trust: Arc<Trust>) -> Self {
        Self { open: Arc::default(), trust }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<CenterId, Vec<CancellationToken>>) -> T) -> T {
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes a connection whose handshake is done; nothing when the center is not trusted (any
    /// more). Asked under the same lock as [`Connections::cut`], so that a center that is removed
    /// between its handshake and this line does not slip in.
    pub fn register(&self, center: &CenterId, epoch: u32) -> Option<CancellationToken> {
        self.with(|open| {
            if !self.trust.admits(center, epoch) {
                return None;
            }
            let tokens = open.entry(*center).or_default();
            tokens.retain(|token| !token.is_cancelled());
            let token = CancellationToken::new();
            tokens.push(token.clone());
            Some(token)
        })
    }

    /// Cuts every connection of a center and says how many there were.
    pub fn cut(&self, center: &CenterId) -> u32 {
        self.with(|open| {
            let tokens = open.remove(center).unwrap_or_default();
            tokens.iter().filter(|token| !token.is_cancelled()).fold(0, |count, token| {
                token.cancel();
                count + 1
            })
        })
    }

    /// Cuts the connections of every center that is no longer trusted.
    pub fn cut_untrusted(&self) {
        let centers: Vec<CenterId> = self.with(|open| open.keys().copied().collect());
        for center in centers.iter().filter(|center| !self.trust.is_trusted(center)) {
            self.cut(center);
        }
    }
}
