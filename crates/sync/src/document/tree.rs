//! Values that are put into each other without recursion: how deep a document is, is up to its
//! authors.

use std::collections::BTreeMap;

use hospes_domain::{Fields, Value};

use super::{DocumentError, MAX_TEXT, MAX_VALUES};
use crate::gate::MAX_DEPTH;

/// A value on its way into the one that holds it.
struct Node {
    holder: usize,
    key: String,
    depth: u8,
    value: Value,
}

/// Values, each of which comes after the one that holds it. The first is the root, a map.
pub(super) struct Tree {
    nodes: Vec<Node>,
    text: usize,
}

/// The root's place in a tree.
pub(super) const ROOT: usize = 0;

impl Tree {
    pub(super) fn new() -> Self {
        let value = Value::Map(BTreeMap::new());
        Self { nodes: vec![Node { holder: ROOT, key: String::new(), depth: 0, value }], text: 0 }
    }

    /// Adds a value under a key of its holder, or at the end of a list; the answer is its place.
    pub(super) fn add(
        &mut self,
        holder: usize,
        key: String,
        value: Value,
    ) -> Result<usize, DocumentError> {
        self.text_grows(key.len() + value.as_text().map_or(0, str::len))?;
        let depth = self.nodes.get(holder).map_or(0, |node| node.depth) + 1;
        if depth > MAX_DEPTH {
            return Err(DocumentError::OutOfBounds {
                what: "values too deep in each other",
                limit: usize::from(MAX_DEPTH),
            });
        }
        if self.nodes.len() > MAX_VALUES {
            return Err(DocumentError::OutOfBounds { what: "too many values", limit: MAX_VALUES });
        }
        self.nodes.push(Node { holder, key, depth, value });
        Ok(self.nodes.len() - 1)
    }

    /// Adds letters to a text.
    pub(super) fn append(&mut self, place: usize, letters: &str) -> Result<(), DocumentError> {
        self.text_grows(letters.len())?;
        match self.nodes.get_mut(place) {
            Some(Node { value: Value::Text(text), .. }) => text.push_str(letters),
            _ => return Err(self.foreign(place)),
        }
        Ok(())
    }

    fn text_grows(&mut self, bytes: usize) -> Result<(), DocumentError> {
        self.text += bytes;
        if self.text > MAX_TEXT {
            return Err(DocumentError::OutOfBounds { what: "too much text", limit: MAX_TEXT });
        }
        Ok(())
    }

    /// Something that records do not have stands here.
    pub(super) fn foreign(&self, mut node: usize) -> DocumentError {
        let mut field = "";
        while let Some(Node { holder, key, .. }) = self.nodes.get(node)
            && node != ROOT
        {
            field = key;
            node = *holder;
        }
        DocumentError::ForeignValue { field: field.to_owned() }
    }

    /// Puts every value into its holder, the last first, so that what is moved is complete.
    pub(super) fn fold(mut self) -> Result<Fields, DocumentError> {
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
