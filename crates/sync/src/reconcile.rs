//! Range-based set reconciliation of one circle between two nodes.
//!
//! Both sides hold the circle ordered by record identifier and compare ranges by count and
//! fingerprint; a range that differs is split in sixteen until it is small enough to be listed.
//! After Meyer, "Range-Based Set Reconciliation" (2023). Fingerprints are sums of SipHash-2-4-128
//! under a key that both sides contributed to for this session only, so an author cannot choose
//! identifiers and contents beforehand that add up alike.
//!
//! All of it is arithmetic on a snapshot of the catalogue; what to do about a difference is said by
//! [`Step`] and done by the session.

use std::hash::Hasher as _;

use hospes_domain::{CircleId, RecordId, RecordKey};
use sha2::{Digest, Sha256};
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use crate::change::Version;
use crate::frame::{Item, Part, Range, Ranges};

/// Ranges into which one that differs is split.
const SPLIT: usize = 16;
/// Most records of a range that is listed rather than split. 100,000 records, split three times,
/// make ranges of 24.
const LEAF: usize = 32;
/// Bytes of items and ranges that a frame aims at.
const FRAME_BYTES: usize = 160 * 1024;
/// What an item and a range take of them.
const ITEM_BYTES: usize = 24;
const RANGE_BYTES: usize = 48;
/// Most records in one list. Only records of one identifier make a list longer than [`LEAF`].
const MAX_ITEMS: usize = 8 * 1024;

/// Key of a session's fingerprints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FingerprintKey(u64, u64);

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey")
    }
}

impl FingerprintKey {
    /// The key of a session from the nonces of its two sides, whichever is ours.
    pub fn of(one: &[u8; 16], other: &[u8; 16]) -> Self {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        let mut hash = Sha256::new();
        hash.update(b"hospes session fingerprints 1\0");
        hash.update(low);
        hash.update(high);
        let digest: [u8; 32] = hash.finalize().into();
        let number =
            |bytes: &[u8]| bytes.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let (first, rest) = digest.split_at(8);
        Self(number(first), number(rest.split_at(8).0))
    }

    /// What one record adds to a fingerprint.
    pub fn lift(&self, key: &RecordKey, version: &Version) -> u128 {
        let mut hash = SipHasher24::new_with_keys(self.0, self.1);
        hash.write(&key.id.0);
        hash.write(&key.steward.0);
        hash.write(&[key.kind.number()]);
        hash.write(&version.0);
        hash.finish128().as_u128()
    }
}

/// Why a frame of the other side cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misstep {
    /// Bounds that go backwards or are longer than an identifier.
    #[error("ranges that do not ascend")]
    Disorder,
    /// A list that is longer than any we could have asked for.
    #[error("a list of {0} records in one frame")]
    TooLong(usize),
}

/// What follows from a frame of the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Frames to answer with; none of them is marked as last yet.
    pub reply: Vec<Ranges>,
    /// Records that only we hold.
    pub push: Vec<RecordId>,
    /// Records that only the other side holds.
    pub ask: Vec<RecordId>,
    /// Records that both hold and that differ.
    pub compare: Vec<RecordId>,
}

/// A circle as it is when a run of reconciliation begins, with the sums of every prefix: the
/// fingerprint of any range is one subtraction.
#[derive(Clone, Debug)]
pub struct Snapshot {
    circle: CircleId,
    ids: Vec<RecordId>,
    /// `sums[n]` is the sum of the first `n` records.
    sums: Vec<u128>,
}

impl Snapshot {
    /// Takes the entries of a circle in ascending order of their identifiers.
    pub fn new(
        circle: CircleId,
        key: &FingerprintKey,
        entries: impl Iterator<Item = (RecordKey, Version)>,
    ) -> Self {
        let mut ids = Vec::new();
        let mut sums = vec![0u128];
        let mut sum = 0u128;
        for (record, version) in entries {
            sum = sum.wrapping_add(key.lift(&record, &version));
            ids.push(record.id);
            sums.push(sum);
        }
        Self { circle, ids, sums }
    }

