//! What somebody has entered, as it is to be written, and what is wrong with it.

use std::collections::BTreeMap;

use hospes_domain::edit::Edit;
use hospes_domain::schema::schema;
use hospes_domain::validate::{Violation, ahead, following, normalize, with_defaults};
use hospes_domain::{Fields, Kind, Value};

use super::order::Options;
use crate::machine::clock;

/// A whole record as it is to be: normal, with defaults, with what this release does not know.
pub(crate) fn whole(
    kind: Kind,
    fields: Fields,
    current: &Fields,
    options: &Options,
) -> (Fields, Vec<Violation>) {
    let schema = schema(kind);
    let mut fields = with_defaults(kind, normalize(schema, fields), clock::now());
    if let Some((name, value)) = following(kind, current, &fields) {
        fields.insert(name.to_owned(), value);
    }
    let violations = violations(kind, &fields, current, options);
    let unknown = current.iter().filter(|(name, _)| schema.field(name).is_none());
    let mut wanted: Fields = unknown.map(|(name, value)| (name.clone(), value.clone())).collect();
    wanted.extend(fields);
    (wanted, violations)
}

/// Edits in their one form, with what follows from them, and what is wrong with what they come to.
///
/// The worker checks what they come to as well, but says it in words, as of what comes from peers.
pub(crate) fn some(
    kind: Kind,
    current: &Fields,
    edits: Vec<Edit>,
    options: &Options,
) -> (Vec<Edit>, Vec<Violation>) {
    let mut edits: Vec<Edit> = edits.into_iter().map(|edit| normal(kind, edit)).collect();
    let mut after = current.clone();
    edits.iter().for_each(|edit| apply(&mut after, edit));
    if let Some((name, value)) = following(kind, current, &after) {
        let edit = Edit::Put { field: name.to_owned(), value };
        apply(&mut after, &edit);
        edits.push(edit);
    }
    let violations = violations(kind, &after, current, options);
    (edits, violations)
}

fn apply(fields: &mut Fields, edit: &Edit) {
    match edit {
        Edit::Put { field, value } => drop(fields.insert(field.clone(), value.clone())),
        Edit::Clear { field } => drop(fields.remove(field)),
        Edit::Text { field, key, text } => set_text(fields, field, key, text.clone()),
        Edit::Splice { field, key, at, delete, insert } => {
            let body = fields.get(field).and_then(Value::as_map).and_then(|map| map.get(key));
            let old = body.and_then(Value::as_text).unwrap_or_default();
            let (at, delete) = (*at as usize, *delete as usize);
            let rest = old.chars().skip(at.saturating_add(delete));
            let text: String = old.chars().take(at).chain(insert.chars()).chain(rest).collect();
            set_text(fields, field, key, text);
        }
    }
}

fn set_text(fields: &mut Fields, field: &str, key: &str, text: String) {
    let body = fields.entry(field.to_owned()).or_insert_with(|| Value::Map(BTreeMap::new()));
    if let Value::Map(texts) = body {
        texts.insert(key.to_owned(), text.into());
    }
}

/// What is wrong with a record that was `before` and is to be `fields`.
pub(crate) fn violations(
    kind: Kind,
    fields: &Fields,
    before: &Fields,
    options: &Options,
) -> Vec<Violation> {
    let schema = schema(kind);
    // A name that this release does not know is a newer one's field when it was there before. Written
    // here it would be a field that nobody has thought about: a host's phone number.
    let known: Fields = fields
        .iter()
        .filter(|(name, value)| {
            schema.field(name).is_some() || schema.forbids(name) || before.get(*name) != Some(value)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut violations = schema.check(&known);
    violations.extend(ahead(&known, clock::now()));
    if violations.is_empty() {
        return violations;
    }
    // A value that an earlier release took must not stop an edit that leaves it as it is: a pause, say.
    let received = schema.check_received(&known);
    violations.retain(|violation| {
        let field = violation.field.split(['.', '[']).next().unwrap_or_default();
        before.get(field) != fields.get(field) || received.contains(violation)
    });
    if options.override_lint {
        violations.retain(|violation| !violation.can_be_overridden());
    }
    violations
}

/// Whether the lint of free text has something to say.
pub(crate) fn warned(kind: Kind, fields: &Fields) -> bool {
    schema(kind).check(fields).iter().any(Violation::can_be_overridden)
}

fn normal(kind: Kind, edit: Edit) -> Edit {
    match edit {
        Edit::Put { field, value } => {
            let normal = normalize(schema(kind), Fields::from([(field.clone(), value.clone())]));
            let value = normal.get(&field).cloned().unwrap_or(value);
            Edit::Put { field, value }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn what_edits_come_to_is_refused_at_its_field_and_what_was_wrong_before_is_not() {
        let old = Fields::from([
            ("sleeps".to_owned(), 2.into()),
            ("note".to_owned(), "Call +372 5551 2345".into()),
        ]);
        let put = |field: &str, value: Value| Edit::Put { field: field.to_owned(), value };
        let at = |edits: Vec<Edit>| {
            let (_, wrong) = some(Kind::Offer, &old, edits, &Options::default());
            wrong.into_iter().map(|wrong| wrong.field).collect::<Vec<_>>()
        };
        assert!(at(vec![put("sleeps", 500.into())]).contains(&"sleeps".to_owned()));
        let paused = at(vec![put("sleeps", 3.into())]);
        assert!(!paused.contains(&"sleeps".to_owned()) && !paused.contains(&"note".to_owned()));
    }

    #[test]
    fn a_text_is_looked_at_as_the_edits_leave_it() {
        let body = Value::Map(BTreeMap::from([("ru".to_owned(), "Яблоко".into())]));
        let mut fields = Fields::from([("body".to_owned(), body)]);
        let splice = Edit::Splice {
            field: "body".to_owned(),
            key: "ru".to_owned(),
            at: 1,
            delete: 4,
            insert: "год".to_owned(),
        };
        apply(&mut fields, &splice);
        assert_eq!(fields["body"].to_string(), "ru: Ягодо");
    }
}
