//! One template: to be read in two languages side by side, approved, and taken out of use.

use std::sync::Arc;

use askama::Template;
use hospes_desk::network::Named;
use hospes_desk::shown::Shown;
use hospes_desk::{Reason, Refused, Role};
use hospes_domain::schema::schema;
use hospes_domain::translation::{original, segments};
use hospes_domain::usage::ended;
use hospes_domain::{Kind, Value, language};

use super::ask::LANGUAGES;
use super::frame::Frame;
use super::record::lines;
use crate::entry::base::{BASE, base_of, heads};
use crate::entry::{Choice, Wrong};
use crate::shape::{date, in_language, title};
use crate::template::{
    Expression, Segment, expressions, jurisdiction, kept, marks, progress, segment,
};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// What is said about a template, in the order in which it is read.
const FACTS: [&str; 12] = [
    "doc_type",
    "forum",
    "topics",
    "audience",
    "law_as_of",
    "review_due",
    "number",
    "change_note",
    "legal_basis",
    "requires",
    "original_form",
    "slug",
];
/// In which roles somebody approves.
const ROLES: [&str; 4] = ["reviewer", "lawyer", "translator", "author"];

#[derive(Template)]
#[template(path = "template.html")]
struct Page {
    f: Frame,
    about: String,
    marks: Vec<String>,
    /// Where the text is compared with what was approved last; empty when it is the same.
    later: String,
    facts: Vec<(String, Vec<String>)>,
    approvals: Vec<(String, String)>,
    expressions: Vec<Expression>,
    left: Vec<Choice>,
    right: Vec<Choice>,
    sides: Option<Sides>,
    writes: Option<Writes>,
    summary: Vec<(String, String)>,
    conflict: String,
}

/// Two texts side by side, or one.
struct Sides {
    left: (String, String),
    right: Option<(String, String)>,
    rows: Vec<Row>,
}

/// Parts that stand beside each other.
struct Row {
    left: Segment,
    right: Segment,
    /// The original says something else here than what was translated.
    changed: bool,
}

