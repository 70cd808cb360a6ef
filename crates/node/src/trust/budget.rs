//! What each peer may cost this node.
//!
//! A center that our admin trusts may turn hostile and send changes without end. So each center
//! has an allowance of everything that its changes use up. What they cost is taken from it
//! afterwards, and time fills it again. A center that has used up an allowance is **paused**: its
//! links stay, its questions are answered, but its changes wait until there is some allowance
//! again, and none of them is acknowledged before.
//!
//! Good changes are cheap: a center that brings 100,000 records for the first time stays far below
//! every allowance. Changes that are refused or cannot be used are dear, and so is time in the
//! merge worker, which all peers share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hospes_domain::CenterId;

use crate::machine::bucket::{Bucket, Rate};

/// No pause is longer: a peer that was honest and unlucky gets on in time.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// Nor is one shorter.
const MOMENT: Duration = Duration::from_millis(50);

/// Something of which a peer has an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Bytes of changes.
    Bytes,
    /// Changes, whatever becomes of them.
    Changes,
    /// Records that were not there before.
    Records,
    /// Changes that were refused, or are built on changes that did not come. An honest peer hands
    /// on nothing that it has not taken in itself, so these are its own doing.
    Useless,
    /// Milliseconds for which the merge worker was busy.
    Worker,
    /// Bytes of everything that is said besides changes, and for each frame what it takes to look at it.
    Talk,
}

/// How much of a resource a peer may use.
struct Allowance {
    resource: Resource,
    rate: Rate,
}

const fn allow(resource: Resource, most: f64, per_second: f64) -> Allowance {
    let debt = per_second * LONGEST_PAUSE.as_secs() as f64;
    Allowance { resource, rate: Rate { most, per_second, debt } }
}

/// The allowances. They are meant for a network of 40 centers with 100,000 records in all, on a
/// machine with one slow core: the first sync of everything takes less than half of each.
const ALLOWANCES: [Allowance; 6] = [
    allow(Resource::Bytes, 512e6, 256e3),
    allow(Resource::Changes, 1e6, 200.0),
    allow(Resource::Records, 300e3, 10.0),
    // An honest peer sends such changes when a center has just ended an epoch.
    allow(Resource::Useless, 2_000.0, 20.0),
    allow(Resource::Worker, 180e3, 250.0),
    allow(Resource::Talk, 64e6, 512e3),
];

impl Resource {
    /// What a peer did that has used up its allowance, in words for an admin.
    pub fn reason(self) -> &'static str {
        match self {
            Resource::Bytes => "it sent more bytes of changes than a peer may",
            Resource::Changes => "it sent more changes than a peer may",
            Resource::Records => "it brought more new records than a peer may",
            Resource::Useless => "it sent too many changes that were refused or built on nothing",
            Resource::Worker => "its changes took too long to merge",
            Resource::Talk => "it said, asked and compared more than a peer may",
        }
    }
}

/// What some changes of a peer have used up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Bytes of changes.
    pub bytes: usize,
    /// Changes.
    pub changes: usize,
    /// Records that were not there before.
    pub records: usize,
    /// See [`Resource::Useless`].
    pub useless: usize,
    /// See [`Resource::Worker`].
    pub worker: Duration,
    /// See [`Resource::Talk`].
    pub talk: usize,
}

impl Cost {
    fn of(&self, resource: Resource) -> f64 {
        match resource {
            Resource::Bytes => self.bytes as f64,
            Resource::Changes => self.changes as f64,
            Resource::Records => self.records as f64,
            Resource::Useless => self.useless as f64,
            Resource::Worker => self.worker.as_secs_f64() * 1000.0,
            Resource::Talk => self.talk as f64,
        }
    }
}

/// Why a peer is paused and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// What it has used up.
    pub resource: Resource,
    /// How long until it may go on, if it uses nothing more.
    pub left: Duration,
}

/// What one peer has left.
#[derive(Debug, Clone, Copy)]
struct Account([Bucket; ALLOWANCES.len()]);

impl Account {
    fn full(now: Instant) -> Self {
        Self(ALLOWANCES.each_ref().map(|allowance| Bucket::full(&allowance.rate, now)))
    }

    fn charge(&mut self, cost: &Cost, now: Instant) {
        for (left, allowance) in self.0.iter_mut().zip(&ALLOWANCES) {
            left.take(&allowance.rate, cost.of(allowance.resource), now);
        }
    }

    fn pauses(&self, now: Instant) -> impl Iterator<Item = Pause> {
        self.0.iter().zip(&ALLOWANCES).filter_map(move |(left, allowance)| {
            let owed = left.refilled(&allowance.rate, now).owed(&allowance.rate)?;
            // At least a moment, so that whoever waits for it does not spin.
            Some(Pause { resource: allowance.resource, left: owed.max(MOMENT) })
        })
    }

    /// The longest of its pauses.
    fn pause(&self, now: Instant) -> Option<Pause> {
        self.pauses(now).max_by_key(|pause| pause.left)
    }

