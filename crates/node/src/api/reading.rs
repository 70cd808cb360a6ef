//! Requests, read into what the desk understands.

use hospes_domain::edit::Edit;
use hospes_domain::query::Query;
use hospes_domain::validate::Violation;
use hospes_domain::{Kind, Timestamp};
use hospes_sync::ChangeHash;
use hospes_wire::value::{InvalidValue, from_wire};
use hospes_wire::{limits, local};

use crate::desk::refused::{Refused, invalid};
use hospes_desk::search::understand;

/// Most edits of one record in one call.
const MOST_EDITS: usize = 1_000;

/// What a search asks for, without the steward, whose name only an open node knows.
///
/// # Errors
/// All fields that are out of their bounds or mean nothing, under the names of the request.
pub fn query_of(request: local::SearchRequest, now: Timestamp) -> Result<Query, Vec<Violation>> {
    understand(request.into(), None, now).map(|understood| understood.query)
}

/// A kind; none when nothing is said.
pub(super) fn kind(word: &str) -> Result<Option<Kind>, Refused> {
    let word = Some(word).filter(|word| !word.is_empty());
    Ok(word.map(str::parse).transpose()?)
}

/// A kind, or all when nothing is said.
pub(super) fn kinds(word: &str) -> Result<Vec<Kind>, Refused> {
    Ok(kind(word)?.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]))
}

/// The edits of a request.
pub(super) fn edits(edits: Vec<local::FieldEdit>) -> Result<Vec<Edit>, Refused> {
    use local::field_edit::Edit as Wire;
    if edits.is_empty() || edits.len() > MOST_EDITS {
        let given = edits.len();
        return Err(invalid(format!("edits: has {given} entries, it must be 1..={MOST_EDITS}")));
    }
    let read = |edit: local::FieldEdit| {
        let field = edit.field;
        let edit = edit
            .edit
            .ok_or_else(|| invalid(format!("{field}: the edit does not say what to do")))?;
        Ok(match edit {
            Wire::Put(value) => {
                let value = from_wire(value, &field, limits::VALUE_DEPTH).map_err(invalid_value)?;
                Edit::Put { field, value }
            }
            Wire::Clear(true) => Edit::Clear { field },
            Wire::Clear(false) => {
                let message = format!("{field}: clear is no; leave the edit out instead");
                return Err(invalid(message));
            }
            Wire::Splice(splice) => Edit::Splice {
                field,
                key: splice.language,
                at: splice.at,
                delete: splice.delete,
                insert: splice.insert,
            },
            Wire::ReplaceText(new) => Edit::Text { field, key: new.language, text: new.text },
        })
    };
    edits.into_iter().map(read).collect()
}

/// Heads as an editor gave them back; none when there are none.
pub(super) fn heads(base: &[String]) -> Result<Option<Vec<ChangeHash>>, Refused> {
    if base.len() > limits::HEADS_PER_RECORD {
        let (given, most) = (base.len(), limits::HEADS_PER_RECORD);
        let message = format!("base: has {given} entries, at most {most} are allowed");
        return Err(invalid(message));
    }
    let head = |text: &String| {
        let bytes = hospes_domain::id::unhex(text).ok()?;
        Some(ChangeHash(bytes.try_into().ok()?))
    };
    let heads: Option<Vec<ChangeHash>> = base.iter().map(head).collect();
    let heads = heads
        .ok_or_else(|| invalid("base: each entry must be 64 hexadecimal digits, from `heads`"))?;
    Ok(Some(heads).filter(|heads| !heads.is_empty()))
}

pub(super) fn invalid_value(error: InvalidValue) -> Refused {
    invalid(error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Value;
    use hospes_wire::local::FieldEdit;
    use hospes_wire::local::field_edit::Edit as Wire;

    use super::*;

    fn put(field: &str, value: impl Into<Value>) -> Edit {
        Edit::Put { field: field.to_owned(), value: value.into() }
    }

    fn edit(field: &str, edit: Wire) -> FieldEdit {
        FieldEdit { field: field.to_owned(), edit: Some(edit) }
    }

    fn replace(language: &str, text: &str) -> FieldEdit {
        let new = local::TextReplacement { language: language.to_owned(), text: text.to_owned() };
        edit("body", Wire::ReplaceText(new))
    }

    const HEAD: ChangeHash = ChangeHash([3; 32]);

    #[test]
    fn edits_are_taken_over_as_they_are() {
        let splice =
            local::Splice { language: "ru".to_owned(), at: 2, delete: 1, insert: "я".to_owned() };
        let wire = vec![
            edit("sleeps", Wire::Put(hospes_wire::value::to_wire(&Value::from(3)))),
            edit("note", Wire::Clear(true)),
            edit("body", Wire::Splice(splice)),
        ];
        let made = edits(wire).unwrap();
        assert_eq!(
            made,
            [
                put("sleeps", 3),
                Edit::Clear { field: "note".to_owned() },
                Edit::Splice {
                    field: "body".to_owned(),
                    key: "ru".to_owned(),
                    at: 2,
                    delete: 1,
                    insert: "я".to_owned(),
                },
            ]
        );
    }

    #[test]
    fn a_replaced_text_is_about_one_language() {
        let text = |key: &str, text: &str| Edit::Text {
            field: "body".to_owned(),
            key: key.to_owned(),
            text: text.to_owned(),
        };
        let made = edits(vec![replace("ru", "стало"), replace("uk", "стало")]).unwrap();
        assert_eq!(made, [text("ru", "стало"), text("uk", "стало")]);
    }

    #[test]
    fn an_edit_that_says_nothing_is_refused() {
        for wire in
            [edit("note", Wire::Clear(false)), FieldEdit { field: "note".to_owned(), edit: None }]
        {
            let refused = edits(vec![wire]).unwrap_err();
            assert!(refused.message.starts_with("note: "), "{}", refused.message);
        }
    }

    #[test]
    fn heads_are_read_as_they_were_given_out() {
        let text = HEAD.to_string();
        assert_eq!(heads(&[]).unwrap(), None);
        assert_eq!(heads(std::slice::from_ref(&text)).unwrap(), Some(vec![HEAD]));
        for base in [vec!["03".to_owned()], vec!["zz".repeat(32)], vec![text; 65]] {
            let refused = heads(&base).unwrap_err();
            assert!(refused.message.starts_with("base: "), "{}", refused.message);
        }
    }
}
