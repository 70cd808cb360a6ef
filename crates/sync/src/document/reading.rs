//! From a document to fields, in one walk that does not recurse: how deep a document is, is up to
//! its authors.

use std::collections::{BTreeMap, HashMap};

use automerge::iter::{DocItem, DocObjItem};
use automerge::{
    AutoCommit, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, Span, ValueRef,
};
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

/// The fields as they are kept; see [`super::shape`].
pub(super) fn read(
    document: &AutoCommit,
    at: Option<&[ChangeHash]>,
) -> Result<Fields, DocumentError> {
    let mut tree = Tree::new();
    for DocObjItem { obj, item } in document.iter_at(ROOT, at) {
        tree.take(&obj, item)?;
    }
    tree.fold()
}

struct Tree {
    /// The first is the root. A value always comes after the one that holds it.
    nodes: Vec<Node>,
    objects: HashMap<ObjId, usize>,
    /// The object that the last item belonged to: they come together.
    current: (ObjId, usize),
    text: usize,
}

impl Tree {
    fn new() -> Self {
        let root =
            Node { holder: 0, key: String::new(), depth: 0, value: Value::Map(BTreeMap::new()) };
        Self { nodes: vec![root], objects: HashMap::new(), current: (ROOT, 0), text: 0 }
    }

    fn take(&mut self, object: &ObjId, item: DocItem<'_>) -> Result<(), DocumentError> {
        if self.current.0 != *object {
            // Objects are visited after the entry that holds them.
            let Some(index) = self.objects.get(object) else { return Ok(()) };
            self.current = (object.clone(), *index);
        }
        let holder = self.current.1;
        match item {
            DocItem::Map(item) => {
                self.text_grows(item.key.len())?;
                let id = matches!(item.value, ValueRef::Object(_)).then(|| item.id());
                self.add(holder, item.key.into_owned(), &item.value, id)
            }
            DocItem::List(item) => {
                let id = matches!(item.value, ValueRef::Object(_)).then(|| item.id());
                self.add(holder, String::new(), &item.value, id)
            }
            DocItem::Text(Span::Text { text, .. }) => {
                self.text_grows(text.len())?;
                match self.nodes.get_mut(holder) {
                    Some(Node { value: Value::Text(all), .. }) => all.push_str(&text),
                    _ => return Err(self.foreign(holder)),
                }
                Ok(())
            }
            DocItem::Text(Span::Block(_)) => Err(self.foreign(holder)),
        }
    }

    fn add(
        &mut self,
        holder: usize,
        key: String,
        value: &ValueRef<'_>,
        id: Option<ObjId>,
    ) -> Result<(), DocumentError> {
        let value = match value {
            ValueRef::Object(ObjType::Map) => Value::Map(BTreeMap::new()),
            ValueRef::Object(ObjType::List) => Value::List(Vec::new()),
            ValueRef::Object(ObjType::Text) => Value::Text(String::new()),
            ValueRef::Scalar(ScalarValueRef::Str(text)) => {
                self.text_grows(text.len())?;
                Value::Text(text.to_string())
            }
            ValueRef::Scalar(ScalarValueRef::Int(number)) => Value::Integer(*number),
            ValueRef::Scalar(ScalarValueRef::Boolean(flag)) => Value::Flag(*flag),
            _ => return Err(self.foreign(holder)),
        };
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
        if let Some(id) = id {
            self.objects.insert(id, self.nodes.len());
        }
        self.nodes.push(Node { holder, key, depth, value });
        Ok(())
    }

    fn text_grows(&mut self, bytes: usize) -> Result<(), DocumentError> {
        self.text += bytes;
        if self.text > MAX_TEXT {
            return Err(DocumentError::OutOfBounds { what: "too much text", limit: MAX_TEXT });
        }
        Ok(())
    }

    /// The top-level field that a node lies in.
    fn foreign(&self, mut node: usize) -> DocumentError {
        let mut field = "";
        while let Some(Node { holder, key, .. }) = self.nodes.get(node)
            && node != 0
        {
            field = key;
            node = *holder;
        }
        DocumentError::ForeignValue { field: field.to_owned() }
    }

    /// Puts every value into its holder, the last first, so that what is moved is complete.
    fn fold(mut self) -> Result<Fields, DocumentError> {
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
