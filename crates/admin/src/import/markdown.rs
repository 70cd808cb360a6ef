//! Records as Markdown with front matter: one file per language, `slug.ru.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Fields, Kind, Value, language};

use super::Row;
use super::file;
use super::front::{self, Node};
use super::report::{Line, Report};
use crate::failure::Failure;

/// Most files of one folder.
const MAX_FILES: usize = 5_000;

/// Entries of front matter that belong to the file's language.
const OF_LANGUAGE: [&str; 2] = ["role", "translation_status"];

/// What one file says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    /// What all files of a record share: the slug, or the file's name without language and ending.
    stem: String,
    fields: Fields,
}

/// Reads a Markdown file, or all of a folder; files of the same slug become one record.
pub fn stage(kind: Kind, path: &Path, report: &mut Report) -> Result<Vec<Row>, Failure> {
    // One by one: a folder of large files is not in memory as a whole.
    let texts = files(path)?.into_iter().map(|path| {
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok((name, file::text(&path)?))
    });
    gather(kind, texts, report)
}

/// The same from texts with the names of their files.
pub fn gather(
    kind: Kind,
    texts: impl IntoIterator<Item = Result<(String, String), Failure>>,
    report: &mut Report,
) -> Result<Vec<Row>, Failure> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts {
        let (name, text) = text?;
        let page = match read(kind, &name, &text) {
            Ok(page) => page,
            Err((field, reason)) => {
                report.add(Line::fatal(&name, 0, &field, "", reason));
                continue;
            }
        };
        match places.get(&page.stem).and_then(|place| rows.get_mut(*place)) {
            Some(row) => {
                if let Err(field) = merge_fields(schema(kind).fields, &mut row.fields, page.fields)
                {
                    let reason = format!("differs from what {} says", row.table);
                    report.add(Line::fatal(&name, 0, &field, "", reason));
                    report.add(Line::fatal(
                        &row.table,
                        row.number,
                        &field,
                        "",
                        format!("differs from what {name} says"),
                    ));
                }
            }
            None => {
                places.insert(page.stem.clone(), rows.len());
                let number = rows.len() as u64 + 1;
                rows.push(Row { table: name, number, external_id: page.stem, fields: page.fields });
            }
        }
    }
    Ok(rows)
}

/// The fields of one file.
pub fn single(kind: Kind, path: &Path, text: &str) -> Result<Fields, Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    read(kind, &name, text)
        .map(|page| page.fields)
        .map_err(|(field, reason)| Failure::refused(format!("{name}: {field} {reason}")))
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| Failure::file("read", path, &error))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .filter(|path| !path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("README.md")))
        .collect();
    found.sort();
    match found.len() {
        0 => Err(Failure::refused(format!("there are no .md files in {}", path.display()))
            .try_next("name them like asylum-application.ru.md")),
        many if many > MAX_FILES => Err(Failure::refused(format!(
            "{} has {many} files, at most {MAX_FILES} are read",
            path.display()
        ))),
        _ => Ok(found),
    }
}

/// `slug.ru.md`: the name before the language, and the language.
fn of_name(name: &str) -> (&str, Option<String>) {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    match stem.rsplit_once('.') {
        Some((stem, tag)) => match language::canonical(tag) {
            Ok(tag) => (stem, Some(tag)),
            Err(_) => (stem, None),
        },
        None => (stem, None),
    }
}

