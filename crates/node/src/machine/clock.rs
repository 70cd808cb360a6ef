//! The one place that looks at the clock that people read. A stretch of time is measured where it passes.
//!
//! There are two clocks: what people read, and what one waits by. The first can be set, by an admin or by a time
//! server, also by a day. A link that would be given up after 70 seconds of silence must not be given up
//! for that, and a pause of a minute must not last a day.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use hospes_domain::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// The present instant, as the machine believes.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The present instant by a clock that nobody can set: what the machine believed when this was first
/// asked, and the time since. Also counts while the machine sleeps.
pub fn steady() -> Timestamp {
    static START: OnceLock<(Timestamp, i64)> = OnceLock::new();
    let (start, then) = *START.get_or_init(|| (now(), since_boot()));
    start.plus(since_boot() - then)
}

/// By how many milliseconds the machine's clock was set forward since [`steady`] was first asked; less
/// than zero when it was set back.
pub fn moved() -> i64 {
    now().since(steady())
}

/// For how many milliseconds the machine has been asleep since it was started: a clock that counts
/// them, less one that does not.
pub fn asleep() -> i64 {
    // In this order: whoever is held up between the two sees too little, and never too much.
    let with = since_boot();
    with - milliseconds(ClockId::Monotonic)
}

fn since_boot() -> i64 {
    milliseconds(ClockId::Boottime)
}

/// Asked through the C library, as the other clock is: a test can stand before both.
fn milliseconds(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec.saturating_mul(1_000).saturating_add(time.tv_nsec / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_to_wait_by_goes_on_and_agrees_with_the_other_one_while_nobody_sets_it() {
        let first = steady();
        let second = steady();
        assert!(second >= first);
        assert!(moved().abs() < 10 * Timestamp::SECOND, "moved by {} ms", moved());
    }
}
