//! Bulletins: those that are current, one to be read, one to be published or cancelled.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use hospes_desk::shown::How;
use hospes_domain::freshness::Freshness;
use hospes_domain::usage::ended;
use hospes_domain::validate::Violation;
use hospes_domain::{Fields, Kind, Timestamp, Value, language};

use super::ask::LANGUAGES;
use super::frame::Frame;
use crate::bulletin::{Card, about, card, current};
use crate::entry::{Control, Entry, Input, Wrong};
use crate::form::Form;
use crate::problem;
use crate::shape::{Reader, area, area_code, in_language, title};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// Days until a bulletin ends, when nothing else is said, and at most.
const DAYS: i64 = 7;
const MOST_DAYS: i64 = 30;
/// What a bulletin says in a language.
const TEXTS: [&str; 3] = ["headline", "description", "instruction"];
/// Fields that say what a bulletin is.
const WHAT: [&str; 7] =
    ["category", "severity", "urgency", "certainty", "source", "source_url", "status"];

#[derive(Template)]
#[template(path = "bulletins.html")]
struct List {
    f: Frame,
    cards: Vec<Card>,
    writes: bool,
}

/// All that are current.
pub(crate) async fn list(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, now) = (visit.t, crate::now());
    let cards = current(visit.desk()).await?.iter().map(|shown| card(t, shown, now)).collect();
    let writes = visit.who()?.role >= hospes_desk::Role::Coordinator;
    Answer::page(List { f: Frame::of(&visit, t.bulletins_title()), cards, writes }.render()?)
}

#[derive(Template)]
#[template(path = "bulletin.html")]
struct Page {
    f: Frame,
    tag: String,
    id: String,
    marks: Vec<String>,
    description: Vec<String>,
    instruction: Vec<String>,
    facts: Vec<(String, String)>,
    about: String,
    others: Vec<Text>,
    can_cancel: bool,
}

/// What it says in one language.
struct Text {
    tag: String,
    name: String,
    headline: String,
    paragraphs: Vec<String>,
}

fn paragraphs(text: &BTreeMap<String, Value>, field: &str) -> Vec<String> {
    let text = text.get(field).and_then(Value::as_text).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// One to be read.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, now) = (visit.t, crate::now());
    let shown = visit.desk().get(visit.part("id"), Some(Kind::Bulletin)).await?;
    let reader = Reader(&shown.fields);
    let texts = shown.fields.get("texts").and_then(Value::as_map).cloned().unwrap_or_default();
    let (tag, text) = in_language(t, &texts).unzip();
    let text = text.and_then(Value::as_map).cloned().unwrap_or_default();
    let is_cancelled = ended(Kind::Bulletin, &shown.fields).is_some();
    let mut marks = Vec::new();
    if is_cancelled {
        marks.push(t.bulletin_cancelled());
    } else if shown.freshness == Freshness::Expired {
        marks.push(t.bulletin_over());
    }
    if matches!(reader.text("status"), Some("exercise" | "test")) {
        marks.push(t.bulletin_exercise());
    }
    let mut facts = Vec::new();
    for field in ["severity", "category", "urgency", "certainty", "source"] {
        let word = reader.text(field).map(|word| t.word(field, word));
        facts.extend(word.map(|word| (t.field(Kind::Bulletin, field), word)));
    }
    let areas: Vec<String> = reader.words("areas").into_iter().map(|code| area(t, code)).collect();
    if !areas.is_empty() {
        facts.push((t.field(Kind::Bulletin, "areas"), areas.join(", ")));
    }
    // Not a link: whoever follows it tells the other end that somebody here reads this.
    let page = reader.text("source_url").map(str::to_owned);
    facts.extend(page.map(|page| (t.field(Kind::Bulletin, "source_url"), page)));
    let others = texts.iter().filter(|(other, _)| Some(*other) != tag).filter_map(|(tag, text)| {
        let text = text.as_map()?;
        let headline = text.get("headline").and_then(Value::as_text)?.to_owned();
        let fields = ["description", "instruction"];
        let paragraphs = fields.into_iter().flat_map(|field| paragraphs(text, field)).collect();
        let name = language::autonym(tag).to_owned();
        Some(Text { tag: tag.clone(), name, headline, paragraphs })
    });
    let writes = visit.who()?.role >= hospes_desk::Role::Coordinator;
    let page = Page {
        f: Frame::of(&visit, title(t, &shown)),
        tag: tag.cloned().unwrap_or_else(|| t.tag.to_owned()),
        id: shown.key.id.to_string(),
        marks,
        description: paragraphs(&text, "description"),
        instruction: paragraphs(&text, "instruction"),
        facts,
        about: about(t, &shown, now),
        others: others.collect(),
        can_cancel: writes && shown.ours && !is_cancelled,
    };
    Answer::page(page.render()?)
}

