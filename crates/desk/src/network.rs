//! The other centers, as they are seen from here.

use async_trait::async_trait;
use hospes_domain::{CenterId, Kind, Timestamp};

use crate::people::Who;
use crate::refused::Refused;

/// How we know another center.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Our admin has added it.
    Peer,
    /// Our admin has added it, and it is kept out for now.
    Suspended,
    /// Peers of ours know it.
    Introduced,
}

/// What the link to a peer is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Both sides hold the same.
    InSync,
    /// It has not confirmed so many changes of ours; an upper bound.
    Behind(u64),
    /// There is a link, and what the other side lacks is not known yet.
    Comparing,
    /// There is no link.
    Down,
}

/// Another center.
#[derive(Debug, Clone)]
pub struct Neighbor {
    /// Who it is.
    pub center: CenterId,
    /// What we call it.
    pub name: String,
    /// How we know it.
    pub standing: Standing,
    /// The link to it; of peers only.
    pub line: Option<Line>,
    /// When something last came from it.
    pub last_contact: Option<Timestamp>,
    /// Names of the peers that have added it.
    pub through: Vec<String>,
    /// So many records of it are here.
    pub records: u64,
    /// Whether alarms keep it out, and until when; until an admin decides where that is not said.
    pub kept_out: Option<Option<Timestamp>>,
    /// Until when its changes wait: it has used up what a peer may.
    pub waits_until: Option<Timestamp>,
    /// Its clock minus ours, in milliseconds.
    pub clock_skew_ms: i64,
}

/// What one center has said about another: that it may be in hostile hands.
#[derive(Debug, Clone)]
pub struct Accusation {
    /// The name of the accused.
    pub accused: String,
    /// Whether that is our own center.
    pub about_us: bool,
    /// The name of whoever says so.
    pub by: String,
    /// Why, in one word such as `seized`.
    pub cause: &'static str,
    /// When we heard of it.
    pub heard_at: Timestamp,
    /// Whether it keeps the accused out here.
    pub counts: bool,
}

/// All of the network that one node sees.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// The other centers: peers first, each group by name.
    pub neighbors: Vec<Neighbor>,
    /// Alarms that were not taken back, the latest first.
    pub accusations: Vec<Accusation>,
}

/// A change that was refused.
#[derive(Debug, Clone)]
pub struct Quarantined {
    /// When.
    pub at: Timestamp,
    /// The center in whose name it was written.
    pub author: String,
    /// The peer that it came from; empty when it was made here.
    pub from: String,
    /// Kind of the record that it is for.
    pub kind: Kind,
    /// Identifier of the record.
    pub record: String,
    /// The reason, as a word for programs.
    pub code: String,
    /// The reason as a sentence.
    pub sentence: String,
}

/// What an admin should look at.
#[derive(Debug, Clone, Default)]
pub struct Troubles {
    /// Sentences with what to do, worst first.
    pub warnings: Vec<String>,
    /// The latest changes that were refused, the latest first.
    pub quarantine: Vec<Quarantined>,
    /// How many there are of them in all.
    pub quarantined: u64,
}

/// A center with what we call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who it is.
    pub center: CenterId,
    /// The name.
    pub name: String,
    /// Whether it is our own.
    pub ours: bool,
}

/// The network, as pages ask for it.
#[async_trait]
pub trait Network: Send + Sync {
    /// Our own center and all others that are seen from here, by name.
    async fn centers(&self) -> Result<Vec<Named>, Refused>;

    /// All of it that is seen from here.
    async fn picture(&self) -> Result<Picture, Refused>;

    /// What an admin should look at, with at most so many refused changes.
    async fn troubles(&self, who: &Who, most: usize) -> Result<Troubles, Refused>;
}
