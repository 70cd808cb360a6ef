//! Changes of records, and what daemon and merge worker say to each other about them.

use hospes_domain::Kind;
use hospes_sync::gate;
use hospes_sync::merge::{self, MergeJob, Request, Response};
use sha2::{Digest as _, Sha256};

/// The writer of all changes of the corpus.
pub const ACTOR: [u8; 16] = [7; 16];

/// A change, without the head that only repeats what is in it: a checksum would stop nearly
/// everything before it is read. The last byte says of which kind the record is.
///
/// A change that the gate lets through and that is plain is read in two ways, and both must agree.
pub fn change(bytes: &[u8]) {
    let Some((kind, content)) = bytes.split_last() else { return };
    let Ok(kind) = Kind::from_number((kind % 5) + 1) else { return };
    let chunk = chunk(content);
    let Ok(form) = gate::read_chunk(&chunk, ACTOR, kind) else { return };
    assert!(form.start_op <= form.max_op + 1, "operations end before they begin");
    assert!(form.max_op < gate::MAX_COUNTER, "a counter is out of its bounds");
    if !form.deps.is_empty() {
        return;
    }
    let Some(view) = merge::plain(&chunk, kind) else { return };
    // With a snapshot wanted the worker's way is taken, which is Automerge's.
    let job = MergeJob { kind, base: None, chunks: vec![chunk], keep_snapshot: true };
    let Response::Merged(answers) = merge::answer(Request::Merge(vec![job])) else { return };
    for answer in answers {
        assert_eq!(answer.outcome, Ok(view.clone()), "a plain change reads in two ways");
        assert_eq!(answer.left_out, [], "a plain change is left out");
    }
}

/// A change with its head.
pub fn chunk(content: &[u8]) -> Vec<u8> {
    const CHANGE: u8 = 1;
    let mut body = vec![CHANGE];
    let mut length = content.len();
    loop {
        let low = u8::try_from(length & 0x7f).unwrap_or_default();
        length >>= 7;
        if length == 0 {
            body.push(low);
            break;
        }
        body.push(low | 0x80);
    }
    body.extend_from_slice(content);
    let sum = Sha256::digest(&body);
    let head = [0x85, 0x6f, 0x4a, 0x83];
    head.iter().chain(sum.iter().take(4)).chain(&body).copied().collect()
}

/// A request to the worker. It carries foreign bytes, though the daemon framed them.
pub fn request(bytes: &[u8]) {
    let Ok(request) = merge::decode_request(bytes) else { return };
    let Ok(frame) = merge::encode_request(&request) else { return };
    let again = merge::decode_request(frame.get(4..).unwrap_or_default());
    assert_eq!(again.ok(), Some(request), "a request does not read as it was read before");
}

/// An answer of the worker, which may have been taken over by what it read.
pub fn response(bytes: &[u8]) {
    let Ok(response) = merge::decode_response(bytes) else { return };
    let Ok(frame) = merge::encode_response(&response) else { return };
    let again = merge::decode_response(frame.get(4..).unwrap_or_default());
    assert_eq!(again.ok(), Some(response), "a response does not read as it was read before");
}
