//! How large a workbook becomes when it is unpacked: a file of a megabyte may hold gigabytes.

use std::io::{self, Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::failure::Failure;

/// Most bytes of a worksheet, unpacked: 256 MiB. It is read cell by cell and not kept.
const MAX_SHEET: u64 = 256 * MIB;
/// Most bytes of any other part that is read, unpacked: 32 MiB. All texts of a workbook are in one,
/// and in memory at once.
const MAX_PART: u64 = 32 * MIB;
const MIB: u64 = 1024 * 1024;

/// Unpacks what a reader would read, keeps nothing of it, and refuses what is too large.
///
/// What an archive says of its own sizes counts for nothing: it may lie.
pub fn check(name: &str, bytes: &[u8]) -> Result<(), Failure> {
    check_within(name, bytes, MAX_SHEET, MAX_PART)
}

fn check_within(name: &str, bytes: &[u8], sheet: u64, part: u64) -> Result<(), Failure> {
    let broken = |error: ZipError| {
        Failure::refused(format!("{name} cannot be read as a workbook: {error}"))
            .try_next("save it again as .xlsx, without a password")
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    for index in 0..archive.len() {
        let packed = archive.by_index(index).map_err(broken)?;
        let path = packed.name().to_ascii_lowercase();
        if !path.ends_with(".xml") && !path.ends_with(".rels") {
            continue;
        }
        let most = if path.contains("worksheets") && path.ends_with(".xml") { sheet } else { part };
        let unpacked = io::copy(&mut packed.take(most + 1), &mut io::sink())
            .map_err(|error| broken(ZipError::Io(error)))?;
        if unpacked > most {
            return Err(Failure::refused(format!(
                "{name}: the part {path:?} has more than {} MiB when it is unpacked",
                most.div_ceil(MIB)
            ))
            .try_next("split it into several files, or save it as .csv"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    /// A workbook with a long text of one letter, which packs to nearly nothing.
    fn book(letters: usize) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..letters / 30_000 {
            let text = format!("{row}{}", "x".repeat(30_000));
            sheet.write_string(row as u32, 0, text).unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_workbook_that_grows_is_refused_with_the_bound() {
        let bytes = book(3_000_000);
        assert!(bytes.len() < 100_000, "{}", bytes.len());
        check("a.xlsx", &bytes).unwrap();
        let failure = check_within("a.xlsx", &bytes, MAX_SHEET, MIB).unwrap_err();
        assert!(failure.what.contains("more than 1 MiB"), "{failure}");
        assert!(failure.what.contains("sharedstrings.xml"), "{failure}");
        let failure = check_within("a.xlsx", &bytes, 1_000, MAX_PART).unwrap_err();
        assert!(failure.what.contains("worksheets"), "{failure}");
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        let half = book(30_000);
        for bytes in [b"".as_slice(), b"PK\x03\x04", &half[..half.len() / 2]] {
            let failure = check("a.xlsx", bytes).unwrap_err();
            assert!(failure.what.contains("cannot be read as a workbook"), "{failure}");
        }
    }
}
