//! The operations of a change: what each may say, looked at without the document.
//!
//! What an operation refers to outside the change can only be bounded here. What it refers to
//! inside the change is followed: an element must have been inserted in that list, a value that is
//! overwritten must have stood under that key.

use super::bytes::{Bytes, Fault};
use super::column::{Cell, Cells, Count, Deltas, Flags, Runs};
use crate::admission::MAX_OPERATIONS;

/// How deep objects that one change makes may lie in each other; the root is 0.
pub const MAX_DEPTH: u8 = 6;
/// Longest key of a map, in bytes.
pub const MAX_KEY: usize = 255;

/// The operation columns of a change, by their number in the format. A column that is absent is
/// empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Columns<'a> {
    object_actor: &'a [u8],
    object_counter: &'a [u8],
    key_actor: &'a [u8],
    key_counter: &'a [u8],
    key_text: &'a [u8],
    insert: &'a [u8],
    action: &'a [u8],
    value_shape: &'a [u8],
    value: &'a [u8],
    before_count: &'a [u8],
    before_actor: &'a [u8],
    before_counter: &'a [u8],
}

/// Bit of a column's number that says that the column is compressed.
const DEFLATED: u64 = 0x08;

impl<'a> Columns<'a> {
    /// Cuts the rest of a change into its columns.
    pub(super) fn read(bytes: &mut Bytes<'a>) -> Result<Self, Fault> {
        let count = bytes.unsigned()?;
        if count > 12 {
            return Err("it has more columns than operations have");
        }
        let mut lengths = [(0, 0); 12];
        let mut above = None;
        for slot in lengths.iter_mut().take(usize::try_from(count).unwrap_or(0)) {
            let (number, length) = (bytes.unsigned()?, bytes.unsigned()?);
            if number & DEFLATED != 0 {
                return Err("a column is compressed");
            }
            if above >= Some(number) {
                return Err("its columns are not in order");
            }
            if length == 0 {
                return Err("a column is empty");
            }
            above = Some(number);
            *slot = (number, length);
        }
        let mut columns = Self::default();
        for (number, length) in lengths.into_iter().filter(|(_, length)| *length > 0) {
            // Identifier of the column in the upper bits, type in the lowest three.
            let column = match number {
                0x01 => &mut columns.object_actor,
                0x02 => &mut columns.object_counter,
                0x11 => &mut columns.key_actor,
                0x13 => &mut columns.key_counter,
                0x15 => &mut columns.key_text,
                0x34 => &mut columns.insert,
                0x42 => &mut columns.action,
                0x56 => &mut columns.value_shape,
                0x57 => &mut columns.value,
                0x70 => &mut columns.before_count,
                0x71 => &mut columns.before_actor,
                0x73 => &mut columns.before_counter,
                0x94 | 0xa5 => return Err("it marks text"),
                _ => return Err("it has a column that no operation has"),
            };
            *column = bytes.take(length)?;
        }
        Ok(columns)
    }

    /// How many operations there are, after all columns agree on it.
    pub(super) fn operations(&self) -> Result<u64, Fault> {
        let rows = full::<u64>(self.action)?;
        if rows == 0 {
            return Err("it has no operation");
        }
        let agree = full::<u64>(self.value_shape)? == rows
            && full::<u64>(self.before_count)? == rows
            && Flags::count(self.insert, MAX_OPERATIONS)? == rows
            && sparse::<u64>(self.object_actor, rows)?
            && sparse::<u64>(self.object_counter, rows)?
            && sparse::<u64>(self.key_actor, rows)?
            && sparse::<i64>(self.key_counter, rows)?
            && sparse::<&str>(self.key_text, rows)?;
        if !agree {
            return Err("its columns do not have the same number of rows");
        }
        let befores = full::<u64>(self.before_actor)?;
        if full::<i64>(self.before_counter)? != befores {
            return Err("its columns do not have the same number of rows");
        }
        Ok(rows)
    }
}

/// Cells of a column that has no nulls.
fn full<'a, T: Cell<'a>>(bytes: &'a [u8]) -> Result<u64, Fault> {
    let Count { cells, nulls } = Runs::<T>::new(bytes).count(MAX_OPERATIONS)?;
    if nulls > 0 { Err("a value is missing") } else { Ok(cells) }
}

