//! Edits: what a form or an editor asks to be changed.

use crate::{Fields, Value};

/// One wish for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The field has this value. Only the difference is written: members of sets and entries of
    /// maps one by one, bodies by what differs in the text, lists as a whole.
    Put {
        /// The top-level field.
        field: String,
        /// What it holds.
        value: Value,
    },
    /// The field has no value.
    Clear {
        /// The top-level field.
        field: String,
    },
    /// Letters are replaced in a body. Several of them for one text apply one after the other,
    /// each to what the ones before made.
    Splice {
        /// The top-level field, of type body.
        field: String,
        /// Tag of the language.
        key: String,
        /// Where, in Unicode scalar values from the start.
        at: u32,
        /// How many scalar values are taken out.
        delete: u32,
        /// What is put there instead.
        insert: String,
    },
    /// A body says this in one language. Only what differs from the text that the edit was made on
    /// is written.
    Text {
        /// The top-level field, of type body.
        field: String,
        /// Tag of the language.
        key: String,
        /// The whole text.
        text: String,
    },
}

impl Edit {
    /// The top-level field that it is about.
    pub fn field(&self) -> &str {
        match self {
            Edit::Put { field, .. }
            | Edit::Clear { field }
            | Edit::Splice { field, .. }
            | Edit::Text { field, .. } => field,
        }
    }
}

/// The edits that turn a whole record into another.
///
/// Fields that only `current` has are cleared, so `wanted` must hold what a form did not show,
/// such as fields of a newer release.
pub fn edits_to(current: &Fields, wanted: &Fields) -> Vec<Edit> {
    let cleared = current
        .keys()
        .filter(|field| !wanted.contains_key(*field))
        .map(|field| Edit::Clear { field: field.clone() });
    let put = wanted
        .iter()
        .filter(|(field, value)| current.get(*field) != Some(value))
        .map(|(field, value)| Edit::Put { field: field.clone(), value: value.clone() });
    cleared.chain(put).collect()
}
