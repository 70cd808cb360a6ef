//! One side of the conversation with one node: greeting, comparing, then live.
//!
//! The session has a place in our log of changes. Everything behind that place has been offered to
//! the other side; resuming after a break and pushing live are the same motion of that place
//! towards the end of the log. What the log cannot tell (a restored node, a center met anew) is
//! found by comparing catalogues.
//!
//! Why it comes to rest in agreement: a side that is idle and does not agree has told its present
//! sums, the other side answers sums with its own whenever they are not what it told last, and of
//! two idle sides with different sums the lower node compares ranges. Each comparison ends in
//! questions, each question in exactly one answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, NodeId, RecordKey, Timestamp};

use crate::alarm::{Alarm, MOST_ALARMS};
use crate::change::Version;
use crate::effect::Effect;
use crate::frame::{self, Frame, Hello, Introduction, PROTOCOL, Ping, Summary};
use crate::input::Opened;
use crate::link::LinkId;
use crate::reconcile::FingerprintKey;
use crate::roster::Roster;
use crate::vouch::{MOST_INTRODUCED, MOST_NODES, Vouch};
use crate::world::World;

mod comparing;
mod receiving;
mod sending;

use comparing::View;
pub(crate) use receiving::ASK_AFTER;
use receiving::Receiving;
use sending::Sending;

/// Bytes of changes that a frame aims at.
pub const FRAME_TARGET: usize = 192 * 1024;
/// Most changes in a frame.
pub const FRAME_CHANGES: usize = 1_024;
/// Bytes of changes that may be under way without acknowledgement.
const WINDOW: usize = 4 * 1024 * 1024;
/// Bytes of unhandled changes at which the other side has broken the window.
const INBOX: usize = 3 * WINDOW;
/// Announced records that the other side may leave open; what is beyond is sent as if wanted.
const MAX_ANNOUNCED: usize = 4_096;
/// Circles that two nodes may share.
const MAX_CIRCLES: usize = 64;

const PING_AFTER: i64 = 20 * Timestamp::SECOND;
const DEAD_AFTER: i64 = 70 * Timestamp::SECOND;
const REVIEW_EVERY: i64 = 600 * Timestamp::SECOND;
const CHECKPOINT_EVERY: i64 = 10 * Timestamp::SECOND;

/// How a session stands, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionStatus {
    /// The center at the other end.
    pub center: CenterId,
    /// The node at the other end.
    pub node: NodeId,
    /// Whether the other side has greeted: until then it may still turn us away.
    pub greeted: bool,
    /// Whether both sides were last found to hold the same, and nothing is under way.
    pub in_sync: bool,
    /// Changes in our log that the other side has not confirmed; an upper bound.
    pub behind: u64,
    /// What the other side says that it runs.
    pub software: String,
    /// The other side's clock minus ours, in milliseconds, when it last told it.
    pub clock_skew: i64,
    /// When something last came from it.
    pub last_heard: Timestamp,
}

/// One side of a session.
#[derive(Debug)]
pub(crate) struct Session {
    link: LinkId,
    center: CenterId,
    node: NodeId,
    dialed: bool,
    nonce: [u8; 16],
    hello: Option<Hello>,
    key: Option<FingerprintKey>,
    /// Centers that we accepted when we greeted: the other side's too, if its digest is the same.
    greeted_with: Arc<BTreeSet<CenterId>>,
    /// Centers that the other side accepts, once we know.
    accepts: Option<Arc<BTreeSet<CenterId>>>,
    roster_told: [u8; 16],
    /// Digests of alarms that the other side has told or was told.
    alarms: BTreeSet<[u8; 32]>,
    /// The same for statements of whom centers have added, with the center that made each.
    vouches: BTreeMap<[u8; 32], CenterId>,
    /// What has come of a roster in several parts.
    roster_parts: Vec<Introduction>,
    views: BTreeMap<CircleId, View>,
    runs_taken: u32,
    range_frames: u32,
    out: Sending,
    take: Receiving,
    // Time.
    last_heard: Timestamp,
    last_said: Timestamp,
    /// When what we wait for last came nearer.
    last_progress: Timestamp,
    next_review: Timestamp,
    next_checkpoint: Timestamp,
    clock_skew: i64,
}

type Outcome = Result<(), String>;

