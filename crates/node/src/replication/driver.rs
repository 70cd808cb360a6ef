//! The only loop that turns the sync engine's effects into deeds, and what happens into its inputs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use hospes_domain::{CenterId, Timestamp};
use hospes_identity::Doorkeeper as _;
use hospes_store::{Store, StoreError};
use hospes_sync::frame::{Frame, Ping};
use hospes_sync::{Agreement, Effect, Engine, Input, LinkId, Load, Loaded, Opened, Ticket, heads};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::ledger::Ledger;
use crate::links::connections::Connections;
use crate::links::memory::Hold;
use crate::links::network::{Arrival, DriverEnds, Event, LinkStatus};
use crate::links::outgoing::Outgoing;
use crate::machine::bucket::{Bucket, Rate};
use crate::machine::{clock, disk, random};
use crate::replication::intake::{Batch, Intake};
use crate::replication::recovery::Recovery;
use crate::trust::alarmbook::AlarmBook;
use crate::trust::door::Door;
use crate::trust::roster::{Learned, Roster};
use crate::trust::vouching::Scribe;

/// Bytes of changes of one answer of the store to [`Load::Log`].
const PAGE_BYTES: usize = hospes_sync::FRAME_TARGET;
/// How long a link that the engine closed has to say good-bye.
const FAREWELL: Duration = Duration::from_secs(1);
/// Milliseconds by which the machine's clock is set before peers are told at once.
const CLOCK_SET: u64 = 10_000;

struct OpenLink {
    center: CenterId,
    outgoing: Outgoing,
    cut: CancellationToken,
}

/// What comes back from the store and the ledger.
pub(crate) struct Channels {
    /// Through which they come.
    pub(crate) sender: mpsc::UnboundedSender<Input>,
    /// For the engine.
    pub(crate) inputs: mpsc::UnboundedReceiver<Input>,
    /// Batches that the disk did not take.
    pub(crate) put_back: mpsc::UnboundedReceiver<Ticket>,
}

/// What effects are carried out with.
pub(crate) struct Means {
    pub(crate) store: Store,
    pub(crate) ledger: Ledger,
    pub(crate) roster: Roster,
    pub(crate) scribe: Scribe,
    pub(crate) recovery: Arc<Recovery>,
    pub(crate) alarms: Arc<AlarmBook>,
    pub(crate) connections: Connections,
    pub(crate) door: Arc<Door>,
}

/// See the module.
pub(crate) struct Driver {
    engine: Engine,
    means: Means,
    back: Channels,
    answers: mpsc::UnboundedSender<Input>,
    events: mpsc::UnboundedReceiver<Event>,
    frames: mpsc::Receiver<Arrival>,
    intake: Intake,
    /// The memory of the frame that is being fed.
    arriving: Option<Hold>,
    links: BTreeMap<LinkId, OpenLink>,
    known: BTreeMap<CenterId, LinkStatus>,
    status: Arc<ArcSwap<Vec<LinkStatus>>>,
    wake_at: Option<Timestamp>,
    /// When peers are told whom we accept now and what centers have said.
    circle_due: Option<Instant>,
    pace: Bucket,
    /// By how many milliseconds the machine's clock had been set when peers were last told.
    told_moved: i64,
}

impl Driver {
    pub(crate) fn new(engine: Engine, means: Means, back: Channels, ends: DriverEnds) -> Self {
        Self {
            engine,
            means,
            answers: back.sender.clone(),
            back,
            events: ends.events,
            frames: ends.frames,
            intake: Intake::new(ends.budgets),
            arriving: None,
            links: BTreeMap::new(),
            known: BTreeMap::new(),
            status: ends.status,
            wake_at: None,
            // What was said before counts from the beginning.
            circle_due: Some(Instant::now()),
            pace: Bucket::full(&PACE, Instant::now()),
            told_moved: 0,
        }
    }

