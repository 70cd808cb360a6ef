//! How often somebody may try to come in.
//!
//! It is counted by name and not by address: whoever guesses has many addresses, and a center has one. Names
//! that nobody has are counted alike, so that the count tells nothing. What is kept is a digest of the name:
//! now and then people type a passphrase where a name belongs.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};
use hospes_domain::Timestamp;
use hospes_store::Person;

/// Tries before one has to wait.
pub(super) const FREE: u32 = 5;
/// How long one waits then; each time twice as long.
const FIRST_WAIT: i64 = 30 * Timestamp::SECOND;
const LONGEST_WAIT: i64 = 15 * 60 * Timestamp::SECOND;
/// How long after the last failure nobody remembers it.
const FORGOTTEN: i64 = Timestamp::HOUR;
/// Most names that are counted, but for those that somebody has.
const MOST: usize = 1_024;

/// Where it is tried. Each way is counted for itself, so that nobody who fails at one closes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Name, passphrase and second factor: anybody can fail there.
    Door,
    /// The same with a recovery code that is good: only who has one can fail there.
    Recovery,
    /// The present passphrase of somebody who is in.
    Inside,
}

/// A name and a way, digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// Of a name.
    pub(super) fn of(way: Way, name: &str) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&[way as u8]);
        context.update(Person::folded(name).as_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(context.finish().as_ref());
        Self(key)
    }
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    /// Whether somebody has the name. Those are as few as a center has people, and never make room.
    known: bool,
    failed: u32,
    last: Timestamp,
}

impl Tries {
    /// When the next one is looked at.
    fn until(self) -> Timestamp {
        let Some(doubled) = self.failed.checked_sub(FREE) else { return self.last };
        let wait = FIRST_WAIT.saturating_mul(1_i64.checked_shl(doubled).unwrap_or(i64::MAX));
        self.last.plus(if doubled < 16 { wait.min(LONGEST_WAIT) } else { LONGEST_WAIT })
    }

    fn is_forgotten(self, now: Timestamp) -> bool {
        now.since(self.last) >= FORGOTTEN
    }
}

/// What was tried, by name. Instants are those of the clock that nobody sets.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<BTreeMap<Key, Tries>>);

impl Throttle {
    fn tries(&self) -> MutexGuard<'_, BTreeMap<Key, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a try, which counts as failed until [`Self::forget`] is called: so of many at once no more are
    /// looked at than of one after the other. How many there were with it, or the seconds until the next.
    /// `known` says whether somebody has the name.
    pub(super) fn begin(&self, key: Key, known: bool, now: Timestamp) -> Result<u32, u64> {
        let mut all = self.tries();
        let before = all.get(&key).copied().filter(|tries| !tries.is_forgotten(now));
        let wait = before.map_or(0, |tries| tries.until().since(now));
        if wait > 0 {
            let seconds = wait.saturating_add(Timestamp::SECOND - 1) / Timestamp::SECOND;
            return Err(u64::try_from(seconds).unwrap_or(1));
        }
        if !all.contains_key(&key) && all.len() >= MOST {
            make_room(&mut all, now);
        }
        let failed = before.map_or(0, |tries| tries.failed).saturating_add(1);
        all.insert(key, Tries { known, failed, last: now });
        Ok(failed)
    }

    /// It was no failure.
    pub(super) fn forget(&self, key: Key) {
        self.tries().remove(&key);
    }
}

