//! A whole conversation of a peer, told to the sync engine.

use std::collections::VecDeque;

use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp};
use hospes_node::links::frames;
use hospes_sync::frame::{Frame, Introduction, RecordHeads};
use hospes_sync::{
    ChangeHash, Effect, Engine, Input, LinkId, Load, Loaded, Opened, Roster, Ticket, Version,
};
use hospes_wire::{limits, peer};
use prost::Message as _;

use crate::Verdict;
use crate::frame::checked;

const OWN: CenterId = CenterId([1; 32]);
const PEER: CenterId = CenterId([2; 32]);
const LINK: LinkId = 1;

/// Records that the node holds.
const RECORDS: u8 = 40;

/// Frames of one conversation at most.
const FRAMES: usize = 64;

/// Most frames with which a node answers one frame. A node splits its answers and plans no more of
/// them than a session may.
const ANSWERS: usize = 512;

/// Milliseconds between two frames.
const PAUSE: i64 = 10;

/// Frames one after the other, each with its length before it, as the first that a peer says.
///
/// The store of the node knows the heads of its records and has lost all changes. Whatever the peer
/// says, the answers are bounded and can be read.
pub fn conversation(bytes: &[u8]) -> Verdict {
    let mut rest = bytes;
    let mut talk = Talk::begin();
    for _ in 0..FRAMES {
        if rest.is_empty() || talk.over {
            break;
        }
        let Ok(wire) = peer::Frame::decode_length_delimited(&mut rest) else { break };
        if wire.encoded_len() > limits::PEER_MESSAGE {
            break;
        }
        let Ok(frame) = checked(wire) else { break };
        talk.hear(Input::Received(LINK, frame));
        talk.hear(Input::Tick);
    }
    let greeted = talk.engine.status(LINK).is_some() && rest.is_empty() && !bytes.is_empty();
    talk.hear(Input::Closed(LINK));
    assert!(talk.engine.links().is_empty());
    if greeted { Verdict::Read } else { Verdict::Refused }
}

struct Talk {
    engine: Engine,
    now: Timestamp,
    over: bool,
}

impl Talk {
    fn begin() -> Self {
        let records = (0..RECORDS).map(|number| (key(number), Version([number; 16])));
        let engine = Engine::new(NodeId(OWN.0), "decoders", roster(), 0, records);
        let mut talk = Self { engine, now: Timestamp(1_795_476_600_000), over: false };
        talk.hear(Input::Opened(Opened {
            link: LINK,
            center: PEER,
            node: NodeId(PEER.0),
            dialed: false,
            nonce: [3; 16],
            checkpoint: None,
        }));
        talk
    }

    /// Tells the engine something, and all that follows from it.
    fn hear(&mut self, input: Input) {
        self.now = self.now.plus(PAUSE);
        let mut inputs = VecDeque::from([input]);
        let (mut sent, mut steps) = (0, 0);
        while let Some(input) = inputs.pop_front() {
            steps += 1;
            assert!(steps < 10_000, "a frame is never done with");
            for effect in self.engine.handle(self.now, input) {
                match effect {
                    Effect::Send(_, frame) => {
                        sent += 1;
                        can_be_read(frame);
                    }
                    Effect::Close(link, _) => {
                        self.over = true;
                        inputs.push_back(Input::Closed(link));
                    }
                    Effect::Load(ticket, load) => {
                        inputs.push_back(Input::Loaded(found(ticket, load)));
                    }
                    Effect::Admit(_, ticket, ..) => {
                        inputs.push_back(Input::Admitted { ticket, missing: Vec::new() });
                    }
                    Effect::Checkpoint(..)
                    | Effect::Learn(..)
                    | Effect::Hear(..)
                    | Effect::Heed(..)
                    | Effect::WakeAt(_)
                    | Effect::Report(_) => {}
                }
            }
        }
        assert!(sent <= ANSWERS, "one frame is answered with {sent}");
    }
}

/// The centers that the node accepts, and that its peer should accept too.
pub(crate) fn roster() -> Roster {
    let introduction = |center: CenterId| Introduction {
        center,
        node: NodeId(center.0),
        epoch: 1,
        center_certificate: Vec::new(),
        node_certificate: Vec::new(),
    };
    Roster::new(vec![introduction(OWN), introduction(PEER)])
}

fn key(number: u8) -> RecordKey {
    // Some share a beginning, and some an identifier with another kind.
    let id = RecordId::from_random([
        number / 8,
        number / 4,
        0,
        0,
        0,
        0,
        4,
        0,
        128,
        0,
        0,
        0,
        0,
        0,
        0,
        number / 2,
    ]);
    let kind = if number.is_multiple_of(2) { Kind::Offer } else { Kind::Service };
    let steward = if number.is_multiple_of(3) { OWN } else { PEER };
    RecordKey { circle: CircleId::COMMONS, id, steward, kind }
}

/// What the store says.
fn found(ticket: Ticket, load: Load) -> Loaded {
    let heads_of = |id: RecordId| {
        let records = (0..RECORDS).map(key).filter(|key| key.id == id);
        let records = records.map(|key| RecordHeads {
            steward: key.steward,
            kind: key.kind,
            generation: 1,
            heads: vec![ChangeHash([9; 32])],
        });
        (id, records.collect())
    };
    let (through, heads) = match load {
        Load::Log { after, .. } => (Some(after), Vec::new()),
        Load::Whole { .. } => (None, Vec::new()),
        Load::Heads { ids, .. } => (None, ids.into_iter().map(heads_of).collect()),
        Load::Answer { theirs, .. } => {
            (None, theirs.into_iter().map(|(id, _)| heads_of(id)).collect())
        }
    };
    Loaded { ticket, changes: Vec::new(), through, heads }
}

/// What a node says is within the bounds that it holds others to.
fn can_be_read(frame: Frame) {
    let wire = frames::to_wire(frame.clone());
    assert!(wire.encoded_len() <= limits::PEER_MESSAGE, "a frame is too long to be sent");
    assert_eq!(frames::from_wire(wire).as_ref(), Ok(&frame), "no node would read this");
}
