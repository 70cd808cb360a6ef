//! The fingerprint of ten records in one session.

use hospes_domain::id::hex;
use hospes_domain::{Kind, RecordId, RecordKey};
use hospes_sync::reconcile::FingerprintKey;
use hospes_sync::{ChangeHash, Version};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::entry::{CIRCLE, Entry};
use crate::people::Person;

/// Of some records, all together.
#[derive(Debug, Serialize)]
pub(super) struct Fingerprint {
    /// Of the two Hello frames, whoever said which.
    nonces: [String; 2],
    /// The first 16 bytes of the digest: the two words of the key.
    key: String,
    records: Vec<Lifted>,
    count: usize,
    fingerprint: String,
}

#[derive(Debug, Serialize)]
struct Lifted {
    #[serde(flatten)]
    record: Entry,
    siphash: String,
    low_64_bits: String,
}

/// The halves of the key of the session, the higher one first.
pub(super) const NONCES: [[u8; 16]; 2] = [[0xa5; 16], [0x5a; 16]];

/// Records of both centers and of all kinds.
fn records() -> Vec<(RecordKey, Version)> {
    let stewards = [Person::narva().center(), Person::riga().center()];
    let records = (1..=10).zip(stewards.into_iter().cycle()).zip(Kind::ALL.into_iter().cycle());
    let record = |((number, steward), kind): ((u8, _), _)| {
        let id = RecordId::from_random([number.wrapping_mul(23); 16]);
        let version = Version::of(1, &[ChangeHash([number; 32])]);
        (RecordKey { circle: CIRCLE, id, steward, kind }, version)
    };
    records.map(record).collect()
}

pub(super) fn ten() -> Fingerprint {
    let [one, other] = &NONCES;
    let (lower, higher) = if one < other { (one, other) } else { (other, one) };
    let mut digest = Sha256::new();
    digest.update(b"hospes session fingerprints 1\0");
    digest.update(lower);
    digest.update(higher);
    let digest: [u8; 32] = digest.finalize().into();
    let key = FingerprintKey::of(one, other);
    let records = records();
    let sum = records
        .iter()
        .fold(0_u128, |sum, (record, version)| sum.wrapping_add(key.lift(record, version)));
    let lifted = records.iter().map(|(record, version)| {
        let siphash = key.lift(record, version);
        Lifted {
            record: Entry::of(record, version),
            siphash: hex(&siphash.to_be_bytes()),
            low_64_bits: hex(&(siphash as u64).to_be_bytes()),
        }
    });
    Fingerprint {
        nonces: [hex(one), hex(other)],
        key: hex(digest.split_at(16).0),
        records: lifted.collect(),
        count: records.len(),
        fingerprint: hex(&sum.to_be_bytes()),
    }
}
