//! How links open, carry frames and end.

use hospes_sync::frame::Frame;
use hospes_sync::{Input, LinkId, Opened};
use rand::Rng as _;

use super::{Name, World};
use crate::network::{End, Event, Link};
use crate::tally::sort;

impl World {
    pub(super) fn links_of(&self, name: Name) -> Vec<LinkId> {
        let of = |link: &Link| link.ends.contains(&name) && link.open[link.end_of(name)];
        self.links.iter().filter(|(_, link)| of(link)).map(|(id, _)| *id).collect()
    }

    pub(super) fn links_between(&self, a: Name, b: Name) -> Vec<LinkId> {
        let of = |link: &Link| link.ends.contains(&a) && link.ends.contains(&b);
        self.links.iter().filter(|(_, link)| of(link)).map(|(id, _)| *id).collect()
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
        self.push(far, Event::Opened { link: self.last_link, end: 1 });
        self.push(near, Event::Opened { link: self.last_link, end: 0 });
    }

    pub(super) fn opened(&mut self, id: LinkId, end: End) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let (name, other) = (link.ends[end], link.ends[1 - end]);
        if end == 0 && !link.open[1] {
            // The other side has closed it already, or was gone when the call came.
            self.links.remove(&id);
            self.dial(name, other, 200, 3_000);
            return;
        }
        if !self.is_up(name) {
            return;
        }
        self.links.get_mut(&id).unwrap().open[end] = true;
        let counterpart = &self.nodes[&other];
        let (center, node) = (counterpart.center, counterpart.node);
        let own = &self.nodes[&name].disk;
        let checkpoint = own.checkpoints.get(&node).copied();
        if checkpoint.is_some_and(|place| place < own.last()) {
            self.tally.note("resume");
        }
        self.step(name, &format!("has link {id} to {other}"));
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
            self.links.remove(&id);
        }
        if was_open {
            self.step(name, &format!("loses link {id} to {other}"));
            self.feed(name, Input::Closed(id));
        }
        self.dial(name, other, 200, 3_000);
    }

    pub(super) fn arrived(&mut self, id: LinkId, end: End, frame: Frame, depth: u64) {
        let Some(link) = self.links.get_mut(&id).filter(|link| link.open[end]) else { return };
        link.depth[end] = link.depth[end].max(depth);
        let name = link.ends[end];
        if let Some(sort) = sort(&frame) {
            self.step(name, &format!("gets {sort} on link {id}"));
        }
        self.feed(name, Input::Received(id, frame));
    }
}
