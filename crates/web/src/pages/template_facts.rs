//! What is said about a template: a new one, and one that is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use hospes_desk::Reason;
use hospes_desk::network::Named;
use hospes_desk::shown::{How, Shown};
use hospes_domain::{Fields, Kind, Value, language};

use super::frame::Frame;
use super::template::own;
use crate::entry::base::{BASE, base_of, carried, heads};
use crate::entry::{Choice, Control, Entry, Input, Wrong, form_of, name_of};
use crate::form::Form;
use crate::problem::field_of;
use crate::shape::{Reader, title};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// The field with the centers that may change a template.
const MAINTAINERS: &str = "maintainers";

/// A part of the form.
struct Section {
    title: fn(&Texts) -> String,
    fields: &'static [&'static str],
}

const SECTIONS: [Section; 3] = [
    Section {
        title: Texts::template_section_what,
        fields: &["slug", "doc_type", "jurisdiction", "forum", "topics", "audience"],
    },
    Section {
        title: Texts::template_section_law,
        fields: &["law_as_of", "legal_basis", "review_due", "number", "change_note"],
    },
    Section {
        title: Texts::template_section_needs,
        fields: &[
            "requires.notary",
            "requires.sworn_translation",
            "requires.fee",
            "requires.deadline_days",
            "original_form.url",
            "original_form.published_on",
        ],
    },
];

/// A part of the form as it is shown.
struct Part {
    title: String,
    controls: Vec<Control>,
}

#[derive(Template)]
#[template(path = "template_facts.html")]
struct Page {
    f: Frame,
    action: String,
    leave: String,
    base: String,
    summary: Vec<(String, String)>,
    conflict: String,
    override_lint: bool,
    overridden: bool,
    parts: Vec<Part>,
}

fn names() -> Vec<&'static str> {
    SECTIONS.iter().flat_map(|section| section.fields.iter().copied()).collect()
}

fn help(t: &Texts, name: &str) -> String {
    match name {
        "slug" => t.template_slug_help(),
        "jurisdiction" => t.templates_area_help(),
        "topics" => t.template_topics_help(),
        "legal_basis" => t.template_basis_help(),
        "number" => t.template_number_help(),
        "review_due" => t.template_review_help(),
        "law_as_of" | "original_form.published_on" => t.offer_date_help(),
        _ => String::new(),
    }
}

/// The title of a new template, in the language of whoever writes it.
fn title_of_new(entry: &Entry<'_>, wrong: &Wrong) -> Control {
    Control {
        name: "title".to_owned(),
        label: entry.t.template_title_in(language::autonym(entry.t.tag)),
        help: String::new(),
        wrong: wrong.at("title"),
        required: true,
        input: Input::Line { value: entry.form.raw("title").to_owned(), most: 200, numeric: false },
    }
}

/// The other centers, of which each may be let in. One that is not known any more is shown by its number.
fn maintainers(entry: &Entry<'_>, centers: &[Named], wrong: &Wrong) -> Option<Control> {
    let chosen = entry.form.all(MAINTAINERS);
    let named = centers.iter().filter(|center| !center.ours);
    let mut all: Vec<Choice> = named
        .map(|center| {
            let word = center.center.to_string();
            let chosen = chosen.contains(&word);
            Choice { text: center.name.clone(), chosen, word }
        })
        .collect();
    for unknown in chosen {
        if !all.iter().any(|choice| choice.word == unknown) {
            let text = unknown.chars().take(8).collect();
            all.push(Choice { word: unknown, text, chosen: true });
        }
    }
    (!all.is_empty()).then(|| Control {
        name: MAINTAINERS.to_owned(),
        label: entry.t.field(Kind::Template, MAINTAINERS),
        help: entry.t.template_maintainers_help(),
        wrong: wrong.at(MAINTAINERS),
        required: false,
        input: Input::Any(all),
    })
}

