//! The few primitives that every module here needs, from the one provider that we use.

use aws_lc_rs::{digest, hkdf, rand};
use zeroize::Zeroizing;

/// The cryptographic library refused to work: no randomness, or no memory.
///
/// It does not happen on a healthy machine; nothing that came from outside causes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library could not {0}")]
pub struct CryptoFailure(pub(crate) &'static str);

/// Random bytes that are wiped when they are dropped.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, CryptoFailure> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| CryptoFailure("give random bytes"))?;
    Ok(bytes)
}

/// SHA-256 of the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// HKDF-SHA256 (RFC 5869) for one 32-byte key.
pub(crate) fn hkdf_sha256(
    salt: &[u8],
    secret: &[u8],
    label: &[u8],
) -> Result<Zeroizing<[u8; 32]>, CryptoFailure> {
    let mut key = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[label], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .map_err(|_| CryptoFailure("derive a key"))?;
    Ok(key)
}
