//! What it costs two nodes to come to agree, by what they hold and what differs.

use crate::name::Name;
use crate::world::World;

/// A meeting of two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Records that each of them holds in the end.
    pub records: usize,
    /// Of these, how many were made while they were apart, half of them by each.
    pub changed: usize,
    /// Whether they remember how far the other has their log.
    pub checkpoint: bool,
}

/// What it took. Bytes are those of the application, not compressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Round trips from the opening of the link until both know that they agree, the greeting
    /// included.
    pub round_trips: f64,
    /// Frames of all sorts.
    pub frames: u64,
    /// Bytes of everything but changes.
    pub overhead: u64,
    /// Bytes of changes.
    pub change_bytes: u64,
    /// Changes that were sent.
    pub changes: u64,
}

impl Meeting {
    /// Lets the two nodes hold what they hold, part, write, and meet again.
    pub fn cost(self) -> Cost {
        let (one, two) = (Name(0), Name(1));
        let mut world = World::new((self.records + self.changed) as u64, "ab");
        world.partition("a", "b");
        world.run_for(10_000);
        world.plant(one, "b", self.records - self.changed);
        world.heal();
        world.run_until_quiet();
        world.run_for(60_000);
        world.partition("a", "b");
        world.run_for(5_000);
        world.plant(one, "", self.changed - self.changed / 2);
        world.plant(two, "", self.changed / 2);
        if !self.checkpoint {
            world.forget_checkpoints(one);
            world.forget_checkpoints(two);
        }
        world.take_tally();
        world.heal();
        world.run_until_quiet();
        world.assert_converged();
        let tally = world.take_tally();
        Cost {
            round_trips: tally.depth as f64 / 2.0,
            frames: tally.all_frames(),
            overhead: tally.overhead(),
            change_bytes: tally.change_bytes,
            changes: tally.changes,
        }
    }
}
