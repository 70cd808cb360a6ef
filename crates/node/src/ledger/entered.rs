//! What somebody has entered, as it is to be written, and what is wrong with it.

use hospes_domain::edit::Edit;
use hospes_domain::schema::schema;
use hospes_domain::validate::{Violation, ahead, following, normalize, with_defaults};
use hospes_domain::{Fields, Kind};

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

/// Edits in their one form, with what follows from them.
pub(crate) fn some(kind: Kind, current: &Fields, edits: Vec<Edit>) -> Vec<Edit> {
    let mut edits: Vec<Edit> = edits.into_iter().map(|edit| normal(kind, edit)).collect();
    let mut after = current.clone();
    for edit in &edits {
        match edit {
            Edit::Put { field, value } => drop(after.insert(field.clone(), value.clone())),
            Edit::Clear { field } => drop(after.remove(field)),
            Edit::Splice { .. } | Edit::Text { .. } => {}
        }
    }
    let follows = following(kind, current, &after);
    edits.extend(follows.map(|(name, value)| Edit::Put { field: name.to_owned(), value }));
    edits
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
