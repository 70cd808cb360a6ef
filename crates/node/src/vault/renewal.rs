//! Sealing ends in a fresh image of the process.
//!
//! An open node has the key of its database in its memory many times: in the statement that opened
//! it, in what libraries copied of that, in memory that was given back and not used again. Nobody can
//! overwrite all of it. So a node that was sealed or wiped replaces itself by the same program, under
//! the same number, in the sealed state: the system takes the old memory back as a whole. The admin
//! socket is handed over open, so that whoever knocks meanwhile waits a moment and is answered.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr;

use rustix::process::{WaitOptions, wait};

use super::reason::SealReason;

/// What the new image is told; nobody types it.
pub const ARGUMENT: &str = "--after-sealing";

/// This process, when the program on the disk cannot be started any more.
const ITSELF: &str = "/proc/self/exe";

/// The new image was made by a node that was open before: it stays sealed, whatever passphrase file
/// there is, until a person opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewed {
    /// Why the node sealed itself, if it did.
    pub why: Option<SealReason>,
}

/// A word after the argument that no node says.
#[derive(Debug, thiserror::Error)]
#[error("is said by a node to itself, and never typed")]
pub struct NotSaid;

impl FromStr for Renewed {
    type Err = NotSaid;

    fn from_str(word: &str) -> Result<Self, NotSaid> {
        if word == "asked" {
            return Ok(Self { why: None });
        }
        let (kind, number) = word.split_once(':').ok_or(NotSaid)?;
        let why = match kind {
            "unconfirmed" => {
                SealReason::Unconfirmed { hours: number.parse().map_err(|_| NotSaid)? }
            }
            "slept" => SealReason::Slept { seconds: number.parse().map_err(|_| NotSaid)? },
            _ => return Err(NotSaid),
        };
        Ok(Self { why: Some(why) })
    }
}

impl Renewed {
    /// What [`Renewed::from_str`] reads.
    fn word(self) -> String {
        match self.why {
            None => "asked".to_owned(),
            Some(SealReason::Unconfirmed { hours }) => format!("unconfirmed:{hours}"),
            Some(SealReason::Slept { seconds }) => format!("slept:{seconds}"),
        }
    }
}

/// Replaces this process by a fresh image of the program, which is handed the admin socket. Returns
/// only when that was not possible.
pub fn replace(program: &Path, listener: UnixListener, renewed: Renewed) -> io::Error {
    let words = words(std::env::args_os().skip(1), renewed);
    let listener = std::os::fd::OwnedFd::from(listener);
    let image = |program: &Path| -> io::Result<io::Error> {
        let stdin = Stdio::from(listener.try_clone()?);
        Ok(Command::new(program).args(&words).stdin(stdin).exec())
    };
    // After an upgrade the path is another release, or gone: then what runs here runs on.
    image(program).and_then(|_| image(Path::new(ITSELF))).unwrap_or_else(|error| error)
}

/// The words of the command line for the new image.
fn words(words: impl Iterator<Item = OsString>, renewed: Renewed) -> Vec<OsString> {
    let ours = |word: &OsString| {
        word.to_str().is_some_and(|word| word.split('=').next() == Some(ARGUMENT))
    };
    let mut words: Vec<OsString> = words.filter(|word| !ours(word)).collect();
    words.push(format!("{ARGUMENT}={}", renewed.word()).into());
    words
}

/// In the new image: the admin socket that it was handed. Children of the old image that have ended
/// are buried.
pub fn take_over() -> io::Result<UnixListener> {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
    let listener = UnixListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Something else than a listener would be found out only when it is asked for somebody.
    listener.local_addr()?;
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_new_image_is_told_why_in_a_word_that_it_understands() {
        for why in [
            None,
            Some(SealReason::Unconfirmed { hours: 24 }),
            Some(SealReason::Slept { seconds: 90 }),
        ] {
            let renewed = Renewed { why };
            assert_eq!(renewed.word().parse::<Renewed>().unwrap(), renewed);
        }
        for word in ["", "open", "slept", "slept:", "slept:soon", "unconfirmed:-1", "asked:1"] {
            assert!(word.parse::<Renewed>().is_err(), "{word}");
        }
    }

    #[test]
    fn the_command_line_is_handed_over_and_says_the_last_reason_only() {
        let given = ["--data", "/var/lib/hospes", "--after-sealing=slept:90", "--log", "info"];
        let words = words(given.into_iter().map(OsString::from), Renewed { why: None });
        let said = ["--data", "/var/lib/hospes", "--log", "info", "--after-sealing=asked"];
        assert_eq!(words, said);
    }
}
