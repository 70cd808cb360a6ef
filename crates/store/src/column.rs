//! Typed columns: what a row holds, checked as it is read.

use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp};
use hospes_sync::{ChangeHash, Version};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;

/// Reads columns of a row by their place.
pub(crate) trait Columns {
    fn integer(&self, index: usize) -> Result<i64, StoreError>;
    fn bytes(&self, index: usize) -> Result<Vec<u8>, StoreError>;
    fn maybe_bytes(&self, index: usize) -> Result<Option<Vec<u8>>, StoreError>;
    fn text(&self, index: usize) -> Result<String, StoreError>;
    fn maybe_text(&self, index: usize) -> Result<Option<String>, StoreError>;
    fn maybe_integer(&self, index: usize) -> Result<Option<i64>, StoreError>;

    /// A count or a position, which is never negative.
    fn count(&self, index: usize) -> Result<u64, StoreError> {
        u64::try_from(self.integer(index)?).map_err(|why| StoreError::unreadable("count", why))
    }

    /// A number that fits into 32 bits: an epoch, a generation.
    fn small(&self, index: usize) -> Result<u32, StoreError> {
        u32::try_from(self.integer(index)?).map_err(|why| StoreError::unreadable("number", why))
    }

    fn flag(&self, index: usize) -> Result<bool, StoreError> {
        Ok(self.integer(index)? != 0)
    }

    fn time(&self, index: usize) -> Result<Timestamp, StoreError> {
        self.integer(index).map(Timestamp)
    }

    fn maybe_time(&self, index: usize) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.maybe_integer(index)?.map(Timestamp))
    }

    fn center(&self, index: usize) -> Result<CenterId, StoreError> {
        array(&self.bytes(index)?, "center").map(CenterId)
    }

    fn maybe_center(&self, index: usize) -> Result<Option<CenterId>, StoreError> {
        self.maybe_bytes(index)?.map(|bytes| array(&bytes, "center").map(CenterId)).transpose()
    }

    fn node(&self, index: usize) -> Result<NodeId, StoreError> {
        array(&self.bytes(index)?, "node").map(NodeId)
    }

    fn hash(&self, index: usize) -> Result<ChangeHash, StoreError> {
        array(&self.bytes(index)?, "change name").map(ChangeHash)
    }

    fn version(&self, index: usize) -> Result<Version, StoreError> {
        array(&self.bytes(index)?, "version").map(Version)
    }

    /// Four columns from here: circle, id, steward, kind.
    fn key(&self, index: usize) -> Result<RecordKey, StoreError> {
        let number = u8::try_from(self.integer(index + 3)?)
            .map_err(|why| StoreError::unreadable("kind", why))?;
        Ok(RecordKey {
            circle: CircleId(array(&self.bytes(index)?, "circle")?),
            id: RecordId(array(&self.bytes(index + 1)?, "record")?),
            steward: self.center(index + 2)?,
            kind: Kind::from_number(number).map_err(|why| StoreError::unreadable("kind", why))?,
        })
    }
}

impl Columns for SqliteRow {
    fn integer(&self, index: usize) -> Result<i64, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn bytes(&self, index: usize) -> Result<Vec<u8>, StoreError> {
        Ok(self.try_get::<&[u8], _>(index)?.to_vec())
    }

    fn maybe_bytes(&self, index: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.try_get::<Option<&[u8]>, _>(index)?.map(<[u8]>::to_vec))
    }

    fn text(&self, index: usize) -> Result<String, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn maybe_text(&self, index: usize) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn maybe_integer(&self, index: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(index)?)
    }
}

/// Exactly `N` bytes.
pub(crate) fn array<const N: usize>(
    bytes: &[u8],
    what: &'static str,
) -> Result<[u8; N], StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::unreadable(what, format!("{} bytes instead of {N}", bytes.len())))
}

/// A count as SQLite keeps it.
pub(crate) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A JSON array of numbers, for statements that take any number of them.
pub(crate) fn json_numbers(numbers: impl IntoIterator<Item = i64>) -> String {
    json(numbers.into_iter().map(|number| number.to_string()))
}

/// A JSON array of hexadecimal texts, for statements that take any number of names.
pub(crate) fn json_hex<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> String {
    json(names.into_iter().map(|name| format!("\"{}\"", hospes_domain::id::hex(name))))
}

/// A JSON array of pairs of hexadecimal texts.
pub(crate) fn json_hex_pairs<'a>(pairs: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> String {
    let hex = hospes_domain::id::hex;
    json(pairs.into_iter().map(|(one, other)| format!("[\"{}\",\"{}\"]", hex(one), hex(other))))
}

fn json(elements: impl Iterator<Item = String>) -> String {
    let mut text = String::from("[");
    for element in elements {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&element);
    }
    text.push(']');
    text
}
