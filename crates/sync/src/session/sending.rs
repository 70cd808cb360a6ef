//! The part of a session that loads and sends: the log, whole records, questions and answers, all
//! within the window of what the other side has not acknowledged.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, RecordId, RecordKey, Timestamp};

use super::receiving::state_of;
use super::{FRAME_CHANGES, FRAME_TARGET, MAX_ANNOUNCED, Outcome, Session, WINDOW};
use crate::change::SignedChange;
use crate::effect::{Effect, Load};
use crate::frame::{Announce, Changes, Frame, Heads, Item, RecordHeads};
use crate::input::{Committed, Loaded};
use crate::lanes::Lanes;
use crate::link::Ticket;
use crate::roster::Roster;
use crate::world::World;

/// Identifiers of one question to the store, and of one to the other side.
const LOAD_IDS: usize = 256;
/// Bytes of one load at which the next one of its sort asks for less.
const LOAD_TARGET: usize = 4 * FRAME_TARGET;
/// Most records of one announcement.
const ANNOUNCE_ITEMS: usize = 1_024;
/// What an announced record counts in the window.
const ITEM_WEIGHT: usize = 24;
/// Questions that may wait for the other side's answer.
const MAX_OPEN: usize = 16;
/// Identifiers that may wait to be sent or asked for. The other side can claim any number of them;
/// those beyond are found by the next comparison.
const MAX_WAITING: usize = 1_000_000;

/// What the session has to send, has sent, and has been told to have arrived.
#[derive(Debug)]
pub(super) struct Sending {
    /// Place in our log up to which everything was taken up for sending.
    cursor: u64,
    /// Place up to which everything has arrived.
    confirmed: u64,
    checkpoint: Option<u64>,
    /// Questions of the other side. They go first, as it may wait for us with its own work.
    questions: VecDeque<Question>,
    jobs: VecDeque<Job>,
    loading: Option<(Ticket, Loading)>,
    outbox: VecDeque<Outgoing>,
    sent: u64,
    unacked: VecDeque<Unacked>,
    unacked_bytes: usize,
    /// Identifiers of the next load of whole records.
    page: usize,
    /// What our questions were about that the other side has not answered yet, in their order.
    open: VecDeque<(CircleId, Vec<RecordId>)>,
    /// Lanes of which the other side wants to be told only.
    lazy: Lanes,
    /// Announced records in frames that are not acknowledged.
    announced: usize,
}

/// Work that waits for its turn.
#[derive(Debug)]
enum Job {
    /// Send all changes of these.
    Push(CircleId, Vec<RecordId>),
    /// Ask for all changes of these.
    Ask(CircleId, Vec<RecordId>),
    /// Ask for the changes that we lack of these.
    Compare(CircleId, Vec<RecordId>),
}

impl Job {
    fn len(&self) -> usize {
        match self {
            Job::Push(_, ids) | Job::Ask(_, ids) | Job::Compare(_, ids) => ids.len(),
        }
    }
}

/// What the other side holds, to be answered with what it lacks.
#[derive(Debug)]
struct Question {
    circle: CircleId,
    theirs: Vec<(RecordId, Vec<RecordHeads>)>,
    reply: bool,
}

/// What a load under way is for.
#[derive(Debug)]
enum Loading {
    /// Carries the place that the log had reached when it was asked.
    Log(u64),
    Push,
    Compare(CircleId),
    Answer {
        circle: CircleId,
        reply: bool,
    },
}

/// A frame that waits for the window.
#[derive(Debug)]
enum Outgoing {
    Changes { changes: Vec<Arc<SignedChange>>, weight: usize, place: u64 },
    Announce { circle: CircleId, items: Vec<Item>, place: u64 },
    Heads(Heads),
}

/// A frame of changes or announcements that is under way.
#[derive(Debug)]
struct Unacked {
    number: u64,
    /// Place in the log that is reached when it has arrived; 0 when it does not end a page.
    place: u64,
    weight: usize,
    announced: usize,
}

/// Changes of our log, as the other side wants them.
#[derive(Debug, Default)]
struct Offer {
    push: Vec<Arc<SignedChange>>,
    announce: BTreeMap<CircleId, Vec<Item>>,
}