    /// Opens a run: the whole circle, listed or split, because it is known to differ.
    pub fn open(&self) -> Vec<Ranges> {
        let mut reply = Reply::new(self.circle);
        self.describe(0, self.ids.len(), &Bound::default(), &Bound::END, &mut reply);
        reply.frames
    }

    /// Answers a frame of the other side.
    pub fn answer(&self, frame: &Ranges) -> Result<Step, Misstep> {
        let mut step = Step::default();
        let mut reply = Reply::new(self.circle);
        let mut lower = Bound::start(&frame.lower)?;
        let mut from = self.place(&lower);
        for range in &frame.ranges {
            let upper = Bound::end(&range.upper)?;
            if upper <= lower {
                return Err(Misstep::Disorder);
            }
            let to = self.place(&upper);
            match &range.part {
                Part::Settled => {}
                Part::Fingerprint { count, fingerprint } => {
                    let mine = to.saturating_sub(from);
                    if mine as u64 == *count && self.sum(from, to) == *fingerprint {
                        // Alike.
                    } else if *count == 0 {
                        step.push.extend(self.slice(from, to));
                    } else {
                        self.describe(from, to, &lower, &upper, &mut reply);
                    }
                }
                Part::Items(items) => self.differences(from, to, items, &mut step)?,
            }
            lower = upper;
            from = to;
        }
        step.push.dedup();
        step.reply = reply.frames;
        Ok(step)
    }

    /// Compares our part of a range with the other side's list of it.
    fn differences(
        &self,
        from: usize,
        to: usize,
        items: &[Item],
        step: &mut Step,
    ) -> Result<(), Misstep> {
        if items.len() > MAX_ITEMS {
            return Err(Misstep::TooLong(items.len()));
        }
        let mut theirs: Vec<Item> = items.to_vec();
        theirs.sort_unstable();
        let mine = self.items(from, to);
        let (mut a, mut b) = (mine.as_slice(), theirs.as_slice());
        loop {
            let id = match (a.first(), b.first()) {
                (Some(x), Some(y)) => x.id.min(y.id),
                (Some(x), None) => x.id,
                (None, Some(y)) => y.id,
                (None, None) => return Ok(()),
            };
            // Records of one identifier but different stewards stand together.
            let (ours, rest) = a.split_at(a.iter().take_while(|item| item.id == id).count());
            a = rest;
            let (others, rest) = b.split_at(b.iter().take_while(|item| item.id == id).count());
            b = rest;
            if others.is_empty() {
                step.push.push(id);
            } else if ours.is_empty() {
                step.ask.push(id);
            } else {
                let mut ours = ours.to_vec();
                ours.sort_unstable();
                if ours != others {
                    step.compare.push(id);
                }
            }
        }
    }

    /// Says more about a range that differs than its fingerprint.
    fn describe(&self, from: usize, to: usize, lower: &Bound, upper: &Bound, reply: &mut Reply) {
        // Records of one identifier cannot be split: many of them would be compared for ever.
        let indivisible =
            self.ids.get(from) == to.checked_sub(1).and_then(|last| self.ids.get(last));
        if to.saturating_sub(from) <= LEAF || indivisible {
            reply.put(lower, upper, Part::Items(self.items(from, to)));
        } else {
            self.split(from, to, lower, upper, reply);
        }
    }

    fn split(&self, from: usize, to: usize, lower: &Bound, upper: &Bound, reply: &mut Reply) {
        let count = to.saturating_sub(from);
        let mut begin = from;
        let mut begin_bound = lower.clone();
        for part in 1..=SPLIT {
            let end = self.between_identifiers(from, to, from + count * part / SPLIT);
            if part < SPLIT && (end <= begin || end >= to) {
                continue;
            }
            let end_bound = if part == SPLIT { upper.clone() } else { self.bound_before(end) };
            let last = if part == SPLIT { to } else { end };
            let fingerprint = self.sum(begin, last);
            let count = last.saturating_sub(begin) as u64;
            reply.put(&begin_bound, &end_bound, Part::Fingerprint { count, fingerprint });
            begin = last;
            begin_bound = end_bound;
        }
    }

