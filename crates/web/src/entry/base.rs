//! What an edit is based on: the latest changes of a record as its editor saw it.

use hospes_desk::shown::Shown;

use crate::form::Form;

/// The field of a form that carries them.
pub(crate) const BASE: &str = "_base";

/// Those of a record, as forms and addresses carry them.
pub(crate) fn base_of(shown: &Shown) -> String {
    shown.heads.iter().map(hex::encode).collect::<Vec<_>>().join(",")
}

/// Those that a form carries; where it carries none, those of the record as it is shown now.
pub(crate) fn carried(form: &Form, shown: Option<&Shown>) -> String {
    match form.text(BASE) {
        "" => shown.map(base_of).unwrap_or_default(),
        base => base.to_owned(),
    }
}

/// The same again. What is none is left out.
pub(crate) fn heads(base: &str) -> Vec<[u8; 32]> {
    let head = |text: &str| <[u8; 32]>::try_from(hex::decode(text).ok()?).ok();
    base.split(',').filter_map(head).collect()
}