/// Problems are the field and the reason.
fn read(kind: Kind, name: &str, text: &str) -> Result<Page, (String, String)> {
    let whole = |reason: &str| (String::new(), reason.to_owned());
    let (front, body) = front::split(text).ok_or_else(|| {
        whole("has no front matter: lines of key: value between two lines of ---")
    })?;
    let map = front::parse(front).map_err(|error| (String::new(), error.to_string()))?;
    let (stem, mut tag) = of_name(name);
    let mut fields = Fields::new();
    let mut expression = BTreeMap::new();
    if let Some((_, Node::Scalar(given))) = map.iter().find(|(key, _)| key == "language") {
        tag = Some(
            language::find(given).map_err(|error| ("language".to_owned(), error.to_string()))?,
        );
    }
    let has_expressions = schema(kind).field("expressions").is_some();
    for (key, node) in map {
        match key.as_str() {
            "language" => {}
            "kind" => match &node {
                Node::Scalar(word) if word.parse() == Ok(kind) => {}
                _ => return Err((key, format!("is not {kind}"))),
            },
            word if has_expressions && OF_LANGUAGE.contains(&word) => {
                expression.insert(key, node);
            }
            _ => {
                let field = schema(kind).field(&key).ok_or_else(|| {
                    let near = schema(kind).nearest(&key);
                    let meant =
                        near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                    (key.clone(), format!("is not a field of {kind}{meant}"))
                })?;
                if let Some(value) = value(&field.ty, &node, tag.as_deref(), field.name)? {
                    fields.insert(key, value);
                }
            }
        }
    }
    if !expression.is_empty() {
        let entries: Vec<(String, Node)> = expression.into_iter().collect();
        let field = schema(kind).field("expressions");
        let read =
            field.map(|field| value(&field.ty, &Node::Map(entries), tag.as_deref(), "expressions"));
        if let Some(Some(value)) = read.transpose()? {
            let mut there = fields.remove("expressions");
            match &mut there {
                Some(there) => {
                    let ty = field.map_or(FieldType::Flag, |field| field.ty);
                    merge(&ty, there, value).map_err(|()| {
                        ("expressions".to_owned(), "is there twice and differs".to_owned())
                    })?;
                }
                None => there = Some(value),
            }
            if let Some(there) = there {
                fields.insert("expressions".to_owned(), there);
            }
        }
    }
    add_body(kind, &mut fields, tag, body)?;
    let stem = fields.get("slug").and_then(Value::as_text).unwrap_or(stem).to_owned();
    if kind == Kind::Template {
        fields.entry("slug".to_owned()).or_insert_with(|| stem.clone().into());
    }
    Ok(Page { stem, fields })
}

fn add_body(
    kind: Kind,
    fields: &mut Fields,
    tag: Option<String>,
    body: &str,
) -> Result<(), (String, String)> {
    let body = body.trim();
    if body.is_empty() {
        return Ok(());
    }
    let field = schema(kind).fields.iter().find(|field| matches!(field.ty, FieldType::Body { .. }));
    let Some(field) = field else {
        return Err((
            String::new(),
            format!("has a text below its front matter, and {kind} has no field for it"),
        ));
    };
    let tag = tag.ok_or_else(|| {
        let reason = "is missing: name the file slug.ru.md, or write language: ru above the text";
        ("language".to_owned(), reason.to_owned())
    })?;
    let text = Value::Map(BTreeMap::from([(tag, Value::Text(body.to_owned()))]));
    fields.insert(field.name.to_owned(), text);
    Ok(())
}