    /// A place at or near `index` where the range can be cut: the records of one identifier stay
    /// together.
    fn between_identifiers(&self, from: usize, to: usize, index: usize) -> usize {
        let ids = self.ids.get(from..to).unwrap_or_default();
        let Some(at) = self.ids.get(index).filter(|_| index < to) else { return to };
        let (begin, end) = (ids.partition_point(|id| id < at), ids.partition_point(|id| id <= at));
        from + if begin > 0 || end == ids.len() { begin } else { end }
    }

    /// The shortest bound that lies after the record before `index` and not after that at it.
    fn bound_before(&self, index: usize) -> Bound {
        let (Some(before), Some(at)) =
            (index.checked_sub(1).and_then(|before| self.ids.get(before)), self.ids.get(index))
        else {
            return Bound::END;
        };
        let same = before.0.iter().zip(at.0.iter()).take_while(|(a, b)| a == b).count();
        Bound { prefix: at.0.iter().take(same + 1).copied().collect(), end: false }
    }

    fn place(&self, bound: &Bound) -> usize {
        if bound.end {
            return self.ids.len();
        }
        let padded = bound.padded();
        self.ids.partition_point(|id| id.0 < padded)
    }

    fn sum(&self, from: usize, to: usize) -> u128 {
        let at = |index: usize| self.sums.get(index).copied().unwrap_or_default();
        at(to).wrapping_sub(at(from))
    }

    fn slice(&self, from: usize, to: usize) -> impl Iterator<Item = RecordId> + '_ {
        self.ids.get(from..to).unwrap_or_default().iter().copied()
    }

    fn items(&self, from: usize, to: usize) -> Vec<Item> {
        (from..to)
            .filter_map(|index| {
                let id = *self.ids.get(index)?;
                // The record's own lift, cut to 64 bits.
                let state = self.sum(index, index + 1) as u64;
                Some(Item { id, state })
            })
            .collect()
    }
}

/// A place between identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bound {
    prefix: Vec<u8>,
    end: bool,
}

impl Bound {
    const END: Bound = Bound { prefix: Vec::new(), end: true };

    fn start(bytes: &[u8]) -> Result<Self, Misstep> {
        if bytes.len() > 16 {
            return Err(Misstep::Disorder);
        }
        Ok(Self { prefix: bytes.to_vec(), end: false })
    }

    fn end(bytes: &[u8]) -> Result<Self, Misstep> {
        if bytes.is_empty() { Ok(Self::END) } else { Self::start(bytes) }
    }

    fn padded(&self) -> [u8; 16] {
        let mut padded = [0; 16];
        for (to, from) in padded.iter_mut().zip(&self.prefix) {
            *to = *from;
        }
        padded
    }
}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some((self.end, self.padded()).cmp(&(other.end, other.padded())))
    }
}

/// Collects ranges into frames, with what lies between them marked as settled.
struct Reply {
    circle: CircleId,
    frames: Vec<Ranges>,
    reached: Bound,
    bytes: usize,
}

impl Reply {
    fn new(circle: CircleId) -> Self {
        Self { circle, frames: Vec::new(), reached: Bound::default(), bytes: 0 }
    }

    fn put(&mut self, lower: &Bound, upper: &Bound, part: Part) {
        let size = match &part {
            // Two ranges, as there may be a settled one before it.
            Part::Items(items) => 2 * RANGE_BYTES + items.len() * ITEM_BYTES,
            Part::Settled | Part::Fingerprint { .. } => 2 * RANGE_BYTES,
        };
        if self.bytes + size > FRAME_BYTES || self.frames.is_empty() {
            self.frames.push(Ranges {
                circle: self.circle,
                lower: lower.prefix.clone(),
                ranges: Vec::new(),
                last: false,
            });
            self.reached = lower.clone();
            self.bytes = 0;
        }
        self.bytes += size;
        let Some(frame) = self.frames.last_mut() else { return };
        if self.reached < *lower {
            frame.ranges.push(Range { upper: lower.prefix.clone(), part: Part::Settled });
        }
        frame.ranges.push(Range { upper: upper.prefix.clone(), part });
        self.reached = upper.clone();
    }
}

#[cfg(test)]
mod tests;
