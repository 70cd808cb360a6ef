//! `hospes person`: who may come in by the pages.

use hospes_wire::admin;
use hospes_wire::local::StatusRequest;
use serde_json::json;

use crate::args::{Global, PersonArgs, PersonCommand};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, ago, left};

/// Does what was asked with persons.
pub async fn run(args: PersonArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    match args.command {
        PersonCommand::Add { name, role } => {
            let role = role.word().to_owned();
            let request = admin::AddPersonRequest { name: name.clone(), role };
            let invitation = node.add_person(request).await?.into_inner();
            invited(&name, invitation, &pages(&mut node).await, printer);
        }
        PersonCommand::Reset { name } => {
            let request = admin::PersonRequest { name: name.clone() };
            let invitation = node.reset_person(request).await?.into_inner();
            invited(&name, invitation, &pages(&mut node).await, printer);
        }
        PersonCommand::Role { name, role } => {
            let role = role.word();
            let request = admin::SetPersonRoleRequest { name: name.clone(), role: role.to_owned() };
            let changed = node.set_person_role(request).await?.into_inner().changed;
            if printer.is_json() {
                printer.json(&json!({"name": name, "role": role, "changed": changed}));
            } else if changed {
                printer.line(format!("{name} has the role {role} now, and has to come in again."));
            } else {
                printer.line(format!("{name} had the role {role} already."));
            }
        }
        PersonCommand::Remove { name } => {
            let request = admin::PersonRequest { name: name.clone() };
            let changed = node.remove_person(request).await?.into_inner().changed;
            if printer.is_json() {
                printer.json(&json!({"name": name, "changed": changed}));
            } else if changed {
                printer.line(format!("{name} cannot come in any more, and is out now."));
            } else {
                let what = format!("there is no person called {name:?}");
                return Err(Failure::new(Exit::NotFound, what).try_next("hospes person list"));
            }
        }
        PersonCommand::List => {
            let answer = node.list_persons(admin::ListPersonsRequest {}).await?;
            list(answer.into_inner().persons, printer);
        }
    }
    Ok(Exit::Ok)
}

/// Where the code is typed. The node knows where it listens; how browsers get there the admin knows.
async fn pages(node: &mut connect::Admin) -> String {
    let told = node.status(StatusRequest {}).await.ok();
    let listener = told.and_then(|told| told.into_inner().node).map(|node| node.pages_listener);
    match listener.filter(|address| !address.is_empty()) {
        Some(address) => {
            format!("the pages of this center, on the node's machine http://{address}/welcome")
        }
        None => "the pages of this center".to_owned(),
    }
}

/// Shows a code, which is shown once.
fn invited(name: &str, invitation: admin::InvitationResponse, pages: &str, printer: &Printer) {
    let admin::InvitationResponse { code, until } = invitation;
    if printer.is_json() {
        printer.json(&json!({"name": name, "code": code, "until": until}));
        return;
    }
    // Alone on the standard output, so that a script can take it.
    printer.raw(&format!("{code}\n"));
    printer.note(format!(
        "This is the one-time code of {name}, shown once. It counts for {}.",
        left(until)
    ));
    printer.note(format!(
        "Give it to {name} yourself. With it {name} chooses a passphrase and a second factor at {pages}."
    ));
}

fn list(persons: Vec<admin::Person>, printer: &Printer) {
    if printer.is_json() {
        let list: Vec<_> = persons
            .iter()
            .map(|person| {
                json!({
                    "name": person.name, "role": person.role, "ready": person.ready,
                    "added": person.added, "last_login": person.last_login,
                    "invited_until": person.invited_until, "recovery_left": person.recovery_left,
                })
            })
            .collect();
        printer.json(&json!(list));
    } else if persons.is_empty() {
        printer.line("No persons yet:  hospes person add NAME --role counselor");
    } else {
        let rows = persons.into_iter().map(row).collect();
        printer.table(&["person", "role", "state", "added", "last login"], rows);
    }
}

fn row(person: admin::Person) -> Vec<String> {
    let state = state(&person);
    let login = match person.last_login {
        day if day.is_empty() => "never".to_owned(),
        day => day,
    };
    vec![person.name, person.role, state, ago(person.added), login]
}

/// What an admin has to do about somebody, if anything.
fn state(person: &admin::Person) -> String {
    match (person.ready, person.invited_until) {
        (true, _) if person.recovery_left < 3 => {
            format!("ready, {} recovery codes left", person.recovery_left)
        }
        (true, _) => "ready".to_owned(),
        (false, 0) => "the code is over: hospes person reset".to_owned(),
        (false, until) => format!("has a code for {}", left(until)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_list_says_what_is_to_do_about_somebody() {
        let soon = jiff::Timestamp::now().as_millisecond() + 71 * 3_600_000 + 1_000;
        for (ready, invited_until, recovery_left, expected) in [
            (true, 0, 8, "ready"),
            (true, 0, 2, "ready, 2 recovery codes left"),
            (false, 0, 0, "the code is over: hospes person reset"),
            (false, soon, 0, "has a code for 71 h"),
        ] {
            let person =
                admin::Person { ready, invited_until, recovery_left, ..Default::default() };
            assert_eq!(state(&person), expected);
        }
    }
}