impl Session {
    pub(crate) fn new(now: Timestamp, opened: Opened, world: &World) -> Self {
        Self {
            link: opened.link,
            center: opened.center,
            node: opened.node,
            dialed: opened.dialed,
            nonce: opened.nonce,
            hello: None,
            key: None,
            greeted_with: Arc::default(),
            accepts: None,
            roster_told: [0; 16],
            alarms: BTreeSet::new(),
            vouches: BTreeMap::new(),
            roster_parts: Vec::new(),
            views: BTreeMap::new(),
            runs_taken: 0,
            range_frames: 0,
            out: Sending::from(opened.checkpoint, world.position),
            take: Receiving::default(),
            last_heard: now,
            last_said: now,
            last_progress: now,
            next_review: now.plus(REVIEW_EVERY),
            next_checkpoint: now.plus(CHECKPOINT_EVERY),
            clock_skew: 0,
        }
    }

    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    pub(crate) fn center(&self) -> CenterId {
        self.center
    }

    pub(crate) fn dialed(&self) -> bool {
        self.dialed
    }

    pub(crate) fn status(&self, world: &World) -> SessionStatus {
        SessionStatus {
            center: self.center,
            node: self.node,
            greeted: self.hello.is_some(),
            in_sync: self.agreed() && self.out.all_acknowledged() && self.idle(world),
            behind: world.position.saturating_sub(self.out.confirmed()),
            software: self.hello.as_ref().map(|hello| hello.software.clone()).unwrap_or_default(),
            clock_skew: self.clock_skew,
            last_heard: self.last_heard,
        }
    }

    pub(crate) fn wake_at(&self) -> Timestamp {
        self.last_said
            .plus(PING_AFTER)
            .min(self.last_heard.plus(DEAD_AFTER))
            .min(self.next_review)
            .min(self.next_checkpoint)
            .min(self.take.ask_at().unwrap_or(self.next_review))
    }

    pub(crate) fn greet(&mut self, now: Timestamp, world: &World, effects: &mut Vec<Effect>) {
        self.roster_told = world.roster.digest();
        self.greeted_with = world.roster.centers().clone();
        let hello = Hello {
            protocol_min: PROTOCOL.0,
            protocol_max: PROTOCOL.1,
            features: frame::ALARMS | frame::VOUCHES,
            software: world.software.clone(),
            nonce: self.nonce,
            roster: self.roster_told,
            clock: now,
        };
        self.say(now, Frame::Hello(hello), effects);
    }

    pub(crate) fn farewell(&self, effects: &mut Vec<Effect>) {
        self.note_checkpoint(effects);
    }

    pub(crate) fn received(
        &mut self,
        now: Timestamp,
        frame: Frame,
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        self.last_heard = now;
        match frame {
            Frame::Hello(hello) => self.greeted(now, hello, world, effects)?,
            Frame::Bye(reason) => {
                effects.push(Effect::Close(self.link, format!("the other side left: {reason}")));
                return Ok(());
            }
            _ if self.hello.is_none() => {
                return Err("the first frame was not a greeting".to_owned());
            }
            Frame::RosterPart(introductions) => self.roster_part(introductions)?,
            Frame::Roster(introductions) => {
                self.roster_part(introductions)?;
                let theirs = Roster::new(std::mem::take(&mut self.roster_parts));
                effects.push(Effect::Learn(self.center, theirs.introductions().to_vec()));
                let before = self.accepts.replace(theirs.centers().clone());
                self.begin(now, world);
                // It may know an issuer now that it did not know before.
                self.alarms.clear();
                self.tell_alarms(now, world, effects);
                let knew = |issuer: &CenterId| {
                    before.as_ref().is_some_and(|before| before.contains(issuer))
                        || !theirs.accepts(issuer)
                };
                self.vouches.retain(|_, issuer| knew(issuer));
                self.tell_vouches(now, world, effects);
            }
            Frame::Vouches(vouches) => self.vouched(vouches, effects),
            Frame::Alarms(alarms) => self.alarmed(alarms, effects),
            Frame::Summary(summary) => self.summary(summary)?,
            Frame::Ranges(ranges) => self.ranges(now, &ranges, world, effects)?,
            Frame::Heads(heads) => self.heads(now, heads, effects)?,
            Frame::Changes(changes) => self.changes(now, changes, world, effects)?,
            Frame::Announce(announce) => self.announced(now, &announce, world, effects)?,
            Frame::Lazy(lanes) => {
                // A link that has come to carry changes one way will be needed the other way too.
                let wanted = self.out.lazy().without(lanes);
                self.out.set_lazy(lanes);
                self.want(now, wanted, effects);
            }
            Frame::Ack { through } => self.acknowledged(now, through)?,
            Frame::Ping(ping) => {
                self.clock_skew = ping.clock.since(now);
                self.say(now, Frame::Pong(ping.number), effects);
            }
            Frame::Pong(_) => {}
        }
        self.proceed(now, world, effects);
        Ok(())
    }

