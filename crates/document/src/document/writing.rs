//! From edits to changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    ActorId, AutoCommit, AutomergeError, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
};
use hospes_domain::schema::FieldType;
use hospes_domain::{CenterId, Fields, Kind, Value};

use super::text::{Hunk, SplicedText, difference};
use super::{DocumentError, reading};
use hospes_domain::edit::Edit;
use hospes_sync::gate::{self, MAX_DEPTH, MAX_KEY};
use hospes_sync::plain::shape;
use hospes_sync::plain::tree::{MAX_VALUES, Unfit};

/// A change is cut when its operations may take more bytes than this; the rest of the 64 KiB is
/// for what stands before them.
const FULL_BYTES: usize = 54_000;
/// A change is cut when it has more operations than this.
const FULL_OPERATIONS: usize = 18_000;
/// Letters that are put in or taken out between two looks at the size.
const STRIDE: usize = 1_000;
/// Bytes that an operation takes at most, without its key and value.
const OPERATION: usize = 24;

pub(super) fn write(
    document: &mut AutoCommit,
    kind: Kind,
    edits: &[Edit],
    at: Option<&[ChangeHash]>,
    actor: [u8; 16],
    grants: &[CenterId],
) -> Result<Vec<Vec<u8>>, DocumentError> {
    let at = match at {
        Some(at) if !same_heads(document, at) => Some(at),
        _ => None,
    };
    document.set_actor(ActorId::from(actor.as_slice()));
    let mut writer = Writer {
        before: reading::read(document, at)?,
        document,
        kind,
        at,
        message: Some(gate::grant_message(grants)).filter(|message| !message.is_empty()),
        touched: BTreeSet::new(),
        field: String::new(),
        weight: 0,
        chunks: Vec::new(),
    };
    // Bodies last: they may need several changes, and the first should be a whole record.
    let (mut bodies, others): (Vec<&Edit>, Vec<&Edit>) =
        edits.iter().partition(|edit| is_body(kind, edit.field()));
    // Splices of one text belong together; those of different texts may be in any order.
    if bodies.iter().all(|edit| text_of(edit).is_some()) {
        bodies.sort_by_key(|edit| text_of(edit));
    }
    let done = others
        .chunk_by(|_, _| false)
        .chain(bodies.chunk_by(|one, next| text_of(one).is_some() && text_of(one) == text_of(next)))
        .try_for_each(|edits| writer.edit(edits));
    if let Err(error) = done {
        writer.document.rollback();
        return Err(error);
    }
    writer.cut();
    let chunks = writer.chunks;
    for chunk in &chunks {
        gate::read_chunk(chunk, actor, kind).map_err(DocumentError::Refused)?;
    }
    Ok(chunks)
}

fn same_heads(document: &mut AutoCommit, at: &[ChangeHash]) -> bool {
    let now: BTreeSet<ChangeHash> = document.get_heads().into_iter().collect();
    now == at.iter().copied().collect()
}

fn is_body(kind: Kind, field: &str) -> bool {
    matches!(shape::of(kind, field), Some(FieldType::Body { .. }))
}

/// Field and language of the text that an edit is about.
fn text_of(edit: &Edit) -> Option<(&str, &str)> {
    match edit {
        Edit::Splice { field, key, .. } | Edit::Text { field, key, .. } => Some((field, key)),
        _ => None,
    }
}

/// What splices and whole texts together make of a text, each made on what the ones before made.
fn hunks(field: &str, before: &str, edits: &[&Edit]) -> Result<Vec<Hunk>, DocumentError> {
    let whole = edits.iter().rposition(|edit| matches!(edit, Edit::Text { .. }));
    let (base, splices) = match whole.and_then(|index| edits.split_at_checked(index)) {
        Some((_, [Edit::Text { text, .. }, splices @ ..])) => (text.as_str(), splices),
        _ => (before, edits),
    };
    let length = base.chars().count();
    let mut draft = SplicedText::new(length);
    for edit in splices {
        if let Edit::Splice { at, delete, insert, .. } = edit
            && !draft.splice(*at as usize, *delete as usize, insert)
        {
            let why = format!("{delete} letters at {at} are not in the text of {length}");
            return Err(does_not_fit(field, why));
        }
    }
    let hunks = draft.hunks();
    if whole.is_none() {
        return Ok(hunks);
    }
    Ok(difference(before, &spliced(base, &hunks)))
}

