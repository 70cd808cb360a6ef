//! A run of ranges between two nodes that hold nearly the same, spoken by the sync engine.

use std::collections::VecDeque;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::id::hex;
use hospes_domain::{CenterId, Kind, NodeId, RecordId, RecordKey, Timestamp};
use hospes_node::links::frames;
use hospes_sync::frame::{Frame, Introduction, Part, Ranges};
use hospes_sync::reconcile::{FingerprintKey, Snapshot};
use hospes_sync::{ChangeHash, Effect, Engine, Input, Opened, Roster, Version};
use prost::Message as _;
use serde::Serialize;

use super::entry::{CIRCLE, Entry};
use super::fingerprint::NONCES;
use crate::people::Person;

/// The run, and what it begins with.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    nonces: [String; 2],
    both_hold: Vec<Entry>,
    /// What the node with the lower name holds besides.
    lower_holds: Vec<Entry>,
    higher_holds: Vec<Entry>,
    /// Summary frames before the run.
    summaries: [Said; 2],
    /// Step after step; the lower node takes the first one.
    steps: Vec<Step>,
}

/// A frame.
#[derive(Debug, Serialize)]
struct Said {
    by: &'static str,
    frame: String,
}

/// One step of one side, and what it makes the other side do besides answering.
#[derive(Debug, Serialize)]
struct Step {
    by: &'static str,
    frames: Vec<Readable>,
    /// Numbers of which the other side sends everything.
    pushed: Vec<String>,
    /// Numbers of which it asks for everything.
    asked: Vec<String>,
    /// Numbers that it asks about with its own heads.
    compared: Vec<String>,
}

/// A frame of ranges, as bytes and to be read.
#[derive(Debug, Serialize)]
struct Readable {
    frame: String,
    lower: String,
    ranges: Vec<String>,
    last: bool,
}

type Records = Vec<(RecordKey, Version)>;

/// Number and version of a record; the first byte of the number puts it in its place.
fn record(place: u8, kind: Kind, version: u8) -> (RecordKey, Version) {
    let steward = Person::narva().center();
    let id =
        RecordId::from_random([place / 4, place, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, place]);
    let key = RecordKey { circle: CIRCLE, id, steward, kind };
    (key, Version::of(1, &[ChangeHash([version; 32])]))
}

/// Two records more than numbers, two that differ, three that only the lower node holds, and two that
/// only the higher one holds.
fn held() -> (Records, Records, Records) {
    let offer = |place, version| record(place, Kind::Offer, version);
    let both = (0..40).filter(|place| ![7, 19].contains(place)).map(|place| offer(place, place));
    let twice = [record(11, Kind::Service, 1), record(30, Kind::Service, 2)];
    let lower = vec![offer(7, 1), offer(19, 1), offer(50, 1), offer(51, 1), offer(52, 1)];
    let higher = vec![offer(7, 2), offer(19, 2), offer(41, 1), record(12, Kind::Service, 3)];
    (both.chain(twice).collect(), lower, higher)
}

/// Both nodes, and what each has said that the other has not heard.
struct Pair {
    engines: [Engine; 2],
    heard: [VecDeque<Frame>; 2],
}

const NAMES: [&str; 2] = ["lower", "higher"];
const LINK: u64 = 1;

impl Pair {
    fn meet(held: &[Records; 2]) -> Result<Self> {
        let mut centers = [Person::narva(), Person::riga()];
        centers.sort_by_key(|one| one.chain().node_id());
        let nodes = centers.each_ref().map(|one| one.chain().node_id());
        let names = centers.each_ref().map(Person::center);
        let introduction = |(center, node): (&CenterId, &NodeId)| Introduction {
            center: *center,
            node: *node,
            epoch: 1,
            center_certificate: Vec::new(),
            node_certificate: Vec::new(),
        };
        let roster = Roster::new(names.iter().zip(&nodes).map(introduction).collect());
        let [one, other] = nodes;
        let [ours, theirs] = held;
        let engine = |node, held: &Records| {
            Engine::new(node, "vectors", roster.clone(), 0, held.iter().copied())
        };
        let engines = [engine(one, ours), engine(other, theirs)];
        let mut pair = Self { engines, heard: [VecDeque::new(), VecDeque::new()] };
        let [lower, higher] = names;
        for (place, (center, node)) in [(higher, other), (lower, one)].into_iter().enumerate() {
            let nonce = *NONCES.get(place).context("a nonce")?;
            let (link, dialed) = (LINK, place == 0);
            let opened = Opened { link, center, node, dialed, nonce, checkpoint: None };
            pair.tell(place, Input::Opened(opened))?;
        }
        Ok(pair)
    }

