//! Frames between the daemon and its merge worker: a length of four bytes, then postcard.
//!
//! The child works on foreign bytes, so the daemon reads its answers like those of a stranger:
//! counts are bounded before anything is allocated, and values are read with a bound on their
//! depth and number, since a derived decoder would follow any nesting until the stack ends.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use hospes_domain::edit::Edit;
use hospes_domain::{CenterId, Fields, Kind, Value};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{EditJob, Edited, MergeJob, Merged, Request, Response, View};
use crate::admission::Refusal;
use crate::change::ChangeHash;

/// Most bytes of a frame, without its length.
pub const MAX_FRAME: usize = 32 * 1024 * 1024;
/// Most jobs in a request.
pub const MAX_JOBS: usize = 4_096;
/// Most chunks that are left out in one response.
const MAX_LEFT_OUT: usize = 65_536;
/// Most chunks that one edit may make.
const MAX_MADE: usize = 256;
/// Most values in one response.
const MAX_VALUES: usize = 1_000_000;
/// Deepest nesting of a value, with room above what a record may have.
const MAX_DEPTH: usize = 16;

/// Why a frame cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// More bytes than a frame may have.
    #[error("frame of {actual} bytes, at most {limit} are allowed")]
    TooLarge {
        /// Its size.
        actual: usize,
        /// The bound.
        limit: usize,
    },
    /// More of something than a frame may have.
    #[error("frame with more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Not what the other side writes.
    #[error("not a frame of the merge worker: {0}")]
    Malformed(String),
}

impl From<postcard::Error> for FrameError {
    fn from(error: postcard::Error) -> Self {
        FrameError::Malformed(error.to_string())
    }
}

/// Length of the payload that follows these four bytes.
pub fn payload_length(prefix: [u8; 4]) -> Result<usize, FrameError> {
    let actual = u32::from_be_bytes(prefix) as usize;
    if actual > MAX_FRAME {
        return Err(FrameError::TooLarge { actual, limit: MAX_FRAME });
    }
    Ok(actual)
}

/// Writes a request with its length before it.
pub fn encode_request(request: &Request) -> Result<Vec<u8>, FrameError> {
    let wire = match request {
        Request::Merge(jobs) => WireRequest::Merge(jobs.iter().map(WireMerge::of).collect()),
        Request::Edit(jobs) => WireRequest::Edit(jobs.iter().map(WireEditJob::of).collect()),
    };
    frame(&wire)
}

/// Reads the payload of a request.
pub fn decode_request(payload: &[u8]) -> Result<Request, FrameError> {
    Ok(match read::<WireRequest<'_>>(payload)? {
        WireRequest::Merge(jobs) => Request::Merge(jobs.into_iter().map(WireMerge::job).collect()),
        WireRequest::Edit(jobs) => {
            let mut left = MAX_VALUES;
            let jobs = jobs.into_iter().map(|job| job.job(&mut left));
            Request::Edit(jobs.collect::<Result<_, _>>()?)
        }
    })
}

/// Writes a response with its length before it.
pub fn encode_response(response: &Response) -> Result<Vec<u8>, FrameError> {
    let mut left_out = Vec::new();
    let (edited, answers) = match response {
        Response::Merged(answers) => {
            for (job, answer) in answers.iter().enumerate() {
                let job = u32::try_from(job).unwrap_or(u32::MAX);
                let refusals = answer.left_out.iter();
                left_out.extend(refusals.map(|(chunk, why)| (job, *chunk, why.clone())));
            }
            let answers = answers
                .iter()
                .map(|answer| WireAnswer::of(&answer.outcome, &[], answer.snapshot.as_deref()));
            (false, answers.collect())
        }
        Response::Edited(answers) => {
            let answers = answers.iter().map(|answer| {
                WireAnswer::of(&answer.view, &answer.chunks, answer.snapshot.as_deref())
            });
            (true, answers.collect())
        }
    };
    if left_out.len() > MAX_LEFT_OUT {
        return Err(FrameError::TooMany { what: "chunks left out", limit: MAX_LEFT_OUT });
    }
    frame(&WireResponse { edited, answers, left_out })
}

