//! What two nodes spend to come to agree stays within its budgets.
//!
//! `cargo xtask reconciliation` prints the whole table.

use hospes_simulator::cost::Meeting;

const RECORDS: usize = 100_000;

#[test]
fn with_nothing_changed_it_takes_a_round_trip_after_the_greeting() {
    let cost = Meeting { records: RECORDS, changed: 0, checkpoint: true }.cost();
    println!("{cost:?}");
    assert!(cost.round_trips <= 2.0 && cost.overhead <= 1_024, "{cost:?}");
}

#[test]
fn with_a_checkpoint_ten_changes_take_three_round_trips() {
    let cost = Meeting { records: RECORDS, changed: 10, checkpoint: true }.cost();
    println!("{cost:?}");
    assert!(cost.round_trips <= 3.0, "{cost:?}");
    assert!(cost.overhead + cost.change_bytes <= 12 * 1_024, "{cost:?}");
}

#[test]
fn without_a_checkpoint_ten_changes_take_six_round_trips() {
    let cost = Meeting { records: RECORDS, changed: 10, checkpoint: false }.cost();
    println!("{cost:?}");
    assert!(cost.round_trips <= 6.0, "{cost:?}");
    assert!(cost.overhead + cost.change_bytes <= 24 * 1_024, "{cost:?}");
}
