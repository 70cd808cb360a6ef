//! Numbers that look random and are the same every time.

/// SplitMix64 (Steele, Lea and Flood 2014): one seed, one sequence, on every machine.
///
/// Good enough to make up a directory, and of no use for keys.
#[derive(Clone, Debug)]
pub(super) struct SplitMix(u64);

impl SplitMix {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0 when there is none.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        // The bias is below end / 2^64: nobody will see it in made-up data.
        self.next().checked_rem(end).unwrap_or_default()
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or_default().saturating_add(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or_default())
    }

    /// Yes in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them, each as likely as the others.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let index = self.below(choices.len() as u64);
        choices.get(usize::try_from(index).ok()?).copied()
    }

    /// One of them, as likely as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> Option<T> {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        choices.iter().find_map(|(choice, weight)| {
            let hit = left < *weight;
            left = left.saturating_sub(*weight);
            hit.then_some(*choice)
        })
    }

    /// Each of them in as many of 100 cases as its number says, in the given order.
    pub(super) fn some<T: Copy>(&mut self, choices: &[(T, u64)]) -> Vec<T> {
        choices.iter().filter(|(_, percent)| self.chance(*percent)).map(|(it, _)| *it).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_paper() {
        let mut random = SplitMix::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn weights_decide_how_often_something_is_chosen() {
        let mut random = SplitMix::new(7);
        let choices = [("often", 90), ("seldom", 10), ("never", 0)];
        let chosen: Vec<&str> = (0..1_000).map(|_| random.weighted(&choices).unwrap()).collect();
        let often = chosen.iter().filter(|it| **it == "often").count();
        assert!((850..950).contains(&often), "{often}");
        assert!(!chosen.contains(&"never"));
        assert_eq!(random.weighted::<u8>(&[]), None);
        assert_eq!(random.pick::<u8>(&[]), None);
    }
}
