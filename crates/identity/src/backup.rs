//! The file of a backup: a database, sealed to a key that only the recovery phrase makes.
//!
//! A node has no phrase. It has the public half of the [`BackupKey`], with the center key's signature
//! below it, so that nobody can slip in a key of their own: a [`BackupRecipient`].
//!
//! ```text
//! magic 16 | format 2 | length 2 | center 32 | node 32 | time 8 | size 8 | release ...   in the clear
//! encapsulated key 1120 | sealed contents 96                                             HPKE, X-Wing
//! part 65536 + 16, ... , last part                                                       AES-256-GCM
//! ```
//!
//! All numbers are big-endian. Each part is bound to all that stands before the parts, to its number,
//! and to whether it is the last: parts that are altered, left out, cut off or in another order are
//! refused. `docs/operations/backup.md` says what the clear part gives away.

use std::fmt;
use std::io::{self, Read};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use hospes_domain::{CenterId, NodeId, Timestamp};
use zeroize::{Zeroize, Zeroizing};

use crate::certificate::CenterCertificate;
use crate::crypto::{self, CryptoFailure};
use crate::node;
use crate::sealed_box::{self, ENCAPSULATED, PUBLIC_KEY};

/// What every backup begins with. The last bytes are lost where line ends are rewritten or a file is
/// taken for text.
const MAGIC: &[u8; 16] = b"hospes backup\r\n\x1a";
/// The form that this release writes and reads.
const FORMAT: u16 = 1;
/// Magic, format and length.
const START: usize = 20;
/// Fields of the header without the release.
const FIXED: usize = 80;
/// Longest name of a release, in bytes.
pub const MAX_RELEASE: usize = 64;
/// Largest database that a backup may hold: 1 TiB.
pub const MAX_SIZE: u64 = 1 << 40;
/// Bytes of the database in each part but the last.
pub const PART: usize = 64 * 1024;
/// Bytes that sealing adds to a part.
const TAG: usize = 16;
/// Content key, database key, counts of records and of changes.
const CONTENTS: usize = 80;
/// Encapsulated key and sealed contents.
const ENVELOPE: usize = ENCAPSULATED + CONTENTS + sealed_box::TAG;

const KEY_LABEL: &[u8] = b"hospes backup key v1";
const FILE_LABEL: &[u8] = b"hospes backup v1";

/// The private key of backups, made from the recovery phrase. Wiped on drop.
pub struct BackupKey {
    seed: Zeroizing<[u8; 32]>,
}

impl BackupKey {
    pub(crate) fn from_seed(seed: Zeroizing<[u8; 32]>) -> Self {
        Self { seed }
    }

    #[cfg(test)]
    pub(crate) fn seed(&self) -> &[u8] {
        self.seed.as_slice()
    }

    pub(crate) fn public_key(&self) -> Result<Vec<u8>, CryptoFailure> {
        sealed_box::public_key(&self.seed)
    }
}

impl fmt::Debug for BackupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackupKey")
    }
}

/// Bytes that are not a center's signed backup key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecipient {
    /// Of another length.
    #[error(
        "a backup key with its signature has {} bytes, this has {actual}",
        BackupRecipient::BYTES
    )]
    Length {
        /// Bytes that were given.
        actual: usize,
    },
    /// Signed by somebody else, or altered.
    #[error("the backup key is not signed by this center")]
    Signature,
}

/// The public half of a center's [`BackupKey`], signed by the center.
#[derive(Clone, PartialEq, Eq)]
pub struct BackupRecipient {
    public_key: Vec<u8>,
    signature: [u8; 64],
}

impl BackupRecipient {
    /// Length of [`BackupRecipient::to_bytes`].
    pub const BYTES: usize = PUBLIC_KEY + 64;

    pub(crate) fn signed(public_key: Vec<u8>, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        let signature = sign(&statement(&public_key));
        Self { public_key, signature }
    }

    /// Reads what [`BackupRecipient::to_bytes`] wrote, if it was this center that signed it.
    pub fn parse(bytes: &[u8], center: &CenterCertificate) -> Result<Self, InvalidRecipient> {
        let length = InvalidRecipient::Length { actual: bytes.len() };
        let (public_key, signature) = bytes.split_at_checked(PUBLIC_KEY).ok_or(length)?;
        let signature: [u8; 64] = signature.try_into().map_err(|_| length)?;
        if !node::verify(center.public_key(), &statement(public_key), &signature) {
            return Err(InvalidRecipient::Signature);
        }
        Ok(Self { public_key: public_key.to_vec(), signature })
    }

