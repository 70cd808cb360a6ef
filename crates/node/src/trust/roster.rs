//! Whose changes are accepted: our own center's, our peers', and those of centers to which signed
//! statements lead from our peers ([`hospes_sync::vouch`]). With it, the certificates that prove who an
//! author is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::{CenterId, NodeId};
use hospes_identity::certificate::{Chain, Earlier};
use hospes_identity::node::Verifier;
use hospes_sync::admission::Refusal;
use hospes_sync::alarm::Alarm;
use hospes_sync::frame::{INTRODUCTIONS, Introduction};
use hospes_sync::vouch::{Decisions, MOST_INTRODUCED, Reach, Statements, Vouch};
use hospes_sync::{Author, SignedChange};

/// Nodes of one center whose certificates are kept: those of the highest epochs.
const NODES_PER_CENTER: usize = 16;
/// Of how many of them peers are told, when the center is none of our peers.
const NODES_TOLD: usize = 4;

/// Certificates of one peer that may wait for a statement to lead to them.
const OFFERED: usize = MOST_INTRODUCED + 64;

/// A center that we know through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduced {
    /// The center.
    pub center: CenterId,
    /// Centers that we accept and whose admins have added it.
    pub by: Vec<CenterId>,
    /// Its highest epoch that we have seen.
    pub epoch: u32,
}

/// What came of what a peer said, or an admin decided.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Whether the accepted centers or nodes are others now.
    pub changed: bool,
    /// Certificates that were not known before, to be written down.
    pub new: Vec<Introduction>,
    /// Statements that were not known before, to be written down and passed on.
    pub said: Vec<Vouch>,
    /// Statements that count no more, to be forgotten.
    pub unsaid: Vec<(CenterId, NodeId)>,
    /// Centers whose certificates are to be forgotten.
    pub gone: Vec<CenterId>,
}

impl Learned {
    /// Whether peers have to be told other statements than before.
    pub fn says_other(&self) -> bool {
        !self.said.is_empty() || !self.unsaid.is_empty()
    }
}

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Roster {
    known: Arc<Mutex<Known>>,
}

struct Known {
    decisions: Decisions,
    centers: BTreeMap<CenterId, BTreeMap<(u32, NodeId), Member>>,
    statements: Statements,
    /// What follows from the two above.
    reach: Reach,
    /// Certificates that peers have shown of centers that are not accepted, by the peer: the statement that
    /// leads to them may come next.
    offered: BTreeMap<CenterId, Vec<Introduction>>,
}

struct Member {
    introduction: Introduction,
    earlier: Earlier,
    verifier: Arc<Verifier>,
}

impl Known {
    fn accepts(&self, center: &CenterId) -> bool {
        *center == self.decisions.own
            || self.decisions.peers.contains(center)
            || self.reach.introduced(center).is_some()
    }

    /// Whether certificates of a center are worth keeping: of one that is kept out, too, as it may have
    /// replaced its key when it is let in again.
    fn keeps(&self, center: &CenterId) -> bool {
        self.accepts(center) || self.decisions.barred.contains(center)
    }