/// The value that a node means for a type; nothing for an empty one.
///
/// What is per language may be written without its language: then it is in that of the file.
fn value(
    ty: &FieldType,
    node: &Node,
    tag: Option<&str>,
    path: &str,
) -> Result<Option<Value>, (String, String)> {
    let refuse = |reason: String| (path.to_owned(), reason);
    match (ty, node) {
        (_, Node::Scalar(text)) if text.is_empty() => Ok(None),
        (FieldType::PerLanguage { of, .. }, node) if !is_by_language(of, node) => {
            let tag = tag.ok_or_else(|| {
                refuse(
                    "is missing its language: write ru: before it, or name the file slug.ru.md"
                        .to_owned(),
                )
            })?;
            let value = value(of, node, Some(tag), path)?;
            Ok(value.map(|value| Value::Map(BTreeMap::from([(tag.to_owned(), value)]))))
        }
        (FieldType::PerLanguage { of, .. }, Node::Map(map)) => {
            let mut texts = BTreeMap::new();
            for (name, node) in map {
                let key = language::find(name).map_err(|error| refuse(error.to_string()))?;
                if let Some(value) = value(of, node, Some(&key), &format!("{path}.{name}"))? {
                    texts.insert(key, value);
                }
            }
            Ok(Some(Value::Map(texts)))
        }
        (FieldType::Struct(fields), Node::Map(map)) => {
            let mut parts = BTreeMap::new();
            for (name, node) in map {
                let field = fields
                    .iter()
                    .find(|field| field.name == name)
                    .ok_or_else(|| refuse(format!("has no part called {name:?}")))?;
                if let Some(value) = value(&field.ty, node, tag, &format!("{path}.{name}"))? {
                    parts.insert(name.clone(), value);
                }
            }
            Ok(Some(Value::Map(parts)))
        }
        (FieldType::List { of, .. }, Node::List(list)) => {
            let mut values = Vec::new();
            for (index, node) in list.iter().enumerate() {
                values.extend(value(of, node, tag, &format!("{path}[{index}]"))?);
            }
            Ok(Some(Value::List(values)))
        }
        (FieldType::Set(words), Node::List(list)) => {
            let choice = FieldType::Choice(words);
            let mut values = Vec::new();
            for node in list {
                values.extend(value(&choice, node, tag, path)?);
            }
            values.sort();
            values.dedup();
            Ok(Some(Value::List(values)))
        }
        (FieldType::Languages, Node::Map(map)) => {
            pairs(map, &FieldType::Choice(FieldType::LEVELS), path)
        }
        (FieldType::Nights { .. }, Node::Map(map)) => {
            pairs(map, &FieldType::Integer { min: 0, max: 255 }, path)
        }
        (ty, Node::Scalar(text)) => {
            ty.parse(text).map(Some).map_err(|problem| refuse(problem.to_string()))
        }
        (ty, _) => Err(refuse(format!("must be {}", ty.describe()))),
    }
}

/// A map whose names are languages or dates.
fn pairs(
    map: &[(String, Node)],
    of: &FieldType,
    path: &str,
) -> Result<Option<Value>, (String, String)> {
    let mut values = BTreeMap::new();
    for (name, node) in map {
        let key = language::find(name).unwrap_or_else(|_| name.clone());
        if let Some(value) = value(of, node, None, &format!("{path}.{name}"))? {
            values.insert(key, value);
        }
    }
    Ok(Some(Value::Map(values)))
}

/// Whether a node names its languages. A group whose names are all parts of the type does not.
fn is_by_language(of: &FieldType, node: &Node) -> bool {
    let Node::Map(map) = node else { return false };
    match of {
        FieldType::Struct(fields) => {
            !map.iter().all(|(name, _)| fields.iter().any(|field| field.name == name))
        }
        _ => true,
    }
}

/// Adds what another file of the same record says. The error is the field that differs.
fn merge_fields(known: &'static [Field], there: &mut Fields, more: Fields) -> Result<(), String> {
    for (name, value) in more {
        match (there.get_mut(&name), known.iter().find(|field| field.name == name)) {
            (Some(there), Some(field)) => merge(&field.ty, there, value).map_err(|()| name)?,
            _ => {
                there.insert(name, value);
            }
        }
    }
    Ok(())
}

