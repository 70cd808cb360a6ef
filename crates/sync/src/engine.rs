//! The protocol as a pure function: an input and the time go in, effects come out.
//!
//! The engine knows which records exist and what they look like, which links are open and what has
//! been said on each. It asks its driver to load, admit and send; it learns of changes only when
//! they are on disk, and so sends nothing before that.

use std::collections::BTreeMap;
use std::sync::Arc;

use hospes_domain::{CenterId, CircleId, NodeId, RecordKey, Timestamp};

use crate::catalogue::Catalogue;
use crate::change::{SignedChange, Version};
use crate::effect::Effect;
use crate::frame::Frame;
use crate::input::{Committed, Input, Opened};
use crate::lanes::{Feeds, Lanes};
use crate::link::LinkId;
use crate::roster::Roster;
use crate::session::{ASK_AFTER, Session, SessionStatus};
use crate::world::World;

/// One node's side of all its sessions.
pub struct Engine {
    world: World,
    sessions: BTreeMap<LinkId, Session>,
    wake_at: Option<Timestamp>,
}

impl Engine {
    /// An engine for a node with these records and this last place in its log.
    pub fn new(
        node: NodeId,
        software: &str,
        roster: Roster,
        position: u64,
        records: impl IntoIterator<Item = (RecordKey, Version)>,
    ) -> Self {
        let mut circles = BTreeMap::from([(CircleId::COMMONS, Catalogue::new(CircleId::COMMONS))]);
        for (key, version) in records {
            circles
                .entry(key.circle)
                .or_insert_with(|| Catalogue::new(key.circle))
                .set(&key, version);
        }
        let world = World {
            node,
            software: software.to_owned(),
            circles,
            roster,
            alarms: BTreeMap::new(),
            vouches: BTreeMap::new(),
            position,
            last_ticket: 0,
            tickets: BTreeMap::new(),
            feeds: Feeds::default(),
            asked: BTreeMap::new(),
        };
        Self { world, sessions: BTreeMap::new(), wake_at: None }
    }

