//! A record that one plain change makes, read without Automerge.
//!
//! Nearly every record of a first replication is one change that sets each field once. Reading it
//! from its operations takes a tenth of what making the document takes. Whatever is not that plain
//! (something overwritten or taken away, a list that was not written from its beginning to its end,
//! a key that is set twice) is left to the document: `None`. Tests hold the two ways to the same
//! answer.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{Fields, Kind, Value};

use self::tree::Tree;
use crate::gate::{self, Action, Held, Key, Name, Operation};

pub mod shape;
pub mod tree;

/// The fields of the record that a chunk makes, which has passed the gate.
pub fn fields(chunk: &[u8], kind: Kind) -> Option<Fields> {
    let mut plain = Plain { tree: Tree::new(), made: Vec::new(), taken: BTreeSet::new() };
    let mut fits = true;
    gate::first_operations(chunk, |operation, befores| {
        fits = fits && befores.is_empty() && plain.take(operation).is_some();
    })?;
    if !fits {
        return None;
    }
    Some(shape::shown(kind, plain.tree.fold().ok()?))
}

/// What an operation made.
#[derive(Clone, Copy)]
struct Made {
    /// Place in the tree, of an object or a value; of a letter, that of its text.
    place: usize,
    /// Of a list or text: the counter of its last element, 0 for none.
    last: u64,
    letters: bool,
}

struct Plain<'a> {
    tree: Tree,
    /// By counter, from 1.
    made: Vec<Made>,
    /// Keys that have a value, by the place of their map.
    taken: BTreeSet<(usize, &'a str)>,
}

impl<'a> Plain<'a> {
    fn take(&mut self, operation: &Operation<'a>) -> Option<()> {
        let counter = self.made.len() as u64 + 1;
        let holder = match operation.object {
            None => Made { place: tree::ROOT, last: 0, letters: false },
            Some(name) => *self.maker(name)?,
        };
        let value = match (operation.action, operation.held) {
            (Action::MakeMap, _) => Value::Map(BTreeMap::new()),
            (Action::MakeList, _) => Value::List(Vec::new()),
            (Action::MakeText, _) => Value::Text(String::new()),
            (Action::Set, Held::Text(letters)) if holder.letters => {
                self.follows(operation, &holder, counter)?;
                self.tree.append(holder.place, letters).ok()?;
                self.made.push(Made { place: holder.place, last: 0, letters: false });
                return Some(());
            }
            (Action::Set, Held::Text(text)) => Value::Text(text.to_owned()),
            (Action::Set, Held::Integer(number)) => Value::Integer(number),
            (Action::Set, Held::Flag(flag)) => Value::Flag(flag),
            (Action::Set, Held::Nothing) | (Action::Delete, _) => return None,
        };
        let key = match operation.key {
            Key::Text(key) if !operation.insert => {
                self.taken.insert((holder.place, key)).then(|| key.to_owned())?
            }
            _ => {
                self.follows(operation, &holder, counter)?;
                String::new()
            }
        };
        let place = self.tree.add(holder.place, key, value).ok()?;
        let letters = operation.action == Action::MakeText;
        self.made.push(Made { place, last: 0, letters });
        Some(())
    }

    /// Whether an element is put in after the last one of its list, which it is then itself.
    fn follows(&mut self, operation: &Operation<'a>, holder: &Made, counter: u64) -> Option<()> {
        let after = match operation.key {
            Key::Start => 0,
            Key::Element(Name { counter, actor: 0 }) => counter,
            _ => return None,
        };
        if !operation.insert || after != holder.last {
            return None;
        }
        let list = operation.object.and_then(|name| self.maker(name))?;
        list.last = counter;
        Some(())
    }

    fn maker(&mut self, name: Name) -> Option<&mut Made> {
        let index = name.counter.checked_sub(1).filter(|_| name.actor == 0)?;
        self.made.get_mut(usize::try_from(index).ok()?)
    }
}