/// Where a value stands: the object, the key in it, and what is known of its type.
#[derive(Clone, Copy)]
struct Place<'a> {
    object: &'a ObjId,
    key: &'a str,
    ty: Option<&'static FieldType>,
    /// Whether a text is kept letter by letter.
    letters: bool,
}

struct Writer<'d> {
    document: &'d mut AutoCommit,
    kind: Kind,
    /// The heads that the edits were made at, when they are not the present ones.
    at: Option<&'d [ChangeHash]>,
    /// The record that the edits were made on, as it is kept; follows the edits.
    before: Fields,
    message: Option<String>,
    /// Fields that an edit has set, and texts that one has spliced: what they were at the heads
    /// is no longer what counts.
    touched: BTreeSet<(String, String)>,
    /// The field that is being edited.
    field: String,
    weight: usize,
    chunks: Vec<Vec<u8>>,
}

impl Writer<'_> {
    /// Makes one edit, or several splices of one text.
    fn edit(&mut self, edits: &[&Edit]) -> Result<(), DocumentError> {
        let Some(first) = edits.first() else { return Ok(()) };
        let field = first.field();
        check_key(field, field)?;
        field.clone_into(&mut self.field);
        let done = match first {
            Edit::Put { value, .. } => {
                check_value(field, value)?;
                let value = shape::kept(shape::of(self.kind, field), value);
                self.put_field(field, value)
            }
            Edit::Clear { .. } => {
                self.before.remove(field);
                self.delete(&ROOT, field)
            }
            Edit::Splice { key, .. } | Edit::Text { key, .. } => {
                check_key(field, key)?;
                self.splices(field, key, edits)?
            }
        };
        let language = text_of(first).map_or("", |(_, language)| language);
        self.touched.insert((field.to_owned(), language.to_owned()));
        done.map_err(|error| does_not_fit(field, error.to_string()))
    }

    fn put_field(&mut self, field: &str, value: Value) -> Result<(), AutomergeError> {
        let ty = shape::of(self.kind, field);
        let before = self.before.remove(field);
        let place = Place { object: &ROOT, key: field, ty, letters: false };
        if before.as_ref() != Some(&value) {
            self.put(place, before.as_ref(), &value)?;
        }
        self.before.insert(field.to_owned(), value);
        Ok(())
    }

    /// Writes what differs between two values of at most [`MAX_DEPTH`] levels.
    fn put(
        &mut self,
        place: Place<'_>,
        before: Option<&Value>,
        value: &Value,
    ) -> Result<(), AutomergeError> {
        match value {
            Value::Map(map) => {
                let empty = BTreeMap::new();
                let (object, before) = match self.object(place, ObjType::Map)? {
                    Some(object) => (object, before.and_then(Value::as_map).unwrap_or(&empty)),
                    None => (self.make(place, ObjType::Map)?, &empty),
                };
                self.put_map(&object, place.ty, before, map)
            }
            Value::List(list) => {
                let object = self.make(place, ObjType::List)?;
                for (index, value) in list.iter().enumerate() {
                    self.insert(&object, index, value)?;
                }
                Ok(())
            }
            Value::Text(text) if place.letters => {
                let before = before.and_then(Value::as_text);
                match (self.object(place, ObjType::Text)?, before) {
                    (Some(object), Some(before)) => {
                        let hunks = difference(before, text);
                        let hunks = self.landed(&object, hunks, place.key);
                        self.replace(&object, &hunks)
                    }
                    _ => {
                        let object = self.make(place, ObjType::Text)?;
                        self.replace(&object, &[Hunk { at: 0, delete: 0, insert: text.clone() }])
                    }
                }
            }
            _ => {
                let scalar = scalar(value);
                let now = self.document.get(place.object, place.key)?;
                if now.is_some_and(|(now, _)| now.as_scalar() == Some(&scalar)) {
                    return Ok(());
                }
                self.room(place.key.len() + weight(value));
                self.document.put(place.object, place.key, scalar)
            }
        }
    }

    fn put_map(
        &mut self,
        object: &ObjId,
        ty: Option<&'static FieldType>,
        before: &BTreeMap<String, Value>,
        map: &BTreeMap<String, Value>,
    ) -> Result<(), AutomergeError> {
        for key in before.keys().filter(|key| !map.contains_key(*key)) {
            self.delete(object, key)?;
        }
        let letters = matches!(ty, Some(FieldType::Body { .. }));
        for (key, value) in map {
            let before = before.get(key);
            if before != Some(value) {
                let place = Place { object, key, ty: shape::within(ty, key), letters };
                self.put(place, before, value)?;
            }
        }
        Ok(())
    }

    fn insert(&mut self, list: &ObjId, index: usize, value: &Value) -> Result<(), AutomergeError> {
        self.room(weight(value));
        match value {
            Value::Map(map) => {
                let object = self.document.insert_object(list, index, ObjType::Map)?;
                self.put_map(&object, None, &BTreeMap::new(), map)
            }
            Value::List(inner) => {
                let object = self.document.insert_object(list, index, ObjType::List)?;
                for (index, value) in inner.iter().enumerate() {
                    self.insert(&object, index, value)?;
                }
                Ok(())
            }
            _ => self.document.insert(list, index, scalar(value)),
        }
    }

    /// The object that stands at a place now, if it is of this type.
    fn object(&self, place: Place<'_>, wanted: ObjType) -> Result<Option<ObjId>, AutomergeError> {
        let now = self.document.get(place.object, place.key)?;
        Ok(now.and_then(|(value, id)| (value.as_objtype() == Some(wanted)).then_some(id)))
    }

    fn make(&mut self, place: Place<'_>, ty: ObjType) -> Result<ObjId, AutomergeError> {
        self.room(place.key.len());
        self.document.put_object(place.object, place.key, ty)
    }

    fn delete(&mut self, object: &ObjId, key: &str) -> Result<(), AutomergeError> {
        if self.document.get(object, key)?.is_some() {
            self.room(key.len());
            self.document.delete(object, key)?;
        }
        Ok(())
    }

    /// Splices of one text, all together.
    fn splices(
        &mut self,
        field: &str,
        key: &str,
        edits: &[&Edit],
    ) -> Result<Result<(), AutomergeError>, DocumentError> {
        if !is_body(self.kind, field) {
            return Err(does_not_fit(field, "only a body can be edited by letters".to_owned()));
        }
        let before = self.before.get(field).and_then(Value::as_map).and_then(|map| map.get(key));
        let before = before.and_then(Value::as_text).unwrap_or_default().to_owned();
        let hunks = hunks(field, &before, edits)?;
        if hunks.is_empty() {
            return Ok(Ok(()));
        }
        let text = spliced(&before, &hunks);
        let done = self.splice(field, key, hunks);
        if let Some(Value::Map(map)) = self.before.get_mut(field) {
            map.insert(key.to_owned(), Value::Text(text));
        }
        Ok(done)
    }

    fn splice(&mut self, field: &str, key: &str, hunks: Vec<Hunk>) -> Result<(), AutomergeError> {
        let ty = shape::of(self.kind, field);
        let body = Place { object: &ROOT, key: field, ty, letters: false };
        let body = match self.object(body, ObjType::Map)? {
            Some(body) => body,
            None => {
                self.before.insert(field.to_owned(), Value::Map(BTreeMap::new()));
                self.make(body, ObjType::Map)?
            }
        };
        let place = Place { object: &body, key, ty: None, letters: true };
        let object = match self.object(place, ObjType::Text)? {
            Some(object) => object,
            None => self.make(place, ObjType::Text)?,
        };
        let hunks = self.landed(&object, hunks, key);
        self.replace(&object, &hunks)
    }

    /// Where hunks of the text as it was at the heads come to lie in the text of now: after the
    /// letter that they were put after, or after the last one before it that is still there.
    fn landed(&self, text: &ObjId, hunks: Vec<Hunk>, language: &str) -> Vec<Hunk> {
        let touched =
            |language: &str| self.touched.contains(&(self.field.clone(), language.to_owned()));
        let Some(at) = self.at.filter(|_| !touched("") && !touched(language)) else {
            return hunks;
        };
        let mut then = Vec::new();
        for item in self.document.list_range_at(text, .., at) {
            let id = item.id();
            then.extend((0..letters(&item.value)).map(|offset| (id.clone(), offset)));
        }
        let mut now = HashMap::new();
        let mut position = 0;
        for item in self.document.list_range(text, ..) {
            now.insert(item.id(), position);
            position += letters(&item.value);
        }
        let find = |index: usize| {
            let (id, offset) = then.get(index)?;
            now.get(id).map(|start| start + offset)
        };
        let mut landed = Vec::new();
        for hunk in hunks {
            if !hunk.insert.is_empty() {
                let anchor = (0..hunk.at).rev().find_map(find);
                let at = anchor.map_or(0, |position| position + 1);
                landed.push(Hunk { at, delete: 0, insert: hunk.insert });
            }
            let gone = (hunk.at..hunk.at + hunk.delete).filter_map(find);
            landed.extend(gone.map(|at| Hunk { at, delete: 1, insert: String::new() }));
        }
        landed
    }

    /// Makes hunks that are in order of position, the last first, so that positions stay true.
    fn replace(&mut self, text: &ObjId, hunks: &[Hunk]) -> Result<(), AutomergeError> {
        for hunk in hunks.iter().rev() {
            let mut left = hunk.delete;
            while left > 0 {
                let count = left.min(STRIDE);
                self.room(count * OPERATION);
                self.document.splice_text(text, hunk.at, count.cast_signed(), "")?;
                left -= count;
            }
            let letters: Vec<char> = hunk.insert.chars().collect();
            for (index, part) in letters.chunks(STRIDE).enumerate() {
                let part: String = part.iter().collect();
                self.room(part.len() + 4 * STRIDE.min(part.len()));
                self.document.splice_text(text, hunk.at + index * STRIDE, 0, &part)?;
            }
        }
        Ok(())
    }

    /// Ends the change if it might not take operations of this weight any more.
    fn room(&mut self, weight: usize) {
        let weight = weight + OPERATION;
        let full = self.weight + weight > FULL_BYTES
            || self.document.pending_ops() + STRIDE > FULL_OPERATIONS;
        if full {
            self.cut();
        }
        self.weight += weight;
    }

    fn cut(&mut self) {
        self.weight = 0;
        if self.document.pending_ops() == 0 {
            return;
        }
        // Without a time: when a counselor works is nobody's business.
        let mut options = CommitOptions::default().with_time(0);
        if let Some(message) = self.message.take() {
            options = options.with_message(message);
        }
        let made = self.document.commit_with(options);
        let change = made.and_then(|hash| self.document.get_change_by_hash(&hash));
        self.chunks.extend(change.map(|change| change.raw_bytes().to_vec()));
    }
}

