//! Which centers the stranger accepts, and whose signatures it can check: all that it has to do with
//! rosters.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use hospes_wire::peer;

use super::certificates::Identity;
use super::names::{Author, Digest, half, sha256};

/// The centers that are accepted, with their nodes.
#[derive(Debug)]
pub struct Roster {
    centers: BTreeSet<Digest>,
    nodes: BTreeMap<(Digest, Digest, u32), Identity>,
}

impl Roster {
    /// Accepts itself and the center that it talks with.
    pub fn of(own: &Identity, met: &Identity) -> Self {
        let centers = [own.center, met.center].into_iter().collect();
        let mut roster = Self { centers, nodes: BTreeMap::new() };
        roster.add(own.clone());
        roster.add(met.clone());
        roster
    }

    fn add(&mut self, node: Identity) {
        if self.centers.contains(&node.center) {
            self.nodes.insert((node.center, node.node, node.epoch), node);
        }
    }

    /// Whether records of a center are accepted.
    pub fn accepts(&self, center: &Digest) -> bool {
        self.centers.contains(center)
    }

    /// What Hello says of it.
    pub fn digest(&self) -> [u8; 16] {
        let mut bytes = Vec::new();
        for (center, node, epoch) in self.nodes.keys() {
            bytes.extend([center.as_slice(), node, &epoch.to_be_bytes()].concat());
        }
        half(sha256(&[b"hospes roster 1\0", &bytes]))
    }

    /// The frame that tells it.
    pub fn frame(&self) -> peer::Roster {
        let introductions = self.nodes.values().map(|node| {
            let [of_node, of_center] = node.certificates.clone();
            peer::Introduction {
                center: node.center.to_vec(),
                node: node.node.to_vec(),
                epoch: node.epoch,
                center_certificate: of_center,
                node_certificate: of_node,
            }
        });
        peer::Roster { introductions: introductions.collect(), more: false }
    }

    /// Takes from what the other side says the nodes of accepted centers.
    pub fn learn(&mut self, told: &peer::Roster) -> Result<()> {
        for known in &told.introductions {
            self.add(Identity::check(&known.node_certificate, &known.center_certificate)?);
        }
        Ok(())
    }

    /// Checks what centers that are accepted have said of whom they added, and counts it.
    pub fn heed(&self, told: &peer::Vouches) -> Result<usize> {
        let mut heard = 0;
        for vouch in &told.vouches {
            let issuer: Digest = vouch.issuer.as_slice().try_into().context("an issuer")?;
            let node: Digest = vouch.node.as_slice().try_into().context("a node")?;
            let Some(by) = self.nodes.get(&(issuer, node, vouch.epoch)) else { continue };
            let count = vouch.centers.len() / 32;
            ensure!(vouch.centers.len() % 32 == 0 && count <= 64, "{count} centers");
            let said = vouched(&issuer, &node, vouch.epoch, vouch.number, &vouch.centers);
            UnparsedPublicKey::new(&ED25519, &by.key)
                .verify(&said, &vouch.signature)
                .map_err(|_| anyhow::anyhow!("a statement that nobody signed"))?;
            heard += 1;
        }
        Ok(heard)
    }

    /// The key of whoever made a change.
    pub fn key_of(&self, author: &Author) -> Option<[u8; 32]> {
        let node = self.nodes.get(&(author.center, author.node, author.epoch))?;
        Some(node.key)
    }
}

/// What the signature of a statement is over: that a node says of its center that it has added these.
pub fn vouched(issuer: &Digest, node: &Digest, epoch: u32, number: u64, centers: &[u8]) -> Digest {
    let count = (centers.len() / 32) as u64;
    sha256(&[
        b"hospes vouch 1\0",
        issuer,
        node,
        &epoch.to_be_bytes(),
        &number.to_be_bytes(),
        &count.to_be_bytes(),
        centers,
    ])
}
