//! Writing single records: put, edit, confirm, withdraw.

use std::collections::BTreeMap;

use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::usage::{Usage, ended};
use hospes_domain::validate::confirmation;
use hospes_domain::{Kind, Value};
use hospes_store::Record;
use hospes_sync::ChangeHash;
use hospes_sync::document::Edit;
use hospes_wire::status::{Reason, invalid, refusal};
use hospes_wire::value::{InvalidValue, fields_from_wire, from_wire};
use hospes_wire::{limits, local};
use tonic::Status;

use super::find::find_record;
use super::{store_failed, uniqueness};
use crate::access::Caller;
use crate::center::Center;
use crate::editor::{EditError, Edits, Options, Target, Write, Written};
use crate::ledger::Trouble;
use crate::{clock, profile};

/// Most edits of one record in one call.
const MOST_EDITS: usize = 1_000;
/// How a confirmation came about when nothing is said: somebody has asked the host.
const CONFIRMED_BY: &str = "host_call";
/// Most characters of a reason: what the fields that keep it allow.
const MOST_REASON: usize = 280;

/// Makes a record or replaces all fields of one.
pub(super) async fn put(
    center: &Center,
    caller: &Caller,
    request: local::PutRequest,
) -> Result<local::Saved, Status> {
    let kind = Some(request.kind.as_str()).filter(|kind| !kind.is_empty());
    let kind: Option<Kind> = kind.map(str::parse).transpose().map_err(super::unknown_kind)?;
    let fields = fields_from_wire(request.fields).map_err(invalid_value)?;
    let target = if request.id.is_empty() {
        let kind = kind.ok_or_else(|| refusal(Reason::Invalid, "kind: is missing"))?;
        if kind == Kind::Center {
            only_profile(center).await?;
        }
        Target::New(kind)
    } else {
        Target::Existing(find_record(center, &request.id, kind).await?.key)
    };
    let options = options(caller, request.dry_run, request.override_lint);
    one(center, target, Edits::Whole(fields), None, options).await
}

/// A center has one profile: two would contradict each other.
async fn only_profile(center: &Center) -> Result<(), Status> {
    match profile::of(center).await.map_err(store_failed)? {
        None if profile::may_come(center).await.map_err(store_failed)? => Err(refusal(
            Reason::Exists,
            "the profile of this center is with its peers; wait until one is in sync, see hospes status",
        )),
        None => Ok(()),
        Some(profile) => Err(refusal(
            Reason::Exists,
            format!("this center has a profile already: {}; edit that one", profile.key.id),
        )),
    }
}

/// Changes single fields of a record.
pub(super) async fn edit(
    center: &Center,
    caller: &Caller,
    request: local::EditRequest,
) -> Result<local::Saved, Status> {
    if request.edits.is_empty() || request.edits.len() > MOST_EDITS {
        let given = request.edits.len();
        let message = format!("edits: has {given} entries, it must be 1..={MOST_EDITS}");
        return Err(refusal(Reason::Invalid, message));
    }
    let record = find_record(center, &request.id, None).await?;
    let base = heads(&request.base)?;
    let edits = edits(request.edits)?;
    let options = options(caller, request.dry_run, request.override_lint);
    one(center, Target::Existing(record.key), Edits::Some(edits), base, options).await
}

/// Takes a record out of use.
pub(super) async fn withdraw(
    center: &Center,
    caller: &Caller,
    request: local::WithdrawRequest,
) -> Result<local::Saved, Status> {
    let length = request.reason.chars().count();
    if length > MOST_REASON {
        return Err(refusal(
            Reason::Invalid,
            format!("reason: has {length} characters, at most {MOST_REASON} are allowed"),
        ));
    }
    let record = find_record(center, &request.id, None).await?;
    let withdrawal = withdrawal(&record, request.reason.trim())?;
    let edits = Edits::Some(withdrawal.edits);
    let options = options(caller, false, false);
    let target = Target::Existing(record.key);
    let mut saved = one(center, target, edits, None, options).await?;
    if !withdrawal.kept_reason && !request.reason.trim().is_empty() {
        let kinds = record.key.kind.plural();
        saved.warnings.push(format!("{kinds} have no field for a reason; it was not kept"));
    }
    Ok(saved)
}

/// Says that an offer still holds, or that a service was checked.
pub(super) async fn confirm(
    center: &Center,
    caller: &Caller,
    request: local::ConfirmRequest,
) -> Result<local::Saved, Status> {
    let record = find_record(center, &request.id, None).await?;
    let kind = record.key.kind;
    if let Some(word) = ended(kind, &record.fields) {
        let message = format!("id: is {word}; nobody confirms what is out of use");
        return Err(refusal(Reason::Invalid, message));
    }
    let by = if request.by.is_empty() { CONFIRMED_BY } else { &request.by };
    let fields = confirmation(kind, &record.fields, by, clock::now()).ok_or_else(|| {
        let message = format!("id: is a {kind}; offers and services are confirmed");
        refusal(Reason::Invalid, message)
    })?;
    let edit = |(field, value): (&str, Value)| Edit::Put { field: field.to_owned(), value };
    let edits = Edits::Some(fields.into_iter().map(edit).collect());
    one(center, Target::Existing(record.key), edits, None, options(caller, false, false)).await
}

