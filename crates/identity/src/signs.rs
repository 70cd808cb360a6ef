//! What the signs are of a text that was typed, copied from a screen or taken from a mail.

use hospes_domain::fold::is_invisible;
use unicode_normalization::UnicodeNormalization as _;

/// One sign, as far as it matters for words and codes in Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A letter of any script, a small one.
    Letter(char),
    /// 0 to 9.
    Digit(char),
    /// What stands between: spaces, quotes, marks of lists, hyphens.
    Between,
}

/// The signs of a text. What nobody sees is not among them, and so does not part a word.
pub(crate) fn signs(text: &str) -> impl Iterator<Item = Sign> + '_ {
    text.chars().filter(|c| !is_invisible(*c)).flat_map(|c| {
        // One by one: as a whole, an accent would melt into its letter, and a sign such as No. would
        // become two letters.
        let plain = c.is_alphanumeric();
        let compatible = plain.then(|| c.nfkc().flat_map(char::to_lowercase).map(sign));
        let other = (!plain).then(|| sign(c));
        compatible.into_iter().flatten().chain(other)
    })
}

fn sign(c: char) -> Sign {
    match c {
        '0'..='9' => Sign::Digit(c),
        // An accent that stands by itself belongs to the letter before it.
        '\u{300}'..='\u{36f}' => Sign::Letter(c),
        c if c.is_alphanumeric() => Sign::Letter(c),
        _ => Sign::Between,
    }
}

/// What a letter is that is none of a to z: many look like one.
pub(crate) fn origin(c: char) -> &'static str {
    match c {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "a Greek letter",
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => {
            "a Cyrillic letter"
        }
        '\u{531}'..='\u{58f}' => "an Armenian letter",
        '\u{590}'..='\u{5ff}' => "a Hebrew letter",
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => "an Arabic letter",
        '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => "a Georgian letter",
        '\u{c0}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' => "a letter that English does not have",
        _ => "a sign of another script",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    /// Letters and digits as they are, a dot for what stands between.
    fn shown(text: &str) -> String {
        let show = |sign| match sign {
            Sign::Letter(c) | Sign::Digit(c) => c,
            Sign::Between => '.',
        };
        signs(text).map(show).collect()
    }

    #[test]
    fn signs_are_told_apart() {
        for (text, expected) in [
            ("Bag 7", "bag.7"),
            ("\u{feff}b\u{200b}a\u{ad}g\u{200f}", "bag"),
            ("\u{201c}bag\u{201d},\t\u{2022}", ".bag...."),
            ("\u{ff22}\u{ff41}\u{ff47} \u{2466} \u{fb01}nal", "bag.7.final"),
            ("\u{2116}7 #7 7)", ".7..7.7."),
            ("cafe\u{301}", "cafe\u{301}"),
            ("\u{410}\u{430}", "\u{430}\u{430}"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_letter_of_another_script_has_a_name() {
        for (c, expected) in [
            ('\u{430}', "a Cyrillic letter"),
            ('\u{3bf}', "a Greek letter"),
            ('\u{10d0}', "a Georgian letter"),
            ('\u{e9}', "a letter that English does not have"),
            ('\u{661}', "an Arabic letter"),
            ('\u{4e00}', "a sign of another script"),
        ] {
            assert_eq!(origin(c), expected, "{c:?}");
        }
    }
}
