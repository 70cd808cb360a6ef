//! The file beside the database, which whoever gets at the disk can write, and what trustees send.

use hospes_identity::keyslots::{MAX_SLOTS, MAX_TRUSTEES, Opener};
use hospes_identity::{Keyslots, Share, TrusteeKey};

use crate::Verdict;

/// The file; it is read and not opened, which takes a passphrase and time.
pub fn keyslots(bytes: &[u8]) -> Verdict {
    let Ok(slots) = Keyslots::from_json(bytes) else { return Verdict::Refused };
    assert_eq!(Keyslots::from_json(slots.to_json().as_bytes()).as_ref(), Ok(&slots));
    let list = slots.list();
    assert!(list.len() <= MAX_SLOTS);
    for slot in list {
        assert!(!slot.label.contains(char::is_control), "it would fool a terminal");
        if let Opener::Trustees { needed, of } = slot.opener {
            assert!((2..=MAX_TRUSTEES).contains(&of) && (2..=of).contains(&usize::from(needed)));
        }
    }
    Verdict::Read
}

/// The public key of a trustee, as it comes by mail.
pub fn trustee_key(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    let Ok(key) = TrusteeKey::parse(text) else { return Verdict::Refused };
    assert_eq!(TrusteeKey::parse(&key.to_text()).as_ref(), Ok(&key));
    assert!(key.words().iter().all(|word| !word.is_empty()));
    Verdict::Read
}

/// The share of a trustee, as it is read out and typed. It opens nothing here, and nothing panics
/// of it.
pub fn share(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    let Ok(share) = Share::parse(text) else { return Verdict::Refused };
    assert!(Share::parse(&share.to_text()).is_ok_and(|again| again == share));
    Verdict::Read
}
