//! Who somebody claims to be: certificates, the file around them, an id that is typed.

use hospes_identity::certificate::{
    CenterCertificate, CenterFile, CertificateProblem, Chain, MAX_CERTIFICATE, NodeCertificate,
};
use hospes_identity::fingerprint;

use crate::Verdict;

/// A chain: two bytes with the length of the node's certificate, that one, then the center's.
pub fn chain(bytes: &[u8]) -> Verdict {
    let Some(([high, low], rest)) = bytes.split_first_chunk() else { return Verdict::Refused };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let Some((node, center)) = rest.split_at_checked(length) else { return Verdict::Refused };
    for der in [node, center] {
        if let Ok(read) = CenterCertificate::parse(der) {
            assert!(read.der() == der && der.len() <= MAX_CERTIFICATE);
        }
        if let Ok(read) = NodeCertificate::parse(der) {
            assert!(read.der() == der && der.len() <= MAX_CERTIFICATE);
        }
    }
    let Ok(chain) = Chain::parse(node, center) else { return Verdict::Refused };
    assert!(chain.epoch() > 0);
    let shown = chain.certificates();
    assert_eq!(Chain::from_certificates(&shown).as_ref(), Ok(&chain));
    let alone = Chain::from_certificates(shown.split_at(1).0);
    assert_eq!(alone, Err(CertificateProblem::ChainLength { actual: 1 }));
    Verdict::Read
}

/// The file that admins send to each other.
pub fn center_file(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    let Ok(file) = CenterFile::from_pem(text) else { return Verdict::Refused };
    for line in [&file.name, &file.address].into_iter().flatten() {
        assert!(!line.is_empty() && !line.contains(char::is_control), "it would fool a terminal");
    }
    assert_eq!(CenterFile::from_pem(&file.to_pem()).as_ref(), Ok(&file));
    Verdict::Read
}

/// An id as a person types it.
pub fn center_id(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    let Ok(id) = fingerprint::parse_groups(text) else { return Verdict::Refused };
    assert_eq!(fingerprint::parse_groups(&fingerprint::groups(&id)), Ok(id));
    assert!(fingerprint::words(&id).iter().all(|word| !word.is_empty()));
    Verdict::Read
}
