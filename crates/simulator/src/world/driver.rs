//! What a node's driver does: it carries out what the engine asks for, and tells it what came of it.

use hospes_sync::admission::Refusal;
use hospes_sync::frame::Frame;
use hospes_sync::{Agreement, Effect, Input, LinkId, Load};
use rand::Rng as _;

use super::{What, World};
use crate::name::Name;
use crate::network::Event;
use crate::node::Work;
use crate::people::{self, Deed};

/// Longest that a write, a read, or the way of an answer takes, in milliseconds.
const SLOWEST_WRITE: i64 = 40;
const SLOWEST_READ: i64 = 10;
const SLOWEST_ANSWER: i64 = 5;

impl World {
    pub(super) fn feed(&mut self, name: Name, input: Input) {
        let now = self.now;
        let Some(process) = &mut self.node_mut(name).process else { return };
        for effect in process.engine.handle(now, input) {
            self.carry_out(name, effect);
        }
    }

    pub(super) fn carry_out(&mut self, name: Name, effect: Effect) {
        let run = self.node(name).run;
        match effect {
            Effect::Send(link, frame) => self.send(name, link, frame),
            Effect::Close(id, why) => {
                self.step(name, What::Closes(id, why));
                let Some(link) = self.links.get_mut(&id) else { return };
                let end = link.end_of(name);
                let other = link.ends[1 - end];
                if std::mem::take(&mut link.open[end]) {
                    self.hang_up(id, 1 - end);
                    self.feed(name, Input::Closed(id));
                    self.dial(name, other, 200, 3_000);
                }
            }
            Effect::Load(ticket, load) => {
                match &load {
                    Load::Log { .. } => self.tally.note("log"),
                    Load::Whole { .. } => self.tally.note("whole"),
                    Load::Heads { .. } => self.tally.note("heads"),
                    Load::Answer { .. } => self.tally.note("answer"),
                }
                let at = self.now.plus(self.rng.random_range(0..SLOWEST_READ));
                self.push(at, Event::Read { node: name, run, ticket, load });
            }
            Effect::Admit(_, ticket, from, changes) => {
                let process = self.node_mut(name).process.as_mut().unwrap();
                if process.stalled {
                    return;
                }
                process.work.push_back(Work::Foreign { ticket, from, changes });
                if process.work.len() == 1 {
                    self.write_later(name);
                }
            }
            Effect::Checkpoint(node, place) => {
                self.node_mut(name).disk.checkpoints.insert(node, place);
            }
            Effect::Learn(..) | Effect::Hear(..) | Effect::Heed(..) => {}
            Effect::WakeAt(at) => {
                let process = self.node_mut(name).process.as_mut().unwrap();
                process.alarm = Some(at);
                self.push(at.max(self.now), Event::Alarm { node: name, run });
            }
            Effect::Report(report) => self.tally.note(match report {
                Agreement::InSync(_) => "in sync",
                Agreement::Reconciling(_) => "ranges",
                Agreement::CannotAgree(_) => "cannot agree",
            }),
        }
    }

    pub(super) fn send(&mut self, name: Name, id: LinkId, frame: Frame) {
        let now = self.now;
        if let Frame::Changes(changes) = &frame {
            let disk = &self.node(name).disk;
            for change in &changes.changes {
                let hash = change.hash();
                assert!(disk.ever_had(&hash), "{name} sends {hash:?} before it is committed");
            }
        }
        if matches!(frame, Frame::Announce(_)) {
            self.tally.note("announced");
        }
        let Some(link) = self.links.get(&id) else { return };
        let (end, latency) = (link.end_of(name), link.latency);
        if !link.open[end] {
            return;
        }
        let (stall, breaks) = self.stall_of_losses(latency);
        let jitter = self.rng.random_range(0..10) + stall;
        let Some(link) = self.links.get_mut(&id) else { return };
        let (depth, silent) = (link.depth[end] + 1, link.silent);
        let at = link.arrival(1 - end, now, jitter);
        self.tally.sent(&frame, depth);
        if breaks {
            self.break_link(id);
        } else if !silent {
            self.push(at, Event::Frame { link: id, end: 1 - end, frame, depth });
        }
    }

    pub(super) fn write_later(&mut self, name: Name) {
        let run = self.node(name).run;
        let at = self.now.plus(self.rng.random_range(1..SLOWEST_WRITE));
        self.push(at, Event::Write { node: name, run });
    }

    pub(super) fn written(&mut self, name: Name, run: u64) {
        if !self.is_run(name, run) {
            return;
        }
        let fails = self.fails();
        let now = self.now;
        let process = self.node_mut(name).process.as_mut().unwrap();
        let (author, work) = (process.author, process.work.pop_front().unwrap());
        if !process.work.is_empty() {
            self.write_later(name);
        }
        let node = &self.nodes[name.place()];
        match work {
            Work::Foreign { ticket, .. } if fails => {
                self.tally.note("failed write");
                self.tell(name, Input::Failed(ticket));
            }
            Work::Foreign { ticket, from, changes } => {
                let batch = changes
                    .into_iter()
                    .map(|change| {
                        let known = node.roster.accepts(&change.author.center);
                        let form = if known {
                            self.plants.form(&change)
                        } else {
                            let center = change.author.center;
                            Err(Refusal::NotTrusted(center))
                        };
                        (change, form)
                    })
                    .collect();
                let written = self.write(name, batch, Some(from));
                self.tally.known += written.known;
                self.tally.taken += written.added.len() as u64;
                for (what, count) in [
                    ("missing", written.missing.len()),
                    ("refused", written.refused.len()),
                    ("superseded", written.superseded as usize),
                ] {
                    if count > 0 {
                        self.tally.note(what);
                    }
                }
                self.step(name, What::Does("has written what came"));
                if let Some(committed) = written.committed {
                    self.tell(name, Input::Committed(committed));
                }
                self.tell(name, Input::Admitted { ticket, missing: written.missing });
            }
            Work::Own(deed) => {
                let (disk, partners) = (&self.nodes[name.place()].disk, node.roster.centers());
                let made = people::changes(deed, disk, &author, partners, &mut self.rng);
                for (change, form) in &made {
                    let honest = deed != Deed::Meddle;
                    self.truth.saved(&change.key, change.generation, form, honest, now);
                    self.plants.keep(form);
                }
                let batch = made.into_iter().map(|(change, form)| (change, Ok(form))).collect();
                let written = self.write(name, batch, None);
                assert!(written.missing.is_empty(), "{deed:?} is built on nothing");
                let refused = written.refused;
                assert!(refused.is_empty(), "{deed:?} was refused: {refused:?}");
                if let Some(committed) = written.committed {
                    self.tally.note(match deed {
                        Deed::Create(_) => "create",
                        Deed::Edit => "edit",
                        Deed::Roll => "roll",
                        Deed::Erase => "erase",
                        Deed::Meddle => "meddle",
                    });
                    self.step(name, What::Wrote(deed));
                    self.tell(name, Input::Committed(committed));
                }
            }
        }
    }

    pub(super) fn tell(&mut self, name: Name, input: Input) {
        let delay = self.rng.random_range(0..SLOWEST_ANSWER);
        let now = self.now;
        let node = self.node_mut(name);
        let Some(process) = &mut node.process else { return };
        process.told = now.plus(delay).max(process.told);
        let (at, run) = (process.told, node.run);
        self.push(at, Event::Tell { node: name, run, input });
    }
}
