//! What is around every page.

use std::sync::LazyLock;

use hospes_desk::Role;
use hospes_desk::people::Who;

use crate::bulletin::{Card, card};
use crate::digest;
use crate::text::Texts;
use crate::visit::{Answer, Visit};

/// The one sheet.
static SHEET: &str = include_str!("../../style.css");

/// Part of its address, so that a browser may keep it for ever.
static SHEET_MARK: LazyLock<String> =
    LazyLock::new(|| hex::encode(digest(SHEET.as_bytes())).chars().take(12).collect());

/// What a page says around what it is about.
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    pub(crate) center: String,
    pub(crate) title: String,
    pub(crate) who: Option<Who>,
    pub(crate) nav: Vec<Item>,
    pub(crate) token: String,
    pub(crate) path: String,
    /// What was just done.
    pub(crate) notice: Option<String>,
    pub(crate) style: &'static str,
    /// Whether there is a form of which nothing may be lost when the language changes.
    pub(crate) fills: bool,
    /// Severe bulletins, on every page.
    pub(crate) alerts: Vec<Card>,
}

/// A page in the list of pages.
pub(crate) struct Item {
    pub(crate) path: &'static str,
    pub(crate) text: String,
    pub(crate) here: bool,
}

impl Frame {
    /// Around a page of this title.
    pub(crate) fn of(visit: &Visit, title: impl Into<String>) -> Self {
        let t = visit.t;
        let who = visit.here.as_ref().map(|here| here.member.who());
        let mut nav = Vec::new();
        if let Some(who) = &who {
            let mut item = |path: &'static str, text: String| {
                nav.push(Item { path, text, here: visit.path.starts_with(path) });
            };
            item("/tonight", t.nav_tonight());
            item("/services", t.nav_services());
            item("/templates", t.nav_templates());
            item("/bulletins", t.nav_bulletins());
            if who.role >= Role::Coordinator {
                item("/offers", t.nav_offers());
            }
            item("/network", t.nav_network());
            if who.role >= Role::Admin {
                item("/people", t.nav_people());
            }
        }
        Self {
            t,
            center: visit.center.clone(),
            title: title.into(),
            who,
            nav,
            token: visit.here.as_ref().map(|here| here.seen.token.clone()).unwrap_or_default(),
            path: visit.path.clone(),
            notice: notice(visit),
            style: sheet_mark(),
            fills: false,
            alerts: visit.alerts.iter().map(|alert| card(t, alert, crate::now())).collect(),
        }
    }

    /// The same around a form that takes long to fill in.
    pub(crate) fn filled(visit: &Visit, title: impl Into<String>) -> Self {
        Self { fills: true, ..Self::of(visit, title) }
    }

    /// The languages that there are.
    pub(crate) fn languages(&self) -> &'static [Texts] {
        Texts::all()
    }

    /// A number by which a form counts once.
    pub(crate) fn number(&self) -> String {
        hex::encode(crate::random::<8>())
    }
}

/// What was done before this page was asked for, by a word in its address. Only words that are known say
/// something: nobody can put a sentence of theirs on a page by a link.
fn notice(visit: &Visit) -> Option<String> {
    let t = visit.t;
    Some(match visit.query.text("done") {
        "welcome" => t.welcome_done(),
        "recovered" => {
            t.login_recovered(visit.here.as_ref().map_or(0, |here| here.member.recovery_left))
        }
        "confirmed" => t.offers_confirmed(),
        "published" => t.bulletins_published(),
        "cancelled" => t.bulletins_cancelled(),
        "template" => t.templates_done(),
        "approved" => t.templates_approved(),
        "template-withdrawn" => t.templates_withdrawn(),
        "made" => t.offers_made(),
        "rare" => t.offers_rare(),
        "changed" => t.offers_changed(),
        "paused" => t.offers_paused(),
        "resumed" => t.offers_resumed(),
        "withdrawn" => t.offers_withdrawn(),
        "ended" => t.account_session_ended(),
        "passphrase" => t.account_passphrase_done(),
        "factor" => t.account_factor_done(),
        _ => return None,
    })
}

pub(crate) fn sheet_mark() -> &'static str {
    SHEET_MARK.as_str()
}

/// An address with what is there.
type File = (&'static str, fn() -> Answer);

/// The files that every page needs, for which nobody has to be known. Browsers ask for the second without
/// being told to.
pub(crate) const FILES: [File; 2] = [
    ("/style.css", || Answer::File("text/css; charset=utf-8", SHEET.as_bytes())),
    ("/favicon.ico", || Answer::File("image/x-icon", b"")),
];
