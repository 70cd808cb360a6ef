//! Requests for changes, as they are understood.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::validate::{Problem, Violation};
use hospes_domain::{CenterId, CircleId, RecordId, RecordKey};
use hospes_sync::Version;
use hospes_wire::local::FieldEdit;
use hospes_wire::local::field_edit::Edit as Wire;
use hospes_wire::status::reason;
use tonic::Code;

use super::*;

fn record(kind: Kind, fields: &[(&str, Value)]) -> Record {
    let id = RecordId::from_random([7; 16]);
    Record {
        key: RecordKey { circle: CircleId::COMMONS, id, steward: CenterId([1; 32]), kind },
        version: Version::default(),
        generation: 1,
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        shown: true,
        erased: false,
        left_out: 0,
        position: 1,
    }
}

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
fn each_kind_is_withdrawn_in_its_own_way() {
    let status = |word: &str| put("status", word);
    for (kind, expected, kept) in [
        (Kind::Offer, vec![status("withdrawn")], false),
        (Kind::Service, vec![status("defunct"), put("alert", "closed")], true),
        (Kind::Template, vec![status("withdrawn"), put("status_reason", "closed")], true),
    ] {
        let withdrawal = withdrawal(&record(kind, &[]), "closed").unwrap();
        assert_eq!((withdrawal.edits, withdrawal.kept_reason), (expected, kept), "{kind}");
    }
    let without = withdrawal(&record(Kind::Template, &[]), "").unwrap();
    assert_eq!(without.edits, [put("status", "withdrawn")]);
    let status = withdrawal(&record(Kind::Center, &[]), "").unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[test]
fn a_bulletin_that_is_withdrawn_cancels_itself_and_passes_validation() {
    let earlier = Value::from("0b8f0f6e-9c9b-4b59-8a43-1f3bd1a7a111");
    let references = Value::List(vec![earlier.clone()]);
    let bulletin = record(Kind::Bulletin, &[("references", references)]);
    let withdrawal = withdrawal(&bulletin, "").unwrap();
    let own = Value::from(bulletin.key.id.to_string());
    let list = Value::List(vec![earlier, own]);
    let texts = Edit::Put { field: "texts".to_owned(), value: cancelled() };
    let said = [put("msg_type", "cancel"), put("references", list.clone()), texts];
    assert_eq!(withdrawal.edits, said);

    let mut fields = bulletin.fields;
    fields.insert("msg_type".to_owned(), "cancel".into());
    fields.insert("references".to_owned(), list);
    fields.insert("texts".to_owned(), cancelled());
    let found = hospes_domain::schema::schema(Kind::Bulletin).check(&fields);
    let about = |violation: &Violation| {
        ["references", "texts", "msg_type"].iter().any(|name| violation.field.starts_with(name))
    };
    assert!(!found.iter().any(about), "{found:?}");
}

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
        let status = edits(vec![wire]).unwrap_err();
        assert!(status.message().starts_with("note: "), "{}", status.message());
    }
}

#[test]
fn heads_are_read_as_they_were_given_out() {
    let text = HEAD.to_string();
    assert_eq!(heads(&[]).unwrap(), None);
    assert_eq!(heads(std::slice::from_ref(&text)).unwrap(), Some(vec![HEAD]));
    for base in [vec!["03".to_owned()], vec!["zz".repeat(32)], vec![text; 65]] {
        let status = heads(&base).unwrap_err();
        assert!(status.message().starts_with("base: "), "{}", status.message());
    }
}

#[test]
fn what_is_out_of_bounds_is_told_one_per_line() {
    let violation = |field: &str| Violation {
        field: field.to_owned(),
        problem: Problem::OutOfRange { min: 1, max: 200, actual: 500 },
    };
    let error = EditError::Refused(vec![(0, vec![violation("sleeps"), violation("max_nights")])]);
    let status = failed(error);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        status.message(),
        "sleeps: is 500, it must be 1..=200\nmax_nights: is 500, it must be 1..=200"
    );
    let key = record(Kind::Offer, &[]).key;
    assert_eq!(reason(&failed(EditError::NotOurs { key })), Some(Reason::NotOurs));
    assert_eq!(reason(&failed(EditError::BaseGone { key })), Some(Reason::Changed));
}
