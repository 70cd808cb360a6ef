#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const US: CenterId = CenterId([9; 32]);
const NARVA: CenterId = CenterId([1; 32]);
const RIGA: CenterId = CenterId([2; 32]);
const TALLINN: CenterId = CenterId([3; 32]);
const VILNIUS: CenterId = CenterId([4; 32]);
const NOON: Timestamp = Timestamp(1_000_000_000_000);
const HOUR: i64 = 60 * 60 * Timestamp::SECOND;

fn alarm(issuer: CenterId, accused: CenterId, cause: Cause, made_at: i64) -> Alarm {
    Alarm {
        accused,
        cause,
        made_at: Timestamp(made_at),
        issuer,
        node: NodeId(issuer.0),
        epoch: 1,
        signature: [0; 64],
    }
}

fn seized(issuer: CenterId, accused: CenterId) -> Alarm {
    alarm(issuer, accused, Cause::Seized, 1)
}

fn alarms() -> Alarms {
    Alarms::new(US, [])
}

fn kept_out(alarms: &Alarms, now: Timestamp) -> BTreeMap<CenterId, Until> {
    alarms.kept_out(now, Policy::Suspend, |_| false)
}

#[test]
fn one_voice_keeps_a_center_out_for_a_day_and_two_until_somebody_looks() {
    let mut alarms = alarms();
    alarms.hear(NOON, seized(RIGA, NARVA), RIGA).unwrap();
    let until = NOON.plus(ONE_VOICE);
    assert_eq!(kept_out(&alarms, NOON), BTreeMap::from([(NARVA, Some(until))]));
    assert_eq!(kept_out(&alarms, until), BTreeMap::new());
    // Also when the second one comes after the first has run out.
    alarms.hear(until, seized(TALLINN, NARVA), TALLINN).unwrap();
    assert_eq!(kept_out(&alarms, until), BTreeMap::from([(NARVA, None)]));
    assert_eq!(kept_out(&alarms, until.plus(90 * Timestamp::DAY)), BTreeMap::from([(NARVA, None)]));
}

#[test]
fn centers_that_we_know_through_one_peer_have_one_voice() {
    let mut alarms = alarms();
    for invented in [RIGA, TALLINN, VILNIUS] {
        alarms.hear(NOON, seized(invented, NARVA), RIGA).unwrap();
    }
    assert_eq!(kept_out(&alarms, NOON), BTreeMap::from([(NARVA, Some(NOON.plus(ONE_VOICE)))]));
}

#[test]
fn a_voice_counts_once_a_day_and_about_one_center_once_a_month() {
    let mut alarms = alarms();
    assert!(alarms.hear(NOON, seized(RIGA, NARVA), RIGA).unwrap().counts);
    assert!(!alarms.hear(NOON.plus(HOUR), seized(RIGA, TALLINN), RIGA).unwrap().counts);
    let next = NOON.plus(25 * HOUR);
    assert!(alarms.hear(next, seized(RIGA, VILNIUS), RIGA).unwrap().counts);
    // The same again, a day later: nothing begins anew.
    let again = alarm(RIGA, NARVA, Cause::KeyStolen, 2);
    assert_eq!(alarms.hear(next.plus(25 * HOUR), again, RIGA).unwrap().since, NOON);
    assert!(!kept_out(&alarms, next.plus(25 * HOUR)).contains_key(&NARVA));
    // Nor through another center that hangs on the same peer.
    let other = CenterId([7; 32]);
    assert!(!alarms.hear(next.plus(60 * HOUR), seized(other, NARVA), RIGA).unwrap().counts);
}

#[test]
fn what_is_taken_back_keeps_nobody_out() {
    let mut alarms = alarms();
    alarms.hear(NOON, alarm(RIGA, NARVA, Cause::Suspicious, 1), RIGA).unwrap();
    alarms.hear(NOON, alarm(RIGA, NARVA, Cause::TakenBack, 2), RIGA).unwrap();
    assert_eq!(kept_out(&alarms, NOON), BTreeMap::new());
    assert!(alarms.hear(NOON, alarm(RIGA, NARVA, Cause::Suspicious, 1), RIGA).is_none());
}

#[test]
fn the_admin_decides_and_what_comes_later_counts_again() {
    let mut alarms = alarms();
    alarms.hear(NOON, seized(RIGA, NARVA), RIGA).unwrap();
    assert!(alarms.dismiss(&NARVA) && !alarms.dismiss(&NARVA));
    assert_eq!(kept_out(&alarms, NOON), BTreeMap::new());
    alarms.hear(NOON, alarm(RIGA, NARVA, Cause::Seized, 5), RIGA).unwrap();
    assert_eq!(kept_out(&alarms, NOON), BTreeMap::new());
    alarms.hear(NOON, seized(TALLINN, NARVA), TALLINN).unwrap();
    assert!(kept_out(&alarms, NOON).contains_key(&NARVA));
}

