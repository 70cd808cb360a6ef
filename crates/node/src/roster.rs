//! Whose changes are accepted: our own center's, our peers', and those of centers that enough of
//! our peers introduce. With it, the certificates that prove who an author is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::{CenterId, NodeId};
use hospes_identity::certificate::{Chain, Earlier};
use hospes_identity::node::Verifier;
use hospes_sync::admission::Refusal;
use hospes_sync::alarm::Alarm;
use hospes_sync::frame::Introduction;
use hospes_sync::{Author, SignedChange};

/// Introducers that a center needs before its records are shown.
const INTRODUCTIONS: usize = 1;
/// Nodes that one center may have.
const NODES_PER_CENTER: usize = 16;
/// Centers that are remembered at most.
const CENTERS: usize = 1_024;

/// A center that we know through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduced {
    /// The center.
    pub center: CenterId,
    /// Peers that introduce it at present.
    pub by: Vec<CenterId>,
    /// Its highest epoch that we have seen.
    pub epoch: u32,
}

/// What came of an introduction.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Whether the accepted centers or nodes are others now.
    pub changed: bool,
    /// Certificates that were not known before, to be written down.
    pub new: Vec<Introduction>,
}

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Roster {
    known: Arc<Mutex<Known>>,
}

struct Known {
    own: CenterId,
    peers: BTreeSet<CenterId>,
    /// Centers that the admin removed or suspended: no introduction brings them in.
    barred: BTreeSet<CenterId>,
    centers: BTreeMap<CenterId, BTreeMap<(u32, NodeId), Member>>,
    /// Who introduces a center at present.
    introducers: BTreeMap<CenterId, BTreeSet<CenterId>>,
}

struct Member {
    introduction: Introduction,
    earlier: Earlier,
    verifier: Arc<Verifier>,
}

impl Known {
    fn accepts(&self, center: &CenterId) -> bool {
        if *center == self.own || self.peers.contains(center) {
            return true;
        }
        !self.barred.contains(center)
            && self.introducers.get(center).is_some_and(|by| by.len() >= INTRODUCTIONS)
    }

    fn add(&mut self, introduction: Introduction) -> bool {
        if self.centers.len() >= CENTERS && !self.centers.contains_key(&introduction.center) {
            return false;
        }
        let place = (introduction.epoch, introduction.node);
        if let Some(nodes) = self.centers.get(&introduction.center)
            && (nodes.contains_key(&place) || nodes.len() >= NODES_PER_CENTER)
        {
            return false;
        }
        let chain = Chain::parse(&introduction.node_certificate, &introduction.center_certificate);
        let Ok(chain) = chain else { return false };
        let named = chain.center_id() == introduction.center
            && chain.node_id() == introduction.node
            && chain.epoch() == introduction.epoch;
        let Some(verifier) = Verifier::new(&chain.node_public_key()).filter(|_| named) else {
            return false;
        };
        let member =
            Member { earlier: chain.earlier(), verifier: Arc::new(verifier), introduction };
        self.centers.entry(chain.center_id()).or_default().insert(place, member);
        true
    }

    fn current(&self) -> hospes_sync::Roster {
        let introductions = self
            .centers
            .iter()
            .filter(|(center, _)| self.accepts(center))
            .flat_map(|(_, nodes)| nodes.values().map(|member| member.introduction.clone()))
            .collect();
        hospes_sync::Roster::new(introductions)
    }
}

impl Roster {
    /// A roster of our own chain and of certificates that were written down earlier.
    pub fn new(
        own: &Chain,
        remembered: Vec<(Introduction, BTreeSet<CenterId>)>,
        peers: BTreeSet<CenterId>,
        barred: BTreeSet<CenterId>,
    ) -> Self {
        let mut known = Known {
            own: own.center_id(),
            peers,
            barred,
            centers: BTreeMap::new(),
            introducers: BTreeMap::new(),
        };
        known.add(introduction_of(own));
        for (introduction, by) in remembered {
            let center = introduction.center;
            known.add(introduction);
            known.introducers.entry(center).or_default().extend(by);
        }
        Self { known: Arc::new(Mutex::new(known)) }
    }

