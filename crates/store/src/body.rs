//! The chunk of a change, as it is kept: compressed where that pays.
//!
//! Which of the two it is shows by how it begins: a chunk of a change never begins as a compressed one
//! does. Databases of older releases have plain ones.

use hospes_sync::admission::MAX_CHUNK;

use crate::error::StoreError;
use crate::packing::{MAGIC, pack, unpack};

/// The bytes to keep.
pub(crate) fn encode(chunk: &[u8]) -> Vec<u8> {
    match pack(chunk) {
        Some(packed) if packed.len() < chunk.len() || chunk.starts_with(&MAGIC) => packed,
        _ => chunk.to_owned(),
    }
}

/// The chunk that [`encode`] kept.
pub(crate) fn decode(kept: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    if !kept.starts_with(&MAGIC) {
        return Ok(kept);
    }
    unpack(&kept, MAX_CHUNK).map_err(|why| StoreError::unreadable("change", why))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_an_older_release_kept_is_read_as_it_is() {
        let plain = [&[0x85, 0x6f, 0x4a, 0x83][..], &[7; 100]].concat();
        assert_eq!(decode(plain.clone()).unwrap(), plain);
        assert!(encode(&plain).len() < plain.len());
    }

    #[test]
    fn what_pretends_to_be_compressed_comes_back_as_it_was() {
        for chunk in [&MAGIC[..], &[0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]] {
            assert_eq!(decode(encode(chunk)).unwrap(), chunk);
        }
        assert!(decode(vec![0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]).is_err());
    }

    proptest! {
        #[test]
        fn every_chunk_comes_back(chunk: Vec<u8>) {
            prop_assert_eq!(decode(encode(&chunk)).unwrap(), chunk);
        }
    }
}