    /// Takes an input in and says what is to be done about it, in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Opened(opened) => self.opened(now, opened, &mut effects),
            Input::Closed(link) => self.closed(now, link, &mut effects),
            Input::Received(link, frame) => {
                self.with(now, link, &mut effects, |session, world, effects| {
                    session.received(now, frame, world, effects)
                });
            }
            Input::Loaded(loaded) => {
                if let Some(link) = self.world.tickets.remove(&loaded.ticket) {
                    self.with(now, link, &mut effects, |session, world, effects| {
                        session.loaded(now, loaded, world, effects)
                    });
                }
            }
            Input::Admitted { ticket, missing } => {
                if let Some(link) = self.world.tickets.remove(&ticket) {
                    self.with(now, link, &mut effects, |session, world, effects| {
                        session.admitted(now, ticket, &missing, world, effects)
                    });
                }
            }
            Input::Failed(ticket) => {
                if let Some(link) = self.world.tickets.remove(&ticket) {
                    self.close(now, link, "our store could not answer", &mut effects);
                }
            }
            Input::Committed(committed) => self.committed(now, &committed, &mut effects),
            Input::RosterChanged(roster) => self.roster_changed(now, roster, &mut effects),
            Input::AlarmsChanged(alarms) => {
                self.world.alarms =
                    alarms.into_iter().map(|alarm| (alarm.digest(), alarm)).collect();
                for link in self.links() {
                    self.with(now, link, &mut effects, |session, world, effects| {
                        session.tell_alarms(now, world, effects);
                        Ok(())
                    });
                }
            }
            Input::VouchesChanged(vouches) => {
                self.world.vouches =
                    vouches.into_iter().map(|vouch| (vouch.digest(), vouch)).collect();
                for link in self.links() {
                    self.with(now, link, &mut effects, |session, world, effects| {
                        session.tell_vouches(now, world, effects);
                        Ok(())
                    });
                }
            }
            Input::Tick => {
                self.wake_at = None;
                self.world.asked.retain(|_, at| now.since(*at) < ASK_AFTER);
                for link in self.links() {
                    self.with(now, link, &mut effects, |session, world, effects| {
                        session.tick(now, world, effects)
                    });
                }
            }
        }
        self.set_alarm(&mut effects);
        effects
    }

    /// How the session of a link stands.
    pub fn status(&self, link: LinkId) -> Option<SessionStatus> {
        self.sessions.get(&link).map(|session| session.status(&self.world))
    }

    /// The open links.
    pub fn links(&self) -> Vec<LinkId> {
        self.sessions.keys().copied().collect()
    }

    /// What a record looks like to this engine.
    pub fn version(&self, key: &RecordKey) -> Option<Version> {
        self.world.circles.get(&key.circle)?.get(key)
    }

    fn opened(&mut self, now: Timestamp, opened: Opened, effects: &mut Vec<Effect>) {
        if opened.node == self.world.node {
            effects.push(Effect::Close(opened.link, "the other end is this node".to_owned()));
            return;
        }
        let rival = self
            .sessions
            .iter()
            .find(|(_, session)| session.node() == opened.node)
            .map(|(link, session)| (*link, session.dialed()));
        if let Some((old, old_dialed)) = rival {
            // Both sides dialed at once: the link that the lower node dialed stays, on both sides.
            // The same side dialed again: the old one is dead and does not know it yet.
            let keep_new =
                old_dialed == opened.dialed || opened.dialed == (self.world.node < opened.node);
            if !keep_new {
                effects.push(Effect::Close(opened.link, "there is a link already".to_owned()));
                return;
            }
            self.close(now, old, "a newer link took its place", effects);
        }
        let link = opened.link;
        let mut session = Session::new(now, opened, &self.world);
        session.greet(now, &self.world, effects);
        if !self.sessions.is_empty() {
            session.catch_up(now, effects);
        }
        self.sessions.insert(link, session);
    }

    fn committed(&mut self, now: Timestamp, committed: &Committed, effects: &mut Vec<Effect>) {
        let before = self.world.position;
        self.world.position = committed.position.max(before);
        for (key, version) in &committed.versions {
            let catalogue =
                self.world.circles.entry(key.circle).or_insert_with(|| Catalogue::new(key.circle));
            let old = catalogue.set(key, *version);
            for session in self.sessions.values_mut() {
                session.moved(key, old, *version, &self.world.roster);
            }
        }
        if let Some(source) = &committed.source {
            self.fed(now, source, &committed.changes, effects);
        }
        for link in self.links() {
            self.with(now, link, effects, |session, world, effects| {
                session.committed(now, before, committed, world, effects)
            });
        }
    }

    /// Notes over which link something new came.
    fn fed(
        &mut self,
        now: Timestamp,
        source: &CenterId,
        changes: &[Arc<SignedChange>],
        effects: &mut Vec<Effect>,
    ) {
        let lanes = changes.iter().map(|change| Lanes::of(&change.key.steward)).collect();
        let by = self.sessions.iter_mut().find(|(_, session)| session.center() == *source);
        if let Some((link, session)) = by {
            self.world.feeds.fed(*link, lanes);
            session.fed(now, lanes, effects);
        }
    }

    fn roster_changed(&mut self, now: Timestamp, roster: Roster, effects: &mut Vec<Effect>) {
        if roster == self.world.roster {
            return;
        }
        self.world.roster = roster;
        for link in self.links() {
            self.with(now, link, effects, |session, world, effects| {
                session.roster_changed(now, world, effects)
            });
        }
    }

    fn closed(&mut self, now: Timestamp, link: LinkId, effects: &mut Vec<Effect>) {
        if let Some(session) = self.sessions.remove(&link) {
            session.farewell(effects);
        }
        self.world.tickets.retain(|_, of| *of != link);
        // What it brought first has to come over another link now: it will show over which.
        let orphaned = self.world.feeds.forget(link);
        for session in self.sessions.values_mut() {
            session.want(now, orphaned, effects);
        }
    }

    fn close(&mut self, now: Timestamp, link: LinkId, why: &str, effects: &mut Vec<Effect>) {
        self.closed(now, link, effects);
        effects.push(Effect::Send(link, Frame::Bye(why.to_owned())));
        effects.push(Effect::Close(link, why.to_owned()));
    }

    fn with(
        &mut self,
        now: Timestamp,
        link: LinkId,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut Session, &mut World, &mut Vec<Effect>) -> Result<(), String>,
    ) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        if let Err(why) = act(session, &mut self.world, effects) {
            self.close(now, link, &why, effects);
        }
    }

    fn set_alarm(&mut self, effects: &mut Vec<Effect>) {
        let next = self.sessions.values().map(Session::wake_at).min();
        if let Some(at) = next
            && self.wake_at.is_none_or(|set| at < set)
        {
            self.wake_at = Some(at);
            effects.push(Effect::WakeAt(at));
        }
    }
}