    fn with<T>(&self, read: impl FnOnce(&mut Known) -> T) -> T {
        // A thread that panicked while holding the lock has changed nothing by halves.
        read(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the sync engine is told.
    pub fn current(&self) -> hospes_sync::Roster {
        self.with(|known| known.current())
    }

    /// Whether a center's changes are accepted.
    pub fn accepts(&self, center: &CenterId) -> bool {
        self.with(|known| known.accepts(center))
    }

    /// The admin has added, suspended or removed peers.
    pub fn set_peers(&self, peers: BTreeSet<CenterId>, barred: BTreeSet<CenterId>) {
        self.with(|known| {
            for by in known.introducers.values_mut() {
                by.retain(|center| peers.contains(center));
            }
            (known.peers, known.barred) = (peers, barred);
        });
    }

    /// A peer has shown its certificates in a handshake.
    pub fn met(&self, chain: &Chain) -> Learned {
        let introduction = introduction_of(chain);
        self.with(|known| {
            let before = known.current().digest();
            let new = if known.add(introduction.clone()) { vec![introduction] } else { Vec::new() };
            Learned { changed: known.current().digest() != before, new }
        })
    }

    /// A peer says which centers it accepts; what it said before counts no more.
    pub fn learn(&self, from: CenterId, introductions: Vec<Introduction>) -> Learned {
        self.with(|known| {
            if !known.peers.contains(&from) {
                return Learned::default();
            }
            let before = known.current().digest();
            for by in known.introducers.values_mut() {
                by.remove(&from);
            }
            let mut new = Vec::new();
            for introduction in introductions {
                let center = introduction.center;
                if known.add(introduction.clone()) {
                    new.push(introduction);
                }
                // Only a center of which we hold a certificate can be introduced.
                if center != from && center != known.own && known.centers.contains_key(&center) {
                    known.introducers.entry(center).or_default().insert(from);
                }
            }
            Learned { changed: known.current().digest() != before, new }
        })
    }

    /// Who introduces a center at present.
    pub fn introducers(&self, center: &CenterId) -> BTreeSet<CenterId> {
        self.with(|known| known.introducers.get(center).cloned().unwrap_or_default())
    }

    /// Whether our admin or an alarm keeps a center out.
    pub fn is_barred(&self, center: &CenterId) -> bool {
        self.with(|known| known.barred.contains(center))
    }

    /// The highest epoch of a center that we have seen, and what it says of those before it.
    pub fn newest(&self, center: &CenterId) -> Option<(u32, Earlier)> {
        self.with(|known| {
            let ((epoch, _), member) = known.centers.get(center)?.last_key_value()?;
            Some((*epoch, member.earlier))
        })
    }

    /// The highest epoch of a center that we have seen; 0 when none was.
    pub fn epoch(&self, center: &CenterId) -> u32 {
        self.newest(center).map(|(epoch, _)| epoch).unwrap_or_default()
    }

    /// Centers that are accepted because peers introduce them.
    pub fn introduced(&self) -> Vec<Introduced> {
        self.with(|known| {
            known
                .centers
                .iter()
                .filter(|(center, _)| {
                    **center != known.own && !known.peers.contains(center) && known.accepts(center)
                })
                .map(|(center, nodes)| Introduced {
                    center: *center,
                    by: known.introducers.get(center).into_iter().flatten().copied().collect(),
                    epoch: nodes.keys().map(|(epoch, _)| *epoch).max().unwrap_or(0),
                })
                .collect()
        })
    }

    /// Checks that a change was signed by who it says, and that this author is accepted.
    pub fn verify(&self, change: &SignedChange) -> Result<(), Refusal> {
        let verifier = self.author(&change.author)?;
        if !self.accepts(&change.key.steward) {
            return Err(Refusal::UnknownCenter(change.key.steward));
        }
        if verifier.verify(&change.digest(), &change.signature) {
            Ok(())
        } else {
            Err(Refusal::BadSignature)
        }
    }

    /// On whose word an alarm counts: on its issuer's, or, when one peer alone introduces the issuer, on
    /// that peer's. Nothing when its issuer is not accepted here or has replaced the key since; an
    /// error when nobody signed it.
    pub fn voice(&self, alarm: &Alarm) -> Result<Option<CenterId>, Refusal> {
        let Alarm { issuer, node, epoch, signature, .. } = alarm;
        let Some((verifier, voice)) = self.with(|known| {
            let nodes = known.centers.get(issuer).filter(|_| known.accepts(issuer))?;
            let current = nodes.last_key_value().map(|((epoch, _), _)| *epoch)?;
            let member = nodes.get(&(*epoch, *node)).filter(|_| *epoch == current)?;
            let voice = match known.introducers.get(issuer) {
                Some(by) if *issuer != known.own && !known.peers.contains(issuer) => {
                    let mut by = by.iter();
                    by.next().filter(|_| by.next().is_none()).unwrap_or(issuer)
                }
                _ => issuer,
            };
            Some((member.verifier.clone(), *voice))
        }) else {
            return Ok(None);
        };
        if verifier.verify(&alarm.digest(), signature) {
            Ok(Some(voice))
        } else {
            Err(Refusal::BadSignature)
        }
    }

    fn author(&self, author: &Author) -> Result<Arc<Verifier>, Refusal> {
        let Author { center, node, epoch, .. } = *author;
        self.with(|known| {
            if known.barred.contains(&center) && !known.peers.contains(&center) {
                return Err(Refusal::NotTrusted(center));
            }
            if !known.accepts(&center) {
                return Err(Refusal::UnknownCenter(center));
            }
            let nodes = known.centers.get(&center).ok_or(Refusal::UnknownCenter(center))?;
            let newest = nodes.last_key_value();
            if let Some(((current, _), member)) = newest
                && epoch < *current
                && member.earlier == Earlier::Frozen
            {
                return Err(Refusal::OldEpoch { epoch, current: *current });
            }
            nodes
                .get(&(epoch, node))
                .map(|member| member.verifier.clone())
                .ok_or(Refusal::UnknownNode { center, node, epoch })
        })
    }
}

/// A chain as it is told to others.
pub fn introduction_of(chain: &Chain) -> Introduction {
    Introduction {
        center: chain.center_id(),
        node: chain.node_id(),
        epoch: chain.epoch(),
        center_certificate: chain.center().der().to_vec(),
        node_certificate: chain.node().der().to_vec(),
    }
}