    fn pause_by(&self, resource: Resource, now: Instant) -> Option<Duration> {
        self.pauses(now).find(|pause| pause.resource == resource).map(|pause| pause.left)
    }
}

/// What all peers have left. The handle; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Budgets {
    accounts: Arc<Mutex<BTreeMap<CenterId, Account>>>,
}

impl Budgets {
    /// Takes from a center what its changes have cost.
    pub fn charge(&self, center: CenterId, cost: &Cost, now: Instant) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(center).or_insert_with(|| Account::full(now));
        account.charge(cost, now);
    }

    /// Whether a center is paused, why, and for how long.
    pub fn pause(&self, center: &CenterId, now: Instant) -> Option<Pause> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(center)?.pause(now)
    }

    /// Takes from a center what something besides changes costs, and says how long to wait before
    /// it is heard.
    pub fn talk(&self, center: CenterId, bytes: usize, now: Instant) -> Option<Duration> {
        self.charge(center, &Cost { talk: bytes, ..Cost::default() }, now);
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(&center)?.pause_by(Resource::Talk, now)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const PEER: CenterId = CenterId([1; 32]);
    const OTHER: CenterId = CenterId([2; 32]);

    fn most(resource: Resource) -> usize {
        let found = ALLOWANCES.iter().find(|allowance| allowance.resource == resource);
        found.unwrap().rate.most as usize
    }

    fn paused_by(cost: Cost) -> Option<Resource> {
        let (budgets, now) = (Budgets::default(), Instant::now());
        budgets.charge(PEER, &cost, now);
        assert_eq!(budgets.pause(&OTHER, now), None);
        budgets.pause(&PEER, now).map(|pause| pause.resource)
    }

    #[test]
    fn a_peer_is_paused_by_whatever_it_uses_up() {
        let least = |resource| most(resource) + 1;
        for (cost, expected) in [
            (Cost::default(), None),
            (Cost { bytes: least(Resource::Bytes), ..Cost::default() }, Some(Resource::Bytes)),
            (
                Cost { changes: least(Resource::Changes), ..Cost::default() },
                Some(Resource::Changes),
            ),
            (
                Cost { records: least(Resource::Records), ..Cost::default() },
                Some(Resource::Records),
            ),
            (
                Cost { useless: least(Resource::Useless), ..Cost::default() },
                Some(Resource::Useless),
            ),
            (
                Cost { worker: Duration::from_millis(180_001), ..Cost::default() },
                Some(Resource::Worker),
            ),
            (Cost { talk: least(Resource::Talk), ..Cost::default() }, Some(Resource::Talk)),
        ] {
            assert_eq!(paused_by(cost), expected, "{cost:?}");
        }
    }

    #[test]
    fn the_first_sync_of_a_hundred_thousand_records_takes_less_than_half() {
        // A change of an offer has about 500 bytes; a slow core merges one in half a millisecond.
        let whole = Cost {
            bytes: 100_000 * 700,
            changes: 200_000,
            records: 100_000,
            useless: 200,
            worker: Duration::from_secs(50),
            talk: 10_000_000,
        };
        assert_eq!(paused_by(whole), None);
        let twice = Cost {
            bytes: 2 * whole.bytes,
            changes: 2 * whole.changes,
            records: 2 * whole.records,
            useless: 2 * whole.useless,
            worker: 2 * whole.worker,
            talk: 2 * whole.talk,
        };
        assert_eq!(paused_by(twice), None);
    }

    #[test]
    fn a_pause_ends_by_itself_and_says_when() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let cost = Cost { useless: most(Resource::Useless) + 200, ..Cost::default() };
        budgets.charge(PEER, &cost, now);
        let pause = budgets.pause(&PEER, now).unwrap();
        assert_eq!(pause.left, Duration::from_secs(10));
        let later = now + Duration::from_secs(9);
        assert!(budgets.pause(&PEER, later).unwrap().left < Duration::from_millis(1_001));
        assert_eq!(budgets.pause(&PEER, now + Duration::from_secs(11)), None);
        // A clock that is asked about the past takes nothing away.
        assert_eq!(budgets.pause(&PEER, now).unwrap().left, Duration::from_secs(10));
        // What it asks is heard all the same.
        assert_eq!(budgets.talk(PEER, 1_000, now), None);
        assert!(budgets.talk(PEER, most(Resource::Talk), now).is_some());
    }

    #[test]
    fn no_pause_is_longer_than_ten_minutes_and_quiet_saves_up_no_more_than_the_allowance() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let flood = Cost { useless: 100 * most(Resource::Useless), ..Cost::default() };
        budgets.charge(PEER, &flood, now);
        assert_eq!(budgets.pause(&PEER, now).unwrap().left, LONGEST_PAUSE);
        let year = now + Duration::from_secs(365 * 24 * 3600);
        let again = Cost { useless: most(Resource::Useless) + 1, ..Cost::default() };
        budgets.charge(PEER, &again, year);
        assert!(budgets.pause(&PEER, year).is_some());
    }
}
