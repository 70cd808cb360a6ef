//! Automerge chunks written byte by byte, as no software of ours would write them.
//!
//! Format: <https://automerge.org/automerge-binary-format-spec/>.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// Type of a chunk that is one change.
pub const CHANGE: u8 = 1;
/// Type of a chunk that is one change, compressed.
pub const DEFLATED: u8 = 2;
/// Type of a chunk that is a bundle of changes.
pub const BUNDLE: u8 = 3;

/// Columns of operations, by their number in the format.
pub mod column {
    /// The actor of the object that an operation changes.
    pub const OBJECT_ACTOR: u64 = 0x01;
    /// The counter of that object.
    pub const OBJECT_COUNTER: u64 = 0x02;
    /// The key in a map.
    pub const KEY_TEXT: u64 = 0x15;
    /// Whether an operation inserts.
    pub const INSERT: u64 = 0x34;
    /// What an operation does.
    pub const ACTION: u64 = 0x42;
    /// Type and length of a value.
    pub const VALUE_SHAPE: u64 = 0x56;
    /// The values.
    pub const VALUE: u64 = 0x57;
    /// How many operations an operation overwrites.
    pub const BEFORE_COUNT: u64 = 0x70;
    /// Their actors.
    pub const BEFORE_ACTOR: u64 = 0x71;
    /// Their counters, as differences.
    pub const BEFORE_COUNTER: u64 = 0x73;
    /// Bit that says that a column is compressed.
    pub const DEFLATED: u64 = 0x08;
}

/// Actions of operations.
pub mod action {
    /// Makes a map.
    pub const MAKE_MAP: u64 = 0;
    /// Sets a value.
    pub const SET: u64 = 1;
}

