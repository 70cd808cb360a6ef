//! Which record somebody means.

use hospes_desk::Reason;
use hospes_domain::id::hex;
use hospes_domain::{CircleId, Kind, RecordId, RecordKey};
use hospes_store::Record;

use crate::center::Center;
use crate::desk::refused::{Refused, invalid, refused};

/// Fewest hexadecimal digits by which a record is called.
const SHORTEST_PREFIX: usize = 4;

/// The record of an identifier, of a beginning of one that no other record shares, or of a row of one of
/// our own lists.
pub(crate) async fn find_record(
    center: &Center,
    id: &str,
    kind: Option<Kind>,
) -> Result<Record, Refused> {
    let digits = digits(id);
    let mut found = match &digits {
        Ok(digits) => of_identifier(center, id, digits, kind).await?,
        Err(_) => Vec::new(),
    };
    let is_row = found.is_empty();
    if is_row {
        found = of_row(center, id, kind).await?;
    }
    if found.len() > 1 {
        let what = if is_row { "are of rows called" } else { "begin with" };
        return Err(ambiguous(id, what, &found));
    }
    let Some(record) = found.pop() else {
        digits?;
        return Err(refused(Reason::NotFound, format!("no record begins with {}", id.trim())));
    };
    if record.shown || record.erased {
        return Ok(record);
    }
    let message = format!(
        "the record {} cannot be shown: {} of its changes do not fit; see: hospes quarantine list",
        record.key.id, record.left_out
    );
    Err(refused(Reason::NotFound, message))
}

/// The records whose identifiers begin with these digits of `id`.
async fn of_identifier(
    center: &Center,
    id: &str,
    digits: &str,
    kind: Option<Kind>,
) -> Result<Vec<Record>, Refused> {
    let is_whole = digits.len() == 32;
    let mut found = if is_whole {
        let id: RecordId = id.trim().parse().map_err(|error| invalid(format!("id: {error}")))?;
        center.store.find(id).await?
    } else {
        beginning_with(center, digits, kind).await?
    };
    found.retain(|record| kind.is_none_or(|kind| kind == record.key.kind));
    // Of one identifier of several stewards ours is meant, else it has to be said.
    let own = center.own.center;
    if is_whole && found.iter().any(|record| record.key.steward == own) {
        found.retain(|record| record.key.steward == own);
    }
    Ok(found)
}

fn ambiguous(id: &str, what: &str, found: &[Record]) -> Refused {
    let name = |record: &Record| format!("{} ({})", record.key.id, record.key.kind);
    let names: Vec<String> = found.iter().take(5).map(name).collect();
    let message = format!("several records {what} {}: {}", id.trim(), names.join(", "));
    refused(Reason::Ambiguous, message)
}

/// The records that were made of the rows of this identifier in any of our lists.
async fn of_row(center: &Center, id: &str, kind: Option<Kind>) -> Result<Vec<Record>, Refused> {
    let mut keys = center.store.imported_as(id.trim()).await?;
    keys.retain(|key| kind.is_none_or(|kind| kind == key.kind));
    let mut found = Vec::new();
    for key in keys {
        let of_id = center.store.find(key.id).await?;
        found.extend(of_id.into_iter().filter(|record| record.key == key));
    }
    Ok(found)
}

/// The hexadecimal digits of an identifier or of its beginning.
fn digits(id: &str) -> Result<String, Refused> {
    let digits: String =
        id.trim().chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).take(33).collect();
    let length = digits.len();
    if !digits.chars().all(|c| c.is_ascii_hexdigit()) || !(SHORTEST_PREFIX..=32).contains(&length) {
        let message = format!(
            "id: must be a record's identifier, its first {SHORTEST_PREFIX} or more hexadecimal digits, or \
             that of a row of one of our lists"
        );
        return Err(invalid(message));
    }
    Ok(digits)
}

/// A few of the records whose identifiers begin with these digits.
async fn beginning_with(
    center: &Center,
    digits: &str,
    kind: Option<Kind>,
) -> Result<Vec<Record>, Refused> {
    let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    let mut found = Vec::new();
    for kind in kinds {
        let after = before_first(digits, kind);
        let next = center.store.list(kind, Some(after), 5).await?;
        found.extend(next.into_iter().filter(|record| hex(&record.key.id.0).starts_with(digits)));
    }
    Ok(found)
}

/// A name that comes before those of all records whose identifiers begin with these digits. No
/// record has it: a random identifier has a four in its middle.
fn before_first(digits: &str, kind: Kind) -> RecordKey {
    let mut id = [0; 16];
    for (place, digit) in digits.chars().take(32).enumerate() {
        let digit = digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
        if let Some(byte) = id.get_mut(place / 2) {
            *byte |= if place % 2 == 0 { digit << 4 } else { digit };
        }
    }
    let steward = hospes_domain::CenterId([0; 32]);
    RecordKey { circle: CircleId::COMMONS, id: RecordId(id), steward, kind }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn an_identifier_may_be_shortened_to_four_digits() {
        for (id, expected) in [
            ("3f2a", Some("3f2a")),
            (" 3F2A-b ", Some("3f2ab")),
            ("3f2ab1c0-9e1d-4c5b-8a7f-0123456789ab", Some("3f2ab1c09e1d4c5b8a7f0123456789ab")),
            ("3f2", None),
            ("3f2g", None),
            ("", None),
            ("narva", None),
            ("3f2ab1c0-9e1d-4c5b-8a7f-0123456789ab0", None),
        ] {
            assert_eq!(digits(id).ok().as_deref(), expected, "{id:?}");
        }
    }

    #[test]
    fn the_first_of_a_beginning_comes_after_its_mark() {
        let key = before_first("3f2ab", Kind::Offer);
        assert_eq!(hex(&key.id.0), "3f2ab000000000000000000000000000");
        let record = RecordId::from_random([0x3f; 16]);
        assert!(before_first("3f3f", Kind::Offer).id < record);
        assert!(before_first("3f3f4", Kind::Offer).id > record);
    }
}
