//! An allowance that is used up and comes back with time.

use std::time::{Duration, Instant};

/// How much there is of something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// What may be used at once after a quiet time.
    pub(crate) most: f64,
    /// What comes back in a second.
    pub(crate) per_second: f64,
    /// What can be owed at most, so that nobody is shut out for longer than it takes to come back.
    pub(crate) debt: f64,
}

/// What is left of it at some time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    pub(crate) fn full(rate: &Rate, now: Instant) -> Self {
        Self { left: rate.most, at: now }
    }

    /// What is left by now. A clock that is asked about the past takes nothing away.
    pub(crate) fn refilled(self, rate: &Rate, now: Instant) -> Self {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let left = (self.left + passed * rate.per_second).min(rate.most);
        Self { left, at: self.at.max(now) }
    }

    /// Uses so much, also more than is left.
    pub(crate) fn take(&mut self, rate: &Rate, much: f64, now: Instant) {
        *self = self.refilled(rate, now);
        self.left = (self.left - much).max(-rate.debt);
    }

    /// Uses so much if it is left.
    pub(crate) fn try_take(&mut self, rate: &Rate, much: f64, now: Instant) -> bool {
        *self = self.refilled(rate, now);
        let enough = self.left >= much;
        if enough {
            self.left -= much;
        }
        enough
    }

    /// How long until nothing is owed; nothing when nothing is.
    pub(crate) fn owed(&self, rate: &Rate) -> Option<Duration> {
        (self.left < 0.0).then(|| Duration::from_secs_f64(-self.left / rate.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { most: 10.0, per_second: 2.0, debt: 6.0 };

    #[test]
    fn what_is_used_up_comes_back_and_neither_debt_nor_savings_grow_without_end() {
        let begin = Instant::now();
        let after = |seconds| begin + Duration::from_secs(seconds);
        let mut bucket = Bucket::full(&RATE, begin);
        bucket.take(&RATE, 12.0, begin);
        assert_eq!(bucket.owed(&RATE), Some(Duration::from_secs(1)));
        bucket.take(&RATE, 1_000.0, begin);
        assert_eq!(bucket.owed(&RATE), Some(Duration::from_secs(3)));
        assert_eq!(bucket.refilled(&RATE, after(3)).owed(&RATE), None);
        assert!(!bucket.try_take(&RATE, 3.0, after(4)));
        assert!(bucket.try_take(&RATE, 2.0, after(4)));
        assert!(bucket.try_take(&RATE, 10.0, after(3_600)));
        assert!(!bucket.try_take(&RATE, 1.0, after(3_600)));
        // Of the past it is not asked.
        assert!(!bucket.try_take(&RATE, 1.0, begin));
    }
}
