use super::*;

fn steward(last: u8) -> CenterId {
    let mut bytes = [7; 32];
    if let Some(byte) = bytes.last_mut() {
        *byte = last;
    }
    CenterId(bytes)
}

#[test]
fn every_steward_has_one_lane() {
    let all: Lanes = (0..=255).map(|last| Lanes::of(&steward(last))).collect();
    assert_eq!(all, Lanes(u64::MAX));
    assert_eq!(Lanes::of(&steward(3)), Lanes(8));
    assert_eq!(Lanes::of(&steward(67)), Lanes(8));
}

#[test]
fn a_lane_is_fed_by_the_link_over_which_something_new_came_last() {
    let mut feeds = Feeds::default();
    let (one, two) = (Lanes(1), Lanes(2));
    assert_eq!(feeds.by_others(5, one.with(two)), Lanes::NONE, "nobody feeds it yet");
    feeds.fed(5, one.with(two));
    feeds.fed(6, two);
    assert_eq!(feeds.by_others(5, one.with(two)), two);
    assert_eq!(feeds.by_others(6, one.with(two)), one);
    assert_eq!(feeds.forget(6), two);
    assert_eq!(feeds.by_others(5, two), Lanes::NONE, "a link that is gone feeds nothing");
}
