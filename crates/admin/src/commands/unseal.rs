//! `hospes unseal` and `hospes seal`.

use hospes_identity::Keyslots;
use hospes_identity::keyslots::UnsealError;
use hospes_wire::{admin, local};
use serde_json::json;

use super::secret;
use crate::args::{Global, UnsealArgs};
use crate::connect;
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
    let status = node.status(local::StatusRequest {}).await?.into_inner();
    match status.node.unwrap_or_default().state.as_str() {
        "open" => {
            say(printer, "open", true, "The node is open already.");
            return Ok(Exit::Ok);
        }
        "uninitialized" => {
            return Err(
                Failure::new(Exit::Closed, "this node has no center yet").try_next("hospes init")
            );
        }
        _ => {}
    }
    let keyslots = node.keyslots(admin::KeyslotsRequest {}).await?.into_inner().keyslots;
    let keyslots = Keyslots::from_json(keyslots.as_bytes())
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;

    let mut attempt = 0;
    let key = loop {
        attempt += 1;
        let passphrase = match &args.passphrase_file {
            Some(path) => secret::first_line(path, printer)?,
            None => printer.secret("Passphrase: ", "hospes unseal --passphrase-file FILE")?,
        };
        let spinner = printer.spinner("opening");
        let opened = keyslots.open(&passphrase);
        spinner.finish_and_clear();
        match opened {
            Ok(key) => break key,
            Err(UnsealError::WrongPassphrase)
                if args.passphrase_file.is_none() && attempt < ATTEMPTS =>
            {
                printer.note("The passphrase is wrong.");
            }
            Err(error) => {
                return Err(Failure::refused(error.to_string()).try_next("hospes unseal"));
            }
        }
    };
    let answer = node
        .unseal(admin::UnsealRequest { database_key: key.as_bytes().to_vec() })
        .await?
        .into_inner();
    say(printer, "open", answer.already, "The node is open.");
    Ok(Exit::Ok)
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
