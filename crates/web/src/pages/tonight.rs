//! Who needs a bed, and where there is one.

use std::sync::Arc;

use askama::Template;
use hospes_desk::search::{Asked, OURS};
use hospes_desk::shown::{Relief, ShownHit};
use hospes_domain::Timestamp;
use jiff::civil::Date;

use super::ask::Ask;
use super::frame::Frame;
use crate::shape::{Card, card, date};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// Cards of a group.
const MOST: usize = 12;

#[derive(Template)]
#[template(path = "tonight.html")]
struct Page {
    f: Frame,
    ask: Ask,
    free: Vec<Card>,
    /// Whether nothing was asked yet.
    first: bool,
}

#[derive(Template)]
#[template(path = "found.html")]
struct Found {
    f: Frame,
    ask: Ask,
    place: String,
    nights: String,
    people: String,
    groups: Vec<Group>,
    ways: Vec<String>,
    nothing: bool,
    more: bool,
}

#[derive(Template)]
#[template(path = "alone.html")]
struct Alone {
    f: Frame,
    ask: Ask,
}

/// Cards with what is to be done about them.
struct Group {
    id: &'static str,
    title: String,
    cards: Vec<Card>,
}

/// The form, and what is free tonight.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, now) = (visit.t, crate::now());
    let ask = Ask::read(t, &visit.form, now);
    let own = Asked { steward: OURS.to_owned(), limit: 6, ..tonight() };
    let mut free = Vec::new();
    for (asked, ours) in [(own, true), (Asked { limit: 12, ..tonight() }, false)] {
        for hit in visit.desk().search(asked).await?.hits {
            if hit.record.ours == ours && free.len() < MOST {
                free.push(marked(t, &hit, None, now));
            }
        }
    }
    let f = Frame::of(&visit, t.tonight_title());
    Answer::page(Page { f, ask, free, first: true }.render()?)
}

/// Whatever is free tonight.
fn tonight() -> Asked {
    Asked { kind: "offer".to_owned(), night: "tonight".to_owned(), nights: 1, ..Asked::default() }
}

/// Somebody asks. The search is kept in the session, so that its address says nothing.
pub(crate) async fn ask(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let ask = Ask::read(visit.t, &visit.form, crate::now());
    if !ask.is_clear() {
        let f = Frame::of(&visit, visit.t.tonight_title());
        return Answer::to_mend(Page { f, ask, free: Vec::new(), first: false }.render()?);
    }
    let number = visit.sessions().ask(visit.key()?, visit.form.clone());
    Answer::see(format!("/tonight/{number}"))
}

/// What was found for one of the last searches.
pub(crate) async fn asked(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, now) = (visit.t, crate::now());
    let number = visit.part("number").parse().unwrap_or(0);
    let Some(form) = visit.sessions().asked(visit.key()?, number) else {
        return Answer::see("/tonight");
    };
    let ask = Ask::read(t, &form, now);
    if ask.is_child_alone() {
        let f = Frame::of(&visit, t.tonight_alone_title());
        return Answer::page(Alone { f, ask }.render()?);
    }
    let found = match visit.desk().tonight(ask.asked()).await {
        Ok(found) => found,
        Err(refused) if !refused.violations.is_empty() => {
            let other_wrong = t.tonight_bad(refused.message);
            let f = Frame::of(&visit, t.tonight_title());
            let page = Page { f, ask: Ask { other_wrong, ..ask }, free: Vec::new(), first: false };
            return Answer::to_mend(page.render()?);
        }
        Err(refused) => return Err(refused.into()),
    };
    let nights = ask.first_night(now).map(|first| (first, ask.nights));
    let cards = |hits: &[ShownHit]| hits.iter().map(|hit| marked(t, hit, nights, now)).collect();
    let later = found.later.iter().map(|hit| {
        let next = nights.and_then(|(first, count)| Some((first.tomorrow().ok()?, count)));
        let mut card = marked(t, hit, next, now);
        let night = next.map(|(night, _)| date(t, &night.to_string())).unwrap_or_default();
        (card.sign, card.mark, card.mark_class) = ("…", t.tonight_later(night), "ask");
        card
    });
    let close = found.close.iter().map(|(what, hit)| {
        let mut card = marked(t, hit, nights, now);
        (card.why, card.mark) = (why(t, what), String::new());
        card
    });
    let groups = [
        ("own", t.tonight_group_own(), cards(&found.own)),
        ("ask", t.tonight_group_ask(), cards(&found.others)),
        ("later", t.tonight_group_later(), later.collect()),
        ("close", t.tonight_group_close(), close.collect::<Vec<Card>>()),
    ];
    let groups: Vec<Group> = groups
        .into_iter()
        .filter(|(_, _, cards)| !cards.is_empty())
        .map(|(id, title, cards)| Group { id, title, cards })
        .collect();
    let page = Found {
        f: Frame::of(&visit, t.tonight_title()),
        place: ask.place(t),
        nights: ask.when(t, now),
        people: ask.who(t),
        nothing: found.own.is_empty() && found.others.is_empty(),
        ways: found.instead.iter().flat_map(|relief| way(t, relief)).collect(),
        more: found.more,
        groups,
        ask,
    };
    Answer::page(page.render()?)
}

