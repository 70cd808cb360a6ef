//! Secrets as they come in: from a file that some editor wrote, from a pipe, from a keyboard.
//!
//! Both programs read every secret here. If each had its own way, a lock that one of them closed
//! would not open with the other, and whoever made it would learn of it when it is needed.

use std::io::{self, Read};

use zeroize::Zeroizing;

/// Most bytes of a file with a secret in it.
pub const MAX_BYTES: usize = 4 * 1024;

/// What some editors put before a text to say that it is in UTF-8. Nobody sees it, nobody types it.
pub const MARK: char = '\u{feff}';

/// Why there is no secret in what was given. Reads after the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Too much.
    #[error(
        "has more than {MAX_BYTES} bytes: it is not a file with a passphrase, phrase, key or share"
    )]
    TooLong,
    /// What Windows calls Unicode.
    #[error("is in UTF-16; save it as UTF-8")]
    Utf16,
    /// An encoding of one part of the world.
    #[error("is not in UTF-8; save it as UTF-8")]
    Encoding,
    /// Nothing where a secret should be.
    #[error("has an empty first line; the secret belongs there")]
    Empty,
}

/// All of a text with a secret in it, without the mark at its beginning.
///
/// # Errors
/// When it is too long or in another encoding.
pub fn text(source: impl Read) -> Result<Zeroizing<String>, NoSecret> {
    // Room for all of it at once: a buffer that grows leaves pieces of the secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        return Err(NoSecret::TooLong);
    }
    if is_utf16(&bytes) {
        return Err(NoSecret::Utf16);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| NoSecret::Encoding)?;
    Ok(Zeroizing::new(text.trim_start_matches(MARK).to_owned()))
}

/// The first line of such a text, without white space around it. What follows is a remark.
///
/// # Errors
/// As [`text`], and when nothing is in that line.
pub fn first_line(source: impl Read) -> Result<Zeroizing<String>, NoSecret> {
    let text = text(source)?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() { Err(NoSecret::Empty) } else { Ok(Zeroizing::new(line.to_owned())) }
}

/// Whether a text is in UTF-16: by its mark, or because it has zeros, as Latin letters have there.
fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const HERONS: &str = "six fictional herons sleep near water";

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn the_first_line_is_the_secret_whatever_an_editor_puts_around_it() {
        for (form, bytes) in [
            ("plain", HERONS.to_owned()),
            ("end of line", format!("{HERONS}\n")),
            ("of Windows", format!("{HERONS}\r\n")),
            ("of old machines", format!("{HERONS}\r")),
            ("mark", format!("\u{feff}{HERONS}")),
            ("mark and end of line", format!("\u{feff}{HERONS}\r\n")),
            ("two marks", format!("\u{feff}\u{feff}{HERONS}\n")),
            ("spaces", format!("\u{feff} \t{HERONS}\u{a0} \n")),
            ("a remark", format!("{HERONS}\r\nof the front desk\r\n")),
        ] {
            assert_eq!(first_line(bytes.as_bytes()).unwrap().as_str(), HERONS, "{form}");
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_with_what_to_do() {
        let marked = format!("\u{feff}{HERONS}\r\n");
        for (form, bytes, expected) in [
            ("little end", utf16(&marked, u16::to_le_bytes), "is in UTF-16; save it as UTF-8"),
            ("big end", utf16(&marked, u16::to_be_bytes), "is in UTF-16; save it as UTF-8"),
            ("without a mark", utf16(HERONS, u16::to_le_bytes), "is in UTF-16; save it as UTF-8"),
            ("Cyrillic of Windows", b"\xef\xe0\xf0\xee\xeb\xfc".to_vec(), "is not in UTF-8"),
            ("nothing", Vec::new(), "has an empty first line"),
            ("a mark only", "\u{feff}\r\n".into(), "has an empty first line"),
            ("the second line", format!("\n{HERONS}").into(), "has an empty first line"),
            ("a film", vec![b'x'; MAX_BYTES + 1], "has more than 4096 bytes"),
        ] {
            let error = first_line(bytes.as_slice()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{form}: {error}");
        }
    }

    #[test]
    fn a_text_keeps_its_lines() {
        assert_eq!(text("\u{feff}one\r\ntwo\n".as_bytes()).unwrap().as_str(), "one\r\ntwo\n");
    }
}
