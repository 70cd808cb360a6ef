//! The library of templates: by whose law they follow, and by words.

use std::sync::Arc;

use askama::Template;
use hospes_desk::Role;
use hospes_desk::search::Asked;

use super::frame::Frame;
use crate::form::Form;
use crate::shape::{area, area_code};
use crate::template::{Card, card, jurisdiction};
use crate::visit::{Answer, Fault, Visit};

/// Templates of an answer.
const MOST: u32 = 60;

#[derive(Template)]
#[template(path = "templates.html")]
struct Page {
    f: Frame,
    words: String,
    area: String,
    area_wrong: String,
    groups: Vec<Group>,
    more: bool,
    writes: bool,
}

/// Templates that follow one law.
struct Group {
    id: String,
    name: String,
    cards: Vec<Card>,
}

/// All of them, or those that were asked for.
async fn page(visit: &Visit, form: &Form) -> Result<Page, Fault> {
    let t = visit.t;
    let typed = form.text("area");
    let code = area_code(typed);
    let mut asked = Asked {
        kind: "template".to_owned(),
        text: form.text("words").to_owned(),
        limit: MOST,
        ..Asked::default()
    };
    match code.as_deref() {
        Some(union @ ("EU" | "COE" | "UN")) => {
            asked.facets.insert("jurisdiction".to_owned(), vec![union.to_owned()]);
        }
        // The law of the unions of which it is a member counts there, too.
        Some(code) => asked.country = code.get(..2).unwrap_or(code).to_owned(),
        None => {}
    }
    let wrong = !typed.is_empty() && code.is_none();
    let found = if wrong { None } else { Some(visit.desk().search(asked).await?) };
    let (hits, more) = found.map(|found| (found.hits, found.more)).unwrap_or_default();
    let mut groups: Vec<Group> = Vec::new();
    for hit in &hits {
        let name = jurisdiction(t, &hit.record.fields);
        let card = card(t, &hit.record, &visit.center);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.cards.push(card),
            None => {
                let id = format!("law-{}", groups.len());
                groups.push(Group { id, name, cards: vec![card] });
            }
        }
    }
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Page {
        f: Frame::of(visit, t.templates_title()),
        words: form.text("words").to_owned(),
        area: code.map_or_else(|| typed.to_owned(), |code| area(t, &code)),
        area_wrong: if wrong { t.bulletin_areas_wrong(typed) } else { String::new() },
        groups,
        more,
        writes: visit.who()?.role >= Role::Coordinator,
    })
}

/// The library.
pub(crate) async fn list(visit: Arc<Visit>) -> Result<Answer, Fault> {
    Answer::page(page(&visit, &visit.form).await?.render()?)
}

/// Somebody asks.
pub(crate) async fn ask(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let page = page(&visit, &visit.form).await?;
    if !page.area_wrong.is_empty() {
        return Answer::to_mend(page.render()?);
    }
    let number = visit.sessions().ask(visit.key()?, visit.form.clone());
    Answer::see(format!("/templates/found/{number}"))
}

/// What was found for one of the last searches.
pub(crate) async fn asked(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let number = visit.part("number").parse().unwrap_or(0);
    let Some(form) = visit.sessions().asked(visit.key()?, number) else {
        return Answer::see("/templates");
    };
    Answer::page(page(&visit, &form).await?.render()?)
}
