//! The lint of free text that all centers of a circle can read.
//!
//! The usual leak is no attack but a hurried colleague who pastes a phone into a note. The lint
//! looks for what tells who or where somebody is. It errs on the side of asking: a person can
//! override it, and the node logs that. Its cost grows with the length of the text only.

mod contact;
mod coordinates;
mod finding;
mod folded;
mod group;
mod joined;
mod number;
mod person;
mod street;
mod word;

use self::finding::Findings;
pub use self::finding::{Finding, Suspicion};
use self::folded::folded;
use self::word::words;

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

#[cfg(test)]
mod tests;
