//! `hospes peer`: other centers.

use std::path::Path;

use hospes_identity::{CenterFile, fingerprint};
use hospes_wire::admin;
use hospes_wire::quote::word;
use hospes_wire::status::Reason;
use serde_json::json;

use super::{center, links};
use crate::args::{Global, PeerArgs, PeerCommand};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::import::file;
use crate::print::{Printer, ago, count};

/// Bytes that a center file may have.
const MAX_FILE: u64 = 64 * 1024;

/// How often a mistyped word is asked for again.
const ATTEMPTS: usize = 3;

/// Does what was asked with other centers.
pub async fn run(args: PeerArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    match args.command {
        PeerCommand::Add { file, name, address, readmit, yes } => {
            add(PeerToAdd { file: &file, name, address, readmit, yes }, global, printer).await
        }
        PeerCommand::Remove { peer } => remove(peer, global, printer).await,
        PeerCommand::Suspend { peer } => {
            let mut node = connect::admin(global).await?;
            let answer = node.suspend_peer(admin::PeerRequest { peer }).await.map_err(known)?;
            standing(&answer.into_inner(), "suspended", printer);
            Ok(Exit::Ok)
        }
        PeerCommand::Resume { peer } => {
            let mut node = connect::admin(global).await?;
            let answer = node.resume_peer(admin::PeerRequest { peer }).await.map_err(known)?;
            standing(&answer.into_inner(), "active", printer);
            Ok(Exit::Ok)
        }
        PeerCommand::List => list(global, printer).await,
        PeerCommand::Forget => forget(global, printer).await,
    }
}

struct PeerToAdd<'a> {
    file: &'a Path,
    name: Option<String>,
    address: Vec<String>,
    readmit: bool,
    yes: bool,
}

async fn add(addition: PeerToAdd<'_>, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let text = read(addition.file)?;
    let file = CenterFile::from_pem(&text).map_err(|error| {
        Failure::refused(format!("{}: {error}", addition.file.display()))
            .try_next("ask the other admin for the file of `hospes center export FILE`")
    })?;
    let id = file.center.id();
    let words = fingerprint::words(&id);
    // A center that is known keeps its name, whatever its file is called by now.
    let suggested_name = file.name.clone().unwrap_or_else(|| id.short());
    let addresses = if addition.address.is_empty() {
        file.address.clone().into_iter().collect()
    } else {
        addition.address
    };
    let mut node = connect::admin(global).await?;
    if !printer.is_json() {
        printer.note(format!("This file is of a center that calls itself {suggested_name}."));
        printer.note(format!("  id       {}", fingerprint::groups(&id)));
        printer.words_beside("  words    ", &words);
        printer.note(format!(
            "  address  {}",
            if addresses.is_empty() {
                "none: it has to dial us".to_owned()
            } else {
                addresses.join(", ")
            }
        ));
    }
    if !addition.yes {
        let ours = center::ours(global).await?.words;
        compared(&words, &ours, printer)?;
    }
    let answer = node
        .add_peer(admin::AddPeerRequest {
            center_certificate: file.center.der().to_vec(),
            name: addition.name.unwrap_or_default(),
            suggested_name,
            addresses: addresses.clone(),
            readmit: addition.readmit,
        })
        .await
        .map_err(|status| {
            let reason = hospes_wire::status::reason(&status);
            let failure = Failure::from(status);
            match reason {
                Some(Reason::Removed) => failure.try_next("hospes peer add FILE --readmit"),
                Some(Reason::Exists) => failure.try_next("hospes peer add FILE --name OTHER"),
                _ => failure,
            }
        })?
        .into_inner();
    let name = &answer.name;
    if printer.is_json() {
        printer.json(&json!({
            "center": answer.center, "name": name, "groups": answer.groups, "words": answer.words,
            "addresses": addresses, "changed": answer.changed,
        }));
    } else if answer.changed {
        printer.line(format!(
            "{name} is a peer now. Records flow as soon as it has added this center too."
        ));
    } else {
        printer.line(format!("{name} was a peer already; nothing changed."));
    }
    Ok(Exit::Ok)
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes = file::beginning(path, MAX_FILE + 1)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Failure::refused(format!(
            "{} has more than {MAX_FILE} bytes: it is not a center file",
            path.display()
        )));
    }
    String::from_utf8(bytes)
        .map_err(|_| Failure::refused(format!("{} is not a text file", path.display())))
}

/// Makes sure that a person heard the words: the last one has to be typed.
fn compared(words: &[&str], ours: &[String], printer: &Printer) -> Result<(), Failure> {
    const INSTEAD: &str = "hospes peer add FILE --yes, after the words were compared by voice";
    let last = words.last().copied().unwrap_or_default();
    printer.note("Call the other admin. Let them read their words, and compare them with these.");
    printer.note("Then read yours to them:");
    printer.words_beside("  ", ours);
    for _ in 0..ATTEMPTS {
        let answer =
            printer.ask("Are theirs the same as here? Type the last word of theirs: ", INSTEAD)?;
        if answer.to_lowercase() == last {
            return Ok(());
        }
        printer.note("That is not the last word.");
    }
    Err(Failure::refused("the words were not compared; nothing was added")
        .try_next("call the other admin, then: hospes peer add FILE"))
}

