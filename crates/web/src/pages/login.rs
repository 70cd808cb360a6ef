//! Coming in and going out.

use std::sync::Arc;

use askama::Template;
use hospes_desk::people::{Entry, Login};
use zeroize::Zeroizing;

use super::frame::Frame;
use crate::visit::{Answer, Fault, SESSION, Visit, ours};

#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    f: Frame,
    about: String,
    wrong: String,
    name: String,
    to: String,
}

#[derive(Template)]
#[template(path = "goodbye.html")]
struct Goodbye {
    f: Frame,
}

/// The form.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let t = visit.t;
    let about = match visit.query.text("why") {
        "login" if visit.query.text("to") != "/" => t.login_needed(),
        "over" => t.login_over(),
        "pause" => t.login_pause(),
        _ => String::new(),
    };
    let to = ours(visit.query.text("to")).to_owned();
    let f = Frame { who: None, nav: Vec::new(), ..Frame::of(&visit, t.login_title()) };
    Answer::page(Page { f, about, wrong: String::new(), name: String::new(), to }.render()?)
}

/// Somebody wants to come in.
pub(crate) async fn enter(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let form = &visit.form;
    let login = Login {
        name: form.text("name").to_owned(),
        passphrase: Zeroizing::new(form.raw("passphrase").to_owned()),
        proof: Zeroizing::new(form.text("proof").to_owned()),
    };
    let t = visit.t;
    let wrong = match visit.desk().enter(login).await? {
        Entry::In { member, recovered } => {
            let now = visit.now();
            if let Some(here) = &visit.here {
                visit.sessions().end(here.seen.key);
            }
            let cookie = visit.sessions().begin(&member, now);
            let mut to = ours(form.text("to")).to_owned();
            if let Some(draft) = visit.sessions().draft(&member.name, now) {
                to = draft.path;
            } else if recovered {
                to = "/account?done=recovered".to_owned();
            }
            let cookie = visit.cookie(SESSION, &cookie);
            return Ok(Answer::WithCookies(Box::new(Answer::SeeOther(to)), vec![cookie]));
        }
        Entry::Wrong => t.login_wrong(),
        Entry::Wait { seconds } => t.login_wait(seconds.div_ceil(60)),
    };
    let f = Frame { who: None, nav: Vec::new(), ..Frame::of(&visit, t.login_title()) };
    let (name, to) = (form.text("name").to_owned(), ours(form.text("to")).to_owned());
    Answer::to_mend(Page { f, about: String::new(), wrong, name, to }.render()?)
}

/// Ends the session.
pub(crate) async fn leave(visit: Arc<Visit>) -> Result<Answer, Fault> {
    visit.sessions().end(visit.key()?);
    let gone = visit.no_cookie(SESSION);
    let to = format!("/goodbye?in={}", visit.t.tag);
    Ok(Answer::WithCookies(Box::new(Answer::SeeOther(to)), vec![gone]))
}

/// What to do after it.
pub(crate) async fn goodbye(visit: Arc<Visit>) -> Result<Answer, Fault> {
    Answer::page(Goodbye { f: Frame::of(&visit, visit.t.goodbye_title()) }.render()?)
}
