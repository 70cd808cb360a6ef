//! Names that people type and read: of peers, tokens, centers.

use super::refused::{Refused, invalid};

/// Longest name, in characters.
const LONGEST: usize = 60;

/// The name that was given, without spaces around it.
///
/// # Errors
/// Says under the name of the field what is wrong with it.
pub(crate) fn checked(field: &str, given: &str) -> Result<String, Refused> {
    let given = given.trim();
    bounded(field, given, LONGEST)?;
    if given.chars().any(char::is_control) {
        return Err(invalid(format!("{field}: has a control character")));
    }
    Ok(given.to_owned())
}

/// Whether a text has 1 to `most` characters.
pub(crate) fn bounded(field: &str, text: &str, most: usize) -> Result<(), Refused> {
    match text.chars().count() {
        length if (1..=most).contains(&length) => Ok(()),
        length => Err(invalid(format!("{field}: has {length} characters, it must be 1..={most}"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_desk::Reason;

    use super::*;

    #[test]
    fn a_name_has_bounds_and_no_control_characters() {
        assert_eq!(checked("name", " night desk ").unwrap(), "night desk");
        for wrong in ["", " ", "a\u{7}b", &"x".repeat(LONGEST + 1)] {
            let refused = checked("name", wrong).unwrap_err();
            assert_eq!(refused.reason, Reason::Invalid);
            assert!(refused.message.starts_with("name: has "), "{refused}");
        }
    }
}