async fn page(
    visit: &Visit,
    entry: &Entry<'_>,
    shown: Option<&Shown>,
    wrong: &Wrong,
) -> Result<Page, Fault> {
    let t = visit.t;
    let mut parts: Vec<Part> = SECTIONS
        .iter()
        .map(|section| Part {
            title: (section.title)(t),
            controls: section
                .fields
                .iter()
                .filter_map(|name| entry.control(name, help(t, name), wrong))
                .collect(),
        })
        .collect();
    if let (None, Some(first)) = (shown, parts.first_mut()) {
        first.controls.insert(0, title_of_new(entry, wrong));
    }
    let steward = shown.is_none_or(|shown| shown.steward_name == visit.center);
    let centers = visit.desk().centers().await?;
    if let Some(control) = maintainers(entry, &centers, wrong).filter(|_| steward) {
        parts.push(Part { title: t.template_section_who(), controls: vec![control] });
    }
    Ok(Page {
        f: Frame::filled(
            visit,
            match shown {
                None => t.template_new_title(),
                Some(shown) => t.template_facts_title(title(t, shown)),
            },
        ),
        action: match shown {
            None => "/templates/new".to_owned(),
            Some(shown) => format!("/templates/{}/edit", shown.key.id),
        },
        leave: match shown {
            None => "/templates".to_owned(),
            Some(shown) => format!("/templates/{}", shown.key.id),
        },
        base: carried(entry.form, shown),
        summary: wrong.summary(|name| label(t, name)),
        conflict: String::new(),
        override_lint: wrong.can_be_overridden,
        overridden: entry.is_overridden(),
        parts,
    })
}

fn label(t: &Texts, name: &str) -> String {
    t.field(Kind::Template, &name.replacen('-', ".", 1))
}

fn entry<'a>(t: &'static Texts, form: &'a Form, before: Option<&'a Fields>) -> Entry<'a> {
    Entry { t, kind: Kind::Template, form, before, now: crate::now() }
}

/// Where a violation is told.
fn place(violation: &hospes_domain::validate::Violation) -> Option<String> {
    let (path, field) = (name_of(&violation.field), field_of(violation));
    let mut names = names().into_iter().map(name_of).chain([MAINTAINERS.to_owned()]);
    let is_title = field == "title";
    names.find(|name| *name == path || name == field).or(is_title.then(|| "title".to_owned()))
}

/// The centers that the form lets in.
fn let_in(form: &Form) -> Option<Value> {
    let all: Vec<Value> = form.all(MAINTAINERS).into_iter().map(Value::Text).collect();
    (!all.is_empty()).then_some(Value::List(all))
}

/// The form of a template that is not there yet.
pub(crate) async fn empty(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let typed = visit.form.typed().next().is_some();
    let first = || Form::of(vec![("number".to_owned(), "1".to_owned())]);
    let form = if typed { visit.form.clone() } else { first() };
    let entry = entry(visit.t, &form, None);
    Answer::page(page(&visit, &entry, None, &Wrong::default()).await?.render()?)
}

/// Somebody makes one.
pub(crate) async fn make(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let entry = entry(visit.t, &visit.form, None);
    let mut wrong = Wrong::default();
    let mut fields = entry.fields(&names(), &mut wrong);
    fields.extend(let_in(&visit.form).map(|value| (MAINTAINERS.to_owned(), value)));
    let name = visit.form.text("title");
    if !name.is_empty() {
        let titles = BTreeMap::from([(visit.t.tag.to_owned(), Value::from(name))]);
        fields.insert("title".to_owned(), Value::Map(titles));
    }
    let how = How { dry_run: !wrong.is_empty(), override_lint: entry.is_overridden() };
    match visit.desk().make(&visit.who()?, Kind::Template, fields, how).await {
        Ok(saved) if wrong.is_empty() => {
            return Answer::see(format!("/templates/{}?done=template", saved.key.id));
        }
        Ok(_) => {}
        Err(refused) if refused.violations.is_empty() => return Err(refused.into()),
        Err(refused) => wrong.take(visit.t, Kind::Template, &refused.violations, place),
    }
    Answer::to_mend(page(&visit, &entry, None, &wrong).await?.render()?)
}

