//! Ed25519 pairs and their encodings (RFC 8032, RFC 8410).

use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use zeroize::Zeroizing;

use crate::crypto::{self, CryptoFailure};

/// What stands before the 32 bytes of a public key in its SubjectPublicKeyInfo.
const SPKI_HEAD: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What stands before the 32 bytes of a seed in its PKCS #8 form, version 1.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The SubjectPublicKeyInfo, DER, of a public key.
pub(crate) fn spki(public_key: &[u8; 32]) -> [u8; 44] {
    let mut der = [0; 44];
    for (to, from) in der.iter_mut().zip(SPKI_HEAD.iter().chain(public_key)) {
        *to = *from;
    }
    der
}

/// The public key in a SubjectPublicKeyInfo, if it is an Ed25519 one in DER and nothing else.
pub(crate) fn public_key_of(spki: &[u8]) -> Option<[u8; 32]> {
    spki.strip_prefix(&SPKI_HEAD)?.try_into().ok()
}

/// A private key with its public half. The seed is wiped on drop; so is the library's copy.
pub(crate) struct Pair {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl Pair {
    pub(crate) fn generate() -> Result<Self, CryptoFailure> {
        Self::from_seed(crypto::random()?)
    }

    pub(crate) fn from_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self, CryptoFailure> {
        const FAILURE: CryptoFailure = CryptoFailure("make a key pair");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| FAILURE)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| FAILURE)?;
        Ok(Self { seed, pair, public })
    }

    /// The pair in a PKCS #8 document of exactly the form that [`Pair::to_pkcs8`] writes.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Result<Self, CryptoFailure>> {
        let mut seed = Zeroizing::new([0; 32]);
        let bytes = der.strip_prefix(&PKCS8_HEAD).filter(|bytes| bytes.len() == seed.len())?;
        seed.copy_from_slice(bytes);
        Some(Self::from_seed(seed))
    }

    pub(crate) fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let mut der = Zeroizing::new(Vec::with_capacity(PKCS8_HEAD.len() + self.seed.len()));
        der.extend_from_slice(&PKCS8_HEAD);
        der.extend_from_slice(self.seed.as_slice());
        der
    }

    pub(crate) fn public(&self) -> &[u8; 32] {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(self.pair.sign(message).as_ref());
        bytes
    }
}

/// A public key made ready for many verifications.
///
/// Reading the key is part of the cost of a verification; a batch of changes by one node pays it
/// once.
#[derive(Debug)]
pub struct Verifier(ParsedPublicKey);

impl Verifier {
    /// Reads a public key; `None` if it is not a point of the curve.
    pub fn new(public_key: &[u8; 32]) -> Option<Self> {
        ParsedPublicKey::new(&signature::ED25519, public_key).ok().map(Self)
    }

    /// Whether the signature is right.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

/// Whether the signature is right. For many signatures of one key see [`Verifier`].
pub fn verify(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    Verifier::new(public_key).is_some_and(|key| key.verify(message, signature))
}
