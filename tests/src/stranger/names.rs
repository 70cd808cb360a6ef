//! Section 1, and what sections 4 and 2 make of names: digests, actors, versions, groups of an id.

use sha2::{Digest as _, Sha256};

/// A center, a node, or a change: each is named by a SHA-256 digest.
pub type Digest = [u8; 32];

/// The number of a record, a version 4 UUID.
pub type Number = [u8; 16];

/// The one circle of version 1.
pub const COMMONS: [u8; 16] = [0; 16];

/// SHA-256 of the parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// The first 16 bytes of a digest.
pub fn half(digest: Digest) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    half
}

/// The SPKI of an Ed25519 key.
pub fn spki(key: &[u8; 32]) -> Vec<u8> {
    const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
    [HEAD.as_slice(), key].concat()
}

/// `CenterId` or `NodeId` of a key.
pub fn id(key: &[u8; 32]) -> Digest {
    sha256(&[&spki(key)])
}

/// The whole name of a record. Ordered as a run of ranges goes: by number first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Its number.
    pub number: Number,
    /// Its steward.
    pub steward: Digest,
    /// The number of its kind.
    pub kind: u8,
    /// Its circle.
    pub circle: [u8; 16],
}

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The center in whose name.
    pub center: Digest,
    /// The node that signed.
    pub node: Digest,
    /// Of its certificate.
    pub epoch: u32,
    /// Of this run of its process.
    pub writer: [u8; 16],
}

/// What the digest and the actor have in common.
fn ground(record: &Record, generation: u32, author: &Author) -> Vec<u8> {
    [
        record.circle.as_slice(),
        &[record.kind],
        &record.steward,
        &record.number,
        &generation.to_be_bytes(),
        &author.center,
        &author.node,
        &author.epoch.to_be_bytes(),
        &author.writer,
    ]
    .concat()
}

/// What is signed; without a chunk, of a tombstone.
pub fn digest(record: &Record, generation: u32, author: &Author, chunk: Option<&[u8]>) -> Digest {
    let body = match chunk {
        Some(chunk) => [&[1], (chunk.len() as u64).to_be_bytes().as_slice(), chunk].concat(),
        None => vec![2],
    };
    sha256(&[b"hospes signed change 1\0", &ground(record, generation, author), &body])
}

/// The Automerge actor of an author in a record.
pub fn actor(record: &Record, generation: u32, author: &Author) -> [u8; 16] {
    half(sha256(&[b"hospes actor 1\0", &ground(record, generation, author)]))
}

/// The version of a record; one that is erased has no heads.
pub fn version(generation: u32, mut heads: Vec<Digest>) -> [u8; 16] {
    heads.sort_unstable();
    half(sha256(&[b"hospes version 1\0", &generation.to_be_bytes(), &heads.concat()]))
}

/// The groups of an id, as they stand in a center file.
pub fn groups(id: &Digest) -> String {
    const LETTERS: [char; 32] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R',
        'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
    ];
    let letter = |digit: u8| LETTERS.get(usize::from(digit)).copied().unwrap_or('?');
    let check = sha256(&[b"hospes id checksum v1", id]);
    let bits: Vec<u8> = [id.as_slice(), &check]
        .concat()
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .take(270)
        .collect();
    let digits: Vec<u8> =
        bits.chunks(5).map(|bits| bits.iter().fold(0, |digit, bit| digit << 1 | bit)).collect();
    let group = |(place, digits): (u8, &[u8])| {
        let times_a = |element: u8| {
            if element & 16 == 0 { element << 1 } else { element << 1 ^ 0b10_0101 }
        };
        let power = |digit: u8, exponent: usize| (0..exponent).fold(digit, |sum, _| times_a(sum));
        let sum =
            (1..).zip(digits).fold(place, |sum, (exponent, digit)| sum ^ power(*digit, exponent));
        digits.iter().chain([&sum]).map(|digit| letter(*digit)).collect::<String>()
    };
    (1..).zip(digits.chunks(6)).map(group).collect::<Vec<_>>().join("-")
}

/// Hexadecimal, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