/// Whether a column that may have nulls has this many rows. One of nothing but nulls is not
/// written at all.
fn sparse<'a, T: Cell<'a>>(bytes: &'a [u8], rows: u64) -> Result<bool, Fault> {
    let Count { cells, nulls } = Runs::<T>::new(bytes).count(rows)?;
    if cells > 0 && cells == nulls {
        return Err("a column has nothing but nulls");
    }
    Ok(cells == rows || cells == 0)
}

/// Number of an operation: its counter, and its writer's place among the actors of the change,
/// where 0 is the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// From 1, or from where its change begins.
    pub counter: u64,
    /// Place of its writer.
    pub actor: u64,
}

/// Where in its object an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// Under this name of a map.
    Text(&'a str),
    /// At the start of a list or text.
    Start,
    /// At an element; an insertion, after it.
    Element(Name),
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes a map.
    MakeMap,
    /// Makes a list.
    MakeList,
    /// Makes a text.
    MakeText,
    /// Sets a single value, or a letter.
    Set,
    /// Takes away what it overwrites.
    Delete,
}

impl Action {
    fn makes(self) -> bool {
        matches!(self, Action::MakeMap | Action::MakeList | Action::MakeText)
    }
}

/// What an operation sets; everything else holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held<'a> {
    /// No value.
    Nothing,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
}

/// What others need to know of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// The object that it changes; `None` is the root.
    pub object: Option<Name>,
    /// Where in the object.
    pub key: Key<'a>,
    /// What it does.
    pub action: Action,
    /// What it sets.
    pub held: Held<'a>,
    /// Whether it makes an element of a list or text.
    pub insert: bool,
    overwritten: bool,
    depth: u8,
}

impl Operation<'_> {
    /// Where the value of this operation stands; `name` is the operation's own.
    ///
    /// An insertion's key is its neighbour; what it makes is keyed by its own name.
    pub fn stands_at(&self, name: Name) -> Key<'_> {
        if self.insert { Key::Element(name) } else { self.key }
    }

    /// Whether an operation with this key, effect and value may be in an object that this one
    /// makes.
    pub fn may_hold(&self, inner: &Operation<'_>) -> bool {
        let keyed = matches!(inner.key, Key::Text(_));
        match self.action {
            Action::MakeMap => keyed,
            Action::MakeList => !keyed,
            Action::MakeText => {
                let letters = inner.insert && matches!(inner.held, Held::Text(_));
                !keyed && (letters || inner.action == Action::Delete)
            }
            Action::Set | Action::Delete => false,
        }
    }
}

/// What the change says of itself before its operations.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) start: u64,
    pub(super) own: &'a [u8; 16],
    pub(super) others: &'a [[u8; 16]],
}

/// Goes through all operations, of which there are `rows`. The answer is the first key of the root
/// that must not be there, if one is.
///
/// Memory: one small entry for each operation, of which there are at most [`MAX_OPERATIONS`].
pub(super) fn check<'a>(
    columns: &Columns<'a>,
    frame: Frame<'_>,
    rows: u64,
    forbidden: impl Fn(&str) -> bool,
) -> Result<Option<&'a str>, Fault> {
    let mut found = None;
    visit(columns, frame, rows, |operation, _| {
        if let (None, None, Key::Text(key)) = (found, operation.object, operation.key)
            && forbidden(key)
        {
            found = Some(key);
        }
    })?;
    Ok(found)
}

/// Goes through all operations and tells each, with those that it overwrites.
pub(super) fn visit<'a>(
    columns: &Columns<'a>,
    frame: Frame<'_>,
    rows: u64,
    mut tell: impl FnMut(&Operation<'a>, &[Name]),
) -> Result<(), Fault> {
    let mut walk = Walk::new(columns, frame, rows);
    for _ in 0..rows {
        let operation = walk.step()?;
        tell(&operation, &walk.befores);
    }
    if !walk.value.is_empty() {
        return Err("it has values that no operation holds");
    }
    if walk.seen.count_ones() as usize != frame.others.len() {
        return Err("it names an actor that no operation refers to");
    }
    Ok(())
}

