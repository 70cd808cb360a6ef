//! What looks as if it should not be shared.

use std::fmt;

/// Findings that are reported at most for one text.
pub(super) const MAX_FINDINGS: usize = 20;

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

/// What was found so far.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, what: Suspicion, excerpt: &str) {
        let excerpt: String = excerpt.trim().chars().take(40).collect();
        if self.0.len() < MAX_FINDINGS {
            self.0.push(Finding { what, excerpt });
        }
    }
}
