//! What is filled into a template: the blanks of its texts, with what is asked for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use hospes_desk::Reason;
use hospes_desk::shown::{How, Shown};
use hospes_domain::edit::Edit;
use hospes_domain::{Fields, Kind, Value};

use super::frame::Frame;
use super::template::own;
use crate::entry::base::{BASE, base_of, carried, heads};
use crate::entry::{Choice, Wrong};
use crate::form::Form;
use crate::shape::{title, vocabulary};
use crate::template::blanks;
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// Most blanks of a template.
const MOST: usize = 200;
/// What may be filled in. One of several is not among them: it would need the several.
fn types() -> impl Iterator<Item = &'static str> {
    vocabulary(Kind::Template, "placeholders.type").iter().copied().filter(|ty| *ty != "choice")
}

#[derive(Template)]
#[template(path = "template_blanks.html")]
struct Page {
    f: Frame,
    id: String,
    base: String,
    summary: Vec<(String, String)>,
    conflict: String,
    broken: Vec<String>,
    rows: Vec<Row>,
}

/// A blank.
struct Row {
    key: String,
    types: Vec<Choice>,
    label: String,
    required: bool,
    wrong: String,
}

type Declared = BTreeMap<String, BTreeMap<String, Value>>;

/// What is declared already, by key.
fn declared(fields: &Fields) -> Declared {
    let all = fields.get("placeholders").map(Value::elements).unwrap_or_default();
    let one = |blank: &Value| {
        let parts = blank.as_map()?;
        Some((parts.get("key")?.as_text()?.to_owned(), parts.clone()))
    };
    all.iter().filter_map(one).collect()
}

fn page(visit: &Visit, shown: &Shown, form: &Form, wrong: &Wrong) -> Page {
    let t = visit.t;
    let (keys, broken) = blanks(&shown.fields);
    let declared = declared(&shown.fields);
    let typed = form.typed().next().is_some();
    let rows = keys.into_iter().take(MOST).map(|key| {
        let known = declared.get(&key);
        let part = |name: &str| known.and_then(|parts| parts.get(name));
        let ty = match typed {
            true => form.text(&format!("type-{key}")).to_owned(),
            false => part("type").and_then(Value::as_text).unwrap_or(guess(&key)).to_owned(),
        };
        let label = part("label").and_then(Value::as_map).and_then(|all| all.get(t.tag));
        // What is declared as something that no form offers stays what it is.
        let mut words: Vec<&str> = types().collect();
        words
            .extend(part("type").and_then(Value::as_text).filter(|ty| types().all(|of| of != *ty)));
        Row {
            types: words
                .into_iter()
                .map(|word| Choice {
                    word: word.to_owned(),
                    text: t.word("type", word),
                    chosen: word == ty,
                })
                .collect(),
            label: match typed {
                true => form.raw(&format!("label-{key}")).to_owned(),
                false => label.and_then(Value::as_text).unwrap_or_default().to_owned(),
            },
            required: match typed {
                true => form.ticked(&format!("required-{key}")),
                false => part("required") == Some(&true.into()) || known.is_none(),
            },
            wrong: wrong.at(&key),
            key,
        }
    });
    Page {
        id: shown.key.id.to_string(),
        base: carried(form, Some(shown)),
        summary: wrong.summary(str::to_owned),
        conflict: String::new(),
        broken: broken.into_iter().map(|found| t.template_blank_broken(found)).collect(),
        rows: rows.collect(),
        f: Frame::filled(visit, format!("{}: {}", t.template_blanks_title(), title(t, shown))),
    }
}

/// What a blank most likely is, by its name.
fn guess(key: &str) -> &'static str {
    let parts: Vec<&str> = key.split('_').collect();
    let has = |word: &str| parts.contains(&word);
    match () {
        () if has("date") || has("birthday") => "date",
        () if has("name") => "person_name",
        () if has("country") => "country",
        () if has("language") => "language",
        () if has("address") => "address",
        () if has("phone") => "phone",
        () if has("signature") => "signature",
        () => "text",
    }
}

