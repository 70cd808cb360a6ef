//! The form of a change, read from its bytes without Automerge.
//!
//! Foreign bytes reach Automerge only after this, and then only in the merge worker. The gate is
//! written against the binary format and not against the library, because its answer decides which
//! changes a node holds: releases that disagreed would split the network. It takes one pass over
//! the bytes, counts runs before it unrolls them, and admits of all encodings of a change just the
//! one that the encoder writes, so that one content has one name.
//!
//! Format: <https://automerge.org/automerge-binary-format-spec/>.

use hospes_domain::schema::schema;
use hospes_domain::{CenterId, Kind};
use sha2::{Digest, Sha256};

use crate::admission::{Form, MAX_CHUNK, MAX_MAINTAINERS, Refusal};
use crate::change::{self, Body, ChangeHash, SignedChange};

mod bytes;
mod column;
mod operations;

use bytes::{Bytes, Fault};
pub use operations::{Action, Held, Key, Name, Operation};
use operations::{Columns, Frame};
pub use operations::{MAX_DEPTH, MAX_KEY};

/// Most changes that one change may be built on directly.
pub const MAX_DEPS: u64 = 64;
/// Most writers other than its own that a change may refer to.
pub const MAX_OTHER_ACTORS: u64 = 64;
/// Counters of operations stay below this.
pub const MAX_COUNTER: u64 = 1 << 31;

/// First bytes of every Automerge chunk.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Type of a chunk that is one uncompressed change.
const CHANGE: u8 = 1;
/// How a grant begins; the centers follow, each after a space.
const GRANT: &str = "maintainers";

/// Reads the form of a change.
///
/// Looks at nothing but the change itself. What it says about other changes (that they exist, that
/// its numbers follow theirs) is for [`crate::admission::Held`].
pub fn read(change: &SignedChange) -> Result<Form, Refusal> {
    let actor = change::actor(&change.key, change.generation, &change.author);
    match &change.body {
        Body::Chunk(chunk) => read_chunk(chunk, actor, change.key.kind),
        Body::Tombstone => Ok(Form {
            hash: change.hash(),
            actor,
            seq: 0,
            start_op: 0,
            max_op: 0,
            deps: Vec::new(),
            grants: Vec::new(),
        }),
    }
}

/// Reads the form of a chunk that a writer with this actor made for a record of this kind.
pub fn read_chunk(chunk: &[u8], actor: [u8; 16], kind: Kind) -> Result<Form, Refusal> {
    if chunk.len() > MAX_CHUNK {
        return Err(Refusal::TooLarge { actual: chunk.len() as u64, limit: MAX_CHUNK as u64 });
    }
    let envelope = Envelope::open(chunk).map_err(malformed)?;
    let head = Head::read(envelope.body).map_err(malformed)?;
    if head.actor != actor {
        return Err(Refusal::ForeignActor);
    }
    let rows = head.operations(kind)?;
    Ok(Form {
        hash: envelope.hash,
        actor,
        seq: head.seq,
        start_op: head.start,
        max_op: head.start + rows - 1,
        deps: head.deps,
        grants: head.grants,
    })
}

/// The message of a change by which a steward names co-maintainers; empty for none.
///
/// The centers stand in it in order and once, so that one grant has one text.
pub fn grant_message(centers: &[CenterId]) -> String {
    let mut centers = centers.to_vec();
    centers.sort_unstable();
    centers.dedup();
    let mut message = String::new();
    if !centers.is_empty() {
        message.push_str(GRANT);
    }
    for center in centers {
        message.push(' ');
        message.push_str(&center.to_string());
    }
    message
}

/// Name of a chunk, and the names of those it is built on; `None` if it does not have the form.
pub(crate) fn links(chunk: &[u8]) -> Option<(ChangeHash, Vec<ChangeHash>)> {
    let envelope = Envelope::open(chunk).ok()?;
    let head = Head::read(envelope.body).ok()?;
    Some((envelope.hash, head.deps))
}

/// Tells every operation of a chunk that has passed the gate, with its name and the names of those
/// that it overwrites. Before that it tells the writers, to whose places the names refer: the
/// author with the number of the change, then the others.
pub fn operations<'a>(
    chunk: &'a [u8],
    writers: impl FnOnce((&[u8; 16], u64), &[[u8; 16]]),
    mut tell: impl FnMut(Name, &Operation<'a>, &[Name]),
) -> Option<()> {
    let head = Head::read(Envelope::open(chunk).ok()?.body).ok()?;
    writers((&head.actor, head.seq), &head.others);
    let (columns, rows) = head.columns().ok()?;
    let mut counter = head.start;
    operations::visit(&columns, head.frame(), rows, |operation, befores| {
        tell(Name { counter, actor: 0 }, operation, befores);
        counter += 1;
    })
    .ok()
}

/// Tells every operation of a chunk that has passed the gate and is built on nothing, the first of
/// its writer, with the operations that each overwrites. `None` when it is not such a chunk; what
/// was told before that counts for nothing.
pub(crate) fn first_operations<'a>(
    chunk: &'a [u8],
    mut tell: impl FnMut(&Operation<'a>, &[Name]),
) -> Option<()> {
    let head = Head::read(Envelope::open(chunk).ok()?.body).ok()?;
    if !head.deps.is_empty() || !head.others.is_empty() || (head.seq, head.start) != (1, 1) {
        return None;
    }
    let (columns, rows) = head.columns().ok()?;
    operations::visit(&columns, head.frame(), rows, |operation, befores| tell(operation, befores))
        .ok()
}

