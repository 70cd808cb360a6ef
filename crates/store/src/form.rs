//! Forms of changes as they are kept: what those who admit changes ask of each one that is held.
//!
//! One byte that says how, then postcard. A release that keeps more of a change takes the next number and
//! goes on reading this one, or writes a migration.

use hospes_sync::ChangeHash;
use hospes_sync::admission::Form;

use crate::error::StoreError;

/// All of a form in this order: actor, seq, first and last operation, what it is built on, whom it names.
const FIRST: u8 = 1;

/// A form without its name, which has a column of its own.
pub(crate) fn encode(form: &Form) -> Result<Vec<u8>, StoreError> {
    let rest = (form.actor, form.seq, form.start_op, form.max_op, &form.deps, &form.grants);
    postcard::to_extend(&rest, vec![FIRST]).map_err(|why| StoreError::unreadable("form", why))
}

/// The form that [`encode`] kept.
pub(crate) fn decode(hash: ChangeHash, bytes: &[u8]) -> Result<Form, StoreError> {
    let Some((&FIRST, rest)) = bytes.split_first() else {
        return Err(StoreError::unreadable("form", "unknown encoding"));
    };
    let (actor, seq, start_op, max_op, deps, grants) =
        postcard::from_bytes(rest).map_err(|why| StoreError::unreadable("form", why))?;
    Ok(Form { hash, actor, seq, start_op, max_op, deps, grants })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::CenterId;
    use proptest::prelude::*;

    use super::*;

    const HASH: ChangeHash = ChangeHash([7; 32]);

    fn form(deps: usize, grants: usize) -> Form {
        Form {
            hash: HASH,
            actor: [1; 16],
            seq: 300,
            start_op: 70_000,
            max_op: 70_001,
            deps: vec![ChangeHash([2; 32]); deps],
            grants: vec![CenterId([3; 32]); grants],
        }
    }

    #[test]
    fn a_form_that_is_kept_in_an_unknown_way_is_an_error() {
        let good = encode(&form(1, 1)).unwrap();
        assert_eq!(good[0], FIRST);
        for version in [0, 2, 255] {
            let mut other = good.clone();
            other[0] = version;
            let error = decode(HASH, &other).unwrap_err();
            assert_eq!(error, StoreError::unreadable("form", "unknown encoding"), "{version}");
        }
        assert!(decode(HASH, &[]).is_err());
    }

    #[test]
    fn a_form_that_was_cut_off_is_an_error() {
        let good = encode(&form(2, 1)).unwrap();
        for length in 0..good.len() {
            assert!(decode(HASH, &good[..length]).is_err(), "{length} bytes");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_without_a_panic(bytes: Vec<u8>) {
            let _ = decode(HASH, &bytes);
        }

        #[test]
        fn forms_come_back(deps in 0..5_usize, grants in 0..5_usize) {
            let form = form(deps, grants);
            prop_assert_eq!(decode(HASH, &encode(&form).unwrap()).unwrap(), form);
        }
    }
}
