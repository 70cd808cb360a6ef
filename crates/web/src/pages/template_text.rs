//! The text of a template in one language: written, and compared with what it was.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use hospes_desk::Reason;
use hospes_desk::shown::{How, Shown};
use hospes_domain::edit::Edit;
use hospes_domain::translation::{digests, original};
use hospes_domain::{Fields, Kind, Value, language};

use super::frame::Frame;
use super::template::{of, own};
use crate::difference::{Place, What, difference};
use crate::entry::base::{BASE, base_of, carried, heads};
use crate::entry::{Choice, Wrong};
use crate::form::Form;
use crate::shape::{Reader, title, vocabulary};
use crate::template::expression;
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// Characters of a text.
const MOST: u32 = 200_000;
/// Characters of a title.
const MOST_TITLE: u32 = 200;

#[derive(Template)]
#[template(path = "template_text.html")]
struct Page {
    f: Frame,
    id: String,
    tag: String,
    base: String,
    summary: Vec<(String, String)>,
    conflict: String,
    name: String,
    name_wrong: String,
    roles: Vec<Choice>,
    statuses: Vec<Choice>,
    text: String,
    text_wrong: String,
    /// Language, its name and the text of the original.
    original: Option<(String, String, String)>,
    same: bool,
    takes_approval: bool,
    override_lint: bool,
    most: u32,
    most_name: u32,
}

/// The language of the address.
fn tag(visit: &Visit) -> Result<String, Fault> {
    let tag = visit.part("tag");
    if language::is_canonical(tag) { Ok(tag.to_owned()) } else { Err(Fault::NotFound) }
}

/// A text as a form says it.
fn form_of(shown: &Shown, tag: &str) -> Form {
    let said = expression(&shown.fields, tag);
    let word = |field: &str| said.get(field).and_then(Value::as_text).unwrap_or_default();
    let in_tag = |field: &str| {
        let all = shown.fields.get(field).and_then(Value::as_map);
        all.and_then(|all| all.get(tag)).and_then(Value::as_text).unwrap_or_default()
    };
    let first = shown.fields.get("body").and_then(Value::as_map).is_none_or(BTreeMap::is_empty);
    let role = match word("role") {
        "" if first => "authoritative",
        "" => "translation",
        role => role,
    };
    let pairs = [
        ("title", in_tag("title")),
        ("role", role),
        ("translation_status", word("translation_status")),
        ("text", in_tag("body")),
    ];
    Form::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

fn page(visit: &Visit, shown: &Shown, tag: &str, form: &Form, wrong: &Wrong) -> Page {
    let t = visit.t;
    let choices = |field: &'static str, group: &'static str| {
        let words = vocabulary(Kind::Template, &format!("expressions.{field}"));
        let chosen = form.text(field);
        let choice = |word: &&str| Choice {
            word: (*word).to_owned(),
            text: t.word(group, word),
            chosen: *word == chosen,
        };
        words.iter().map(choice).collect::<Vec<_>>()
    };
    let heading = t.template_text_title(title(t, shown), language::autonym(tag));
    Page {
        f: Frame::filled(visit, heading),
        id: shown.key.id.to_string(),
        tag: tag.to_owned(),
        base: carried(form, Some(shown)),
        summary: wrong.summary(|name| label(t, name, tag)),
        conflict: String::new(),
        name: form.raw("title").to_owned(),
        name_wrong: wrong.at("title"),
        roles: choices("role", "role"),
        statuses: choices("translation_status", "translation-status"),
        text: form.raw("text").to_owned(),
        text_wrong: wrong.at("text"),
        original: original(&shown.fields, tag).map(|(tag, text)| {
            (tag.to_owned(), language::autonym(tag).to_owned(), text.to_owned())
        }),
        same: form.ticked("same"),
        takes_approval: Reader(&shown.fields).text("status") == Some("approved"),
        override_lint: wrong.can_be_overridden,
        most: MOST,
        most_name: MOST_TITLE,
    }
}

fn label(t: &Texts, name: &str, tag: &str) -> String {
    match name {
        "title" => t.template_title_in(language::autonym(tag)),
        _ => t.template_text_body(),
    }
}

/// The text as it is, to be changed; empty in a language in which nobody has written it.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (shown, tag) = (own(&visit).await?, tag(&visit)?);
    let typed = visit.form.typed().next().is_some();
    let form = if typed { visit.form.clone() } else { form_of(&shown, &tag) };
    Answer::page(page(&visit, &shown, &tag, &form, &Wrong::default()).render()?)
}

