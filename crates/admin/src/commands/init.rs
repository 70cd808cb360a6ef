//! `hospes init`: a recovery phrase, a center key for a moment, a certified node.

use hospes_identity::certificate::CenterCertificate;
use hospes_identity::{DatabaseKey, Earlier, Keyslots, RecoveryPhrase, fingerprint, passphrase};
use hospes_wire::{admin, local};
use zeroize::Zeroizing;

use super::{phrase, secret};
use crate::args::{Global, InitArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::fields::is_name;
use crate::print::Printer;

/// Longest name of a center, in characters.
const LONGEST_NAME: usize = 60;

/// Makes the node of a center.
pub async fn run(args: &InitArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let status = node.status(local::StatusRequest {}).await?.into_inner();
    let about = status.node.unwrap_or_default();
    if is_initialized(&about.state) {
        return Ok(already(&about, printer));
    }
    if args.from_phrase.is_some() && args.epoch.is_none() {
        return Err(Failure::new(
            Exit::Usage,
            "--from-phrase needs --epoch, one more than that of the node before, so that the old node \
             is shut out",
        )
        .try_next("hospes peer list (at a peer) shows the epoch of this center")
        .try_next("hospes init --from-phrase --epoch N"));
    }
    // All that can be refused is asked before anything is made, and before words go on paper.
    node.check_ready(admin::CheckReadyRequest {}).await?;
    let name = center_name(args, printer)?;
    let given = match &args.passphrase_file {
        Some(path) => {
            let given = secret::first_line(path, printer)?;
            passphrase::check(&given).map_err(|weak| Failure::refused(weak.to_string()))?;
            Some(given)
        }
        None => None,
    };
    if given.is_none() && !printer.can_ask() {
        return Err(Failure::refused("there is no terminal to ask for the passphrase")
            .try_next("hospes init --passphrase-file FILE --phrase-file FILE --yes"));
    }
    let phrase = recovery_phrase(args, printer)?;
    let made = make(&mut node, &phrase, given, &name, args, printer).await;
    if made.is_err()
        && let Some(path) = &args.phrase_file
    {
        // Words of no center: nobody should carry them to a safe place.
        let _ = std::fs::remove_file(path);
    }
    let certificate = made?;

    let id = certificate.id();
    let words = fingerprint::words(&id);
    if printer.is_json() {
        printer.json(&serde_json::json!({
            "center": id.to_string(),
            "name": name,
            "groups": fingerprint::groups(&id),
            "words": words,
            "epoch": args.epoch.unwrap_or(1),
            "already": false,
        }));
        return Ok(Exit::Ok);
    }
    if let Some(path) = &args.phrase_file {
        phrase::tell_file(path, printer);
    }
    match (&args.from_phrase, name.as_str()) {
        (None, name) => printer.line(format!("{name} is a center now, and this is its node.")),
        (Some(_), "") => {
            printer.line("This is the center's node now. Its name comes from its peers.")
        }
        (Some(_), name) => printer.line(format!("This is the node of {name} now.")),
    }
    printer.line(format!("  id     {}", fingerprint::groups(&id)));
    printer.words("  words  ", &words);
    printer.line("Next:");
    if args.from_phrase.is_some() {
        printer.line(
            "  hospes peer add FILE               each peer; ask them for their files once more",
        );
        printer.line("  hospes center export us.pem --address HOST:PORT");
        printer.line(
            "                                     for those who have removed this center, and",
        );
        printer.line(
            "                                     for all when the address is another one now",
        );
        printer.line(
            "Records and name come from the peers. Those who have removed this center add it",
        );
        printer.line("again:  hospes peer add FILE --readmit");
    } else {
        printer.line("  hospes center export us.pem --address HOST:PORT");
        printer.line(
            "                                     the file for other admins; send it to them",
        );
        printer.line("  hospes peer add FILE               with the file that they send you");
    }
    Ok(Exit::Ok)
}

/// The node, certified by the key of the phrase.
async fn make(
    node: &mut connect::Admin,
    phrase: &RecoveryPhrase,
    given: Option<Zeroizing<String>>,
    name: &str,
    args: &InitArgs,
    printer: &Printer,
) -> Result<CenterCertificate, Failure> {
    let passphrase = match given {
        Some(given) => given,
        None => secret::new_passphrase(printer)?,
    };
    let spinner = printer.spinner("making the keys");
    let center = phrase.center_key().map_err(failed)?;
    let certificate = center.certificate().map_err(failed)?;
    let key = DatabaseKey::generate().map_err(failed)?;
    let keyslots = Keyslots::create(&key, &passphrase, args.cost.cost()).map_err(failed)?;
    let made = node
        .initialize(admin::InitializeRequest {
            database_key: key.as_bytes().to_vec(),
            keyslots: keyslots.to_json(),
        })
        .await?
        .into_inner();
    let epoch = args.epoch.unwrap_or(1);
    let node_certificate =
        center.certify(&made.node_public_key, epoch, Earlier::Honored).map_err(failed)?;
    node.certify(admin::CertifyRequest {
        center_certificate: certificate.der().to_vec(),
        node_certificate: node_certificate.der().to_vec(),
        center_name: name.to_owned(),
        backup_key: super::backup::recipient(phrase)?,
        confirmed_peers: Vec::new(),
    })
    .await?;
    spinner.finish_and_clear();
    Ok(certificate)
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}

fn is_initialized(state: &str) -> bool {
    !matches!(state, "" | "uninitialized" | "wiped")
}

fn already(about: &local::Node, printer: &Printer) -> Exit {
    if printer.is_json() {
        printer.json(&serde_json::json!({
            "center": about.center, "name": about.center_name, "state": about.state, "already": true,
        }));
    } else if about.state == "sealed" {
        printer.line("This node has a center already. It is sealed: hospes unseal");
    } else {
        printer.line(format!("This node has a center already: {}", about.center_name));
    }
    Exit::Ok
}

/// The name for the profile; nothing for a center that exists when nobody says: its peers know it.
fn center_name(args: &InitArgs, printer: &Printer) -> Result<String, Failure> {
    let name = match &args.name {
        Some(name) => name.trim().to_owned(),
        None if args.from_phrase.is_some() => return Ok(String::new()),
        None if args.yes || !printer.can_ask() => "Unnamed center".to_owned(),
        None => printer
            .ask(
                "Peers see the name of the center; it may be a code name.\nName of the center: ",
                "--name NAME",
            )?
            .to_string(),
    };
    if !is_name(&name, LONGEST_NAME) {
        return Err(Failure::refused(format!(
            "a center's name has 1 to {LONGEST_NAME} characters on one line"
        ))
        .try_next("hospes init --name \"Center Narva\""));
    }
    Ok(name)
}

fn recovery_phrase(args: &InitArgs, printer: &Printer) -> Result<RecoveryPhrase, Failure> {
    if let Some(path) = &args.from_phrase {
        return secret::phrase(path.as_deref(), printer);
    }
    let phrase = RecoveryPhrase::generate().map_err(failed)?;
    if let Some(path) = &args.phrase_file {
        phrase::write(&phrase, path)?;
        return Ok(phrase);
    }
    const INSTEAD: &str = "hospes init --phrase-file FILE --passphrase-file FILE --yes";
    if !args.yes {
        let question = "\nThe recovery phrase will be shown once. Whoever sees it can become your center.\n\
             Are you alone, with paper and pen? [yes/no] ";
        phrase::confirm(question, INSTEAD, "hospes init", printer)?;
    }
    phrase::show(&phrase, args.strict, INSTEAD, printer)?;
    Ok(phrase)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn only_a_fresh_node_is_initialized() {
        for (state, expected) in [
            ("uninitialized", false),
            ("", false),
            ("wiped", false),
            ("sealed", true),
            ("open", true),
        ] {
            assert_eq!(is_initialized(state), expected, "{state}");
        }
    }
}