/// A whole number in as few bytes as it takes.
pub fn unsigned(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A whole number with a sign in as few bytes as it takes.
pub fn signed(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if (number == 0 && low & 0x40 == 0) || (number == -1 && low & 0x40 != 0) {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Bytes with their length before them.
pub fn counted(bytes: &[u8]) -> Vec<u8> {
    [&unsigned(bytes.len() as u64), bytes].concat()
}

/// A column that repeats one value.
pub fn repeat(times: i64, value: &[u8]) -> Vec<u8> {
    if times == 1 { literals([value.to_vec()]) } else { [&signed(times), value].concat() }
}

/// A column of values that all differ from the one before.
pub fn literals(values: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let values: Vec<Vec<u8>> = values.into_iter().collect();
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
    [signed(-count), values.concat()].concat()
}

/// Rows of a column that have no value.
pub fn nulls(times: u64) -> Vec<u8> {
    [vec![0], unsigned(times)].concat()
}

/// A chunk of this type around a content, with the right checksum and length.
pub fn framed(kind: u8, content: &[u8]) -> Vec<u8> {
    let body = [&[kind], counted(content).as_slice()].concat();
    let checksum: [u8; 32] = Sha256::digest(&body).into();
    [&[0x85, 0x6f, 0x4a, 0x83], checksum.split_at(4).0, &body].concat()
}

/// The content of a chunk, without what is around it.
pub fn content(chunk: &[u8]) -> Result<&[u8]> {
    // Magic (4), checksum (4), type (1), length (LEB128), content.
    let rest = chunk.get(9..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    rest.get(length..).context("a chunk without content")
}

/// A chunk with its content altered and a right frame around it again.
pub fn reframed(chunk: &[u8], alter: impl FnOnce(&mut Vec<u8>)) -> Result<Vec<u8>> {
    let kind = *chunk.get(8).context("no chunk")?;
    let mut content = content(chunk)?.to_vec();
    alter(&mut content);
    Ok(framed(kind, &content))
}

/// A change that is put together by hand.
#[derive(Debug, Clone)]
pub struct Change {
    /// Names of the changes that it is built on.
    pub deps: Vec<[u8; 32]>,
    /// Its writer.
    pub actor: [u8; 16],
    /// Its number among those of its writer.
    pub seq: u64,
    /// Counter of its first operation.
    pub start: u64,
    /// Its columns, in ascending order.
    pub columns: Vec<(u64, Vec<u8>)>,
}

impl Change {
    /// A first change without operations yet.
    pub fn first(actor: [u8; 16]) -> Self {
        Self { deps: Vec::new(), actor, seq: 1, start: 1, columns: Vec::new() }
    }

    /// With this column, which comes after those that are there.
    pub fn with(mut self, column: u64, cells: Vec<u8>) -> Self {
        self.columns.push((column, cells));
        self
    }

    /// The content of its chunk.
    pub fn content(&self) -> Vec<u8> {
        let mut bytes = unsigned(self.deps.len() as u64);
        bytes.extend(self.deps.concat());
        bytes.extend(counted(&self.actor));
        bytes.extend(unsigned(self.seq));
        bytes.extend(unsigned(self.start));
        // No time, no message, no other actors.
        bytes.extend([0, 0, 0]);
        bytes.extend(unsigned(self.columns.len() as u64));
        for (column, cells) in &self.columns {
            bytes.extend([unsigned(*column), unsigned(cells.len() as u64)].concat());
        }
        bytes.extend(self.columns.iter().flat_map(|(_, cells)| cells));
        bytes
    }

    /// Its chunk.
    pub fn chunk(&self) -> Vec<u8> {
        framed(CHANGE, &self.content())
    }
}

/// A change that sets the same key a million times: about a hundred bytes.
pub fn million_operations(actor: [u8; 16]) -> Change {
    const TIMES: i64 = 1_000_001;
    Change::first(actor)
        .with(column::KEY_TEXT, repeat(TIMES, &counted(b"sleeps")))
        .with(column::INSERT, unsigned(TIMES.unsigned_abs()))
        .with(column::ACTION, repeat(TIMES, &unsigned(action::SET)))
        .with(column::VALUE_SHAPE, repeat(TIMES, &unsigned(2)))
        .with(column::BEFORE_COUNT, repeat(TIMES, &unsigned(0)))
}

/// A change that makes so many maps, each in the one before.
pub fn nested_maps(actor: [u8; 16], depth: u32) -> Change {
    let (rows, inner) = (i64::from(depth), i64::from(depth) - 1);
    Change::first(actor)
        .with(column::OBJECT_ACTOR, [nulls(1), repeat(inner, &unsigned(0))].concat())
        .with(
            column::OBJECT_COUNTER,
            [nulls(1), literals((1..u64::from(depth)).map(unsigned))].concat(),
        )
        .with(column::KEY_TEXT, repeat(rows, &counted(b"x")))
        .with(column::INSERT, unsigned(u64::from(depth)))
        .with(column::ACTION, repeat(rows, &unsigned(action::MAKE_MAP)))
        .with(column::VALUE_SHAPE, repeat(rows, &unsigned(0)))
        .with(column::BEFORE_COUNT, repeat(rows, &unsigned(0)))
}

/// A bundle that claims changes, operations and letters without end.
pub fn endless_bundle(actor: [u8; 16]) -> Vec<u8> {
    const TIMES: i64 = 1 << 60;
    let columns = [
        (0x01, repeat(TIMES, &unsigned(0))),
        (0x03, repeat(TIMES, &signed(1))),
        (0x13, repeat(TIMES, &signed(1))),
        (0x23, repeat(TIMES, &signed(0))),
        (0x45, repeat(TIMES, &counted(b"x"))),
    ];
    let mut content = vec![4, 0, 1];
    content.extend(counted(&actor));
    content.extend(unsigned(columns.len() as u64));
    for (column, cells) in &columns {
        content.extend([unsigned(*column), unsigned(cells.len() as u64)].concat());
    }
    content.extend(columns.iter().flat_map(|(_, cells)| cells));
    framed(BUNDLE, &content)
}

/// Bytes that a reader of DEFLATE (RFC 1951) makes so many times 258 zeros of: 13 bits for 258
/// bytes, with the fixed codes.
pub fn deflated_zeros(times: usize) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut code = |length: u32, code: u32| {
        bits.extend((0..length).rev().map(|bit| (code >> bit) & 1 == 1));
    };
    // The last block, with fixed codes; these two fields have their lowest bit first.
    code(3, 0b110);
    code(8, 0b0011_0000);
    for _ in 0..times {
        // Length 258 (285), distance 1 (0).
        code(8, 0b1100_0101);
        code(5, 0);
    }
    code(7, 0);
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| (byte << 1) | u8::from(*bit));
    bits.chunks(8).map(byte).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use hospes_domain::Kind;
    use hospes_sync::gate;

    use super::*;

    #[test]
    fn what_is_written_by_hand_has_the_form_of_a_change_when_it_is_small() {
        let small = nested_maps([7; 16], 5).chunk();
        let form = gate::read_chunk(&small, [7; 16], Kind::Offer).unwrap();
        assert_eq!((form.start_op, form.max_op), (1, 5));
        let again = reframed(&small, |_| {}).unwrap();
        assert_eq!(again, small);
        assert!(million_operations([7; 16]).chunk().len() < 120);
    }

    #[test]
    fn numbers_are_written_as_short_as_they_can_be() {
        assert_eq!(unsigned(0), [0]);
        assert_eq!(unsigned(300), [0xac, 2]);
        assert_eq!(signed(-1), [0x7f]);
        assert_eq!(signed(64), [0xc0, 0]);
        assert_eq!(signed(-65), [0xbf, 0x7f]);
    }
}