    /// Takes a certificate in. Of very many nodes of one center those of the highest epochs stay.
    fn add(&mut self, introduction: Introduction) -> bool {
        let place = (introduction.epoch, introduction.node);
        if let Some(nodes) = self.centers.get(&introduction.center) {
            let lowest = nodes.first_key_value().map(|(place, _)| *place);
            let is_low = nodes.len() >= NODES_PER_CENTER && lowest.is_some_and(|low| place < low);
            if nodes.contains_key(&place) || is_low {
                return false;
            }
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
        let nodes = self.centers.entry(chain.center_id()).or_default();
        nodes.insert(place, member);
        while nodes.len() > NODES_PER_CENTER {
            nodes.pop_first();
        }
        true
    }

    fn introducers(&self, center: &CenterId) -> BTreeSet<CenterId> {
        let by = self.statements.all().filter(|vouch| vouch.centers.binary_search(center).is_ok());
        by.map(|vouch| vouch.issuer).filter(|issuer| *issuer != self.decisions.own).collect()
    }

    fn newest(&self, center: &CenterId) -> Option<u32> {
        let ((epoch, _), _) = self.centers.get(center)?.last_key_value()?;
        Some(*epoch)
    }

    /// What peers are told: nearest first, as many as may be said.
    fn current(&self) -> hospes_sync::Roster {
        let near = std::iter::once(&self.decisions.own).chain(&self.decisions.peers);
        let near = near.map(|center| (center, NODES_PER_CENTER));
        let far = self.reach.order().iter().map(|center| (center, NODES_TOLD));
        let mut introductions = Vec::new();
        for (center, most) in near.chain(far) {
            let nodes = self.centers.get(center).into_iter().flat_map(BTreeMap::values).rev();
            introductions.extend(nodes.take(most).map(|member| member.introduction.clone()));
        }
        introductions.truncate(INTRODUCTIONS);
        hospes_sync::Roster::new(introductions)
    }

    /// Works out anew whom to accept, takes in what peers have shown of them, and forgets what is of no
    /// more use.
    fn settle(&mut self, learned: &mut Learned) {
        // A statement that makes others count, or certificates that show a newer key, change what follows.
        loop {
            self.reach = Reach::of(&self.statements, &self.decisions);
            let offered = std::mem::take(&mut self.offered);
            for (peer, introductions) in offered {
                let (taken, mut left): (Vec<_>, Vec<_>) =
                    introductions.into_iter().partition(|known| self.keeps(&known.center));
                for introduction in taken {
                    if self.add(introduction.clone()) {
                        learned.new.push(introduction);
                    }
                }
                left.truncate(OFFERED);
                if !left.is_empty() && self.decisions.peers.contains(&peer) {
                    self.offered.insert(peer, left);
                }
            }
            let counts: BTreeSet<(CenterId, NodeId)> = self
                .statements
                .all()
                .filter(|vouch| {
                    self.accepts(&vouch.issuer) && self.newest(&vouch.issuer) == Some(vouch.epoch)
                })
                .map(|vouch| (vouch.issuer, vouch.node))
                .collect();
            let gone = self.statements.retain(|vouch| counts.contains(&(vouch.issuer, vouch.node)));
            if gone.is_empty() {
                break;
            }
            learned.unsaid.extend(gone.iter().map(|vouch| (vouch.issuer, vouch.node)));
        }
        let useless: Vec<CenterId> =
            self.centers.keys().filter(|center| !self.keeps(center)).copied().collect();
        for center in useless {
            self.centers.remove(&center);
            learned.gone.push(center);
        }
    }

    /// Does something that may change whom we accept.
    fn learn(&mut self, act: impl FnOnce(&mut Self, &mut Learned)) -> Learned {
        let before = self.current().digest();
        let mut learned = Learned::default();
        act(self, &mut learned);
        self.settle(&mut learned);
        learned.changed = self.current().digest() != before;
        learned
    }

    /// Keeps a statement if it is one of the issuer's present key. Nothing when that is not known here;
    /// an error when nobody signed it.
    fn take(&mut self, vouch: &Vouch) -> Result<Option<bool>, Refusal> {
        if !self.statements.is_news(vouch) {
            return Ok(Some(false));
        }
        if !self.accepts(&vouch.issuer) || self.newest(&vouch.issuer) != Some(vouch.epoch) {
            return Ok(None);
        }
        let nodes = self.centers.get(&vouch.issuer);
        let Some(member) = nodes.and_then(|nodes| nodes.get(&(vouch.epoch, vouch.node))) else {
            return Ok(None);
        };
        if !member.verifier.verify(&vouch.digest(), &vouch.signature) {
            return Err(Refusal::BadSignature);
        }
        Ok(Some(self.statements.keep(vouch.clone())))
    }
}

impl Roster {
    /// A roster of our own chain, and of certificates and statements that were written down earlier. What
    /// of these is of no more use.
    pub fn new(
        own: &Chain,
        remembered: Vec<Introduction>,
        said: Vec<Vouch>,
        decisions: Decisions,
    ) -> (Self, Learned) {
        let mut known = Known {
            decisions,
            centers: BTreeMap::new(),
            statements: Statements::default(),
            reach: Reach::default(),
            offered: BTreeMap::new(),
        };
        known.add(introduction_of(own));
        for introduction in remembered {
            known.add(introduction);
        }
        // They were checked before they were written down.
        for vouch in said {
            known.statements.keep(vouch);
        }
        let mut learned = Learned::default();
        known.settle(&mut learned);
        (Self { known: Arc::new(Mutex::new(known)) }, learned)
    }