/// What withdrawing a record changes.
#[derive(Debug)]
struct Withdrawal {
    edits: Vec<Edit>,
    kept_reason: bool,
}

fn withdrawal(record: &Record, reason: &str) -> Result<Withdrawal, Status> {
    let put = |field: &str, value: Value| Edit::Put { field: field.to_owned(), value };
    let kind = record.key.kind;
    let Some(usage) = Usage::of(kind) else {
        return Err(refusal(
            Reason::Invalid,
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

fn options(caller: &Caller, dry_run: bool, override_lint: bool) -> Options {
    Options { dry_run, override_lint, who: caller.name.clone() }
}

/// Writes one record and says what came of it.
async fn one(
    center: &Center,
    target: Target,
    edits: Edits,
    base: Option<Vec<ChangeHash>>,
    options: Options,
) -> Result<local::Saved, Status> {
    let write = Write { target, edits, base, import: None };
    let kept = !options.dry_run;
    let written = center.write(vec![write], options, |_, _| true).await.map_err(failed)?;
    let Some(written) = written.into_iter().next() else {
        return Err(refusal(Reason::Failed, "the record was not written; see the node's log"));
    };
    Ok(saved(center, written, kept))
}

fn saved(center: &Center, written: Written, kept: bool) -> local::Saved {
    let warnings = uniqueness::warnings(center, &written, kept, clock::now());
    local::Saved {
        id: written.key.id.to_string(),
        version: hospes_domain::id::hex(&written.version.0),
        changed: written.changed,
        warnings,
    }
}

/// The edits of a request.
fn edits(edits: Vec<local::FieldEdit>) -> Result<Vec<Edit>, Status> {
    use local::field_edit::Edit as Wire;
    let read = |edit: local::FieldEdit| {
        let field = edit.field;
        let edit = edit.edit.ok_or_else(|| {
            refusal(Reason::Invalid, format!("{field}: the edit does not say what to do"))
        })?;
        Ok(match edit {
            Wire::Put(value) => {
                let value = from_wire(value, &field, limits::VALUE_DEPTH).map_err(invalid_value)?;
                Edit::Put { field, value }
            }
            Wire::Clear(true) => Edit::Clear { field },
            Wire::Clear(false) => {
                let message = format!("{field}: clear is no; leave the edit out instead");
                return Err(refusal(Reason::Invalid, message));
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
fn heads(base: &[String]) -> Result<Option<Vec<ChangeHash>>, Status> {
    if base.len() > limits::HEADS_PER_RECORD {
        let (given, most) = (base.len(), limits::HEADS_PER_RECORD);
        let message = format!("base: has {given} entries, at most {most} are allowed");
        return Err(refusal(Reason::Invalid, message));
    }
    let head = |text: &String| {
        let bytes = hospes_domain::id::unhex(text).ok()?;
        Some(ChangeHash(bytes.try_into().ok()?))
    };
    let heads: Option<Vec<ChangeHash>> = base.iter().map(head).collect();
    let heads = heads.ok_or_else(|| {
        refusal(Reason::Invalid, "base: each entry must be 64 hexadecimal digits, from `heads`")
    })?;
    Ok(Some(heads).filter(|heads| !heads.is_empty()))
}

pub(super) fn invalid_value(error: InvalidValue) -> Status {
    refusal(Reason::Invalid, error.to_string())
}

/// Why a record was not written, for people and programs.
pub(super) fn failed(error: EditError) -> Status {
    let reason = match &error {
        EditError::Refused(refused) => {
            let violations: Vec<_> =
                refused.iter().flat_map(|(_, violations)| violations.clone()).collect();
            return invalid(&violations);
        }
        EditError::NotOurs { .. } => Reason::NotOurs,
        EditError::NotFound { .. } => Reason::NotFound,
        EditError::Erased { .. } => Reason::Erased,
        EditError::BaseGone { .. } => Reason::Changed,
        EditError::Behind { .. } => Reason::Unavailable,
        EditError::NotApplicable(_) => Reason::Invalid,
        EditError::Abandoned | EditError::Closing => Reason::Unavailable,
        EditError::Trouble(Trouble::Store(error)) => return store_failed(error.clone()),
        EditError::Trouble(_) => Reason::Failed,
    };
    refusal(reason, format!("failed to {error}"))
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