struct Walk<'a, 'f> {
    frame: Frame<'f>,
    object_actor: Cells<'a, u64>,
    object_counter: Cells<'a, u64>,
    key_actor: Cells<'a, u64>,
    key_counter: Deltas<'a>,
    key_text: Cells<'a, &'a str>,
    insert: Flags<'a>,
    action: Cells<'a, u64>,
    value_shape: Cells<'a, u64>,
    value: Bytes<'a>,
    before_count: Cells<'a, u64>,
    before_actor: Cells<'a, u64>,
    before_counter: Deltas<'a>,
    done: Vec<Operation<'a>>,
    /// What the last operation overwrites.
    befores: Vec<Name>,
    /// One bit for each other actor that an operation has referred to.
    seen: u64,
}

impl<'a, 'f> Walk<'a, 'f> {
    fn new(columns: &Columns<'a>, frame: Frame<'f>, rows: u64) -> Self {
        Self {
            frame,
            object_actor: Cells::new(columns.object_actor),
            object_counter: Cells::new(columns.object_counter),
            key_actor: Cells::new(columns.key_actor),
            key_counter: Deltas::new(columns.key_counter),
            key_text: Cells::new(columns.key_text),
            insert: Flags::new(columns.insert),
            action: Cells::new(columns.action),
            value_shape: Cells::new(columns.value_shape),
            value: Bytes::new(columns.value),
            before_count: Cells::new(columns.before_count),
            before_actor: Cells::new(columns.before_actor),
            before_counter: Deltas::new(columns.before_counter),
            done: Vec::with_capacity(usize::try_from(rows.min(MAX_OPERATIONS)).unwrap_or(0)),
            befores: Vec::new(),
            seen: 0,
        }
    }

    /// Counter of the operation that comes next.
    fn counter(&self) -> u64 {
        self.frame.start + self.done.len() as u64
    }

    /// A name that the change refers to: earlier than itself, and within the change only if it is
    /// the author's own.
    fn name(&mut self, actor: u64, counter: u64) -> Result<Name, Fault> {
        if counter == 0 {
            return Err("an operation has the number 0");
        }
        if actor == 0 {
            if counter >= self.counter() {
                return Err("an operation refers to a later one");
            }
        } else {
            if actor > self.frame.others.len() as u64 {
                return Err("an operation refers to an actor that is not named");
            }
            if counter >= self.frame.start {
                return Err("an operation refers to one that the change is not built on");
            }
            self.seen |= 1 << (actor - 1);
        }
        Ok(Name { counter, actor })
    }

