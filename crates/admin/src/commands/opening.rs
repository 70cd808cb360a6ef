//! What opens a node: its keyslots, and the key that a passphrase or shares of trustees make of them.

use std::path::{Path, PathBuf};

use hospes_identity::keyslots::{MAX_FILE, UnsealError};
use hospes_identity::trustee::TypedShare;
use hospes_identity::{DatabaseKey, Keyslots, Share};
use hospes_wire::{admin, local};
use zeroize::Zeroizing;

use super::secret;
use crate::connect::Admin;
use crate::failure::{Exit, Failure};
use crate::import::file;
use crate::print::Printer;

/// How often a passphrase or a mistyped share is asked for before giving up.
const ATTEMPTS: usize = 3;

/// The keyslots of a node, sealed or open.
pub(super) async fn fetch(node: &mut Admin) -> Result<Keyslots, Failure> {
    let json = node.keyslots(admin::KeyslotsRequest {}).await?.into_inner().keyslots;
    Keyslots::from_json(json.as_bytes())
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()))
}

/// A keyslots file that somebody was sent, or `-` for the standard input.
pub(super) fn read_file(path: &Path) -> Result<Keyslots, Failure> {
    // A longer file is none, and reading it says so.
    let json = file::beginning(path, MAX_FILE as u64 + 1)?;
    Keyslots::from_json(&json).map_err(|error| {
        Failure::refused(error.to_string())
            .try_next("ask the admin for the file of `hospes keys export FILE`")
    })
}

/// What the node can do: "uninitialized", "sealed", "open", "wiped".
pub(super) async fn state(node: &mut Admin) -> Result<String, Failure> {
    let status = node.status(local::StatusRequest {}).await?.into_inner();
    Ok(status.node.unwrap_or_default().state)
}

/// Why there is nothing to open.
pub(super) fn no_database(state: &str) -> Failure {
    if state == "wiped" {
        return Failure::new(Exit::Closed, "this node was wiped: nothing opens its database")
            .try_next("hospes init --from-phrase --epoch N");
    }
    Failure::new(Exit::Closed, "this node has no center yet").try_next("hospes init")
}

/// The key of the database, by the passphrase in a file or of a person.
pub(super) fn with_passphrase(
    keyslots: &Keyslots,
    path: Option<&Path>,
    question: &str,
    again: &Again,
    printer: &Printer,
) -> Result<DatabaseKey, Failure> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let passphrase = match path {
            Some(path) => secret::first_line(path, printer)?,
            None => printer.secret(question, "--passphrase-file FILE")?,
        };
        let spinner = printer.spinner("opening");
        let opened = keyslots.open(&passphrase);
        spinner.finish_and_clear();
        match opened {
            Ok(key) => return Ok(key),
            Err(UnsealError::WrongPassphrase) if path.is_none() && attempt < ATTEMPTS => {
                printer.note("The passphrase is wrong.");
                if keyslots.needed().is_some() {
                    let Again { command, with_trustees } = again;
                    printer.note(format!("Is it lost? Ctrl-C, then:  {command} {with_trustees}"));
                }
            }
            Err(error) => {
                return Err(wrong(&error, keyslots, again));
            }
        }
    }
}

/// What to type when a passphrase was wrong: the same again, or the same with shares of trustees.
pub(super) struct Again {
    pub(super) command: String,
    pub(super) with_trustees: &'static str,
}

/// What somebody can do whose passphrase opens nothing.
fn wrong(error: &UnsealError, keyslots: &Keyslots, again: &Again) -> Failure {
    let Again { command, with_trustees } = again;
    let failure = Failure::refused(error.to_string()).try_next(command.clone());
    match keyslots.needed() {
        Some((needed, of)) => failure.try_next(format!(
            "{command} {with_trustees}, if it is lost: {needed} of {of} trustees open the node"
        )),
        None => failure.try_next("hospes restore FILE, or hospes init --from-phrase --epoch N, if it is lost: see docs/operations/keys.md"),
    }
}

