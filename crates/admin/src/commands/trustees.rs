//! What trustees do on machines of their own, and what an admin does with their keys and shares.

use std::path::{Path, PathBuf};

use hospes_identity::keyslots::UnsealError;
use hospes_identity::trustee::TypedShare;
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
    let keyslots = keys::read_file(file)?;
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

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}
