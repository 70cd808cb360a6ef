//! One node: what survives on its disk, and what is lost with its process.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use hospes_domain::{CenterId, NodeId, Timestamp};
use hospes_sync::frame::Introduction;
use hospes_sync::{Author, Engine, LinkId, Roster, SignedChange, Ticket};

use crate::disk::Disk;
use crate::name::Name;
use crate::people::Deed;

pub(crate) struct Node {
    pub(crate) center: CenterId,
    pub(crate) node: NodeId,
    pub(crate) accepts: BTreeSet<Name>,
    /// Made of what it accepts, once for as long as that stays.
    pub(crate) roster: Roster,
    pub(crate) friends: BTreeSet<Name>,
    /// Links that may still carry something, whoever dialed.
    pub(crate) links: BTreeSet<LinkId>,
    pub(crate) disk: Disk,
    pub(crate) process: Option<Process>,
    /// Counts the runs of the process, so that what an earlier one began is not taken for its own.
    pub(crate) run: u64,
}

pub(crate) struct Process {
    pub(crate) engine: Engine,
    pub(crate) author: Author,
    pub(crate) work: VecDeque<Work>,
    /// When the last input was told: they are told in order.
    pub(crate) told: Timestamp,
    pub(crate) alarm: Option<Timestamp>,
    /// Never acknowledges anything, as it takes nothing in.
    pub(crate) stalled: bool,
}

pub(crate) enum Work {
    Foreign { ticket: Ticket, from: CenterId, changes: Vec<Arc<SignedChange>> },
    Own(Deed),
}

impl Node {
    pub(crate) fn start(&mut self, writer: [u8; 16], now: Timestamp) {
        self.run += 1;
        let engine = Engine::new(
            self.node,
            "simulated 1",
            self.roster.clone(),
            self.disk.last(),
            self.disk.versions(),
        );
        let author = Author { center: self.center, node: self.node, epoch: 1, writer };
        self.process = Some(Process {
            engine,
            author,
            work: VecDeque::new(),
            told: now,
            alarm: None,
            stalled: false,
        });
    }

    pub(crate) fn introduction(&self) -> Introduction {
        Introduction {
            center: self.center,
            node: self.node,
            epoch: 1,
            center_certificate: Vec::new(),
            node_certificate: Vec::new(),
        }
    }
}
