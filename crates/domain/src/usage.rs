//! How a person puts a record out of use.
//!
//! Nothing but a person who says so brings such a record back: no list and no default does.

use crate::{Fields, Kind, Value};

/// The field of a kind that says whether its records are of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Its name.
    pub field: &'static str,
    /// The word that `withdraw` puts there.
    pub withdrawn: &'static str,
    /// Another word that means the same, put there by people.
    other: Option<&'static str>,
}

impl Usage {
    /// Of a kind. A center's profile is always of use.
    pub fn of(kind: Kind) -> Option<Self> {
        let (field, withdrawn, other) = match kind {
            Kind::Offer => ("status", "withdrawn", None),
            Kind::Service => ("status", "defunct", None),
            Kind::Template => ("status", "withdrawn", Some("superseded")),
            Kind::Bulletin => ("msg_type", "cancel", None),
            Kind::Center => return None,
        };
        Some(Self { field, withdrawn, other })
    }

    /// The word by which a record of these fields is out of use, if it is.
    pub fn ended(self, fields: &Fields) -> Option<&str> {
        let word = fields.get(self.field).and_then(Value::as_text);
        word.filter(|word| *word == self.withdrawn || Some(*word) == self.other)
    }
}

/// The word by which a record is out of use, if it is.
pub fn ended(kind: Kind, fields: &Fields) -> Option<&str> {
    Usage::of(kind)?.ended(fields)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::schema::schema;

    #[test]
    fn the_words_are_choices_of_the_schema() {
        for kind in Kind::ALL {
            let Some(usage) = Usage::of(kind) else { continue };
            let field = schema(kind).field(usage.field).unwrap();
            for word in std::iter::once(usage.withdrawn).chain(usage.other) {
                let fields = Fields::from([(usage.field.to_owned(), word.into())]);
                assert_eq!(ended(kind, &fields), Some(word));
                let found = schema(kind).check(&fields);
                assert!(found.iter().all(|v| v.field != field.name), "{kind:?} {word}: {found:?}");
            }
            assert_eq!(ended(kind, &Fields::new()), None);
        }
        assert_eq!(Usage::of(Kind::Center), None);
    }
}
