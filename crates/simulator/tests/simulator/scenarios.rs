//! What must not happen, one story at a time.

use hospes_domain::Kind;
use hospes_simulator::{Deed, World};

/// What the people of these nodes do in a quarter of an hour.
fn work(world: &mut World, names: &str, rounds: usize) {
    for _ in 0..rounds {
        for name in names.chars() {
            world.people(name, Deed::Create(Kind::Offer));
            world.people(name, Deed::Create(Kind::Template));
            world.people(name, Deed::Edit);
        }
        world.run_for(400);
    }
}

#[test]
fn what_is_saved_at_one_node_comes_to_all() {
    let mut world = World::new(1, "abc");
    work(&mut world, "abc", 5);
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!(world.count('a'), 30);
}

#[test]
fn a_node_carries_what_it_got_on_to_the_next() {
    let mut world = World::chain(2, "abcd");
    work(&mut world, "a", 5);
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!(world.count('d'), 10);
}

#[test]
fn two_halves_meet_again() {
    let mut world = World::new(3, "abcd");
    work(&mut world, "ad", 3);
    world.run_until_quiet();
    world.partition("a", "bcd");
    work(&mut world, "abcd", 3);
    world.run_for(60_000);
    assert_ne!(world.count('a'), world.count('b'));
    world.heal();
    world.run_until_quiet();
    world.assert_converged();
}

#[test]
fn co_maintainers_of_a_template_work_on_it_apart_and_both_are_heard() {
    let mut world = World::new(4, "ab");
    world.people('a', Deed::Create(Kind::Template));
    world.run_until_quiet();
    world.partition("a", "b");
    for name in ['a', 'b'] {
        world.people(name, Deed::Edit);
        world.people(name, Deed::Edit);
    }
    world.run_for(10_000);
    world.heal();
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!((world.count('a'), world.changes('a')), (1, 5));
}

#[test]
fn a_change_in_a_triangle_is_not_sent_round_and_round() {
    let mut world = World::new(5, "abc");
    world.run_until_quiet();
    world.take_tally();
    world.people('a', Deed::Create(Kind::Offer));
    world.run_until_quiet();
    world.run_for(120_000);
    world.assert_converged();
    // From a to b and c, and at most once more between these.
    let tally = world.take_tally();
    assert!((2..=4).contains(&tally.changes), "{tally:?}");
}

#[test]
fn a_restored_node_gets_back_what_it_lost_even_of_its_own() {
    let mut world = World::new(6, "abc");
    work(&mut world, "abc", 4);
    world.run_until_quiet();
    let backup = world.backup('a');
    work(&mut world, "abc", 4);
    world.run_until_quiet();
    let before = world.count('a');
    world.take_tally();
    world.restore('a', &backup);
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!(world.count('a'), before);
    assert!(world.take_tally().times("ranges") > 0);
}

#[test]
fn a_restored_node_may_write_before_it_knows_what_it_lost() {
    let mut world = World::new(7, "ab");
    work(&mut world, "ab", 3);
    world.run_until_quiet();
    let backup = world.backup('a');
    for deed in [Deed::Edit, Deed::Roll, Deed::Edit, Deed::Erase, Deed::Edit] {
        world.people('a', deed);
    }
    world.run_until_quiet();
    world.partition("a", "b");
    world.restore('a', &backup);
    for deed in [Deed::Edit, Deed::Roll, Deed::Erase, Deed::Edit, Deed::Edit] {
        world.people('a', deed);
    }
    world.run_for(5_000);
    world.heal();
    world.run_until_quiet();
    world.assert_converged();
}

#[test]
fn a_record_that_is_erased_twice_is_erased() {
    let mut world = World::new(8, "ab");
    world.people('a', Deed::Create(Kind::Offer));
    world.run_until_quiet();
    let backup = world.backup('a');
    world.people('a', Deed::Erase);
    world.run_until_quiet();
    world.partition("a", "b");
    world.restore('a', &backup);
    world.people('a', Deed::Erase);
    world.run_for(1_000);
    world.heal();
    world.take_tally();
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!(world.take_tally().times("ranges"), 0);
}