/// Remarks when the file was written by something else than hospes.
pub(super) fn warn_of_changes(keyslots: &Keyslots, key: &DatabaseKey, printer: &Printer) {
    if key.proof().is_ok_and(|proof| keyslots.vouched(&proof) == Some(false)) {
        printer.note("warning: somebody has changed keyslots.json without its key. Look at what");
        printer.note("opens the node (hospes keys list), and at who can use this machine.");
    }
}

/// The key of the database, from shares in files, and from the person for the rest.
pub(super) fn with_shares(
    keyslots: &Keyslots,
    files: &[PathBuf],
    printer: &Printer,
) -> Result<DatabaseKey, Failure> {
    let Some((needed, of)) = keyslots.needed() else {
        return Err(Failure::refused(UnsealError::NoTrustees.to_string())
            .try_next("hospes unseal, with a passphrase"));
    };
    let mut shares: Vec<Share> = Vec::new();
    for path in files {
        let text = secret::read(path, printer)?;
        let share = Share::parse(&text).map_err(|error| {
            Failure::refused(format!("{} holds no share: {error}", path.display()))
                .try_next("ask the trustee to read it once more: hospes keys share")
        })?;
        if !shares.contains(&share) {
            shares.push(share);
            continue;
        }
        let same = format!(
            "{} has a share that is here already; {needed} shares of different trustees are needed",
            path.display()
        );
        if !printer.can_ask() {
            return Err(Failure::refused(same).try_next("the share of another trustee"));
        }
        printer.note(same);
    }
    if shares.len() < usize::from(needed) && printer.can_ask() {
        printer.note(format!("{needed} of {of} trustees are needed. Call them; each runs"));
        printer.note("  hospes keys share --keyslots FILE     (of: hospes keys export FILE)");
        printer.note("and reads the share to you: eleven groups of six letters and digits.");
    }
    while shares.len() < usize::from(needed) {
        let share = ask(shares.len() + 1, usize::from(needed), printer)?;
        if shares.contains(&share) {
            printer.note("That share is here already: it takes another trustee.");
        } else {
            shares.push(share);
        }
    }
    keyslots.open_with_shares(&shares).map_err(|error| {
        Failure::refused(error.to_string())
            .try_next("hospes keys export FILE, and ask the trustees to read their shares of it")
    })
}

/// A share that somebody types while a trustee reads it out. A wrong group is asked for again, not the
/// whole share.
fn ask(number: usize, needed: usize, printer: &Printer) -> Result<Share, Failure> {
    const INSTEAD: &str = "--share-file FILE, once for each share";
    let question = format!("Share {number} of {needed}: ");
    for _ in 0..ATTEMPTS {
        let mut typed = match TypedShare::read(&rows(&question, printer, INSTEAD)?) {
            Ok(typed) => typed,
            Err(error) => {
                printer.note(format!("That is no share: {error}. Once more."));
                continue;
            }
        };
        for _ in 0..ATTEMPTS {
            if let Ok(share) = typed.share() {
                return Ok(share);
            }
            let Some(place) = typed.suspect() else { break };
            let heard = typed.group(place);
            printer.note(format!("Group {}, {heard:?}, is not right.", place + 1));
            let again = printer.ask("Let it be read again: ", INSTEAD)?;
            typed.replace(place, &again);
        }
        if let Ok(share) = typed.share() {
            return Ok(share);
        }
        printer.note("More than one group is not right. The whole share once more.");
    }
    Err(Failure::refused("that is no share")
        .try_next("ask the trustee to read it once more: hospes keys share"))
}

/// The groups of a share, on one line or on several: until there are enough, or an empty line.
fn rows(question: &str, printer: &Printer, instead: &str) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(256));
    loop {
        let line = printer.ask(if text.is_empty() { question } else { "  and on: " }, instead)?;
        if line.is_empty() && !text.is_empty() {
            return Ok(text);
        }
        text.push_str(&line);
        text.push('\n');
        if !TypedShare::is_short(&text) {
            return Ok(text);
        }
    }
}
