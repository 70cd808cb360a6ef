//! The file of a backup, which lies where others may write.

use std::io::Read;

use hospes_identity::backup::{Archive, Header, MAX_RELEASE, MAX_SIZE, PART};
use hospes_identity::{BackupKey, RecoveryPhrase};

use crate::Verdict;

/// The phrase to which the good files of the corpus are sealed.
pub const PHRASE: &str = "abandon abandon abandon abandon abandon abandon abandon abandon \
    abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
    abandon abandon abandon art";

/// The key of [`PHRASE`].
pub fn key() -> Option<BackupKey> {
    RecoveryPhrase::parse(PHRASE).ok()?.backup_key().ok()
}

/// Any file: its header, and all that can be opened of it.
pub fn backup(bytes: &[u8]) -> Verdict {
    let mut counted = Counted { bytes, read: 0 };
    let header = Header::read(&mut counted);
    assert!(counted.read <= 100 + MAX_RELEASE, "{} bytes were read for a header", counted.read);
    let Ok(header) = header else { return Verdict::Refused };
    assert!((1..=MAX_SIZE).contains(&header.size) && header.release.len() <= MAX_RELEASE);
    // Making a key takes 2,048 rounds of hashing: not for bytes that are no header.
    let Some(key) = key() else { return Verdict::Refused };
    let Ok(mut archive) = Archive::open(bytes, &key) else { return Verdict::Refused };
    assert_eq!(archive.header, header);
    let mut size = 0;
    loop {
        match archive.part() {
            Ok(Some(part)) => {
                assert!((1..=PART).contains(&part.len()));
                size += part.len() as u64;
            }
            Ok(None) => break,
            Err(_) => return Verdict::Refused,
        }
    }
    assert_eq!(size, header.size);
    Verdict::Read
}

/// Counts what is read.
struct Counted<'b> {
    bytes: &'b [u8],
    read: usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read += read;
        Ok(read)
    }
}
