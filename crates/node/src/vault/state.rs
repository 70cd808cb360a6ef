//! What the node can do at the moment, and what there is to know about its process.

use std::net::SocketAddr;
use std::sync::Arc;

use hospes_domain::Timestamp;

use super::reason::SealReason;
use crate::center::Center;

/// What the node can do at the moment.
#[derive(Clone)]
pub enum State {
    /// There is no database yet.
    Uninitialized,
    /// There is one, and its key is not here.
    Sealed,
    /// Everything runs.
    Open(Arc<Center>),
    /// There is a database, and its keys were destroyed.
    Wiped,
}

impl State {
    /// The word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            State::Uninitialized => "uninitialized",
            State::Sealed => "sealed",
            State::Open(_) => "open",
            State::Wiped => "wiped",
        }
    }

    /// The same for people, after "the node".
    pub fn sentence(&self) -> &'static str {
        match self {
            State::Uninitialized => "has no database yet",
            State::Sealed => "is sealed",
            State::Open(_) => "is open",
            State::Wiped => "was wiped: nothing opens its database any more",
        }
    }

    /// What somebody can do who wants to use it.
    pub fn next_step(&self) -> &'static str {
        match self {
            State::Uninitialized => {
                "run: hospes init, or, for a center that exists: hospes restore FILE, or hospes init \
                 --from-phrase --epoch N"
            }
            State::Sealed => "run: hospes unseal",
            State::Open(_) => "see: hospes status",
            State::Wiped => "run: hospes init --from-phrase --epoch N",
        }
    }
}

/// What there is to know about the process, sealed or not.
#[derive(Debug, Clone)]
pub struct NodeFacts {
    /// Name and release.
    pub software: String,
    /// When the process began.
    pub started: Timestamp,
    /// When it was unsealed.
    pub unsealed: Option<Timestamp>,
    /// Where peers connect.
    pub peer_listener: Option<SocketAddr>,
    /// Where counselors' tools connect.
    pub local_listener: Option<SocketAddr>,
    /// Where browsers connect.
    pub pages_listener: Option<SocketAddr>,
    /// Where they should, when something else is there.
    pub pages_taken: Option<SocketAddr>,
    /// Why it sealed itself, if it did and is still sealed.
    pub sealed_why: Option<SealReason>,
    /// When it seals itself unless somebody confirms, by the clock that people read.
    pub seals_at: Option<Timestamp>,
}

#[cfg(test)]
impl NodeFacts {
    /// A process of which only its beginning is known.
    pub(crate) fn since(started: Timestamp) -> Self {
        Self {
            software: "hospes 0.1.0".to_owned(),
            started,
            unsealed: None,
            peer_listener: None,
            local_listener: None,
            pages_listener: None,
            pages_taken: None,
            sealed_why: None,
            seals_at: None,
        }
    }
}