/// What brings the template to what the form says. `seen` is the template as its translator saw it: that is
/// what the text was compared with.
fn edits(fields: &Fields, seen: &Fields, tag: &str, form: &Form) -> Vec<Edit> {
    let put = |field: &str, value: Value| Edit::Put { field: field.to_owned(), value };
    let map = |field: &str| fields.get(field).and_then(Value::as_map).cloned().unwrap_or_default();
    let mut edits = vec![Edit::Text {
        field: "body".to_owned(),
        key: tag.to_owned(),
        text: form.raw("text").to_owned(),
    }];
    let mut titles = map("title");
    if !form.text("title").is_empty() {
        titles.insert(tag.to_owned(), form.text("title").into());
        edits.push(put("title", Value::Map(titles)));
    }
    let mut said = expression(fields, tag);
    for name in ["role", "translation_status"] {
        match form.text(name) {
            "" => said.remove(name),
            word => said.insert(name.to_owned(), word.into()),
        };
    }
    if let Some((_, text)) = original(seen, tag).filter(|_| form.ticked("same")) {
        let known = digests(text).into_iter().map(Value::from).collect();
        said.insert("source_hashes".to_owned(), Value::List(known));
    }
    let mut expressions = map("expressions");
    expressions.insert(tag.to_owned(), Value::Map(said));
    edits.push(put("expressions", Value::Map(expressions)));
    if Reader(fields).text("status") == Some("approved") {
        edits.push(put("status", "in_review".into()));
    }
    edits
}

/// Somebody has changed it.
pub(crate) async fn save(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, form) = (visit.t, &visit.form);
    let (shown, tag) = (own(&visit).await?, tag(&visit)?);
    let id = shown.key.id.to_string();
    let mut wrong = Wrong::default();
    if form.text("text").is_empty() {
        wrong.add("text", t.template_text_needed());
    }
    if !vocabulary_has(form) {
        return Err(Fault::Unreadable);
    }
    let base = heads(form.text(BASE));
    let met = !base.is_empty() && shown.heads.iter().any(|head| !base.contains(head));
    let mut seen = shown.fields.clone();
    if met && form.ticked("same") {
        seen = match visit.desk().past(&id, Kind::Template, base.clone()).await {
            // That is told below, where the edit is refused for it.
            Err(refused) if refused.reason == Reason::Changed => Fields::new(),
            past => past?,
        };
    }
    let mut edits = edits(&shown.fields, &seen, &tag, form);
    if !wrong.is_empty() {
        // What else is wrong is told with it.
        edits.retain(|edit| edit.field() != "body");
    }
    let how = How { dry_run: !wrong.is_empty(), override_lint: form.ticked("override") };
    let mut conflict = false;
    match visit.desk().edit(&visit.who()?, &id, edits, base, how).await {
        Ok(_) if wrong.is_empty() => {
            return match met {
                true => Answer::see(format!(
                    "/templates/{id}/changes/{tag}?from={}&to={}&merged=1",
                    form.text(BASE),
                    base_of(&shown)
                )),
                false => Answer::see(format!("/templates/{id}?left={tag}&done=template")),
            };
        }
        Ok(_) => {}
        Err(refused) if refused.reason == Reason::Changed => conflict = true,
        Err(refused) if refused.violations.is_empty() => return Err(refused.into()),
        Err(refused) => wrong.take(t, Kind::Template, &refused.violations, |violation| {
            let (field, part) = violation.field.split_once('.').unwrap_or((&violation.field, ""));
            match field {
                "title" if part == tag => Some("title".to_owned()),
                "body" if part == tag => Some("text".to_owned()),
                _ => None,
            }
        }),
    }
    let mut page = page(&visit, &shown, &tag, form, &wrong);
    if conflict {
        page.conflict = t.entry_changed_meanwhile();
        page.base = base_of(&shown);
    }
    Answer::to_mend(page.render()?)
}

