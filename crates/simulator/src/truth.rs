//! What was really saved, and who holds it: known to nobody in the world, kept beside it.
//!
//! It is looked at with every step, and only at what the step touched.

use std::collections::HashMap;

use hospes_domain::{RecordKey, Timestamp};
use hospes_sync::admission::{Form, Held};
use hospes_sync::{ChangeHash, Generation};

/// Every change that was ever committed where it was made.
#[derive(Default)]
pub(crate) struct Truth {
    changes: HashMap<ChangeHash, Fact>,
}

struct Fact {
    key: RecordKey,
    generation: Generation,
    born: Timestamp,
    /// Whether the rules allow it, and all that it is built on.
    allowed: bool,
    /// Disks that hold it. None when all have replaced it, or when those that had it were put
    /// back to an earlier time, which is nobody's fault.
    holders: u32,
}

impl Truth {
    /// Somebody has saved a change; `honest` if they were allowed to make it.
    pub(crate) fn saved(
        &mut self,
        key: &RecordKey,
        generation: Generation,
        form: &Form,
        honest: bool,
        now: Timestamp,
    ) {
        let below =
            form.deps.iter().all(|dep| self.changes.get(dep).is_some_and(|fact| fact.allowed));
        self.changes.entry(form.hash).or_insert(Fact {
            key: *key,
            generation,
            born: now,
            allowed: honest && below,
            holders: 0,
        });
    }

    /// A disk holds a change from now on. When it was saved first.
    ///
    /// # Panics
    ///
    /// When nobody made it, or when somebody who keeps to the rules holds what must not be held.
    pub(crate) fn held(&mut self, hash: &ChangeHash, lawless: bool) -> Timestamp {
        let Some(fact) = self.changes.get_mut(hash) else { panic!("nobody made {hash:?}") };
        assert!(fact.allowed || lawless, "{hash:?} of {:?} must not be held", fact.key);
        fact.holders += 1;
        fact.born
    }

    /// A disk has replaced a change by a higher generation, which it holds now.
    ///
    /// # Panics
    ///
    /// When it does not hold any that replaces it.
    pub(crate) fn replaced(&mut self, hash: &ChangeHash, by: &Held) {
        let fact = self.changes.get_mut(hash).unwrap();
        fact.holders -= 1;
        let replaces =
            by.generation > fact.generation || (by.erased && by.generation == fact.generation);
        assert!(replaces, "{hash:?} of {:?} is gone and nothing is in its place", fact.key);
    }

    /// A disk was taken away, with these on it.
    pub(crate) fn removed(&mut self, hashes: impl Iterator<Item = ChangeHash>) {
        for hash in hashes {
            self.changes.get_mut(&hash).unwrap().holders -= 1;
        }
    }

    /// Whether the rules allow a change.
    pub(crate) fn allows(&self, hash: &ChangeHash) -> bool {
        self.changes.get(hash).is_some_and(|fact| fact.allowed)
    }

    /// Asserts that a node holds every change that is still held anywhere, or what replaced it.
    pub(crate) fn check_complete<'a>(
        &self,
        who: impl std::fmt::Display,
        held: impl Fn(&RecordKey) -> Option<&'a Held>,
    ) {
        for (hash, fact) in &self.changes {
            if fact.holders == 0 || !fact.allowed {
                continue;
            }
            let found = held(&fact.key).is_some_and(|held| {
                held.changes.contains_key(hash) || held.generation > fact.generation || held.erased
            });
            assert!(found, "{who} never got {hash:?} of {:?}", fact.key);
        }
    }
}
