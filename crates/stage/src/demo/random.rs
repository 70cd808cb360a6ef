//! Numbers that look random and are the same every time.

use super::recipe::Numbers;

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
    fn below(&mut self, end: u64) -> u64 {
        // The bias is below end / 2^64: nobody will see it in made-up data.
        self.next().checked_rem(end).unwrap_or_default()
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, [low, high]: [i64; 2]) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or_default().saturating_add(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or_default())
    }

    /// Yes in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them, each as likely as the others.
    pub(super) fn pick<'t, T: AsRef<str>>(&mut self, choices: &'t [T]) -> &'t str {
        let index = usize::try_from(self.below(choices.len() as u64)).unwrap_or_default();
        choices.get(index).map_or("", AsRef::as_ref)
    }

    /// One of them, as likely as its weight says.
    pub(super) fn weighted<T>(
        &mut self,
        choices: impl Iterator<Item = (T, u64)> + Clone,
    ) -> Option<T> {
        let total = choices.clone().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (choice, weight) in choices {
            if left < weight {
                return Some(choice);
            }
            left -= weight;
        }
        None
    }

    /// One of the words, as likely as its weight says.
    pub(super) fn word<'w>(&mut self, words: &'w Numbers) -> &'w str {
        let words = words.iter().map(|(word, weight)| (word.as_str(), *weight));
        self.weighted(words).unwrap_or_default()
    }

    /// Each of the words in as many of 100 cases as its number says, in alphabetical order.
    pub(super) fn some<'w>(&mut self, words: &'w Numbers) -> Vec<&'w str> {
        let chosen = words.iter().filter(|(_, percent)| self.chance(**percent));
        chosen.map(|(word, _)| word.as_str()).collect()
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
        let words: Numbers = [("often", 90), ("seldom", 10), ("never", 0)]
            .map(|(word, weight)| (word.to_owned(), weight))
            .into();
        let chosen: Vec<&str> = (0..1_000).map(|_| random.word(&words)).collect();
        let often = chosen.iter().filter(|it| **it == "often").count();
        assert!((850..950).contains(&often), "{often}");
        assert!(!chosen.contains(&"never"));
        assert_eq!(random.word(&Numbers::new()), "");
        assert_eq!(random.pick::<&str>(&[]), "");
    }
}
