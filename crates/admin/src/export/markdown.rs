//! Templates as Markdown with front matter: one file per language, as the import reads them.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Fields, Kind, Value};

use crate::import::front::{self, Node};

/// The files of a record: their names and texts, one for each language of its long text.
pub fn files(kind: Kind, stem: &str, fields: &Fields) -> Vec<(String, String)> {
    let known = schema(kind).fields;
    let body = known.iter().find(|field| matches!(field.ty, FieldType::Body { .. }));
    let texts = body.and_then(|field| fields.get(field.name)).and_then(Value::as_map);
    let mut tags: Vec<&str> =
        texts.map(|texts| texts.keys().map(String::as_str).collect()).unwrap_or_default();
    if tags.is_empty() {
        let titles = fields.get("title").and_then(Value::as_map);
        tags.push(titles.and_then(|titles| titles.keys().next()).map_or("en", String::as_str));
    }
    let mut files = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        // Languages without a text of their own go into the first file.
        let others: BTreeSet<&str> = tags.iter().filter(|other| *other != tag).copied().collect();
        let shown = |language: &str| language == *tag || (index == 0 && !others.contains(language));
        let front = map(known, fields, tag, &shown);
        let text =
            texts.and_then(|texts| texts.get(*tag)).and_then(Value::as_text).unwrap_or_default();
        let front = front::print(&front);
        files.push((format!("{stem}.{tag}.md"), format!("---\n{front}---\n\n{text}\n")));
    }
    files
}

fn map(
    known: &'static [Field],
    fields: &BTreeMap<String, Value>,
    tag: &str,
    shown: &dyn Fn(&str) -> bool,
) -> Vec<(String, Node)> {
    known
        .iter()
        .filter(|field| !matches!(field.ty, FieldType::Body { .. }))
        .filter_map(|field| {
            let node = node(&field.ty, fields.get(field.name)?, tag, shown)?;
            Some((field.name.to_owned(), node))
        })
        .collect()
}

fn node(ty: &FieldType, value: &Value, tag: &str, shown: &dyn Fn(&str) -> bool) -> Option<Node> {
    match (ty, value) {
        (FieldType::PerLanguage { of, .. }, Value::Map(texts)) => {
            let kept: Vec<(&String, &Value)> =
                texts.iter().filter(|(language, _)| shown(language)).collect();
            match kept.as_slice() {
                [] => None,
                [(language, value)] if *language == tag => node(of, value, tag, shown),
                several => Some(Node::Map(
                    several
                        .iter()
                        .filter_map(|(language, value)| {
                            Some(((*language).clone(), node(of, value, tag, shown)?))
                        })
                        .collect(),
                )),
            }
        }
        (FieldType::Struct(fields), Value::Map(parts)) => {
            let parts = map(fields, parts, tag, shown);
            (!parts.is_empty()).then_some(Node::Map(parts))
        }
        (FieldType::List { of, .. }, Value::List(list)) => {
            Some(Node::List(list.iter().filter_map(|value| node(of, value, tag, shown)).collect()))
        }
        (FieldType::Set(_), Value::List(list)) => {
            Some(Node::List(list.iter().map(|value| Node::Scalar(value.to_string())).collect()))
        }
        (FieldType::Languages | FieldType::Nights { .. }, Value::Map(pairs)) => Some(Node::Map(
            pairs
                .iter()
                .map(|(name, value)| (name.clone(), Node::Scalar(value.to_string())))
                .collect(),
        )),
        (ty, value) => Some(Node::Scalar(ty.print(value))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::fields::set_all;
    use crate::import::markdown::stage;
    use crate::import::report::Report;

    #[test]
    fn a_template_that_was_written_can_be_read_again() {
        let mut fields = Fields::new();
        let arguments = [
            "slug=asylum-application",
            "title.ru=Ходатайство: об убежище",
            "title.en=Application \"A\"",
            "title.et=Taotlus",
            "doc_type=application",
            "jurisdiction=EE",
            "topics=asylum;military_service",
            "audience=lawyer;counselee",
            "requires=notary=no,deadline_days=14",
            "number=2",
            "law_as_of=2026-01-31",
            "legal_basis=Directive 2011/95/EU;\"key: value; with signs\"",
            "status=draft",
            "expressions.ru=role=translation,translation_status=human_draft",
            "expressions.en=role=authoritative",
            "body.ru=# Ходатайство\n\nЯ, {{ full_name }}.\n\n---\n\nКонец",
            "body.en=# Application\n\nI, {{ full_name }}.",
            "placeholders=key=full_name,type=person_name,label=[ru:Имя;en:Name],help=[ru:\"Как в паспорте,\nлатиницей\"],required=yes;key=day,type=date",
        ]
        .map(str::to_owned);
        set_all(schema(Kind::Template), &mut fields, &arguments).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let written = files(Kind::Template, "asylum-application", &fields);
        assert_eq!(written.len(), 2);
        for (name, text) in &written {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut report = Report::default();
        let rows = stage(Kind::Template, folder.path(), &mut report).unwrap();
        assert_eq!(report, Report::default(), "{written:#?}");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].fields, fields, "{written:#?}");
    }

    #[test]
    fn a_template_without_text_is_one_file() {
        let mut fields = Fields::new();
        set_all(schema(Kind::Template), &mut fields, &["title.ru=Т".to_owned()]).unwrap();
        let files = files(Kind::Template, "t", &fields);
        assert_eq!(files[0].0, "t.ru.md");
        assert!(files[0].1.contains("title: Т\n"));
    }
}
