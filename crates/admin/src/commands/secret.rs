//! Passphrases and recovery phrases: asked for, read from files, written once.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use hospes_identity::phrase::{Gathering, InvalidPhrase};
use hospes_identity::secret::NoSecret;
use hospes_identity::{RecoveryPhrase, passphrase};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::print::Printer;

/// The text of a small file with a secret in it. Remarks when others can read the file.
pub fn read(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    hospes_identity::secret::text(open_private(path, printer)?)
        .map_err(|problem| refused(path, problem))
}

/// The text of a small file that everybody may read.
pub fn read_public(path: &Path) -> Result<Zeroizing<String>, Failure> {
    hospes_identity::secret::text(open(path)?).map_err(|problem| refused(path, problem))
}

fn open_private(path: &Path, printer: &Printer) -> Result<File, Failure> {
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
    Ok(file)
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::file("read", path, &error))
}

/// Why there is no secret in a file.
fn refused(path: &Path, problem: NoSecret) -> Failure {
    match problem {
        NoSecret::Unreadable(error) => Failure::file("read", path, &error),
        problem => Failure::refused(format!("{} {problem}", path.display())),
    }
}

/// The first line of a file.
pub fn first_line(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    let file = open_private(path, printer)?;
    hospes_identity::secret::first_line(file).map_err(|problem| refused(path, problem))
}

/// 24 words, from a file, from the standard input when that is `-`, or as somebody types them.
pub fn phrase(path: Option<&Path>, printer: &Printer) -> Result<RecoveryPhrase, Failure> {
    let Some(path) = path else { return typed_phrase(printer) };
    let text = match path == Path::new("-") {
        true => hospes_identity::secret::text(std::io::stdin().lock())
            .map_err(|problem| refused(Path::new("the standard input"), problem))?,
        false => read(path, printer)?,
    };
    RecoveryPhrase::parse(&text).map_err(|error| Failure::refused(error.to_string()))
}

/// 24 words, a row at a time: a typing error costs one row.
fn typed_phrase(printer: &Printer) -> Result<RecoveryPhrase, Failure> {
    const INSTEAD: &str = "the same with a file of the words, or - for the standard input";
    printer
        .note("Type the words of the paper, a row at a time. Four letters of a word are enough.");
    let mut gathering = Gathering::default();
    loop {
        let row = gathering.row();
        let (Some(first), Some(last)) = (row.first(), row.last()) else {
            match gathering.phrase() {
                Ok(phrase) => {
                    printer.wipe_screen();
                    return Ok(phrase);
                }
                Err(problem) => {
                    mend(&mut gathering, &problem, printer)?;
                    continue;
                }
            }
        };
        let question = match row.len() {
            1 => format!("Word {first}: "),
            _ => format!("Words {first} to {last}: "),
        };
        let words = printer.ask(&question, INSTEAD)?;
        if let Err(problem) = gathering.add(&words) {
            printer.note(format!("  {} Once more.", sentence(&problem.to_string())));
        }
    }
}

/// Lets somebody put right what does not fit together.
fn mend(
    gathering: &mut Gathering,
    problem: &InvalidPhrase,
    printer: &Printer,
) -> Result<(), Failure> {
    printer.note(format!("\n{problem}:\n"));
    printer.show_secret(&columns(&gathering.words(), 4, true));
    let question = "\nType the number and the right word, for each that is wrong, such as: 7 bag 12 sea\n\
         (only Enter: all of them once more) ";
    let words = printer.ask(question, "")?;
    printer.wipe_screen();
    if words.is_empty() {
        *gathering = Gathering::default();
    } else if let Err(problem) = gathering.replace(&words) {
        printer.note(format!("  {problem}."));
    }
    Ok(())
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
            printer.note(format!("{} Once more.", sentence(&weak.to_string())));
            continue;
        }
        let second = printer.secret("The same again: ", INSTEAD)?;
        if first.trim() == second.trim() {
            return Ok(first);
        }
        printer.note("They are not the same. Once more.");
    }
}

/// A remark with its full stop, or with the question mark that it has.
fn sentence(text: &str) -> String {
    if text.ends_with(['?', '.']) { text.to_owned() } else { format!("{text}.") }
}

/// Words with or without numbers, read downwards in each of some columns.
pub(super) fn columns(words: &[&str], columns: usize, numbered: bool) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(words.len() * 24));
    let rows = words.len().div_ceil(columns.max(1));
    for row in 0..rows {
        for column in 0..columns {
            let index = column * rows + row;
            let Some(word) = words.get(index) else { continue };
            if numbered {
                text.push_str(&format!("  {:>2}. {word:<9}", index + 1));
            } else {
                text.push_str(word);
            }
        }
        if row + 1 < rows || numbered {
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn words_are_numbered_downwards() {
        let text = columns(&["a", "b", "c", "d"], 2, true);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines, ["   1. a           3. c", "   2. b           4. d"]);
    }

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
