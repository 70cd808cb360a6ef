//! Batches of changes on their way from the sync engine to the ledger: in order for each center,
//! no more of one center than a window at a time, and none of a center that is paused.
//!
//! What the disk did not take waits here and is given to the ledger again, one batch at a time until
//! one succeeds. Nobody is told meanwhile that it is kept, so peers wait too, as soon as their window
//! is full.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hospes_domain::CenterId;
use hospes_sync::{LinkId, SignedChange, Ticket};

use crate::links::memory::Hold;
use crate::machine::disk;
use crate::trust::budget::{Budgets, Cost};

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
    #[expect(dead_code, reason = "it is given back when it is dropped")]
    pub(crate) hold: Option<Hold>,
    /// Its center was charged for it: not again for our disk.
    pub(crate) paid: bool,
}

impl Batch {
    fn weight(&self) -> usize {
        self.changes.iter().map(|change| change.weight()).sum()
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Batch>,
    /// What the ledger has.
    under_way: BTreeMap<Ticket, Batch>,
}

impl Lane {
    /// Puts a batch where it was: tickets are in the order in which batches came.
    fn wait(&mut self, batch: Batch) {
        let place = self.waiting.partition_point(|other| other.ticket < batch.ticket);
        self.waiting.insert(place, batch);
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Intake {
    lanes: BTreeMap<CenterId, Lane>,
    budgets: Budgets,
    /// When to try a disk again that did not take a batch.
    disk: Option<Instant>,
}

impl Intake {
    pub(crate) fn new(budgets: Budgets) -> Self {
        Self { lanes: BTreeMap::new(), budgets, disk: None }
    }

    /// Puts a batch into its center's lane.
    pub(crate) fn put(&mut self, center: CenterId, batch: Batch) {
        self.lanes.entry(center).or_default().waiting.push_back(batch);
    }

    /// What the ledger may have now. It is paid for here, as far as its cost is known.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<(CenterId, Ticket, Vec<Arc<SignedChange>>)> {
        let mut ready = Vec::new();
        let most = match self.disk {
            Some(at) if now < at || self.lanes.values().any(|lane| !lane.under_way.is_empty()) => 0,
            Some(_) => 1,
            None => usize::MAX,
        };
        for (center, lane) in &mut self.lanes {
            let mut total: usize = lane.under_way.values().map(Batch::weight).sum();
            while ready.len() < most
                && total < UNDER_WAY
                && !lane.waiting.is_empty()
                && self.budgets.pause(center, now).is_none()
                && let Some(mut batch) = lane.waiting.pop_front()
            {
                let weight = batch.weight();
                let cost = Cost { bytes: weight, changes: batch.changes.len(), ..Cost::default() };
                if !std::mem::replace(&mut batch.paid, true) {
                    self.budgets.charge(*center, &cost, now);
                }
                total += weight;
                ready.push((*center, batch.ticket, batch.changes.clone()));
                lane.under_way.insert(batch.ticket, batch);
            }
        }
        ready
    }

    /// The disk did not take a batch that the ledger has: it waits and is tried again, in its old
    /// place. What came over a link that is gone will come again.
    pub(crate) fn put_back(
        &mut self,
        ticket: Ticket,
        is_open: impl Fn(LinkId) -> bool,
        now: Instant,
    ) {
        self.disk = Some(now + disk::PAUSE);
        for lane in self.lanes.values_mut() {
            if let Some(batch) = lane.under_way.remove(&ticket).filter(|batch| is_open(batch.link))
            {
                lane.wait(batch);
            }
        }
        self.forget_idle();
    }

    /// The ledger has dealt with a batch. `false` when an earlier one of the same link is not dealt
    /// with: sessions want answers in order, so this one waits and is given to the ledger once more,
    /// which will find all of it held.
    pub(crate) fn done(&mut self, ticket: Ticket) -> bool {
        self.disk = None;
        let mut in_order = true;
        for lane in self.lanes.values_mut() {
            let Some(batch) = lane.under_way.remove(&ticket) else { continue };
            let earlier = |other: &Batch| other.link == batch.link && other.ticket < ticket;
            in_order = !(lane.waiting.iter().any(earlier) || lane.under_way.values().any(earlier));
            if !in_order {
                lane.wait(batch);
            }
        }
        self.forget_idle();
        in_order
    }

    /// The ledger has given up a batch: its link will be closed.
    pub(crate) fn given_up(&mut self, ticket: Ticket) {
        for lane in self.lanes.values_mut() {
            lane.under_way.remove(&ticket);
        }
        self.forget_idle();
    }

    fn forget_idle(&mut self) {
        self.lanes.retain(|_, lane| !(lane.under_way.is_empty() && lane.waiting.is_empty()));
    }

    /// A link is gone. What came over it and waits will come again; what the ledger has goes on.
    pub(crate) fn closed(&mut self, link: LinkId) {
        for lane in self.lanes.values_mut() {
            lane.waiting.retain(|batch| batch.link != link);
        }
    }

    /// When to look again, if something waits for the end of a pause: of its center's, or of the
    /// disk's.
    pub(crate) fn wake_in(&self, now: Instant) -> Option<Duration> {
        if let Some(at) = self.disk {
            let waits = self.lanes.values().any(|lane| !lane.waiting.is_empty());
            let idle = self.lanes.values().all(|lane| lane.under_way.is_empty());
            let left = at.saturating_duration_since(now);
            if !left.is_zero() || !idle {
                return (waits && idle).then_some(left);
            }
        }
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
        Batch { link: ticket, ticket, changes: vec![Arc::new(change)], hold: None, paid: false }
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

    #[test]
    fn what_the_disk_did_not_take_is_tried_again_in_order_and_is_paid_for_once() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let mut intake = Intake::new(budgets);
        for ticket in 1..=4 {
            intake.put(HONEST, batch(ticket, 100));
        }
        assert_eq!(tickets(intake.take(now)), [1, 2, 3, 4]);
        intake.put(HONEST, batch(5, 100));
        for ticket in [2, 1, 4, 3] {
            intake.put_back(ticket, |link| link != 4, now);
        }
        assert_eq!(tickets(intake.take(now)), Vec::<Ticket>::new());
        assert_eq!(intake.wake_in(now), Some(disk::PAUSE));
        let later = now + disk::PAUSE;
        assert_eq!(tickets(intake.take(later)), [1], "one is enough to see how the disk is");
        assert_eq!(tickets(intake.take(later)), Vec::<Ticket>::new());
        assert_eq!(intake.wake_in(later), None, "the answer of the ledger comes first");
        intake.put_back(1, |_| true, later);
        assert_eq!(intake.wake_in(later), Some(disk::PAUSE));
        assert_eq!(tickets(intake.take(later + disk::PAUSE)), [1]);
        intake.done(1);
        let ready = intake.take(later + disk::PAUSE);
        assert_eq!(tickets(ready), [2, 3, 5], "that of a link that is gone comes again");
    }

    #[test]
    fn what_was_kept_before_something_earlier_waits_for_its_turn() {
        let (mut intake, now) = (Intake::new(Budgets::default()), Instant::now());
        for ticket in 1..=3 {
            intake.put(HONEST, Batch { link: 9, ..batch(ticket, 100) });
        }
        assert_eq!(tickets(intake.take(now)), [1, 2, 3]);
        // The driver may hear of the later one first.
        assert!(!intake.done(2));
        intake.put_back(1, |_| true, now);
        assert!(!intake.done(3));
        assert_eq!(tickets(intake.take(now)), [1, 2, 3]);
        assert!(intake.done(1) && intake.done(2) && intake.done(3));
        assert!(intake.lanes.is_empty());
    }

    #[test]
    fn our_disk_is_no_reason_to_pause_a_center() {
        let (budgets, mut now) = (Budgets::default(), Instant::now());
        let mut intake = Intake::new(budgets.clone());
        intake.put(HONEST, batch(1, UNDER_WAY));
        for _ in 0..200 {
            assert_eq!(tickets(intake.take(now)), [1]);
            intake.put_back(1, |_| true, now);
            assert!(budgets.pause(&HONEST, now).is_none());
            now += disk::PAUSE;
        }
    }
}
