//! The part of a session that takes in: batches of changes on their way to the disk, and records
//! that the other side announced and that we expect from elsewhere.
//!
//! Both sorts of frames share one count and one acknowledgement, which goes up to the first frame
//! that is not dealt with. So a place in the other side's log is confirmed only when we hold what
//! was announced, and sums are compared only then: an announcement is never taken for a change.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hospes_domain::{CircleId, RecordId, RecordKey, Timestamp};

use super::{INBOX, MAX_ANNOUNCED, Outcome, Session};
use crate::change::Version;
use crate::effect::Effect;
use crate::frame::{Announce, Changes, Frame};
use crate::lanes::Lanes;
use crate::link::Ticket;
use crate::reconcile::FingerprintKey;
use crate::world::World;

/// How long a record that was announced may take to come from elsewhere until it is asked for.
pub(crate) const ASK_AFTER: i64 = Timestamp::SECOND / 2;
/// Announced records that we wait for; an honest peer stays at a quarter of it.
const MAX_AWAITED: usize = 4 * MAX_ANNOUNCED;
/// Frames that are not dealt with. An honest peer sends fewer in a window, however small they are.
const MAX_FRAMES: usize = 64 * 1024;
/// Times that what lies below a record's changes is asked for in vain.
const MAX_ASKS: u8 = 3;
/// Records of which that is counted; beyond them a comparison has to find what is missing.
const MAX_ASKED: usize = 10_000;

/// What has come and is not dealt with, and what we wait for.
#[derive(Debug, Default)]
pub(super) struct Receiving {
    /// Frames from number `dealt_with + 1` on.
    inbox: VecDeque<Incoming>,
    bytes: usize,
    received: u64,
    dealt_with: u64,
    /// Announced records in the states that we do not hold, with the frame that named them first.
    awaited: BTreeMap<(CircleId, RecordId, u64), Awaited>,
    /// Of what is awaited, what has arrived in the very commit that is being told.
    arrived: BTreeSet<(CircleId, RecordId, u64)>,
    /// When the next of it is to be asked for.
    ask_at: Option<Timestamp>,
    /// Times that what lies below a record was asked for, since it last changed.
    orphans: BTreeMap<RecordId, u8>,
    /// Lanes in which something new came since the last batch was admitted.
    fresh: Lanes,
    /// Lanes in which changes come faster over another link.
    slower: Lanes,
    /// Whether other links were open when this one was, and sums were not compared since: what was
    /// missed has come over those, or is coming.
    catching_up: bool,
    /// Lanes in which we asked the other side to announce only.
    lazy: Lanes,
}

#[derive(Debug)]
struct Incoming {
    ticket: Option<Ticket>,
    weight: usize,
    lanes: Lanes,
    /// A batch that is not admitted counts as one, of an announcement each awaited record.
    open: usize,
    /// Questions that were answered before this batch came: it may have brought the answers.
    answers: Vec<(CircleId, Vec<RecordId>)>,
}

#[derive(Clone, Copy, Debug)]
struct Awaited {
    number: u64,
    ask_at: Timestamp,
    asked: bool,
}

impl Receiving {
    pub(super) fn is_empty(&self) -> bool {
        self.inbox.is_empty()
    }

    pub(super) fn dealt_with(&self) -> u64 {
        self.dealt_with
    }

    pub(super) fn ask_at(&self) -> Option<Timestamp> {
        self.ask_at
    }

    pub(super) fn forget_orphans(&mut self) {
        self.orphans.clear();
    }

    /// Whether the other side has just told us that it holds the record as we now do.
    pub(super) fn is_held_there(&self, circle: CircleId, id: RecordId, state: u64) -> bool {
        self.arrived.contains(&(circle, id, state))
    }

    /// A record has come to look as it does now.
    pub(super) fn moved(&mut self, circle: CircleId, id: RecordId, state: u64) {
        self.orphans.remove(&id);
        if let Some(awaited) = self.awaited.remove(&(circle, id, state)) {
            self.arrived.insert((circle, id, state));
            self.settle(awaited.number);
        }
    }

    fn take_number(&mut self, number: u64) -> Outcome {
        if number != self.received + 1 {
            let last = self.received;
            return Err(format!("frame {number} of changes came after frame {last}"));
        }
        self.received = number;
        if self.inbox.len() >= MAX_FRAMES {
            return Err("more frames under way than the window allows".to_owned());
        }
        Ok(())
    }

    fn frame(&mut self, number: u64) -> Option<&mut Incoming> {
        let place = usize::try_from(number.checked_sub(self.dealt_with + 1)?).ok()?;
        self.inbox.get_mut(place)
    }

