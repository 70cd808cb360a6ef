//! Invented centers with real keys, the same each time.

use std::sync::Arc;

use hospes_domain::CenterId;
use hospes_identity::certificate::{Chain, Earlier};
use hospes_identity::node::Verifier;
use hospes_identity::{NodeKey, RecoveryPhrase};
use hospes_sync::Author;
use hospes_sync::vouch::Vouch;

/// A center with one node, whose keys everybody knows.
#[derive(Debug, Clone)]
pub struct Person {
    chain: Chain,
    key: Arc<NodeKey>,
}

/// What stands before the seed of a key in its PKCS #8 form (RFC 8410).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Recovery phrases of 24 words whose checksum is right.
const ABANDON: [&str; 2] = ["abandon", "art"];
const ZOO: [&str; 2] = ["zoo", "vote"];

impl Person {
    /// The center of Narva.
    pub fn narva() -> Self {
        Self::of(ABANDON, 1)
    }

    /// The center of Riga.
    pub fn riga() -> Self {
        Self::of(ZOO, 2)
    }

    /// A center of a phrase that is one word 23 times and then another.
    #[expect(clippy::expect_used, reason = "the phrases stand above; nothing foreign is in them")]
    fn of([word, last]: [&str; 2], seed: u8) -> Self {
        let words = [[word; 23].as_slice(), &[last]].concat().join(" ");
        let center = RecoveryPhrase::parse(&words)
            .ok()
            .and_then(|phrase| phrase.center_key().ok())
            .expect("a recovery phrase");
        let key = NodeKey::from_bytes(&[PKCS8.as_slice(), &[seed; 32]].concat()).expect("a key");
        let chain = center
            .certify(&key.public_spki(), 1, Earlier::Honored)
            .and_then(|node| Ok(Chain::new(node, center.certificate()?)?))
            .expect("certificates");
        Self { chain, key: Arc::new(key) }
    }

    /// Its certificates.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Its name.
    pub fn center(&self) -> CenterId {
        self.chain.center_id()
    }

    /// How it signs.
    pub fn author(&self) -> Author {
        let Self { chain, .. } = self;
        Author {
            center: chain.center_id(),
            node: chain.node_id(),
            epoch: chain.epoch(),
            writer: [7; 16],
        }
    }

    /// A signed statement that its center has added these.
    pub fn vouch(&self, number: u64, centers: Vec<CenterId>) -> Vouch {
        let chain = self.chain();
        let by = (chain.center_id(), chain.node_id(), chain.epoch());
        Vouch::signed(by, number, centers, |digest| self.sign(digest))
    }

    /// Signs as its node does.
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; 64] {
        self.key.sign(digest)
    }

    /// The Ed25519 seed of its node's key.
    pub fn node_seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        let pkcs8 = self.key.to_bytes();
        seed.iter_mut().zip(pkcs8.iter().skip(PKCS8.len())).for_each(|(to, from)| *to = *from);
        seed
    }

    /// Whether its node has signed this.
    pub fn has_signed(&self, digest: &[u8; 32], signature: &[u8; 64]) -> bool {
        Verifier::new(&self.key.public_key())
            .is_some_and(|verifier| verifier.verify(digest, signature))
    }
}
