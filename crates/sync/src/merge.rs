//! What the merge worker computes.
//!
//! All Automerge work runs in a child process, because the library may panic, abort or not return
//! on bytes that passed the gate. The child is this pure function with a frame before and after
//! it. It takes all changes of a document at once, saves, loads again, reads the fields and checks
//! them against the schema.
//!
//! When a child dies, the daemon finds out with [`Suspects`] which change killed it. Nothing here
//! relies on catching a panic.

use hospes_domain::schema::schema;
use hospes_domain::{CenterId, Fields, Kind};

use crate::admission::Refusal;
use crate::change::ChangeHash;
use crate::document::{Document, DocumentError, Edit, plain};

mod codec;
mod ledger;
mod sift;
mod suspects;

pub use codec::{
    FrameError, MAX_FRAME, MAX_JOBS, decode_request, decode_response, encode_request,
    encode_response, payload_length,
};
use ledger::Ledger;
pub use suspects::Suspects;

/// Bytes of a saved document from which on its changes are not told again for a [`Ledger`].
const LONG_HISTORY: usize = 64 * 1024;

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

/// Does the work. Runs in the child; may panic or not return on a hostile change.
pub fn answer(request: Request) -> Response {
    match request {
        Request::Merge(jobs) => Response::Merged(jobs.iter().map(merge).collect()),
        Request::Edit(jobs) => Response::Edited(jobs.iter().map(edit).collect()),
    }
}

fn merge(job: &MergeJob) -> Merged {
    if let (None, [chunk], false) = (&job.base, job.chunks.as_slice(), job.keep_snapshot)
        && let Some(view) = plain(chunk, job.kind)
    {
        return Merged { outcome: Ok(view), left_out: Vec::new(), snapshot: None };
    }
    let (settled, left_out) = match merge_all(job) {
        Ok(settled) => (Ok(settled), Vec::new()),
        // The usual case costs one pass. Only now is it worth to look for who is to blame.
        Err(_) => sift::sift(job),
    };
    match settled {
        Ok(Settled { view, saved }) => {
            Merged { outcome: Ok(view), left_out, snapshot: job.keep_snapshot.then_some(saved) }
        }
        Err(trouble) => Merged { outcome: Err(trouble.to_string()), left_out, snapshot: None },
    }
}

fn merge_all(job: &MergeJob) -> Result<Settled, Trouble> {
    let mut document = ground(job.base.as_deref())?;
    let history = history(&mut document, job);
    if let Some(mut ledger) = history.as_deref().and_then(Ledger::of) {
        for chunk in &job.chunks {
            ledger.admit(chunk).map_err(|why| Trouble::Dangling(why.to_owned()))?;
        }
    }
    document.apply(job.chunks.iter().map(Vec::as_slice))?;
    settle(document, job.kind)
}

/// The changes in the base, for a [`Ledger`]; `None` when it would not pay to keep one: for a lone
/// first change, which refers to nothing, and for a long history, which takes long to tell.
fn history(ground: &mut Document, job: &MergeJob) -> Option<Vec<Vec<u8>>> {
    match &job.base {
        None if job.chunks.len() > 1 => Some(Vec::new()),
        Some(base) if base.len() <= LONG_HISTORY => Some(ground.changes()),
        _ => None,
    }
}

fn edit(job: &EditJob) -> Edited {
    let built = build(job.base.as_deref(), job.chunks.iter().map(Vec::as_slice));
    let fresh = job.base.is_none() && job.chunks.is_empty() && !job.keep_snapshot;
    let written = built.and_then(|mut document| {
        let at = job.at.as_deref();
        let chunks = document.write(job.kind, &job.edits, at, job.actor, &job.grants)?;
        // A new record is read as all other nodes will read it.
        if let [chunk] = chunks.as_slice()
            && fresh
            && let Some(view) = plain(chunk, job.kind)
        {
            return Ok((view, None, chunks));
        }
        let Settled { view, saved } = settle(document, job.kind)?;
        Ok((view, Some(saved), chunks))
    });
    match written {
        Ok((view, saved, chunks)) => {
            Edited { chunks, view: Ok(view), snapshot: saved.filter(|_| job.keep_snapshot) }
        }
        Err(trouble) => {
            Edited { chunks: Vec::new(), view: Err(trouble.to_string()), snapshot: None }
        }
    }
}

/// Why a record cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Trouble {
    /// The document is broken.
    #[error(transparent)]
    Document(DocumentError),
    /// A change refers to what is not there.
    #[error("{0}")]
    Dangling(String),
    /// The document is well, but the record is not within its bounds.
    #[error("{0}")]
    Bounds(String),
}

impl From<DocumentError> for Trouble {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::OutOfBounds { .. } | DocumentError::ForeignValue { .. } => {
                Trouble::Bounds(error.to_string())
            }
            error => Trouble::Document(error),
        }
    }
}

impl Trouble {
    fn refusal(&self) -> Refusal {
        match self {
            Trouble::Document(_) | Trouble::Dangling(_) => Refusal::NotApplicable(self.to_string()),
            Trouble::Bounds(why) => Refusal::OutOfBounds(why.clone()),
        }
    }
}

/// A document that loads again, within its bounds.
struct Settled {
    view: View,
    saved: Vec<u8>,
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

fn build<'a>(
    base: Option<&[u8]>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Document, Trouble> {
    let mut document = ground(base)?;
    document.apply(chunks)?;
    Ok(document)
}

fn ground(base: Option<&[u8]>) -> Result<Document, DocumentError> {
    base.map_or_else(|| Ok(Document::new()), Document::load)
}

/// Saves, loads again and reads: a document that cannot be loaded must not be stored.
fn settle(mut document: Document, kind: Kind) -> Result<Settled, Trouble> {
    let saved = document.save();
    let mut again = Document::load(&saved)?;
    if again.heads() != document.heads() {
        let why = "it has other heads".to_owned();
        return Err(Trouble::Document(DocumentError::NotReloaded(why)));
    }
    Ok(Settled { view: view(&again, kind)?, saved })
}

/// Reads a document and checks it against the schema.
fn view(document: &Document, kind: Kind) -> Result<View, Trouble> {
    let fields = document.fields(kind)?;
    let violations = schema(kind).check_received(&fields);
    if violations.is_empty() {
        Ok(View { fields })
    } else {
        let words: Vec<String> = violations.iter().map(ToString::to_string).collect();
        Err(Trouble::Bounds(words.join("; ")))
    }
}

#[cfg(test)]
mod tests;
