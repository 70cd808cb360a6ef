//! How links open, carry frames and end.

use std::collections::BTreeSet;

use hospes_sync::frame::Frame;
use hospes_sync::{Input, LinkId, Opened};
use rand::Rng as _;
use rand::seq::IteratorRandom as _;

use super::{What, World};
use crate::name::{Name, Names};
use crate::network::{End, Event, Link};
use crate::tally::sort;

/// Times that a frame may be lost in a row.
const MOST_LOSSES: usize = 6;

impl World {
    /// Lets no frame pass between two groups, and cuts the links between them.
    pub fn partition(&mut self, these: impl Into<Names>, those: impl Into<Names>) {
        let those: BTreeSet<Name> = those.into().0.into_iter().collect();
        for a in these.into().0 {
            let friends = self.node(a).friends.intersection(&those).copied();
            for b in friends.collect::<Vec<_>>() {
                self.walls.insert((a.min(b), a.max(b)));
                self.cut(a, b);
            }
        }
    }

    /// Takes all walls away.
    pub fn heal(&mut self) {
        self.walls.clear();
    }

    /// Cuts the links between two nodes; what is under way may still come or not.
    pub fn cut(&mut self, a: impl Into<Name>, b: impl Into<Name>) {
        for link in self.links_between(a.into(), b.into()) {
            self.break_link(link);
        }
    }

    /// Cuts a link of a node, if it has any.
    pub fn cut_one(&mut self, name: impl Into<Name>) {
        if let Some(link) = self.links_of(name.into()).into_iter().choose(&mut self.rng) {
            self.break_link(link);
        }
    }

    pub(super) fn break_link(&mut self, link: LinkId) {
        let jitter = self.rng.random_range(0..200);
        for end in [0, 1] {
            let at = self.now.plus(jitter + self.rng.random_range(0..50));
            self.push(at, Event::Hangup { link, end });
        }
    }

    /// Lets frames between two nodes vanish without either noticing.
    pub fn mute(&mut self, a: impl Into<Name>, b: impl Into<Name>) {
        for link in self.links_between(a.into(), b.into()) {
            self.links.get_mut(&link).unwrap().silent = true;
        }
    }

    /// Lets so many of a million frames be lost. What is lost is sent again after a while, as TCP
    /// does, and everything behind it waits; what is lost again and again ends the link.
    pub fn lose(&mut self, of_a_million: u32) {
        self.loss = of_a_million;
    }

    /// How long a frame waits because it was lost, and whether its link gives up.
    pub(super) fn stall_of_losses(&mut self, latency: i64) -> (i64, bool) {
        let mut wait = 200 + 2 * latency;
        let mut stall = 0;
        for _ in 0..MOST_LOSSES {
            if self.loss == 0 || self.rng.random_range(0..1_000_000) >= self.loss {
                return (stall, false);
            }
            self.tally.note("lost frame");
            stall += wait;
            wait *= 2;
        }
        self.tally.note("broken by losses");
        (stall, true)
    }

    pub(super) fn links_of(&self, name: Name) -> Vec<LinkId> {
        let open = |id: &LinkId| {
            let link = &self.links[id];
            link.open[link.end_of(name)]
        };
        self.node(name).links.iter().filter(|id| open(id)).copied().collect()
    }

    pub(super) fn links_between(&self, a: Name, b: Name) -> Vec<LinkId> {
        self.node(a).links.intersection(&self.node(b).links).copied().collect()
    }

    fn remove(&mut self, id: LinkId) {
        if let Some(link) = self.links.remove(&id) {
            for name in link.ends {
                self.node_mut(name).links.remove(&id);
            }
        }
    }

    pub(super) fn dial(&mut self, from: Name, to: Name, soonest: i64, latest: i64) {
        if self.dialing.insert((from, to)) {
            let at = self.now.plus(self.rng.random_range(soonest..=latest));
            self.push(at, Event::Dial { from, to });
        }
    }

    pub(super) fn dialed(&mut self, from: Name, to: Name) {
        self.dialing.remove(&(from, to));
        if !self.is_up(from) {
            return;
        }
        if self.links_of(from).iter().any(|link| self.links[link].ends.contains(&to)) {
            return;
        }
        if !self.is_up(to) || self.walls.contains(&(from.min(to), from.max(to))) {
            self.dial(from, to, 1_000, 5_000);
            return;
        }
        if !self.links_between(from, to).is_empty() {
            self.tally.note("both dial");
        }
        self.last_link += 1;
        let link = Link::new([from, to], self.rng.random_range(5..150), self.now);
        let (near, far) = (self.now.plus(2 * link.latency), self.now.plus(link.latency));
        self.links.insert(self.last_link, link);
        for name in [from, to] {
            let id = self.last_link;
            self.node_mut(name).links.insert(id);
        }
        self.push(far, Event::Opened { link: self.last_link, end: 1 });
        self.push(near, Event::Opened { link: self.last_link, end: 0 });
    }

    pub(super) fn opened(&mut self, id: LinkId, end: End) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let (name, other) = (link.ends[end], link.ends[1 - end]);
        if end == 0 && !link.open[1] {
            // The other side has closed it already, or was gone when the call came.
            self.remove(id);
            self.dial(name, other, 200, 3_000);
            return;
        }
        if !self.is_up(name) {
            return;
        }
        self.links.get_mut(&id).unwrap().open[end] = true;
        let counterpart = self.node(other);
        let (center, node) = (counterpart.center, counterpart.node);
        let own = &self.node(name).disk;
        let checkpoint = own.checkpoints.get(&node).copied();
        if checkpoint.is_some_and(|place| place < own.last()) {
            self.tally.note("resume");
        }
        self.step(name, What::Opens(id, other));
        let nonce = self.rng.random();
        let opened = Opened { link: id, center, node, dialed: end == 0, nonce, checkpoint };
        self.feed(name, Input::Opened(opened));
    }

    /// Lets one end learn that the other has closed the link, after all that was sent before.
    pub(super) fn hang_up(&mut self, id: LinkId, end: End) {
        let now = self.now;
        let jitter = self.rng.random_range(0..30);
        let Some(link) = self.links.get_mut(&id) else { return };
        if link.silent {
            return;
        }
        let at = link.arrival(end, now, jitter);
        self.push(at, Event::Hangup { link: id, end });
    }

    pub(super) fn hung_up(&mut self, id: LinkId, end: End) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let (name, other) = (link.ends[end], link.ends[1 - end]);
        let was_open = std::mem::take(&mut link.open[end]);
        if link.open == [false, false] {
            self.remove(id);
        }
        if was_open {
            self.step(name, What::Loses(id, other));
            self.feed(name, Input::Closed(id));
        }
        self.dial(name, other, 200, 3_000);
    }

    pub(super) fn arrived(&mut self, id: LinkId, end: End, frame: Frame, depth: u64) {
        let Some(link) = self.links.get_mut(&id).filter(|link| link.open[end]) else { return };
        link.depth[end] = link.depth[end].max(depth);
        let name = link.ends[end];
        if let Some(sort) = sort(&frame) {
            self.step(name, What::Gets(sort, id));
        }
        self.feed(name, Input::Received(id, frame));
    }
}