    /// Public key and signature.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.public_key.as_slice(), &self.signature].concat()
    }
}

impl fmt::Debug for BackupRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackupRecipient")
    }
}

/// What a center signs. It begins with a letter, a certificate with 0x30: one is never the other.
fn statement(public_key: &[u8]) -> Vec<u8> {
    [KEY_LABEL, b"/", public_key].concat()
}

/// What stands in the clear before a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The center that it is of.
    pub center: CenterId,
    /// The node that made it.
    pub node: NodeId,
    /// As of when it is.
    pub time: Timestamp,
    /// Bytes of the database in it; 1 to [`MAX_SIZE`].
    pub size: u64,
    /// Name and release of the software that wrote it, at most [`MAX_RELEASE`] bytes.
    pub release: String,
}

/// What only the recovery phrase shows.
pub struct Contents {
    /// The key of the database inside; made for this backup.
    pub database_key: Zeroizing<[u8; 32]>,
    /// Records in it, erased ones too.
    pub records: u64,
    /// Changes in it.
    pub changes: u64,
}

impl fmt::Debug for Contents {
    /// Never the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contents({} records, {} changes)", self.records, self.changes)
    }
}

/// Why a file is not a backup that can be restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupProblem {
    /// Another sort of file.
    #[error("this is not a backup of hospes: it does not begin like one")]
    Foreign,
    /// A newer release wrote it.
    #[error("a newer release wrote this backup (format {actual}, this release knows {FORMAT})")]
    Newer {
        /// Its format.
        actual: u16,
    },
    /// The clear part makes no sense.
    #[error("the backup is damaged: its header has {0}")]
    Header(&'static str),
    /// The key opens it not, or the beginning was altered.
    #[error(
        "this recovery phrase does not open the backup: it is the phrase of another center, or the \
         beginning of the file was altered"
    )]
    Sealed,
    /// It ends too early.
    #[error("the backup is cut off: it ends in part {part} of {parts}, after byte {at}")]
    CutOff {
        /// Which part is missing or short, from 1.
        part: u64,
        /// Parts that there should be.
        parts: u64,
        /// Bytes of the file before that part.
        at: u64,
    },
    /// A part is not what was written there.
    #[error(
        "the backup is damaged in part {part} of {parts}, at byte {at}: the part was altered, or parts \
         have changed places"
    )]
    Part {
        /// Which part, from 1.
        part: u64,
        /// Parts in all.
        parts: u64,
        /// Where in the file it begins.
        at: u64,
    },
    /// There is more than there should be.
    #[error("the backup is damaged: there is something behind its last byte, {at}")]
    TooLong {
        /// Bytes that it should have.
        at: u64,
    },
    /// The file could not be read.
    #[error("the backup cannot be read: {0}")]
    Read(#[from] io::Error),
    /// What is to be sealed is not what was announced.
    #[error("the database has not the size that was announced")]
    Size,
    /// The library refused.
    #[error(transparent)]
    Crypto(#[from] CryptoFailure),
}

impl Header {
    fn to_bytes(&self) -> Result<Vec<u8>, BackupProblem> {
        let length = u16::try_from(FIXED + self.release.len())
            .ok()
            .filter(|_| self.release.len() <= MAX_RELEASE)
            .ok_or(BackupProblem::Header("a release with too long a name"))?;
        let mut bytes = Vec::with_capacity(START + FIXED + self.release.len());
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_be_bytes());
        bytes.extend(length.to_be_bytes());
        bytes.extend(self.center.0);
        bytes.extend(self.node.0);
        bytes.extend(self.time.0.to_be_bytes());
        bytes.extend(self.size.to_be_bytes());
        bytes.extend(self.release.as_bytes());
        Ok(bytes)
    }

    /// Reads the clear part of a backup, and nothing behind it. At most 164 bytes are read.
    ///
    /// Until a phrase has opened the backup, anybody may have written what it says.
    pub fn read(file: &mut impl Read) -> Result<Self, BackupProblem> {
        Ok(Self::read_raw(file)?.0)
    }

    fn read_raw(file: &mut impl Read) -> Result<(Self, Vec<u8>), BackupProblem> {
        let mut bytes = exactly(file, START)?.ok_or(BackupProblem::Foreign)?;
        let rest = bytes.strip_prefix(MAGIC).ok_or(BackupProblem::Foreign)?;
        let (format, length) = match rest {
            [a, b, c, d] => (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])),
            _ => return Err(BackupProblem::Foreign),
        };
        match format {
            FORMAT => {}
            0 => return Err(BackupProblem::Header("a format that never was")),
            actual => return Err(BackupProblem::Newer { actual }),
        }
        let length = usize::from(length);
        if !(FIXED..=FIXED + MAX_RELEASE).contains(&length) {
            return Err(BackupProblem::Header("an impossible length"));
        }
        let fields = exactly(file, length)?.ok_or(BackupProblem::Header("no end"))?;
        let header = Self::of_fields(&fields)?;
        bytes.extend(fields);
        Ok((header, bytes))
    }

    fn of_fields(fields: &[u8]) -> Result<Self, BackupProblem> {
        const SHORT: BackupProblem = BackupProblem::Header("no end");
        fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
            let (taken, left) = rest.split_first_chunk::<N>()?;
            *rest = left;
            Some(*taken)
        }
        let mut rest = fields;
        let center = CenterId(take(&mut rest).ok_or(SHORT)?);
        let node = NodeId(take(&mut rest).ok_or(SHORT)?);
        let time = Timestamp(i64::from_be_bytes(take(&mut rest).ok_or(SHORT)?));
        let size = u64::from_be_bytes(take(&mut rest).ok_or(SHORT)?);
        if size == 0 || size > MAX_SIZE {
            return Err(BackupProblem::Header("an impossible size"));
        }
        let release = std::str::from_utf8(rest)
            .ok()
            .filter(|release| !release.contains(char::is_control))
            .ok_or(BackupProblem::Header("a release whose name is no text"))?;
        Ok(Self { center, node, time, size, release: release.to_owned() })
    }

    fn parts(&self) -> u64 {
        self.size.div_ceil(PART as u64)
    }
}

