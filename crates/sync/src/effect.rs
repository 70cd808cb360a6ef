//! What the engine asks of its driver.

use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, NodeId, RecordId, Timestamp};

use crate::alarm::Alarm;
use crate::change::SignedChange;
use crate::frame::{Frame, Introduction, RecordHeads};
use crate::link::{LinkId, Ticket};
use crate::vouch::Vouch;

/// A question to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Changes behind a place in the log, other than those that came from a center; as many as fit
    /// into a frame, and at least one when there is one.
    Log {
        /// Where to begin.
        after: u64,
        /// Whose are left out.
        not_from: CenterId,
    },
    /// All changes of the records with these identifiers.
    Whole {
        /// The circle.
        circle: CircleId,
        /// The identifiers.
        ids: Vec<RecordId>,
    },
    /// What we hold of these identifiers.
    Heads {
        /// The circle.
        circle: CircleId,
        /// The identifiers.
        ids: Vec<RecordId>,
    },
    /// What to answer to the other side's heads; see [`crate::heads::answer`].
    Answer {
        /// The circle.
        circle: CircleId,
        /// What the other side holds.
        theirs: Vec<(RecordId, Vec<RecordHeads>)>,
    },
}

/// What an engine asks of its driver.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Put a frame on a link.
    Send(LinkId, Frame),
    /// Cut a link; the reason is for people.
    Close(LinkId, String),
    /// Ask the store; answered by [`Input::Loaded`](crate::Input::Loaded) or [`Input::Failed`](crate::Input::Failed).
    Load(Ticket, Load),
    /// Check, merge and keep changes; answered by [`Input::Admitted`](crate::Input::Admitted) or [`Input::Failed`](crate::Input::Failed), after
    /// [`Input::Committed`](crate::Input::Committed). Batches of one link are taken in order.
    Admit(LinkId, Ticket, CenterId, Vec<Arc<SignedChange>>),
    /// Remember, when convenient, that a node has our log up to a place.
    Checkpoint(NodeId, u64),
    /// A peer says which centers it accepts, and shows their certificates. That it accepts them is no reason
    /// for us to.
    Learn(CenterId, Vec<Introduction>),
    /// Alarms came over a link. Whether their signatures are good is for the driver to see.
    Hear(LinkId, CenterId, Vec<Alarm>),
    /// The same for statements of whom centers have added.
    Heed(LinkId, CenterId, Vec<Vouch>),
    /// Give a [`Input::Tick`](crate::Input::Tick) at this time or soon after.
    WakeAt(Timestamp),
    /// Something an admin may want to know.
    Report(Agreement),
}

/// How far two nodes agree, for logs and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Both sides hold the same records.
    InSync(CenterId),
    /// The catalogues differ and are being compared.
    Reconciling(CenterId),
    /// Comparing does not end with equal catalogues.
    CannotAgree(CenterId),
}