/// Reads the payload of a response. It is hostile until [`Response::fits`] says that it answers
/// the request.
pub fn decode_response(payload: &[u8]) -> Result<Response, FrameError> {
    let wire: WireResponse<'_> = read(payload)?;
    let mut left = MAX_VALUES;
    if wire.edited {
        let answers = wire.answers.into_iter().map(|answer| {
            Ok(Edited {
                chunks: answer.chunks.into_iter().map(Blob::owned).collect(),
                view: view(answer.view, &mut left)?,
                snapshot: answer.snapshot.map(Blob::owned),
            })
        });
        return Ok(Response::Edited(answers.collect::<Result<_, FrameError>>()?));
    }
    let answers = wire.answers.into_iter().map(|answer| {
        Ok(Merged {
            outcome: view(answer.view, &mut left)?,
            left_out: Vec::new(),
            snapshot: answer.snapshot.map(Blob::owned),
        })
    });
    let mut answers = answers.collect::<Result<Vec<_>, FrameError>>()?;
    for (job, chunk, why) in wire.left_out {
        let answer = answers.get_mut(job as usize).ok_or_else(|| {
            FrameError::Malformed(format!("job {job} is answered but was not asked"))
        })?;
        answer.left_out.push((chunk, why));
    }
    Ok(Response::Merged(answers))
}

fn frame(wire: &impl Serialize) -> Result<Vec<u8>, FrameError> {
    let mut bytes = postcard::to_extend(wire, vec![0; 4])?;
    let actual = bytes.len() - 4;
    let length = u32::try_from(actual).ok().filter(|_| actual <= MAX_FRAME);
    let Some(length) = length else {
        return Err(FrameError::TooLarge { actual, limit: MAX_FRAME });
    };
    if let Some(prefix) = bytes.first_chunk_mut::<4>() {
        *prefix = length.to_be_bytes();
    }
    Ok(bytes)
}

fn read<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, FrameError> {
    if payload.len() > MAX_FRAME {
        return Err(FrameError::TooLarge { actual: payload.len(), limit: MAX_FRAME });
    }
    let (wire, rest) = postcard::take_from_bytes(payload)?;
    if rest.is_empty() {
        Ok(wire)
    } else {
        Err(FrameError::Malformed("bytes after its end".to_owned()))
    }
}

fn view(
    view: Result<Blob<'_>, &str>,
    left: &mut usize,
) -> Result<Result<View, String>, FrameError> {
    match view {
        Ok(blob) => Ok(Ok(View { fields: read_fields(&blob.0, left)? })),
        Err(why) => Ok(Err(why.to_owned())),
    }
}

#[derive(Serialize, Deserialize)]
enum WireRequest<'a> {
    #[serde(borrow, deserialize_with = "bounded::<_, _, MAX_JOBS>")]
    Merge(Vec<WireMerge<'a>>),
    #[serde(borrow, deserialize_with = "bounded::<_, _, MAX_JOBS>")]
    Edit(Vec<WireEditJob<'a>>),
}

#[derive(Serialize, Deserialize)]
struct WireMerge<'a> {
    kind: Kind,
    #[serde(borrow)]
    base: Option<Blob<'a>>,
    #[serde(borrow)]
    chunks: Vec<Blob<'a>>,
    keep_snapshot: bool,
}

impl<'a> WireMerge<'a> {
    fn of(job: &'a MergeJob) -> Self {
        Self {
            kind: job.kind,
            base: job.base.as_deref().map(Blob::of),
            chunks: job.chunks.iter().map(|chunk| Blob::of(chunk)).collect(),
            keep_snapshot: job.keep_snapshot,
        }
    }

