//! The key of the database under another key, as it stands in a slot of any kind.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use hospes_domain::id::hex;
use zeroize::Zeroizing;

use super::problem::UnsealError;
use super::{DatabaseKey, bytes};
use crate::crypto::{self, CryptoFailure};

/// Wraps the key of the database: the nonce, and the key with its tag.
pub(super) fn wrap_key(
    key: &DatabaseKey,
    wrapping: &[u8; 32],
    bound: Vec<u8>,
) -> Result<([u8; 12], Vec<u8>), CryptoFailure> {
    let mut wrapped = Zeroizing::new(Vec::with_capacity(48));
    wrapped.extend_from_slice(key.as_bytes());
    let nonce = RandomizedNonceKey::new(&AES_256_GCM, wrapping)
        .and_then(|aead| aead.seal_in_place_append_tag(Aad::from(bound), &mut *wrapped))
        .map_err(|_| CryptoFailure("wrap the key"))?;
    Ok((*nonce.as_ref(), wrapped.to_vec()))
}

/// The key of the database; `None` if the wrapping key is another one.
pub(super) fn unwrap_key(
    wrapping: &[u8; 32],
    nonce: [u8; 12],
    wrapped: [u8; 48],
    bound: Vec<u8>,
) -> Option<DatabaseKey> {
    let mut wrapped = Zeroizing::new(wrapped);
    let aead = RandomizedNonceKey::new(&AES_256_GCM, wrapping).ok()?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let key = aead.open_in_place(nonce, Aad::from(bound), wrapped.as_mut_slice()).ok()?;
    <[u8; 32]>::try_from(&*key).ok().map(DatabaseKey)
}

/// A nonce and a wrapped key as they stand in the file.
pub(super) fn read_wrapped(
    nonce: &str,
    wrapped: &str,
) -> Result<([u8; 12], [u8; 48]), UnsealError> {
    Ok((bytes(nonce, "a nonce")?, bytes(wrapped, "a wrapped key")?))
}

/// The first bytes of a SHA-256 over what is bound and some texts.
pub(super) fn checksum(bound: &[u8], texts: &[&[u8]]) -> String {
    let parts = [bound, &texts.join(b"/".as_slice())].concat();
    let [a, b, c, d, e, f, g, h, ..] = crypto::sha256(&[&parts]);
    hex(&[a, b, c, d, e, f, g, h])
}
