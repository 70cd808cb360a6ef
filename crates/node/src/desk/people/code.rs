//! Codes that people copy by hand: one-time codes and recovery codes.
//!
//! Crockford's base32 has no I, L, O and U, so that nobody takes one sign for another; what is typed is
//! read as it was meant. A code is random and long, so its SHA-256 is enough to know it again by, and
//! nobody finds it from that.

use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::machine::random;

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs that are written without a hyphen between them.
const GROUP: usize = 4;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Lets somebody set passphrase and second factor, once: 60 bits, and 72 hours.
    OneTime,
    /// Takes the place of a second factor that was lost, once: 80 bits.
    Recovery,
}

impl Code {
    /// Signs without hyphens.
    fn signs(self) -> usize {
        match self {
            Code::OneTime => 12,
            Code::Recovery => 16,
        }
    }

    /// Makes one, in groups.
    pub(crate) fn make(self) -> Zeroizing<String> {
        let bytes = Zeroizing::new(random::bytes::<10>());
        let mut signs = base32(bytes.as_slice(), CROCKFORD);
        signs.truncate(self.signs());
        grouped(&signs, '-')
    }

    /// SHA-256 of the code that was typed; none when it cannot be one.
    pub(crate) fn hash(self, typed: &str) -> Option<[u8; 32]> {
        let mut signs = Zeroizing::new(String::with_capacity(self.signs()));
        for sign in typed.chars().filter(|sign| !sign.is_whitespace() && *sign != '-') {
            let sign = match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                sign => sign,
            };
            if signs.len() == self.signs() || !CROCKFORD.iter().any(|one| char::from(*one) == sign)
            {
                return None;
            }
            signs.push(sign);
        }
        if signs.len() < self.signs() {
            return None;
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, signs.as_bytes()).as_ref());
        Some(hash)
    }
}

/// Five bits a sign, the highest first; bits that are missing at the end are 0.
pub(super) fn base32(bytes: &[u8], alphabet: &[u8; 32]) -> Zeroizing<String> {
    let signs = (bytes.len() * 8).div_ceil(5);
    let mut text = Zeroizing::new(String::with_capacity(signs));
    for number in 0..signs {
        let (byte, shift) = (number * 5 / 8, number * 5 % 8);
        let pair = [0, 1].map(|next| bytes.get(byte + next).copied().unwrap_or(0));
        let value = (u16::from_be_bytes(pair) << shift) >> 11;
        text.push(char::from(alphabet.get(usize::from(value)).copied().unwrap_or(b'?')));
    }
    text
}

/// Four signs at a time.
pub(super) fn grouped(signs: &str, between: char) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(signs.len() * 2));
    for (number, sign) in signs.chars().enumerate() {
        if number > 0 && number % GROUP == 0 {
            text.push(between);
        }
        text.push(sign);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use rand::seq::IndexedRandom as _;
    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn codes_differ_and_use_all_signs_but_those_that_are_mistaken() {
        let mut seen = BTreeSet::new();
        let mut signs = BTreeSet::new();
        for _ in 0..500 {
            for (code, length) in [(Code::OneTime, 14), (Code::Recovery, 19)] {
                let made = code.make();
                assert_eq!(made.len(), length, "{}", made.as_str());
                assert!(made.split('-').all(|group| group.len() == 4));
                signs.extend(made.chars().filter(|sign| *sign != '-'));
                assert!(seen.insert(made.to_string()));
            }
        }
        assert_eq!(signs, CROCKFORD.iter().map(|sign| char::from(*sign)).collect());
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        for (plain, expected) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(plain.as_bytes(), alphabet).as_str(), expected);
        }
    }

    /// However people write a code down: with other case, spaces, hyphens, and O, I and L where there are
    /// none.
    #[test]
    fn a_code_is_read_however_it_was_written_down() {
        let mut random = StdRng::seed_from_u64(7);
        for round in 0..2_000 {
            let code = if round % 2 == 0 { Code::OneTime } else { Code::Recovery };
            let made = code.make();
            let mut written = String::new();
            for sign in made.chars().filter(|sign| *sign != '-') {
                while random.random_bool(0.3) {
                    written.push(*[' ', '-', '\t', '\u{a0}'].choose(&mut random).unwrap());
                }
                let meant = match sign {
                    '0' => *['0', 'O', 'o'].choose(&mut random).unwrap(),
                    '1' => *['1', 'I', 'i', 'L', 'l'].choose(&mut random).unwrap(),
                    sign if random.random_bool(0.5) => sign.to_ascii_lowercase(),
                    sign => sign,
                };
                written.push(meant);
            }
            assert!(code.hash(&made).is_some());
            assert_eq!(code.hash(&written), code.hash(&made), "{written:?}");
        }
    }

    #[test]
    fn another_code_has_another_hash_and_what_is_none_has_no_hash() {
        let (one, other) = (Code::OneTime.make(), Code::OneTime.make());
        assert_ne!(Code::OneTime.hash(&one), Code::OneTime.hash(&other));
        assert_eq!(Code::Recovery.hash(&one), None);
        for wrong in ["", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKMU", "ABCD-EFGH-JKMÄ"] {
            assert_eq!(Code::OneTime.hash(wrong), None, "{wrong:?}");
        }
    }
}