    fn job(self) -> MergeJob {
        MergeJob {
            kind: self.kind,
            base: self.base.map(Blob::owned),
            chunks: self.chunks.into_iter().map(Blob::owned).collect(),
            keep_snapshot: self.keep_snapshot,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct WireEditJob<'a> {
    #[serde(borrow)]
    merge: WireMerge<'a>,
    at: Option<Vec<ChangeHash>>,
    #[serde(borrow)]
    edits: Vec<WireEdit<'a>>,
    actor: [u8; 16],
    grants: Vec<CenterId>,
}

impl<'a> WireEditJob<'a> {
    fn of(job: &'a EditJob) -> Self {
        Self {
            merge: WireMerge {
                kind: job.kind,
                base: job.base.as_deref().map(Blob::of),
                chunks: job.chunks.iter().map(|chunk| Blob::of(chunk)).collect(),
                keep_snapshot: job.keep_snapshot,
            },
            at: job.at.clone(),
            edits: job.edits.iter().map(WireEdit::of).collect(),
            actor: job.actor,
            grants: job.grants.clone(),
        }
    }

    fn job(self, left: &mut usize) -> Result<EditJob, FrameError> {
        let MergeJob { kind, base, chunks, keep_snapshot } = self.merge.job();
        let edits = self.edits.into_iter().map(|edit| edit.edit(left));
        Ok(EditJob {
            kind,
            base,
            chunks,
            at: self.at,
            edits: edits.collect::<Result<_, _>>()?,
            actor: self.actor,
            grants: self.grants,
            keep_snapshot,
        })
    }
}

#[derive(Serialize, Deserialize)]
enum WireEdit<'a> {
    /// The field's name and its value.
    #[serde(borrow)]
    Put(Blob<'a>),
    Clear(&'a str),
    Splice(&'a str, &'a str, u32, u32, &'a str),
    /// Field, language, text.
    Text(&'a str, &'a str, &'a str),
}

impl<'a> WireEdit<'a> {
    fn of(edit: &'a Edit) -> Self {
        match edit {
            Edit::Put { field, value } => {
                let mut bytes = Vec::new();
                write_text(&mut bytes, field);
                write_value(&mut bytes, value);
                WireEdit::Put(Blob(Cow::Owned(bytes)))
            }
            Edit::Clear { field } => WireEdit::Clear(field),
            Edit::Text { field, key, text } => WireEdit::Text(field, key, text),
            Edit::Splice { field, key, at, delete, insert } => {
                WireEdit::Splice(field, key, *at, *delete, insert)
            }
        }
    }

    fn edit(self, left: &mut usize) -> Result<Edit, FrameError> {
        Ok(match self {
            WireEdit::Put(bytes) => {
                let mut rest: &[u8] = &bytes.0;
                let field = read_text(&mut rest)?;
                let value = read_value(&mut rest, MAX_DEPTH, left)?;
                Edit::Put { field, value }
            }
            WireEdit::Clear(field) => Edit::Clear { field: field.to_owned() },
            WireEdit::Text(field, key, text) => {
                Edit::Text { field: field.to_owned(), key: key.to_owned(), text: text.to_owned() }
            }
            WireEdit::Splice(field, key, at, delete, insert) => Edit::Splice {
                field: field.to_owned(),
                key: key.to_owned(),
                at,
                delete,
                insert: insert.to_owned(),
            },
        })
    }
}

#[derive(Serialize, Deserialize)]
struct WireResponse<'a> {
    edited: bool,
    #[serde(borrow, deserialize_with = "bounded::<_, _, MAX_JOBS>")]
    answers: Vec<WireAnswer<'a>>,
    #[serde(deserialize_with = "bounded::<_, _, MAX_LEFT_OUT>")]
    left_out: Vec<(u32, u32, Refusal)>,
}

#[derive(Serialize, Deserialize)]
struct WireAnswer<'a> {
    #[serde(borrow)]
    view: Result<Blob<'a>, &'a str>,
    #[serde(borrow, deserialize_with = "bounded::<_, _, MAX_MADE>")]
    chunks: Vec<Blob<'a>>,
    #[serde(borrow)]
    snapshot: Option<Blob<'a>>,
}

impl<'a> WireAnswer<'a> {
    fn of(
        view: &'a Result<View, String>,
        chunks: &'a [Vec<u8>],
        snapshot: Option<&'a [u8]>,
    ) -> Self {
        let view = match view {
            Ok(view) => {
                let mut bytes = Vec::new();
                write_fields(&mut bytes, &view.fields);
                Ok(Blob(Cow::Owned(bytes)))
            }
            Err(why) => Err(why.as_str()),
        };
        let chunks = chunks.iter().map(|chunk| Blob::of(chunk)).collect();
        Self { view, chunks, snapshot: snapshot.map(Blob::of) }
    }
}

/// Bytes, copied as a whole: a list of numbers would be read one by one.
struct Blob<'a>(Cow<'a, [u8]>);

impl<'a> Blob<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }

    fn owned(self) -> Vec<u8> {
        self.0.into_owned()
    }
}

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Blob<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de [u8]>::deserialize(deserializer).map(Self::of)
    }
}

