//! The words behind a chore.

use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;

use anyhow::{Error, Result, anyhow};
use lexopt::{Arg, Parser};

/// Reads options one after the other, and knows the help that says which there are.
pub struct Words {
    parser: Parser,
    help: &'static str,
}

impl Words {
    /// Nothing of them is read yet.
    pub fn new(words: Vec<OsString>, help: &'static str) -> Self {
        Self { parser: Parser::from_args(words), help }
    }

    /// The next option with its dashes, or the next word without any. `--help` is answered here.
    pub fn next(&mut self) -> Result<Option<String>> {
        let word = match self.parser.next()? {
            None => return Ok(None),
            Some(Arg::Long(name)) => format!("--{name}"),
            Some(Arg::Short(letter)) => format!("-{letter}"),
            Some(Arg::Value(word)) => word.to_string_lossy().into_owned(),
        };
        if word == "--help" || word == "-h" {
            println!("{}", self.help);
            std::process::exit(0);
        }
        Ok(Some(word))
    }

    /// What stands behind an option.
    pub fn value(&mut self) -> Result<String> {
        Ok(self.parser.value()?.to_string_lossy().into_owned())
    }

    /// A number behind an option.
    pub fn number<N: FromStr<Err: Display>>(&mut self) -> Result<N> {
        let word = self.value()?;
        word.parse().map_err(|error| anyhow!("{word:?} is no number that fits: {error}"))
    }

    /// What to say of an option that is not there.
    pub fn unknown(&self, word: &str) -> Error {
        anyhow!("there is no option {word}\n\n{}", self.help)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn words(words: &[&str]) -> Words {
        Words::new(words.iter().map(OsString::from).collect(), "the help")
    }

    #[test]
    fn options_come_with_their_dashes_and_what_stands_behind_them() {
        let mut words = words(&["--check", "--offers", "20", "sealing"]);
        assert_eq!(words.next().unwrap().unwrap(), "--check");
        assert_eq!(words.next().unwrap().unwrap(), "--offers");
        assert_eq!(words.number::<u32>().unwrap(), 20);
        assert_eq!(words.next().unwrap().unwrap(), "sealing");
        assert!(words.next().unwrap().is_none());
    }

    #[test]
    fn what_is_no_number_is_said_to_be_none() {
        let mut words = words(&["--offers", "many"]);
        words.next().unwrap();
        let error = words.number::<u32>().unwrap_err().to_string();
        assert!(error.contains("\"many\" is no number"), "{error}");
        assert!(words.unknown("--x").to_string().ends_with("the help"));
    }
}
