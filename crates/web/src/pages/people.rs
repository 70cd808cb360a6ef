//! The persons of the center, for its admins.

use std::sync::Arc;

use askama::Template;
use hospes_desk::people::{Invitation, Person};
use hospes_desk::{Reason, Role};

use super::frame::Frame;
use crate::shape::{ago, date};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

#[derive(Template)]
#[template(path = "people.html")]
struct Page {
    f: Frame,
    people: Vec<Row>,
    roles: Vec<(&'static str, String)>,
    /// Name, code, and until when.
    code: Option<(String, String, String)>,
    name: String,
    wrong: String,
}

struct Row {
    name: String,
    /// The name as a part of an address.
    path: String,
    role: String,
    standing: String,
    last: String,
}

fn row(t: &Texts, person: &Person) -> Row {
    let last = match person.last_login {
        Some(at) => t.people_last(ago(t, crate::now(), at)),
        None => t.people_never(),
    };
    Row {
        name: person.name.clone(),
        path: hex::encode(&person.name),
        role: t.word("role", person.role.name()),
        standing: if person.ready { t.people_ready() } else { t.people_invited() },
        last,
    }
}

async fn page(
    visit: &Visit,
    code: Option<(String, Invitation)>,
    wrong: String,
) -> Result<String, Fault> {
    let t = visit.t;
    let people = visit.desk().people().await?;
    let code = code
        .map(|(name, invitation)| (name, invitation.code, date(t, &invitation.until.to_string())));
    let roles = [Role::Counselor, Role::Coordinator, Role::Admin];
    let page = Page {
        f: Frame::of(visit, t.people_title()),
        people: people.iter().map(|person| row(t, person)).collect(),
        roles: roles.into_iter().map(|role| (role.name(), t.word("role", role.name()))).collect(),
        code,
        name: visit.form.text("name").to_owned(),
        wrong,
    };
    Ok(page.render()?)
}

/// All of them.
pub(crate) async fn list(visit: Arc<Visit>) -> Result<Answer, Fault> {
    Answer::page(page(&visit, None, String::new()).await?)
}

/// Adds a person. The code is on this page and never again, so it does not lead to another one.
pub(crate) async fn add(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (who, name) = (visit.who()?, visit.form.text("name").to_owned());
    let role = role_of(&visit)?;
    match visit.desk().invite(&who, &name, role).await {
        Ok(invitation) => {
            Answer::page(page(&visit, Some((name, invitation)), String::new()).await?)
        }
        Err(refused) if refused.reason == Reason::Exists => {
            Answer::to_mend(page(&visit, None, visit.t.people_exists()).await?)
        }
        Err(refused) if refused.reason == Reason::Invalid => {
            Answer::to_mend(page(&visit, None, refused.message).await?)
        }
        Err(refused) => Err(refused.into()),
    }
}

fn role_of(visit: &Visit) -> Result<Role, Fault> {
    visit.form.text("role").parse().map_err(|_| Fault::Unreadable)
}

/// The name in the address.
fn name_of(visit: &Visit) -> Result<String, Fault> {
    let bytes = hex::decode(visit.part("name")).map_err(|_| Fault::NotFound)?;
    String::from_utf8(bytes).map_err(|_| Fault::NotFound)
}

/// Takes passphrase and second factor away, and gives a new code.
pub(crate) async fn reset(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (who, name) = (visit.who()?, name_of(&visit)?);
    let invitation = visit.desk().reset(&who, &name).await?;
    Answer::page(page(&visit, Some((name, invitation)), String::new()).await?)
}

/// Another role.
pub(crate) async fn role(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (who, name) = (visit.who()?, name_of(&visit)?);
    visit.desk().set_role(&who, &name, role_of(&visit)?).await?;
    Answer::see("/people")
}

/// Out, at once.
pub(crate) async fn remove(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let (who, name) = (visit.who()?, name_of(&visit)?);
    visit.desk().remove_person(&who, &name).await?;
    Answer::see("/people")
}