/// Adds the languages of a value to those of another; everything else has to be the same.
fn merge(ty: &FieldType, there: &mut Value, more: Value) -> Result<(), ()> {
    match (ty, there, more) {
        (FieldType::PerLanguage { of, .. }, Value::Map(there), Value::Map(more)) => {
            for (tag, value) in more {
                match there.get_mut(&tag) {
                    Some(there) => merge(of, there, value)?,
                    None => {
                        there.insert(tag, value);
                    }
                }
            }
            Ok(())
        }
        (FieldType::Body { .. }, Value::Map(there), Value::Map(more)) => {
            for (tag, text) in more {
                match there.get(&tag) {
                    Some(known) if *known != text => return Err(()),
                    _ => {
                        there.insert(tag, text);
                    }
                }
            }
            Ok(())
        }
        (FieldType::Struct(fields), Value::Map(there), Value::Map(more)) => {
            for (name, value) in more {
                let field = fields.iter().find(|field| field.name == name);
                match (there.get_mut(&name), field) {
                    (Some(there), Some(field)) => merge(&field.ty, there, value)?,
                    _ => {
                        there.insert(name, value);
                    }
                }
            }
            Ok(())
        }
        (FieldType::List { of, .. }, Value::List(there), Value::List(more))
            if there.len() == more.len() && of.inner_fields().is_some() =>
        {
            there.iter_mut().zip(more).try_for_each(|(there, more)| merge(of, there, more))
        }
        (_, there, more) => (*there == more).then_some(()).ok_or(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const RU: &str = "---\n\
        title: Ходатайство\n\
        doc_type: application\n\
        jurisdiction: EE\n\
        topics: [asylum, military_service]\n\
        role: translation\n\
        placeholders:\n  - key: full_name\n    type: person_name\n    label: Имя и фамилия\n    required: yes\n\
        ---\n\n# Ходатайство\n\nЯ, {{ full_name }}, прошу.\n";
    const EN: &str = "---\n\
        title:\n  en: Application\n  et: Taotlus\n\
        doc_type: application\n\
        jurisdiction: EE\n\
        placeholders:\n  - key: full_name\n    type: person_name\n    label: Full name\n    required: yes\n\
        ---\nI, {{ full_name }}, ask.\n";

    #[test]
    fn files_of_one_slug_become_one_record() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("asylum.ru.md"), RU).unwrap();
        std::fs::write(folder.path().join("asylum.en.md"), EN).unwrap();
        std::fs::write(folder.path().join("README.md"), "about").unwrap();
        let mut report = Report::default();
        let rows = stage(Kind::Template, folder.path(), &mut report).unwrap();
        assert_eq!(report, Report::default());
        assert_eq!(rows.len(), 1);
        let fields = &rows[0].fields;
        assert_eq!(rows[0].external_id, "asylum");
        assert_eq!(fields["slug"], Value::from("asylum"));
        let title = fields["title"].as_map().unwrap();
        assert_eq!(title.keys().collect::<Vec<_>>(), ["en", "et", "ru"]);
        let body = fields["body"].as_map().unwrap();
        assert!(body["ru"].as_text().unwrap().starts_with("# Ходатайство\n\nЯ, "));
        let label =
            fields["placeholders"].elements()[0].as_map().unwrap()["label"].as_map().unwrap();
        assert_eq!(label.len(), 2);
        let expressions = fields["expressions"].as_map().unwrap();
        assert_eq!(expressions["ru"].as_map().unwrap()["role"], Value::from("translation"));
    }

    #[test]
    fn files_that_disagree_are_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("asylum.en.md"), EN).unwrap();
        std::fs::write(
            folder.path().join("asylum.ru.md"),
            RU.replace("jurisdiction: EE", "jurisdiction: FI"),
        )
        .unwrap();
        let mut report = Report::default();
        stage(Kind::Template, folder.path(), &mut report).unwrap();
        assert_eq!(report.lines()[0].table, "asylum.ru.md");
        assert_eq!(report.lines()[0].field, "jurisdiction");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_in_words() {
        for (name, text, expected) in [
            ("a.ru.md", "# Text", "no front matter"),
            ("a.md", "---\ndoc_type: letter\n---\nText", "name the file slug.ru.md"),
            ("a.ru.md", "---\ndoctype: letter\n---\n", "did you mean doc_type?"),
            ("a.ru.md", "---\ndoc_type: novel\n---\n", "must be one of"),
            ("a.ru.md", "---\nrequires:\n  lawyer: yes\n---\n", "no part called \"lawyer\""),
            ("a.ru.md", "---\nkind: offer\n---\n", "is not template"),
            ("a.ru.md", "---\nnumber:\n  x: 1\n---\n", "must be whole number"),
        ] {
            let (field, reason) = read(Kind::Template, name, text).unwrap_err();
            let told = format!("{field} {reason}");
            assert!(told.contains(expected), "{text:?}: {told}");
        }
    }

    #[test]
    fn the_language_is_in_the_name_or_above_the_text() {
        assert_eq!(of_name("asylum.ru.md"), ("asylum", Some("ru".to_owned())));
        assert_eq!(of_name("a.b.sr-latn.md"), ("a.b", Some("sr-Latn".to_owned())));
        assert_eq!(of_name("asylum.md"), ("asylum", None));
        let page =
            read(Kind::Template, "x.md", "---\nlanguage: russian\ntitle: Т\n---\nТекст").unwrap();
        assert!(page.fields["body"].as_map().unwrap().contains_key("ru"));
    }
}