impl Sending {
    pub(super) fn from(checkpoint: Option<u64>, position: u64) -> Self {
        // A place beyond our log means that we were restored: it tells nothing any more.
        let cursor = checkpoint.filter(|place| *place <= position).unwrap_or(position);
        Self {
            cursor,
            confirmed: cursor,
            checkpoint,
            questions: VecDeque::new(),
            jobs: VecDeque::new(),
            loading: None,
            outbox: VecDeque::new(),
            sent: 0,
            unacked: VecDeque::new(),
            unacked_bytes: 0,
            page: LOAD_IDS,
            open: VecDeque::new(),
            lazy: Lanes::NONE,
            announced: 0,
        }
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    pub(super) fn confirmed(&self) -> u64 {
        self.confirmed
    }

    pub(super) fn all_acknowledged(&self) -> bool {
        self.unacked.is_empty()
    }

    /// Whether the other side owes us an answer to a question.
    pub(super) fn asking(&self) -> bool {
        !self.open.is_empty()
    }

    /// Nothing is waiting, and the log is sent to exactly the place that we have heard of. The
    /// store can be ahead of what we heard; sums taken then would not match what was sent.
    pub(super) fn idle(&self, position: u64) -> bool {
        self.empty() && self.open.is_empty() && self.cursor == position
    }

    fn empty(&self) -> bool {
        self.loading.is_none()
            && self.questions.is_empty()
            && self.jobs.is_empty()
            && self.outbox.is_empty()
    }

    fn window_is_open(&self) -> bool {
        self.unacked_bytes < WINDOW
    }

    /// A checkpoint that differs from the one that was written down last.
    pub(super) fn new_checkpoint(&self) -> Option<u64> {
        Some(self.confirmed).filter(|place| self.checkpoint != Some(*place))
    }

    pub(super) fn checkpointed(&mut self) {
        self.checkpoint = Some(self.confirmed);
    }

    pub(super) fn push(&mut self, circle: CircleId, ids: &[RecordId]) {
        self.plan(ids, |ids| Job::Push(circle, ids));
    }

    pub(super) fn ask(&mut self, circle: CircleId, ids: &[RecordId]) {
        self.plan(ids, |ids| Job::Ask(circle, ids));
    }

    pub(super) fn compare(&mut self, circle: CircleId, ids: &[RecordId]) {
        self.plan(ids, |ids| Job::Compare(circle, ids));
    }

    fn plan(&mut self, ids: &[RecordId], job: impl Fn(Vec<RecordId>) -> Job) {
        let waiting: usize = self.jobs.iter().map(Job::len).sum();
        let room = ids.len().min(MAX_WAITING.saturating_sub(waiting));
        let ids = ids.get(..room).unwrap_or_default();
        self.jobs.extend(ids.chunks(LOAD_IDS).map(|ids| job(ids.to_vec())));
    }

    /// Cuts changes into frames. Only the last one of a page of the log reaches the page's place.
    fn queue(&mut self, changes: Vec<Arc<SignedChange>>, place: u64) {
        let mut frame: Vec<Arc<SignedChange>> = Vec::new();
        let mut weight = 0;
        for change in changes {
            let size = change.weight();
            if !frame.is_empty() && (weight + size > FRAME_TARGET || frame.len() >= FRAME_CHANGES) {
                let (changes, weight) = (std::mem::take(&mut frame), std::mem::take(&mut weight));
                self.outbox.push_back(Outgoing::Changes { changes, weight, place: 0 });
            }
            weight += size;
            frame.push(change);
        }
        if !frame.is_empty() {
            self.outbox.push_back(Outgoing::Changes { changes: frame, weight, place });
        }
    }

    /// Cuts a page of the log into frames.
    fn queue_offer(&mut self, mut offer: Offer, place: u64) {
        // Only the last frame reaches the page's place.
        let last = offer.announce.pop_last();
        self.queue(offer.push, if last.is_some() { 0 } else { place });
        let more = offer.announce.into_iter().map(|circle| (circle, 0));
        for ((circle, mut items), place) in more.chain(last.map(|last| (last, place))) {
            self.announced += items.len();
            while items.len() > ANNOUNCE_ITEMS {
                let rest = items.split_off(ANNOUNCE_ITEMS);
                self.outbox.push_back(Outgoing::Announce { circle, items, place: 0 });
                items = rest;
            }
            self.outbox.push_back(Outgoing::Announce { circle, items, place });
        }
    }

    pub(super) fn lazy(&self) -> Lanes {
        self.lazy
    }

    pub(super) fn set_lazy(&mut self, lanes: Lanes) {
        self.lazy = lanes;
    }

    /// Tells heads in one frame; what does not fit becomes a question of its own.
    fn queue_heads(
        &mut self,
        circle: CircleId,
        answer: bool,
        held: Vec<(RecordId, Vec<RecordHeads>)>,
    ) {
        let mut records = Vec::new();
        let mut rest = Vec::new();
        let mut weight = 0;
        for (id, held) in held {
            weight += 24 + held.iter().map(|record| 48 + 32 * record.heads.len()).sum::<usize>();
            if records.is_empty() || weight <= FRAME_TARGET {
                records.push((id, held));
            } else {
                rest.push(id);
            }
        }
        // An answer is owed even when there is nothing to say.
        if answer || !records.is_empty() {
            if !answer {
                self.open.push_back((circle, records.iter().map(|(id, _)| *id).collect()));
            }
            self.outbox.push_back(Outgoing::Heads(Heads { circle, answer, records }));
        }
        self.compare(circle, &rest);
    }

    /// What to load next; asks without loading on the way.
    fn next_load(&mut self, position: u64, from: CenterId) -> Option<(Load, Loading)> {
        if let Some(Question { circle, theirs, reply }) = self.questions.pop_front() {
            return Some((Load::Answer { circle, theirs }, Loading::Answer { circle, reply }));
        }
        while let Some(job) = self.next_job() {
            match job {
                Job::Push(circle, mut ids) => {
                    let rest = ids.split_off(self.page.min(ids.len()));
                    if !rest.is_empty() {
                        self.jobs.push_front(Job::Push(circle, rest));
                    }
                    return Some((Load::Whole { circle, ids }, Loading::Push));
                }
                Job::Compare(circle, ids) => {
                    return Some((Load::Heads { circle, ids }, Loading::Compare(circle)));
                }
                Job::Ask(circle, ids) => {
                    let records = ids.iter().map(|id| (*id, Vec::new())).collect();
                    self.open.push_back((circle, ids));
                    let heads = Heads { circle, answer: false, records };
                    self.outbox.push_back(Outgoing::Heads(heads));
                }
            }
        }
        (self.cursor < position && self.outbox.is_empty()).then(|| {
            let load = Load::Log { after: self.cursor, not_from: from };
            (load, Loading::Log(position))
        })
    }

    /// The first job, unless it is a question too many.
    fn next_job(&mut self) -> Option<Job> {
        let full = self.open.len() >= MAX_OPEN;
        self.jobs.pop_front_if(|job| !full || matches!(job, Job::Push(..)))
    }

    /// Numbers a frame that is to be acknowledged.
    fn count(&mut self, place: u64, weight: usize, announced: usize) -> u64 {
        self.sent += 1;
        let number = self.sent;
        self.unacked.push_back(Unacked { number, place, weight, announced });
        self.unacked_bytes += weight;
        number
    }

    /// Places that needed no frame have arrived as soon as no earlier frame is under way.
    fn confirm_idle(&mut self) {
        if self.unacked.is_empty() && self.outbox.is_empty() {
            self.confirmed = self.confirmed.max(self.cursor);
        }
    }
}

impl Session {
    pub(crate) fn committed(
        &mut self,
        now: Timestamp,
        before: u64,
        committed: &Committed,
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        // Straight from memory when nothing else is under way; otherwise from the log later.
        let weight: usize = committed.changes.iter().map(|change| change.weight()).sum();
        let direct = self.accepts.is_some()
            && self.out.cursor == before
            && self.out.empty()
            && self.out.window_is_open()
            && weight <= FRAME_TARGET
            && committed.changes.len() <= FRAME_CHANGES;
        if direct {
            self.out.cursor = world.position;
            if committed.source != Some(self.center) {
                let offer = self.offer(&committed.changes, world);
                self.out.queue_offer(offer, world.position);
            }
        }
        self.acknowledge(now, effects);
        self.proceed(now, world, effects);
        Ok(())
    }

