//! `hospes unseal` and `hospes seal`.

use hospes_wire::admin;
use serde_json::json;

use super::opening::{self, Again};
use crate::args::{Global, UnsealArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// Opens the node.
pub async fn unseal(
    args: &UnsealArgs,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    match opening::state(&mut node).await?.as_str() {
        "open" => {
            say(printer, "open", true, "The node is open already.");
            return Ok(Exit::Ok);
        }
        "sealed" => {}
        state => return Err(opening::no_database(state)),
    }
    let keyslots = opening::fetch(&mut node).await?;
    let with_trustees = args.trustees || !args.share_file.is_empty();
    let key = if with_trustees {
        opening::with_shares(&keyslots, &args.share_file, printer)?
    } else {
        let path = args.passphrase_file.as_deref();
        let again = Again { command: "hospes unseal".to_owned(), with_trustees: "--trustees" };
        opening::with_passphrase(&keyslots, path, "Passphrase: ", &again, printer)?
    };
    let answer = node
        .unseal(admin::UnsealRequest { database_key: key.as_bytes().to_vec() })
        .await?
        .into_inner();
    opening::warn_of_changes(&keyslots, &key, printer);
    say(printer, "open", answer.already, "The node is open.");
    if with_trustees && !printer.is_json() {
        printer.note(
            "Now set a new passphrase, with the same shares:  hospes keys change --with-trustees",
        );
        printer.note("and make new trustees: what was read out once can be read out again.");
    }
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