    fn settle(&mut self, number: u64) {
        if let Some(frame) = self.frame(number) {
            frame.open = frame.open.saturating_sub(1);
        }
    }

    /// Nothing more will come of these: the other side was asked and has answered.
    fn give_up(&mut self, circle: CircleId, ids: &[RecordId]) {
        for id in ids {
            let states = (circle, *id, 0)..=(circle, *id, u64::MAX);
            let gone: Vec<_> = self.awaited.range(states).map(|(key, one)| (*key, *one)).collect();
            for (key, awaited) in gone {
                self.awaited.remove(&key);
                self.settle(awaited.number);
            }
        }
    }

    /// The frames at the front of which nothing is open any more.
    fn finish(&mut self) -> bool {
        let before = self.dealt_with;
        while self.inbox.pop_front_if(|frame| frame.open == 0).is_some() {
            self.dealt_with += 1;
        }
        self.dealt_with > before
    }

    /// What has been awaited for long enough, by circle.
    ///
    /// Several peers may have announced the same: one is asked at a time.
    fn due(
        &mut self,
        now: Timestamp,
        elsewhere: &mut BTreeMap<(CircleId, RecordId), Timestamp>,
    ) -> BTreeMap<CircleId, BTreeSet<RecordId>> {
        let mut due: BTreeMap<CircleId, BTreeSet<RecordId>> = BTreeMap::new();
        self.ask_at = None;
        for ((circle, id, _), awaited) in &mut self.awaited {
            if awaited.asked {
                continue;
            }
            if awaited.ask_at <= now {
                let ours = due.get(circle).is_some_and(|ids| ids.contains(id));
                match elsewhere.get(&(*circle, *id)) {
                    Some(asked) if !ours && now.since(*asked) < ASK_AFTER => {
                        awaited.ask_at = asked.plus(ASK_AFTER);
                    }
                    _ => {
                        elsewhere.insert((*circle, *id), now);
                        due.entry(*circle).or_default().insert(*id);
                        awaited.asked = true;
                        continue;
                    }
                }
            }
            self.ask_at = Some(self.ask_at.map_or(awaited.ask_at, |at| at.min(awaited.ask_at)));
        }
        due
    }
}

impl Session {
    pub(super) fn changes(
        &mut self,
        now: Timestamp,
        frame: Changes,
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        self.take.take_number(frame.number)?;
        self.last_progress = now;
        let weight: usize = frame.changes.iter().map(|change| change.weight()).sum();
        self.take.bytes += weight;
        if self.take.bytes > INBOX {
            return Err("more changes under way than the window allows".to_owned());
        }
        let ticket = world.ticket(self.link);
        let lanes = frame.changes.iter().map(|change| Lanes::of(&change.key.steward)).collect();
        self.take.inbox.push_back(Incoming {
            ticket: Some(ticket),
            weight,
            lanes,
            open: 1,
            answers: Vec::new(),
        });
        effects.push(Effect::Admit(self.link, ticket, self.center, frame.changes));
        Ok(())
    }

    pub(super) fn announced(
        &mut self,
        now: Timestamp,
        frame: &Announce,
        world: &World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        self.take.take_number(frame.number)?;
        self.last_progress = now;
        let fingerprint = self.key.ok_or("announced before it greeted")?;
        let ask_at = now.plus(ASK_AFTER);
        let mut open = 0;
        for item in &frame.items {
            let key = (frame.circle, item.id, item.state);
            if self.take.awaited.contains_key(&key)
                || holds(world, &fingerprint, frame.circle, item.id, item.state)
            {
                continue;
            }
            let number = frame.number;
            self.take.awaited.insert(key, Awaited { number, ask_at, asked: false });
            open += 1;
        }
        if self.take.awaited.len() > MAX_AWAITED {
            return Err("more announcements than may wait".to_owned());
        }
        if open > 0 {
            self.take.ask_at.get_or_insert(ask_at);
        }
        let (lanes, answers) = (Lanes::NONE, Vec::new());
        self.take.inbox.push_back(Incoming { ticket: None, weight: 0, lanes, open, answers });
        self.acknowledge(now, effects);
        Ok(())
    }

    /// Asks for what was announced and did not come from elsewhere.
    pub(super) fn ask_for_announced(&mut self, now: Timestamp, world: &mut World) {
        if self.take.ask_at.is_some_and(|at| at <= now) {
            for (circle, ids) in self.take.due(now, &mut world.asked) {
                self.out.compare(circle, &ids.into_iter().collect::<Vec<_>>());
            }
        }
    }

