//! Whom we let in: the centers that our admin has added, as a value that everybody may read.
//!
//! Trust is local. The node keeps the set on disk, publishes it here, and hears through the
//! [`Doorkeeper`] what happens at the door.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hospes_domain::{CenterId, NodeId};

use crate::certificate::{Chain, Earlier};

/// Whether a center that was added may connect now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Active,
    /// It may not until the admin resumes it.
    Suspended,
}

/// A center that our admin has added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// What our admin calls it.
    pub name: String,
    /// Whether it may connect now.
    pub state: Standing,
    /// The highest epoch that we have seen of it; 0 before the first.
    pub highest_epoch: u32,
    /// What that epoch says of the ones before it.
    pub earlier: Earlier,
}

impl Trusted {
    /// A center that was added just now and has not been seen yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: Standing::Active,
            highest_epoch: 0,
            earlier: Earlier::Honored,
        }
    }
}

/// The centers that our admin has added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustSet {
    /// Each with its name, standing and epoch.
    pub centers: BTreeMap<CenterId, Trusted>,
}

impl FromIterator<(CenterId, Trusted)> for TrustSet {
    fn from_iter<T: IntoIterator<Item = (CenterId, Trusted)>>(centers: T) -> Self {
        Self { centers: centers.into_iter().collect() }
    }
}

impl TrustSet {
    /// What we know of a center, if it was added.
    pub fn get(&self, center: &CenterId) -> Option<&Trusted> {
        self.centers.get(center)
    }

    /// Whether the center was added and is not suspended.
    pub fn is_trusted(&self, center: &CenterId) -> bool {
        self.get(center).is_some_and(|trusted| trusted.state == Standing::Active)
    }

    /// Whether a node of this center and epoch may be let in.
    ///
    /// An epoch that is higher than any seen is fine: that the center signed it is what counts.
    pub fn judge(&self, center: &CenterId, epoch: u32) -> Result<(), RefusedWhy> {
        let trusted = self.get(center).ok_or(RefusedWhy::Unknown)?;
        if trusted.state == Standing::Suspended {
            return Err(RefusedWhy::Suspended);
        }
        let highest = trusted.highest_epoch;
        if epoch < highest { Err(RefusedWhy::OldEpoch { epoch, highest }) } else { Ok(()) }
    }

    /// The centers that were added, also those that are suspended.
    pub fn centers(&self) -> impl Iterator<Item = CenterId> + '_ {
        self.centers.keys().copied()
    }

    /// Notes an epoch; true if it is higher than any seen before.
    pub fn observe(&mut self, center: &CenterId, epoch: u32, earlier: Earlier) -> bool {
        match self.centers.get_mut(center) {
            Some(trusted) if trusted.highest_epoch < epoch => {
                trusted.highest_epoch = epoch;
                trusted.earlier = earlier;
                true
            }
            _ => false,
        }
    }
}

/// The published [`TrustSet`]. Readers never wait.
#[derive(Debug, Default)]
pub struct Trust {
    set: ArcSwap<TrustSet>,
}

impl Trust {
    /// Publishes a first set.
    pub fn new(set: TrustSet) -> Self {
        Self { set: ArcSwap::from_pointee(set) }
    }

    /// The set as it is now. A long-lived user takes it again for each decision.
    pub fn snapshot(&self) -> Arc<TrustSet> {
        self.set.load_full()
    }

    /// Publishes a new set. New handshakes see it at once; live connections are the caller's.
    ///
    /// Epochs never fall: a center keeps the highest epoch of both sets, so that an epoch that was
    /// seen while the caller prepared its set is not forgotten.
    pub fn replace(&self, set: TrustSet) {
        self.set.rcu(|old| {
            let mut new = set.clone();
            for (center, trusted) in &old.centers {
                new.observe(center, trusted.highest_epoch, trusted.earlier);
            }
            new
        });
    }

    /// Whether the center was added and is not suspended.
    pub fn is_trusted(&self, center: &CenterId) -> bool {
        self.set.load().is_trusted(center)
    }

    /// Whether a connection of this center and epoch may go on: to be asked per request and per
    /// item of a stream.
    pub fn admits(&self, center: &CenterId, epoch: u32) -> bool {
        self.set.load().judge(center, epoch).is_ok()
    }

    /// Notes an epoch that the center has signed; true if it is higher than any seen before.
    ///
    /// From then on older epochs are refused, also before the node has written it down.
    pub fn observe_epoch(&self, center: &CenterId, epoch: u32, earlier: Earlier) -> bool {
        let known =
            |set: &TrustSet| set.get(center).is_none_or(|trusted| trusted.highest_epoch >= epoch);
        if known(&self.set.load()) {
            return false;
        }
        let mut raised = false;
        self.set.rcu(|old| {
            let mut new = TrustSet::clone(old);
            raised = new.observe(center, epoch, earlier);
            new
        });
        raised
    }

