//! Networks of many nodes: what is passed on once comes once, and comes to all.

use hospes_simulator::report::{Options, Weather, report, run};

#[test]
fn at_four_friends_each_a_change_comes_hardly_more_often_than_it_is_needed() {
    let row = run(1, 40, Some(4), Weather::Calm, 200);
    assert!(row.amplification <= 1.3, "{row:?}");
    // Nobody waits for a change in vain: a second is twice the time after which it is asked for.
    let [median, _, last] = row.to_all;
    assert!(median <= 1_000 && last <= 5_000, "{row:?}");
}

#[test]
fn a_network_of_friends_comes_to_agree_in_rough_weather() {
    for seed in 0..6 {
        let row = run(seed, 40, None, Weather::Rough, 120);
        assert!(row.changes >= 110, "{row:?}");
        assert!(row.amplification <= 4.0, "{row:?}");
    }
}

#[test]
fn the_same_seed_is_the_same_report() {
    let options = Options { nodes: vec![12], degrees: vec![3], seed: 5, changes: 30 };
    let (one, two) = (report(&options, |_| {}), report(&options, |_| {}));
    assert_eq!(one, two);
    assert_eq!(one.json(), two.json());
    assert_eq!(one.rows.len(), 4);
}
