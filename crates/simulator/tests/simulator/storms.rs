//! Whatever happens, all nodes come to hold the same.
//!
//! `SEED=123 cargo test -p hospes-simulator` runs one storm again; `SIM_SEEDS=50000` runs many.

use hospes_simulator::{Storm, Tally, seeds};

/// Storms of the ordinary run.
const STORMS: u64 = 2_000;
/// Parts in which they are run, side by side.
const PARTS: u64 = 4;

/// What has to have happened in some of the storms, or they prove nothing about it.
const RARE: [&str; 23] = [
    "both dial",
    "create",
    "edit",
    "roll",
    "erase",
    "meddle",
    "log",
    "whole",
    "heads",
    "answer",
    "ranges",
    "announced",
    "resume",
    "missing",
    "superseded",
    "refused",
    "restore",
    "lost frame",
    "lost in a crash",
    "failed read",
    "failed write",
    "cannot agree",
    "in sync",
];

/// Runs every so many-th of the storms.
fn part(part: u64) {
    let seeds = seeds(STORMS);
    let all = seeds.end - seeds.start;
    let mut total = Tally::default();
    for seed in seeds.filter(|seed| seed % PARTS == part) {
        total.add(&Storm::run(seed));
    }
    if all >= STORMS {
        for what in RARE {
            assert!(total.times(what) > 0, "no storm had this in it: {what}");
        }
    }
    println!("{total:#?}");
}

#[test]
fn after_every_storm_of_the_first_quarter_all_nodes_hold_the_same() {
    part(0);
}

#[test]
fn after_every_storm_of_the_second_quarter_all_nodes_hold_the_same() {
    part(1);
}

#[test]
fn after_every_storm_of_the_third_quarter_all_nodes_hold_the_same() {
    part(2);
}

#[test]
fn after_every_storm_of_the_fourth_quarter_all_nodes_hold_the_same() {
    part(3);
}

#[test]
fn the_same_seed_is_the_same_storm() {
    for seed in 7..10 {
        assert_eq!(Storm::run(seed), Storm::run(seed));
    }
}
