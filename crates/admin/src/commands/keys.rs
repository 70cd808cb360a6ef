//! `hospes keys`: what opens the database.

use std::path::Path;

use hospes_identity::keyslots::{ChangeError, Opener};
use hospes_identity::{DatabaseKey, Keyslots, passphrase};
use hospes_wire::admin;
use hospes_wire::quote::word;
use serde_json::json;
use zeroize::Zeroizing;

use super::opening::{self, Again};
use super::{secret, trustees};
use crate::args::{Authority, Global, KeysArgs, KeysCommand, NewPassphrase};
use crate::connect::{self, Admin};
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// What a passphrase is called when nobody says.
const SECOND: &str = "second";
/// And trustees.
const TRUSTEES: &str = "trustees";

/// Does what was asked with keys.
pub async fn run(args: KeysArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    match args.command {
        KeysCommand::List => list(global, printer).await,
        KeysCommand::Add { label, trustees, threshold, yes, new, authority } => {
            let slot = SlotToAdd { label, trustees, threshold, yes, new };
            add(slot, &authority, global, printer).await
        }
        KeysCommand::Remove { label, authority } => {
            remove(&label, &authority, global, printer).await
        }
        KeysCommand::Change { label, new, authority } => {
            change(&label, &new, &authority, global, printer).await
        }
        KeysCommand::Export { file } => export(&file, global, printer).await,
        KeysCommand::Trustee { command } => trustees::run(command, printer),
        KeysCommand::Share { keyslots, phrase_file } => {
            trustees::share(&keyslots, phrase_file.as_deref(), printer)
        }
    }
}

async fn list(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let slots = opening::fetch(&mut node).await?.list();
    if printer.is_json() {
        let slots: Vec<_> = slots
            .iter()
            .map(|slot| match slot.opener {
                Opener::Passphrase(cost) => json!({
                    "label": slot.label, "kind": "passphrase",
                    "memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes,
                }),
                Opener::Trustees { needed, of } => json!({
                    "label": slot.label, "kind": "trustees", "needed": needed, "of": of,
                }),
                Opener::Unknown => json!({"label": slot.label, "kind": "unknown"}),
            })
            .collect();
        printer.json(&json!({"slots": slots}));
        return Ok(Exit::Ok);
    }
    let rows = slots
        .into_iter()
        .map(|slot| {
            let opener = match slot.opener {
                Opener::Passphrase(cost) => {
                    format!("a passphrase; a guess takes {} MiB", cost.memory_kib.div_ceil(1024))
                }
                Opener::Trustees { needed, of } => format!("{needed} of {of} trustees together"),
                Opener::Unknown => "something that a newer hospes knows".to_owned(),
            };
            vec![slot.label, opener]
        })
        .collect();
    printer.table(&["name", "what opens it"], rows);
    Ok(Exit::Ok)
}

struct SlotToAdd {
    label: Option<String>,
    trustees: Vec<String>,
    threshold: u8,
    yes: bool,
    new: NewPassphrase,
}

async fn add(
    slot: SlotToAdd,
    authority: &Authority,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    // What can be refused without a passphrase is refused before it is asked for.
    let given = given(&slot.new, printer)?;
    let people = trustees::read_keys(&slot.trustees)?;
    let default = if people.is_empty() { SECOND } else { TRUSTEES };
    let label = slot.label.unwrap_or_else(|| default.to_owned());
    let mut node = open_node(global, printer).await?;
    let mut keyslots = opening::fetch(&mut node).await?;
    if !people.is_empty() && !slot.yes {
        trustees::compare(&people, &slot.trustees, printer)?;
    }
    let key =
        authorize(&keyslots, authority, format!("hospes keys add {}", word(&label)), printer)?;
    let text = if people.is_empty() {
        let passphrase = asked(given, printer)?;
        let cost = slot.new.cost.cost();
        keyslots.add_passphrase(&key, &label, &passphrase, cost).map_err(refused)?;
        format!("There is a second way in, {label}: a passphrase.")
    } else {
        let needed = slot.threshold;
        keyslots.add_trustees(&key, &label, needed, &people).map_err(refused)?;
        format!("{needed} of these {} trustees can open the node together.", people.len())
    };
    replace(&mut node, &keyslots).await?;
    if printer.is_json() {
        printer.json(&json!({"label": label, "added": true}));
        return Ok(Exit::Ok);
    }
    printer.line(text);
    if people.is_empty() {
        printer.line("All ways in:  hospes keys list");
    } else {
        printer.line("Give each of them the file of:  hospes keys export keyslots.json");
    }
    Ok(Exit::Ok)
}

async fn remove(
    label: &str,
    authority: &Authority,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut node = open_node(global, printer).await?;
    let mut keyslots = opening::fetch(&mut node).await?;
    let again = format!("hospes keys remove {}", word(label));
    let key = authorize(&keyslots, authority, again, printer)?;
    keyslots.remove(&key, label).map_err(refused)?;
    replace(&mut node, &keyslots).await?;
    if printer.is_json() {
        printer.json(&json!({"label": label, "removed": true}));
    } else {
        printer.line(format!("{label} does not open the node any more."));
        printer.line(OLD_COPIES);
    }
    Ok(Exit::Ok)
}