/// A list of at most `MOST` elements.
fn bounded<'de, D, T, const MOST: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Bounded<T, const MOST: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Bounded<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MOST} elements")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = sequence.next_element()? {
                if list.len() == MOST {
                    return Err(A::Error::invalid_length(MOST + 1, &self));
                }
                list.push(element);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(Bounded::<T, MOST>(PhantomData))
}

const TEXT: u8 = 0;
const INTEGER: u8 = 1;
const NO: u8 = 2;
const YES: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;

fn write_fields(out: &mut Vec<u8>, fields: &Fields) {
    write_count(out, fields.len());
    for (name, value) in fields {
        write_text(out, name);
        write_value(out, value);
    }
}

/// Values that we write are within the bounds of a record, so the recursion is bounded too.
fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => {
            out.push(TEXT);
            write_text(out, text);
        }
        Value::Integer(number) => {
            out.push(INTEGER);
            out.extend(number.to_be_bytes());
        }
        Value::Flag(false) => out.push(NO),
        Value::Flag(true) => out.push(YES),
        Value::List(list) => {
            out.push(LIST);
            write_count(out, list.len());
            list.iter().for_each(|value| write_value(out, value));
        }
        Value::Map(map) => {
            out.push(MAP);
            write_fields(out, map);
        }
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_count(out, text.len());
    out.extend(text.as_bytes());
}

/// A frame is far smaller than what four bytes can count.
fn write_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

fn read_fields(mut bytes: &[u8], left: &mut usize) -> Result<Fields, FrameError> {
    let fields = read_map(&mut bytes, MAX_DEPTH, left)?;
    if bytes.is_empty() { Ok(fields) } else { Err(malformed("bytes after the fields")) }
}

fn read_map(
    bytes: &mut &[u8],
    depth: usize,
    left: &mut usize,
) -> Result<BTreeMap<String, Value>, FrameError> {
    let mut map = BTreeMap::new();
    for _ in 0..read_count(bytes)? {
        let name = read_text(bytes)?;
        map.insert(name, read_value(bytes, depth, left)?);
    }
    Ok(map)
}

fn read_value(bytes: &mut &[u8], depth: usize, left: &mut usize) -> Result<Value, FrameError> {
    let depth = depth.checked_sub(1).ok_or_else(|| malformed("values too deep in each other"))?;
    *left = left.checked_sub(1).ok_or(FrameError::TooMany { what: "values", limit: MAX_VALUES })?;
    let [shape] = read_array(bytes)?;
    Ok(match shape {
        TEXT => Value::Text(read_text(bytes)?),
        INTEGER => Value::Integer(i64::from_be_bytes(read_array(bytes)?)),
        NO => Value::Flag(false),
        YES => Value::Flag(true),
        LIST => {
            let mut list = Vec::new();
            for _ in 0..read_count(bytes)? {
                list.push(read_value(bytes, depth, left)?);
            }
            Value::List(list)
        }
        MAP => Value::Map(read_map(bytes, depth, left)?),
        _ => return Err(malformed("a value of no known shape")),
    })
}

fn read_text(bytes: &mut &[u8]) -> Result<String, FrameError> {
    let count = read_count(bytes)? as usize;
    let (text, rest) = bytes.split_at_checked(count).ok_or_else(|| malformed("it ends early"))?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).map_err(|_| malformed("a text is not UTF-8"))
}

fn read_count(bytes: &mut &[u8]) -> Result<u32, FrameError> {
    read_array(bytes).map(u32::from_be_bytes)
}

fn read_array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], FrameError> {
    let (array, rest) = bytes.split_first_chunk().ok_or_else(|| malformed("it ends early"))?;
    *bytes = rest;
    Ok(*array)
}

fn malformed(why: &str) -> FrameError {
    FrameError::Malformed(why.to_owned())
}

#[cfg(test)]
mod tests;
