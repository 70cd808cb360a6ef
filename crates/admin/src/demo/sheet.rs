//! The fields of a made-up record while they are filled in.

use hospes_domain::{Fields, Value};

/// Fields in the forms that records store.
#[derive(Default)]
pub(super) struct Sheet(Fields);

impl Sheet {
    pub(super) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.0.insert(field.to_owned(), value.into());
    }

    /// A set, sorted. An empty one is left out: an absent field is how a record says nothing.
    pub(super) fn put_set(&mut self, field: &str, mut words: Vec<&str>) {
        words.sort_unstable();
        words.dedup();
        self.put_list(field, words.into_iter().map(Value::from).collect());
    }

    /// A list in the given order, left out when it is empty.
    pub(super) fn put_list(&mut self, field: &str, values: Vec<Value>) {
        if !values.is_empty() {
            self.put(field, Value::List(values));
        }
    }

    /// A map, such as languages with their levels; left out when it is empty.
    pub(super) fn put_map<'k, V: Into<Value>>(
        &mut self,
        field: &str,
        entries: impl IntoIterator<Item = (&'k str, V)>,
    ) {
        let map = map(entries);
        if map.as_map().is_some_and(|map| !map.is_empty()) {
            self.put(field, map);
        }
    }

    pub(super) fn into_fields(self) -> Fields {
        self.0
    }
}

/// A value with parts of its own.
pub(super) fn map<'k, V: Into<Value>>(entries: impl IntoIterator<Item = (&'k str, V)>) -> Value {
    Value::Map(entries.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
}
