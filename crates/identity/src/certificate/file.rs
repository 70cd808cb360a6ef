//! The file that admins send to each other: one certificate with words for people above it.

use std::fmt::Write as _;

use super::{CenterCertificate, CertificateProblem};
use crate::fingerprint;

/// Longest text that is read as a center file, in bytes. Ours have about 1,000.
pub const MAX_FILE: usize = 64 * 1024;

/// Longest name that a file may suggest, in characters.
const MAX_NAME: usize = 80;

/// Longest address that a file may suggest, in characters: a DNS name and a port.
const MAX_ADDRESS: usize = 260;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Why a text is not a center file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// Too long.
    #[error("a center file has at most {MAX_FILE} bytes, this one has {actual}")]
    TooLarge {
        /// Bytes that were given.
        actual: usize,
    },
    /// Somebody sent a secret.
    #[error(
        "this file holds a private key: it must never be sent to anybody; whoever sent it has to make a new key"
    )]
    PrivateKey,
    /// No certificate in it.
    #[error("there is no certificate in this file (no line -----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// More than one certificate in it.
    #[error("there are {actual} certificates in this file, a center file has one")]
    SeveralCertificates {
        /// Certificates that were found.
        actual: usize,
    },
    /// The block is cut off or changed.
    #[error("the certificate in this file is damaged; ask for the file again")]
    Damaged,
    /// The id above the block is that of another center.
    #[error(
        "the id written above the certificate belongs to another center: the file was put together wrongly or changed; ask for it again"
    )]
    OtherId,
    /// The certificate is not that of a center.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
}

/// A center certificate on its way to another admin, with unsigned suggestions.
///
/// Name and address are what the sender wrote; nothing proves them. Only the certificate counts,
/// and it counts once its id or its words were compared by voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CenterFile {
    /// The certificate.
    pub center: CenterCertificate,
    /// What the sender calls itself; one line of at most 80 characters.
    pub name: Option<String>,
    /// Where the sender's node is reached; one line of at most 260 characters.
    pub address: Option<String>,
}

impl CenterFile {
    /// The file as text. A name or address that does not fit into its line is left out.
    pub fn to_pem(&self) -> String {
        let id = self.center.id();
        let mut text = String::from(
            "Hospes center certificate. It holds no secret and may be shown to anybody.\n\
             The lines above the block are not signed. Compare the id or the words with\n\
             the center by voice before you add it.\n\n",
        );
        if let Some(name) = self.name.as_deref().and_then(|name| one_line(name, MAX_NAME)) {
            let _ = writeln!(text, "Name: {name}");
        }
        if let Some(address) = self.address.as_deref().and_then(|a| one_line(a, MAX_ADDRESS)) {
            let _ = writeln!(text, "Address: {address}");
        }
        let _ = writeln!(text, "Id: {}", fingerprint::groups(&id));
        let [head @ .., a, b, c, d, e, f] = fingerprint::words(&id);
        let _ = writeln!(text, "Words: {}", head.join(" "));
        let _ = writeln!(text, "       {}\n", [a, b, c, d, e, f].join(" "));
        let block = pem::Pem::new("CERTIFICATE", self.center.der());
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        text.push_str(&pem::encode_config(&block, config));
        text
    }

    /// Reads a file as it comes out of a mail: any line ends, quoted, with text around it.
    pub fn from_pem(text: &str) -> Result<Self, FileProblem> {
        if text.len() > MAX_FILE {
            return Err(FileProblem::TooLarge { actual: text.len() });
        }
        let lines: Vec<&str> = text.lines().map(unquoted).collect();
        let begins = |line: &&&str| line.starts_with(BEGIN);
        if lines.iter().filter(begins).any(|line| line.contains("PRIVATE KEY")) {
            return Err(FileProblem::PrivateKey);
        }
        let is_certificate = |line: &&str| line.starts_with("-----BEGIN CERTIFICATE-----");
        let actual = lines.iter().filter(|line| is_certificate(line)).count();
        match actual {
            0 => return Err(FileProblem::NoCertificate),
            1 => {}
            _ => return Err(FileProblem::SeveralCertificates { actual }),
        }
        let above: Vec<&str> =
            lines.iter().copied().take_while(|line| !is_certificate(line)).collect();
        let mut block = String::new();
        for line in lines.iter().skip(above.len()) {
            block.push_str(line);
            block.push('\n');
            if line.starts_with(END) {
                break;
            }
        }
        let block = pem::parse(block).map_err(|_| FileProblem::Damaged)?;
        let center = CenterCertificate::parse(block.contents())?;

        let label = |label: &str| above.iter().find_map(|line| line.strip_prefix(label));
        let written = label("Id:").and_then(|id| fingerprint::parse_groups(id).ok());
        if written.is_some_and(|id| id != center.id()) {
            return Err(FileProblem::OtherId);
        }
        Ok(Self {
            name: label("Name:").and_then(|name| one_line(name, MAX_NAME)),
            address: label("Address:").and_then(|address| one_line(address, MAX_ADDRESS)),
            center,
        })
    }
}

