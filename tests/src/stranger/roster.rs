//! Which centers the stranger accepts, and whose signatures it can check: all that it has to do with
//! rosters.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
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
        peer::Roster { introductions: introductions.collect() }
    }

    /// Takes from what the other side says the nodes of accepted centers.
    pub fn learn(&mut self, told: &peer::Roster) -> Result<()> {
        for known in &told.introductions {
            self.add(Identity::check(&known.node_certificate, &known.center_certificate)?);
        }
        Ok(())
    }

    /// The key of whoever made a change.
    pub fn key_of(&self, author: &Author) -> Option<[u8; 32]> {
        let node = self.nodes.get(&(author.center, author.node, author.epoch))?;
        Some(node.key)
    }
}
