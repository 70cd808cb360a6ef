//! One's own account: language, sessions, passphrase.

use std::sync::Arc;

use askama::Template;
use hospes_desk::Reason;
use zeroize::Zeroizing;

use super::frame::Frame;
use super::welcome::weakness;
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit, ours};

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    f: Frame,
    name: String,
    role: String,
    left: usize,
    sessions: Vec<Open>,
    present_wrong: String,
    wrong: String,
}

struct Open {
    id: String,
    this: bool,
    text: String,
}

fn page(visit: &Visit, present_wrong: String, wrong: String) -> Result<String, Fault> {
    let (t, member) = (visit.t, visit.member()?);
    let minutes = |minutes: u64| match minutes {
        0 => t.ago_now(),
        1..60 => t.ago_minutes(minutes),
        _ => t.ago_hours(minutes / 60),
    };
    let sessions = visit.sessions().list(&member.name, visit.key()?, visit.now());
    let sessions = sessions.into_iter().map(|session| Open {
        text: t.account_session(minutes(session.minutes_old), minutes(session.minutes_idle)),
        id: session.id,
        this: session.this,
    });
    let page = Page {
        f: Frame::of(visit, t.account_title()),
        name: member.name.clone(),
        role: t.word("role", member.role.name()),
        left: member.recovery_left,
        sessions: sessions.collect(),
        present_wrong,
        wrong,
    };
    Ok(page.render()?)
}

/// All of it.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    Answer::page(page(&visit, String::new(), String::new())?)
}

/// Another language, from the foot of any page.
pub(crate) async fn language(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let tag = visit.form.text("tag");
    if Texts::of(tag).is_some() {
        visit.desk().set_language(&visit.member()?.name, tag).await?;
    }
    let back = ours(visit.form.text("back"));
    let form = visit.form.without(&["tag", "back"]);
    if form.typed().next().is_some() {
        visit.sessions().keep_own(&visit.member()?.name, back, form, visit.now());
    }
    Answer::see(back)
}

/// Ends a session elsewhere.
pub(crate) async fn end_session(visit: Arc<Visit>) -> Result<Answer, Fault> {
    visit.sessions().end_listed(&visit.member()?.name, visit.part("id"));
    Answer::see("/account?done=ended")
}

/// Another passphrase.
pub(crate) async fn passphrase(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, name) = (visit.t, visit.member()?.name.clone());
    let secret = |field: &str| Zeroizing::new(visit.form.raw(field).to_owned());
    let wrong = weakness(t, &name, &secret("one"), &secret("two"));
    if !wrong.is_empty() {
        return Answer::to_mend(page(&visit, String::new(), wrong)?);
    }
    let set = match visit.desk().set_passphrase(&name, secret("present"), secret("one")).await {
        Err(refused) if refused.reason == Reason::Invalid => {
            return Answer::to_mend(page(&visit, String::new(), t.welcome_passphrase_weak())?);
        }
        set => set?,
    };
    let Some(member) = set else {
        return Answer::to_mend(page(&visit, t.account_passphrase_wrong(), String::new())?);
    };
    visit.sessions().end_others(&member, visit.key()?);
    Answer::see("/account?done=passphrase")
}
