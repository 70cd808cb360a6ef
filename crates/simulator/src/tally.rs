//! What is counted, so that a test can say what something cost and that rare things did happen.

use std::collections::BTreeMap;

use hospes_sync::frame::{Frame, Part, Ranges};

/// Counters of a world since it began, or since they were last taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames sent, by sort; pings and pongs are left out.
    pub frames: BTreeMap<&'static str, u64>,
    /// Bytes of these frames, roughly as on the wire without compression.
    pub bytes: u64,
    /// Bytes of changes among them.
    pub change_bytes: u64,
    /// Changes sent.
    pub changes: u64,
    /// Changes that came to somebody who did not hold them.
    pub taken: u64,
    /// Changes that came to somebody who held them.
    pub known: u64,
    /// Longest chain of frames of which each was sent after the one before had come.
    pub depth: u64,
    /// Things that happen only sometimes.
    pub sometimes: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Frames of one sort.
    pub fn of(&self, sort: &str) -> u64 {
        self.frames.get(sort).copied().unwrap_or(0)
    }

    /// Frames of any sort.
    pub fn all_frames(&self) -> u64 {
        self.frames.values().sum()
    }

    /// How often something happened.
    pub fn times(&self, what: &str) -> u64 {
        self.sometimes.get(what).copied().unwrap_or(0)
    }

    /// Bytes of everything but the changes themselves.
    pub fn overhead(&self) -> u64 {
        self.bytes - self.change_bytes
    }

    /// How often a change came that was needed once.
    pub fn amplification(&self) -> f64 {
        (self.taken + self.known) as f64 / self.taken.max(1) as f64
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Tally) {
        for (sort, count) in &other.frames {
            *self.frames.entry(sort).or_default() += count;
        }
        for (what, count) in &other.sometimes {
            *self.sometimes.entry(what).or_default() += count;
        }
        self.bytes += other.bytes;
        self.change_bytes += other.change_bytes;
        self.changes += other.changes;
        self.taken += other.taken;
        self.known += other.known;
        self.depth = self.depth.max(other.depth);
    }

    pub(crate) fn note(&mut self, what: &'static str) {
        *self.sometimes.entry(what).or_default() += 1;
    }

    pub(crate) fn sent(&mut self, frame: &Frame, depth: u64) {
        let Some(sort) = sort(frame) else { return };
        *self.frames.entry(sort).or_default() += 1;
        self.bytes += weight(frame);
        self.depth = self.depth.max(depth);
        if let Frame::Changes(changes) = frame {
            self.changes += changes.changes.len() as u64;
            self.change_bytes += changes.changes.iter().map(|one| one.weight() as u64).sum::<u64>();
        }
    }
}

/// The name of a sort of frame; none for those that only say that somebody is there.
pub(crate) fn sort(frame: &Frame) -> Option<&'static str> {
    match frame {
        Frame::Hello(_) => Some("hello"),
        Frame::Roster(_) | Frame::RosterPart(_) => Some("roster"),
        Frame::Vouches(_) => Some("vouches"),
        Frame::Summary(_) => Some("summary"),
        Frame::Ranges(_) => Some("ranges"),
        Frame::Heads(_) => Some("heads"),
        Frame::Changes(_) => Some("changes"),
        Frame::Announce(_) => Some("announce"),
        Frame::Lazy(_) => Some("lazy"),
        Frame::Ack { .. } => Some("ack"),
        Frame::Bye(_) => Some("bye"),
        Frame::Alarms(_) => Some("alarms"),
        Frame::Ping(_) | Frame::Pong(_) => None,
    }
}

/// Bytes that a frame takes on the wire, roughly: identifiers and digests are counted exactly,
/// numbers and tags by what they usually take.
pub fn weight(frame: &Frame) -> u64 {
    let bytes = match frame {
        Frame::Hello(hello) => 56 + hello.software.len(),
        Frame::Roster(introductions) | Frame::RosterPart(introductions) => introductions
            .iter()
            .map(|known| 76 + known.center_certificate.len() + known.node_certificate.len())
            .sum(),
        Frame::Summary(_) => 50,
        Frame::Ranges(ranges) => ranges_weight(ranges),
        Frame::Heads(heads) => {
            let record = |heads: usize| 44 + 32 * heads;
            let held = heads.records.iter().map(|(_, held)| {
                20 + held.iter().map(|one| record(one.heads.len())).sum::<usize>()
            });
            22 + held.sum::<usize>()
        }
        Frame::Changes(changes) => {
            8 + changes.changes.iter().map(|change| change.weight()).sum::<usize>()
        }
        Frame::Announce(announce) => 24 + 24 * announce.items.len(),
        Frame::Lazy(_) => 9,
        Frame::Alarms(alarms) => 190 * alarms.len(),
        Frame::Vouches(vouches) => vouches.iter().map(|vouch| 150 + 32 * vouch.centers.len()).sum(),
        Frame::Ack { .. } | Frame::Ping(_) | Frame::Pong(_) => 4,
        Frame::Bye(reason) => 4 + reason.len(),
    };
    bytes as u64 + 5
}

fn ranges_weight(ranges: &Ranges) -> usize {
    let parts = ranges.ranges.iter().map(|range| {
        let part = match &range.part {
            Part::Settled => 0,
            Part::Fingerprint { .. } => 24,
            Part::Items(items) => 4 + 24 * items.len(),
        };
        4 + range.upper.len() + part
    });
    24 + ranges.lower.len() + parts.sum::<usize>()
}
