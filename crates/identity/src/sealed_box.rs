//! Sealing to a public key: HPKE (RFC 9180) in its base mode, with X-Wing, so that neither today's
//! copies nor tomorrow's quantum computers open what was sealed.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use zeroize::Zeroizing;

use crate::crypto::CryptoFailure;

/// Bytes of a public key.
pub(crate) const PUBLIC_KEY: usize = 1216;

/// Bytes of an encapsulated key.
pub(crate) const ENCAPSULATED: usize = 1120;

/// Bytes that the sealing of a text adds to it.
pub(crate) const TAG: usize = 16;

/// The public half of the key pair with this seed.
pub(crate) fn public_key(seed: &[u8; 32]) -> Result<Vec<u8>, CryptoFailure> {
    let private = <XWing as Kem>::PrivateKey::from_bytes(seed)
        .map_err(|_| CryptoFailure("make a key pair"))?;
    Ok(XWing::sk_to_pk(&private).to_bytes().to_vec())
}

/// Seals a text to a public key. Gives the encapsulated key and the sealed text.
///
/// `info` keeps uses of the same key apart; `bound` is not sealed, but has to be the same when it is
/// opened.
pub(crate) fn seal(
    public_key: &[u8],
    info: &[u8],
    bound: &[u8],
    text: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CryptoFailure> {
    const FAILURE: CryptoFailure = CryptoFailure("seal to a public key");
    let public = <XWing as Kem>::PublicKey::from_bytes(public_key).map_err(|_| FAILURE)?;
    let (encapsulated, sealed) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        info,
        text,
        bound,
    )
    .map_err(|_| FAILURE)?;
    Ok((encapsulated.to_bytes().to_vec(), sealed))
}

/// Opens what was sealed; `None` when it is for another key, or was altered.
pub(crate) fn open(
    seed: &[u8; 32],
    encapsulated: &[u8],
    info: &[u8],
    bound: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let private = <XWing as Kem>::PrivateKey::from_bytes(seed).ok()?;
    let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let mode = OpModeR::Base;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &mode,
        &private,
        &encapsulated,
        info,
        sealed,
        bound,
    )
    .ok()
    .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn only_the_right_key_and_the_same_words_open_it() {
        let (ours, theirs) = ([7; 32], [8; 32]);
        let public = public_key(&ours).unwrap();
        assert_eq!(public.len(), PUBLIC_KEY);
        let (encapsulated, sealed) = seal(&public, b"use", b"bound", b"bread").unwrap();
        assert_eq!((encapsulated.len(), sealed.len()), (ENCAPSULATED, 5 + TAG));
        let opened =
            |seed, info: &[u8], bound: &[u8]| open(seed, &encapsulated, info, bound, &sealed);
        assert_eq!(opened(&ours, b"use", b"bound").unwrap().as_slice(), b"bread");
        assert!(opened(&theirs, b"use", b"bound").is_none());
        assert!(opened(&ours, b"abuse", b"bound").is_none());
        assert!(opened(&ours, b"use", b"unbound").is_none());
        assert!(seal(&public[1..], b"use", b"bound", b"bread").is_err());
    }
}
