//! What a form says: names and values as a browser sends them.

use zeroize::Zeroizing;

use crate::digest;

/// Most fields of a form.
const MOST_FIELDS: usize = 600;
/// The field with the token of the session.
pub(crate) const TOKEN: &str = "_token";
/// The field with the number of the form.
pub(crate) const NUMBER: &str = "_number";

/// The fields of a form or of the part of an address after the question mark, in their order.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads the usual encoding of forms; `None` when there are too many fields.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Vec::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            if fields.len() == MOST_FIELDS {
                return None;
            }
            // Browsers send line ends of two signs.
            let value = value.replace("\r\n", "\n").replace('\r', "\n");
            fields.push((name.into_owned(), Zeroizing::new(value)));
        }
        Some(Self(fields))
    }

    /// A form that says this.
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect())
    }

    /// The first value of a name, without spaces around it; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The first value of a name as it is.
    pub(crate) fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// All values of a name that are not empty.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(key, _)| key == name);
        let found = found.map(|(_, value)| value.trim().to_owned());
        found.filter(|value| !value.is_empty()).collect()
    }

    /// A number; 0 when there is none or it cannot be read.
    pub(crate) fn number(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or(0)
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Whether a field is there at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All fields but those that the page itself has put in.
    pub(crate) fn typed(&self) -> impl Iterator<Item = (&str, &str)> {
        let typed = self.0.iter().filter(|(key, _)| key != TOKEN && key != NUMBER);
        typed.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The same without what the page has put in and without some of its fields.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let typed = self.typed().filter(|(name, _)| !names.contains(name));
        Self::of(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// A digest of what was typed, to tell a repeated form from another one of the same number.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut all = Zeroizing::new(String::new());
        for (name, value) in self.typed() {
            all.push_str(&format!("{}:{name}={}:{value};", name.len(), value.len()));
        }
        digest(all.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let form =
            Form::read(b"near=%D0%9D%D0%B0%D1%80%D0%B2%D0%B0+&pet=dog&pet=cat&pet=&a=1").unwrap();
        assert_eq!(form.text("near"), "Нарва");
        assert_eq!(form.all("pet"), ["dog", "cat"]);
        assert_eq!((form.number("a"), form.number("near"), form.number("b")), (1, 0, 0));
    }

    #[test]
    fn only_what_was_typed_makes_another_form() {
        let one = Form::read(b"_token=a&_number=1&x=1").unwrap();
        let same = Form::read(b"_token=b&_number=2&x=1").unwrap();
        let other = Form::read(b"_token=a&_number=1&x=2").unwrap();
        assert_eq!(one.digest(), same.digest());
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn a_form_with_too_many_fields_is_no_form() {
        assert!(Form::read("a=1&".repeat(600).as_bytes()).is_some());
        assert!(Form::read("a=1&".repeat(601).as_bytes()).is_none());
    }
}
