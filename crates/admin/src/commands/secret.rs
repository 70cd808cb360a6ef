//! Passphrases and recovery phrases: asked for, read from files, written once.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use hospes_identity::{RecoveryPhrase, passphrase};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::print::Printer;

/// Bytes that a file with a secret may have.
const MAX_FILE: u64 = 4 * 1024;

/// The text of a small file with a secret in it. Remarks when others can read the file.
pub fn read(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    let file = open(path)?;
    if let Ok(about) = file.metadata()
        && about.is_file()
        && about.permissions().mode() & 0o077 != 0
    {
        printer.note(format!(
            "warning: others on this machine can read {0}; chmod 600 {0}",
            path.display()
        ));
    }
    text_of(file, path)
}

/// The text of a small file that everybody may read.
pub fn read_public(path: &Path) -> Result<Zeroizing<String>, Failure> {
    text_of(open(path)?, path)
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::file("read", path, &error))
}

fn text_of(file: File, path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_FILE as usize + 1));
    file.take(MAX_FILE + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::file("read", path, &error))?;
    if text.len() as u64 > MAX_FILE {
        return Err(Failure::refused(format!(
            "{} has more than {MAX_FILE} bytes: it is not a file with a passphrase, phrase, key or share",
            path.display()
        )));
    }
    Ok(text)
}

/// The first line of a file.
pub fn first_line(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    let text = read(path, printer)?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        return Err(Failure::refused(format!("the first line of {} is empty", path.display())));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

/// The recovery phrase, from a file or as somebody types it, until it is one.
pub fn phrase(path: Option<&Path>, printer: &Printer) -> Result<RecoveryPhrase, Failure> {
    if let Some(path) = path {
        let text = read(path, printer)?;
        return RecoveryPhrase::parse(&text).map_err(|error| Failure::refused(error.to_string()));
    }
    loop {
        let words = printer
            .ask("The 24 words of the recovery phrase, on one line:\n", "--phrase-file FILE")?;
        printer.wipe_screen();
        match RecoveryPhrase::parse(&words) {
            Ok(phrase) => return Ok(phrase),
            Err(problem) => printer.note(format!("{problem}. Once more.")),
        }
    }
}

/// Writes a secret into a new file that nobody else can read. A file that is there is never touched.
pub fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| Failure::file("write", path, &error))
}

/// Asks for a new passphrase, twice, until it is strong enough and both are the same.
pub fn new_passphrase(printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    const INSTEAD: &str = "--passphrase-file FILE";
    printer.note("\nThe passphrase opens the node after every start. Six words are easy to remember, such as");
    let suggestion = passphrase::suggest()
        .map_err(|error| Failure::refused(format!("no words could be picked: {error}")))?;
    printer.show_secret(&format!("    {}\n", suggestion.as_str()));
    loop {
        let first = printer.secret("New passphrase: ", INSTEAD)?;
        if let Err(weak) = passphrase::check(&first) {
            printer.note(format!("{weak}. Once more."));
            continue;
        }
        let second = printer.secret("The same again: ", INSTEAD)?;
        if first.trim() == second.trim() {
            return Ok(first);
        }
        printer.note("They are not the same. Once more.");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_secret_goes_into_a_new_private_file_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.txt");
        write_new(&path, "one two").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write_new(&path, "three").unwrap_err().what.contains("it is there already"));
        assert_eq!(read(&path, &Printer::new(false)).unwrap().as_str(), "one two");
    }

    #[test]
    fn the_passphrase_is_the_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass.txt");
        write_new(&path, "  correct horse \nnotes\n").unwrap();
        assert_eq!(first_line(&path, &Printer::new(false)).unwrap().as_str(), "correct horse");
        let empty = folder.path().join("empty.txt");
        write_new(&empty, "\nsecond\n").unwrap();
        assert!(first_line(&empty, &Printer::new(false)).is_err());
        let large = folder.path().join("large.txt");
        write_new(&large, &"x".repeat(5000)).unwrap();
        assert!(read(&large, &Printer::new(false)).is_err());
    }
}
