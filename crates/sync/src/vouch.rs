//! Whom a center has added, in its own signed words, and whom we accept because of that.
//!
//! A statement says a cause: "these centers my admin has added". It goes from node to node unaltered.
//! What follows from all statements each node works out at home: nobody says whom it accepts, so no
//! acceptance rests on another one that rests on it in turn. A center is accepted when a chain of
//! statements leads to it from a peer that our own admin added.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hospes_domain::{CenterId, NodeId};
use sha2::{Digest as _, Sha256};

mod ways;

pub use ways::ways;

/// Most centers that one statement names.
pub const MOST_NAMED: usize = 64;
/// Most links from us to a center that is accepted: 1 leads to a peer.
pub const LONGEST_CHAIN: usize = 6;
/// Most centers that are accepted besides our peers.
pub const MOST_INTRODUCED: usize = 1_024;
/// Nodes of one center whose statements count: those with the highest names.
pub const MOST_NODES: usize = 4;

/// A signed statement of one center about those that its admin has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouch {
    /// The center that says so.
    pub issuer: CenterId,
    /// Its node that signed.
    pub node: NodeId,
    /// The epoch of that node.
    pub epoch: u32,
    /// Of two statements of one node the one with the higher number counts.
    pub number: u64,
    /// The centers, ascending, at most [`MOST_NAMED`].
    pub centers: Vec<CenterId>,
    /// Ed25519, by the node's key, over [`Vouch::digest`].
    pub signature: [u8; 64],
}

impl Vouch {
    /// A statement about these centers, in any order, with what `sign` makes of its digest.
    pub fn signed(
        (issuer, node, epoch): (CenterId, NodeId, u32),
        number: u64,
        mut centers: Vec<CenterId>,
        sign: impl FnOnce(&[u8; 32]) -> [u8; 64],
    ) -> Self {
        centers.sort_unstable();
        let mut vouch = Self { issuer, node, epoch, number, centers, signature: [0; 64] };
        vouch.signature = sign(&vouch.digest());
        vouch
    }

    /// What is signed: a domain-separated hash of every field, each at a fixed length.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"hospes vouch 1\0");
        hash.update(self.issuer.0);
        hash.update(self.node.0);
        hash.update(self.epoch.to_be_bytes());
        hash.update(self.number.to_be_bytes());
        hash.update((self.centers.len() as u64).to_be_bytes());
        for center in &self.centers {
            hash.update(center.0);
        }
        hash.finalize().into()
    }

    /// Whether it has the form of a statement: few enough centers, ascending, and none of them its own.
    pub fn is_well_formed(&self) -> bool {
        self.centers.len() <= MOST_NAMED
            && self.centers.is_sorted_by(|one, next| one < next)
            && !self.centers.contains(&self.issuer)
    }

    /// Whether it takes the place of another one of the same node. Of two with one number the higher
    /// digest wins, so that all nodes keep the same.
    pub fn supersedes(&self, other: &Self) -> bool {
        (self.epoch, self.number, self.digest()) > (other.epoch, other.number, other.digest())
    }
}

/// The statements that a node keeps: of each node of a center the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    by: BTreeMap<CenterId, BTreeMap<NodeId, Vouch>>,
}

impl Statements {
    /// Whether a statement says something new. To be asked before its signature is checked, which costs
    /// more.
    pub fn is_news(&self, vouch: &Vouch) -> bool {
        vouch.is_well_formed()
            && self.of(&vouch.issuer, &vouch.node).is_none_or(|known| vouch.supersedes(known))
    }

    /// Keeps a statement whose signature was checked; false when it is no news.
    pub fn keep(&mut self, vouch: Vouch) -> bool {
        if !self.is_news(&vouch) {
            return false;
        }
        let nodes = self.by.entry(vouch.issuer).or_default();
        let kept = vouch.node;
        nodes.insert(vouch.node, vouch);
        // Of a crowd of nodes all others keep the same few, whoever said it first.
        while nodes.len() > MOST_NODES {
            nodes.pop_first();
        }
        nodes.contains_key(&kept)
    }

    /// What a node of a center said last.
    pub fn of(&self, issuer: &CenterId, node: &NodeId) -> Option<&Vouch> {
        self.by.get(issuer)?.get(node)
    }

    /// All of them, by center and node.
    pub fn all(&self) -> impl Iterator<Item = &Vouch> {
        self.by.values().flat_map(BTreeMap::values)
    }

    /// Forgets the statements of which this does not hold. Those that were forgotten.
    pub fn retain(&mut self, holds: impl Fn(&Vouch) -> bool) -> Vec<Vouch> {
        let mut gone = Vec::new();
        for nodes in self.by.values_mut() {
            nodes.retain(|_, vouch| {
                let stays = holds(vouch);
                if !stays {
                    gone.push(vouch.clone());
                }
                stays
            });
        }
        self.by.retain(|_, nodes| !nodes.is_empty());
        gone
    }