/// The line without the marks and spaces that mail programs put before it.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches(|c: char| c == '>' || c == '\u{feff}' || c.is_whitespace()).trim_end()
}

/// The text, if it is one visible line of bounded length: it is shown in an admin's terminal.
fn one_line(text: &str, limit: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= limit && !text.contains(is_invisible);
    fits.then(|| text.to_owned())
}

/// Control characters, and those that turn or hide the text around them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::{NodeKey, RecoveryPhrase};

    fn file() -> CenterFile {
        let key = RecoveryPhrase::generate().unwrap().center_key().unwrap();
        CenterFile {
            center: key.certificate().unwrap(),
            name: Some("Haus Søren".into()),
            address: Some("node.example.org:7600".into()),
        }
    }

    #[test]
    fn a_file_survives_the_mail() {
        let file = file();
        let text = file.to_pem();
        assert_eq!(CenterFile::from_pem(&text).unwrap(), file);
        assert_eq!(CenterFile::from_pem(&text.replace('\n', "\r\n")).unwrap(), file);
        assert_eq!(CenterFile::from_pem(&text.replace('\n', "\n> > ")).unwrap(), file);
        let letter = format!("Dear all,\nhere it is:\n\n{text}\n-- \nName: not this one\n");
        assert_eq!(CenterFile::from_pem(&letter).unwrap(), file);
    }

    #[test]
    fn the_same_center_gives_the_same_file() {
        let file = file();
        assert_eq!(file.to_pem(), file.to_pem());
    }

    #[test]
    fn no_line_is_longer_than_a_mail_allows() {
        let text = file().to_pem();
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
    }

    #[test]
    fn a_bare_certificate_is_enough() {
        let CenterFile { center, .. } = file();
        let text = pem::encode(&pem::Pem::new("CERTIFICATE", center.der()));
        let read = CenterFile::from_pem(&text).unwrap();
        assert_eq!(read, CenterFile { center, name: None, address: None });
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_a_sentence() {
        fn check(text: &str, expected: &FileProblem) {
            assert_eq!(CenterFile::from_pem(text).as_ref(), Err(expected));
        }
        let [a, b] = [file(), file()];
        let text = a.to_pem();
        check("", &FileProblem::NoCertificate);
        check("hello", &FileProblem::NoCertificate);
        check(&"x".repeat(MAX_FILE + 1), &FileProblem::TooLarge { actual: MAX_FILE + 1 });
        check(&(text.clone() + &b.to_pem()), &FileProblem::SeveralCertificates { actual: 2 });
        check(&text.replace("-----END", "-----"), &FileProblem::Damaged);
        let key = NodeKey::generate().unwrap();
        let secret = pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_bytes().to_vec()));
        check(&secret, &FileProblem::PrivateKey);
        check(&(text.clone() + &secret), &FileProblem::PrivateKey);
        let mixed = text
            .replace(&fingerprint::groups(&a.center.id()), &fingerprint::groups(&b.center.id()));
        check(&mixed, &FileProblem::OtherId);
    }

    #[test]
    fn names_that_would_fool_a_terminal_are_left_out() {
        for name in ["", "  ", "a\nName: b", "a\u{1b}[2J", "a\u{202e}b", &"x".repeat(81)] {
            let file = CenterFile { name: Some(name.into()), ..file() };
            assert_eq!(CenterFile::from_pem(&file.to_pem()).unwrap().name, None, "{name:?}");
        }
        let file = CenterFile { name: Some("-----BEGIN CERTIFICATE-----".into()), ..file() };
        assert_eq!(CenterFile::from_pem(&file.to_pem()).unwrap(), file);
    }
}
