//! What comes over a wire as protocol buffers.

use hospes_domain::Timestamp;
use hospes_node::{directory, frames};
use hospes_wire::{limits, local, peer};
use prost::Message as _;

/// A frame of a peer. What is understood and said again is understood as the same.
pub fn frame(bytes: &[u8]) {
    if bytes.len() > limits::PEER_MESSAGE {
        return;
    }
    let Ok(frame) = peer::Frame::decode(bytes) else { return };
    let unpacked = frames::unpacked(&frame);
    assert!(unpacked <= 2 * limits::CHANGES_UNPACKED, "a frame may take {unpacked} bytes");
    let Ok(frame) = frames::from_wire(frame) else { return };
    let again = frames::from_wire(frames::to_wire(frame.clone()));
    assert_eq!(again, Ok(frame), "a frame does not read as it was read before");
}

/// A search. What is understood is within the bounds of a query.
pub fn search(bytes: &[u8]) {
    let Ok(request) = local::SearchRequest::decode(bytes) else { return };
    // Noon of a Monday in winter: any instant will do, as long as it is always the same.
    let now = Timestamp(1_764_590_400_000);
    let Ok(query) = directory::query_of(request, now) else { return };
    assert_eq!(query.check(), [], "a query that was understood is out of its bounds");
}
