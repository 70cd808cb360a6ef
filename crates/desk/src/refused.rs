//! What is refused, and why.

use hospes_domain::kind::UnknownKind;
use hospes_domain::validate::Violation;

use crate::reason::Reason;

/// Most violations that one message tells.
const VIOLATIONS: usize = 20;

/// What was asked for and is not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// Why, for programs.
    pub reason: Reason,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// The fields that are not as they must be, where that is why: to be told at each field.
    pub violations: Vec<Violation>,
}

impl Refused {
    /// A refusal in words.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), violations: Vec::new() }
    }

    /// The request is not as it must be.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Reason::Invalid, message)
    }
}

/// Fields that are not as they must be, one per line.
impl From<&[Violation]> for Refused {
    fn from(violations: &[Violation]) -> Self {
        let violations = violations.to_vec();
        Self { violations: violations.clone(), ..Self::invalid(sentences(&violations)) }
    }
}

impl From<UnknownKind> for Refused {
    fn from(error: UnknownKind) -> Self {
        Self::invalid(format!("kind: {error}"))
    }
}

/// Violations in words, one per line: `sleeps: is 500, it must be 1..=200`.
pub fn sentences(violations: &[Violation]) -> String {
    let mut lines: Vec<String> = violations.iter().take(VIOLATIONS).map(line).collect();
    if let Some(more) = violations.len().checked_sub(VIOLATIONS + 1) {
        lines.push(format!("and {} more", more + 1));
    }
    lines.join("\n")
}

/// A violation with a colon after the name of the field, for programs to split at.
pub fn line(violation: &Violation) -> String {
    format!("{}: {}", violation.field, violation.problem)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::validate::Problem;

    use super::*;

    #[test]
    fn violations_are_told_one_per_line() {
        let violation = |field: &str| Violation {
            field: field.to_owned(),
            problem: Problem::OutOfRange { min: 1, max: 200, actual: 500 },
        };
        let told = sentences(&[violation("sleeps"), violation("max_parties")]);
        assert_eq!(
            told,
            "sleeps: is 500, it must be 1..=200\nmax_parties: is 500, it must be 1..=200"
        );
        let many = vec![violation("sleeps"); 23];
        assert!(sentences(&many).ends_with("\nand 3 more"));
        assert_eq!(sentences(&many).lines().count(), 21);
    }
}
