//! What trustees do on machines of their own, and what an admin does with their keys and shares.

use std::path::Path;

use hospes_identity::keyslots::UnsealError;
use hospes_identity::{RecoveryPhrase, TrusteeKey};
use serde_json::json;
use zeroize::Zeroizing;

use super::{opening, phrase, secret};
use crate::args::TrusteeCommand;
use crate::failure::{Exit, Failure};
use crate::print::Printer;

const NO_TERMINAL: &str = "hospes keys trustee new --phrase-file FILE";

/// Makes a key, or shows one.
pub fn run(command: TrusteeCommand, printer: &Printer) -> Result<Exit, Failure> {
    let words = match command {
        TrusteeCommand::New { phrase_file, strict } => {
            let words = RecoveryPhrase::generate().map_err(failed)?;
            match phrase_file {
                Some(path) => {
                    phrase::write(&words, &path)?;
                    phrase::tell_file(&path, printer);
                }
                None => {
                    let question = "\nThe 24 words of your key will be shown once. \
                        Are you alone, with paper and pen? [yes/no] ";
                    phrase::confirm(question, NO_TERMINAL, "hospes keys trustee new", printer)?;
                    phrase::show(&words, strict, NO_TERMINAL, printer)?;
                }
            }
            words
        }
        TrusteeCommand::Show { phrase_file } => secret::phrase(phrase_file.as_deref(), printer)?,
    };
    let key = words.trustee_key().map_err(failed)?.key().clone();
    if printer.is_json() {
        printer.json(&json!({"key": key.to_text(), "words": key.words()}));
        return Ok(Exit::Ok);
    }
    // Alone on the standard output, so that it goes into a file.
    printer.raw(&format!("{}\n", key.to_text()));
    printer.note("This is your public key; send it to the admin. It is no secret.");
    printer.note("The admin will ask you on the phone for its words:");
    printer.words_beside("  words  ", &key.words());
    Ok(Exit::Ok)
}

/// Reads one's share of some keyslots.
pub fn share(file: &Path, phrase_file: Option<&Path>, printer: &Printer) -> Result<Exit, Failure> {
    let keyslots = opening::read_file(file)?;
    let Some((needed, of)) = keyslots.needed() else {
        return Err(Failure::refused(UnsealError::NoTrustees.to_string())
            .try_next("ask the admin for a new file of `hospes keys export FILE`"));
    };
    let secret = secret::phrase(phrase_file, printer)?.trustee_key().map_err(failed)?;
    let share = keyslots.share(&secret).map_err(|error| {
        let failure = Failure::refused(error.to_string());
        match error {
            UnsealError::NoTrustee => failure
                .try_next("compare the words of `hospes keys trustee show` with the admin")
                .try_next("ask the admin for a new file of `hospes keys export FILE`"),
            _ => failure.try_next("ask the admin for a new file of `hospes keys export FILE`"),
        }
    })?;
    if printer.is_json() {
        printer.json(&json!({"share": share.to_text().as_str(), "needed": needed, "of": of}));
        return Ok(Exit::Ok);
    }
    printer.note(format!("{needed} of {of} shares open the node. This is yours:"));
    printer.secret_result(&share.rows(), &share.to_text());
    printer.note("Read it out to the admin on a call, to a voice that you know. Do not write it");
    printer.note("into a mail or a chat: others keep those.");
    Ok(Exit::Ok)
}

/// The keys of trustees, each as a text or as a file with it.
pub fn read_keys(given: &[String]) -> Result<Vec<TrusteeKey>, Failure> {
    given.iter().map(|one| read_key(one)).collect()
}

/// Whether this is the text of a key, and not the name of its file.
fn is_key(given: &str) -> bool {
    given.trim_start().starts_with("hospes-trustee")
}

fn read_key(given: &str) -> Result<TrusteeKey, Failure> {
    let path = Path::new(given);
    let is_text = is_key(given);
    let text = if is_text { Zeroizing::new(given.to_owned()) } else { secret::read_public(path)? };
    TrusteeKey::parse(&text).map_err(|error| {
        let what = if is_text { "the key".to_owned() } else { path.display().to_string() };
        Failure::refused(format!("{what} is no trustee's key: {error}"))
            .try_next("ask the trustee for the text of `hospes keys trustee new`")
    })
}

/// Asks whether the keys are those of the people. `given` is what was typed for each: its file tells whom.
pub fn compare(keys: &[TrusteeKey], given: &[String], printer: &Printer) -> Result<(), Failure> {
    for ((key, given), number) in keys.iter().zip(given).zip(1..) {
        let of = if is_key(given) { format!("Trustee {number}") } else { given.clone() };
        printer.note(format!("{of}:"));
        printer.words_beside("  ", &key.words());
    }
    let question = "Did each trustee read these words to you, on a call? [yes/no] ";
    if printer.agrees(question, "hospes keys add --trustees KEY... --yes")? {
        return Ok(());
    }
    Err(Failure::refused("nothing was done; a key may have been exchanged on its way")
        .try_next("call each trustee, who runs: hospes keys trustee show"))
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}