/// Those who were forgotten go, else of the names that nobody has the one that has failed least, the oldest
/// first. A name that somebody has stays: else whoever guesses would make it be forgotten by inventing a
/// thousand others, and begin anew.
fn make_room(all: &mut BTreeMap<Key, Tries>, now: Timestamp) {
    all.retain(|_, tries| !tries.is_forgotten(now));
    if all.len() >= MOST {
        let invented = all.iter().filter(|(_, tries)| !tries.known);
        let least = invented.min_by_key(|(_, tries)| (tries.failed, tries.last));
        if let Some(key) = least.map(|(key, _)| *key) {
            all.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

    use super::*;

    const START: Timestamp = Timestamp(1_800_000_000_000);

    fn at(seconds: i64) -> Timestamp {
        START.plus(seconds * Timestamp::SECOND)
    }

    fn door(name: &str) -> Key {
        Key::of(Way::Door, name)
    }

    #[test]
    fn five_tries_are_free_and_then_waits_double_up_to_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        let key = door("anna");
        for number in 1..=5 {
            assert_eq!(throttle.begin(key, true, at(0)), Ok(number));
        }
        let mut now = 0;
        for (number, wait) in
            [(6, 30), (7, 60), (8, 120), (9, 240), (10, 480), (11, 900), (12, 900)]
        {
            assert_eq!(throttle.begin(key, true, at(now)), Err(wait));
            assert_eq!(throttle.begin(key, true, at(now + 1)), Err(wait - 1));
            now += i64::try_from(wait).unwrap();
            assert_eq!(throttle.begin(key, true, at(now)), Ok(number));
        }
        assert_eq!(throttle.begin(key, true, at(now + 3_599)), Ok(13));
        assert_eq!(
            throttle.begin(key, true, at(now + 3_599 + 3_600)),
            Ok(1),
            "forgotten after an hour"
        );
    }

    #[test]
    fn whoever_comes_in_begins_anew_and_others_do_not() {
        let throttle = Throttle::default();
        for name in ["anna", "ben"] {
            (0..5).for_each(|_| assert!(throttle.begin(door(name), true, at(0)).is_ok()));
        }
        throttle.forget(door("anna"));
        assert_eq!(throttle.begin(door("ANNA"), true, at(1)), Ok(1));
        assert_eq!(throttle.begin(door("ben"), true, at(1)), Err(29));
        assert_eq!(throttle.begin(Key::of(Way::Recovery, "ben"), true, at(1)), Ok(1));
    }

    #[test]
    fn names_without_end_take_no_memory_without_end_and_forget_nobody_who_waits() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            throttle.begin(door("anna"), true, at(0)).unwrap();
        }
        for number in 0..5_000 {
            throttle.begin(door(&format!("nobody {number}")), false, at(number / 300)).unwrap();
        }
        assert_eq!(throttle.tries().len(), MOST);
        assert!(throttle.begin(door("anna"), true, at(17)).is_err());
    }

    #[test]
    fn a_thousand_invented_names_do_not_begin_the_tries_of_a_name_anew() {
        let throttle = Throttle::default();
        for _ in 0..4 {
            throttle.begin(door("anna"), true, at(0)).unwrap();
        }
        // As often as the name itself, and later: what was tried least and first is forgotten first.
        for number in 0..MOST {
            for _ in 0..5 {
                throttle.begin(door(&format!("nobody {number}")), false, at(1)).unwrap();
            }
        }
        assert_eq!(throttle.begin(door("anna"), true, at(2)), Ok(5));
        assert_eq!(throttle.begin(door("anna"), true, at(2)), Err(30));
    }

    /// The figures of `docs/operations/people.md`.
    #[test]
    fn one_name_is_tried_twelve_times_in_an_hour_and_two_hundred_times_a_day() {
        const DAY: i64 = 24 * 3_600;
        let most = |rest_after: u32| {
            let throttle = Throttle::default();
            let (mut now, mut done) = (0, Vec::new());
            while now < DAY {
                match throttle.begin(door("anna"), true, at(now)) {
                    Ok(tries) => {
                        done.push(now);
                        // Whoever rests until all is forgotten has the free tries again.
                        now += if tries == rest_after { 3_600 } else { 0 };
                    }
                    Err(seconds) => now += i64::try_from(seconds).unwrap(),
                }
            }
            let hour =
                |from: &i64| done.iter().filter(|at| (*from..from + 3_600).contains(at)).count();
            (done.iter().map(hour).max().unwrap(), done.len())
        };
        assert_eq!(most(u32::MAX), (12, 104), "without a rest");
        let rests: Vec<_> = (1..30).map(most).collect();
        assert_eq!(rests.iter().map(|(hour, _)| *hour).max(), Some(12));
        assert_eq!(rests.iter().map(|(_, day)| *day).max(), Some(198));
        assert_eq!(most(4), (4, 96), "not enough tries for a word in the log");
    }

    /// Whatever happens when, nobody tries more often within an hour than the waits allow.
    #[test]
    fn no_order_of_tries_gets_past_the_waits() {
        for seed in 0..50 {
            let mut random = StdRng::seed_from_u64(seed);
            let throttle = Throttle::default();
            let (mut now, mut done): (i64, Vec<i64>) = (0, Vec::new());
            while now < 20_000 {
                if throttle.begin(door("anna"), true, at(now)).is_ok() {
                    done.push(now);
                }
                now += random.random_range(0..40);
            }
            for (first, from) in done.iter().enumerate() {
                let within = done[first..].iter().take_while(|then| **then < from + 3_600).count();
                assert!(within <= 5 + 8, "{within} tries in an hour with seed {seed}");
            }
        }
    }
}
