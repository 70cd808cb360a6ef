//! The offers of one's own center.

use std::sync::Arc;

use askama::Template;
use hospes_desk::search::{Asked, OURS};
use hospes_domain::usage::ended;

use super::frame::Frame;
use crate::shape::{Card, Reader, card};
use crate::visit::{Answer, Fault, Visit};

/// Offers on the page.
const MOST: u32 = 100;

#[derive(Template)]
#[template(path = "offers.html")]
struct Page {
    f: Frame,
    rows: Vec<Row>,
    more: bool,
}

struct Row {
    id: String,
    card: Card,
    status: String,
    sign: &'static str,
    class: &'static str,
    can_confirm: bool,
}

/// All of them.
pub(crate) async fn list(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, now) = (visit.t, crate::now());
    let asked = Asked {
        kind: "offer".to_owned(),
        steward: OURS.to_owned(),
        include_stale: true,
        limit: MOST,
        ..Asked::default()
    };
    let found = visit.desk().search(asked).await?;
    let rows = found.hits.iter().map(|hit| {
        let status = Reader(&hit.record.fields).text("status").unwrap_or("active");
        let (sign, class) = match status {
            "active" => ("✓", "yes"),
            "withdrawn" => ("✕", "no"),
            _ => ("…", "ask"),
        };
        Row {
            id: hit.record.key.id.to_string(),
            card: card(t, hit, None, now),
            status: t.word("status", status),
            sign,
            class,
            can_confirm: ended(hit.record.key.kind, &hit.record.fields).is_none(),
        }
    });
    let rows = rows.collect();
    Answer::page(Page { f: Frame::of(&visit, t.offers_title()), rows, more: found.more }.render()?)
}

/// The host said yes today.
pub(crate) async fn confirm(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let who = visit.who()?;
    visit.desk().confirm(&who, visit.part("id"), "host_call").await?;
    Answer::see("/offers?done=confirmed")
}
