//! Requests for changes, as they are understood.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_domain::validate::Violation;
use hospes_domain::{CenterId, CircleId, RecordId, RecordKey};
use hospes_sync::Version;

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
    let refused = withdrawal(&record(Kind::Center, &[]), "").unwrap_err();
    assert_eq!(refused.reason, Reason::Invalid);
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
