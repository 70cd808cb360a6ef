//! What the driver tells the engine.

use std::sync::Arc;

use hospes_domain::{CenterId, NodeId, RecordId, RecordKey};

use crate::alarm::Alarm;
use crate::change::{SignedChange, Version};
use crate::frame::{Frame, RecordHeads};
use crate::link::{LinkId, Ticket};
use crate::roster::Roster;
use crate::vouch::Vouch;

/// What happens to an engine.
#[derive(Clone, Debug)]
pub enum Input {
    /// A link to a trusted center is open.
    Opened(Opened),
    /// A link is gone.
    Closed(LinkId),
    /// A frame came in.
    Received(LinkId, Frame),
    /// The answer to [`Effect::Load`](crate::Effect::Load).
    Loaded(Loaded),
    /// The answer to [`Effect::Admit`](crate::Effect::Admit): what could be held is on disk.
    Admitted {
        /// Which batch.
        ticket: Ticket,
        /// Records of which changes are missing below those that came.
        missing: Vec<RecordKey>,
    },
    /// The store could not take a batch or answer a question; the link it was for is closed.
    Failed(Ticket),
    /// Changes are on disk, of whatever origin.
    Committed(Committed),
    /// The centers that this node accepts are others now.
    RosterChanged(Roster),
    /// These are all alarms that this node knows of.
    AlarmsChanged(Vec<Alarm>),
    /// These are all statements of centers that this node accepts, about whom they have added.
    VouchesChanged(Vec<Vouch>),
    /// The time that was asked for has come.
    Tick,
}

/// A link that has just opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its name.
    pub link: LinkId,
    /// The center at the other end, as its certificate proves.
    pub center: CenterId,
    /// The node at the other end.
    pub node: NodeId,
    /// Whether this side dialed.
    pub dialed: bool,
    /// 16 fresh random bytes.
    pub nonce: [u8; 16],
    /// Place in our log up to which that node is believed to have everything; a hint.
    pub checkpoint: Option<u64>,
}

/// Changes that are on disk now.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Place in the log of the last of them.
    pub position: u64,
    /// What the changed records look like now.
    pub versions: Vec<(RecordKey, Version)>,
    /// The changes, each after those it is built on.
    pub changes: Vec<Arc<SignedChange>>,
    /// The center whose link they came over; none when they were made here.
    pub source: Option<CenterId>,
}

/// What the store found.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Which question.
    pub ticket: Ticket,
    /// Changes, each after those it is built on.
    pub changes: Vec<Arc<SignedChange>>,
    /// For [`Load::Log`](crate::Load::Log): place in the log up to which the answer goes. It may lie beyond what the
    /// engine has heard of, if [`Input::Committed`] is on its way.
    pub through: Option<u64>,
    /// For [`Load::Heads`](crate::Load::Heads) and [`Load::Answer`](crate::Load::Answer): what we hold.
    pub heads: Vec<(RecordId, Vec<RecordHeads>)>,
}
