//! Placeholders in the text of a template: `{{ key }}`.

use std::collections::BTreeSet;

use super::problem::excerpt;

/// A pair of braces that is no placeholder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{{{{ {0} is not a placeholder such as {{{{ full_name }}}}")]
pub struct BrokenPlaceholder(pub String);

/// The keys of all placeholders of a text.
///
/// A key is a-z, 0-9 and `_`, beginning with a letter, with or without spaces inside the braces.
/// Braces that open and hold anything else are an error: they would be printed as they are.
pub fn placeholders(text: &str) -> Result<BTreeSet<&str>, BrokenPlaceholder> {
    let mut keys = BTreeSet::new();
    for part in text.split("{{").skip(1) {
        let broken = || BrokenPlaceholder(excerpt(part.lines().next().unwrap_or_default().trim()));
        let (inside, _) = part.split_once("}}").ok_or_else(broken)?;
        let key = inside.trim_matches(' ');
        let valid = key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !valid {
            return Err(broken());
        }
        keys.insert(key);
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_found_once_each() {
        let text = "I, {{ full_name }}, born {{birth_date}}, ask you. {{ full_name }}";
        let keys: Vec<&str> = placeholders(text).unwrap().into_iter().collect();
        assert_eq!(keys, ["birth_date", "full_name"]);
        assert!(placeholders("no braces { here }").unwrap().is_empty());
    }

    #[test]
    fn braces_that_are_no_placeholder_are_named() {
        for text in
            ["{{ full name }}", "{{ name", "{{ Имя }}", "{{}}", "{{ a }} {{ 1b }}", "{{\na }}"]
        {
            assert!(placeholders(text).is_err(), "{text:?}");
        }
        let error = placeholders("Dear {{ Full Name }}, hello").unwrap_err();
        assert_eq!(
            error.to_string(),
            "{{ Full Name }}, hello is not a placeholder such as {{ full_name }}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[{} a-z\\n]{0,60}") {
            let _ = placeholders(&text);
        }
    }
}
