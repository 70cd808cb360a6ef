//! The second factor: six digits that an authenticator shows for half a minute (TOTP, RFC 6238).
//!
//! SHA-1, six digits and thirty seconds are what every authenticator can do. One step before and one after are
//! taken, for clocks that differ.

use std::fmt::Write as _;

use hospes_desk::people::Factor;
use hospes_domain::Timestamp;
use hospes_store::FACTOR_BYTES;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::code::{base32, grouped};
use crate::machine::random;

const DIGITS: u8 = 6;
/// Seconds of a step.
const STEP: u64 = 30;
/// Steps before and after that are taken.
const SKEW: u16 = 1;
const RFC_4648: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Makes one for a person of a center.
pub(crate) fn make(center: &str, name: &str) -> Factor {
    let secret = Zeroizing::new(random::bytes::<FACTOR_BYTES>());
    let signs = base32(secret.as_slice(), RFC_4648);
    // The colon separates the two, so neither may have one.
    let (center, name) = (escaped(&center.replace(':', " ")), escaped(&name.replace(':', " ")));
    let uri = format!(
        "otpauth://totp/{center}:{name}?secret={}&issuer={center}&algorithm=SHA1&digits={DIGITS}\
         &period={STEP}",
        signs.as_str()
    );
    Factor {
        secret: Zeroizing::new(secret.to_vec()),
        text: grouped(&signs, ' '),
        uri: Zeroizing::new(uri),
    }
}

/// The step of which these are the digits, if it is one of now.
pub(crate) fn step(secret: &[u8; FACTOR_BYTES], typed: &str, now: Timestamp) -> Option<u64> {
    let digits: Zeroizing<String> =
        Zeroizing::new(typed.chars().filter(|sign| !sign.is_whitespace()).take(16).collect());
    totp(secret).check(&digits, seconds(now))
}

/// The step of now: whoever has just proven a factor has used up what it shows.
pub(crate) fn step_of(now: Timestamp) -> u64 {
    seconds(now) / STEP
}

/// Whether a text could be the digits of a factor, and not a code.
pub(crate) fn is_digits(typed: &str) -> bool {
    let signs = typed.chars().filter(|sign| !sign.is_whitespace());
    signs.clone().count() == usize::from(DIGITS) && signs.clone().all(|sign| sign.is_ascii_digit())
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.0 / Timestamp::SECOND).unwrap_or(0)
}

fn totp(secret: &[u8; FACTOR_BYTES]) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP)
        .with_skew(SKEW)
        .with_secret(Secret::new_stack(*secret))
        .build_noncompliant()
}

/// A text as a part of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            // Writing into a text does not fail.
            byte => drop(write!(escaped, "%{byte:02X}")),
        }
    }
    escaped
}

/// The digits that an authenticator shows.
#[cfg(test)]
pub(crate) fn digits(secret: &[u8; FACTOR_BYTES], now: Timestamp) -> String {
    totp(secret).generate(seconds(now)).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const RFC_6238: [u8; FACTOR_BYTES] = *b"12345678901234567890";

    #[test]
    fn digits_are_those_of_rfc_6238() {
        for (second, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")]
        {
            let now = Timestamp(second * Timestamp::SECOND);
            assert_eq!(digits(&RFC_6238, now), expected);
            let number = u64::try_from(second).unwrap() / STEP;
            assert_eq!(step(&RFC_6238, expected, now), Some(number));
            let spaced = format!(" {} {} ", &expected[..3], &expected[3..]);
            assert_eq!(step(&RFC_6238, &spaced, now), Some(number));
        }
    }

    #[test]
    fn digits_of_the_step_before_and_after_count_and_no_others() {
        let now = Timestamp(1_800_000_010_000);
        for (steps, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let then = now.plus(steps * 30 * Timestamp::SECOND);
            let found = step(&RFC_6238, &digits(&RFC_6238, then), now);
            let expected = step_of(then);
            assert_eq!(found, counts.then_some(expected), "{steps}");
        }
        assert_eq!(step(&RFC_6238, "", now), None);
        assert!(is_digits("123 456") && !is_digits("12345") && !is_digits("12345a"));
    }

    #[test]
    fn a_factor_is_told_so_that_an_authenticator_and_a_person_can_read_it() {
        let (one, other) = (make("North: Shelter", "Zoë"), make("North", "ben"));
        assert_ne!(one.secret, other.secret);
        assert_eq!(one.secret.len(), FACTOR_BYTES);
        assert_eq!(one.text.split(' ').count(), 8);
        let plain = one.text.replace(' ', "");
        let expected = format!(
            "otpauth://totp/North%20%20Shelter:Zo%C3%AB?secret={plain}&issuer=North%20%20Shelter\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(one.uri.as_str(), expected);
    }
}