/// Reads so many bytes; `None` when there are fewer.
fn exactly(file: &mut impl Read, count: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; count];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Seals or opens the parts, one after the other.
struct Parts {
    key: LessSafeKey,
    /// Digest of all that stands before the parts.
    before: [u8; 32],
    number: u64,
    /// Bytes of the database that are still to come.
    left: u64,
}

impl Parts {
    fn new(key: &[u8], before: &[&[u8]], size: u64) -> Result<Self, CryptoFailure> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| CryptoFailure("take a key"))?;
        let before = crypto::sha256(before);
        Ok(Self { key: LessSafeKey::new(key), before, number: 0, left: size })
    }

    /// Bytes of the database in the next part; 0 when there is none.
    fn next(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX).min(PART)
    }

    /// Nonce and bound bytes of the next part. The content key is used for one backup only, so a
    /// number is never used twice with it.
    fn step(&mut self) -> (Nonce, Aad<[u8; 32]>) {
        let size = self.next() as u64;
        self.left -= size;
        let mut nonce = [0; 12];
        let last = u8::from(self.left == 0);
        for (to, from) in
            nonce.iter_mut().zip([last, 0, 0, 0].iter().chain(&self.number.to_be_bytes()))
        {
            *to = *from;
        }
        self.number += 1;
        (Nonce::assume_unique_for_key(nonce), Aad::from(self.before))
    }
}

/// Writes a backup.
pub struct Sealer {
    parts: Parts,
}

impl Sealer {
    /// Begins a backup. Gives what is to be written before the parts.
    pub fn begin(
        recipient: &BackupRecipient,
        header: &Header,
        contents: &Contents,
    ) -> Result<(Vec<u8>, Self), BackupProblem> {
        let mut head = header.to_bytes()?;
        // What is written is read the same way, so that no backup is made that cannot be restored.
        Header::read(&mut head.as_slice())?;
        let key = crypto::random::<32>()?;
        let mut text = Zeroizing::new(Vec::with_capacity(CONTENTS));
        text.extend_from_slice(key.as_slice());
        text.extend_from_slice(contents.database_key.as_slice());
        text.extend_from_slice(&contents.records.to_be_bytes());
        text.extend_from_slice(&contents.changes.to_be_bytes());
        let (encapsulated, sealed) =
            sealed_box::seal(&recipient.public_key, FILE_LABEL, &head, &text)?;
        head.extend(encapsulated);
        head.extend(sealed);
        let parts = Parts::new(key.as_slice(), &[&head], header.size)?;
        Ok((head, Self { parts }))
    }