    fn greeted(
        &mut self,
        now: Timestamp,
        hello: Hello,
        world: &World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        if self.hello.is_some() {
            return Err("greeted twice".to_owned());
        }
        if hello.protocol_max < PROTOCOL.0 {
            return Err(format!("{} is too old: it needs a newer hospes", hello.software));
        }
        if hello.protocol_min > PROTOCOL.1 {
            return Err(format!("{} is too new: this node needs a newer hospes", hello.software));
        }
        self.key = Some(FingerprintKey::of(&self.nonce, &hello.nonce));
        self.clock_skew = hello.clock.since(now);
        // Both sides compare the same two digests, so both tell their rosters or neither does.
        let alike = hello.roster == self.roster_told;
        self.hello = Some(hello);
        if !alike || self.roster_told != world.roster.digest() {
            self.tell_roster(now, world, effects);
        }
        self.tell_alarms(now, world, effects);
        self.tell_vouches(now, world, effects);
        let greeted_with = std::mem::take(&mut self.greeted_with);
        if alike {
            self.accepts = Some(greeted_with);
            self.begin(now, world);
        }
        Ok(())
    }

    fn tell_roster(&mut self, now: Timestamp, world: &World, effects: &mut Vec<Effect>) {
        self.roster_told = world.roster.digest();
        let mut parts = world.roster.introductions().chunks(frame::INTRODUCTIONS_PER_FRAME);
        let last = parts.next_back().unwrap_or_default();
        for part in parts {
            self.say(now, Frame::RosterPart(part.to_vec()), effects);
        }
        self.say(now, Frame::Roster(last.to_vec()), effects);
    }

    fn roster_part(&mut self, introductions: Vec<Introduction>) -> Outcome {
        self.roster_parts.extend(introductions);
        match self.roster_parts.len() {
            0..=frame::INTRODUCTIONS => Ok(()),
            _ => Err("a roster without end".to_owned()),
        }
    }

    /// Passes on whom centers have added, as far as the other side has not heard it yet.
    pub(crate) fn tell_vouches(
        &mut self,
        now: Timestamp,
        world: &World,
        effects: &mut Vec<Effect>,
    ) {
        let understood =
            self.hello.as_ref().is_some_and(|hello| hello.features & frame::VOUCHES != 0);
        if !understood {
            return;
        }
        let news: Vec<Vouch> = world
            .vouches
            .iter()
            .filter(|(digest, _)| !self.vouches.contains_key(*digest))
            .map(|(_, vouch)| vouch.clone())
            .collect();
        for vouches in news.chunks(frame::VOUCHES_PER_FRAME) {
            self.say(now, Frame::Vouches(vouches.to_vec()), effects);
        }
        self.vouches.extend(news.iter().map(|vouch| (vouch.digest(), vouch.issuer)));
        // What is superseded need not be remembered, and what it invents is not.
        self.vouches.retain(|digest, _| world.vouches.contains_key(digest));
    }

    fn vouched(&mut self, vouches: Vec<Vouch>, effects: &mut Vec<Effect>) {
        if self.vouches.len() < MOST_INTRODUCED * MOST_NODES {
            self.vouches.extend(vouches.iter().map(|vouch| (vouch.digest(), vouch.issuer)));
        }
        effects.push(Effect::Heed(self.link, self.center, vouches));
    }

    /// Passes on what the other side has not heard yet.
    pub(crate) fn tell_alarms(&mut self, now: Timestamp, world: &World, effects: &mut Vec<Effect>) {
        let understood =
            self.hello.as_ref().is_some_and(|hello| hello.features & frame::ALARMS != 0);
        if !understood {
            return;
        }
        let (digests, news): (Vec<_>, Vec<_>) = world
            .alarms
            .iter()
            .filter(|(digest, _)| !self.alarms.contains(*digest))
            .map(|(digest, alarm)| (*digest, alarm.clone()))
            .unzip();
        for alarms in news.chunks(frame::ALARMS_PER_FRAME) {
            self.say(now, Frame::Alarms(alarms.to_vec()), effects);
        }
        self.alarms.extend(digests);
        // What nobody knows any more need not be remembered, and what it invents is not.
        self.alarms.retain(|digest| world.alarms.contains_key(digest));
    }

