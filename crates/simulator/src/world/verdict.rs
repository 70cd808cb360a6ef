//! What is asserted of a world: that it comes to rest, and that all hold the same then.

use std::fmt::Write as _;

use super::*;

impl World {
    /// Asserts that all nodes hold the same, and that it is all that was saved and is allowed.
    pub fn assert_converged(&self) {
        self.assert_converged_among(self.names());
    }

    /// Asserts the same of some nodes, of which the others have got nothing.
    pub fn assert_converged_among(&self, names: impl Into<Names>) {
        let names = names.into();
        self.assert_agree(names.0.as_slice());
        for name in names.0 {
            self.truth.check_complete(name, |key| self.node(name).disk.held(key));
        }
    }

    /// Asserts that these nodes hold the same, and that what they hold is allowed.
    pub fn assert_agree(&self, names: impl Into<Names>) {
        let names = names.into().0;
        for name in &names {
            self.assert_sound(*name);
        }
        let Some((first, others)) = names.split_first() else { return };
        for other in others {
            let (one, two) = (&self.node(*first).disk, &self.node(*other).disk);
            let differ: Vec<&RecordKey> = one
                .records()
                .map(|(key, _)| key)
                .chain(two.records().map(|(key, _)| key))
                .filter(|key| !same(one.held(key), two.held(key)))
                .collect();
            assert!(differ.is_empty(), "{first} and {other} differ in {differ:?}");
        }
    }

    /// Number of records that a node holds, erased ones included.
    pub fn count(&self, name: impl Into<Name>) -> usize {
        self.node(name.into()).disk.records().count()
    }

    /// Number of changes that a node holds.
    pub fn changes(&self, name: impl Into<Name>) -> usize {
        self.node(name.into()).disk.records().map(|(_, held)| held.changes.len()).sum()
    }

    /// Whether a node's sessions with another are in sync.
    pub fn in_sync(&self, name: impl Into<Name>, other: impl Into<Name>) -> bool {
        let (name, other) = (name.into(), other.into());
        let Some(process) = &self.node(name).process else { return false };
        let status = |link: &LinkId| process.engine.status(*link);
        self.links_between(name, other).iter().filter_map(status).any(|status| status.in_sync)
    }

    /// Number of changes that a node thinks another has not confirmed.
    pub fn behind(&self, name: impl Into<Name>, other: impl Into<Name>) -> Option<u64> {
        let (name, other) = (name.into(), other.into());
        let process = self.node(name).process.as_ref()?;
        let links = self.links_between(name, other);
        links.iter().find_map(|link| process.engine.status(*link)).map(|status| status.behind)
    }

    /// Every change was checked when it was written; here, that the engine knows of it.
    fn assert_sound(&self, name: Name) {
        let node = self.node(name);
        if !node.disk.lawless {
            for (key, _) in node.disk.records() {
                node.disk.check(key, |change| self.plants.form(change).unwrap());
            }
        }
        let Some(process) = &node.process else { return };
        for (key, version) in node.disk.versions() {
            let seen: Option<Version> = process.engine.version(&key);
            assert_eq!(seen, Some(version), "{name} has another picture of {key:?}");
        }
    }

    /// Whether every link between friends is open and in sync, and nothing is under way.
    pub(super) fn quiet(&mut self) -> bool {
        if self.coming > 0 || self.restless.is_some_and(|(a, b)| !self.at_rest(a, b)) {
            return false;
        }
        let restless = self.friendships().find(|(a, b)| !self.at_rest(*a, *b));
        self.restless = restless;
        restless.is_none()
    }

    fn friendships(&self) -> impl Iterator<Item = (Name, Name)> {
        (0..).map(Name).zip(&self.nodes).flat_map(|(name, node)| {
            node.friends.iter().filter(move |other| **other > name).map(move |other| (name, *other))
        })
    }

    fn at_rest(&self, a: Name, b: Name) -> bool {
        let apart = self.walls.contains(&(a, b)) || !self.is_up(a) || !self.is_up(b);
        apart || (self.in_sync(a, b) && self.in_sync(b, a))
    }

    pub(super) fn unrest(&self) -> String {
        let mut text = format!("{} events to come", self.coming);
        for (a, b) in self.friendships().flat_map(|(a, b)| [(a, b), (b, a)]) {
            if !self.in_sync(a, b) {
                let _ = write!(text, "; {a} is not in sync with {b}");
            }
        }
        text
    }
}

/// Two tombstones of one generation are as good as one.
fn same(one: Option<&Held>, two: Option<&Held>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => {
            one == two || (one.erased && two.erased && one.generation == two.generation)
        }
        (one, two) => one.is_none() && two.is_none(),
    }
}
