//! Changes, by their form.

use hospes_domain::{CenterId, Kind};
use hospes_sync::admission::{Form, MAX_CHUNK, MAX_MAINTAINERS, MAX_OPERATIONS, Refusal};
use hospes_sync::gate;
use sha2::{Digest as _, Sha256};

use crate::Verdict;
use crate::chunk::{CHANGE, framed};

/// Bit of the first byte that says that the rest is a whole chunk, with its frame.
pub const WHOLE: u8 = 0x80;

/// The form of a chunk. The bytes are as [`Specimen`] reads them.
pub fn change_gate(bytes: &[u8]) -> Verdict {
    let Some(Specimen { kind, actor, chunk }) = Specimen::read(bytes) else {
        return Verdict::Refused;
    };
    match gate::read_chunk(&chunk, actor, kind) {
        Ok(form) => {
            is_bounded(&form, &chunk);
            let [first, rest @ ..] = actor;
            let mut other = [first ^ 1; 16];
            other.split_at_mut(1).1.copy_from_slice(&rest);
            let foreign = gate::read_chunk(&chunk, other, kind);
            assert_eq!(foreign, Err(Refusal::ForeignActor), "a change has two authors");
            Verdict::Read
        }
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            Verdict::Refused
        }
    }
}

/// A change to look at: a byte for the kind of record, then the content of a chunk.
///
/// The frame with the checksum is put around it here: nobody guesses a checksum. With [`WHOLE`] in
/// the first byte the frame is in the bytes.
pub(crate) struct Specimen {
    pub(crate) kind: Kind,
    pub(crate) actor: [u8; 16],
    pub(crate) chunk: Vec<u8>,
}

impl Specimen {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (mark, rest) = bytes.split_first()?;
        let kind = Kind::from_number(mark & !WHOLE).ok()?;
        let chunk = if mark & WHOLE == 0 { framed(CHANGE, rest) } else { rest.to_vec() };
        let content = crate::chunk::content(&chunk).unwrap_or_default();
        Some(Self { kind, actor: actor_in(content).unwrap_or_default(), chunk })
    }
}

/// The actor that a content names: behind the names of the changes below it.
fn actor_in(content: &[u8]) -> Option<[u8; 16]> {
    let (deps, rest) = content.split_first()?;
    let (length, rest) = rest.get(usize::from(*deps) * 32..)?.split_first()?;
    rest.get(..usize::from(*length))?.try_into().ok()
}

fn is_bounded(form: &Form, chunk: &[u8]) {
    let name: [u8; 32] = Sha256::digest(chunk.get(8..).unwrap_or_default()).into();
    assert_eq!(form.hash.0, name);
    assert!(chunk.len() <= MAX_CHUNK);
    assert!(form.deps.len() as u64 <= gate::MAX_DEPS);
    assert!(form.deps.is_sorted_by(|one, next| one < next));
    assert!((1..gate::MAX_COUNTER).contains(&form.seq));
    assert!((1..gate::MAX_COUNTER).contains(&form.start_op));
    let operations = form.max_op + 1 - form.start_op;
    assert!(operations <= MAX_OPERATIONS && form.max_op < gate::MAX_COUNTER);
    assert!(form.grants.len() <= MAX_MAINTAINERS);
    let distinct = |grants: &[CenterId]| grants.is_sorted_by(|one, next| one < next);
    assert!(distinct(&form.grants));
}
