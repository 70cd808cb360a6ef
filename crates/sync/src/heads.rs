//! What to send to somebody who says which heads of a record it holds.

use std::collections::BTreeMap;

use hospes_domain::{CircleId, RecordId, RecordKey};

use crate::admission::Held;
use crate::change::ChangeHash;
use crate::frame::RecordHeads;

/// Most changes of one record, and most records of one identifier, that are named.
///
/// Whoever holds more names the first of them. The other side then sends more than is needed, and
/// takes a full list for one that may go on.
pub const MAX_NAMED: usize = 64;

/// What follows from the other side's heads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Changes that it lacks, per record, each after those it is built on.
    pub send: Vec<(RecordKey, Vec<ChangeHash>)>,
    /// What we hold of records of which it has more than we do.
    pub lacking: Vec<(RecordId, Vec<RecordHeads>)>,
}

/// Compares what the other side holds of some identifiers with what we hold.
///
/// `held` has every record of ours with one of these identifiers.
pub fn answer(
    circle: CircleId,
    theirs: &[(RecordId, Vec<RecordHeads>)],
    held: &BTreeMap<RecordKey, Held>,
) -> Answer {
    let mut answer = Answer::default();
    for (id, records) in theirs {
        let mut lacking = records.len() >= MAX_NAMED;
        for record in records {
            let key = RecordKey { circle, id: *id, steward: record.steward, kind: record.kind };
            match held.get(&key) {
                None => lacking = true,
                Some(ours) if ours.generation < record.generation => lacking = true,
                Some(ours) if ours.generation > record.generation => {
                    answer.send.push((key, ours.in_order()));
                }
                Some(ours) => {
                    let more = record.heads.len() >= MAX_NAMED
                        || record.heads.iter().any(|head| !ours.changes.contains_key(head));
                    // Nothing is added to what was erased.
                    lacking |= more && !ours.erased;
                    let missing = ours.since(&record.heads);
                    if !missing.is_empty() {
                        answer.send.push((key, missing));
                    }
                }
            }
        }
        let ours = held.iter().filter(|(key, _)| key.circle == circle && key.id == *id);
        for (key, record) in ours {
            let named =
                records.iter().any(|their| their.steward == key.steward && their.kind == key.kind);
            if !named {
                answer.send.push((*key, record.in_order()));
            }
        }
        if lacking {
            answer.lacking.push((*id, own_heads(circle, *id, held)));
        }
    }
    answer
}

/// What we hold of one identifier.
pub fn own_heads(
    circle: CircleId,
    id: RecordId,
    held: &BTreeMap<RecordKey, Held>,
) -> Vec<RecordHeads> {
    held.iter()
        .filter(|(key, _)| key.circle == circle && key.id == id)
        .take(MAX_NAMED)
        .map(|(key, record)| RecordHeads {
            steward: key.steward,
            kind: key.kind,
            generation: record.generation,
            heads: named(record),
        })
        .collect()
}

/// The heads of a record, and of the changes below them the second last, the third, the fifth, the
/// ninth and so on: somebody who is behind finds one that it knows, and does not send us all that
/// lies below it.
fn named(record: &Held) -> Vec<ChangeHash> {
    let mut named = record.heads();
    let below = record.in_order();
    let steps = std::iter::successors(Some(1usize), |step| step.checked_mul(2));
    for hash in steps.map_while(|step| below.len().checked_sub(step + 1)).map(|at| below.get(at)) {
        named.extend(hash.filter(|hash| !named.contains(hash)));
    }
    named.truncate(MAX_NAMED);
    named
}

#[cfg(test)]
mod tests;
