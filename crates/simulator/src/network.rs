//! Links between nodes: in order, with latency, now and then a lost frame, and cut at any moment.

use hospes_domain::Timestamp;
use hospes_sync::LinkId;

use crate::name::Name;

/// Which end of a link: the one that dialed is 0.
pub(crate) type End = usize;

pub(crate) struct Link {
    pub(crate) ends: [Name; 2],
    /// Whether each end believes that the link is open.
    pub(crate) open: [bool; 2],
    /// Frames vanish and nobody is told: a cable pulled, a machine gone.
    pub(crate) silent: bool,
    pub(crate) latency: i64,
    /// When the last thing that was sent to each end arrives there.
    arrival: [Timestamp; 2],
    /// Longest chain of frames that has come to each end.
    pub(crate) depth: [u64; 2],
}

impl Link {
    pub(crate) fn new(ends: [Name; 2], latency: i64, now: Timestamp) -> Self {
        let arrival = [now.plus(2 * latency), now.plus(latency)];
        Self { ends, open: [false; 2], silent: false, latency, arrival, depth: [0; 2] }
    }

    /// When something that is sent now comes to an end: never before what was sent earlier.
    pub(crate) fn arrival(&mut self, to: End, now: Timestamp, jitter: i64) -> Timestamp {
        let at = now.plus(self.latency + jitter).max(self.arrival[to]);
        self.arrival[to] = at;
        at
    }

    pub(crate) fn end_of(&self, name: Name) -> End {
        usize::from(self.ends[0] != name)
    }
}

/// Something on its way to happen.
pub(crate) enum Event {
    Dial {
        from: Name,
        to: Name,
    },
    Opened {
        link: LinkId,
        end: End,
    },
    Frame {
        link: LinkId,
        end: End,
        frame: hospes_sync::frame::Frame,
        depth: u64,
    },
    Hangup {
        link: LinkId,
        end: End,
    },
    /// The disk is done with the first work in the queue of this run of the node.
    Write {
        node: Name,
        run: u64,
    },
    Read {
        node: Name,
        run: u64,
        ticket: hospes_sync::Ticket,
        load: hospes_sync::Load,
    },
    Tell {
        node: Name,
        run: u64,
        input: hospes_sync::Input,
    },
    Alarm {
        node: Name,
        run: u64,
    },
}

impl Event {
    /// Whether the world is not at rest while this is still to come.
    pub(crate) fn matters(&self) -> bool {
        match self {
            Event::Dial { .. } | Event::Alarm { .. } => false,
            Event::Frame { frame, .. } => crate::tally::sort(frame).is_some(),
            _ => true,
        }
    }
}
