//! Writing single records: put, edit, confirm, withdraw.

use std::collections::BTreeMap;

use hospes_desk::Reason;
use hospes_desk::shown::{How, Saved, Warning};
use hospes_domain::edit::Edit;
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::usage::{Usage, ended};
use hospes_domain::validate::confirmation;
use hospes_domain::{Fields, Kind, Value};
use hospes_store::Record;
use hospes_sync::ChangeHash;

use super::find::find_record;
use super::uniqueness;
use crate::center::{Center, profile};
use crate::desk::caller::Caller;
use crate::desk::refused::{Refused, invalid, refused};
use crate::ledger::order::{Edits, Options, Target, Write};
use crate::machine::clock;

/// How a confirmation came about when nothing is said: somebody has asked the host.
const CONFIRMED_BY: &str = "host_call";
/// Most characters of a reason: what the fields that keep it allow.
const MOST_REASON: usize = 280;

/// Makes a record, when `id` is empty, or replaces all fields of one.
pub(crate) async fn put(
    center: &Center,
    caller: &Caller,
    (id, kind): (&str, Option<Kind>),
    fields: Fields,
    how: How,
) -> Result<Saved, Refused> {
    let target = if id.is_empty() {
        let kind = kind.ok_or_else(|| invalid("kind: is missing"))?;
        if kind == Kind::Center {
            only_profile(center).await?;
        }
        Target::New(kind)
    } else {
        Target::Existing(find_record(center, id, kind).await?.key)
    };
    one(center, caller, target, Edits::Whole(fields), None, how).await
}

/// A center has one profile: two would contradict each other.
async fn only_profile(center: &Center) -> Result<(), Refused> {
    match profile::of(center).await? {
        None if profile::may_come(center).await? => Err(refused(
            Reason::Exists,
            "the profile of this center is with its peers; wait until one is in sync, see hospes status",
        )),
        None => Ok(()),
        Some(profile) => Err(refused(
            Reason::Exists,
            format!("this center has a profile already: {}; edit that one", profile.key.id),
        )),
    }
}

/// Changes single fields of a record, based on what its editor saw or on what it is now.
pub(crate) async fn edit(
    center: &Center,
    caller: &Caller,
    id: &str,
    edits: Vec<Edit>,
    base: Option<Vec<ChangeHash>>,
    how: How,
) -> Result<Saved, Refused> {
    let record = find_record(center, id, None).await?;
    one(center, caller, Target::Existing(record.key), Edits::Some(edits), base, how).await
}

/// Takes a record out of use.
pub(crate) async fn withdraw(
    center: &Center,
    caller: &Caller,
    id: &str,
    reason: &str,
) -> Result<Saved, Refused> {
    let length = reason.chars().count();
    if length > MOST_REASON {
        return Err(invalid(format!(
            "reason: has {length} characters, at most {MOST_REASON} are allowed"
        )));
    }
    let record = find_record(center, id, None).await?;
    let withdrawal = withdrawal(&record, reason.trim())?;
    let edits = Edits::Some(withdrawal.edits);
    let target = Target::Existing(record.key);
    let mut saved = one(center, caller, target, edits, None, How::default()).await?;
    if !withdrawal.kept_reason && !reason.trim().is_empty() {
        saved.warnings.push(Warning::ReasonNotKept { kind: record.key.kind });
    }
    Ok(saved)
}

/// Says that an offer still holds, or that a service was checked.
pub(crate) async fn confirm(
    center: &Center,
    caller: &Caller,
    id: &str,
    by: &str,
) -> Result<Saved, Refused> {
    let record = find_record(center, id, None).await?;
    let kind = record.key.kind;
    if let Some(word) = ended(kind, &record.fields) {
        let message = format!("id: is {word}; nobody confirms what is out of use");
        return Err(invalid(message));
    }
    let by = if by.is_empty() { CONFIRMED_BY } else { by };
    let fields = confirmation(kind, &record.fields, by, clock::now()).ok_or_else(|| {
        let message = format!("id: is a {kind}; offers and services are confirmed");
        invalid(message)
    })?;
    let edit = |(field, value): (&str, Value)| Edit::Put { field: field.to_owned(), value };
    let edits = Edits::Some(fields.into_iter().map(edit).collect());
    one(center, caller, Target::Existing(record.key), edits, None, How::default()).await
}

/// What withdrawing a record changes.
#[derive(Debug)]
struct Withdrawal {
    edits: Vec<Edit>,
    kept_reason: bool,
}

fn withdrawal(record: &Record, reason: &str) -> Result<Withdrawal, Refused> {
    let put = |field: &str, value: Value| Edit::Put { field: field.to_owned(), value };
    let kind = record.key.kind;
    let Some(usage) = Usage::of(kind) else {
        return Err(invalid(
            "id: is a center's profile, which cannot be withdrawn; change it instead",
        ));
    };
    let mut edits = vec![put(usage.field, usage.withdrawn.into())];
    let reason_field = match kind {
        Kind::Template => Some("status_reason"),
        Kind::Service => Some("alert"),
        Kind::Bulletin => {
            // A bulletin that cancels says which; this one cancels itself.
            let own = Value::from(record.key.id.to_string());
            let mut references = match record.fields.get("references") {
                Some(Value::List(list)) => list.clone(),
                _ => Vec::new(),
            };
            if !references.contains(&own) {
                references.push(own);
            }
            edits.push(put("references", Value::List(references)));
            edits.push(put("texts", cancelled()));
            None
        }
        Kind::Offer | Kind::Center => None,
    };
    let reason_field = reason_field.filter(|_| !reason.is_empty());
    edits.extend(
        free_texts(record)
            .filter(|field| Some(*field) != reason_field)
            .map(|field| Edit::Clear { field: field.to_owned() }),
    );
    edits.extend(reason_field.map(|field| put(field, reason.into())));
    Ok(Withdrawal { edits, kept_reason: reason_field.is_some() })
}

/// What a bulletin says that was taken back: it has to say something.
fn cancelled() -> Value {
    let text = BTreeMap::from([("headline".to_owned(), Value::from("Cancelled"))]);
    Value::Map(BTreeMap::from([("en".to_owned(), Value::Map(text))]))
}

/// What somebody wrote freely: a withdrawn record says no more of a person than it must.
fn free_texts(record: &Record) -> impl Iterator<Item = &'static str> {
    let free = |field: &&Field| {
        let text = matches!(field.ty, FieldType::Text { lint: true, .. });
        !field.required && (text || field.name == "note_language")
    };
    let there = |field: &Field| record.fields.contains_key(field.name).then_some(field.name);
    schema(record.key.kind).fields.iter().filter(free).filter_map(there)
}

/// Writes one record and says what came of it.
async fn one(
    center: &Center,
    caller: &Caller,
    target: Target,
    edits: Edits,
    base: Option<Vec<ChangeHash>>,
    how: How,
) -> Result<Saved, Refused> {
    let write = Write { target, edits, base, import: None };
    let How { dry_run, override_lint } = how;
    let options = Options { dry_run, override_lint, who: caller.name.clone() };
    let written = center.write(vec![write], options, |_, _| true).await?;
    let Some(written) = written.into_iter().next() else {
        return Err(refused(Reason::Failed, "the record was not written; see the node's log"));
    };
    let warning = uniqueness::warning(center, &written, !dry_run, clock::now());
    let (key, version, changed) = (written.key, written.version.0, written.changed);
    Ok(Saved { key, version, changed, warnings: warning.into_iter().collect() })
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
