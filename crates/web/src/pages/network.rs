//! The other centers: who has the same as we, who is behind, and whom somebody warns of.

use std::sync::Arc;

use askama::Template;
use hospes_desk::Role;
use hospes_desk::network::{Accusation, Line, Neighbor, Picture, Standing, Troubles};
use hospes_domain::Timestamp;

use super::frame::Frame;
use crate::shape::{ago, date};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// Refused changes on the page.
const MOST: usize = 50;
/// Clocks that differ by more are told, in minutes: what is stale or over is then in doubt.
const CLOCKS: i64 = 5;

#[derive(Template)]
#[template(path = "network.html")]
struct Page {
    f: Frame,
    about: String,
    centers: Vec<Center>,
    accusations: Vec<(String, String)>,
    troubles: Option<ForAdmins>,
}

/// Another center, as a card.
struct Center {
    name: String,
    class: &'static str,
    sign: &'static str,
    mark: String,
    facts: Vec<String>,
}

/// What admins see.
struct ForAdmins {
    warnings: Vec<String>,
    rows: Vec<Row>,
    more: String,
}

/// A change that was refused.
struct Row {
    at: String,
    by: String,
    record: String,
    code: String,
    sentence: String,
}

/// All of it.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, now, who) = (visit.t, crate::now(), visit.who()?);
    let picture = visit.desk().picture().await?;
    let troubles = match who.role >= Role::Admin {
        true => Some(for_admins(t, visit.desk().troubles(&who, MOST).await?, now)),
        false => None,
    };
    let page = Page {
        f: Frame::of(&visit, t.network_title()),
        about: about(t, &picture, now),
        centers: picture.neighbors.iter().map(|neighbor| center(t, neighbor, now)).collect(),
        accusations: picture.accusations.iter().map(|said| accusation(t, said, now)).collect(),
        troubles,
    };
    Answer::page(page.render()?)
}

/// How all are, in a sentence.
fn about(t: &Texts, picture: &Picture, now: Timestamp) -> String {
    let peers = || picture.neighbors.iter().filter(|n| n.standing != Standing::Introduced);
    let in_sync = peers().filter(|n| n.line == Some(Line::InSync)).count();
    let told = match peers().count() {
        0 => return t.network_nobody(),
        all => t.network_about(picture.neighbors.len(), all, in_sync),
    };
    match peers().filter_map(|n| n.last_contact).max() {
        Some(at) => format!("{told} {}", t.network_heard(ago(t, now, at))),
        None => told,
    }
}

fn center(t: &Texts, neighbor: &Neighbor, now: Timestamp) -> Center {
    let (class, sign, mark) = match (neighbor.kept_out, neighbor.standing, neighbor.line) {
        (Some(_), ..) => ("no", "✕", t.network_kept_out()),
        (None, Standing::Suspended, _) => ("no", "✕", t.network_suspended()),
        (None, _, Some(Line::InSync)) => ("yes", "✓", t.network_in_sync()),
        (None, _, Some(Line::Behind(changes))) => ("ask", "…", t.network_behind(changes)),
        (None, _, Some(Line::Comparing)) => ("ask", "…", t.network_comparing()),
        (None, _, Some(Line::Down)) => ("ask", "–", t.network_down()),
        (None, _, None) => ("yes", "→", t.network_introduced()),
    };
    let mut facts = vec![match neighbor.standing {
        Standing::Introduced if neighbor.through.is_empty() => t.network_through_nobody(),
        Standing::Introduced => t.network_through(neighbor.through.join(", ")),
        Standing::Peer | Standing::Suspended => t.network_peer(),
    }];
    facts.push(t.network_records(neighbor.records));
    if neighbor.standing != Standing::Introduced && neighbor.line != Some(Line::InSync) {
        facts.push(match neighbor.last_contact {
            Some(at) => t.network_heard(ago(t, now, at)),
            None => t.network_never(),
        });
    }
    if let Some(Some(until)) = neighbor.kept_out {
        facts.push(t.network_until(date(t, &until.to_string())));
    }
    if neighbor.waits_until.is_some() {
        facts.push(t.network_waits());
    }
    let minutes = neighbor.clock_skew_ms / (60 * Timestamp::SECOND);
    if minutes.abs() >= CLOCKS {
        facts.push(t.network_clock(minutes.abs()));
    }
    Center { name: neighbor.name.clone(), class, sign, mark, facts }
}

/// What is said about a center, and what to do.
fn accusation(t: &Texts, said: &Accusation, now: Timestamp) -> (String, String) {
    let cause = t.word("cause", said.cause);
    let when = ago(t, now, said.heard_at);
    let (by, accused) = (said.by.as_str(), said.accused.as_str());
    match said.about_us {
        true => (t.network_accused_us(by, cause, when), t.network_accused_us_next()),
        false if said.counts => (t.network_accused(by, accused, cause, when), t.network_next()),
        false => (t.network_accused(by, accused, cause, when), t.network_counts_not()),
    }
}

fn for_admins(t: &Texts, troubles: Troubles, now: Timestamp) -> ForAdmins {
    let left = troubles.quarantined.saturating_sub(troubles.quarantine.len() as u64);
    let rows = troubles.quarantine.into_iter().map(|row| {
        let id: String = row.record.chars().take(8).collect();
        let by = match row.from.is_empty() || row.from == row.author {
            true => row.author,
            false => t.network_by_over(row.author, row.from),
        };
        Row {
            at: ago(t, now, row.at),
            by,
            record: format!("{} {id}", t.word("kind", row.kind.name())),
            code: row.code,
            sentence: row.sentence,
        }
    });
    ForAdmins {
        warnings: troubles.warnings,
        rows: rows.collect(),
        more: if left > 0 { t.network_more(left) } else { String::new() },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::CenterId;

    use super::*;

    fn riga() -> Neighbor {
        Neighbor {
            center: CenterId([1; 32]),
            name: "Riga".to_owned(),
            standing: Standing::Peer,
            line: Some(Line::InSync),
            last_contact: Some(now()),
            through: Vec::new(),
            records: 12,
            kept_out: None,
            waits_until: None,
            clock_skew_ms: 0,
        }
    }

    fn now() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn whoever_is_kept_out_is_never_called_in_sync() {
        let t = Texts::first();
        assert_eq!(center(t, &riga(), now()).sign, "✓");
        let accused = Neighbor { kept_out: Some(None), ..riga() };
        assert_eq!(center(t, &accused, now()).sign, "✕");
        let suspended = Neighbor { standing: Standing::Suspended, ..riga() };
        assert_eq!(center(t, &suspended, now()).sign, "✕");
    }

    #[test]
    fn a_center_without_peers_is_told_so_and_not_that_all_is_well() {
        let t = Texts::first();
        assert_eq!(about(t, &Picture::default(), now()), t.network_nobody());
        let picture = Picture { neighbors: vec![riga()], ..Picture::default() };
        let told = about(t, &picture, now());
        assert!(told.contains("1"), "{told}");
    }
}