#[derive(Template)]
#[template(path = "bulletin_new.html")]
struct New {
    f: Frame,
    summary: Vec<(String, String)>,
    override_lint: bool,
    overridden: bool,
    what: Vec<Control>,
    texts: Vec<Part>,
}

/// The text in one language.
struct Part {
    title: String,
    open: bool,
    controls: Vec<Control>,
}

/// The name of the field of a text.
fn name(tag: &str, field: &str) -> String {
    format!("texts-{tag}-{field}")
}

/// Where a violation is told.
fn place(violation: &Violation) -> String {
    match violation.field.strip_prefix("texts.").and_then(|path| path.split_once('.')) {
        Some((tag, field)) => name(tag, field),
        None => match problem::field_of(violation) {
            // Only of the years in which somebody changes the clock of the machine.
            "expires" | "sent" | "effective" => "days".to_owned(),
            field => field.to_owned(),
        },
    }
}

/// The languages in the order in which they are asked for: that of the person first.
fn tags(t: &Texts) -> Vec<&'static str> {
    let mut tags = LANGUAGES.to_vec();
    tags.sort_by_key(|tag| *tag != t.tag);
    tags
}

fn page(visit: &Visit, entry: &Entry<'_>, wrong: &Wrong) -> New {
    let t = visit.t;
    let line = |name: &str, label: String, help: String, most: u32| Control {
        name: name.to_owned(),
        label,
        help,
        wrong: wrong.at(name),
        required: false,
        input: Input::Line {
            value: entry.form.raw(name).to_owned(),
            most,
            numeric: name == "days",
        },
    };
    let mut what: Vec<Control> =
        WHAT.iter().filter_map(|name| entry.control(name, String::new(), wrong)).collect();
    what.insert(2, line("areas", t.bulletin_areas(), t.bulletin_areas_help(), 500));
    what.push(line("days", t.bulletin_days(), t.bulletin_days_help(), 2));
    let texts = tags(t).into_iter().enumerate().map(|(index, tag)| {
        let controls = TEXTS.map(|field| {
            let name = name(tag, field);
            let value = entry.form.raw(&name).to_owned();
            let (help, input) = match field {
                "headline" => {
                    (t.bulletin_headline_help(), Input::Line { value, most: 120, numeric: false })
                }
                "description" => (String::new(), Input::Lines { value, most: 2_000 }),
                _ => (String::new(), Input::Lines { value, most: 500 }),
            };
            let label = t.field(Kind::Bulletin, &format!("texts.{field}"));
            let wrong = wrong.at(&name);
            Control { name, label, help, wrong, required: false, input }
        });
        let typed = |control: &Control| {
            !control.wrong.is_empty() || !entry.form.text(&control.name).is_empty()
        };
        Part {
            title: t.bulletin_section_text(language::autonym(tag)),
            open: index == 0 || controls.iter().any(typed),
            controls: controls.into_iter().collect(),
        }
    });
    New {
        f: Frame::filled(visit, t.bulletin_new_title()),
        summary: wrong.summary(|name| label(t, name)),
        override_lint: wrong.can_be_overridden,
        overridden: entry.is_overridden(),
        what,
        texts: texts.collect(),
    }
}

/// What a field of the form is called.
fn label(t: &Texts, name: &str) -> String {
    match name {
        "areas" => t.bulletin_areas(),
        "days" => t.bulletin_days(),
        name => match name.strip_prefix("texts-").and_then(|rest| rest.rsplit_once('-')) {
            Some((tag, field)) => {
                let label = t.field(Kind::Bulletin, &format!("texts.{field}"));
                format!("{label} ({})", language::autonym(tag))
            }
            None => t.field(Kind::Bulletin, name),
        },
    }
}

fn entry<'a>(t: &'static Texts, form: &'a Form) -> Entry<'a> {
    Entry { t, kind: Kind::Bulletin, form, before: None, now: crate::now() }
}

/// The form of a new one.
pub(crate) async fn empty(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let typed = visit.form.typed().next().is_some();
    let first = || {
        let pairs = [
            ("severity", "moderate".to_owned()),
            ("urgency", "expected".to_owned()),
            ("certainty", "observed".to_owned()),
            ("status", "actual".to_owned()),
            ("days", DAYS.to_string()),
        ];
        Form::of(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec())
    };
    let form = if typed { visit.form.clone() } else { first() };
    Answer::page(page(&visit, &entry(visit.t, &form), &Wrong::default()).render()?)
}

