//! Compression of what is kept, with contexts that are used again: making one for every record
//! costs more than compressing it.
//!
//! Records are short and alike, so both sides know a dictionary of what they have in common. It was
//! learned from invented records (`cargo xtask dictionary`), and databases need it for ever: a better
//! one gets another file and another number, and is tried first.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

const LEVEL: i32 = 3;

/// The names of fields and the words that they take, as they lie in changes and in fields.
static DICTIONARY: &[u8] = include_bytes!("../data/records-1.dict");

/// The first bytes of what [`pack`] makes.
pub(crate) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The bytes, compressed; `None` when that is not possible.
pub(crate) fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            *packer = Compressor::with_dictionary(LEVEL, DICTIONARY).ok();
        }
        packer.as_mut()?.compress(bytes).ok()
    })
}

/// What [`pack`] compressed, with the dictionary or, in older databases, without; an error when it
/// would be more than `most` bytes.
pub(crate) fn unpack(packed: &[u8], most: usize) -> std::io::Result<Vec<u8>> {
    let length = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    let length = length.and_then(|length| usize::try_from(length).ok());
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::with_dictionary(DICTIONARY)?),
        };
        unpacker.decompress(packed, length.unwrap_or(most).min(most))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_dictionary_is_the_one_that_databases_were_written_with() {
        let digest = Sha256::digest(DICTIONARY);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "85cdf4e331b867540db9bdb9fdfc7c9395284136c97ccb9cc8519227a6f69d8d");
    }

    #[test]
    fn what_was_packed_without_the_dictionary_is_read_too() {
        let plain = b"a note that is kept, kept, kept and kept".repeat(40);
        let old = zstd::bulk::compress(&plain, LEVEL).unwrap();
        assert_eq!(unpack(&old, plain.len()).unwrap(), plain);
        assert!(unpack(&old, plain.len() - 1).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_and_none_more_than_allowed(bytes: Vec<u8>) {
            let packed = pack(&bytes).unwrap();
            prop_assert_eq!(&packed[..4], &MAGIC);
            prop_assert_eq!(unpack(&packed, bytes.len()).unwrap(), bytes);
        }

        #[test]
        fn damaged_bytes_are_an_error_or_other_bytes(bytes: Vec<u8>, at: usize, bit in 0..8u8) {
            let mut packed = pack(&bytes).unwrap();
            let at = at % packed.len();
            packed[at] ^= 1 << bit;
            let most = unpack(&packed, 1024).map_or(0, |bytes| bytes.len());
            prop_assert!(most <= 1024);
        }
    }
}
