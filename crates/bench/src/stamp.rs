//! Instants that can be compared between the processes of one machine.

use std::ops::Sub;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};

/// Microseconds since 1970: what the nodes' logs have too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Stamp(i64);

impl Stamp {
    /// Now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    /// The instant at the start of a line of a node's log.
    pub fn of_line(line: &str) -> Result<Self> {
        let word = line.split_whitespace().next().unwrap_or_default();
        let instant: jiff::Timestamp =
            word.parse().with_context(|| format!("no instant begins the line {line:?}"))?;
        Ok(Self(instant.as_microsecond()))
    }
}

impl Sub for Stamp {
    type Output = Duration;

    /// From the other one to this one; nothing when this one is earlier.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Milliseconds of a duration.
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_line_of_a_log_begins_with_its_instant() {
        let line = "2026-11-25T19:04:12.000250Z  INFO in sync peer=ab12";
        let earlier = "2026-11-25T19:04:11.999000Z  INFO link open";
        let (one, other) = (Stamp::of_line(line).unwrap(), Stamp::of_line(earlier).unwrap());
        assert_eq!(one - other, Duration::from_micros(1_250));
        assert_eq!(other - one, Duration::ZERO);
        assert!(Stamp::of_line("").is_err());
        assert!(Stamp::of_line("thread panicked").is_err());
    }
}
