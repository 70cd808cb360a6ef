//! The state of the world that sessions look at.

use std::collections::BTreeMap;

use hospes_domain::{CircleId, NodeId, RecordId, Timestamp};

use crate::alarm::Alarm;
use crate::catalogue::Catalogue;
use crate::lanes::Feeds;
use crate::link::{LinkId, Ticket};
use crate::roster::Roster;
use crate::vouch::Vouch;

/// See the module.
pub(crate) struct World {
    pub(crate) node: NodeId,
    pub(crate) software: String,
    pub(crate) circles: BTreeMap<CircleId, Catalogue>,
    pub(crate) roster: Roster,
    /// Each with its digest.
    pub(crate) alarms: BTreeMap<[u8; 32], Alarm>,
    /// The same.
    pub(crate) vouches: BTreeMap<[u8; 32], Vouch>,
    pub(crate) position: u64,
    pub(crate) last_ticket: Ticket,
    pub(crate) tickets: BTreeMap<Ticket, LinkId>,
    pub(crate) feeds: Feeds,
    /// When a record that was announced was last asked for, over whatever link.
    pub(crate) asked: BTreeMap<(CircleId, RecordId), Timestamp>,
}

impl World {
    pub(crate) fn ticket(&mut self, link: LinkId) -> Ticket {
        self.last_ticket += 1;
        self.tickets.insert(self.last_ticket, link);
        self.last_ticket
    }
}