#[test]
fn a_new_node_gets_everything() {
    let mut world = World::strangers(9, "abc");
    world.link('a', 'b');
    world.plant('a', "b", 3_000);
    world.run_until_quiet();
    world.link('b', 'c');
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!(world.count('c'), 3_000);
}

#[test]
fn a_crash_loses_what_was_not_committed_and_nothing_else() {
    for seed in 0..20 {
        let mut world = World::new(seed, "ab");
        world.run_until_quiet();
        for _ in 0..20 {
            world.people('a', Deed::Create(Kind::Offer));
        }
        world.run_for(200);
        world.crash('a');
        let kept = world.count('a');
        assert!(kept < 20);
        world.start('a');
        world.run_until_quiet();
        world.assert_converged();
        assert_eq!(world.count('b'), kept);
    }
}

#[test]
fn a_link_that_died_unnoticed_is_replaced() {
    let mut world = World::new(10, "ab");
    world.run_until_quiet();
    world.mute('a', 'b');
    world.people('a', Deed::Create(Kind::Offer));
    world.run_for(30_000);
    assert_eq!(world.count('b'), 0);
    world.run_until_quiet();
    world.assert_converged();
    assert_eq!(world.count('b'), 1);
}

#[test]
fn a_link_may_break_at_any_moment_of_a_large_transfer() {
    for moment in 0..40 {
        let mut world = World::new(moment as u64, "ab");
        world.run_until_quiet();
        world.plant('a', "", 2_000);
        world.plant('b', "", 50);
        world.run_for(100 * moment);
        world.cut('a', 'b');
        world.people('a', Deed::Create(Kind::Offer));
        world.run_until_quiet();
        world.assert_converged();
        assert_eq!(world.count('a'), 2_051);
    }
}

#[test]
fn a_peer_that_never_acknowledges_holds_up_nobody_else() {
    let mut world = World::new(11, "abc");
    world.partition("b", "c");
    world.run_for(10_000);
    world.stall('b');
    world.take_tally();
    world.plant('a', "", 30_000);
    world.run_for(60_000);
    assert_eq!(world.count('b'), 0);
    assert_eq!(world.count('c'), 30_000);
    assert!(world.in_sync('a', 'c') && !world.in_sync('a', 'b'));
    // To b goes a window of 4 MiB and one load more, and no further.
    let tally = world.take_tally();
    let to_b = tally.change_bytes - 30_000 * 342;
    assert!(to_b < 5 * 1024 * 1024, "{to_b} bytes went to somebody who takes nothing in");
}

#[test]
fn a_store_that_fails_costs_a_link_and_nothing_else() {
    let mut world = World::new(12, "ab");
    world.run_until_quiet();
    world.fail_one_in(3);
    work(&mut world, "ab", 10);
    world.run_for(20_000);
    world.fail_one_in(0);
    world.run_until_quiet();
    world.assert_converged();
    let tally = world.take_tally();
    assert!(tally.times("failed read") + tally.times("failed write") > 0);
}

#[test]
fn a_center_that_is_accepted_later_has_its_records_come_over_the_open_link() {
    let mut world = World::chain(13, "abc");
    world.accept('a', 'c', false);
    work(&mut world, "bc", 3);
    world.run_until_quiet();
    world.assert_agree("bc");
    let (at_a, at_b) = (world.count('a'), world.count('b'));
    assert_eq!(2 * at_a, at_b);
    world.accept('a', 'c', true);
    world.run_until_quiet();
    world.assert_converged();
}

#[test]
fn a_center_that_is_accepted_no_more_is_no_longer_sent_and_the_rest_goes_on() {
    let mut world = World::chain(14, "abc");
    world.accept('a', 'c', true);
    world.run_until_quiet();
    world.accept('a', 'c', false);
    world.people('c', Deed::Create(Kind::Offer));
    world.people('b', Deed::Create(Kind::Offer));
    world.run_until_quiet();
    assert_eq!((world.count('a'), world.count('b')), (1, 2));
}