fn does_not_fit(field: &str, why: String) -> DocumentError {
    DocumentError::EditDoesNotFit { field: field.to_owned(), why }
}

fn check_key(field: &str, key: &str) -> Result<(), DocumentError> {
    if key.is_empty() || key.len() > MAX_KEY {
        let why = format!("a name has {} bytes, it must have 1..={MAX_KEY}", key.len());
        return Err(does_not_fit(field, why));
    }
    Ok(())
}

/// Bounds of a value, before anything recurses into it.
fn check_value(field: &str, value: &Value) -> Result<(), DocumentError> {
    let mut open = vec![(value, 1)];
    let mut values = 0;
    while let Some((value, depth)) = open.pop() {
        values += 1;
        if values > MAX_VALUES {
            return Err(Unfit::OutOfBounds { what: "too many values", limit: MAX_VALUES }.into());
        }
        if depth > MAX_DEPTH {
            return Err(Unfit::OutOfBounds {
                what: "values too deep in each other",
                limit: usize::from(MAX_DEPTH),
            }
            .into());
        }
        match value {
            Value::Map(map) => {
                for (key, value) in map {
                    check_key(field, key)?;
                    open.push((value, depth + 1));
                }
            }
            Value::List(list) => open.extend(list.iter().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Integer(number) => ScalarValue::Int(*number),
        Value::Flag(flag) => ScalarValue::Boolean(*flag),
        value => ScalarValue::Str(value.as_text().unwrap_or_default().into()),
    }
}

fn weight(value: &Value) -> usize {
    value.as_text().map_or(10, str::len)
}

fn letters(value: &automerge::ValueRef<'_>) -> usize {
    match value {
        automerge::ValueRef::Scalar(automerge::ScalarValueRef::Str(text)) => text.chars().count(),
        _ => 1,
    }
}

fn spliced(text: &str, hunks: &[Hunk]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for hunk in hunks.iter().rev() {
        letters.splice(hunk.at..hunk.at + hunk.delete, hunk.insert.chars());
    }
    letters.into_iter().collect()
}
