//! What the merge worker is asked, and what it answers.
//!
//! All Automerge work runs in a child process, because the library may panic, abort or not return
//! on bytes that passed the gate. The child is this pure function with a frame before and after
//! it. It takes all changes of a document at once, saves, loads again, reads the fields and checks
//! them against the schema.
//!
//! When a child dies, the daemon finds out with [`Suspects`] which change killed it. Nothing here
//! relies on catching a panic.

use hospes_domain::edit::Edit;
use hospes_domain::schema::schema;
use hospes_domain::{CenterId, Fields, Kind};

use crate::admission::Refusal;
use crate::change::ChangeHash;
use crate::plain;

mod codec;
mod suspects;

pub use codec::{
    FrameError, MAX_FRAME, MAX_JOBS, decode_request, decode_response, encode_request,
    encode_response, payload_length,
};
pub use suspects::{MAX_DEATHS, Suspects};

/// A batch of work for the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Documents to be made from changes.
    Merge(Vec<MergeJob>),
    /// Edits of our own to be made into changes.
    Edit(Vec<EditJob>),
}

/// One record whose changes are to be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeJob {
    /// The record's kind.
    pub kind: Kind,
    /// A document that a child saved earlier, to build upon.
    ///
    /// Which changes are left out depends on where one begins. When something had to be left out,
    /// ask again with no base and all changes in [`crate::admission::Held::in_order`], so that all
    /// nodes show the same.
    pub base: Option<Vec<u8>>,
    /// Chunks that have passed the gate, each after those it is built on.
    pub chunks: Vec<Vec<u8>>,
    /// Whether the saved document is wanted back.
    pub keep_snapshot: bool,
}

/// What became of a [`MergeJob`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The record as it is shown, or why it cannot be.
    pub outcome: Result<View, String>,
    /// Chunks that the record is shown without, by their index in the job.
    pub left_out: Vec<(u32, Refusal)>,
    /// The saved document, if it was asked for and there is one.
    pub snapshot: Option<Vec<u8>>,
}

/// A record that may be shown: read from its document and checked against its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its fields.
    pub fields: Fields,
}

/// Edits of one record by this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditJob {
    /// The record's kind.
    pub kind: Kind,
    /// A document that a child saved earlier, to build upon.
    pub base: Option<Vec<u8>>,
    /// The changes that the record is shown with and that the base does not have.
    pub chunks: Vec<Vec<u8>>,
    /// The heads that the edits were made at, if not the present ones.
    pub at: Option<Vec<ChangeHash>>,
    /// What is to be changed.
    pub edits: Vec<Edit>,
    /// Automerge actor of this node for the record and generation.
    pub actor: [u8; 16],
    /// Co-maintainers that the steward names with the change.
    pub grants: Vec<CenterId>,
    /// Whether the saved document is wanted back.
    pub keep_snapshot: bool,
}

/// What became of an [`EditJob`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The changes to be signed, in causal order. None when the edits change nothing or are
    /// refused, one for an ordinary save, several when a long text does not fit into one.
    pub chunks: Vec<Vec<u8>>,
    /// The record with the edits, or why they are refused.
    pub view: Result<View, String>,
    /// The saved document with the edits, if it was asked for and there is one.
    pub snapshot: Option<Vec<u8>>,
}

/// Answers to a [`Request`], job by job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// To [`Request::Merge`].
    Merged(Vec<Merged>),
    /// To [`Request::Edit`].
    Edited(Vec<Edited>),
}

impl Response {
    /// Whether this can be an answer to the request: as many jobs, of the same sort, and no index
    /// beyond a job's chunks.
    ///
    /// The child works on foreign bytes, so its answers are foreign too.
    pub fn fits(&self, request: &Request) -> bool {
        match (self, request) {
            (Response::Merged(answers), Request::Merge(jobs)) => {
                answers.len() == jobs.len()
                    && answers.iter().zip(jobs).all(|(answer, job)| {
                        answer
                            .left_out
                            .iter()
                            .all(|(index, _)| (*index as usize) < job.chunks.len())
                    })
            }
            (Response::Edited(answers), Request::Edit(jobs)) => answers.len() == jobs.len(),
            _ => false,
        }
    }
}

/// The record that a single plain change makes, which has passed the gate. Nothing is saved, so
/// nothing has to load again. What is not plain, or not within its bounds, is left to the longer way,
/// which says why.
///
/// Automerge has no part in this, so it need not run in the child: it reads the operations that the
/// gate has read, and is as bounded as the gate.
pub fn plain(chunk: &[u8], kind: Kind) -> Option<View> {
    let fields = plain::fields(chunk, kind)?;
    schema(kind).check_received(&fields).is_empty().then_some(View { fields })
}