fn malformed(fault: Fault) -> Refusal {
    Refusal::Malformed(fault.to_owned())
}

/// A chunk's frame, taken off.
struct Envelope<'a> {
    hash: ChangeHash,
    body: Bytes<'a>,
}

impl<'a> Envelope<'a> {
    fn open(chunk: &'a [u8]) -> Result<Self, Fault> {
        let mut bytes = Bytes::new(chunk);
        if bytes.array()? != MAGIC {
            return Err("it does not begin as a chunk does");
        }
        let checksum: [u8; 4] = bytes.array()?;
        let hash: [u8; 32] = Sha256::digest(chunk.get(8..).unwrap_or_default()).into();
        let [kind] = bytes.array()?;
        match kind {
            CHANGE => {}
            0 => return Err("it is a document, not a change"),
            2 => return Err("it is compressed"),
            3 => return Err("it is a bundle of changes, not a change"),
            _ => return Err("it is a chunk of an unknown type"),
        }
        let length = bytes.unsigned()?;
        if length != bytes.len() as u64 {
            return Err("its length is not that of the chunk");
        }
        if !hash.starts_with(&checksum) {
            return Err("its checksum is wrong");
        }
        Ok(Self { hash: ChangeHash(hash), body: bytes })
    }
}

/// What a change says before its operations.
struct Head<'a> {
    deps: Vec<ChangeHash>,
    actor: [u8; 16],
    seq: u64,
    start: u64,
    grants: Vec<CenterId>,
    others: Vec<[u8; 16]>,
    rest: Bytes<'a>,
}

impl<'a> Head<'a> {
    fn read(mut bytes: Bytes<'a>) -> Result<Self, Fault> {
        let count = bytes.unsigned()?;
        if count > MAX_DEPS {
            return Err("it is built on more changes than it may be");
        }
        let mut deps = Vec::new();
        for _ in 0..count {
            deps.push(ChangeHash(bytes.array()?));
        }
        if !deps.is_sorted_by(|one, next| one < next) {
            return Err("the changes that it is built on are not in order");
        }
        let actor = read_actor(&mut bytes)?;
        let seq = bytes.unsigned()?;
        let start = bytes.unsigned()?;
        if seq == 0 || seq >= MAX_COUNTER {
            return Err("its number is out of bounds");
        }
        if start == 0 || start >= MAX_COUNTER {
            return Err("the number of its first operation is out of bounds");
        }
        if bytes.signed()? != 0 {
            return Err("it carries a time");
        }
        let grants = read_grants(bytes.text()?)?;
        let count = bytes.unsigned()?;
        if count > MAX_OTHER_ACTORS {
            return Err("it refers to more writers than it may");
        }
        let mut others = Vec::new();
        for _ in 0..count {
            others.push(read_actor(&mut bytes)?);
        }
        if !others.is_sorted_by(|one, next| one < next) || others.contains(&actor) {
            return Err("the writers that it refers to are not in order");
        }
        Ok(Self { deps, actor, seq, start, grants, others, rest: bytes })
    }

    fn frame(&self) -> Frame<'_> {
        Frame { start: self.start, own: &self.actor, others: &self.others }
    }

    /// The operations, not yet looked at, and how many they are.
    fn columns(&self) -> Result<(Columns<'a>, u64), Fault> {
        let mut bytes = self.rest;
        let columns = Columns::read(&mut bytes)?;
        if !bytes.is_empty() {
            return Err("it has bytes after its operations");
        }
        let rows = columns.operations()?;
        if self.start + rows >= MAX_COUNTER {
            return Err("the number of its last operation is out of bounds");
        }
        Ok((columns, rows))
    }

    /// Checks the operations; the answer is how many they are.
    fn operations(&self, kind: Kind) -> Result<u64, Refusal> {
        let (columns, rows) = self.columns().map_err(malformed)?;
        let schema = schema(kind);
        let found = operations::check(&columns, self.frame(), rows, |key| schema.forbids(key));
        match found.map_err(malformed)? {
            Some(field) => Err(Refusal::ForbiddenField { field: field.to_owned(), kind }),
            None => Ok(rows),
        }
    }
}

fn read_actor(bytes: &mut Bytes<'_>) -> Result<[u8; 16], Fault> {
    let actor = bytes.counted()?;
    actor.try_into().map_err(|_| "an actor does not have 16 bytes")
}

/// The inverse of [`grant_message`]; no other text is accepted.
fn read_grants(message: &str) -> Result<Vec<CenterId>, Fault> {
    if message.is_empty() {
        return Ok(Vec::new());
    }
    let mut words = message.split(' ');
    let mut centers = Vec::new();
    if words.next() == Some(GRANT) && message.len() <= GRANT.len() + MAX_MAINTAINERS * 65 {
        centers.extend(words.map_while(|word| word.parse::<CenterId>().ok()));
    }
    // Writing it again settles order, case, doubles and stray characters at once.
    if centers.is_empty() || grant_message(&centers) != message {
        return Err("its message is not a list of maintainers in order");
    }
    Ok(centers)
}