    fn for_both(&self, changes: &[Arc<SignedChange>], roster: &Roster) -> Vec<Arc<SignedChange>> {
        changes.iter().filter(|change| self.shared(&change.key.steward, roster)).cloned().collect()
    }

    /// What of these changes to send and what to announce.
    ///
    /// What was made here is always sent: it comes from nowhere faster.
    fn offer(&self, changes: &[Arc<SignedChange>], world: &World) -> Offer {
        let mut offer = Offer::default();
        let mut room = MAX_ANNOUNCED.saturating_sub(self.out.announced);
        let mut told: BTreeMap<RecordKey, bool> = BTreeMap::new();
        for change in self.for_both(changes, &world.roster) {
            let key = change.key;
            let lazy = self.out.lazy.contains(Lanes::of(&key.steward));
            let item = self.item(&key, world);
            if let Some(item) = item
                && self.take.is_held_there(key.circle, key.id, item.state)
            {
                continue;
            }
            if change.author.node == world.node || !lazy {
                offer.push.push(change);
                continue;
            }
            // All changes of a record go the same way, or one would overtake the other.
            let announced = *told.entry(key).or_insert_with(|| {
                let Some(item) = item.filter(|_| room > 0) else { return false };
                room -= 1;
                offer.announce.entry(key.circle).or_default().push(item);
                true
            });
            if !announced {
                offer.push.push(change);
            }
        }
        offer
    }

    fn item(&self, key: &RecordKey, world: &World) -> Option<Item> {
        let version = world.circles.get(&key.circle)?.get(key)?;
        let state = state_of(self.key.as_ref()?, key, &version);
        Some(Item { id: key.id, state })
    }

