//! How much of a translation still says what its original says.
//!
//! A text is taken apart at its blank lines. A translation keeps the digests of the parts that its
//! translator had before them; what is up to date is computed from these, never typed.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::id::hex;
use crate::{Fields, Value};

/// Most digests that a translation keeps: what its field allows.
const MOST: usize = 2_000;

/// The parts of a text, without the blank lines between them.
pub fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let begin = rest.find(|c: char| !c.is_whitespace())?;
        // A part begins where its line does, so that indented text stays as it is.
        let begin = rest.get(..begin)?.rfind('\n').map_or(0, |at| at + 1);
        let from = rest.get(begin..)?;
        let mut end = from.len();
        let mut at = 0;
        for line in from.split_inclusive('\n') {
            if line.trim().is_empty() {
                end = at;
                break;
            }
            at += line.len();
        }
        let (part, after) = from.split_at_checked(end)?;
        rest = after;
        Some(part.trim_end())
    })
}

/// The digest of a part: the same however its lines are broken.
pub fn digest(segment: &str) -> String {
    let words: Vec<&str> = segment.split_whitespace().collect();
    hex(&Sha256::digest(words.join(" ").as_bytes()))
}

/// The digests of the parts of an original, for a translation that now says the same.
pub fn digests(original: &str) -> Vec<String> {
    segments(original).take(MOST).map(digest).collect()
}

/// The language that a translation follows: the first one whose text counts before an authority, and that
/// has a text. None when there is no other than the translation itself.
pub fn original<'a>(template: &'a Fields, translation: &str) -> Option<(&'a str, &'a str)> {
    let body = template.get("body").and_then(Value::as_map)?;
    let expressions = template.get("expressions").and_then(Value::as_map)?;
    body.iter().filter(|(tag, _)| *tag != translation).find_map(|(tag, text)| {
        let role = expressions.get(tag)?.as_map()?.get("role")?.as_text()?;
        let text = text.as_text().filter(|text| !text.trim().is_empty())?;
        (role == "authoritative").then_some((tag.as_str(), text))
    })
}

/// Which parts of the original a translation says, of how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// For each part of the original, in its order, whether it is said.
    pub parts: Vec<bool>,
}

impl Progress {
    /// Of a translation with these digests.
    pub fn of<'a>(original: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: BTreeSet<&str> = known.into_iter().collect();
        let parts = segments(original).map(|part| known.contains(digest(part).as_str()));
        Self { parts: parts.collect() }
    }

    /// So much of it is up to date, in whole percent; 100 only when all is.
    pub fn percent(&self) -> usize {
        let said = self.parts.iter().filter(|said| **said).count();
        (said * 100).checked_div(self.parts.len()).unwrap_or(100)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_taken_apart_at_its_blank_lines() {
        let text = "\n\n# Title\nsecond line\n  \n\n  - item\n  - other\n\nlast  \n";
        let parts: Vec<&str> = segments(text).collect();
        assert_eq!(parts, ["# Title\nsecond line", "  - item\n  - other", "last"]);
        assert_eq!(segments(" \n\n").count(), 0);
    }

    #[test]
    fn a_translation_is_up_to_date_until_its_original_changes() {
        let original = "One.\n\nTwo.\n\nThree.";
        let known = digests(original);
        let known = || known.iter().map(String::as_str);
        assert_eq!(Progress::of(original, known()).percent(), 100);
        // Broken otherwise, it says the same.
        assert_eq!(Progress::of("One.\n\n\nTwo.\n\nThree.\n", known()).percent(), 100);
        let changed = Progress::of("One.\n\nTwo, and more.\n\nThree.", known());
        assert_eq!((changed.percent(), changed.parts), (66, vec![true, false, true]));
        assert_eq!(Progress::of("", known()).percent(), 100);
    }

    #[test]
    fn a_translation_follows_the_text_that_counts_before_an_authority() {
        let role = |role: &str| Value::Map(BTreeMap::from([("role".to_owned(), role.into())]));
        let map = |pairs: [(&str, Value); 3]| {
            Value::Map(pairs.map(|(tag, value)| (tag.to_owned(), value)).into())
        };
        let fields = Fields::from([
            ("body".to_owned(), map([("en", "A".into()), ("fi", "B".into()), ("ru", "C".into())])),
            (
                "expressions".to_owned(),
                map([
                    ("en", role("translation")),
                    ("fi", role("authoritative")),
                    ("ru", role("translation")),
                ]),
            ),
        ]);
        assert_eq!(original(&fields, "ru"), Some(("fi", "B")));
        assert_eq!(original(&fields, "fi"), None);
        assert_eq!(original(&Fields::new(), "ru"), None);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_between_the_parts(text in "[a-z \\n\\t]{0,80}") {
            let parts: Vec<&str> = segments(&text).flat_map(str::split_whitespace).collect();
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(parts, words);
        }
    }
}