    /// Lets a node in or says why not, and tells the doorkeeper what it has to know.
    ///
    /// `expected` is the center that was dialed.
    pub fn admit(
        &self,
        chain: &Chain,
        expected: Option<&CenterId>,
        door: &dyn Doorkeeper,
    ) -> Result<(), RefusedWhy> {
        let center = chain.center_id();
        let verdict = match expected {
            Some(&expected) if expected != center => Err(RefusedWhy::NotExpected { expected }),
            _ => self.set.load().judge(&center, chain.epoch()),
        };
        match &verdict {
            Ok(()) => {
                if self.observe_epoch(&center, chain.epoch(), chain.earlier()) {
                    door.epoch_seen(center, chain.epoch(), chain.earlier());
                }
            }
            Err(why) => door.turned_away(Refused {
                center,
                center_der: chain.center().der().to_vec(),
                node: chain.node_id(),
                why: why.clone(),
            }),
        }
        verdict
    }
}

/// A node that was not let in.
///
/// The certificates are real, but in a handshake they are judged **before** the other side has
/// proven that it holds the node key. So this says "somebody showed the certificate of this
/// center", and an admin compares the id by voice before adding it.
#[derive(Clone, PartialEq, Eq)]
pub struct Refused {
    /// The center of its certificate.
    pub center: CenterId,
    /// The center's certificate, DER, so that the admin can add it from the list.
    pub center_der: Vec<u8>,
    /// The node of its certificate.
    pub node: NodeId,
    /// Why.
    pub why: RefusedWhy,
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("center", &self.center)
            .field("node", &self.node)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

/// Why a node was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedWhy {
    /// Our admin has not added its center.
    #[error("its center has not been added here")]
    Unknown,
    /// Our admin has suspended its center.
    #[error("its center is suspended here")]
    Suspended,
    /// Its center has since certified a newer key.
    #[error("its certificate is of epoch {epoch}, and its center has issued epoch {highest} since")]
    OldEpoch {
        /// The epoch of its certificate.
        epoch: u32,
        /// The highest epoch that we have seen.
        highest: u32,
    },
    /// We dialed another center.
    #[error("another center was expected at this address, {}", expected.short())]
    NotExpected {
        /// The center that was dialed.
        expected: CenterId,
    },
}

/// Hears what happens at the door, for the list of pending centers and for writing epochs down.
///
/// It is called in the middle of a handshake, by whatever thread makes it: it must return at once,
/// keep a bound on what it remembers (anybody may knock), and not block.
pub trait Doorkeeper: Send + Sync {
    /// A node was not let in.
    fn turned_away(&self, refused: Refused);

    /// A center has shown a higher epoch than any before. It counts already; it has to be written
    /// down, so that it still counts after a restart.
    fn epoch_seen(&self, center: CenterId, epoch: u32, earlier: Earlier);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const A: CenterId = CenterId([1; 32]);
    const B: CenterId = CenterId([2; 32]);

    fn set(center: CenterId, highest_epoch: u32) -> TrustSet {
        [(center, Trusted { highest_epoch, ..Trusted::new("a") })].into_iter().collect()
    }

    #[test]
    fn only_an_active_center_of_a_current_epoch_is_let_in() {
        fn check(set: &TrustSet, epoch: u32, expected: Result<(), RefusedWhy>) {
            assert_eq!(set.judge(&A, epoch), expected);
        }
        let mut trusted = set(A, 3);
        check(&trusted, 3, Ok(()));
        check(&trusted, 4, Ok(()));
        check(&trusted, 2, Err(RefusedWhy::OldEpoch { epoch: 2, highest: 3 }));
        check(&set(B, 0), 3, Err(RefusedWhy::Unknown));
        trusted.centers.get_mut(&A).unwrap().state = Standing::Suspended;
        check(&trusted, 3, Err(RefusedWhy::Suspended));
        assert!(!trusted.is_trusted(&A));
    }

    #[test]
    fn an_epoch_is_noted_once_and_shuts_out_the_older_ones() {
        let trust = Trust::new(set(A, 1));
        assert!(trust.admits(&A, 1));
        assert!(trust.observe_epoch(&A, 2, Earlier::Frozen));
        assert!(!trust.observe_epoch(&A, 2, Earlier::Honored));
        assert!(!trust.admits(&A, 1));
        assert_eq!(trust.snapshot().get(&A).unwrap().earlier, Earlier::Frozen);
        assert!(!trust.observe_epoch(&B, 9, Earlier::Honored));
        assert_eq!(trust.snapshot().get(&B), None);
    }

    #[test]
    fn replacing_the_set_forgets_no_epoch() {
        let trust = Trust::new(set(A, 1));
        trust.observe_epoch(&A, 5, Earlier::Frozen);
        trust.replace(set(A, 1));
        let kept = trust.snapshot();
        let kept = kept.get(&A).unwrap();
        assert_eq!((kept.highest_epoch, kept.earlier), (5, Earlier::Frozen));
        trust.replace(set(B, 0));
        assert!(!trust.is_trusted(&A) && trust.is_trusted(&B));
    }
}