    /// Bytes of the database that the next part takes; 0 when all is sealed.
    pub fn wants(&self) -> usize {
        self.parts.next()
    }

    /// Seals the next part in its place. It must have as many bytes as [`Sealer::wants`] says.
    pub fn seal(&mut self, part: &mut Vec<u8>) -> Result<(), BackupProblem> {
        if part.is_empty() || part.len() != self.parts.next() {
            return Err(BackupProblem::Size);
        }
        let (nonce, bound) = self.parts.step();
        self.parts
            .key
            .seal_in_place_append_tag(nonce, bound, part)
            .map_err(|_| CryptoFailure("seal a part").into())
    }
}

/// Bytes of the whole file of a backup with this header.
pub fn file_size(header: &Header) -> u64 {
    let head = (START + FIXED + header.release.len() + ENVELOPE) as u64;
    head + header.size + header.parts() * TAG as u64
}

/// Reads a backup, with constant memory.
pub struct Archive<R> {
    file: R,
    /// What stands in the clear; the phrase's key has vouched for it.
    pub header: Header,
    /// What was sealed beside the database.
    pub contents: Contents,
    parts: Parts,
    /// Bytes of the file that were read.
    at: u64,
}

impl<R: Read> Archive<R> {
    /// Reads the beginning of a backup and opens it with the key.
    pub fn open(mut file: R, key: &BackupKey) -> Result<Self, BackupProblem> {
        let (header, head) = Header::read_raw(&mut file)?;
        let parts = header.parts();
        let at = head.len() as u64;
        let envelope = exactly(&mut file, ENVELOPE)?;
        let envelope = envelope.ok_or(BackupProblem::CutOff { part: 1, parts, at })?;
        let (encapsulated, sealed) =
            envelope.split_at_checked(ENCAPSULATED).ok_or(BackupProblem::Sealed)?;
        let text = sealed_box::open(&key.seed, encapsulated, FILE_LABEL, &head, sealed)
            .ok_or(BackupProblem::Sealed)?;
        let (content_key, rest) = text.split_first_chunk::<32>().ok_or(BackupProblem::Sealed)?;
        let (database_key, rest) = rest.split_first_chunk::<32>().ok_or(BackupProblem::Sealed)?;
        let (records, rest) = rest.split_first_chunk::<8>().ok_or(BackupProblem::Sealed)?;
        let changes: [u8; 8] = rest.try_into().map_err(|_| BackupProblem::Sealed)?;
        let contents = Contents {
            database_key: Zeroizing::new(*database_key),
            records: u64::from_be_bytes(*records),
            changes: u64::from_be_bytes(changes),
        };
        let at = at + envelope.len() as u64;
        let parts = Parts::new(content_key, &[&head, &envelope], header.size)?;
        Ok(Self { file, header, contents, parts, at })
    }

    /// The next bytes of the database, at most [`PART`] of them; `None` after the last.
    pub fn part(&mut self) -> Result<Option<Vec<u8>>, BackupProblem> {
        let (part, parts, at) = (self.parts.number + 1, self.header.parts(), self.at);
        let size = self.parts.next();
        if size == 0 {
            let nothing = exactly(&mut self.file, 1)?.is_none();
            return if nothing { Ok(None) } else { Err(BackupProblem::TooLong { at }) };
        }
        let mut bytes = exactly(&mut self.file, size + TAG)?.ok_or(BackupProblem::CutOff {
            part,
            parts,
            at,
        })?;
        self.at += bytes.len() as u64;
        let (nonce, bound) = self.parts.step();
        if self.parts.key.open_in_place(nonce, bound, &mut bytes).is_err() {
            bytes.zeroize();
            return Err(BackupProblem::Part { part, parts, at });
        }
        bytes.truncate(size);
        Ok(Some(bytes))
    }
}

impl<R> fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("header", &self.header).finish_non_exhaustive()
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} bytes left)", self.parts.left)
    }
}

#[cfg(test)]
mod tests;
