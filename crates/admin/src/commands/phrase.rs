//! 24 words on their way to the paper.

use std::path::Path;

use hospes_identity::RecoveryPhrase;
use zeroize::Zeroizing;

use super::secret::{columns, write_new};
use crate::failure::Failure;
use crate::print::Printer;

/// Words that a person types back unless all are asked for.
const ASKED: usize = 3;

/// Asks whether somebody is ready. `instead` says what to do without a terminal, `again` how to begin.
pub fn confirm(
    question: &str,
    instead: &str,
    again: &str,
    printer: &Printer,
) -> Result<(), Failure> {
    if printer.agrees(question, instead)? {
        return Ok(());
    }
    Err(Failure::refused("nothing was done").try_next(again))
}

/// Shows the words once and asks for some of them, or all, back.
pub fn show(
    phrase: &RecoveryPhrase,
    strict: bool,
    instead: &str,
    printer: &Printer,
) -> Result<(), Failure> {
    let words = phrase.words();
    if !printer.can_ask() {
        return Err(Failure::refused("there is no terminal to show the words").try_next(instead));
    }
    printer.show_secret("\nWrite these 24 words on paper, with their numbers:\n\n");
    printer.show_secret(&columns(&words, 4, true));
    printer.ask("\nPress Enter when they are on the paper; they are not shown again. ", instead)?;
    printer.wipe_screen();
    for index in asked(strict, words.len())? {
        let Some(expected) = words.get(index) else { continue };
        loop {
            let answer = printer.ask(&format!("Word {}: ", index + 1), instead)?;
            if answer.to_lowercase() == *expected {
                break;
            }
            printer.note("That is not the word. Look at the paper; Ctrl-C begins anew.");
        }
    }
    Ok(())
}

/// Writes the words into a new file.
pub fn write(phrase: &RecoveryPhrase, path: &Path) -> Result<(), Failure> {
    let words = Zeroizing::new(format!("{}\n", columns(&phrase.words(), 1, false).as_str()));
    write_new(path, &words)
}

/// What to do with that file. To be said when the words are of use.
pub fn tell_file(path: &Path, printer: &Printer) {
    printer.note(format!(
        "The words are in {}. Bring them on paper to a safe place, then delete the file.",
        path.display()
    ));
}

/// Which words are asked back: all, or some random ones in order.
fn asked(strict: bool, count: usize) -> Result<Vec<usize>, Failure> {
    if strict {
        return Ok((0..count).collect());
    }
    let mut chosen = std::collections::BTreeSet::new();
    while chosen.len() < ASKED.min(count) {
        // A version 4 UUID is 122 random bits; the first byte is one of them.
        let [first, ..] = *uuid::Uuid::new_v4().as_bytes();
        chosen.insert(usize::from(first) % count);
    }
    Ok(chosen.into_iter().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_phrase_file_is_read_again() {
        let phrase = RecoveryPhrase::generate().unwrap();
        let text = columns(&phrase.words(), 1, false);
        assert_eq!(RecoveryPhrase::parse(&text).unwrap().words(), phrase.words());
    }

    #[test]
    fn three_different_words_are_asked_or_all() {
        for _ in 0..50 {
            let asked = asked(false, 24).unwrap();
            assert_eq!(asked.len(), 3);
            assert!(asked.windows(2).all(|pair| pair[0] < pair[1]) && asked[2] < 24);
        }
        assert_eq!(asked(true, 24).unwrap().len(), 24);
    }
}
