//! A lone change, which the daemon reads by itself.

use hospes_sync::gate;
use hospes_sync::merge::{self, MergeJob, Request, Response};

use crate::Verdict;
use crate::change::Specimen;
use crate::quiet::quietly;

/// A lone change, read without Automerge where it is plain, and with it. The bytes are those of
/// [`crate::change::change_gate`].
///
/// Nodes read it in the one way at first, and in the other once there is a second change. An author
/// must not be able to make a record that says one thing here and another there.
pub fn plain_change(bytes: &[u8]) -> Verdict {
    let Some(Specimen { kind, actor, chunk }) = Specimen::read(bytes) else {
        return Verdict::Refused;
    };
    if gate::read_chunk(&chunk, actor, kind).is_err() {
        return Verdict::Refused;
    }
    let plain = merge::plain(&chunk, kind);
    let job = MergeJob { kind, base: None, chunks: vec![chunk], keep_snapshot: true };
    let merged = match quietly(|| hospes_document::answer(Request::Merge(vec![job]))) {
        Some(Response::Merged(answers)) => answers.into_iter().next(),
        _ => None,
    };
    let Some(plain) = plain else { return Verdict::Refused };
    let merged = merged.map(|merged| (merged.outcome, merged.left_out));
    assert_eq!(merged, Some((Ok(plain), Vec::new())), "two ways to read one change differ");
    Verdict::Read
}