    /// Whom a center has added, as the last statements of its nodes say together.
    pub fn named_by(&self, issuer: &CenterId) -> impl Iterator<Item = CenterId> {
        let named: BTreeSet<CenterId> = self
            .by
            .get(issuer)
            .into_iter()
            .flat_map(BTreeMap::values)
            .flat_map(|vouch| &vouch.centers)
            .copied()
            .collect();
        named.into_iter()
    }
}

/// What an admin has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisions {
    /// Our center.
    pub own: CenterId,
    /// Centers that were added here.
    pub peers: BTreeSet<CenterId>,
    /// Centers that no statement brings in, and whose statements count for nothing.
    pub barred: BTreeSet<CenterId>,
    /// Ways without a common center that have to lead to a center; 0 accepts peers only.
    pub introductions: usize,
}

/// How a center came to be accepted that is no peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// The peer behind which it stands for us. Whatever is behind one center, however much it invents,
    /// stands behind one peer.
    pub branch: CenterId,
    /// Links from us to it, from 2.
    pub links: usize,
}

/// Whom a node accepts: its own center, its peers, and these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    introduced: BTreeMap<CenterId, Introduced>,
    /// Nearest first, those of different peers in turn.
    order: Vec<CenterId>,
    left_out: BTreeMap<CenterId, usize>,
}

impl Reach {
    /// What follows from statements and decisions. Deterministic: the same for the same, in whatever order
    /// statements came.
    pub fn of(statements: &Statements, decisions: &Decisions) -> Self {
        if decisions.introductions == 0 {
            return Self::default();
        }
        let mut reach = Self::fairly(statements, decisions, |_| true);
        if decisions.introductions > 1 {
            // Whoever is not accepted leads to nobody, and so takes ways from others.
            loop {
                let enough: BTreeSet<CenterId> = reach
                    .order
                    .iter()
                    .filter(|center| {
                        ways(statements, decisions, &reach, center, decisions.introductions)
                            >= decisions.introductions
                    })
                    .copied()
                    .collect();
                if enough.len() == reach.order.len() {
                    break;
                }
                reach = Self::fairly(statements, decisions, |center| enough.contains(center));
            }
        }
        reach
    }

    /// What each peer leads to, if all of it has place. If not, each has an equal share: the largest with
    /// which all shares have place.
    fn fairly(
        statements: &Statements,
        decisions: &Decisions,
        may: impl Fn(&CenterId) -> bool,
    ) -> Self {
        let mut share = (MOST_INTRODUCED / decisions.peers.len().max(1)).max(1);
        let mut reach = Self::walk(statements, decisions, &may, share);
        while !reach.left_out.is_empty() {
            share *= 2;
            let more = Self::walk(statements, decisions, &may, share);
            if more.order.len() >= MOST_INTRODUCED {
                break;
            }
            reach = more;
        }
        reach
    }

    /// Link by link. At each distance the peers' branches take a center each in turn until each has its
    /// share, so that nobody's inventions take the place of what honest peers bring.
    fn walk(
        statements: &Statements,
        decisions: &Decisions,
        may: impl Fn(&CenterId) -> bool,
        share: usize,
    ) -> Self {
        let Decisions { own, peers, barred, .. } = decisions;
        let mut reach = Self::default();
        let mut taken: BTreeMap<CenterId, usize> = BTreeMap::new();
        let mut level: Vec<(CenterId, CenterId)> = peers
            .iter()
            .filter(|peer| !barred.contains(*peer))
            .map(|peer| (*peer, *peer))
            .collect();
        for links in 2..=LONGEST_CHAIN {
            let mut waiting: BTreeMap<CenterId, VecDeque<CenterId>> = BTreeMap::new();
            for (center, branch) in &level {
                let named = statements.named_by(center).filter(|named| {
                    named != own && !peers.contains(named) && !barred.contains(named) && may(named)
                });
                waiting.entry(*branch).or_default().extend(named);
            }
            level.clear();
            while !waiting.is_empty() {
                waiting.retain(|branch, named| {
                    let next = std::iter::from_fn(|| named.pop_front())
                        .find(|center| !reach.introduced.contains_key(center));
                    let Some(center) = next else { return false };
                    let taken = taken.entry(*branch).or_default();
                    if *taken >= share || reach.order.len() >= MOST_INTRODUCED {
                        *reach.left_out.entry(*branch).or_default() += 1;
                        return true;
                    }
                    *taken += 1;
                    reach.introduced.insert(center, Introduced { branch: *branch, links });
                    reach.order.push(center);
                    level.push((center, *branch));
                    true
                });
            }
        }
        reach
    }

    /// How a center came to be accepted; nothing of our own, of peers, and of those that are not.
    pub fn introduced(&self, center: &CenterId) -> Option<Introduced> {
        self.introduced.get(center).copied()
    }

    /// Centers that are accepted and no peers, the nearest first.
    pub fn order(&self) -> &[CenterId] {
        &self.order
    }

    /// How often a center had no place behind a peer, by the peer.
    pub fn left_out(&self) -> &BTreeMap<CenterId, usize> {
        &self.left_out
    }
}

#[cfg(test)]
mod tests;
