//! Reading a chunk byte by byte: every number in its shortest form, nothing beyond the end.

/// Why bytes are not a change in the one accepted form.
pub(super) type Fault = &'static str;

/// What is left of the input. Never reads beyond it and never panics.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let (first, rest) = self.0.split_first().ok_or("it ends too early")?;
        self.0 = rest;
        Ok(*first)
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], Fault> {
        let count = usize::try_from(count).map_err(|_| "it ends too early")?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or("it ends too early")?;
        self.0 = rest;
        Ok(*taken)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(super) fn unsigned(&mut self) -> Result<u64, Fault> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return Err("a number is too large");
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err("a number is not in its shortest form");
                }
                return Ok(number);
            }
        }
        Err("a number is too large")
    }

    /// A signed LEB128 number in its shortest form.
    pub(super) fn signed(&mut self) -> Result<i64, Fault> {
        let mut number = 0_i64;
        let mut before = 0_u8;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if shift == 63 && byte != 0 && byte != 0x7f {
                    return Err("a number is too large");
                }
                let repeats_sign =
                    (byte == 0 && before & 0x40 == 0) || (byte == 0x7f && before & 0x40 != 0);
                if shift > 0 && repeats_sign {
                    return Err("a number is not in its shortest form");
                }
                if shift < 57 && byte & 0x40 != 0 {
                    number |= -1 << (shift + 7);
                }
                return Ok(number);
            }
            before = byte;
        }
        Err("a number is too large")
    }

    /// Bytes with their length before them.
    pub(super) fn counted(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.unsigned()?;
        self.take(length)
    }

    /// UTF-8 text with its length in bytes before it.
    pub(super) fn text(&mut self) -> Result<&'a str, Fault> {
        std::str::from_utf8(self.counted()?).map_err(|_| "a text is not UTF-8")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn unsigned_bytes(mut number: u64) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let byte = (number & 0x7f) as u8;
            number >>= 7;
            if number == 0 {
                out.push(byte);
                return out;
            }
            out.push(byte | 0x80);
        }
    }

    fn signed_bytes(mut number: i64) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let byte = (number & 0x7f) as u8;
            number >>= 7;
            if (number == 0 && byte & 0x40 == 0) || (number == -1 && byte & 0x40 != 0) {
                out.push(byte);
                return out;
            }
            out.push(byte | 0x80);
        }
    }

    #[test]
    fn numbers_at_the_edges_are_read_back() {
        for power in 0..64 {
            for number in [1_u64 << power, (1_u64 << power) - 1, u64::MAX >> power] {
                let bytes = unsigned_bytes(number);
                let mut input = Bytes::new(&bytes);
                assert_eq!(input.unsigned(), Ok(number));
                assert!(input.is_empty());
                for signed in [number as i64, (number as i64).wrapping_neg(), !(number as i64)] {
                    let bytes = signed_bytes(signed);
                    let mut input = Bytes::new(&bytes);
                    assert_eq!(input.signed(), Ok(signed), "{signed} {bytes:?}");
                    assert!(input.is_empty());
                }
            }
        }
    }

    #[test]
    fn longer_forms_of_a_number_are_refused() {
        for bytes in [&[0x80, 0x00][..], &[0x81, 0x80, 0x00]] {
            assert!(Bytes::new(bytes).unsigned().is_err(), "{bytes:?}");
        }
        for bytes in [&[0x80, 0x00][..], &[0xff, 0x7f], &[0x81, 0x80, 0x00], &[0xc1, 0xff, 0x7f]] {
            assert!(Bytes::new(bytes).signed().is_err(), "{bytes:?}");
        }
        // The sign bit of the byte before makes the last byte necessary.
        assert_eq!(Bytes::new(&[0xc0, 0x00]).signed(), Ok(64));
        assert_eq!(Bytes::new(&[0xbf, 0x7f]).signed(), Ok(-65));
    }

    #[test]
    fn numbers_beyond_64_bits_are_refused() {
        let mut ten = [0xff; 10];
        for last in 0..=255 {
            ten[9] = last;
            assert_eq!(Bytes::new(&ten).unsigned().is_ok(), last == 1, "unsigned {last:#x}");
            // 0x7f would repeat the sign of the byte before it.
            assert_eq!(Bytes::new(&ten).signed().is_ok(), last == 0, "signed {last:#x}");
        }
        assert!(Bytes::new(&[0xff; 11]).unsigned().is_err());
        assert!(Bytes::new(&[0xff; 11]).signed().is_err());
        assert!(Bytes::new(&[]).signed().is_err());
        assert!(Bytes::new(&[0x80]).unsigned().is_err());
    }
}
