//! Base32 (RFC 4648) in small letters and without padding: what people can read out and type.

/// The letters.
pub(crate) const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Why a text is not base32 of so many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotBase32 {
    /// A letter that does not occur.
    Character(char),
    /// Too short or too long.
    Length {
        /// Letters that there are.
        actual: usize,
        /// Letters that there should be.
        expected: usize,
    },
    /// Bits are set after the last byte: no writer does that.
    Rest,
}

/// Writes bytes at the end of a text.
pub(crate) fn write(bytes: &[u8], text: &mut String) {
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(letter(bits >> count));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        text.push(letter(bits << (5 - count)));
    }
}

/// Reads exactly as many bytes as there is room for.
pub(crate) fn read(text: &str, bytes: &mut [u8]) -> Result<(), NotBase32> {
    let expected = (bytes.len() * 8).div_ceil(5);
    let actual = text.chars().count();
    if actual != expected {
        return Err(NotBase32::Length { actual, expected });
    }
    let (mut bits, mut count) = (0u32, 0);
    let mut room = bytes.iter_mut();
    for character in text.chars() {
        let digit = digit(character).ok_or(NotBase32::Character(character))?;
        bits = (bits << 5) | u32::from(digit);
        count += 5;
        if count >= 8 {
            count -= 8;
            if let Some(byte) = room.next() {
                *byte = (bits >> count) as u8;
            }
            bits &= (1 << count) - 1;
        }
    }
    if bits == 0 { Ok(()) } else { Err(NotBase32::Rest) }
}

/// The letter of five bits; higher bits do not count.
pub(crate) fn letter(bits: u32) -> char {
    let place = usize::try_from(bits % 32).unwrap_or_default();
    ALPHABET.get(place).copied().map(char::from).unwrap_or_default()
}

/// The five bits of a letter in either case, as a person types it: `0`, `1` and `8` do not occur and
/// are read as the letters that they look like.
pub(crate) fn digit(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_lowercase() {
        '0' => 'o',
        '1' => 'i',
        '8' => 'b',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == letter)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            let mut text = String::new();
            write(bytes.as_bytes(), &mut text);
            assert_eq!(text, expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: Vec<u8>) {
            let mut text = String::new();
            write(&bytes, &mut text);
            let mut again = vec![0; bytes.len()];
            prop_assert_eq!(read(&text, &mut again), Ok(()));
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn bits_after_the_end_are_refused() {
        assert_eq!(read("mz", &mut [0]), Err(NotBase32::Rest));
        assert_eq!(read("m!", &mut [0]), Err(NotBase32::Character('!')));
        assert_eq!(read("m", &mut [0]), Err(NotBase32::Length { actual: 1, expected: 2 }));
    }
}
