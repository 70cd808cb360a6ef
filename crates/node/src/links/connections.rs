//! The open connections of each center, so that they can be cut at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::CenterId;
use hospes_identity::certificate::Earlier;
use hospes_identity::trust::Trust;
use tokio_util::sync::CancellationToken;

/// Connections that a center may have at once: one is enough, two come about when both sides dial,
/// and an old one may not know yet that it is dead.
const MOST: usize = 4;

/// A connection, by the epoch of the certificate that it was made with.
struct Open {
    epoch: u32,
    cut: CancellationToken,
}

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Connections {
    open: Arc<Mutex<BTreeMap<CenterId, Vec<Open>>>>,
    trust: Arc<Trust>,
}

impl Connections {
    /// No connections yet.
    pub fn new(trust: Arc<Trust>) -> Self {
        Self { open: Arc::default(), trust }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<CenterId, Vec<Open>>) -> T) -> T {
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes a connection whose handshake is done; nothing when the center is not trusted (any
    /// more). Asked under the same lock as [`Connections::cut`], so that a center that is removed
    /// between its handshake and this line does not slip in.
    ///
    /// Of too many connections of one center the oldest is cut, and so is each of an older epoch: whoever
    /// has the key that was replaced may hold it open.
    pub fn register(&self, center: &CenterId, epoch: u32) -> Option<CancellationToken> {
        self.with(|open| {
            if !self.trust.admits(center, epoch) {
                return None;
            }
            let connections = open.entry(*center).or_default();
            self.cut_old(center, connections);
            while connections.len() >= MOST {
                connections.remove(0).cut.cancel();
            }
            let cut = CancellationToken::new();
            connections.push(Open { epoch, cut: cut.clone() });
            Some(cut)
        })
    }

    /// Cuts every connection of a center and says how many there were.
    pub fn cut(&self, center: &CenterId) -> u32 {
        self.with(|open| {
            let connections = open.remove(center).unwrap_or_default();
            let open = connections.iter().filter(|open| !open.cut.is_cancelled());
            open.fold(0, |count, open| {
                open.cut.cancel();
                count + 1
            })
        })
    }

    /// Cuts the connections of every center that is no longer trusted, and of every key that its center
    /// has replaced.
    pub fn cut_untrusted(&self) {
        self.with(|open| {
            for (center, connections) in open {
                self.cut_old(center, connections);
            }
        });
    }

    fn cut_old(&self, center: &CenterId, connections: &mut Vec<Open>) {
        connections.retain(|open| {
            let stays = self.trust.admits(center, open.epoch);
            if !stays {
                open.cut.cancel();
            }
            stays && !open.cut.is_cancelled()
        });
    }

    /// A center has signed an epoch, as somebody else has shown. True when it was not known: then the
    /// connections of the key before are cut.
    pub fn replaced(&self, center: &CenterId, epoch: u32, earlier: Earlier) -> bool {
        let is_new = self.trust.observe_epoch(center, epoch, earlier);
        if is_new {
            self.cut_untrusted();
        }
        is_new
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

    #[test]
    fn the_connection_of_a_key_that_was_replaced_is_cut_however_the_new_one_is_heard_of() {
        let center = CenterId([1; 32]);
        let set: TrustSet = [(center, Trusted::new("Narva"))].into_iter().collect();
        let trust = Arc::new(Trust::new(set));
        let connections = Connections::new(trust.clone());
        let old = connections.register(&center, 1).unwrap();
        // In a handshake.
        trust.observe_epoch(&center, 2, Earlier::Honored);
        let new = connections.register(&center, 2).unwrap();
        assert!(old.is_cancelled() && !new.is_cancelled());
        // From somebody else.
        assert!(!connections.replaced(&center, 2, Earlier::Honored));
        assert!(!new.is_cancelled());
        assert!(connections.replaced(&center, 3, Earlier::Honored));
        assert!(new.is_cancelled());
        assert!(connections.register(&center, 2).is_none());
    }
}