/// What a coordinator of a center that may change it can do.
struct Writes {
    id: String,
    base: String,
    /// Languages with a text, and those without.
    there: Vec<(String, String)>,
    more: Vec<(&'static str, &'static str)>,
    roles: Vec<(&'static str, String)>,
    usable: bool,
    reason: String,
    reason_wrong: String,
}

/// A template by the address.
pub(crate) async fn of(visit: &Visit) -> Result<Shown, Fault> {
    Ok(visit.desk().get(visit.part("id"), Some(Kind::Template)).await?)
}

/// A template that our center may change.
pub(crate) async fn own(visit: &Visit) -> Result<Shown, Fault> {
    let shown = of(visit).await?;
    match shown.ours {
        true => Ok(shown),
        false => Err(Refused::new(Reason::NotOurs, visit.t.offers_not_ours()).into()),
    }
}

async fn page(visit: &Visit, shown: &Shown, wrong: &Wrong) -> Result<Page, Fault> {
    let (t, fields) = (visit.t, &shown.fields);
    let id = shown.key.id.to_string();
    let expressions = expressions(t, fields);
    let (left, right) = chosen(visit, &expressions);
    let centers = visit.desk().centers().await?;
    let facts = FACTS.iter().filter_map(|name| {
        let field = schema(Kind::Template).field(name)?;
        let lines = match fields.get(*name)? {
            Value::Map(parts) => needs(t, name, parts),
            value => lines(t, field, value),
        };
        (!lines.is_empty()).then(|| (t.field(Kind::Template, name), lines))
    });
    let choices = |chosen: Option<&str>| {
        let choice = |one: &Expression| Choice {
            word: one.tag.clone(),
            text: one.name.clone(),
            chosen: Some(one.tag.as_str()) == chosen,
        };
        expressions.iter().map(choice).collect::<Vec<_>>()
    };
    let may = shown.ours && visit.who()?.role >= Role::Coordinator;
    let about = format!("{} · {}", jurisdiction(t, fields), kept(t, shown, &visit.center));
    Ok(Page {
        f: Frame::of(visit, title(t, shown)),
        about,
        marks: marks(t, shown),
        later: later(visit, shown).await?,
        facts: facts.collect(),
        approvals: approvals(t, shown, &centers, left),
        left: choices(left),
        right: choices(right),
        sides: left.and_then(|left| sides(shown, &expressions, left, right)),
        writes: may.then(|| Writes {
            base: base_of(shown),
            there: expressions.iter().map(|one| (one.tag.clone(), one.name.clone())).collect(),
            more: LANGUAGES
                .into_iter()
                .filter(|tag| !expressions.iter().any(|one| one.tag == *tag))
                .map(|tag| (tag, language::autonym(tag)))
                .collect(),
            roles: ROLES.iter().map(|role| (*role, t.word("role", role))).collect(),
            usable: ended(Kind::Template, fields).is_none(),
            reason: visit.form.raw("reason").to_owned(),
            reason_wrong: wrong.at("reason"),
            id,
        }),
        summary: wrong.summary(|name| t.field(Kind::Template, name)),
        conflict: String::new(),
        expressions,
    })
}

/// What is needed besides, and which form it follows.
fn needs(t: &Texts, name: &str, parts: &std::collections::BTreeMap<String, Value>) -> Vec<String> {
    let part = |(part, value): (&String, &Value)| {
        let label = t.field(Kind::Template, &format!("{name}.{part}"));
        match value {
            Value::Flag(true) => Some(label),
            Value::Flag(false) => None,
            Value::Text(day) if part == "published_on" => {
                Some(format!("{label}: {}", date(t, day)))
            }
            value => Some(format!("{label}: {value}")),
        }
    };
    parts.iter().filter_map(part).collect()
}

/// The languages that somebody wants to see: their own and that of the original, when nothing else is said.
fn chosen<'a>(visit: &Visit, all: &'a [Expression]) -> (Option<&'a str>, Option<&'a str>) {
    let find = |tag: &str| all.iter().map(|one| one.tag.as_str()).find(|other| *other == tag);
    let asked = |name: &str| find(visit.query.text(name));
    let first = || all.first().map(|one| one.tag.as_str());
    let left = asked("left").or_else(|| find(visit.t.tag)).or_else(first);
    let right = match visit.query.has("right") {
        true => asked("right"),
        false => first(),
    };
    (left, right.filter(|right| Some(*right) != left))
}

fn sides(shown: &Shown, all: &[Expression], left: &str, right: Option<&str>) -> Option<Sides> {
    let find = |tag: &str| all.iter().find(|one| one.tag == tag);
    let (left, right) = (find(left)?, right.and_then(find));
    let head = |one: &Expression| (one.tag.clone(), one.name.clone());
    let parts = |one: &Expression| segments(&one.text).map(segment).collect::<Vec<_>>();
    let rights = right.map(parts).unwrap_or_default();
    let lefts = parts(left);
    // Where one of the two is the original of the other, what has changed in it is marked.
    let follows = |one: &Expression, other: &Expression| {
        let (tag, _) = original(&shown.fields, &one.tag)?;
        (tag == other.tag).then(|| progress(&shown.fields, &one.tag)).flatten()
    };
    let progress = right.and_then(|right| follows(left, right).or_else(|| follows(right, left)));
    let said = progress.map(|progress| progress.parts).unwrap_or_default();
    let count = lefts.len().max(rights.len());
    let (mut lefts, mut rights) = (lefts.into_iter(), rights.into_iter());
    let rows = (0..count).map(|place| Row {
        left: lefts.next().unwrap_or_default(),
        right: rights.next().unwrap_or_default(),
        changed: said.get(place) == Some(&false),
    });
    Some(Sides { left: head(left), right: right.map(head), rows: rows.collect() })
}

