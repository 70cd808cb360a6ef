//! `hospes unseal`, `hospes seal` and `hospes confirm`.

use std::path::Path;

use hospes_identity::keyslots::UnsealError;
use hospes_identity::{DatabaseKey, Keyslots};
use hospes_wire::{admin, local};
use serde_json::json;

use super::{keys, secret, trustees};
use crate::args::{Global, UnsealArgs};
use crate::connect::{self, Admin};
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// How often a passphrase is asked for before giving up.
const ATTEMPTS: usize = 3;

/// Opens the node.
pub async fn unseal(
    args: &UnsealArgs,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    match state(&mut node).await?.as_str() {
        "open" => {
            say(printer, "open", true, "The node is open already.");
            return Ok(Exit::Ok);
        }
        "sealed" => {}
        state => return Err(no_database(state)),
    }
    let keyslots = keys::fetch(&mut node).await?;
    let with_trustees = args.trustees || !args.share_file.is_empty();
    let key = if with_trustees {
        trustees::open(&keyslots, &args.share_file, printer)?
    } else {
        let path = args.passphrase_file.as_deref();
        with_passphrase(&keyslots, path, "Passphrase: ", &Again::unseal(), printer)?
    };
    let answer = node
        .unseal(admin::UnsealRequest { database_key: key.as_bytes().to_vec() })
        .await?
        .into_inner();
    warn_of_changes(&keyslots, &key, printer);
    say(printer, "open", answer.already, "The node is open.");
    if with_trustees && !printer.is_json() {
        printer.note(
            "Now set a new passphrase, with the same shares:  hospes keys change --with-trustees",
        );
        printer.note("and make new trustees: what was read out once can be read out again.");
    }
    Ok(Exit::Ok)
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

impl Again {
    fn unseal() -> Self {
        Self { command: "hospes unseal".to_owned(), with_trustees: "--trustees" }
    }
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

/// Closes the node.
pub async fn seal(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let answer = node.seal(admin::SealRequest {}).await?.into_inner();
    let text = if answer.already {
        "The node is sealed already."
    } else {
        "The node is sealed: connections are cut and the key is forgotten."
    };
    say(printer, "sealed", answer.already, text);
    Ok(Exit::Ok)
}

fn say(printer: &Printer, state: &str, already: bool, text: &str) {
    if printer.is_json() {
        printer.json(&json!({"state": state, "already": already}));
    } else {
        printer.line(text);
    }
}
