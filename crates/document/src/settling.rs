//! A document that is built of changes, saved, loaded again and read.

use hospes_domain::Kind;
use hospes_domain::schema::schema;
use hospes_sync::admission::Refusal;
use hospes_sync::merge::{MergeJob, View};

use crate::document::{Document, DocumentError};

/// Bytes of a saved document from which on its changes are not told again for
/// [`References`](crate::references::References).
const LONG_HISTORY: usize = 64 * 1024;

/// Why a record cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
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
            DocumentError::Unfit(unfit) => Trouble::Bounds(unfit.to_string()),
            error => Trouble::Document(error),
        }
    }
}

impl Trouble {
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Trouble::Document(_) | Trouble::Dangling(_) => Refusal::NotApplicable(self.to_string()),
            Trouble::Bounds(why) => Refusal::OutOfBounds(why.clone()),
        }
    }
}

/// A document that loads again, within its bounds.
pub(crate) struct Settled {
    pub(crate) view: View,
    pub(crate) saved: Vec<u8>,
}

/// The changes in the base, for [`References`](crate::references::References);
/// `None` when it would not pay to keep one: for a lone
/// first change, which refers to nothing, and for a long history, which takes long to tell.
pub(crate) fn history(ground: &mut Document, job: &MergeJob) -> Option<Vec<Vec<u8>>> {
    match &job.base {
        None if job.chunks.len() > 1 => Some(Vec::new()),
        Some(base) if base.len() <= LONG_HISTORY => Some(ground.changes()),
        _ => None,
    }
}

pub(crate) fn build<'a>(
    base: Option<&[u8]>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Document, Trouble> {
    let mut document = ground(base)?;
    document.apply(chunks)?;
    Ok(document)
}

pub(crate) fn ground(base: Option<&[u8]>) -> Result<Document, DocumentError> {
    base.map_or_else(|| Ok(Document::new()), Document::load)
}

/// Saves, loads again and reads: a document that cannot be loaded must not be stored.
pub(crate) fn settle(mut document: Document, kind: Kind) -> Result<Settled, Trouble> {
    let saved = document.save();
    let mut again = Document::load(&saved)?;
    if again.heads() != document.heads() {
        let why = "it has other heads".to_owned();
        return Err(Trouble::Document(DocumentError::NotReloaded(why)));
    }
    Ok(Settled { view: view(&again, kind)?, saved })
}

/// Reads a document and checks it against the schema.
pub(crate) fn view(document: &Document, kind: Kind) -> Result<View, Trouble> {
    let fields = document.fields(kind)?;
    let violations = schema(kind).check_received(&fields);
    if violations.is_empty() {
        Ok(View { fields })
    } else {
        let words: Vec<String> = violations.iter().map(ToString::to_string).collect();
        Err(Trouble::Bounds(words.join("; ")))
    }
}
