//! What went over one connection: TLS records in the order in which they were seen.
//!
//! All that can be seen from outside is the outer form of the records. It is enough to tell the
//! handshake from the rest. A node that dials sends its hello in the clear, and its certificates,
//! signature and `Finished` in one encrypted record; all before that, in either direction, is
//! handshake too, as the other side lets nothing of its own out before it has checked them.

use crate::stamp::Stamp;

/// Outer type of an encrypted record (RFC 8446, 5.2).
const ENCRYPTED: u8 = 23;
/// Bytes before the content of a record: type, version, length.
const HEADER: usize = 5;

/// The direction of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the node that dialed.
    Out,
    /// To the node that dialed.
    Back,
}

/// A record as far as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    way: Way,
    kind: u8,
    seen: Stamp,
    bytes: usize,
}

/// Where one direction is within its records.
#[derive(Debug, Default, Clone)]
struct Place {
    header: Vec<u8>,
    /// Bytes of the content that are still to come.
    left: usize,
    /// The record that they belong to.
    piece: usize,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Trace {
    /// When the connection was opened.
    pub opened: Stamp,
    pieces: Vec<Piece>,
    out: Place,
    back: Place,
}

/// What a connection carried in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Bytes of the handshake, both directions.
    pub handshake: u64,
    /// Bytes after it, from the node that dialed.
    pub out: u64,
    /// Bytes after it, to the node that dialed.
    pub back: u64,
    /// When the last part of the handshake was on its way.
    pub shaken: Stamp,
    /// When the last bytes were seen.
    pub last: Stamp,
    /// How often the direction changed after the handshake.
    pub turns: u64,
}

impl Carried {
    /// Bytes after the handshake, both directions.
    pub fn after(&self) -> u64 {
        self.out + self.back
    }

    /// All bytes.
    pub fn all(&self) -> u64 {
        self.handshake + self.after()
    }
}

impl Trace {
    /// Of a connection that is opened now.
    pub fn begin() -> Self {
        Self {
            opened: Stamp::now(),
            pieces: Vec::new(),
            out: Place::default(),
            back: Place::default(),
        }
    }

    /// Notes bytes that go over the connection.
    pub fn note(&mut self, way: Way, mut bytes: &[u8], seen: Stamp) {
        let place = match way {
            Way::Out => &mut self.out,
            Way::Back => &mut self.back,
        };
        while let Some((first, rest)) = bytes.split_first() {
            if place.left == 0 {
                if place.header.is_empty() {
                    place.piece = self.pieces.len();
                    self.pieces.push(Piece { way, kind: *first, seen, bytes: 0 });
                }
                place.header.push(*first);
                if let Some(piece) = self.pieces.get_mut(place.piece) {
                    piece.bytes += 1;
                }
                if place.header.len() == HEADER {
                    let length = place.header.iter().skip(3);
                    place.left = length.fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                    place.header.clear();
                }
                bytes = rest;
            } else {
                let taken = place.left.min(bytes.len());
                place.left -= taken;
                if let Some(piece) = self.pieces.get_mut(place.piece) {
                    piece.bytes += taken;
                }
                bytes = bytes.split_at(taken).1;
            }
        }
    }

    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.bytes as u64).sum()
    }

    /// What it carried; nothing before the handshake is over.
    pub fn carried(&self) -> Option<Carried> {
        let finished = self
            .pieces
            .iter()
            .position(|piece| piece.way == Way::Out && piece.kind == ENCRYPTED)?;
        let (handshake, after) = self.pieces.split_at(finished + 1);
        let sum = |pieces: &[Piece], way: Way| -> u64 {
            pieces.iter().filter(|piece| piece.way == way).map(|piece| piece.bytes as u64).sum()
        };
        let shaken = handshake.last().map_or(self.opened, |piece| piece.seen);
        let mut ways: Vec<Way> = after.iter().map(|piece| piece.way).collect();
        ways.dedup();
        Some(Carried {
            handshake: sum(handshake, Way::Out) + sum(handshake, Way::Back),
            out: sum(after, Way::Out),
            back: sum(after, Way::Back),
            shaken,
            last: after.last().map_or(shaken, |piece| piece.seen),
            turns: ways.len().saturating_sub(1) as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    fn record(kind: u8, length: usize) -> Vec<u8> {
        let [.., high, low] = length.to_be_bytes();
        let mut bytes = vec![kind, 3, 3, high, low];
        bytes.resize(HEADER + length, 7);
        bytes
    }

    #[test]
    fn the_handshake_ends_with_the_first_encrypted_record_of_the_one_that_dialed() {
        let mut trace = Trace::begin();
        let now = Stamp::now();
        assert_eq!(trace.carried(), None);
        trace.note(Way::Out, &record(22, 1_500), now);
        trace.note(Way::Back, &[record(22, 1_200), record(20, 1), record(23, 900)].concat(), now);
        assert_eq!(trace.carried(), None);
        trace.note(Way::Out, &[record(20, 1), record(23, 800), record(23, 95)].concat(), now);
        trace.note(Way::Back, &record(23, 195), now);
        trace.note(Way::Out, &record(23, 35), now);
        let carried = trace.carried().unwrap();
        assert_eq!(carried.handshake, 1_505 + 1_205 + 6 + 905 + 6 + 805);
        assert_eq!((carried.out, carried.back), (100 + 40, 200));
        assert_eq!(carried.after(), 340);
        assert_eq!(carried.turns, 2);
        assert_eq!(trace.bytes(), carried.all());
    }

    #[test]
    fn records_may_come_in_any_pieces() {
        let bytes = [record(22, 30), record(23, 300), record(23, 0), record(23, 1)].concat();
        let mut whole = Trace::begin();
        let now = Stamp::now();
        whole.note(Way::Out, &bytes, now);
        for size in [1, 2, 3, 7, 100] {
            let mut parts = Trace { opened: whole.opened, ..Trace::begin() };
            for part in bytes.chunks(size) {
                parts.note(Way::Out, part, now);
            }
            assert_eq!(parts.pieces, whole.pieces);
            assert_eq!(parts.carried(), whole.carried());
        }
    }
}
