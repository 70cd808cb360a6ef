//! Who helps: lawyers, doctors, and all others of the directory.

use std::sync::Arc;

use askama::Template;
use hospes_desk::search::Asked;
use hospes_desk::shown::ShownHit;
use hospes_domain::{Kind, Timestamp, language};

use super::ask::Near;
use super::frame::Frame;
use crate::form::Form;
use crate::hours;
use crate::shape::{Reader, ago, calls, href, place, title, vocabulary};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// Entries of an answer.
const MOST: u32 = 30;
/// Kilometers around a town.
const KM: u32 = 100;

#[derive(Template)]
#[template(path = "services.html")]
struct Page {
    f: Frame,
    words: String,
    near: Near,
    professions: Vec<(&'static str, String, bool)>,
    asked: bool,
    cards: Vec<Entry>,
    more: bool,
}

/// A service in a list.
struct Entry {
    href: String,
    title: String,
    what: String,
    alert: String,
    calls: Vec<(String, String, String)>,
    hours: String,
    sure: String,
}

/// The form with what was typed, and the town that is meant.
fn page(visit: &Visit, form: &Form) -> (Page, Option<u32>) {
    let t = visit.t;
    let near = Near::read(t, form);
    let town = near.town.map(|town| town.id);
    let chosen = form.text("profession");
    let professions = vocabulary(Kind::Service, "profession")
        .iter()
        .map(|p| (*p, t.word("profession", p), *p == chosen))
        .collect();
    let f = Frame::of(visit, t.services_title());
    let words = form.text("words").to_owned();
    let page = Page { f, words, near, professions, asked: false, cards: Vec::new(), more: false };
    (page, town)
}

/// The form.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    Answer::page(page(&visit, &visit.form).0.render()?)
}

/// Somebody asks.
pub(crate) async fn ask(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (page, _) = page(&visit, &visit.form);
    if !page.near.wrong.is_empty() {
        return Answer::to_mend(page.render()?);
    }
    let number = visit.sessions().ask(visit.key()?, visit.form.clone());
    Answer::see(format!("/services/{number}"))
}

/// What was found for one of the last searches.
pub(crate) async fn asked(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let number = visit.part("number").parse().unwrap_or(0);
    let Some(form) = visit.sessions().asked(visit.key()?, number) else {
        return Answer::see("/services");
    };
    let (page, town) = page(&visit, &form);
    let mut asked = Asked {
        kind: "service".to_owned(),
        text: page.words.clone(),
        near: town.map(|town| town.to_string()).unwrap_or_default(),
        within_km: KM,
        limit: MOST,
        ..Asked::default()
    };
    if let Some(profession) = page.professions.iter().find(|p| p.2) {
        asked.facets.insert("profession".to_owned(), vec![profession.0.to_owned()]);
    }
    let found = visit.desk().search(asked).await?;
    let now = crate::now();
    let cards = found.hits.iter().map(|hit| entry(visit.t, hit, now)).collect();
    Answer::page(Page { asked: true, cards, more: found.more, ..page }.render()?)
}

fn entry(t: &Texts, hit: &ShownHit, now: Timestamp) -> Entry {
    let shown = &hit.record;
    let reader = Reader(&shown.fields);
    let mut what: Vec<String> = Vec::new();
    what.extend(reader.text("profession").map(|word| t.word("profession", word)));
    what.push(place(t, &reader, hit.distance_km));
    what.extend(
        reader.languages().iter().take(4).map(|(tag, _)| language::autonym(tag).to_owned()),
    );
    let checked = reader.text("assured_on").and_then(|day| format!("{day}T00:00:00Z").parse().ok());
    let sure = match checked {
        Some(at) => t.services_checked(ago(t, now, at), shown.steward_name.as_str()),
        None => t.services_unchecked(),
    };
    let mut calls = calls(&shown.fields);
    calls.truncate(2);
    Entry {
        href: href(shown),
        title: title(t, shown),
        what: what.join(" · "),
        alert: reader.text("alert").unwrap_or_default().to_owned(),
        calls,
        hours: hours::said(t, &reader, now).unwrap_or_default(),
        sure,
    }
}
