//! The unit of replication: one signed change of one record.

use std::fmt;

use hospes_domain::{CenterId, NodeId, RecordKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Counter of a record. A higher generation starts a fresh document and replaces every change of
/// the lower ones. The first is 1.
pub type Generation = u32;

/// The name of a change: SHA-256 over its content, as Automerge computes it for a change chunk.
///
/// It covers everything that matters about the change: the actor inside the chunk is derived from
/// the author and the record (see [`actor`]), and what a steward grants is in the chunk's message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeHash(pub [u8; 32]);

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hospes_domain::id::hex(&self.0))
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "ChangeHash({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

/// Who made a change: a node of a center, under the epoch of its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Author {
    /// The center in whose name the node writes.
    pub center: CenterId,
    /// The node that signed.
    pub node: NodeId,
    /// Epoch of the node's certificate when it signed.
    pub epoch: u32,
    /// Random number of this run of the node's process.
    ///
    /// Fresh at every start: a data folder that was copied back and then written to would
    /// otherwise use an Automerge actor twice, which splits the document for ever.
    pub writer: [u8; 16],
}

/// What a change does.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// One uncompressed Automerge change chunk, at most [`crate::admission::MAX_CHUNK`] bytes.
    Chunk(Vec<u8>),
    /// The record is erased. Only its steward can say so, as the only change of a new generation.
    Tombstone,
}

impl fmt::Debug for Body {
    /// Never the content: these values end up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Chunk(chunk) => write!(f, "Chunk({} bytes)", chunk.len()),
            Body::Tombstone => f.write_str("Tombstone"),
        }
    }
}

/// A change as it travels and as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedChange {
    /// The record that it changes.
    pub key: RecordKey,
    /// The generation of the record that it belongs to.
    pub generation: Generation,
    /// Who made it.
    pub author: Author,
    /// What it does.
    pub body: Body,
    /// Ed25519, by the author's node key, over [`SignedChange::digest`].
    pub signature: [u8; 64],
}

impl SignedChange {
    /// What is signed: a domain-separated hash of every field, each at a fixed length or with its
    /// length before it, so that no two changes have the same bytes.
    pub fn digest(&self) -> [u8; 32] {
        signing_digest(&self.key, self.generation, &self.author, &self.body)
    }

    /// Bytes that it takes on a wire or a disk, near enough for budgets.
    pub fn weight(&self) -> usize {
        64 + 16
            + 12
            + match &self.body {
                Body::Chunk(chunk) => chunk.len(),
                Body::Tombstone => 0,
            }
    }

    /// The change's name. For a chunk it is only as trustworthy as the chunk's form, which the
    /// gate checks.
    pub fn hash(&self) -> ChangeHash {
        match &self.body {
            // Automerge: magic (4), checksum (4), then type, length and data, which are hashed.
            Body::Chunk(chunk) => {
                ChangeHash(Sha256::digest(chunk.get(8..).unwrap_or_default()).into())
            }
            Body::Tombstone => ChangeHash(self.digest()),
        }
    }
}

/// See [`SignedChange::digest`].
pub fn signing_digest(
    key: &RecordKey,
    generation: Generation,
    author: &Author,
    body: &Body,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"hospes signed change 1\0");
    hash.update(key.circle.0);
    hash.update([key.kind.number()]);
    hash.update(key.steward.0);
    hash.update(key.id.0);
    hash.update(generation.to_be_bytes());
    hash.update(author.center.0);
    hash.update(author.node.0);
    hash.update(author.epoch.to_be_bytes());
    hash.update(author.writer);
    match body {
        Body::Chunk(chunk) => {
            hash.update([1]);
            hash.update((chunk.len() as u64).to_be_bytes());
            hash.update(chunk);
        }
        Body::Tombstone => hash.update([2]),
    }
    hash.finalize().into()
}

/// The Automerge actor that an author must use in a record: nobody else can use it, and nobody can
/// carry a chunk from one record, generation or author over to another.
pub fn actor(key: &RecordKey, generation: Generation, author: &Author) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(b"hospes actor 1\0");
    hash.update(key.circle.0);
    hash.update([key.kind.number()]);
    hash.update(key.steward.0);
    hash.update(key.id.0);
    hash.update(generation.to_be_bytes());
    hash.update(author.center.0);
    hash.update(author.node.0);
    hash.update(author.epoch.to_be_bytes());
    hash.update(author.writer);
    let full: [u8; 32] = hash.finalize().into();
    let mut actor = [0; 16];
    actor.copy_from_slice(full.split_at(16).0);
    actor
}

/// What a record looks like now, in 16 bytes: two nodes that hold the same changes of the same
/// generation have the same version, whatever their release makes of them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Version(pub [u8; 16]);

impl Version {
    /// The version of a record that holds these heads; their order does not matter.
    pub fn of(generation: Generation, heads: &[ChangeHash]) -> Self {
        let mut heads = heads.to_vec();
        heads.sort_unstable();
        heads.dedup();
        let mut hash = Sha256::new();
        hash.update(b"hospes version 1\0");
        hash.update(generation.to_be_bytes());
        for head in &heads {
            hash.update(head.0);
        }
        let full: [u8; 32] = hash.finalize().into();
        let mut version = [0; 16];
        version.copy_from_slice(full.split_at(16).0);
        Self(version)
    }
}

#[cfg(test)]
mod tests;
