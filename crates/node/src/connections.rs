//! The open connections of each center, so that they can be cut at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::CenterId;
use hospes_identity::trust::Trust;
use tokio_util::sync::CancellationToken;

/// Connections that a center may have at once: one is enough, two come about when both sides dial,
/// and an old one may not know yet that it is dead.
const MOST: usize = 4;

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
    ///
    /// Of too many connections of one center the oldest is cut.
    pub fn register(&self, center: &CenterId, epoch: u32) -> Option<CancellationToken> {
        self.with(|open| {
            if !self.trust.admits(center, epoch) {
                return None;
            }
            let tokens = open.entry(*center).or_default();
            tokens.retain(|token| !token.is_cancelled());
            while tokens.len() >= MOST {
                tokens.remove(0).cancel();
            }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_identity::trust::{TrustSet, Trusted};

    use super::*;

    #[test]
    fn of_too_many_connections_of_one_center_the_oldest_is_cut() {
        let (greedy, other) = (CenterId([1; 32]), CenterId([2; 32]));
        let trusted = [(greedy, Trusted::new("Greedy")), (other, Trusted::new("Other"))];
        let set: TrustSet = trusted.into_iter().collect();
        let connections = Connections::new(Arc::new(Trust::new(set)));
        let honest = connections.register(&other, 1).unwrap();
        let all: Vec<_> =
            (0..MOST + 2).map(|_| connections.register(&greedy, 1).unwrap()).collect();
        let cut: Vec<bool> = all.iter().map(CancellationToken::is_cancelled).collect();
        assert_eq!(cut, [true, true, false, false, false, false]);
        assert!(!honest.is_cancelled());
        // What ended by itself does not count.
        all[MOST].cancel();
        let next = connections.register(&greedy, 1).unwrap();
        assert!(!all[2].is_cancelled() && !next.is_cancelled());
        assert!(connections.register(&CenterId([3; 32]), 1).is_none());
    }
}
