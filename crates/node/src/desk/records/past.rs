//! What a record said before.

use std::collections::{BTreeMap, BTreeSet};

use hospes_desk::Reason;
use hospes_domain::{Fields, Kind};
use hospes_store::HeldRecord;
use hospes_sync::ChangeHash;
use hospes_sync::merge::{MergeJob, Request, Response};

use super::find::find_record;
use crate::center::Center;
use crate::desk::refused::{Refused, refused};

/// Most heads that somebody may ask for.
const MOST_HEADS: usize = 16;

/// The record as it was when these were its latest changes. What it was built of passes through the merge
/// worker, as whatever others have written does.
pub(crate) async fn past(
    center: &Center,
    id: &str,
    kind: Kind,
    heads: Vec<ChangeHash>,
) -> Result<Fields, Refused> {
    let record = find_record(center, id, Some(kind)).await?;
    let held = center.store.held(&[record.key]).await?;
    let held = held.get(&record.key).ok_or_else(gone)?;
    let later = later_than(held, &heads).ok_or_else(gone)?;
    if later.is_empty() {
        return Ok(record.fields);
    }
    let (mut applied, _) = held.held.applicable();
    applied.retain(|hash| !held.left_out.contains(hash) && !later.contains(hash));
    let mut stored = center.store.chunks(&[record.key]).await?;
    let mut stored: BTreeMap<_, _> =
        stored.remove(&record.key).unwrap_or_default().into_iter().collect();
    let chunks = applied.iter().filter_map(|hash| stored.remove(hash)).collect();
    let job = MergeJob { kind, base: None, chunks, keep_snapshot: false };
    let failed = |why: String| refused(Reason::Failed, format!("failed to look back: {why}"));
    let answer = center.mergers.own.ask(Request::Merge(vec![job])).await;
    let merged = match answer.map_err(|error| failed(error.to_string()))? {
        Response::Merged(merged) => merged.into_iter().next(),
        // The merger hands out only answers that fit.
        Response::Edited(_) => None,
    };
    let merged = merged.ok_or_else(|| failed("there is no answer".to_owned()))?;
    Ok(merged.outcome.map_err(failed)?.fields)
}

/// How many changes of the record came after these; `None` when its history does not know them.
pub(crate) async fn later(
    center: &Center,
    id: &str,
    kind: Kind,
    heads: Vec<ChangeHash>,
) -> Result<Option<usize>, Refused> {
    let record = find_record(center, id, Some(kind)).await?;
    let held = center.store.held(&[record.key]).await?;
    let later = held.get(&record.key).and_then(|held| later_than(held, &heads));
    Ok(later.map(|later| later.len()))
}

/// The changes of a document that came after these; `None` when it was not built of these.
fn later_than(held: &HeldRecord, heads: &[ChangeHash]) -> Option<BTreeSet<ChangeHash>> {
    let (mut applied, _) = held.held.applicable();
    applied.retain(|hash| !held.left_out.contains(hash));
    let is_known = |head: &ChangeHash| applied.contains(head);
    if heads.is_empty() || heads.len() > MOST_HEADS || !heads.iter().all(is_known) {
        return None;
    }
    let since: BTreeSet<ChangeHash> = held.held.since(heads).into_iter().collect();
    Some(applied.into_iter().filter(|hash| since.contains(hash)).collect())
}

fn gone() -> Refused {
    refused(Reason::Changed, "the record has no such state any more: its history began anew")
}
