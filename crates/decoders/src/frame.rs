//! Frames of another node.

use std::collections::BTreeMap;

use hospes_node::links::frames;
use hospes_sync::frame::Frame;
use hospes_sync::{Body, gate};
use hospes_wire::{limits, peer};
use prost::Message as _;

use crate::Verdict;

/// A frame as it lies in a message between nodes.
pub fn peer_frame(bytes: &[u8]) -> Verdict {
    // Longer messages are turned away before they are read.
    if bytes.len() > limits::PEER_MESSAGE {
        return Verdict::Refused;
    }
    match peer::Frame::decode(bytes) {
        Ok(wire) => Verdict::of(&checked(wire)),
        Err(_) => Verdict::Refused,
    }
}

/// The changes of a frame as they lie in it, before compression. A fuzzer finds no way through the
/// compression by itself.
pub fn change_batch(bytes: &[u8]) -> Verdict {
    if bytes.len() > limits::CHANGES_UNPACKED {
        return Verdict::Refused;
    }
    let Ok(Frame::Changes(batch)) = checked(packed(bytes)) else { return Verdict::Refused };
    let mut signed = BTreeMap::new();
    for change in &batch.changes {
        let said = (change.key, change.generation, change.author, change.body.clone());
        let before = signed.insert(change.digest(), said.clone());
        assert!(
            before.is_none_or(|before| before == said),
            "one signature would hold for two changes"
        );
        if let Ok(form) = gate::read(change) {
            assert_eq!(form.hash, change.hash(), "a change has two names");
        }
    }
    Verdict::Read
}

/// A frame of changes around a batch.
pub fn packed(batch: &[u8]) -> peer::Frame {
    let changes = peer::Changes {
        number: 1,
        // Compressing into memory cannot fail.
        batch: zstd::bulk::compress(batch, 1).unwrap_or_default().into(),
        batch_size: u32::try_from(batch.len()).unwrap_or(u32::MAX),
    };
    peer::Frame { body: Some(peer::frame::Body::Changes(changes)) }
}

/// Reads a frame as a node does. What comes out is within its bounds, and says the same when it is
/// written and read once more.
pub(crate) fn checked(wire: peer::Frame) -> Result<Frame, frames::InvalidFrame> {
    let room = frames::unpacked(&wire);
    let frame = frames::from_wire(wire)?;
    if let Frame::Changes(batch) = &frame {
        let chunks = batch.changes.iter().map(|change| match &change.body {
            Body::Chunk(chunk) => chunk.len(),
            Body::Tombstone => 0,
        });
        assert!(chunks.sum::<usize>() <= room, "more was unpacked than was counted");
        assert!(batch.changes.len() <= limits::CHANGES_PER_FRAME);
    }
    let again = frames::from_wire(frames::to_wire(frame.clone()));
    assert_eq!(again.as_ref(), Ok(&frame), "a frame changes its meaning when it is passed on");
    Ok(frame)
}
