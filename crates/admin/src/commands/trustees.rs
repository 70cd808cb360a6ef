//! What trustees do on machines of their own, and what an admin does with their keys and shares.

use std::path::{Path, PathBuf};

use hospes_identity::keyslots::UnsealError;
use hospes_identity::{DatabaseKey, Keyslots, RecoveryPhrase, Share, TrusteeKey};
use serde_json::json;
use zeroize::Zeroizing;

use super::{keys, phrase, secret};
use crate::args::TrusteeCommand;
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// How often a mistyped share is asked for again.
const ATTEMPTS: usize = 3;

const NO_TERMINAL: &str = "hospes keys trustee new --phrase-file FILE";

/// Makes a key, or shows one.
pub fn run(command: TrusteeCommand, printer: &Printer) -> Result<Exit, Failure> {
    let words = match command {
        TrusteeCommand::New { phrase_file, strict } => {
            let words = RecoveryPhrase::generate().map_err(failed)?;
            match phrase_file {
                Some(path) => phrase::write(&words, &path, printer)?,
                None => {
                    let question = "\nThe 24 words of your key will be shown once. \
                        Are you alone, with paper and pen? [yes/no] ";
                    phrase::confirm(question, NO_TERMINAL, "hospes keys trustee new", printer)?;
                    phrase::show(&words, strict, NO_TERMINAL, printer)?;
                }
            }
            words
        }
        TrusteeCommand::Show { phrase_file } => typed(phrase_file.as_deref(), printer)?,
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
    printer.note(format!("  words  {}", key.words().join(" ")));
    Ok(Exit::Ok)
}

/// Reads one's share of some keyslots.
pub fn share(file: &Path, phrase_file: Option<&Path>, printer: &Printer) -> Result<Exit, Failure> {
    let keyslots = keys::read_file(file)?;
    let Some((needed, of)) = keyslots.needed() else {
        return Err(Failure::refused(UnsealError::NoTrustees.to_string())
            .try_next("ask the admin for a new file of `hospes keys export`"));
    };
    let secret = typed(phrase_file, printer)?.trustee_key().map_err(failed)?;
    let share = keyslots.share(&secret).map_err(|error| {
        let failure = Failure::refused(error.to_string());
        match error {
            UnsealError::NoTrustee => failure
                .try_next("compare the words of `hospes keys trustee show` with the admin")
                .try_next("ask the admin for a new file of `hospes keys export`"),
            _ => failure.try_next("ask the admin for a new file of `hospes keys export`"),
        }
    })?;
    if printer.is_json() {
        printer.json(&json!({"share": share.to_text().as_str(), "needed": needed, "of": of}));
        return Ok(Exit::Ok);
    }
    printer.note(format!("{needed} of {of} shares open the node. This is yours:"));
    printer.raw(&format!("{}\n", share.to_text().as_str()));
    printer.note("Read it out to the admin on a call, to a voice that you know. Do not write it");
    printer.note("into a mail or a chat: others keep those.");
    Ok(Exit::Ok)
}

/// The keys of trustees, each as a text or as a file with it.
pub fn read_keys(given: &[String]) -> Result<Vec<TrusteeKey>, Failure> {
    given.iter().map(|one| read_key(one)).collect()
}

fn read_key(given: &str) -> Result<TrusteeKey, Failure> {
    let path = Path::new(given);
    let is_text = given.trim_start().starts_with("hospes-trustee");
    let text = if is_text { Zeroizing::new(given.to_owned()) } else { secret::read_public(path)? };
    TrusteeKey::parse(&text).map_err(|error| {
        let what = if is_text { "the key".to_owned() } else { path.display().to_string() };
        Failure::refused(format!("{what} is no trustee's key: {error}"))
            .try_next("ask the trustee for the text of `hospes keys trustee new`")
    })
}

/// Asks whether the keys are those of the people.
pub fn compare(keys: &[TrusteeKey], printer: &Printer) -> Result<(), Failure> {
    for (key, number) in keys.iter().zip(1..) {
        printer.note(format!("Trustee {number}:  {}", key.words().join(" ")));
    }
    let question = "Did each trustee read these words to you, on a call? [yes/no] ";
    if printer.agrees(question, "hospes keys add --trustees KEY... --yes")? {
        return Ok(());
    }
    Err(Failure::refused("nothing was done; a key may have been exchanged on its way")
        .try_next("call each trustee, who runs: hospes keys trustee show"))
}

/// The key of the database, from shares in files, and from the person for the rest.
pub fn open(
    keyslots: &Keyslots,
    files: &[PathBuf],
    printer: &Printer,
) -> Result<DatabaseKey, Failure> {
    let Some((needed, of)) = keyslots.needed() else {
        return Err(Failure::refused(UnsealError::NoTrustees.to_string())
            .try_next("hospes unseal, with a passphrase"));
    };
    let mut shares = Vec::new();
    for path in files {
        let text = secret::first_line(path, printer)?;
        shares.push(Share::parse(&text).map_err(|error| {
            Failure::refused(format!("{} holds no share: {error}", path.display()))
                .try_next("ask the trustee to read it once more: hospes keys share")
        })?);
    }
    if shares.len() < usize::from(needed) && printer.can_ask() {
        printer.note(format!("{needed} of {of} trustees are needed. Call them; each runs"));
        printer.note("  hospes keys share --keyslots FILE     (the file of hospes keys export)");
        printer.note("and reads the share to you.");
    }
    while shares.len() < usize::from(needed) {
        shares.push(ask(shares.len() + 1, usize::from(needed), printer)?);
    }
    keyslots.open_with_shares(&shares).map_err(|error| {
        Failure::refused(error.to_string())
            .try_next("hospes keys export FILE, and ask the trustees to read their shares of it")
    })
}

fn ask(number: usize, needed: usize, printer: &Printer) -> Result<Share, Failure> {
    let question = format!("Share {number} of {needed}: ");
    let mut attempt = 0;
    loop {
        attempt += 1;
        let text = printer.ask(&question, "--share-file FILE, once for each share")?;
        match Share::parse(&text) {
            Ok(share) => return Ok(share),
            Err(error) if attempt < ATTEMPTS => {
                printer.note(format!("That is no share: {error}. Once more."));
            }
            Err(error) => {
                return Err(Failure::refused(format!("that is no share: {error}"))
                    .try_next("ask the trustee to read it once more: hospes keys share"));
            }
        }
    }
}

/// A phrase from a file, else as the person types it.
fn typed(path: Option<&Path>, printer: &Printer) -> Result<RecoveryPhrase, Failure> {
    let text = match path {
        Some(path) => secret::read(path, printer)?,
        None => printer.ask("Your 24 words, on one line: ", "--phrase-file FILE")?,
    };
    let words = RecoveryPhrase::parse(&text);
    if path.is_none() {
        printer.wipe_screen();
    }
    words.map_err(|error| {
        // "A recovery phrase has 24 words" is true of this one as well.
        Failure::refused(error.to_string()).try_next("look at the paper, and type them again")
    })
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}