    /// Runs until the token is cancelled; says good-bye on every link then.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            let alarm = self.wake_at.map(|at| at.since(clock::steady()).max(0).unsigned_abs());
            let sleep = Duration::from_millis(alarm.unwrap_or(60_000));
            let due = self.circle_due.map(|at| at.saturating_duration_since(Instant::now()));
            let paused = self.intake.wake_in(Instant::now()).unwrap_or(Duration::MAX);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(input) = self.back.inputs.recv() => {
                    let in_order = match &input {
                        Input::Admitted { ticket, .. } => self.intake.done(*ticket),
                        Input::Failed(ticket) => {
                            self.intake.given_up(*ticket);
                            true
                        }
                        _ => true,
                    };
                    if in_order {
                        self.feed(input);
                    }
                }
                Some(ticket) = self.back.put_back.recv() => {
                    let links = &self.links;
                    self.intake.put_back(ticket, |link| links.contains_key(&link), Instant::now());
                }
                Some(event) = self.events.recv() => self.happened(event).await,
                Some((link, frame, hold)) = self.frames.recv() => {
                    // Frames of a link that is gone may still be in the queue.
                    if self.links.contains_key(&link) {
                        self.arriving = Some(hold);
                        self.feed(Input::Received(link, frame));
                        self.arriving = None;
                    }
                }
                () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => {
                    self.tell_circle();
                }
                () = tokio::time::sleep(paused.min(sleep)), if paused < sleep => {}
                () = tokio::time::sleep(sleep) => {
                    self.wake_at = None;
                    self.feed(Input::Tick);
                }
            }
            for (center, ticket, changes) in self.intake.take(Instant::now()) {
                self.means.ledger.admit(ticket, center, changes);
            }
            self.tell_clock();
            self.publish();
        }
        self.part();
    }

    /// Tells all peers when the machine's clock was set.
    fn tell_clock(&mut self) {
        let moved = clock::moved();
        if moved.abs_diff(self.told_moved) < CLOCK_SET {
            return;
        }
        self.told_moved = moved;
        for link in self.links.keys().copied().collect::<Vec<_>>() {
            if self.engine.status(link).is_some_and(|session| session.greeted) {
                self.send(link, Frame::Ping(Ping { number: 0, clock: clock::now() }));
            }
        }
    }

    fn part(&mut self) {
        for link in self.engine.links() {
            self.send(link, Frame::Bye("this node is closing".to_owned()));
            self.feed(Input::Closed(link));
        }
        self.links.clear();
    }

    async fn happened(&mut self, event: Event) {
        match event {
            Event::Opened { link, counterpart, outgoing } => {
                let (center, node) = (counterpart.chain.center_id(), counterpart.chain.node_id());
                let learned = self.means.roster.met(&counterpart.chain);
                self.learned(learned);
                let checkpoint = self.means.store.checkpoint(node).await.unwrap_or_default();
                self.let_in(center);
                self.links.insert(link, OpenLink { center, outgoing, cut: counterpart.cut });
                self.known.entry(center).or_insert_with(|| LinkStatus::unseen(center));
                tracing::debug!(peer = %center.short(), dialed = counterpart.dialed, "link open");
                self.feed(Input::Opened(Opened {
                    link,
                    center,
                    node,
                    dialed: counterpart.dialed,
                    nonce: random::bytes(),
                    checkpoint,
                }));
            }
            Event::Closed { link, why } => {
                self.intake.closed(link);
                if let Some(gone) = self.links.remove(&link) {
                    let known = self
                        .known
                        .entry(gone.center)
                        .or_insert_with(|| LinkStatus::unseen(gone.center));
                    if self.engine.status(link).is_some_and(|session| session.greeted) {
                        tracing::info!(peer = %gone.center.short(), why, "link closed");
                        known.last_contact = Some(clock::now());
                    }
                    known.last_error = why;
                }
                self.feed(Input::Closed(link));
            }
            Event::Unreachable { center, why, next_try } => {
                let known = self.known.entry(center).or_insert_with(|| LinkStatus::unseen(center));
                known.last_error = why;
                known.next_try = Some(next_try);
            }
            Event::EndedEarly { center, why } => {
                tracing::info!(peer = %center.short(), why, "no link came about");
                let known = self.known.entry(center).or_insert_with(|| LinkStatus::unseen(center));
                known.last_error = why;
            }
            Event::Crowded => self.make_room(),
            Event::RosterChanged => {
                self.tell_circle();
            }
            Event::AlarmsChanged => {
                let alarms = self.means.alarms.statements();
                self.feed(Input::AlarmsChanged(alarms));
            }
        }
    }

    fn feed(&mut self, input: Input) {
        for effect in self.engine.handle(clock::steady(), input) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send(link, frame) => self.send(link, frame),
            Effect::Close(link, why) => self.close(link, why),
            Effect::Load(ticket, load) => {
                let (store, answers) = (self.means.store.clone(), self.answers.clone());
                tokio::spawn(async move {
                    let answer = match answer(&store, ticket, load).await {
                        Ok(loaded) => Input::Loaded(loaded),
                        Err(error) => {
                            tracing::error!(%error, "the store did not answer");
                            Input::Failed(ticket)
                        }
                    };
                    let _ = answers.send(answer);
                });
            }
            Effect::Admit(link, ticket, from, changes) => {
                // The engine asks for it while it is fed with the frame that they came in.
                let hold = self.arriving.take();
                self.intake.put(from, Batch { link, ticket, changes, hold, paid: false });
            }
            Effect::Checkpoint(node, place) => {
                let store = self.means.store.clone();
                tokio::spawn(async move {
                    if let Err(error) = store.put_checkpoint(node, place).await {
                        disk::not_written(&error, "a checkpoint");
                    }
                });
            }
            Effect::Learn(peer, introductions) => {
                let learned = self.means.roster.offer(peer, introductions);
                self.learned(learned);
            }
            Effect::Heed(link, peer, vouches) => {
                let (learned, broken) = self.means.roster.heed(peer, vouches);
                self.learned(learned);
                if let Some(why) = broken {
                    self.close(link, format!("what a center has said of its peers: {why}"));
                }
            }
            Effect::Hear(link, _, alarms) => {
                if let Err(why) = self.means.alarms.hear(&self.means.roster, alarms) {
                    self.close(link, why);
                }
            }
            Effect::WakeAt(at) => self.wake_at = Some(at),
            Effect::Report(happening) => {
                if let Agreement::InSync(peer) = &happening {
                    self.means.recovery.in_sync(*peer);
                }
                report(&happening);
            }
        }
    }

    /// A center that knocked in vain before is in no list of those any more.
    fn let_in(&self, center: CenterId) {
        let store = self.means.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.let_in(center).await {
                disk::not_written(&error, "that a center was let in");
            }
        });
    }

    /// Writes down what was learned from peers. Others are told soon; not so often that somebody who says
    /// something else all the time makes us a nuisance to them.
    fn learned(&mut self, learned: Learned) {
        for introduction in &learned.new {
            self.replaced(&introduction.center);
        }
        if learned.changed || learned.says_other() {
            let now = Instant::now();
            let pace = &mut self.pace;
            self.circle_due.get_or_insert_with(|| now + pause(pace, now));
        }
        self.means.scribe.write(learned);
    }

    /// Tells peers whom we accept now, and what centers have said.
    fn tell_circle(&mut self) {
        self.circle_due = None;
        let roster = self.means.roster.current();
        self.feed(Input::RosterChanged(roster));
        let statements = self.means.roster.statements();
        self.feed(Input::VouchesChanged(statements));
    }

    /// A peer's new certificate may come from others first: the key before it counts no more from now on.
    fn replaced(&self, center: &CenterId) {
        let Some((epoch, earlier)) = self.means.roster.newest(center) else { return };
        if self.means.connections.replaced(center, epoch, earlier) {
            self.means.door.epoch_seen(*center, epoch, earlier);
        }
    }

    fn send(&mut self, link: LinkId, mut frame: Frame) {
        // The engine waits by a clock of its own; the others are told what our records say.
        match &mut frame {
            Frame::Hello(hello) => hello.clock = clock::now(),
            Frame::Ping(ping) => ping.clock = clock::now(),
            _ => {}
        }
        if let Some(open) = self.links.get(&link)
            && !open.outgoing.send(frame)
        {
            self.close(link, "it does not read what it is told".to_owned());
        }
    }

    /// Memory ran out: what a paused center has sent and is not looked at goes first. It will be
    /// sent again.
    fn make_room(&mut self) {
        let Some(center) = self.intake.fullest_paused(Instant::now()) else { return };
        let links: Vec<LinkId> = self
            .links
            .iter()
            .filter(|(_, open)| open.center == center)
            .map(|(link, _)| *link)
            .collect();
        for link in links {
            self.close(link, "paused, and others need the memory".to_owned());
        }
    }

    fn close(&mut self, link: LinkId, why: String) {
        let Some(open) = self.links.remove(&link) else { return };
        self.intake.closed(link);
        tracing::info!(peer = %open.center.short(), why, "closing a link");
        let known =
            self.known.entry(open.center).or_insert_with(|| LinkStatus::unseen(open.center));
        known.last_contact = Some(clock::now());
        known.last_error = why;
        // Dropping the sender lets the writer finish what it has; then the connection is cut.
        drop(open.outgoing);
        tokio::spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            open.cut.cancel();
        });
        let _ = self.answers.send(Input::Closed(link));
    }

    fn publish(&mut self) {
        // Of what the engine says, instants are by the clock that it waits by.
        let moved = clock::moved();
        let mut all = self.known.clone();
        for known in all.values_mut() {
            (known.connected, known.in_sync) = (false, false);
        }
        for link in self.links.keys() {
            // Whoever has not greeted may still turn us away.
            let Some(session) = self.engine.status(*link).filter(|session| session.greeted) else {
                continue;
            };
            let known = LinkStatus {
                center: session.center,
                node: Some(session.node),
                connected: true,
                in_sync: session.in_sync,
                behind: session.behind,
                last_contact: Some(session.last_heard.plus(moved)),
                software: session.software,
                clock_skew_ms: session.clock_skew.saturating_sub(moved),
                last_error: String::new(),
                next_try: None,
            };
            if let Some(remembered) = self.known.get_mut(&session.center) {
                *remembered = known.clone();
            }
            all.insert(session.center, known);
        }
        self.status.store(Arc::new(all.into_values().collect()));
    }
}

