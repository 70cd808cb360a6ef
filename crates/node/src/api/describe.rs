//! The kinds and their fields, as validation knows them.

use hospes_domain::Kind;
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_wire::local;

/// What a record of a kind may hold. Fields within a group follow it as `phones[].number`.
pub(crate) fn kind(kind: Kind) -> local::KindDescription {
    let schema = schema(kind);
    let mut fields = Vec::new();
    walk("", schema.fields, &mut fields);
    local::KindDescription { kind: kind.name().to_owned(), about: schema.about.to_owned(), fields }
}

fn walk(prefix: &str, known: &[Field], fields: &mut Vec<local::FieldDescription>) {
    for field in known {
        let name = format!("{prefix}{}", field.name);
        fields.push(local::FieldDescription {
            name: name.clone(),
            label: field.label.to_owned(),
            r#type: field.ty.describe(),
            help: field.help.to_owned(),
            required: field.required,
        });
        if let Some(inner) = field.ty.inner_fields() {
            walk(&format!("{name}{}.", mark(&field.ty)), inner, fields);
        }
    }
}

/// How the path of an element is written: `[]` in a list, `.*` per language.
fn mark(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::List { .. } => "[]",
        FieldType::PerLanguage { .. } => ".*",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn every_field_is_described_and_inner_ones_follow_their_group() {
        let service = kind(Kind::Service);
        let find = |name: &str| service.fields.iter().find(|field| field.name == name).unwrap();
        assert!(find("name").required);
        assert_eq!(
            find("phones[].number").r#type,
            "phone number with country code such as +3725551234"
        );
        assert_eq!(find("verified.by").label, "By");
        let bulletin = kind(Kind::Bulletin);
        assert!(bulletin.fields.iter().any(|field| field.name == "texts.*.headline"));
        for kind in Kind::ALL {
            let described = super::kind(kind);
            assert!(described.fields.len() >= schema(kind).fields.len());
            assert!(described.fields.iter().all(|field| !field.help.is_empty()));
        }
    }
}
