//! `hospes edit`: single fields, and long texts by splices that the node works out.

use std::io::Write as _;
use std::path::Path;

use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{Kind, Value, language};
use hospes_wire::local::{self, FieldEdit, TextReplacement, field_edit};
use hospes_wire::value::to_wire;

use super::put;
use crate::args::{EditArgs, Global};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::fields;
use crate::import::file;
use crate::json;
use crate::print::Printer;

/// Changes what was named and nothing else.
pub async fn run(args: &EditArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    if args.fields.is_empty() && args.clear.is_empty() && args.language.is_none() {
        return Err(Failure::refused("nothing to change was named")
            .try_next("hospes edit ID field=value, --clear FIELD or --language TAG"));
    }
    let mut directory = connect::directory(global).await?;
    let record = directory
        .get(local::GetRequest { id: args.id.clone(), kind: String::new() })
        .await?
        .into_inner();
    let kind: Kind = record.kind.parse().map_err(|_| {
        Failure::new(Exit::Failed, format!("this program does not know the kind {:?}", record.kind))
    })?;
    let mut edits = field_edits(args, kind, &record)?;
    if let Some(tag) = &args.language {
        edits.push(text_edit(args, tag, kind, &record, printer)?);
    }
    let answer = directory
        .edit(local::EditRequest {
            id: record.id,
            edits,
            base: record.heads,
            dry_run: args.dry_run,
            override_lint: args.override_lint,
        })
        .await
        .map_err(|status| put::refused(status, kind, args.override_lint))?
        .into_inner();
    put::saved(&answer, args.dry_run, printer);
    Ok(Exit::Ok)
}

fn field_edits(
    args: &EditArgs,
    kind: Kind,
    record: &local::Record,
) -> Result<Vec<FieldEdit>, Failure> {
    let schema = schema(kind);
    let before = json::fields_of(record)?;
    let mut after = before.clone();
    fields::set_all(schema, &mut after, &args.fields)?;
    let mut edits = Vec::new();
    for name in &args.clear {
        let name = fields::known(schema, name)?.name;
        after.remove(name);
        edits.push(FieldEdit { field: name.to_owned(), edit: Some(field_edit::Edit::Clear(true)) });
    }
    for argument in &args.fields {
        let name = argument.split(['.', '=']).next().unwrap_or_default().trim();
        if edits.iter().any(|edit| edit.field == name) {
            continue;
        }
        let edit = match after.get(name) {
            Some(value) => field_edit::Edit::Put(to_wire(value)),
            None => field_edit::Edit::Clear(true),
        };
        edits.push(FieldEdit { field: name.to_owned(), edit: Some(edit) });
    }
    Ok(edits)
}

fn text_edit(
    args: &EditArgs,
    tag: &str,
    kind: Kind,
    record: &local::Record,
    printer: &Printer,
) -> Result<FieldEdit, Failure> {
    let tag = language::find(tag).map_err(|error| Failure::refused(error.to_string()))?;
    let body = schema(kind)
        .fields
        .iter()
        .find(|field| matches!(field.ty, FieldType::Body { .. }))
        .ok_or_else(|| {
            Failure::refused(format!("a {kind} has no long text per language"))
                .try_next("hospes edit ID field=value")
        })?;
    let fields = json::fields_of(record)?;
    let current = fields
        .get(body.name)
        .and_then(Value::as_map)
        .and_then(|texts| texts.get(&tag))
        .and_then(Value::as_text)
        .unwrap_or_default();
    let text = match &args.text_file {
        Some(path) => without_front_matter(file::text(path)?),
        None if printer.can_ask() => in_editor(current, &record.id, &tag)?,
        None => {
            return Err(Failure::refused("there is no terminal for an editor")
                .try_next(format!("hospes edit {} --language {tag} --text-file FILE", args.id)));
        }
    };
    let replacement = TextReplacement { language: tag, text };
    Ok(FieldEdit {
        field: body.name.to_owned(),
        edit: Some(field_edit::Edit::ReplaceText(replacement)),
    })
}

/// An exported file may be given back as it is: only its text counts here.
fn without_front_matter(text: String) -> String {
    match crate::import::front::split(&text) {
        Some((_, body)) => body.to_owned(),
        None => text,
    }
}

