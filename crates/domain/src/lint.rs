//! The lint of free text that all centers of a circle can read.
//!
//! The usual leak is no attack but a hurried colleague who pastes a phone into a note. The lint
//! looks for what tells who or where somebody is. It errs on the side of asking: a person can
//! override it, and the node logs that. Its cost grows with the length of the text only.

mod contact;
mod coordinates;
mod folded;
mod joined;
mod number;
mod person;
mod street;
mod word;

use std::fmt;

use self::folded::folded;
use self::word::{Word, words};

/// Findings that are reported at most for one text.
const MAX_FINDINGS: usize = 20;

/// Part of a text that should not be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub what: Suspicion,
    /// The part of the text, shortened to 40 characters.
    pub excerpt: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { what, excerpt } = self;
        write!(
            f,
            "shared notes go to all centers of the circle; this looks like {what}: {excerpt:?}"
        )
    }
}

/// What a part of a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A street with or without house number.
    Street,
    /// A name in a messenger or social network.
    Handle,
    /// A place on the map.
    Coordinates,
    /// The number of a passport or identity card.
    Passport,
    /// The name of a person. Only an offer has no place for one: a service is known by its lawyer's.
    Name,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Suspicion::Phone => "a phone number",
            Suspicion::Email => "an e-mail address",
            Suspicion::Street => "a street address",
            Suspicion::Handle => "a handle",
            Suspicion::Coordinates => "coordinates",
            Suspicion::Passport => "the number of an identity document",
            Suspicion::Name => "the name of a person",
        })
    }
}

/// What of a text should not be shared, in the order of the checks. Empty for a harmless text.
pub fn lint(text: &str) -> Vec<Finding> {
    let text = &*folded(text);
    let words = words(text);
    let mut findings = Findings::default();
    contact::scan(text, &mut findings);
    number::scan(text, &words, &mut findings);
    street::scan(&words, &mut findings);
    person::scan(&words, &mut findings);
    findings.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, what: Suspicion, excerpt: &str) {
        let excerpt: String = excerpt.trim().chars().take(40).collect();
        if self.0.len() < MAX_FINDINGS {
            self.0.push(Finding { what, excerpt });
        }
    }
}

#[cfg(test)]
mod tests;