/// Whether a form that no page of ours has made says words that are none.
fn vocabulary_has(form: &Form) -> bool {
    let is_word = |field: &str| {
        vocabulary(Kind::Template, &format!("expressions.{field}")).contains(&form.text(field))
    };
    is_word("role") && (form.text("translation_status").is_empty() || is_word("translation_status"))
}

#[derive(Template)]
#[template(path = "template_changes.html")]
struct Changes {
    f: Frame,
    id: String,
    tag: String,
    merged: bool,
    gone: bool,
    writes: bool,
    places: Vec<Place>,
}

/// What differs between two states of the text, or between one and now.
pub(crate) async fn changes(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let t = visit.t;
    let (shown, tag) = (of(&visit).await?, tag(&visit)?);
    let id = shown.key.id.to_string();
    let state = async |heads: Vec<[u8; 32]>| match heads.is_empty() {
        true => Ok(shown.fields.clone()),
        false => visit.desk().past(&id, Kind::Template, heads).await,
    };
    let from = heads(visit.query.text("from"));
    let before = if from.is_empty() { Ok(Fields::new()) } else { state(from).await };
    let both = match (before, state(heads(visit.query.text("to"))).await) {
        (Ok(before), Ok(after)) => Some((before, after)),
        (Err(refused), _) | (_, Err(refused)) if refused.reason != Reason::Changed => {
            return Err(refused.into());
        }
        _ => None,
    };
    let merged = visit.query.has("merged");
    let text = |fields: &Fields| {
        let all = fields.get("body").and_then(Value::as_map);
        all.and_then(|all| all.get(&tag)?.as_text().map(str::to_owned)).unwrap_or_default()
    };
    let places = both.as_ref().map(|(before, after)| difference(&text(before), &text(after)));
    let page = Changes {
        f: Frame::of(
            &visit,
            if merged { t.template_merged_title() } else { t.template_changes_title() },
        ),
        gone: places.is_none(),
        places: places.unwrap_or_default(),
        writes: shown.ours && visit.who()?.role >= hospes_desk::Role::Coordinator,
        merged,
        id,
        tag,
    };
    Answer::page(page.render()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_translation_is_compared_with_the_original_that_its_translator_saw() {
        let map = |pairs: &[(&str, Value)]| {
            let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
            Value::Map(pairs.collect())
        };
        let with = |original: &str| {
            let role = map(&[("role", "authoritative".into())]);
            Fields::from([
                ("body".to_owned(), map(&[("fi", original.into())])),
                ("expressions".to_owned(), map(&[("fi", role)])),
            ])
        };
        let form = Form::read("role=translation&same=1&text=Раз".as_bytes()).unwrap();
        let edits = edits(&with("Kaksi."), &with("Yksi."), "ru", &form);
        let put = edits.iter().find_map(|edit| match edit {
            Edit::Put { field, value } if field == "expressions" => value.as_map()?.get("ru"),
            _ => None,
        });
        let known = put.and_then(Value::as_map).unwrap()["source_hashes"].elements().to_vec();
        assert_eq!(known, digests("Yksi.").into_iter().map(Value::from).collect::<Vec<_>>());
    }

    #[test]
    fn a_form_with_words_that_no_page_offers_is_none_of_ours() {
        let form = |text: &str| Form::read(text.as_bytes()).unwrap();
        assert!(vocabulary_has(&form("role=translation&translation_status=sworn")));
        assert!(vocabulary_has(&form("role=authoritative&translation_status=")));
        assert!(!vocabulary_has(&form("role=judge")));
    }
}
