//! Values that are put into each other without recursion: how deep a document is, is up to its
//! authors.

use std::collections::BTreeMap;

use hospes_domain::{Fields, Value};

use crate::gate::MAX_DEPTH;

/// Most values (entries of maps and lists, at any depth) in one record.
pub const MAX_VALUES: usize = 50_000;
/// Most bytes of text in one record.
pub const MAX_TEXT: usize = 8 * 1024 * 1024;

/// Values that make no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// More than a record may have.
    #[error("the record has {what}, at most {limit} are allowed")]
    OutOfBounds {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// A value of a type that records do not have.
    #[error("the field {field:?} holds something other than text, whole numbers, yes and no")]
    ForeignValue {
        /// The top-level field.
        field: String,
    },
}

/// A value on its way into the one that holds it.
struct Node {
    holder: usize,
    key: String,
    depth: u8,
    value: Value,
}

/// Values, each of which comes after the one that holds it. The first is the root, a map.
pub struct Tree {
    nodes: Vec<Node>,
    text: usize,
}

/// The root's place in a tree.
pub const ROOT: usize = 0;

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// Nothing but the root.
    pub fn new() -> Self {
        let value = Value::Map(BTreeMap::new());
        Self { nodes: vec![Node { holder: ROOT, key: String::new(), depth: 0, value }], text: 0 }
    }

    /// Adds a value under a key of its holder, or at the end of a list; the answer is its place.
    pub fn add(&mut self, holder: usize, key: String, value: Value) -> Result<usize, Unfit> {
        self.text_grows(key.len() + value.as_text().map_or(0, str::len))?;
        let depth = self.nodes.get(holder).map_or(0, |node| node.depth) + 1;
        if depth > MAX_DEPTH {
            return Err(Unfit::OutOfBounds {
                what: "values too deep in each other",
                limit: usize::from(MAX_DEPTH),
            });
        }
        if self.nodes.len() > MAX_VALUES {
            return Err(Unfit::OutOfBounds { what: "too many values", limit: MAX_VALUES });
        }
        self.nodes.push(Node { holder, key, depth, value });
        Ok(self.nodes.len() - 1)
    }

    /// Adds letters to a text.
    pub fn append(&mut self, place: usize, letters: &str) -> Result<(), Unfit> {
        self.text_grows(letters.len())?;
        match self.nodes.get_mut(place) {
            Some(Node { value: Value::Text(text), .. }) => text.push_str(letters),
            _ => return Err(self.foreign(place)),
        }
        Ok(())
    }

    fn text_grows(&mut self, bytes: usize) -> Result<(), Unfit> {
        self.text += bytes;
        if self.text > MAX_TEXT {
            return Err(Unfit::OutOfBounds { what: "too much text", limit: MAX_TEXT });
        }
        Ok(())
    }

    /// Something that records do not have stands here.
    pub fn foreign(&self, mut node: usize) -> Unfit {
        let mut field = "";
        while let Some(Node { holder, key, .. }) = self.nodes.get(node)
            && node != ROOT
        {
            field = key;
            node = *holder;
        }
        Unfit::ForeignValue { field: field.to_owned() }
    }

    /// Puts every value into its holder, the last first, so that what is moved is complete.
    pub fn fold(mut self) -> Result<Fields, Unfit> {
        while let Some(node) = self.nodes.pop() {
            let mut value = node.value;
            if let Value::List(list) = &mut value {
                list.reverse();
            }
            match self.nodes.get_mut(node.holder).map(|holder| &mut holder.value) {
                Some(Value::Map(map)) => {
                    map.insert(node.key, value);
                }
                Some(Value::List(list)) => list.push(value),
                // Letters are not entries.
                Some(_) => {}
                None => {
                    return match value {
                        Value::Map(fields) => Ok(fields),
                        _ => Ok(Fields::new()),
                    };
                }
            }
        }
        Ok(Fields::new())
    }
}