    fn with<T>(&self, read: impl FnOnce(&mut Known) -> T) -> T {
        // A thread that panicked while holding the lock has changed nothing by halves.
        read(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the sync engine is told.
    pub fn current(&self) -> hospes_sync::Roster {
        self.with(|known| known.current())
    }

    /// The statements that count, for peers.
    pub fn statements(&self) -> Vec<Vouch> {
        self.with(|known| known.statements.all().cloned().collect())
    }

    /// Whether a center's changes are accepted.
    pub fn accepts(&self, center: &CenterId) -> bool {
        self.with(|known| known.accepts(center))
    }

    /// The admin has added, suspended or removed peers.
    pub fn set_peers(&self, peers: BTreeSet<CenterId>, barred: BTreeSet<CenterId>) -> Learned {
        self.with(|known| {
            known.learn(|known, _| {
                (known.decisions.peers, known.decisions.barred) = (peers, barred);
            })
        })
    }

    /// What our own node says of whom it has added; `None` when it said nothing yet.
    pub fn own_vouch(&self, node: &NodeId) -> Option<Vouch> {
        self.with(|known| known.statements.of(&known.decisions.own, node).cloned())
    }

    /// Our own node says whom it has added.
    pub fn say(&self, vouch: Vouch) -> Learned {
        self.with(|known| {
            known.learn(|known, learned| {
                if known.statements.keep(vouch.clone()) {
                    learned.said.push(vouch);
                }
            })
        })
    }

    /// A peer has shown its certificates in a handshake.
    pub fn met(&self, chain: &Chain) -> Learned {
        let introduction = introduction_of(chain);
        self.with(|known| {
            known.learn(|known, learned| {
                if known.add(introduction.clone()) {
                    learned.new.push(introduction);
                }
            })
        })
    }

    /// A peer shows certificates of centers that it accepts, in the place of those that it showed before. That
    /// it accepts them is no reason for us to: what matters is whom statements lead to.
    pub fn offer(&self, from: CenterId, introductions: Vec<Introduction>) -> Learned {
        self.with(|known| {
            if !known.decisions.peers.contains(&from) {
                return Learned::default();
            }
            known.learn(|known, _| {
                known.offered.insert(from, introductions);
            })
        })
    }

    /// A peer passes on whom centers have added. An error when nobody signed one of the statements: whoever
    /// passes one on has not looked, as it should.
    pub fn heed(&self, from: CenterId, vouches: Vec<Vouch>) -> (Learned, Option<Refusal>) {
        self.with(|known| {
            if !known.decisions.peers.contains(&from) {
                return (Learned::default(), None);
            }
            let mut broken = None;
            let learned = known.learn(|known, learned| {
                let mut open = vouches;
                // One may lead to the issuer of another.
                loop {
                    let before = open.len();
                    open.retain(|vouch| match known.take(vouch) {
                        Ok(None) => true,
                        Ok(Some(news)) => {
                            if news {
                                learned.said.push(vouch.clone());
                            }
                            false
                        }
                        Err(refusal) => {
                            broken = Some(refusal);
                            false
                        }
                    });
                    if open.is_empty() || open.len() == before {
                        break;
                    }
                    known.settle(learned);
                }
            });
            (learned, broken)
        })
    }

    /// Centers that we accept and whose admins have added a center.
    pub fn introducers(&self, center: &CenterId) -> BTreeSet<CenterId> {
        self.with(|known| known.introducers(center))
    }

    /// Whether our admin or an alarm keeps a center out.
    pub fn is_barred(&self, center: &CenterId) -> bool {
        self.with(|known| known.decisions.barred.contains(center))
    }

    /// How often a center that a peer leads to had no place behind it, by the peer.
    pub fn left_out(&self) -> BTreeMap<CenterId, usize> {
        self.with(|known| known.reach.left_out().clone())
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

    /// Centers that are accepted because statements lead to them.
    pub fn introduced(&self) -> Vec<Introduced> {
        self.with(|known| {
            let shown = known.reach.order().iter().filter(|id| known.centers.contains_key(id));
            let introduced = shown.map(|center| Introduced {
                center: *center,
                by: known.introducers(center).into_iter().collect(),
                epoch: known.newest(center).unwrap_or_default(),
            });
            introduced.collect()
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

    /// On whose word an alarm counts: on its issuer's, or, when it is no peer, on that of the peer behind
    /// which it stands; so whatever somebody invents has one voice. Nothing when its issuer is not accepted here or has replaced the key since; an
    /// error when nobody signed it.
    pub fn voice(&self, alarm: &Alarm) -> Result<Option<CenterId>, Refusal> {
        let Alarm { issuer, node, epoch, signature, .. } = alarm;
        let Some((verifier, voice)) = self.with(|known| {
            let nodes = known.centers.get(issuer).filter(|_| known.accepts(issuer))?;
            let current = nodes.last_key_value().map(|((epoch, _), _)| *epoch)?;
            let member = nodes.get(&(*epoch, *node)).filter(|_| *epoch == current)?;
            let voice = known.reach.introduced(issuer).map_or(*issuer, |how| how.branch);
            Some((member.verifier.clone(), voice))
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
            if known.decisions.barred.contains(&center) {
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
