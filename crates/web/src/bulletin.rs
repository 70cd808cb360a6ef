//! Bulletins: which are current, how severe they are, and what is said of them in a list.

use hospes_desk::search::Asked;
use hospes_desk::shown::Shown;
use hospes_desk::{Desk, Refused};
use hospes_domain::usage::ended;
use hospes_domain::{Kind, Timestamp};

use crate::shape::{Reader, ago, area, date, title};
use crate::text::Texts;

/// Bulletins on the page.
const MOST: u32 = 60;

/// A bulletin in a list.
pub(crate) struct Card {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) severity: String,
    pub(crate) class: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) facts: Vec<String>,
    pub(crate) about: String,
}

/// The bulletins that are current, the most severe first.
pub(crate) async fn current(desk: &dyn Desk) -> Result<Vec<Shown>, Refused> {
    let asked = Asked { kind: "bulletin".to_owned(), limit: MOST, ..Asked::default() };
    let found = desk.search(asked).await?;
    let mut all: Vec<Shown> = found.hits.into_iter().map(|hit| hit.record).collect();
    all.retain(|shown| ended(Kind::Bulletin, &shown.fields).is_none());
    let sent = |shown: &Shown| Reader(&shown.fields).instant("sent").unwrap_or(Timestamp(0));
    all.sort_by_key(|shown| (rank(shown), std::cmp::Reverse(sent(shown))));
    Ok(all)
}

/// How severe it is: 0 for the worst.
fn rank(shown: &Shown) -> usize {
    let severity = Reader(&shown.fields).text("severity").unwrap_or_default();
    let order = ["extreme", "severe", "moderate", "minor"];
    order.iter().position(|word| *word == severity).unwrap_or(order.len())
}

/// Whether everybody should see it at once.
pub(crate) fn is_alert(shown: &Shown) -> bool {
    rank(shown) < 2 && Reader(&shown.fields).text("status") == Some("actual")
}

pub(crate) fn card(t: &Texts, shown: &Shown, now: Timestamp) -> Card {
    let reader = Reader(&shown.fields);
    let severity = reader.text("severity").unwrap_or_default();
    let (sign, class) = match rank(shown) {
        0 | 1 => ("▲", "no"),
        2 => ("△", "ask"),
        _ => ("·", "yes"),
    };
    let mut facts = vec![t.word("category", reader.text("category").unwrap_or_default())];
    facts.extend(reader.words("areas").into_iter().take(6).map(|code| area(t, code)));
    Card {
        href: format!("/bulletins/{}", shown.key.id),
        title: title(t, shown),
        severity: t.word("severity", severity),
        class,
        sign,
        facts,
        about: about(t, shown, now),
    }
}

/// By whom, since when and until when.
pub(crate) fn about(t: &Texts, shown: &Shown, now: Timestamp) -> String {
    let reader = Reader(&shown.fields);
    let since = reader.instant("sent").map(|sent| ago(t, now, sent)).unwrap_or_default();
    let by = match shown.ours {
        true => t.bulletin_by_us(since),
        false => t.bulletin_by(shown.steward_name.as_str(), since),
    };
    match reader.text("expires") {
        Some(end) => format!("{by} · {}", t.bulletin_until(date(t, end))),
        None => by,
    }
}
