//! Another second factor for somebody who is here: shown, proven, and only then theirs.

use std::sync::Arc;

use askama::Template;
use zeroize::Zeroizing;

use super::frame::Frame;
use crate::factor::{asked_back, is_typed_back, picture};
use crate::session::Renewal;
use crate::visit::{Answer, Fault, Visit};

#[derive(Template)]
#[template(path = "account_factor.html")]
struct FactorPage {
    f: Frame,
    rows: Vec<Vec<(bool, usize)>>,
    secret: Zeroizing<String>,
    wrong: String,
}

#[derive(Template)]
#[template(path = "account_codes.html")]
struct CodesPage {
    f: Frame,
    name: String,
    codes: Vec<Zeroizing<String>>,
    number: usize,
    wrong: String,
    present_wrong: String,
}

/// The one that is on its way; a new one where none is.
fn renewal(visit: &Visit) -> Result<Renewal, Fault> {
    let key = visit.key()?;
    if let Some(renewal) = visit.sessions().renewal(key) {
        return Ok(renewal);
    }
    let factor = visit.desk().new_factor(&visit.member()?.name);
    let renewal = Renewal { factor, proven: false, recovery: Vec::new() };
    visit.sessions().set_renewal(key, Some(renewal.clone()));
    Ok(renewal)
}

fn factor_page(visit: &Visit, renewal: &Renewal, wrong: String) -> Result<String, Fault> {
    let f = Frame::of(visit, visit.t.account_factor_new());
    let (rows, secret) = (picture(&renewal.factor.uri), renewal.factor.text.clone());
    Ok(FactorPage { f, rows, secret, wrong }.render()?)
}

/// The secret.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    Answer::page(factor_page(&visit, &renewal(&visit)?, String::new())?)
}

/// Six digits were typed.
pub(crate) async fn prove(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let renewal = renewal(&visit)?;
    if !visit.desk().proves(&renewal.factor, visit.form.text("digits")) {
        return Answer::to_mend(factor_page(&visit, &renewal, visit.t.welcome_factor_wrong())?);
    }
    let recovery = visit.desk().recovery_codes();
    let renewal = Renewal { proven: true, recovery, ..renewal };
    visit.sessions().set_renewal(visit.key()?, Some(renewal));
    Answer::see("/account/codes")
}

fn codes_page(
    visit: &Visit,
    renewal: &Renewal,
    wrong: String,
    present_wrong: String,
) -> Result<String, Fault> {
    let page = CodesPage {
        f: Frame::of(visit, visit.t.welcome_codes_title()),
        name: visit.member()?.name.clone(),
        codes: renewal.recovery.clone(),
        number: asked_back(&renewal.recovery) + 1,
        wrong,
        present_wrong,
    };
    Ok(page.render()?)
}

/// The recovery codes.
pub(crate) async fn codes(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let renewal = renewal(&visit)?;
    if !renewal.proven {
        return Answer::see("/account/factor");
    }
    Answer::page(codes_page(&visit, &renewal, String::new(), String::new())?)
}

/// One of them was typed back, with the passphrase: it is theirs.
pub(crate) async fn set(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (t, renewal) = (visit.t, renewal(&visit)?);
    if !renewal.proven {
        return Answer::see("/account/factor");
    }
    if !is_typed_back(&renewal.recovery, visit.form.text("back")) {
        let wrong = t.welcome_codes_wrong(asked_back(&renewal.recovery) + 1);
        return Answer::to_mend(codes_page(&visit, &renewal, wrong, String::new())?);
    }
    let name = visit.member()?.name.clone();
    let present = Zeroizing::new(visit.form.raw("present").to_owned());
    let (factor, recovery) = (renewal.factor.clone(), renewal.recovery.clone());
    let Some(member) = visit.desk().set_factor(&name, present, factor, recovery).await? else {
        let wrong = t.account_passphrase_wrong();
        return Answer::to_mend(codes_page(&visit, &renewal, String::new(), wrong)?);
    };
    visit.sessions().set_renewal(visit.key()?, None);
    visit.sessions().end_others(&member, visit.key()?);
    Answer::see("/account?done=factor")
}
