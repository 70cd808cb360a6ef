//! The first login: code, passphrase, second factor, recovery codes.

use std::sync::Arc;

use askama::Template;
use hospes_desk::Reason;
use hospes_desk::people::Credentials;
use zeroize::Zeroizing;

use super::frame::Frame;
use crate::factor::{asked_back, is_typed_back, picture};
use crate::session::Newcomer;
use crate::text::Texts;
use crate::visit::{Answer, Fault, SESSION, Visit, WELCOME};

/// Fewest signs of a passphrase.
const SHORTEST: usize = 12;

#[derive(Template)]
#[template(path = "welcome_code.html")]
struct CodePage {
    f: Frame,
    wrong: String,
}

#[derive(Template)]
#[template(path = "welcome_passphrase.html")]
struct PassphrasePage {
    f: Frame,
    name: String,
    wrong: String,
}

#[derive(Template)]
#[template(path = "welcome_factor.html")]
struct FactorPage {
    f: Frame,
    rows: Vec<Vec<(bool, usize)>>,
    secret: Zeroizing<String>,
    wrong: String,
}

#[derive(Template)]
#[template(path = "welcome_codes.html")]
struct CodesPage {
    f: Frame,
    codes: Vec<Zeroizing<String>>,
    number: usize,
    wrong: String,
}

/// Around a page of somebody who is not known yet.
fn frame(visit: &Visit, title: String) -> Frame {
    Frame { who: None, nav: Vec::new(), ..Frame::of(visit, title) }
}

fn code_page(visit: &Visit, wrong: String) -> Result<String, Fault> {
    Ok(CodePage { f: frame(visit, visit.t.welcome_title()), wrong }.render()?)
}

/// Where the one-time code is typed.
pub(crate) async fn code(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let over = visit.query.text("done") == "over";
    let wrong = if over { visit.t.welcome_over() } else { String::new() };
    Answer::page(code_page(&visit, wrong)?)
}

/// A code was typed.
pub(crate) async fn take_code(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let code = visit.form.text("code");
    let Some(who) = visit.desk().invited(code).await? else {
        return Answer::to_mend(code_page(&visit, visit.t.welcome_code_wrong())?);
    };
    let cookie = visit.sessions().welcome(&who.name, code, visit.t.tag, visit.now());
    let cookie = visit.cookie(WELCOME, &cookie);
    Ok(Answer::WithCookies(Box::new(next(&visit, "passphrase")), vec![cookie]))
}

fn next(visit: &Visit, step: &str) -> Answer {
    Answer::SeeOther(format!("/welcome/{step}?in={}", visit.t.tag))
}

/// Whoever is on the way in, and what their browser showed; without them the way to the beginning.
fn newcomer(visit: &Visit) -> Result<(String, Newcomer), Answer> {
    let over = || Answer::SeeOther(format!("/welcome?in={}&done=over", visit.t.tag));
    let cookie = visit.welcome.clone().ok_or_else(over)?;
    let newcomer = visit.sessions().newcomer(&cookie, visit.now()).ok_or_else(over)?;
    Ok((cookie, newcomer))
}

macro_rules! newcomer {
    ($visit:expr) => {
        match newcomer($visit) {
            Ok(found) => found,
            Err(answer) => return Ok(answer),
        }
    };
}

fn passphrase_page(visit: &Visit, name: &str, wrong: String) -> Result<String, Fault> {
    let f = frame(visit, visit.t.welcome_passphrase_title());
    Ok(PassphrasePage { f, name: name.to_owned(), wrong }.render()?)
}

/// Where the passphrase is typed.
pub(crate) async fn passphrase(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (_, newcomer) = newcomer!(&visit);
    Answer::page(passphrase_page(&visit, &newcomer.name, String::new())?)
}

/// What is wrong with a passphrase, in words; empty when it will do.
pub(crate) fn weakness(t: &Texts, name: &str, one: &str, two: &str) -> String {
    let length = one.chars().count();
    let folded: String = one.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let distinct: std::collections::BTreeSet<char> = folded.chars().collect();
    let name = name.to_lowercase();
    let without: String = folded.replace(&name, "").chars().filter(|c| c.is_alphabetic()).collect();
    if length < SHORTEST {
        t.welcome_passphrase_short(length)
    } else if distinct.len() < 6 || is_common(&folded) {
        t.welcome_passphrase_weak()
    } else if !name.is_empty() && folded.contains(&name) && without.chars().count() < 6 {
        t.welcome_passphrase_name()
    } else if one != two {
        t.welcome_passphrase_differ()
    } else {
        String::new()
    }
}

/// Whether a passphrase is made of what every list of passwords begins with: rows of keys, counting, and
/// the most used words, in Latin and Cyrillic.
fn is_common(folded: &str) -> bool {
    const COMMON: &[&str] = &[
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "1234567890",
        "0123456789",
        "password",
        "passphrase",
        "qwerty",
        "letmein",
        "welcome",
        "iloveyou",
        "admin",
        "hospes",
        "correcthorsebatterystaple",
        "йцукенгшщзхъ",
        "фывапролджэ",
        "ячсмитьбю",
        "пароль",
        "привет",
        "123456",
        "qwe123",
        "salasana",
        "parool",
    ];
    let mut rest = folded.to_owned();
    for word in COMMON {
        rest = rest.replace(word, "");
    }
    rest.chars().count() < 5
}

