//! What the changes of a record refer to, checked before Automerge sees them.
//!
//! The gate looks at one change and cannot know whether the list, the element or the value that it
//! refers to was ever made. The library panics or saves what it cannot load when it was not. A
//! worker that dies costs a dozen new ones until the culprit is found, so what can be told without
//! dying is told here.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use hospes_sync::gate::{self, Action, Key, Name, Operation};

/// An operation of a record: counter and actor, the actor by its place here.
type Id = (u64, u32);

/// Place of an actor that no change is by.
const UNKNOWN: u32 = u32::MAX;

/// The operations of a record's changes, as far as they have been told.
#[derive(Default)]
pub(super) struct References<'a> {
    /// Place and highest number of each writer.
    actors: HashMap<[u8; 16], (u32, u64)>,
    operations: HashMap<Id, Entry<'a>>,
}

struct Entry<'a> {
    id: Id,
    object: Option<Id>,
    place: Place<'a>,
    /// The element that it stands at, or is inserted after.
    neighbour: Option<Id>,
    befores: Vec<Id>,
    operation: Operation<'a>,
}

/// Where the value of an operation stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Text(&'a str),
    Element(Id),
}

impl<'a> References<'a> {
    /// The ledger of these changes; `None` if they do not make one.
    pub(super) fn of(history: &'a [Vec<u8>]) -> Option<Self> {
        let mut known = Self::default();
        history.iter().try_for_each(|chunk| known.admit(chunk)).ok()?;
        Some(known)
    }

    /// Takes a change in if all that it refers to is here; otherwise nothing changes.
    /// A change comes after those that it is built on.
    pub(super) fn admit(&mut self, chunk: &'a [u8]) -> Result<(), &'static str> {
        let known = &self.actors;
        let fresh_place = u32::try_from(known.len()).unwrap_or(UNKNOWN);
        let mut own = ([0; 16], 0);
        let places = RefCell::new(Vec::new());
        let mut fresh = Vec::new();
        let read = gate::operations(
            chunk,
            |(actor, seq), others| {
                own = (*actor, seq);
                let place = |actor, unknown| known.get(actor).map_or(unknown, |(place, _)| *place);
                let mut places = places.borrow_mut();
                places.push(place(actor, fresh_place));
                places.extend(others.iter().map(|other| place(other, UNKNOWN)));
            },
            |name, operation, befores| {
                fresh.push(Entry::new(&places.borrow(), name, operation, befores));
            },
        );
        if read.is_none() {
            return Err("it does not have the form of a change");
        }
        let places = places.into_inner();
        if places.contains(&UNKNOWN) {
            return Err("it refers to a writer that has written nothing");
        }
        let (actor, seq) = own;
        let (place, before) = known.get(&actor).copied().unwrap_or((fresh_place, 0));
        if seq != before + 1 {
            return Err("its number does not follow its writer's last one");
        }
        self.take(fresh)?;
        self.actors.insert(actor, (place, seq));
        Ok(())
    }

    fn take(&mut self, fresh: Vec<Entry<'a>>) -> Result<(), &'static str> {
        let mut overwritten = HashSet::new();
        let mut taken = Vec::with_capacity(fresh.len());
        for entry in fresh {
            if let Err(fault) = self.check(&entry, &mut overwritten) {
                for id in taken {
                    self.operations.remove(&id);
                }
                return Err(fault);
            }
            taken.push(entry.id);
            self.operations.insert(entry.id, entry);
        }
        Ok(())
    }

    fn check(&self, entry: &Entry<'a>, overwritten: &mut HashSet<Id>) -> Result<(), &'static str> {
        let insert = entry.operation.insert;
        if self.operations.contains_key(&entry.id) {
            return Err("it has operations that another change has");
        }
        if let Some(object) = entry.object {
            let maker = self.operations.get(&object);
            if !maker.is_some_and(|maker| maker.operation.may_hold(&entry.operation)) {
                return Err("it changes an object that is not there");
            }
        }
        let is_element = |id: &Id| {
            let element = self.operations.get(id);
            element.is_some_and(|e| e.operation.insert && e.object == entry.object)
        };
        if !entry.neighbour.iter().all(is_element) {
            return Err("it refers to an element that is not there");
        }
        for before in &entry.befores {
            let stands = self.operations.get(before).is_some_and(|earlier| {
                earlier.object == entry.object
                    && earlier.place == entry.place
                    && earlier.operation.action != Action::Delete
            });
            // One change overwrites a value once; what is overwritten is not there any more.
            if insert || !stands || !overwritten.insert(*before) {
                return Err("it overwrites a value that does not stand there");
            }
        }
        Ok(())
    }
}

impl<'a> Entry<'a> {
    fn new(places: &[u32], name: Name, operation: &Operation<'a>, befores: &[Name]) -> Self {
        let id = |name: Name| {
            let place = usize::try_from(name.actor).ok().and_then(|at| places.get(at));
            (name.counter, place.copied().unwrap_or(UNKNOWN))
        };
        let (place, neighbour) = match operation.key {
            Key::Text(text) => (Place::Text(text), None),
            Key::Start => (Place::Element(id(name)), None),
            Key::Element(element) if operation.insert => {
                (Place::Element(id(name)), Some(id(element)))
            }
            Key::Element(element) => (Place::Element(id(element)), Some(id(element))),
        };
        Self {
            id: id(name),
            object: operation.object.map(id),
            place,
            neighbour,
            befores: befores.iter().copied().map(id).collect(),
            operation: *operation,
        }
    }
}
