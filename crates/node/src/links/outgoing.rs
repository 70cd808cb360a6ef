//! Frames on their way out to one peer, which may read slowly or not at all.
//!
//! Changes are bounded by the window of what the peer has not acknowledged. Everything else that is
//! said to it is an answer to something, and a peer could ask on and on without reading. So the
//! queue counts its bytes, and a peer that leaves too many of them waiting loses its link.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hospes_sync::frame::{Frame, Part};
use tokio::sync::mpsc;

/// Bytes that may wait for a peer: a window of changes, and one step of comparing some hundred
/// thousand records, all of which differ.
pub(crate) const MOST_WAITING: usize = 16 * 1024 * 1024;

/// The end of the queue that the driver has.
#[derive(Debug)]
pub(crate) struct Outgoing {
    queue: mpsc::UnboundedSender<Frame>,
    waiting: Arc<AtomicUsize>,
}

/// The end of the queue that the link's writer has.
#[derive(Debug)]
pub(crate) struct Queue {
    frames: mpsc::UnboundedReceiver<Frame>,
    waiting: Arc<AtomicUsize>,
    taken: usize,
}

/// An empty queue.
pub(crate) fn queue() -> (Outgoing, Queue) {
    let (queue, frames) = mpsc::unbounded_channel();
    let waiting = Arc::<AtomicUsize>::default();
    (Outgoing { queue, waiting: waiting.clone() }, Queue { frames, waiting, taken: 0 })
}

impl Outgoing {
    /// Puts a frame into the queue. False when more waits than may.
    #[must_use]
    pub(crate) fn send(&self, frame: Frame) -> bool {
        let before = self.waiting.fetch_add(weight(&frame), Ordering::Relaxed);
        // A writer that is gone is followed by the end of its link.
        let _ = self.queue.send(frame);
        before <= MOST_WAITING
    }
}

impl Queue {
    /// The next frame. The one before counts as waiting until this is asked.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        self.waiting.fetch_sub(std::mem::take(&mut self.taken), Ordering::Relaxed);
        let frame = self.frames.recv().await?;
        self.taken = weight(&frame);
        Some(frame)
    }
}

/// Bytes that a frame takes while it waits, near enough.
fn weight(frame: &Frame) -> usize {
    /// What a frame, a range, a change or a record takes beside its variable parts.
    const FIXED: usize = 96;
    let inner: usize = match frame {
        Frame::Changes(frame) => frame.changes.iter().map(|change| FIXED + change.weight()).sum(),
        Frame::Ranges(frame) => frame
            .ranges
            .iter()
            .map(|range| match &range.part {
                Part::Items(items) => FIXED + 24 * items.len(),
                Part::Settled | Part::Fingerprint { .. } => FIXED,
            })
            .sum(),
        Frame::Heads(frame) => frame
            .records
            .iter()
            .flat_map(|(_, records)| records)
            .map(|record| FIXED + 32 * record.heads.len())
            .chain(std::iter::once(FIXED * frame.records.len()))
            .sum(),
        Frame::Announce(frame) => 24 * frame.items.len(),
        Frame::Roster(introductions) | Frame::RosterPart(introductions) => introductions
            .iter()
            .map(|known| FIXED + known.center_certificate.len() + known.node_certificate.len())
            .sum(),
        Frame::Alarms(alarms) => FIXED * 2 * alarms.len(),
        Frame::Vouches(vouches) => {
            vouches.iter().map(|vouch| FIXED * 2 + 32 * vouch.centers.len()).sum()
        }
        Frame::Hello(_)
        | Frame::Summary(_)
        | Frame::Lazy(_)
        | Frame::Ack { .. }
        | Frame::Ping(_)
        | Frame::Pong(_)
        | Frame::Bye(_) => 0,
    };
    FIXED + inner
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[tokio::test]
    async fn what_nobody_takes_is_too_much_at_some_time_and_fits_again_when_it_is_taken() {
        let (outgoing, mut queue) = queue();
        let mut sent = 0;
        while outgoing.send(Frame::Pong(sent)) {
            sent += 1;
            assert!(sent < 1_000_000);
        }
        assert!(sent as usize > MOST_WAITING / 100);
        for _ in 0..=2 {
            assert!(matches!(queue.next().await, Some(Frame::Pong(_))));
        }
        assert!(outgoing.send(Frame::Pong(0)));
        drop(outgoing);
        while queue.next().await.is_some() {}
        assert_eq!(queue.waiting.load(Ordering::Relaxed), 0);
    }
}
