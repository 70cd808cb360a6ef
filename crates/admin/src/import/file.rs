//! Files of others: bounded, UTF-8, and refused plainly otherwise.

use std::io::Read as _;
use std::path::Path;

use crate::failure::Failure;

/// Most bytes of one file: 10 MiB.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// All bytes of a file, or of the standard input for `-`.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = beginning(path, MAX_BYTES + 1)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::refused(format!(
            "{} has more than 10 MiB, which is the most that is read of one file",
            path.display()
        ))
        .try_next("split it into several files"));
    }
    Ok(bytes)
}

/// At most so many bytes of a file, or of the standard input for `-`. Who asks for one more than is
/// allowed sees that there are too many.
pub fn beginning(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file("read", path, &error))?;
    Ok(bytes)
}

/// The text of a file without its byte order mark.
pub fn text(path: &Path) -> Result<String, Failure> {
    decode(&path.display().to_string(), bytes(path)?)
}

/// The text that bytes stand for in UTF-8.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    let save = "save it again as UTF-8 (in LibreOffice: Save as, Character set: Unicode UTF-8)";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(
            Failure::refused(format!("{name} is in UTF-16, only UTF-8 is read")).try_next(save)
        );
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Failure::refused(format!("{name} is no text but a workbook or archive"))
            .try_next("give it the ending .xlsx"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        Failure::refused(format!("{name} is not in UTF-8 (line {line}, byte {})", at + 1))
            .try_next(save)
    })?;
    if text.contains('\0') {
        return Err(
            Failure::refused(format!("{name} holds zero bytes: it is no text")).try_next(save)
        );
    }
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn only_utf8_is_read() {
        fn check(bytes: &[u8], expected: Result<&str, &str>) {
            match (decode("list.csv", bytes.to_vec()), expected) {
                (Ok(text), Ok(expected)) => assert_eq!(text, expected),
                (Err(failure), Err(expected)) => {
                    assert!(failure.what.contains(expected), "{failure}")
                }
                (other, _) => panic!("{other:?}"),
            }
        }
        check("имя,name\n".as_bytes(), Ok("имя,name\n"));
        check(b"\xef\xbb\xbfname", Ok("name"));
        check(b"\xff\xfen\0a\0", Err("UTF-16"));
        check(b"name\ncaf\xe9\n", Err("not in UTF-8 (line 2"));
        check(b"a\0b", Err("zero bytes"));
        check(b"PK\x03\x04...", Err("no text but a workbook"));
    }

    #[test]
    fn a_large_file_is_refused_with_the_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.csv");
        std::fs::write(&path, vec![b'a'; MAX_BYTES as usize + 1]).unwrap();
        assert!(bytes(&path).unwrap_err().what.contains("10 MiB"));
        assert!(text(&folder.path().join("none.csv")).unwrap_err().what.contains("no such file"));
    }
}