    /// Tells one side something. Nothing comes from a store: only what is compared counts here.
    fn tell(&mut self, place: usize, input: Input) -> Result<()> {
        let engine = self.engines.get_mut(place).context("an engine")?;
        let effects = engine.handle(Timestamp(1_795_476_600_000), input);
        let other = self.heard.get_mut(1 - place).context("an engine")?;
        for effect in effects {
            match effect {
                Effect::Send(_, frame) => other.push_back(frame),
                Effect::Close(_, why) => anyhow::bail!("closed: {why}"),
                _ => {}
            }
        }
        Ok(())
    }

    /// The next frame that somebody says, after the other side has heard it.
    fn next(&mut self) -> Result<Option<(usize, Frame)>> {
        for place in [1, 0] {
            let waiting = self.heard.get_mut(place).context("an engine")?;
            if let Some(frame) = waiting.pop_front() {
                self.tell(place, Input::Received(LINK, frame.clone()))?;
                return Ok(Some((1 - place, frame)));
            }
        }
        Ok(None)
    }
}

fn bytes(frame: Frame) -> String {
    hex(&frames::to_wire(frame).encode_to_vec())
}

fn readable(ranges: &Ranges) -> Readable {
    let range = |range: &hospes_sync::frame::Range| {
        let part = match &range.part {
            Part::Settled => "settled".to_owned(),
            Part::Fingerprint { count, fingerprint } => format!("{count}, {fingerprint:032x}"),
            Part::Items(items) => {
                let items =
                    items.iter().map(|item| format!("{} {:016x}", hex(&item.id.0), item.state));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
        };
        let upper = if range.upper.is_empty() { "the end".to_owned() } else { hex(&range.upper) };
        format!("to {upper}: {part}")
    };
    Readable {
        frame: bytes(Frame::Ranges(ranges.clone())),
        lower: hex(&ranges.lower),
        ranges: ranges.ranges.iter().map(range).collect(),
        last: ranges.last,
    }
}

pub(super) fn run() -> Result<Run> {
    let (both, lower, higher) = held();
    let whole = |more: &Records| {
        let mut all = [both.as_slice(), more].concat();
        all.sort_unstable();
        all
    };
    let held = [whole(&lower), whole(&higher)];
    let [one, other] = &NONCES;
    let key = FingerprintKey::of(one, other);
    let snapshots = held.each_ref().map(|held| Snapshot::new(CIRCLE, &key, held.iter().copied()));
    let mut pair = Pair::meet(&held)?;
    let (mut summaries, mut steps) = (Vec::new(), Vec::<Step>::new());
    let mut open = false;
    while let Some((place, frame)) = pair.next()? {
        let by = *NAMES.get(place).context("a side")?;
        let ranges = match frame {
            Frame::Ranges(ranges) => ranges,
            Frame::Summary(_) if summaries.len() < 2 => {
                summaries.push(Said { by, frame: bytes(frame) });
                continue;
            }
            _ => continue,
        };
        let meant = snapshots.get(1 - place).context("a side")?.answer(&ranges)?;
        if !open {
            let (pushed, asked, compared) = (Vec::new(), Vec::new(), Vec::new());
            steps.push(Step { by, frames: Vec::new(), pushed, asked, compared });
        }
        open = !ranges.last;
        let step = steps.last_mut().context("a step")?;
        step.frames.push(readable(&ranges));
        let numbers = |ids: Vec<RecordId>| ids.into_iter().map(|id| hex(&id.0));
        step.pushed.extend(numbers(meant.push));
        step.asked.extend(numbers(meant.ask));
        step.compared.extend(numbers(meant.compare));
    }
    ensure!(steps.len() >= 3, "{} steps", steps.len());
    let entries = |records: &Records| {
        records.iter().map(|(key, version)| Entry::of(key, version)).collect::<Vec<_>>()
    };
    Ok(Run {
        nonces: [hex(one), hex(other)],
        both_hold: entries(&both),
        lower_holds: entries(&lower),
        higher_holds: entries(&higher),
        summaries: summaries.try_into().ok().context("two summaries")?,
        steps,
    })
}