    pub(super) fn heads(
        &mut self,
        now: Timestamp,
        frame: Heads,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        let Heads { circle, answer, records } = frame;
        self.last_progress = now;
        if answer {
            let about = self.out.open.pop_front();
            let (circle, ids) = about.ok_or("an answer to no question")?;
            self.answered(circle, ids);
            self.acknowledge(now, effects);
            if records.is_empty() {
                return Ok(());
            }
        }
        // Each side has at most so many questions open, and as many answers on their way back.
        if self.out.questions.len() >= 2 * MAX_OPEN {
            return Err("more questions than may wait for an answer".to_owned());
        }
        self.out.questions.push_back(Question { circle, theirs: records, reply: !answer });
        Ok(())
    }

    pub(super) fn acknowledged(&mut self, now: Timestamp, through: u64) -> Outcome {
        if through > self.out.sent {
            return Err("acknowledged a frame that was not sent".to_owned());
        }
        self.last_progress = now;
        while let Some(frame) = self.out.unacked.pop_front_if(|frame| frame.number <= through) {
            self.out.unacked_bytes = self.out.unacked_bytes.saturating_sub(frame.weight);
            self.out.announced = self.out.announced.saturating_sub(frame.announced);
            self.out.confirmed = self.out.confirmed.max(frame.place);
        }
        Ok(())
    }

    pub(crate) fn loaded(
        &mut self,
        now: Timestamp,
        loaded: Loaded,
        world: &mut World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        let asked = self.out.loading.take_if(|(ticket, _)| *ticket == loaded.ticket);
        let Some((_, loading)) = asked else { return Ok(()) };
        match loading {
            Loading::Log(position) => {
                let offer = self.offer(&loaded.changes, world);
                // Changes that were dropped since leave nothing behind: then go on from where the
                // log ended, or they would be asked for without end.
                let through = loaded.through.filter(|place| *place > self.out.cursor);
                self.out.cursor = through.unwrap_or(position);
                self.out.queue_offer(offer, self.out.cursor);
            }
            Loading::Push => {
                let changes = self.for_both(&loaded.changes, &world.roster);
                let weight: usize = changes.iter().map(|change| change.weight()).sum();
                if weight > LOAD_TARGET {
                    self.out.page = (self.out.page / 2).max(1);
                } else if weight < FRAME_TARGET {
                    self.out.page = (self.out.page * 2).min(LOAD_IDS);
                }
                self.out.queue(changes, 0);
            }
            Loading::Compare(circle) => {
                let heads = self.heads_for_both(loaded.heads, &world.roster);
                self.out.queue_heads(circle, false, heads);
            }
            Loading::Answer { circle, reply } => {
                let changes = self.for_both(&loaded.changes, &world.roster);
                self.out.queue(changes, 0);
                if reply {
                    let heads = self.heads_for_both(loaded.heads, &world.roster);
                    self.out.queue_heads(circle, true, heads);
                }
            }
        }
        self.proceed(now, world, effects);
        Ok(())
    }

    fn heads_for_both(
        &self,
        mut heads: Vec<(RecordId, Vec<RecordHeads>)>,
        roster: &Roster,
    ) -> Vec<(RecordId, Vec<RecordHeads>)> {
        for (_, held) in &mut heads {
            held.retain(|record| self.shared(&record.steward, roster));
        }
        heads
    }

    /// Sends what the window allows, and loads the next when all is sent.
    pub(super) fn work(&mut self, now: Timestamp, world: &mut World, effects: &mut Vec<Effect>) {
        loop {
            self.send_outbox(now, effects);
            let ready = self.out.loading.is_none()
                && self.out.outbox.is_empty()
                && self.out.window_is_open();
            if !ready {
                break;
            }
            if let Some((load, loading)) = self.out.next_load(world.position, self.center) {
                let ticket = world.ticket(self.link);
                self.out.loading = Some((ticket, loading));
                effects.push(Effect::Load(ticket, load));
            } else if self.out.outbox.is_empty() {
                break;
            }
        }
        self.out.confirm_idle();
    }

    fn send_outbox(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        while self.out.window_is_open()
            && let Some(next) = self.out.outbox.pop_front()
        {
            let frame = match next {
                Outgoing::Changes { changes, weight, place } => {
                    let number = self.out.count(place, weight, 0);
                    Frame::Changes(Changes { number, changes })
                }
                Outgoing::Announce { circle, items, place } => {
                    let weight = items.len() * ITEM_WEIGHT;
                    let number = self.out.count(place, weight, items.len());
                    Frame::Announce(Announce { number, circle, items })
                }
                Outgoing::Heads(heads) => Frame::Heads(heads),
            };
            self.say(now, frame, effects);
        }
    }
}
