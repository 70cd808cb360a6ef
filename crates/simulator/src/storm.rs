//! Everything at once, at random: people work, links break, nodes crash and are restored. Then the
//! weather clears, and all nodes must come to hold the same.

use std::ops::Range;

use hospes_domain::Kind;
use rand::Rng as _;
use rand::seq::IteratorRandom as _;

use crate::name::Name;
use crate::people::Deed;
use crate::tally::Tally;
use crate::world::{Backup, World};

/// A run of random happenings.
pub struct Storm {
    world: World,
    backups: Vec<(Name, Backup)>,
    /// Somebody who does not keep to the rules while the storm lasts.
    outlaw: Option<Name>,
}

/// The seeds that a test is to run: just `SEED` if that is set, otherwise `SIM_SEEDS` of them.
pub fn seeds(default: u64) -> Range<u64> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    match number("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SIM_SEEDS").unwrap_or(default),
    }
}

impl Storm {
    /// Runs one storm to its end, checks what is left, and says what happened.
    pub fn run(seed: u64) -> Tally {
        let mut world = World::of(seed, 5);
        let count = world.rng.random_range(2..=5);
        // The others are there and never heard of: what is sent to nobody must not matter.
        let names: Vec<Name> = world.names().into_iter().take(count).collect();
        for (place, a) in names.iter().enumerate() {
            world.start(*a);
            for b in names.iter().skip(place + 1) {
                if b.0 == a.0 + 1 || world.rng.random_bool(0.4) {
                    world.link(*a, *b);
                }
            }
        }
        if world.rng.random_bool(0.3) {
            world.fail_one_in(60);
        }
        if world.rng.random_bool(0.3) {
            world.lose(20_000);
        }
        let outlaw =
            names.iter().copied().choose(&mut world.rng).filter(|_| world.rng.random_bool(0.2));
        let mut storm = Storm { world, backups: Vec::new(), outlaw };
        for _ in 0..storm.world.rng.random_range(30..120) {
            storm.happen(&names);
            let pause = match storm.world.rng.random_range(0..10) {
                0..4 => 0,
                4..9 => storm.world.rng.random_range(0..300),
                _ => storm.world.rng.random_range(0..30_000),
            };
            storm.world.run_for(pause);
        }
        storm.clear(&names);
        let Storm { mut world, .. } = storm;
        world.run_until_quiet();
        world.assert_converged_among(names.as_slice());
        world.take_tally()
    }

    fn happen(&mut self, names: &[Name]) {
        let world = &mut self.world;
        let mut any = || names.iter().copied().choose(&mut world.rng).unwrap();
        let (a, b) = (any(), any());
        match world.rng.random_range(0..100) {
            0..25 => {
                let kind = Kind::ALL.into_iter().choose(&mut world.rng).unwrap();
                world.people(a, Deed::Create(kind));
            }
            25..50 => world.people(a, Deed::Edit),
            50..55 => match self.outlaw {
                Some(outlaw) if world.is_up(outlaw) => {
                    world.make_lawless(outlaw);
                    world.people(outlaw, Deed::Meddle);
                }
                _ => world.people(a, Deed::Edit),
            },
            55..60 => world.people(a, Deed::Roll),
            60..64 => world.people(a, Deed::Erase),
            64..72 => world.cut(a, b),
            72..75 => world.mute(a, b),
            75..78 => {
                let (here, there): (Vec<Name>, Vec<Name>) =
                    names.iter().partition(|_| world.rng.random());
                world.partition(here, there);
            }
            78..82 => world.heal(),
            82..85 => world.crash(a),
            85..87 => world.vanish(a),
            87..92 => world.start(a),
            92..95 => self.backups.push((a, world.backup(a))),
            95..97 => {
                if let Some((name, backup)) = self.backups.iter().choose(&mut world.rng) {
                    world.restore(*name, backup);
                }
            }
            97..98 => world.accept(a, b, a == b),
            _ => world.accept(a, b, true),
        }
    }

    fn clear(&mut self, names: &[Name]) {
        let world = &mut self.world;
        world.heal();
        world.fail_one_in(0);
        world.lose(0);
        for a in names {
            world.make_lawful(*a);
            world.start(*a);
            for b in names {
                world.accept(*a, *b, true);
            }
        }
    }
}