/// Opens a private copy of the text in the person's editor and reads it back.
fn in_editor(current: &str, id: &str, tag: &str) -> Result<String, Failure> {
    let editor = std::env::var("VISUAL")
        .or_else(|_| std::env::var("EDITOR"))
        .unwrap_or_else(|_| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let folder = PrivateFolder::new()?;
    let short: String = id.chars().take(8).collect();
    let path = folder.0.join(format!("{short}.{tag}.md"));
    std::fs::File::create_new(&path)
        .and_then(|mut file| file.write_all(current.as_bytes()))
        .map_err(|error| Failure::file("write", &path, &error))?;
    let done =
        std::process::Command::new(program).args(words).arg(&path).status().map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("the editor {editor:?} could not be started: {error}"),
            )
            .try_next("EDITOR=nano hospes edit ...")
        })?;
    if !done.success() {
        return Err(Failure::new(
            Exit::Failed,
            "the editor ended with an error; nothing was saved",
        ));
    }
    file::text(&path)
}

/// A folder that only this user can look into; it goes with everything in it.
struct PrivateFolder(std::path::PathBuf);

impl PrivateFolder {
    fn new() -> Result<Self, Failure> {
        use std::os::unix::fs::DirBuilderExt as _;
        // Memory, where there is such a place: a text under work need not reach the disk.
        let base = std::env::var_os("XDG_RUNTIME_DIR")
            .map(std::path::PathBuf::from)
            .filter(|path| path.is_dir())
            .unwrap_or_else(std::env::temp_dir);
        let path = base.join(format!("hospes-{}", uuid::Uuid::new_v4().simple()));
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| Failure::file("make", &path, &error))?;
        Ok(Self(path))
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        let path: &Path = &self.0;
        let _ = std::fs::remove_dir_all(path);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use hospes_domain::Fields;
    use hospes_wire::value::{fields_to_wire, from_wire};

    use super::*;

    fn args(fields: &[&str], clear: &[&str]) -> EditArgs {
        EditArgs {
            id: "3f2a".to_owned(),
            fields: fields.iter().map(|text| (*text).to_owned()).collect(),
            clear: clear.iter().map(|text| (*text).to_owned()).collect(),
            language: None,
            text_file: None,
            dry_run: false,
            override_lint: false,
        }
    }

    #[test]
    fn only_named_fields_are_sent() {
        let fields: Fields = BTreeMap::from([
            ("country".to_owned(), Value::from("EE")),
            ("sleeps".to_owned(), Value::from(2)),
            ("note".to_owned(), Value::from("quiet")),
        ]);
        let record = local::Record { fields: fields_to_wire(&fields), ..Default::default() };
        let edits =
            field_edits(&args(&["sleeps=3", "cot="], &["note"]), Kind::Offer, &record).unwrap();
        let names: Vec<&str> = edits.iter().map(|edit| edit.field.as_str()).collect();
        assert_eq!(names, ["note", "sleeps", "cot"]);
        assert!(matches!(edits[0].edit, Some(field_edit::Edit::Clear(true))));
        let Some(field_edit::Edit::Put(value)) = edits[1].edit.clone() else { panic!() };
        assert_eq!(from_wire(value, "sleeps", 2).unwrap(), Value::Integer(3));
        assert!(matches!(edits[2].edit, Some(field_edit::Edit::Clear(true))));
    }

    #[test]
    fn a_part_of_a_field_is_sent_with_the_rest_of_it() {
        let texts = Value::Map(BTreeMap::from([(
            "en".to_owned(),
            Value::Map(BTreeMap::from([("headline".to_owned(), Value::from("Old"))])),
        )]));
        let fields = Fields::from([("texts".to_owned(), texts)]);
        let record = local::Record { fields: fields_to_wire(&fields), ..Default::default() };
        let edits =
            field_edits(&args(&["texts.ru.headline=Новое"], &[]), Kind::Bulletin, &record).unwrap();
        let Some(field_edit::Edit::Put(value)) = edits[0].edit.clone() else { panic!() };
        assert_eq!(from_wire(value, "texts", 8).unwrap().as_map().unwrap().len(), 2);
    }

    #[test]
    fn an_exported_file_gives_only_its_text() {
        assert_eq!(without_front_matter("---\nslug: x\n---\nText\n".to_owned()), "Text\n");
        assert_eq!(without_front_matter("Text\n".to_owned()), "Text\n");
    }

    #[test]
    fn the_folder_of_the_editor_is_private_and_goes() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = PrivateFolder::new().unwrap();
        let path = folder.0.clone();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        drop(folder);
        assert!(!path.exists());
    }
}
