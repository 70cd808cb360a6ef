//! The kinds and their fields: the one place that says what a record may hold.
//!
//! Validation, the help of the command line, import and export, and the documentation are all made
//! from these tables. A name that is not here is not shared.

mod bulletin;
mod cell;
mod center;
mod field;
mod form;
mod offer;
mod page;
mod service;
mod template;

pub use field::{Field, FieldType, Weight};
pub(crate) use form::{decoded_length, is_date};
pub use page::markdown;

use crate::Kind;

/// What a record of one kind may hold.
#[derive(Debug)]
pub struct Schema {
    /// The kind described here.
    pub kind: Kind,
    /// What such a record is for, in one or two sentences.
    pub about: &'static str,
    /// The fields that are shared, in the order of the form.
    pub fields: &'static [Field],
    /// Names that must never be in a record of this kind: they belong to the sealed contact or stay
    /// on the node. A record that carries one is refused, also when it comes from a newer version.
    pub forbidden: &'static [&'static str],
}

/// The schema of a kind.
pub fn schema(kind: Kind) -> &'static Schema {
    match kind {
        Kind::Offer => &offer::SCHEMA,
        Kind::Service => &service::SCHEMA,
        Kind::Template => &template::SCHEMA,
        Kind::Bulletin => &bulletin::SCHEMA,
        Kind::Center => &center::SCHEMA,
    }
}

impl Schema {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether a record of this kind must never have a top-level field of this name.
    ///
    /// Upper case, spaces and hyphens do not hide a name: `Host-Name` is `host_name`.
    pub fn forbids(&self, name: &str) -> bool {
        let plain = |c: char| match c {
            ' ' | '-' => '_',
            other => other.to_ascii_lowercase(),
        };
        self.forbidden.iter().any(|word| name.chars().map(plain).eq(word.chars()))
    }

    /// The field whose name is closest to a mistyped one, if any is close enough to be meant.
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        if name.len() > 40 {
            return None;
        }
        self.fields
            .iter()
            .map(|field| (distance(name, field.name), field.name))
            .min()
            .filter(|&(distance, nearest)| distance <= 1 + nearest.len() / 5)
            .map(|(_, nearest)| nearest)
    }
}

/// Levenshtein distance of two short names.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut next = vec![line + 1];
        let costs = row.iter().zip(row.iter().skip(1)).zip(right.chars());
        for ((&diagonal, &above), b) in costs {
            let beside = next.last().copied().unwrap_or(usize::MAX - 1);
            next.push((diagonal + usize::from(a != b)).min(above + 1).min(beside + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_the_data_model_is_present() {
        let model: [(Kind, &str); 5] = [
            (
                Kind::Offer,
                "country region near_town travel_band time_zone place_type sleeps max_parties \
                 party_accepts women_only child_ages_ok cot pets_ok animals_present step_free lift \
                 bathroom languages household smoking notice latest_arrival night_calls_ok \
                 min_nights max_nights calendar cost amount currency address_registration pickup \
                 vetting vetted_on vetting_references confirmed_at confirmed_by status \
                 paused_until expires_on note note_language",
            ),
            (
                Kind::Service,
                "name alternate_name description organization url email status alert \
                 eligibility_description minimum_age maximum_age application_process \
                 fees_description interpretation_services assured_on phones languages \
                 opening_hours service_areas location_type address taxonomy_terms profession \
                 competences secure_channels start_time verified",
            ),
            (
                Kind::Template,
                "slug title doc_type jurisdiction forum topics audience requires original_form \
                 number law_as_of legal_basis change_note status approvals review_due expressions \
                 body placeholders maintainers",
            ),
            (
                Kind::Bulletin,
                "sent status msg_type references category urgency severity certainty effective \
                 onset expires areas texts source",
            ),
            (
                Kind::Center,
                "name languages roles node_addresses sealing_keys contact_windows software \
                 schema_version",
            ),
        ];
        for (kind, names) in model {
            for name in names.split_whitespace() {
                assert!(schema(kind).field(name).is_some(), "{kind} has no field {name}");
            }
        }
    }

    /// Calls `visit` with the path and the field of every field, nested ones too.
    fn walk(prefix: &str, fields: &'static [Field], visit: &mut dyn FnMut(&str, &Field)) {
        for field in fields {
            let path = format!("{prefix}{}", field.name);
            visit(&path, field);
            if let Some(inner) = field.ty.inner_fields() {
                walk(&format!("{path}."), inner, visit);
            }
        }
    }

    #[test]
    fn every_field_has_a_name_a_label_and_a_sentence() {
        for kind in Kind::ALL {
            let mut seen = BTreeSet::new();
            walk("", schema(kind).fields, &mut |path, field| {
                assert!(seen.insert(path.to_owned()), "{kind}.{path} is there twice");
                assert!(
                    field
                        .name
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                    "{kind}.{path} is not snake case"
                );
                assert!(!field.label.is_empty(), "{kind}.{path} has no label");
                assert!(field.help.ends_with('.'), "{kind}.{path}: {:?}", field.help);
                assert!(!field.ty.describe().is_empty());
            });
        }
    }

    #[test]
    fn no_kind_shares_what_it_forbids() {
        for kind in Kind::ALL {
            for field in schema(kind).fields {
                assert!(!schema(kind).forbids(field.name), "{kind}.{} is forbidden", field.name);
            }
        }
    }

    #[test]
    fn a_forbidden_name_is_known_in_any_spelling() {
        let offer = schema(Kind::Offer);
        for name in ["host_name", "Host-Name", "HOST NAME", "address", "passport", "phones"] {
            assert!(offer.forbids(name), "{name}");
        }
        assert!(!offer.forbids("hostname_of_nobody"));
    }

    #[test]
    fn a_mistyped_name_finds_the_field_that_was_meant() {
        let offer = schema(Kind::Offer);
        assert_eq!(offer.nearest("sleep"), Some("sleeps"));
        assert_eq!(offer.nearest("langauges"), Some("languages"));
        assert_eq!(offer.nearest("zzzzzzzz"), None);
    }
}
