//! Forms of changes as they are kept: what those who admit changes ask of each one that is held.

use hospes_sync::ChangeHash;
use hospes_sync::admission::Form;

use crate::error::StoreError;

/// A form without its name, which has a column of its own.
pub(crate) fn encode(form: &Form) -> Result<Vec<u8>, StoreError> {
    let rest = (form.actor, form.seq, form.start_op, form.max_op, &form.deps, &form.grants);
    postcard::to_stdvec(&rest).map_err(|why| StoreError::unreadable("form", why))
}

/// The form that [`encode`] kept.
pub(crate) fn decode(hash: ChangeHash, bytes: &[u8]) -> Result<Form, StoreError> {
    let (actor, seq, start_op, max_op, deps, grants) =
        postcard::from_bytes(bytes).map_err(|why| StoreError::unreadable("form", why))?;
    Ok(Form { hash, actor, seq, start_op, max_op, deps, grants })
}