/// All blanks of the texts as the form declares them. What else was said of one before stays.
fn said(t: &Texts, fields: &Fields, form: &Form) -> Value {
    let (keys, _) = blanks(fields);
    let mut declared = declared(fields);
    let blank = |key: String| {
        let mut parts = declared.remove(&key).unwrap_or_default();
        let ty = form.text(&format!("type-{key}"));
        let known =
            types().any(|of| of == ty) || parts.get("type").and_then(Value::as_text) == Some(ty);
        parts.insert("type".to_owned(), if known { ty } else { guess(&key) }.into());
        parts.insert("required".to_owned(), form.ticked(&format!("required-{key}")).into());
        let labels = parts.get("label").and_then(Value::as_map);
        let mut labels = labels.cloned().unwrap_or_default();
        match form.text(&format!("label-{key}")) {
            "" => labels.remove(t.tag),
            label => labels.insert(t.tag.to_owned(), label.into()),
        };
        match labels.is_empty() {
            true => parts.remove("label"),
            false => parts.insert("label".to_owned(), Value::Map(labels)),
        };
        parts.insert("key".to_owned(), key.into());
        Value::Map(parts)
    };
    Value::List(keys.into_iter().take(MOST).map(blank).collect())
}

/// All of them.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    Answer::page(page(&visit, &shown, &visit.form, &Wrong::default()).render()?)
}

/// Somebody says what they are.
pub(crate) async fn save(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let id = shown.key.id.to_string();
    let value = said(visit.t, &shown.fields, &visit.form);
    let keys: Vec<String> = value
        .elements()
        .iter()
        .filter_map(|blank| Some(blank.as_map()?.get("key")?.as_text()?.to_owned()))
        .collect();
    let edits = vec![match keys.is_empty() {
        true => Edit::Clear { field: "placeholders".to_owned() },
        false => Edit::Put { field: "placeholders".to_owned(), value },
    }];
    let base = heads(visit.form.text(BASE));
    let mut wrong = Wrong::default();
    let mut conflict = false;
    match visit.desk().edit(&visit.who()?, &id, edits, base, How::default()).await {
        Ok(_) => return Answer::see(format!("/templates/{id}?done=template")),
        Err(refused) if refused.reason == Reason::Changed => conflict = true,
        Err(refused) if refused.violations.is_empty() => return Err(refused.into()),
        Err(refused) => wrong.take(visit.t, Kind::Template, &refused.violations, |violation| {
            let number = violation.field.strip_prefix("placeholders[")?.split(']').next()?;
            keys.get(number.parse::<usize>().ok()?).cloned()
        }),
    }
    let mut page = page(&visit, &shown, &visit.form, &wrong);
    if conflict {
        page.conflict = visit.t.entry_changed_meanwhile();
        page.base = base_of(&shown);
    }
    Answer::to_mend(page.render()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn map<const N: usize>(pairs: [(&str, Value); N]) -> Value {
        Value::Map(pairs.map(|(key, value)| (key.to_owned(), value)).into())
    }

    #[test]
    fn blanks_of_the_text_are_declared_and_what_was_said_of_one_before_stays() {
        let old = map([
            ("key", "full_name".into()),
            ("type", "choice".into()),
            ("example", "Ivan".into()),
            ("label", map([("ru", "Имя".into())])),
        ]);
        let gone = map([("key", "gone".into()), ("type", "text".into())]);
        let fields = Fields::from([
            ("body".to_owned(), map([("en", "{{ full_name }}, {{ birth_date }}".into())])),
            ("placeholders".to_owned(), Value::List(vec![old, gone])),
        ]);
        let form = Form::read(
            b"type-full_name=choice&label-full_name=Name&type-birth_date=nonsense&required-birth_date=1",
        )
        .unwrap();
        let said = said(Texts::first(), &fields, &form);
        let expected = Value::List(vec![
            map([("key", "birth_date".into()), ("type", "date".into()), ("required", true.into())]),
            map([
                ("key", "full_name".into()),
                ("type", "choice".into()),
                ("required", false.into()),
                ("example", "Ivan".into()),
                ("label", map([("ru", "Имя".into()), ("en", "Name".into())])),
            ]),
        ]);
        assert_eq!(said, expected);
    }
}
