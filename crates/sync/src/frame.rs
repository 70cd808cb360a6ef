//! What two nodes say to each other. How it is written on the wire is the wire crate's business.

use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, Kind, RecordId, Timestamp};

use crate::alarm::Alarm;
use crate::change::{ChangeHash, Generation, SignedChange};
use crate::lanes::Lanes;
pub use crate::roster::Introduction;
use crate::vouch::Vouch;

/// One message of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The first frame in either direction.
    Hello(Hello),
    /// Which centers the sender accepts, sent when the digests in Hello differ or it changes.
    Roster(Vec<Introduction>),
    /// A part of a roster that does not fit into one frame; the last part is a [`Frame::Roster`].
    RosterPart(Vec<Introduction>),
    /// What the sender's part of a circle adds up to.
    Summary(Summary),
    /// A step of range-based reconciliation.
    Ranges(Ranges),
    /// What the sender holds of some records.
    Heads(Heads),
    /// Signed changes, each after those it is built on.
    Changes(Changes),
    /// Records that the sender has got and passes on only if they are wanted.
    Announce(Announce),
    /// In which lanes the sender wants to be told of changes made elsewhere without getting them.
    /// Takes the place of what it said before.
    Lazy(Lanes),
    /// All that the `Changes` and `Announce` frames up to this number brought or named is on the
    /// sender's disk, or refused for good.
    Ack {
        /// Number of the last frame dealt with.
        through: u64,
    },
    /// Are you there?
    Ping(Ping),
    /// Yes.
    Pong(u64),
    /// The sender closes the session, and why.
    Bye(String),
    /// What centers say about centers that are in hostile hands, for [`ALARMS`] to hear.
    Alarms(Vec<Alarm>),
    /// Whom centers have added, in their own words, for [`VOUCHES`] to hear.
    Vouches(Vec<Vouch>),
}

/// Lowest and highest version of the protocol that this release speaks.
pub const PROTOCOL: (u32, u32) = (1, 1);

/// Bit of [`Hello::features`]: the sender understands [`Frame::Alarms`].
pub const ALARMS: u64 = 1;
/// Bit of [`Hello::features`]: the sender understands [`Frame::Vouches`].
pub const VOUCHES: u64 = 2;
/// Most statements in one frame of them.
pub const VOUCHES_PER_FRAME: usize = 64;
/// Most certificates in one frame of a roster, and in a whole one.
pub const INTRODUCTIONS_PER_FRAME: usize = 256;
/// See [`INTRODUCTIONS_PER_FRAME`].
pub const INTRODUCTIONS: usize = 4_096;
/// Most alarms in one frame.
pub const ALARMS_PER_FRAME: usize = 64;

/// Greets the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Lowest protocol version that the sender speaks.
    pub protocol_min: u32,
    /// Highest protocol version that the sender speaks.
    pub protocol_max: u32,
    /// Bit set of optional abilities; unknown bits are ignored.
    pub features: u64,
    /// Name and release of the sender's software, at most 64 bytes. For people.
    pub software: String,
    /// The sender's half of the key of this session's fingerprints.
    pub nonce: [u8; 16],
    /// Digest of the sender's roster.
    pub roster: [u8; 16],
    /// The sender's clock, to warn of wrong ones. Decides nothing.
    pub clock: Timestamp,
}

/// Asks whether the other side is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Comes back in the answer.
    pub number: u64,
    /// The sender's clock, which may have been set since it greeted. Decides nothing.
    pub clock: Timestamp,
}

/// Count and keyed fingerprint of the records of one circle whose stewards both sides accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The circle.
    pub circle: CircleId,
    /// Number of records.
    pub count: u64,
    /// Their keyed fingerprint.
    pub fingerprint: u128,
    /// Number of `Changes` and `Announce` frames that the sender has sent before this.
    pub sent: u64,
    /// Number of the receiver's such frames that the sender has dealt with.
    pub admitted: u64,
}

/// A step of reconciliation: the circle's identifiers from the lowest to the highest, in ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges {
    /// The circle.
    pub circle: CircleId,
    /// First identifier of the first range, written like [`Range::upper`]; empty: the lowest.
    pub lower: Vec<u8>,
    /// Adjoining ranges in ascending order; each begins where the one before ends.
    pub ranges: Vec<Range>,
    /// Whether this is the last frame of the step. A step without any range ends the run.
    pub last: bool,
}

/// One range of identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// First identifier that is no more in the range, as its shortest sufficient prefix of at most
    /// 16 bytes; empty means "to the end".
    pub upper: Vec<u8>,
    /// What is said about it.
    pub part: Part,
}

/// What a side says about a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nothing more to say.
    Settled,
    /// What its records add up to.
    Fingerprint {
        /// Number of records.
        count: u64,
        /// Keyed fingerprint.
        fingerprint: u128,
    },
    /// All its records.
    Items(Vec<Item>),
}

/// A record in a list: its identifier, and a keyed fingerprint of all that is to be known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its identifier.
    pub id: RecordId,
    /// Low 64 bits of the keyed fingerprint of steward, kind and version.
    pub state: u64,
}

/// What the sender holds of all records of some identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heads {
    /// The circle.
    pub circle: CircleId,
    /// Whether this answers a frame of the same sort. Every frame that is no answer gets exactly
    /// one, after the changes that were asked for and even when there is nothing to say; an answer
    /// gets changes only.
    pub answer: bool,
    /// Per identifier, what is held. An identifier without records asks for all of them.
    pub records: Vec<(RecordId, Vec<RecordHeads>)>,
}

/// What the sender holds of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHeads {
    /// Its steward.
    pub steward: CenterId,
    /// Its kind.
    pub kind: Kind,
    /// The generation that is held.
    pub generation: Generation,
    /// Changes that are held, with all that they are built on: the heads first, then a few below
    /// them.
    pub heads: Vec<ChangeHash>,
}

/// Signed changes on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Number of the frame among the sender's `Changes` and `Announce` frames in this session,
    /// from 1.
    pub number: u64,
    /// The changes.
    pub changes: Vec<Arc<SignedChange>>,
}

/// What the sender holds by now of records that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announce {
    /// Number of the frame, counted together with [`Changes::number`].
    pub number: u64,
    /// The circle.
    pub circle: CircleId,
    /// The records, as they are at the sender.
    pub items: Vec<Item>,
}