/// A passphrase was typed.
pub(crate) async fn take_passphrase(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (cookie, newcomer) = newcomer!(&visit);
    let (one, two) = (visit.form.raw("one"), visit.form.raw("two"));
    let wrong = weakness(visit.t, &newcomer.name, one, two);
    if !wrong.is_empty() {
        return Answer::to_mend(passphrase_page(&visit, &newcomer.name, wrong)?);
    }
    let digest = match visit.desk().digest(Zeroizing::new(one.to_owned())).await {
        // The node knows more of what can be guessed.
        Err(refused) if refused.reason == Reason::Invalid => {
            let wrong = visit.t.welcome_passphrase_weak();
            return Answer::to_mend(passphrase_page(&visit, &newcomer.name, wrong)?);
        }
        digest => digest?,
    };
    let factor = newcomer.factor.clone().unwrap_or_else(|| visit.desk().new_factor(&newcomer.name));
    let newcomer = Newcomer { passphrase: Some(digest), factor: Some(factor), ..newcomer };
    visit.sessions().set_newcomer(&cookie, newcomer);
    Ok(next(&visit, "factor"))
}

fn factor_page(visit: &Visit, newcomer: &Newcomer, wrong: String) -> Result<Option<String>, Fault> {
    let Some(factor) = newcomer.factor.as_ref().filter(|_| newcomer.passphrase.is_some()) else {
        return Ok(None);
    };
    let f = frame(visit, visit.t.welcome_factor_title());
    let (rows, secret) = (picture(&factor.uri), factor.text.clone());
    Ok(Some(FactorPage { f, rows, secret, wrong }.render()?))
}

/// Where the second factor is shown and proven.
pub(crate) async fn factor(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (_, newcomer) = newcomer!(&visit);
    match factor_page(&visit, &newcomer, String::new())? {
        Some(page) => Answer::page(page),
        None => Ok(next(&visit, "passphrase")),
    }
}

/// Six digits were typed.
pub(crate) async fn take_factor(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (cookie, newcomer) = newcomer!(&visit);
    let Some(factor) = newcomer.factor.clone() else { return Ok(next(&visit, "passphrase")) };
    if !visit.desk().proves(&factor, visit.form.text("digits")) {
        return match factor_page(&visit, &newcomer, visit.t.welcome_factor_wrong())? {
            Some(page) => Answer::to_mend(page),
            None => Ok(next(&visit, "passphrase")),
        };
    }
    let recovery = if newcomer.recovery.is_empty() {
        visit.desk().recovery_codes()
    } else {
        newcomer.recovery.clone()
    };
    let newcomer = Newcomer { proven: true, recovery, ..newcomer };
    visit.sessions().set_newcomer(&cookie, newcomer);
    Ok(next(&visit, "codes"))
}

fn codes_page(visit: &Visit, newcomer: &Newcomer, wrong: String) -> Result<String, Fault> {
    let f = frame(visit, visit.t.welcome_codes_title());
    let number = asked_back(&newcomer.recovery) + 1;
    Ok(CodesPage { f, codes: newcomer.recovery.clone(), number, wrong }.render()?)
}

/// Where the recovery codes are shown.
pub(crate) async fn codes(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (_, newcomer) = newcomer!(&visit);
    if !newcomer.proven {
        return Ok(next(&visit, "factor"));
    }
    Answer::page(codes_page(&visit, &newcomer, String::new())?)
}

/// One of them was typed back: they are in.
pub(crate) async fn take_codes(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (cookie, newcomer) = newcomer!(&visit);
    let (true, Some(passphrase), Some(factor)) =
        (newcomer.proven, newcomer.passphrase.clone(), newcomer.factor.clone())
    else {
        return Ok(next(&visit, "factor"));
    };
    if !is_typed_back(&newcomer.recovery, visit.form.text("back")) {
        let number = asked_back(&newcomer.recovery);
        let wrong = visit.t.welcome_codes_wrong(number + 1);
        return Answer::to_mend(codes_page(&visit, &newcomer, wrong)?);
    }
    let credentials = Credentials { passphrase, factor, recovery: newcomer.recovery.clone() };
    let settled = visit.desk().settle(&newcomer.code, credentials, &newcomer.language).await?;
    visit.sessions().welcomed(&cookie);
    let Some(member) = settled else {
        return Answer::to_mend(code_page(&visit, visit.t.welcome_code_wrong())?);
    };
    let session = visit.sessions().begin(&member, visit.now());
    let cookies = vec![visit.cookie(SESSION, &session), visit.no_cookie(WELCOME)];
    Ok(Answer::WithCookies(Box::new(Answer::SeeOther("/tonight?done=welcome".to_owned())), cookies))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_passphrase_is_long_and_not_what_everybody_types() {
        let t = Texts::first();
        for (one, good) in [
            ("four words nobody guesses", true),
            ("кот ест синие облака", true),
            ("short", false),
            ("aaaaaaaaaaaaaaaa", false),
            ("qwertyuiop1234567890", false),
            ("passwordpassword", false),
            ("парольпароль123456", false),
            ("annaannaanna", false),
            ("anna anna anna 2026", false),
        ] {
            assert_eq!(weakness(t, "anna", one, one).is_empty(), good, "{one}");
        }
        assert_eq!(
            weakness(t, "anna", "four words nobody guesses", "four"),
            t.welcome_passphrase_differ()
        );
    }
}
