//! Batches of changes on their way from the sync engine to the ledger: in order for each center,
//! no more of one center than a window at a time, and none of a center that is paused.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hospes_domain::CenterId;
use hospes_sync::{LinkId, SignedChange, Ticket};

use crate::budget::{Budgets, Cost};
use crate::memory::Hold;

/// Bytes of one center's changes that are with the ledger at once: the window that an honest peer
/// keeps. What somebody sends beyond it must not stand before the changes of others.
const UNDER_WAY: usize = 4 * 1024 * 1024;

/// Changes that came in one frame.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) link: LinkId,
    pub(crate) ticket: Ticket,
    pub(crate) changes: Vec<Arc<SignedChange>>,
    /// The memory that they take; given back when they are dealt with.
    pub(crate) hold: Option<Hold>,
}

impl Batch {
    fn weight(&self) -> usize {
        self.changes.iter().map(|change| change.weight()).sum()
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Batch>,
    /// Weight and memory of what the ledger has.
    under_way: BTreeMap<Ticket, (usize, Option<Hold>)>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Intake {
    lanes: BTreeMap<CenterId, Lane>,
    budgets: Budgets,
}

impl Intake {
    pub(crate) fn new(budgets: Budgets) -> Self {
        Self { lanes: BTreeMap::new(), budgets }
    }

    /// Puts a batch into its center's lane.
    pub(crate) fn put(&mut self, center: CenterId, batch: Batch) {
        self.lanes.entry(center).or_default().waiting.push_back(batch);
    }

    /// What the ledger may have now. It is paid for here, as far as its cost is known.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<(CenterId, Ticket, Vec<Arc<SignedChange>>)> {
        let mut ready = Vec::new();
        for (center, lane) in &mut self.lanes {
            let mut total: usize = lane.under_way.values().map(|(weight, _)| weight).sum();
            while total < UNDER_WAY
                && !lane.waiting.is_empty()
                && self.budgets.pause(center, now).is_none()
                && let Some(batch) = lane.waiting.pop_front()
            {
                let weight = batch.weight();
                let cost = Cost { bytes: weight, changes: batch.changes.len(), ..Cost::default() };
                self.budgets.charge(*center, &cost, now);
                total += weight;
                lane.under_way.insert(batch.ticket, (weight, batch.hold));
                ready.push((*center, batch.ticket, batch.changes));
            }
        }
        ready
    }

    /// The ledger has dealt with a batch.
    pub(crate) fn done(&mut self, ticket: Ticket) {
        self.lanes.retain(|_, lane| {
            lane.under_way.remove(&ticket);
            !(lane.under_way.is_empty() && lane.waiting.is_empty())
        });
    }

    /// A link is gone. What came over it and waits will come again; what the ledger has goes on.
    pub(crate) fn closed(&mut self, link: LinkId) {
        for lane in self.lanes.values_mut() {
            lane.waiting.retain(|batch| batch.link != link);
        }
    }

    /// When to look again, if some center that is paused has something waiting.
    pub(crate) fn wake_in(&self, now: Instant) -> Option<Duration> {
        let waiting = self.lanes.iter().filter(|(_, lane)| !lane.waiting.is_empty());
        waiting.filter_map(|(center, _)| Some(self.budgets.pause(center, now)?.left)).min()
    }

    /// Of the paused centers, the one of which most waits.
    pub(crate) fn fullest_paused(&self, now: Instant) -> Option<CenterId> {
        let paused = self.lanes.iter().filter(|(center, lane)| {
            !lane.waiting.is_empty() && self.budgets.pause(center, now).is_some()
        });
        let weight = |lane: &Lane| lane.waiting.iter().map(Batch::weight).sum::<usize>();
        paused.max_by_key(|(_, lane)| weight(lane)).map(|(center, _)| *center)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{CircleId, Kind, NodeId, RecordId, RecordKey};
    use hospes_sync::{Author, Body};

    use super::*;

    const HONEST: CenterId = CenterId([1; 32]);
    const HOSTILE: CenterId = CenterId([2; 32]);

    fn batch(ticket: Ticket, bytes: usize) -> Batch {
        let steward = HONEST;
        let change = SignedChange {
            key: RecordKey {
                circle: CircleId::COMMONS,
                id: RecordId::from_random([3; 16]),
                steward,
                kind: Kind::Offer,
            },
            generation: 1,
            author: Author { center: steward, node: NodeId([4; 32]), epoch: 1, writer: [5; 16] },
            body: Body::Chunk(vec![0; bytes]),
            signature: [0; 64],
        };
        Batch { link: ticket, ticket, changes: vec![Arc::new(change)], hold: None }
    }

    fn tickets(ready: Vec<(CenterId, Ticket, Vec<Arc<SignedChange>>)>) -> Vec<Ticket> {
        ready.into_iter().map(|(_, ticket, _)| ticket).collect()
    }

    #[test]
    fn the_ledger_gets_a_window_of_each_center_and_the_rest_in_order() {
        let (mut intake, now) = (Intake::new(Budgets::default()), Instant::now());
        for ticket in 1..=6 {
            intake.put(HOSTILE, batch(ticket, UNDER_WAY / 3));
        }
        intake.put(HONEST, batch(7, 100));
        let mut first = tickets(intake.take(now));
        first.sort_unstable();
        assert_eq!(first, [1, 2, 3, 7]);
        assert_eq!(tickets(intake.take(now)), Vec::<Ticket>::new());
        intake.done(1);
        assert_eq!(tickets(intake.take(now)), [4]);
        intake.closed(5);
        intake.done(2);
        assert_eq!(tickets(intake.take(now)), [6]);
        for ticket in [3, 4, 6, 7] {
            intake.done(ticket);
        }
        assert!(intake.lanes.is_empty(), "nobody is remembered without need");
    }

    #[test]
    fn what_a_paused_center_sent_waits_and_others_go_on() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let mut intake = Intake::new(budgets.clone());
        let flood = Cost { useless: 2_100, ..Cost::default() };
        budgets.charge(HOSTILE, &flood, now);
        intake.put(HOSTILE, batch(1, 100));
        intake.put(HONEST, batch(2, 100));
        assert_eq!(tickets(intake.take(now)), [2]);
        assert_eq!(intake.wake_in(now), Some(Duration::from_secs(5)));
        assert_eq!(intake.fullest_paused(now), Some(HOSTILE));
        let later = now + Duration::from_secs(6);
        assert_eq!(intake.fullest_paused(later), None);
        assert_eq!(tickets(intake.take(later)), [1]);
        assert_eq!(intake.wake_in(later), None);
    }
}