    /// The operation of this change that has the name, if it is one of this change.
    fn own(&self, name: Name) -> Option<Operation<'a>> {
        let index = name.counter.checked_sub(self.frame.start).filter(|_| name.actor == 0)?;
        self.done.get(usize::try_from(index).ok()?).copied()
    }

    /// The actor's bytes decide the order of operations with one counter.
    fn actor(&self, place: u64) -> &'f [u8; 16] {
        let other = place.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        other.and_then(|index| self.frame.others.get(index)).unwrap_or(self.frame.own)
    }

    /// Checks one operation.
    fn step(&mut self) -> Result<Operation<'a>, Fault> {
        let object = self.object()?;
        let key = self.key()?;
        let insert = self.insert.next()?;
        let action = match self.action.next()? {
            Some(0) => Action::MakeMap,
            Some(1) => Action::Set,
            Some(2) => Action::MakeList,
            Some(3) => Action::Delete,
            Some(4) => Action::MakeText,
            Some(5) => return Err("it increments a counter"),
            Some(7) => return Err("it marks text"),
            _ => return Err("an operation is of no known kind"),
        };
        let held = self.held()?;
        if (action == Action::Set) == (held == Held::Nothing) {
            return Err("an operation does not hold what its kind requires");
        }
        let mut operation =
            Operation { object, key, action, held, insert, overwritten: false, depth: 0 };
        operation.depth = self.place(&operation)?;
        let befores = self.befores(object, key)?;
        match (insert, action) {
            (true, Action::Delete) => return Err("an operation inserts and deletes"),
            (true, _) if befores > 0 => return Err("an insertion overwrites something"),
            (false, Action::Delete) if befores == 0 => return Err("a deletion deletes nothing"),
            (false, _) if befores == 0 && !matches!(key, Key::Text(_)) => {
                return Err("an element is overwritten that has no value");
            }
            _ => {}
        }
        self.done.push(operation);
        Ok(operation)
    }

    fn object(&mut self) -> Result<Option<Name>, Fault> {
        match (self.object_actor.next()?, self.object_counter.next()?) {
            (None, None) => Ok(None),
            (Some(actor), Some(counter)) => self.name(actor, counter).map(Some),
            _ => Err("the object of an operation is half given"),
        }
    }

    fn key(&mut self) -> Result<Key<'a>, Fault> {
        let (actor, counter) = (self.key_actor.next()?, self.key_counter.next()?);
        match (self.key_text.next()?, actor, counter) {
            (Some(text), None, None) if text.is_empty() || text.len() > MAX_KEY => {
                Err("a key is empty or too long")
            }
            (Some(text), None, None) => Ok(Key::Text(text)),
            (None, None, Some(0)) => Ok(Key::Start),
            (None, Some(actor), Some(counter)) => self.name(actor, counter).map(Key::Element),
            _ => Err("the key of an operation is not one key"),
        }
    }

    fn held(&mut self) -> Result<Held<'a>, Fault> {
        let shape = self.value_shape.next()?.ok_or("a value is missing")?;
        let bytes = self.value.take(shape >> 4)?;
        match (shape & 0x0f, bytes.len()) {
            (0, 0) => Ok(Held::Nothing),
            (1, 0) => Ok(Held::Flag(false)),
            (2, 0) => Ok(Held::Flag(true)),
            (4, _) => {
                let mut rest = Bytes::new(bytes);
                let number = rest.signed()?;
                if rest.is_empty() {
                    Ok(Held::Integer(number))
                } else {
                    Err("a number has extra bytes")
                }
            }
            (6, _) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Held::Text(text)),
                Err(_) => Err("a text is not UTF-8"),
            },
            _ => Err("a value is neither a text, a whole number, yes nor no"),
        }
    }

    /// Whether the key fits the object, as far as the change itself tells; the answer is how deep
    /// the operation lies.
    fn place(&self, operation: &Operation<'a>) -> Result<u8, Fault> {
        let keyed = matches!(operation.key, Key::Text(_));
        if operation.insert && keyed {
            return Err("an operation inserts into a map");
        }
        if !operation.insert && operation.key == Key::Start {
            return Err("an operation has no key");
        }
        let depth = match operation.object {
            None if !keyed => return Err("an operation takes the root for a list"),
            None => 1,
            Some(name) => match self.own(name) {
                Some(maker) if maker.may_hold(operation) => maker.depth + 1,
                Some(_) => return Err("an operation does not fit its object"),
                None => 2,
            },
        };
        if depth > MAX_DEPTH || (operation.action.makes() && depth == MAX_DEPTH) {
            return Err("objects lie too deep in each other");
        }
        if let Key::Element(element) = operation.key
            && let Some(inserted) = self.own(element)
            && !(inserted.insert && inserted.object == operation.object)
        {
            return Err("an operation refers to an element of another list");
        }
        Ok(depth)
    }

    /// Checks the operations that this one overwrites; the answer is how many they are.
    fn befores(&mut self, object: Option<Name>, key: Key<'a>) -> Result<u64, Fault> {
        let count = self.before_count.next()?.ok_or("a value is missing")?;
        let mut last: Option<(u64, &'f [u8; 16])> = None;
        self.befores.clear();
        for _ in 0..count {
            let actor = self.before_actor.next()?.ok_or("a value is missing")?;
            let counter = self.before_counter.next()?.ok_or("a value is missing")?;
            let name = self.name(actor, counter)?;
            let order = (counter, self.actor(actor));
            if last >= Some(order) {
                return Err("what an operation overwrites is not in order");
            }
            last = Some(order);
            self.befores.push(name);
            let index = counter.checked_sub(self.frame.start).filter(|_| actor == 0);
            let Some(index) = index else { continue };
            let before = usize::try_from(index).ok().and_then(|index| self.done.get_mut(index));
            let before = before.ok_or("an operation refers to a later one")?;
            let fits = before.object == object
                && before.stands_at(name) == key
                && before.action != Action::Delete;
            if !fits || before.overwritten {
                return Err("an operation overwrites something that is not there");
            }
            before.overwritten = true;
        }
        Ok(count)
    }
}
