//! What it costs to come to agree, as a table.
//!
//! `cargo test -p hospes-simulator --test cost -- --ignored --nocapture`

use hospes_simulator::World;

/// Rounds, frames and bytes until two nodes agree that hold `count` records, of which `changed`
/// are only at one of them.
fn row(count: usize, changed: usize, checkpoint: bool) {
    let mut world = World::new(count as u64 + changed as u64, "ab");
    world.partition("a", "b");
    world.run_for(10_000);
    world.plant('a', "b", count - changed);
    world.heal();
    world.run_until_quiet();
    world.run_for(60_000);
    world.partition("a", "b");
    world.run_for(5_000);
    world.plant('a', "", changed - changed / 2);
    world.plant('b', "", changed / 2);
    if !checkpoint {
        world.forget_checkpoints('a');
        world.forget_checkpoints('b');
    }
    world.take_tally();
    world.heal();
    world.run_until_quiet();
    world.assert_converged();
    let tally = world.take_tally();
    println!(
        "{count:>9} {changed:>9} {:>11} {:>7.1} {:>7} {:>10} {:>11} {:>8}",
        if checkpoint { "yes" } else { "no" },
        tally.depth as f64 / 2.0,
        tally.all_frames(),
        tally.overhead(),
        tally.change_bytes,
        tally.changes,
    );
}

#[test]
#[ignore = "prints a table"]
fn rounds_and_bytes_of_reconciliation() {
    println!(
        "{:>9} {:>9} {:>11} {:>7} {:>7} {:>10} {:>11} {:>8}",
        "records", "changed", "checkpoint", "rounds", "frames", "overhead", "of changes", "changes"
    );
    for count in [1_000, 10_000, 100_000] {
        for changed in [0, 1, 10, 1_000, count] {
            for checkpoint in [true, false] {
                if changed < count || count > 1_000 {
                    row(count, changed, checkpoint);
                }
            }
        }
    }
}
