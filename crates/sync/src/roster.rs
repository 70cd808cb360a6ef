//! Which centers a node accepts changes of, as a value.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospes_domain::{CenterId, NodeId};
use sha2::{Digest, Sha256};

/// A center that the sender accepts, with the certificates that prove its node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Introduction {
    /// The center.
    pub center: CenterId,
    /// One of its nodes.
    pub node: NodeId,
    /// Epoch of the node's certificate.
    pub epoch: u32,
    /// X.509, DER, at most 2 KiB.
    pub center_certificate: Vec<u8>,
    /// X.509, DER, at most 2 KiB.
    pub node_certificate: Vec<u8>,
}

/// The centers that a node accepts, with the certificates of their nodes.
///
/// Its own center, its peers, and centers to which signed statements lead. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    introductions: Arc<Vec<Introduction>>,
    centers: Arc<BTreeSet<CenterId>>,
    digest: [u8; 16],
}

impl Roster {
    /// A roster of these introductions, in any order.
    pub fn new(mut introductions: Vec<Introduction>) -> Self {
        introductions.sort_unstable();
        introductions.dedup();
        let centers = Arc::new(introductions.iter().map(|known| known.center).collect());
        let mut hash = Sha256::new();
        hash.update(b"hospes roster 1\0");
        for known in &introductions {
            hash.update(known.center.0);
            hash.update(known.node.0);
            hash.update(known.epoch.to_be_bytes());
        }
        let full: [u8; 32] = hash.finalize().into();
        let mut digest = [0; 16];
        digest.copy_from_slice(full.split_at(16).0);
        Self { introductions: Arc::new(introductions), centers, digest }
    }

    /// Whether changes of this center's records are accepted.
    pub fn accepts(&self, center: &CenterId) -> bool {
        self.centers.contains(center)
    }

    /// The accepted centers.
    pub fn centers(&self) -> &Arc<BTreeSet<CenterId>> {
        &self.centers
    }

    /// What the node tells its peers.
    pub fn introductions(&self) -> &[Introduction] {
        &self.introductions
    }

    /// Equal on nodes that accept the same nodes of the same centers under the same epochs.
    pub fn digest(&self) -> [u8; 16] {
        self.digest
    }

    /// Introductions by center.
    pub fn by_center(&self) -> BTreeMap<CenterId, Vec<&Introduction>> {
        let mut centers: BTreeMap<CenterId, Vec<&Introduction>> = BTreeMap::new();
        for known in self.introductions.iter() {
            centers.entry(known.center).or_default().push(known);
        }
        centers
    }
}

#[cfg(test)]
mod tests;
