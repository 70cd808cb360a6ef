//! Errors in good bytes.

use rand::Rng;

/// One small error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alteration {
    sort: u8,
    at: u16,
    byte: u8,
}

impl Alteration {
    /// Bytes that tell one.
    pub const BYTES: usize = 4;

    /// The error that these bytes tell: any bytes tell one.
    pub fn read([sort, high, low, byte]: [u8; Self::BYTES]) -> Self {
        Self { sort, at: u16::from_be_bytes([high, low]), byte }
    }

    /// An error as the dice fall.
    pub fn roll(dice: &mut impl Rng) -> Self {
        Self { sort: dice.random(), at: dice.random(), byte: dice.random() }
    }

    /// Makes the error somewhere behind the first so many bytes.
    pub fn apply(self, content: &mut Vec<u8>, keep: usize) {
        let Some(room) = content.len().checked_sub(keep).filter(|room| *room > 0) else { return };
        let at = keep + usize::from(self.at) % room;
        let Some(byte) = content.get_mut(at) else { return };
        match self.sort % 6 {
            0 => *byte ^= 1 << (self.byte % 8),
            1 => *byte = self.byte,
            2 => *byte = byte.wrapping_add(1),
            3 => *byte = byte.wrapping_sub(1),
            4 => content.insert(at, self.byte),
            _ => drop(content.remove(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn the_head_is_kept_and_the_rest_is_altered() {
        let (mut dice, whole) = (StdRng::seed_from_u64(1), (0..40).collect::<Vec<u8>>());
        let mut altered = 0;
        for _ in 0..1_000 {
            let mut content = whole.clone();
            Alteration::roll(&mut dice).apply(&mut content, 20);
            assert!(content.starts_with(whole.split_at(20).0));
            altered += u32::from(content != whole);
        }
        // A byte may be replaced by itself.
        assert!(altered > 950, "{altered}");
    }

    #[test]
    fn nothing_is_altered_where_there_is_nothing() {
        let mut content = vec![1, 2];
        Alteration::read([1, 0, 0, 9]).apply(&mut content, 2);
        assert_eq!(content, [1, 2]);
    }
}
