//! What a record says, ready to be shown and searched without its document.

use hospes_domain::{Fields, RecordKey, index};

use crate::error::StoreError;
use crate::index::Indexed;
use crate::packing::{pack, unpack};

/// Fields of fewer bytes are kept as they are: compression would not pay.
const WORTH_COMPRESSING: usize = 64;
/// No record's fields come near it; a damaged length must not allocate more.
const MOST_BYTES: usize = 16 * 1024 * 1024;
const PLAIN: u8 = 0;
const COMPRESSED: u8 = 1;

/// All that is derived from the fields of a record.
#[derive(Debug)]
pub(crate) struct Projection {
    /// See [`encode`].
    pub(crate) fields: Vec<u8>,
    pub(crate) indexed: Indexed,
}

impl Projection {
    pub(crate) fn of(key: &RecordKey, fields: &Fields) -> Result<Self, StoreError> {
        Ok(Self { fields: encode(fields)?, indexed: indexed(key, fields) })
    }
}

/// What searches find a record by; always the same for the same fields, as it is taken out that
/// way.
pub(crate) fn indexed(key: &RecordKey, fields: &Fields) -> Indexed {
    Indexed::of(key.kind, fields, &index::entry(key.kind, fields))
}

/// Fields as they are kept: one byte that says how, then postcard, compressed where it pays.
pub(crate) fn encode(fields: &Fields) -> Result<Vec<u8>, StoreError> {
    let plain = postcard::to_extend(fields, vec![PLAIN])
        .map_err(|why| StoreError::unreadable("fields", why))?;
    if plain.len() > WORTH_COMPRESSING
        && let Some((_, content)) = plain.split_first()
        && let Some(packed) = pack(content)
        && packed.len() < plain.len() / 8 * 7
    {
        let mut bytes = Vec::with_capacity(packed.len() + 1);
        bytes.push(COMPRESSED);
        bytes.extend_from_slice(&packed);
        return Ok(bytes);
    }
    Ok(plain)
}

/// The fields that [`encode`] kept.
pub(crate) fn decode(bytes: &[u8]) -> Result<Fields, StoreError> {
    let read = |content: &[u8]| {
        postcard::from_bytes(content).map_err(|why| StoreError::unreadable("fields", why))
    };
    match bytes.split_first() {
        Some((&PLAIN, content)) => read(content),
        Some((&COMPRESSED, content)) => {
            let plain =
                unpack(content, MOST_BYTES).map_err(|why| StoreError::unreadable("fields", why))?;
            read(&plain)
        }
        _ => Err(StoreError::unreadable("fields", "unknown encoding")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Value;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_fields_are_compressed_and_come_back() {
        let long = Fields::from([("note".to_owned(), Value::from("word ".repeat(2_000)))]);
        let bytes = encode(&long).unwrap();
        assert!(bytes.len() < 200, "{}", bytes.len());
        assert_eq!(decode(&bytes).unwrap(), long);
    }

    #[test]
    fn damaged_fields_are_an_error() {
        for bytes in [&[][..], &[7, 1, 2], &[0, 9], &[1, 1, 2, 3]] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_without_a_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }

        #[test]
        fn texts_come_back(text in ".{0,2000}", number: i64) {
            let fields = Fields::from([("a".to_owned(), Value::from(text)), ("b".to_owned(), Value::from(number))]);
            prop_assert_eq!(decode(&encode(&fields).unwrap()).unwrap(), fields);
        }
    }
}
