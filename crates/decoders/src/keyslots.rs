//! The file beside the database, which whoever gets at the disk can write.

use hospes_identity::Keyslots;

use crate::Verdict;

/// The file; it is read and not opened, which takes a passphrase and time.
pub fn keyslots(bytes: &[u8]) -> Verdict {
    let Ok(slots) = Keyslots::from_json(bytes) else { return Verdict::Refused };
    assert_eq!(Keyslots::from_json(slots.to_json().as_bytes()).as_ref(), Ok(&slots));
    Verdict::Read
}
