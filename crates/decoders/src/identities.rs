//! Certificates and keys.

use hospes_identity::{CenterCertificate, CenterFile, Chain, Keyslots, NodeCertificate};

/// Two certificates, of a node and of its center. The first two bytes say how long the first is.
pub fn chain(bytes: &[u8]) {
    let Some((length, both)) = bytes.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_be_bytes(*length)).min(both.len());
    let (node, center) = both.split_at(length);
    if let Ok(node) = NodeCertificate::parse(node) {
        assert_eq!(NodeCertificate::parse(node.der()).ok(), Some(node));
    }
    if let Ok(center) = CenterCertificate::parse(center) {
        assert_eq!(CenterCertificate::parse(center.der()).ok(), Some(center));
    }
    let Ok(chain) = Chain::parse(node, center) else { return };
    let again = Chain::from_certificates(&chain.certificates());
    assert_eq!(again.ok(), Some(chain), "a chain does not read as it was read before");
}

/// The file that admins exchange.
pub fn center_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(file) = CenterFile::from_pem(text) else { return };
    let again = CenterFile::from_pem(&file.to_pem());
    assert_eq!(again.map(|again| again.center).ok(), Some(file.center), "another center");
}

/// The wrapped key of a database.
pub fn keyslots(bytes: &[u8]) {
    let Ok(slots) = Keyslots::from_json(bytes) else { return };
    let again = Keyslots::from_json(slots.to_json().as_bytes());
    assert!(again.is_ok(), "keyslots that were written cannot be read");
}