    fn alarmed(&mut self, alarms: Vec<Alarm>, effects: &mut Vec<Effect>) {
        if self.alarms.len() < MOST_ALARMS {
            self.alarms.extend(alarms.iter().map(Alarm::digest));
        }
        effects.push(Effect::Hear(self.link, self.center, alarms));
    }

    pub(crate) fn roster_changed(
        &mut self,
        now: Timestamp,
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        if self.hello.is_some() && self.roster_told != world.roster.digest() {
            self.tell_roster(now, world, effects);
            self.begin(now, world);
            self.proceed(now, world, effects);
        }
        Ok(())
    }

    /// Whether both sides accept changes of this center's records.
    fn shared(&self, steward: &CenterId, roster: &Roster) -> bool {
        roster.accepts(steward)
            && self.accepts.as_ref().is_some_and(|theirs| theirs.contains(steward))
    }

    /// Does what there is to do: loads, sends, compares.
    fn proceed(&mut self, now: Timestamp, world: &mut World, effects: &mut Vec<Effect>) {
        if self.accepts.is_none() {
            return;
        }
        self.work(now, world, effects);
        if self.idle(world) {
            self.summarize(now, effects);
            self.compare(now, world, effects);
        }
    }

    /// Nothing of ours waits to be sent or answered, nothing of theirs to be admitted.
    fn idle(&self, world: &World) -> bool {
        self.accepts.is_some() && self.out.idle(world.position) && self.take.is_empty()
    }

    pub(crate) fn tick(
        &mut self,
        now: Timestamp,
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        if now.since(self.last_heard) >= DEAD_AFTER {
            return Err("nothing came from it for 70 s".to_owned());
        }
        if self.waits() && now.since(self.last_progress) >= REVIEW_EVERY {
            return Err("it did not answer for 10 minutes".to_owned());
        }
        if now.since(self.last_said) >= PING_AFTER {
            let ping = Ping { number: self.out.sent(), clock: now };
            self.say(now, Frame::Ping(ping), effects);
        }
        if now >= self.next_checkpoint {
            self.next_checkpoint = now.plus(CHECKPOINT_EVERY);
            self.note_checkpoint(effects);
            self.out.checkpointed();
        }
        if now >= self.next_review {
            self.next_review = now.plus(REVIEW_EVERY);
            self.review();
        }
        self.ask_for_announced(now, world);
        self.proceed(now, world, effects);
        Ok(())
    }

    /// Whether the other side owes us an answer.
    fn waits(&self) -> bool {
        self.out.asking() || self.comparing()
    }

    /// Only what a comparison has confirmed is worth remembering.
    fn note_checkpoint(&self, effects: &mut Vec<Effect>) {
        if let Some(place) = self.out.new_checkpoint().filter(|_| self.agreed()) {
            effects.push(Effect::Checkpoint(self.node, place));
        }
    }

    /// A record looks different now: the sums follow without recounting.
    pub(crate) fn moved(
        &mut self,
        key: &RecordKey,
        old: Option<Version>,
        new: Version,
        roster: &Roster,
    ) {
        if self.shared(&key.steward, roster)
            && let Some(fingerprint) = &self.key
        {
            let now = fingerprint.lift(key, &new);
            let before = old.map(|old| fingerprint.lift(key, &old));
            self.views.entry(key.circle).or_default().moved(before, now);
            self.take.moved(key.circle, key.id, now as u64);
        }
    }

    fn summary(&mut self, summary: Summary) -> Outcome {
        if self.views.len() >= MAX_CIRCLES && !self.views.contains_key(&summary.circle) {
            return Err(format!("more than {MAX_CIRCLES} circles"));
        }
        self.views.entry(summary.circle).or_default().heard(summary);
        Ok(())
    }

    fn say(&mut self, now: Timestamp, frame: Frame, effects: &mut Vec<Effect>) {
        self.last_said = now;
        effects.push(Effect::Send(self.link, frame));
    }
}