async fn remove(peer: String, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let answer = node.remove_peer(admin::PeerRequest { peer }).await.map_err(known)?.into_inner();
    if printer.is_json() {
        printer.json(&json!({
            "center": answer.center, "name": answer.name, "changed": answer.changed, "cut": answer.cut,
            "warning": answer.warning, "introduced": answer.introduced,
        }));
    } else if answer.changed && answer.introduced {
        kept_out(&answer.name, printer);
    } else if answer.changed {
        printer.line(format!(
            "{} is no peer any more; {} cut. What it already has it keeps.",
            answer.name,
            count(u64::from(answer.cut), "connection was", "connections were")
        ));
    } else {
        printer.line(format!("{} was removed before; nothing changed.", answer.name));
    }
    warn(&answer.warning, printer);
    Ok(Exit::Ok)
}

/// What it means to keep out a center that never was a peer.
fn kept_out(name: &str, printer: &Printer) {
    printer.line(format!("{name} is kept out from now on, whoever introduces it."));
    printer.line(format!("To let it be introduced again:  hospes peer resume {}", word(name)));
}

async fn forget(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let forgotten = node.forget_knocks(admin::ForgetKnocksRequest {}).await?.into_inner().forgotten;
    if printer.is_json() {
        printer.json(&json!({"forgotten": forgotten}));
    } else {
        let centers = count(u64::from(forgotten), "center is", "centers are");
        printer.line(format!("{centers} taken off the list of those that knocked."));
    }
    Ok(Exit::Ok)
}

fn known(status: tonic::Status) -> Failure {
    let missing = hospes_wire::status::reason(&status) == Some(Reason::NotFound);
    let failure = Failure::from(status);
    if missing { failure.try_next("hospes peer list") } else { failure }
}

fn standing(answer: &admin::PeerResponse, state: &str, printer: &Printer) {
    if printer.is_json() {
        printer.json(&json!({
            "center": answer.center, "name": answer.name, "state": state, "changed": answer.changed,
            "warning": answer.warning, "introduced": answer.introduced,
        }));
    } else if answer.changed && answer.introduced && state == "suspended" {
        kept_out(&answer.name, printer);
    } else if answer.changed && answer.introduced {
        printer.line(format!("{} may be introduced again.", answer.name));
    } else if answer.changed {
        printer.line(format!("{} is {state} now.", answer.name));
    } else {
        printer.line(format!("{} was {state} already.", answer.name));
    }
    warn(&answer.warning, printer);
}

fn warn(warning: &str, printer: &Printer) {
    if !warning.is_empty() {
        printer.note(format!("warning: {warning}"));
    }
}

async fn list(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let answer = node.list_peers(admin::ListPeersRequest {}).await?.into_inner();
    if printer.is_json() {
        let pending: Vec<_> = answer
            .pending
            .iter()
            .map(|center| {
                json!({
                    "center": center.center,
                    "groups": center.groups,
                    "words": center.words,
                    "first_seen": center.first_seen,
                    "last_seen": center.last_seen,
                    "times": center.times,
                    "why": center.why,
                    "known_name": center.known_name,
                    "old_epoch": (center.old_epoch > 0).then_some(center.old_epoch),
                })
            })
            .collect();
        let peers: Vec<_> = answer.peers.iter().map(links::as_json).collect();
        printer.json(&json!({"peers": peers, "pending": pending}));
        return Ok(Exit::Ok);
    }
    if answer.peers.is_empty() {
        printer.line("No peers yet:  hospes peer add FILE");
    } else {
        links::show(&answer.peers, printer);
    }
    if answer.pending.is_empty() {
        return Ok(Exit::Ok);
    }
    printer.line("");
    printer.heading("Pending: they knocked and were turned away (hospes peer forget empties it)");
    for center in &answer.pending {
        let is_old = center.old_epoch > 0;
        let name = match (center.known_name.as_str(), is_old) {
            ("", _) => String::new(),
            (name, true) => format!("an old node of {name}  "),
            (name, false) => format!("{name}  "),
        };
        printer.line(format!("  {name}{}", center.groups));
        printer.words("    words   ", &center.words);
        printer.line(format!(
            "    seen    {}, last {}; {}",
            count(u64::from(center.times), "time", "times"),
            ago(center.last_seen),
            center.why
        ));
        if is_old {
            printer
                .line("    do      call that center: whoever has its old machine may use its key");
            continue;
        }
        let readmit = if center.known_name.is_empty() { "" } else { " --readmit" };
        printer.line(format!(
            "    to add  ask its admin for the center file, then: hospes peer add FILE{readmit}"
        ));
    }
    Ok(Exit::Ok)
}
