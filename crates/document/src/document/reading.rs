//! From a document to fields, in one walk.

use std::collections::{BTreeMap, HashMap};

use automerge::iter::{DocItem, DocObjItem};
use automerge::{
    AutoCommit, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, Span, ValueRef,
};
use hospes_domain::{Fields, Value};

use hospes_sync::plain::tree::{self, Tree, Unfit};

/// The fields as they are kept; see [`hospes_sync::plain::shape`].
pub(super) fn read(document: &AutoCommit, at: Option<&[ChangeHash]>) -> Result<Fields, Unfit> {
    let mut reading =
        Reading { tree: Tree::new(), objects: HashMap::new(), current: (ROOT, tree::ROOT) };
    for DocObjItem { obj, item } in document.iter_at(ROOT, at) {
        reading.take(&obj, item)?;
    }
    reading.tree.fold()
}

struct Reading {
    tree: Tree,
    objects: HashMap<ObjId, usize>,
    /// The object that the last item belonged to: they come together.
    current: (ObjId, usize),
}

impl Reading {
    fn take(&mut self, object: &ObjId, item: DocItem<'_>) -> Result<(), Unfit> {
        if self.current.0 != *object {
            // Objects are visited after the entry that holds them.
            let Some(index) = self.objects.get(object) else { return Ok(()) };
            self.current = (object.clone(), *index);
        }
        let holder = self.current.1;
        match item {
            DocItem::Map(item) => {
                let id = matches!(item.value, ValueRef::Object(_)).then(|| item.id());
                self.add(holder, item.key.into_owned(), &item.value, id)
            }
            DocItem::List(item) => {
                let id = matches!(item.value, ValueRef::Object(_)).then(|| item.id());
                self.add(holder, String::new(), &item.value, id)
            }
            DocItem::Text(Span::Text { text, .. }) => self.tree.append(holder, &text),
            DocItem::Text(Span::Block(_)) => Err(self.tree.foreign(holder)),
        }
    }

    fn add(
        &mut self,
        holder: usize,
        key: String,
        value: &ValueRef<'_>,
        id: Option<ObjId>,
    ) -> Result<(), Unfit> {
        let value = match value {
            ValueRef::Object(ObjType::Map) => Value::Map(BTreeMap::new()),
            ValueRef::Object(ObjType::List) => Value::List(Vec::new()),
            ValueRef::Object(ObjType::Text) => Value::Text(String::new()),
            ValueRef::Scalar(ScalarValueRef::Str(text)) => Value::Text(text.to_string()),
            ValueRef::Scalar(ScalarValueRef::Int(number)) => Value::Integer(*number),
            ValueRef::Scalar(ScalarValueRef::Boolean(flag)) => Value::Flag(*flag),
            _ => return Err(self.tree.foreign(holder)),
        };
        let place = self.tree.add(holder, key, value)?;
        if let Some(id) = id {
            self.objects.insert(id, place);
        }
        Ok(())
    }
}