    /// The other side has answered a question about these, as far as it can.
    pub(super) fn answered(&mut self, circle: CircleId, ids: Vec<RecordId>) {
        let last = self.take.inbox.iter_mut().rev().find(|frame| frame.ticket.is_some());
        match last {
            Some(batch) => batch.answers.push((circle, ids)),
            None => self.take.give_up(circle, &ids),
        }
    }

    /// Says up to where everything is dealt with, if that has moved.
    pub(super) fn acknowledge(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.take.finish() {
            self.say(now, Frame::Ack { through: self.take.dealt_with }, effects);
        }
        self.take.arrived.clear();
    }

    pub(crate) fn admitted(
        &mut self,
        now: Timestamp,
        ticket: Ticket,
        missing: &[RecordKey],
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        let first = self.take.inbox.iter_mut().find(|frame| frame.ticket.is_some());
        let Some(batch) = first else { return Ok(()) };
        if batch.ticket.take() != Some(ticket) {
            return Err("batches were admitted out of order".to_owned());
        }
        batch.open = 0;
        self.take.bytes = self.take.bytes.saturating_sub(batch.weight);
        let (lanes, answers) = (batch.lanes, std::mem::take(&mut batch.answers));
        for (circle, ids) in answers {
            self.take.give_up(circle, &ids);
        }
        self.acknowledge(now, effects);
        let orphaned = missing.iter().map(|key| Lanes::of(&key.steward)).collect();
        let stale = lanes.without(std::mem::take(&mut self.take.fresh)).without(orphaned);
        self.want_no_more(now, world.feeds.by_others(self.link, stale), effects);
        self.ask_below(missing);
        self.proceed(now, world, effects);
        Ok(())
    }

    /// Asks for what lies below changes that could not be placed.
    fn ask_below(&mut self, missing: &[RecordKey]) {
        let mut again: BTreeMap<CircleId, BTreeSet<RecordId>> = BTreeMap::new();
        let orphans = &mut self.take.orphans;
        for key in missing {
            if orphans.len() >= MAX_ASKED && !orphans.contains_key(&key.id) {
                continue;
            }
            let asks = orphans.entry(key.id).or_default();
            if *asks < MAX_ASKS {
                *asks += 1;
                again.entry(key.circle).or_default().insert(key.id);
            }
        }
        for (circle, ids) in again {
            self.out.compare(circle, &ids.into_iter().collect::<Vec<_>>());
        }
    }

    /// Something new came over this link: such changes are wanted here.
    pub(crate) fn fed(&mut self, now: Timestamp, lanes: Lanes, effects: &mut Vec<Effect>) {
        self.take.fresh = self.take.fresh.with(lanes);
        self.want(now, lanes, effects);
    }

    /// Asks to be sent the changes of these lanes again.
    pub(crate) fn want(&mut self, now: Timestamp, lanes: Lanes, effects: &mut Vec<Effect>) {
        self.take.slower = self.take.slower.without(lanes);
        self.tell_lazy(now, effects);
    }

    /// Asks to be told only of the changes of these lanes, which come faster over another link.
    fn want_no_more(&mut self, now: Timestamp, lanes: Lanes, effects: &mut Vec<Effect>) {
        self.take.slower = self.take.slower.with(lanes);
        self.tell_lazy(now, effects);
    }

    /// Asks to be told only of what was missed, because other links are there to bring it.
    pub(crate) fn catch_up(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.take.catching_up = true;
        self.tell_lazy(now, effects);
    }

    /// Nothing of what was missed is under way any more.
    pub(super) fn caught_up(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.take.catching_up = false;
        self.tell_lazy(now, effects);
    }

    fn tell_lazy(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let lazy = if self.take.catching_up { Lanes::ALL } else { self.take.slower };
        if lazy != self.take.lazy {
            self.take.lazy = lazy;
            self.say(now, Frame::Lazy(lazy), effects);
        }
    }
}

/// What an announcement and a list say of a record.
pub(super) fn state_of(fingerprint: &FingerprintKey, key: &RecordKey, version: &Version) -> u64 {
    fingerprint.lift(key, version) as u64
}

/// Whether a record of ours is in a state.
fn holds(
    world: &World,
    fingerprint: &FingerprintKey,
    circle: CircleId,
    id: RecordId,
    state: u64,
) -> bool {
    let ours = world.circles.get(&circle).into_iter().flat_map(|catalogue| catalogue.of(id));
    ours.into_iter().any(|(key, version)| state_of(fingerprint, &key, &version) == state)
}