/// A template as names and values of this form.
fn written(fields: &Fields) -> Form {
    let mut pairs: Vec<(String, String)> = form_of(Kind::Template, fields)
        .typed()
        .filter(|(name, _)| *name != MAINTAINERS)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let centers = Reader(fields).words(MAINTAINERS).into_iter();
    pairs.extend(centers.map(|center| (MAINTAINERS.to_owned(), center.to_owned())));
    Form::of(pairs)
}

/// The form with what is said about it.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let typed = visit.form.typed().next().is_some();
    let form = if typed { visit.form.clone() } else { written(&shown.fields) };
    let entry = entry(visit.t, &form, Some(&shown.fields));
    Answer::page(page(&visit, &entry, Some(&shown), &Wrong::default()).await?.render()?)
}

/// Somebody changes it.
pub(crate) async fn save(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let entry = entry(visit.t, &visit.form, Some(&shown.fields));
    let mut wrong = Wrong::default();
    let mut names = names();
    let mut fields = entry.fields(&names, &mut wrong);
    if shown.steward_name == visit.center {
        names.push(MAINTAINERS);
        fields.extend(let_in(&visit.form).map(|value| (MAINTAINERS.to_owned(), value)));
    }
    let edits = entry.edits(&names, fields);
    let how = How { dry_run: !wrong.is_empty(), override_lint: entry.is_overridden() };
    let (id, base) = (shown.key.id.to_string(), heads(visit.form.text(BASE)));
    let mut conflict = false;
    match visit.desk().edit(&visit.who()?, &id, edits, base, how).await {
        Ok(_) if wrong.is_empty() => {
            return Answer::see(format!("/templates/{id}?done=template"));
        }
        Ok(_) => {}
        Err(refused) if refused.reason == Reason::Changed => conflict = true,
        Err(refused) if refused.violations.is_empty() => return Err(refused.into()),
        Err(refused) => wrong.take(visit.t, Kind::Template, &refused.violations, place),
    }
    let mut page = page(&visit, &entry, Some(&shown), &wrong).await?;
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

    #[test]
    fn what_is_said_about_a_template_comes_back_from_its_form_as_it_was() {
        let form = Form::read(
            "slug=asylum&doc_type=application&jurisdiction=Финляндия&topics=asylum, military law\
             &audience=lawyer&audience=counselor&law_as_of=2026-11-01&legal_basis=Aliens Act%0AECLI:EU:1\
             &number=2&requires-fee=1&requires-deadline_days=21&original_form-url=https://migri.fi/"
                .as_bytes(),
        )
        .unwrap();
        let said = |form: &Form, before: Option<&Fields>| {
            let mut wrong = Wrong::default();
            let fields = entry(Texts::first(), form, before).fields(&names(), &mut wrong);
            assert!(wrong.is_empty(), "{:?}", wrong.summary(str::to_owned));
            fields
        };
        let fields = said(&form, None);
        assert_eq!(fields["jurisdiction"], "FI".into());
        assert_eq!(fields["topics"].to_string(), "asylum, military_law");
        assert_eq!(fields["requires"].as_map().unwrap().len(), 2);
        let again = said(&written(&fields), Some(&fields));
        assert_eq!(again, fields);
        assert!(entry(Texts::first(), &form, Some(&fields)).edits(&names(), again).len() >= 9);
    }

    #[test]
    fn a_part_that_is_wrong_is_told_at_its_control() {
        let violation = |field: &str| hospes_domain::validate::Violation {
            field: field.to_owned(),
            problem: hospes_domain::validate::Problem::Missing,
        };
        let at = |field: &str| place(&violation(field));
        assert_eq!(at("requires.deadline_days").as_deref(), Some("requires-deadline_days"));
        assert_eq!(at("legal_basis[3]").as_deref(), Some("legal_basis"));
        assert_eq!(at("title.ru").as_deref(), Some("title"));
        assert_eq!(at("placeholders[1].key"), None);
    }
}
