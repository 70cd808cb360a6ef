//! As much of DER as certificates need.

/// Tags of the values in a certificate.
pub mod tag {
    /// A whole number.
    pub const INTEGER: u8 = 0x02;
    /// Bits; the first byte says how many of the last byte are none.
    pub const BIT_STRING: u8 = 0x03;
    /// Bytes.
    pub const OCTET_STRING: u8 = 0x04;
    /// Text.
    pub const UTF8_STRING: u8 = 0x0c;
    /// A time with a year of two digits.
    pub const UTC_TIME: u8 = 0x17;
    /// A time with a year of four digits.
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// Values in order.
    pub const SEQUENCE: u8 = 0x30;
    /// Values without order.
    pub const SET: u8 = 0x31;
    /// A DNS name in a subjectAltName.
    pub const DNS_NAME: u8 = 0x82;
    /// The version of a certificate.
    pub const VERSION: u8 = 0xa0;
    /// The extensions of a certificate.
    pub const EXTENSIONS: u8 = 0xa3;
}

/// A value of less than 64 KiB.
pub fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let [.., high, low] = length.to_be_bytes();
    let head = match length {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head.as_slice(), content].concat()
}

/// A sequence of values.
pub fn sequence(values: &[&[u8]]) -> Vec<u8> {
    value(tag::SEQUENCE, &values.concat())
}

/// A value that was read.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Its tag.
    pub tag: u8,
    /// What is in it.
    pub content: &'a [u8],
    /// All of it, with tag and length.
    pub whole: &'a [u8],
}

/// The first value, and what comes after it.
pub fn read(bytes: &[u8]) -> Option<(Read<'_>, &[u8])> {
    let (length, rest) = match bytes.get(1..)? {
        [length @ 0..=0x7f, rest @ ..] | [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = bytes.get(..bytes.len() - rest.len())?;
    Some((Read { tag: *bytes.first()?, content, whole }, rest))
}

/// All values of some bytes, one after the other.
pub fn read_all(mut bytes: &[u8]) -> Option<Vec<Read<'_>>> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        let (value, rest) = read(bytes)?;
        values.push(value);
        bytes = rest;
    }
    Some(values)
}
