//! Instants and dates, as values. Nobody in this crate looks at a clock.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Shown and compared for freshness. It never decides which of two changes wins.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Timestamp(pub i64);

/// A text that is not an RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instant such as 2026-11-23T21:30:00+02:00")]
pub struct NotAnInstant(pub String);

impl Timestamp {
    /// One second, in the unit of this type.
    pub const SECOND: i64 = 1_000;
    /// One hour, in the unit of this type.
    pub const HOUR: i64 = 3_600 * Self::SECOND;
    /// One day of 24 hours, in the unit of this type.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The instant this many milliseconds later.
    pub fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to here; negative when it is later.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0.div_euclid(1_000)) {
            Ok(instant) => instant.fmt(f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = NotAnInstant;
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        text.parse::<jiff::Timestamp>()
            .map(|instant| Self(instant.as_millisecond()))
            .map_err(|_| NotAnInstant(text.to_owned()))
    }
}
