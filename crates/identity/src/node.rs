//! The node key: made on the node, kept inside the sealed database, never anywhere else.

use std::fmt;

use hospes_domain::NodeId;
use zeroize::Zeroizing;

use crate::crypto::{self, CryptoFailure};
use crate::ed25519::{self, Pair};

pub use crate::ed25519::{Verifier, verify};

/// Why bytes are not a node key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNodeKey {
    /// Not the PKCS #8 form that [`NodeKey::to_bytes`] writes.
    #[error(
        "a node key of {} bytes (PKCS #8, Ed25519) was expected, these {actual} bytes are none",
        NodeKey::BYTES
    )]
    NotPkcs8 {
        /// Bytes that were given.
        actual: usize,
    },
    /// The library refused.
    #[error(transparent)]
    Crypto(#[from] CryptoFailure),
}

/// The Ed25519 key of one node. It signs the node's changes and its TLS handshakes.
pub struct NodeKey {
    pair: Pair,
}

impl NodeKey {
    /// Length of [`NodeKey::to_bytes`].
    pub const BYTES: usize = 48;

    /// Makes a new key.
    pub fn generate() -> Result<Self, CryptoFailure> {
        Ok(Self { pair: Pair::generate()? })
    }

    /// Reads a key that [`NodeKey::to_bytes`] wrote.
    pub fn from_bytes(pkcs8: &[u8]) -> Result<Self, InvalidNodeKey> {
        let pair =
            Pair::from_pkcs8(pkcs8).ok_or(InvalidNodeKey::NotPkcs8 { actual: pkcs8.len() })??;
        Ok(Self { pair })
    }

    /// The key as PKCS #8 version 1 (RFC 8410), wiped on drop. Secret.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.pair.to_pkcs8()
    }

    /// The node's name: SHA-256 of its public key.
    pub fn id(&self) -> NodeId {
        id_of(self.pair.public())
    }

    /// The raw public key.
    pub fn public_key(&self) -> [u8; 32] {
        *self.pair.public()
    }

    /// The public key as SubjectPublicKeyInfo, DER: what a center certifies.
    pub fn public_spki(&self) -> [u8; 44] {
        ed25519::spki(self.pair.public())
    }

    /// Signs a message. The caller separates the domains of what it signs.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message)
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeKey({})", self.id().short())
    }
}

/// The name of the node that holds this public key.
pub fn id_of(public_key: &[u8; 32]) -> NodeId {
    NodeId(crypto::sha256(&[&ed25519::spki(public_key)]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_key_survives_its_bytes() {
        let key = NodeKey::generate().unwrap();
        let bytes = key.to_bytes();
        assert_eq!(bytes.len(), NodeKey::BYTES);
        let again = NodeKey::from_bytes(&bytes).unwrap();
        assert_eq!(again.id(), key.id());
        assert_eq!(again.sign(b"x"), key.sign(b"x"));
    }

    #[test]
    fn bytes_that_are_no_key_are_refused_and_not_repeated() {
        let bytes = NodeKey::generate().unwrap().to_bytes();
        for wrong in [&bytes[..47], &[&bytes[..], &[0]].concat(), &bytes[1..], b""] {
            let error = NodeKey::from_bytes(wrong).unwrap_err();
            assert_eq!(error, InvalidNodeKey::NotPkcs8 { actual: wrong.len() });
        }
    }

    #[test]
    fn a_signature_holds_for_its_message_and_its_key_only() {
        let key = NodeKey::generate().unwrap();
        let other = NodeKey::generate().unwrap();
        let signature = key.sign(b"bread");
        assert!(verify(&key.public_key(), b"bread", &signature));
        assert!(!verify(&key.public_key(), b"salt", &signature));
        assert!(!verify(&other.public_key(), b"bread", &signature));

        let prepared = Verifier::new(&key.public_key()).unwrap();
        let mut bent = signature;
        bent[40] ^= 1;
        assert!(prepared.verify(b"bread", &signature));
        assert!(!prepared.verify(b"bread", &bent));
    }

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn the_signature_of_rfc_8032_comes_out() {
        let seed = hospes_domain::id::unhex(
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        )
        .unwrap();
        let pair = Pair::from_seed(Zeroizing::new(seed.try_into().unwrap())).unwrap();
        assert_eq!(
            hospes_domain::id::hex(pair.public()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        assert!(
            hospes_domain::id::hex(&pair.sign(&[0x72])).starts_with("92a009a9f0d4cab8720e820b5f64")
        );
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = NodeKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("NodeKey({})", key.id().short()));
    }
}