/// What the form says.
fn said(entry: &Entry<'_>, wrong: &mut Wrong) -> Fields {
    let (t, form) = (entry.t, entry.form);
    let mut fields = entry.fields(&WHAT, wrong);
    let mut areas = Vec::new();
    let typed = form.text("areas").split([',', ';', '\n']).map(str::trim);
    for text in typed.filter(|text| !text.is_empty()) {
        match area_code(text) {
            Some(code) => areas.push(Value::from(code)),
            None => {
                let found: String = text.chars().take(40).collect();
                wrong.add("areas", t.bulletin_areas_wrong(found));
            }
        }
    }
    if !areas.is_empty() {
        fields.insert("areas".to_owned(), Value::List(areas));
    }
    let days = match form.text("days") {
        "" => Some(DAYS),
        days => days.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days)),
    };
    match days {
        Some(days) => {
            let end = entry.now.plus(days * Timestamp::DAY).to_string();
            fields.insert("sent".to_owned(), entry.now.to_string().into());
            fields.insert("expires".to_owned(), end.into());
        }
        None => wrong.add("days", t.problem_range(1i64, MOST_DAYS)),
    }
    let mut texts = BTreeMap::new();
    for tag in LANGUAGES {
        let text = TEXTS.iter().filter_map(|field| {
            let text = form.text(&name(tag, field));
            (!text.is_empty()).then(|| ((*field).to_owned(), Value::from(text)))
        });
        let text: BTreeMap<String, Value> = text.collect();
        if !text.is_empty() {
            texts.insert(tag.to_owned(), Value::Map(text));
        }
    }
    if texts.is_empty() {
        wrong.add(&name(t.tag, "headline"), t.bulletin_text_needed());
    }
    fields.insert("texts".to_owned(), Value::Map(texts));
    fields
}

/// Somebody publishes one.
pub(crate) async fn publish(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let entry = entry(visit.t, &visit.form);
    let mut wrong = Wrong::default();
    let fields = said(&entry, &mut wrong);
    let how = How { dry_run: !wrong.is_empty(), override_lint: entry.is_overridden() };
    match visit.desk().make(&visit.who()?, Kind::Bulletin, fields, how).await {
        Ok(_) if wrong.is_empty() => {
            visit.reception.alerts.forget();
            return Answer::see("/bulletins?done=published");
        }
        Ok(_) => {}
        Err(refused) if refused.violations.is_empty() => return Err(refused.into()),
        Err(refused) => {
            let texts = LANGUAGES.iter().flat_map(|tag| TEXTS.map(|field| name(tag, field)));
            let shown: Vec<String> = WHAT
                .iter()
                .map(|name| (*name).to_owned())
                .chain(texts)
                .chain(["areas".to_owned(), "days".to_owned()])
                .collect();
            wrong.take(entry.t, entry.kind, &refused.violations, |violation| {
                let place = place(violation);
                // Nothing was written in any language: that is told already.
                let place = if place == "texts" { name(entry.t.tag, "headline") } else { place };
                shown.contains(&place).then_some(place)
            });
        }
    }
    Answer::to_mend(page(&visit, &entry, &wrong).render()?)
}

/// It counts no more.
pub(crate) async fn cancel(visit: Arc<Visit>) -> Result<Answer, Fault> {
    visit.desk().withdraw(&visit.who()?, visit.part("id"), "").await?;
    visit.reception.alerts.forget();
    Answer::see("/bulletins?done=cancelled")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn what_is_written_in_a_language_is_all_that_is_said_in_it() {
        let form = Form::read(
            "category=scam&texts-ru-headline=Обман&texts-ru-description=Так&areas=Эстония;FI&days=3"
                .as_bytes(),
        )
        .unwrap();
        let entry = entry(Texts::first(), &form);
        let mut wrong = Wrong::default();
        let fields = said(&entry, &mut wrong);
        assert!(wrong.is_empty());
        assert_eq!(fields["areas"].to_string(), "EE, FI");
        assert_eq!(fields["texts"].to_string(), "ru: description: Так, headline: Обман");
    }

    #[test]
    fn a_bulletin_that_says_nothing_is_told_where_to_say_it() {
        let form = Form::read(b"days=31&areas=Atlantis").unwrap();
        let entry = entry(Texts::first(), &form);
        let mut wrong = Wrong::default();
        said(&entry, &mut wrong);
        let told = wrong.summary(|name| label(entry.t, name));
        let at: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(at, ["areas", "days", "texts-en-headline"]);
    }
}