/// Who approved, in which role and when, and where the text is compared with what it was then.
fn approvals(
    t: &Texts,
    shown: &Shown,
    centers: &[Named],
    language: Option<&str>,
) -> Vec<(String, String)> {
    let all = shown.fields.get("approvals").map(Value::elements).unwrap_or_default();
    let one = |approval: &Value| {
        let part = |name: &str| approval.as_map()?.get(name)?.as_text();
        let by = part("center")?;
        let name = centers.iter().find(|center| center.center.to_string() == by);
        let name = name.map_or_else(|| by.chars().take(8).collect(), |named| named.name.clone());
        let told = t.template_approval(
            t.word("role", part("role")?),
            name,
            date(t, part("on").unwrap_or_default()),
        );
        Some((told, compared(shown, &approved(approval), language)))
    };
    all.iter().rev().filter_map(one).collect()
}

/// The state of the text that was approved, as an address carries it.
fn approved(approval: &Value) -> String {
    let heads = approval.as_map().and_then(|map| map.get("heads")).map(Value::elements);
    let heads: Vec<&str> = heads.unwrap_or_default().iter().filter_map(Value::as_text).collect();
    heads.join(",")
}

fn compared(shown: &Shown, from: &str, language: Option<&str>) -> String {
    match language.filter(|_| !from.is_empty()) {
        Some(tag) => format!("/templates/{}/changes/{tag}?from={from}", shown.key.id),
        None => String::new(),
    }
}

/// Where to see what came after the latest approval; empty when nothing did.
async fn later(visit: &Visit, shown: &Shown) -> Result<String, Fault> {
    let all = shown.fields.get("approvals").map(Value::elements).unwrap_or_default();
    let Some(from) = all.last().map(approved).filter(|from| !from.is_empty()) else {
        return Ok(String::new());
    };
    let id = shown.key.id.to_string();
    let later = visit.desk().later(&id, Kind::Template, heads(&from)).await?;
    // The approval itself is one change.
    let language = shown.fields.get("body").and_then(Value::as_map);
    let language = language.and_then(|all| in_language(visit.t, all));
    match later {
        Some(0 | 1) => Ok(String::new()),
        _ => Ok(compared(shown, &from, language.map(|(tag, _)| tag.as_str()))),
    }
}

/// One to be read.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = of(&visit).await?;
    Answer::page(page(&visit, &shown, &Wrong::default()).await?.render()?)
}

/// Somebody says that the text may be used.
pub(crate) async fn approve(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let t = visit.t;
    let shown = own(&visit).await?;
    let id = shown.key.id.to_string();
    let role = visit.form.text("role");
    let role = ROLES.into_iter().find(|known| *known == role).unwrap_or("reviewer");
    let seen = heads(visit.form.text(BASE));
    let refused = match visit.desk().approve(&visit.who()?, &id, role, seen).await {
        Ok(_) => return Answer::see(format!("/templates/{id}?done=approved")),
        Err(refused) => refused,
    };
    let mut wrong = Wrong::default();
    let changed = refused.reason == Reason::Changed;
    if !changed && refused.violations.is_empty() {
        return Err(refused.into());
    }
    wrong.take(t, Kind::Template, &refused.violations, |_| None);
    let mut page = page(&visit, &shown, &wrong).await?;
    if changed {
        page.conflict = t.template_approve_changed();
    }
    Answer::to_mend(page.render()?)
}

/// It is out of use.
pub(crate) async fn withdraw(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let id = shown.key.id.to_string();
    let reason = visit.form.text("reason");
    let refused = match visit.desk().withdraw(&visit.who()?, &id, reason).await {
        Ok(_) => return Answer::see(format!("/templates/{id}?done=template-withdrawn")),
        Err(refused) if refused.violations.is_empty() => return Err(refused.into()),
        Err(refused) => refused,
    };
    let mut wrong = Wrong::default();
    wrong.take(visit.t, Kind::Template, &refused.violations, |violation| {
        (violation.field == "status_reason").then(|| "reason".to_owned())
    });
    Answer::to_mend(page(&visit, &shown, &wrong).await?.render()?)
}
