//! Why a node sealed itself.

use std::fmt;

/// Why a node sealed itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealReason {
    /// No admin confirmed for so many hours.
    Unconfirmed {
        /// The hours that are set.
        hours: u32,
    },
    /// The machine slept, so that somebody could have moved or copied it.
    Slept {
        /// For so long.
        seconds: i64,
    },
}

impl fmt::Display for SealReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SealReason::Unconfirmed { hours } => write!(f, "nobody confirmed for {hours} h"),
            SealReason::Slept { seconds } => {
                write!(f, "the machine slept for {seconds} s: it was suspended, and maybe copied")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_sentence_for_people() {
        assert_eq!(SealReason::Unconfirmed { hours: 24 }.to_string(), "nobody confirmed for 24 h");
        let slept = SealReason::Slept { seconds: 90 }.to_string();
        assert!(slept.starts_with("the machine slept for 90 s"), "{slept}");
    }
}