/// How often peers are told whom we accept because of what others say. One that waits is owed at most:
/// nobody runs us into a debt that others have to wait for.
const PACE: Rate = Rate { most: 12.0, per_second: 0.1, debt: 1.0 };

/// How long to wait before the next time.
fn pause(pace: &mut Bucket, now: Instant) -> Duration {
    pace.take(&PACE, 1.0, now);
    // At least a moment, in which more may come.
    pace.owed(&PACE).unwrap_or_default().max(Duration::from_millis(20))
}

fn report(happening: &Agreement) {
    match happening {
        Agreement::InSync(peer) => tracing::info!(peer = %peer.short(), "in sync"),
        Agreement::Reconciling(peer) => {
            tracing::info!(peer = %peer.short(), "comparing catalogues")
        }
        Agreement::CannotAgree(peer) => {
            tracing::warn!(peer = %peer.short(), "catalogues stay different; see the quarantine");
        }
    }
}

/// What the store has for the engine.
async fn answer(store: &Store, ticket: Ticket, load: Load) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded { ticket, changes: Vec::new(), through: None, heads: Vec::new() };
    match load {
        Load::Log { after, not_from } => {
            let page = store.log(after, not_from, PAGE_BYTES, hospes_sync::FRAME_CHANGES).await?;
            loaded.changes = page.changes.into_iter().map(Arc::new).collect();
            loaded.through = Some(page.through);
        }
        Load::Whole { circle, ids } => {
            loaded.changes = store.whole(circle, &ids).await?.into_iter().map(Arc::new).collect();
        }
        Load::Heads { circle, ids } => {
            let keys = store.keys_of(circle, &ids).await?;
            let held = held(store, &keys).await?;
            loaded.heads =
                ids.iter().map(|id| (*id, heads::own_heads(circle, *id, &held))).collect();
        }
        Load::Answer { circle, theirs } => {
            let ids: Vec<_> = theirs.iter().map(|(id, _)| *id).collect();
            let keys = store.keys_of(circle, &ids).await?;
            let held = held(store, &keys).await?;
            let answer = heads::answer(circle, &theirs, &held);
            loaded.changes = store.changes(&answer.send).await?.into_iter().map(Arc::new).collect();
            loaded.heads = answer.lacking;
        }
    }
    Ok(loaded)
}

async fn held(
    store: &Store,
    keys: &[hospes_domain::RecordKey],
) -> Result<BTreeMap<hospes_domain::RecordKey, hospes_sync::admission::Held>, StoreError> {
    let held = store.held(keys).await?;
    Ok(held.into_iter().map(|(key, record)| (key, record.held)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_told_some_times_at_once_and_then_every_ten_seconds_however_much_is_new() {
        let begin = Instant::now();
        let mut pace = Bucket::full(&PACE, begin);
        let at_once =
            (0..12).filter(|_| pause(&mut pace, begin) < Duration::from_millis(100)).count();
        assert_eq!(at_once, 12);
        for _ in 0..1_000 {
            assert!(pause(&mut pace, begin) <= Duration::from_secs(10));
        }
        assert!(pause(&mut pace, begin + Duration::from_secs(60)) < Duration::from_millis(100));
    }
}
