//! Whatever happens, all nodes come to hold the same.
//!
//! `SEED=123 cargo test -p hospes-simulator` runs one storm again; `SIM_SEEDS=5000` runs many.

use hospes_simulator::{Storm, Tally, seeds};

/// What has to have happened in some of the storms, or they prove nothing about it.
const RARE: [&str; 19] = [
    "both dial",
    "create",
    "edit",
    "roll",
    "erase",
    "log",
    "whole",
    "heads",
    "answer",
    "ranges",
    "resume",
    "missing",
    "superseded",
    "refused",
    "restore",
    "lost in a crash",
    "failed read",
    "failed write",
    "in sync",
];

#[test]
fn after_every_storm_all_nodes_hold_the_same() {
    let seeds = seeds(200);
    let mut total = Tally::default();
    for seed in seeds.clone() {
        total.add(&Storm::run(seed));
    }
    if seeds.count() >= 100 {
        for what in RARE {
            assert!(total.times(what) > 0, "no storm had this in it: {what}");
        }
    }
    println!("{total:#?}");
}

#[test]
fn the_same_seed_is_the_same_storm() {
    for seed in 7..10 {
        assert_eq!(Storm::run(seed), Storm::run(seed));
    }
}
