//! The kinds of records that the network shares.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a record is. Its number is signed with every change, so it never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Kind {
    /// A host's offer of beds.
    Offer = 1,
    /// An entry of the directory: a lawyer, a doctor, a hotline.
    Service = 2,
    /// A legal template with its languages.
    Template = 3,
    /// A dated notice: a closed border, a new law, a scam.
    Bulletin = 4,
    /// A center's profile.
    Center = 5,
}

/// A name or number that is no kind of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no kind of record called {0:?}; the kinds are offer, service, template, bulletin, center"
)]
pub struct UnknownKind(pub String);

impl Kind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Kind; 5] =
        [Kind::Offer, Kind::Service, Kind::Template, Kind::Bulletin, Kind::Center];

    /// The number that is signed and stored.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The kind of a number.
    pub fn from_number(number: u8) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or_else(|| UnknownKind(number.to_string()))
    }

    /// The word used on screen, in files and in commands.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Offer => "offer",
            Kind::Service => "service",
            Kind::Template => "template",
            Kind::Bulletin => "bulletin",
            Kind::Center => "center",
        }
    }

    /// The word for several of them.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Offer => "offers",
            Kind::Service => "services",
            Kind::Template => "templates",
            Kind::Bulletin => "bulletins",
            Kind::Center => "centers",
        }
    }

    /// Whether the history of a record of this kind is kept.
    ///
    /// Templates and bulletins answer for what they said; an offer's history would only tell a
    /// reader when a host was at home.
    pub fn keeps_history(self) -> bool {
        matches!(self, Kind::Template | Kind::Bulletin)
    }

    /// Whether a steward may name other centers that may change the record too.
    pub fn has_maintainers(self) -> bool {
        matches!(self, Kind::Template)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text || kind.plural() == text)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}