async fn change(
    label: &str,
    new: &NewPassphrase,
    authority: &Authority,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let given = given(new, printer)?;
    let mut node = open_node(global, printer).await?;
    let mut keyslots = opening::fetch(&mut node).await?;
    let again = format!("hospes keys change {}", word(label));
    let key = authorize(&keyslots, authority, again, printer)?;
    let passphrase = asked(given, printer)?;
    keyslots.change_passphrase(&key, label, &passphrase, new.cost.cost()).map_err(refused)?;
    replace(&mut node, &keyslots).await?;
    if printer.is_json() {
        printer.json(&json!({"label": label, "changed": true}));
    } else {
        printer.line(format!("{label} has a new passphrase."));
        printer.line(OLD_COPIES);
    }
    Ok(Exit::Ok)
}

const OLD_COPIES: &str =
    "Copies of keyslots.json in backups and snapshots still open as before: delete them.";

async fn export(file: &Path, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let json = opening::fetch(&mut node).await?.to_json() + "\n";
    if file == Path::new("-") {
        printer.raw(&json);
        return Ok(Exit::Ok);
    }
    secret::write_new(file, &json)?;
    if printer.is_json() {
        printer.json(&json!({"file": file.display().to_string()}));
    } else {
        printer.line(format!("{} is for the trustees, and for nobody else.", file.display()));
    }
    Ok(Exit::Ok)
}

/// The node, if it is open: what cannot be done is said before a secret is asked for.
async fn open_node(global: &Global, printer: &Printer) -> Result<Admin, Failure> {
    let mut node = connect::admin(global).await?;
    match opening::state(&mut node).await?.as_str() {
        "open" => Ok(node),
        "sealed" => {
            printer.note("Keys are changed while the node is open.");
            Err(Failure::new(Exit::Closed, "the node is sealed").try_next("hospes unseal"))
        }
        state => Err(opening::no_database(state)),
    }
}

/// The key of the database, from somebody who may have it.
fn authorize(
    keyslots: &Keyslots,
    authority: &Authority,
    command: String,
    printer: &Printer,
) -> Result<DatabaseKey, Failure> {
    let key = if authority.with_trustees || !authority.share_file.is_empty() {
        opening::with_shares(keyslots, &authority.share_file, printer)?
    } else {
        let path = authority.passphrase_file.as_deref();
        let again = Again { command, with_trustees: "--with-trustees" };
        opening::with_passphrase(keyslots, path, "Present passphrase: ", &again, printer)?
    };
    opening::warn_of_changes(keyslots, &key, printer);
    Ok(key)
}

/// The new passphrase from its file, checked.
fn given(new: &NewPassphrase, printer: &Printer) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = &new.new_passphrase_file else { return Ok(None) };
    let given = secret::first_line(path, printer)?;
    passphrase::check(&given).map_err(|weak| Failure::refused(weak.to_string()))?;
    Ok(Some(given))
}

/// The new passphrase from its file, else from the person.
fn asked(
    given: Option<Zeroizing<String>>,
    printer: &Printer,
) -> Result<Zeroizing<String>, Failure> {
    match given {
        Some(given) => Ok(given),
        None if printer.can_ask() => secret::new_passphrase(printer),
        None => Err(Failure::refused("there is no terminal to ask for the new passphrase")
            .try_next("--new-passphrase-file FILE")),
    }
}

async fn replace(node: &mut Admin, keyslots: &Keyslots) -> Result<(), Failure> {
    node.replace_keyslots(admin::ReplaceKeyslotsRequest { keyslots: keyslots.to_json() }).await?;
    Ok(())
}

fn refused(error: ChangeError) -> Failure {
    let what = error.to_string();
    match error {
        ChangeError::NotFound { .. } => {
            Failure::new(Exit::NotFound, what).try_next("hospes keys list")
        }
        ChangeError::Last { .. } => {
            Failure::refused(what).try_next("hospes keys add LABEL, then remove it")
        }
        ChangeError::Exists { label } => Failure::refused(what)
            .try_next(format!("hospes keys change {}", word(&label)))
            .try_next("hospes keys add OTHER-LABEL"),
        ChangeError::TrusteesExist { label } => Failure::refused(what)
            .try_next(format!("hospes keys remove {}, then add the new trustees", word(&label))),
        ChangeError::NoPassphrase { label } => Failure::refused(what)
            .try_next(format!("hospes keys remove {}, then add the new trustees", word(&label))),
        ChangeError::Full => Failure::refused(what).try_next("hospes keys remove LABEL"),
        ChangeError::Label => Failure::refused(what).try_next("hospes keys add night-desk"),
        ChangeError::Trustees { .. } => Failure::refused(what)
            .try_next("hospes keys add --trustees KEY1 KEY2 KEY3 --threshold 2"),
        ChangeError::Seal(_) | ChangeError::File(_) | ChangeError::Newer => Failure::refused(what),
        ChangeError::Crypto(_) => Failure::new(Exit::Failed, what),
    }
}