#[test]
fn a_change_that_nobody_may_make_is_refused_and_stops_nothing() {
    let mut world = World::new(15, "abc");
    world.people('a', Deed::Create(Kind::Offer));
    world.run_until_quiet();
    world.make_lawless('c');
    world.people('c', Deed::Meddle);
    world.run_for(5_000);
    work(&mut world, "abc", 3);
    world.run_for(30_000);
    world.assert_agree("ab");
    assert_eq!(world.count('a'), 19);
    // The review finds that the sums differ. They compare a few times, and then leave it at that
    // until the next one.
    world.run_for(660_000);
    let tally = world.take_tally();
    assert!(tally.times("refused") > 0 && tally.times("cannot agree") > 0, "{tally:?}");
    world.run_for(300_000);
    assert_eq!(world.take_tally().all_frames(), 0);
    world.run_for(300_000);
    let tally = world.take_tally();
    assert_eq!(tally.times("ranges"), 2);
    assert!(tally.all_frames() < 60, "{tally:?}");
    world.assert_agree("ab");
}

#[test]
fn when_nothing_changed_a_new_link_costs_a_greeting_and_a_sum_each_way() {
    let mut world = World::new(16, "ab");
    world.plant('a', "b", 5_000);
    world.run_until_quiet();
    world.crash('b');
    world.take_tally();
    world.start('b');
    world.run_until_quiet();
    let tally = world.take_tally();
    let links = tally.of("hello") / 2;
    assert_eq!((tally.of("hello"), tally.of("summary")), (2 * links, 2));
    assert_eq!(tally.all_frames() - tally.of("bye"), 2 * links + 2);
    assert_eq!(tally.depth, 2);
}

#[test]
fn with_a_checkpoint_only_what_changed_moves() {
    let mut world = World::new(17, "ab");
    world.plant('a', "b", 20_000);
    world.run_until_quiet();
    world.run_for(30_000);
    world.partition("a", "b");
    for _ in 0..10 {
        world.people('a', Deed::Create(Kind::Offer));
    }
    world.run_for(5_000);
    world.take_tally();
    world.heal();
    world.run_until_quiet();
    world.assert_converged();
    let tally = world.take_tally();
    assert_eq!((tally.changes, tally.of("ranges"), tally.of("heads")), (10, 0, 0));
    assert!(tally.depth <= 4, "{tally:?}");
}

#[test]
fn without_a_checkpoint_little_more_than_what_changed_moves() {
    let mut world = World::new(18, "ab");
    world.plant('a', "b", 20_000);
    world.run_until_quiet();
    world.partition("a", "b");
    for _ in 0..10 {
        world.people('a', Deed::Create(Kind::Offer));
    }
    world.run_for(5_000);
    world.forget_checkpoints('a');
    world.forget_checkpoints('b');
    world.take_tally();
    world.heal();
    world.run_until_quiet();
    world.assert_converged();
    let tally = world.take_tally();
    assert_eq!(tally.changes, 10);
    assert!(tally.times("ranges") == 1 && tally.overhead() < 24 * 1024, "{tally:?}");
}

#[test]
fn once_in_sync_a_change_costs_one_frame_and_one_acknowledgement() {
    let mut world = World::new(19, "ab");
    world.people('a', Deed::Create(Kind::Offer));
    world.run_until_quiet();
    world.take_tally();
    for _ in 0..50 {
        world.people('a', Deed::Edit);
        world.run_for(1_000);
    }
    world.run_until_quiet();
    let tally = world.take_tally();
    assert_eq!((tally.of("changes"), tally.of("ack"), tally.all_frames()), (50, 50, 100));
}

#[test]
fn a_node_that_idles_says_little() {
    let mut world = World::new(20, "ab");
    world.plant('a', "b", 1_000);
    world.run_until_quiet();
    world.take_tally();
    world.run_for(3_600_000);
    let tally = world.take_tally();
    // A sum each way at every review.
    assert_eq!(tally.all_frames(), tally.of("summary"));
    assert!(tally.of("summary") <= 14, "{tally:?}");
}

#[test]
fn two_nodes_of_which_each_has_much_that_the_other_lacks_meet() {
    let mut world = World::strangers(21, "ab");
    world.plant('a', "b", 1_000);
    world.plant('a', "", 10_000);
    world.plant('b', "", 10_000);
    world.link('a', 'b');
    world.run_until_quiet();
    world.assert_converged();
    let tally = world.take_tally();
    // Steps of several frames, one comparison, and every change once.
    assert!(tally.of("ranges") > 10, "{tally:?}");
    assert_eq!((tally.times("ranges"), tally.changes), (1, 20_000));
}