#[test]
fn our_own_alarm_stands_until_we_take_it_back_whatever_the_policy() {
    let mut alarms = alarms();
    alarms.hear(NOON, seized(US, NARVA), US).unwrap();
    alarms.hear(NOON, seized(US, RIGA), US).unwrap();
    let shown = alarms.kept_out(NOON, Policy::Show, |_| false);
    assert_eq!(shown, BTreeMap::from([(NARVA, None), (RIGA, None)]));
}

#[test]
fn nobody_is_kept_out_on_the_word_of_a_center_that_is_shut_out_or_by_an_alarm_about_us() {
    let mut alarms = alarms();
    alarms.hear(NOON, seized(RIGA, NARVA), RIGA).unwrap();
    alarms.hear(NOON, seized(TALLINN, US), TALLINN).unwrap();
    assert!(alarms.kept_out(NOON, Policy::Suspend, |center| *center == RIGA).is_empty());
    assert!(!kept_out(&alarms, NOON).contains_key(&US));
    assert!(alarms.hear(NOON, seized(NARVA, NARVA), NARVA).is_none());
}

#[test]
fn what_is_remembered_has_a_bound_and_an_end() {
    let mut alarms = alarms();
    for number in 0..=MOST_BY_ISSUER {
        let accused = CenterId([100 + u8::try_from(number).unwrap(); 32]);
        alarms.hear(NOON, seized(RIGA, accused), RIGA);
    }
    assert_eq!(alarms.all().count(), MOST_BY_ISSUER);
    let late = NOON.plus(REMEMBERED);
    let kept = kept_out(&alarms, late);
    assert_eq!(alarms.forget_old(late, &kept).len(), MOST_BY_ISSUER);
    // Who is kept out stays so.
    alarms.hear(NOON, seized(RIGA, NARVA), RIGA).unwrap();
    alarms.hear(NOON, seized(TALLINN, NARVA), TALLINN).unwrap();
    let kept = kept_out(&alarms, late);
    assert!(alarms.forget_old(late, &kept).is_empty());
}

#[test]
fn every_field_is_signed() {
    let plain = seized(RIGA, NARVA);
    let others = [
        Alarm { accused: TALLINN, ..plain.clone() },
        Alarm { cause: Cause::KeyStolen, ..plain.clone() },
        Alarm { made_at: Timestamp(2), ..plain.clone() },
        Alarm { issuer: TALLINN, ..plain.clone() },
        Alarm { node: NodeId([8; 32]), ..plain.clone() },
        Alarm { epoch: 2, ..plain.clone() },
    ];
    for other in others {
        assert_ne!(other.digest(), plain.digest(), "{other:?}");
    }
    for number in 0..=u8::MAX {
        assert_eq!(Cause::of(number).number(), number);
    }
}

fn some_alarm() -> impl Strategy<Value = Alarm> {
    (0..4u8, 0..4u8, 0..5u8, 0..4i64).prop_map(|(issuer, accused, cause, at)| {
        alarm(CenterId([issuer; 32]), CenterId([accused; 32]), Cause::of(cause), at)
    })
}

proptest! {
    #[test]
    fn in_whatever_order_alarms_come_the_same_statements_are_kept(
        mut said in prop::collection::vec(some_alarm(), 0..24),
        seed in any::<u64>(),
    ) {
        let keep = |said: &[Alarm]| {
            let mut alarms = alarms();
            for alarm in said {
                alarms.hear(NOON, alarm.clone(), alarm.issuer);
            }
            alarms.all().map(|heard| heard.alarm.clone()).collect::<Vec<_>>()
        };
        let first = keep(&said);
        let length = said.len().max(1);
        said.rotate_left(usize::try_from(seed % length as u64).unwrap());
        said.reverse();
        prop_assert_eq!(first, keep(&said));
    }

    #[test]
    fn one_peer_alone_never_keeps_anybody_out_for_more_than_a_day(
        said in prop::collection::vec((some_alarm(), 0..72 * HOUR), 0..40),
    ) {
        let mut alarms = alarms();
        let mut now = NOON;
        let mut first: BTreeMap<CenterId, Timestamp> = BTreeMap::new();
        for (alarm, later) in said {
            now = now.plus(later / 8);
            if now.since(NOON) >= REMEMBERED {
                break;
            }
            alarms.hear(now, alarm, RIGA);
            for (accused, until) in kept_out(&alarms, now) {
                let since = *first.entry(accused).or_insert(now);
                prop_assert!(until.is_some_and(|until| until.since(since) <= ONE_VOICE));
            }
        }
    }
}