/// A card with whom to ask.
fn marked(t: &Texts, hit: &ShownHit, nights: Option<(Date, u32)>, now: Timestamp) -> Card {
    let card = card(t, hit, nights, now);
    if hit.record.ours {
        Card { sign: "✓", mark: t.tonight_own(), mark_class: "yes", ..card }
    } else {
        let mark = t.tonight_others(hit.record.steward_name.as_str());
        Card { sign: "☎", mark, mark_class: "ask", ..card }
    }
}

/// Why an offer that comes close does not fit, by the name of the condition.
fn why(t: &Texts, what: &str) -> String {
    match what {
        "near" => t.why_near(),
        "night" => t.why_night(),
        "adults" => t.why_adults(),
        "children" => t.why_children(),
        "party" => t.why_party(),
        "pets" => t.why_pets(),
        "step_free" => t.why_step_free(),
        "women_only" => t.why_women_only(),
        "languages" => t.why_languages(),
        "include_stale" => t.why_stale(),
        other => t.why_other(other),
    }
}

/// A condition by its name, as it stands in a sentence.
fn what(t: &Texts, name: &str) -> String {
    match name {
        "near" => t.what_near(),
        "night" => t.what_night(),
        "adults" => t.what_adults(),
        "children" => t.what_children(),
        "party" => t.what_party(),
        "pets" => t.what_pets(),
        "step_free" => t.what_step_free(),
        "women_only" => t.what_women_only(),
        "languages" => t.what_languages(),
        "include_stale" => t.what_stale(),
        other => other.to_owned(),
    }
}

/// What would be found with less asked for, in sentences.
fn way(t: &Texts, relief: &Relief) -> Vec<String> {
    let mut said = Vec::new();
    if relief.late > 0 {
        said.push(t.tonight_none_late(relief.late));
    }
    let night = date(t, &relief.night);
    match relief.without.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        _ if relief.count == 0 => {}
        ["near"] if relief.within_km > 0 => {
            said.push(t.tonight_none_wider(relief.count, relief.within_km));
        }
        ["night"] if !relief.night.is_empty() => {
            said.push(t.tonight_none_later(relief.count, night));
        }
        names => {
            let without = names.iter().map(|name| match *name {
                "near" if relief.within_km > 0 => {
                    format!("{} (→ {} km)", what(t, name), relief.within_km)
                }
                "night" if !relief.night.is_empty() => format!("{} (→ {night})", what(t, name)),
                name => what(t, name),
            });
            let without: Vec<String> = without.collect();
            said.push(t.tonight_none_way(relief.count, without.join(", ")));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn what_can_be_done_instead_is_said_with_its_kilometers_and_its_night() {
        let t = Texts::first();
        let relief = |without: &[&str], count: u32| Relief {
            without: without.iter().map(|name| (*name).to_owned()).collect(),
            count,
            ..Relief::default()
        };
        let wider = Relief { within_km: 90, ..relief(&["near"], 2) };
        assert_eq!(way(t, &wider), [t.tonight_none_wider(2u32, 90u32)]);
        let late = Relief { late: 3, night: "2026-12-01".to_owned(), ..relief(&["night"], 1) };
        let expected = [t.tonight_none_late(3u32), t.tonight_none_later(1u32, "1 December 2026")];
        assert_eq!(way(t, &late), expected);
        // Nobody is sent away because it is late and there is nothing afterwards.
        let only_late = Relief { late: 1, ..relief(&["night"], 0) };
        assert_eq!(way(t, &only_late), [t.tonight_none_late(1u32)]);
        assert!(way(t, &relief(&["pets"], 0)).is_empty());
    }
}
