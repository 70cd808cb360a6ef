//! One form for all the ways in which the same text can be written.
//!
//! A phone of wide digits, of digits in boxes or with an invisible sign in its middle is read by a
//! person, or dialed by a telephone, as any other. The checks see the text as it is read.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::fold::is_invisible;

/// The text in compatibility form, without signs that cannot be seen, with plain digits,
/// apostrophes and hyphens.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let seen = text.chars().filter(|c| !is_invisible(*c) && !is_frame(*c));
    let mut previous = ' ';
    let before = seen.flat_map(|c| {
        let after_digit = previous.is_numeric();
        previous = c;
        let plain = plain(c, after_digit);
        // Two and a half must not become twenty-one of something.
        let space = is_fraction(c).then_some(' ');
        space.into_iter().chain([plain])
    });
    let mut signs = before.nfkc().peekable();
    let mut previous = ' ';
    while let Some(c) = signs.next() {
        let after_digit = previous.is_ascii_digit();
        let c = match c {
            c if after_digit && is_combining_mark(c) => continue,
            // A dash between numbers may be that of a house with its flat.
            '–' if after_digit && signs.peek().is_some_and(|next| digit(*next).is_some()) => '-',
            c => digit(c).unwrap_or(c),
        };
        folded.push(c);
        previous = c;
    }
    unescaped(folded)
}

/// Signs that are written in addresses of pages as their code.
const ESCAPED: &[(&str, &str)] = &[
    ("%40", "@"),
    ("%2B", "+"),
    ("%2b", "+"),
    ("%2E", "."),
    ("%2e", "."),
    ("&#64;", "@"),
    ("&#x40;", "@"),
    ("&commat;", "@"),
    ("&#46;", "."),
];

fn unescaped(text: String) -> String {
    if !text.contains(['%', '&']) {
        return text;
    }
    ESCAPED.iter().fold(text, |text, (code, sign)| text.replace(code, sign))
}

/// Signs of which one is written for the other.
fn plain(c: char, after_digit: bool) -> char {
    match c {
        // Also what stands for an apostrophe in Uzbek. Some would become a space with an accent.
        '‘' | '’' | '‛' | '`' | '´' | 'ʻ' | 'ʼ' | 'ʹ' | '＇' => '\'',
        '‐' | '‑' | '‒' | '−' | '﹣' => '-',
        '。' | '｡' => '.',
        // The sign of a masculine ordinal is often typed for a degree; elsewhere it is an "o".
        'º' if after_digit => '°',
        // A blank pattern of Braille.
        '\u{2800}' => ' ',
        c => c,
    }
}

fn is_fraction(c: char) -> bool {
    matches!(c, '¼'..='¾' | '⅐'..='⅟' | '↉')
}

/// Signs that only frame or strike out the one before.
fn is_frame(c: char) -> bool {
    matches!(c,
        '\u{334}'..='\u{338}' | '\u{488}' | '\u{489}' | '\u{1abe}'
        | '\u{20dd}'..='\u{20e0}' | '\u{20e2}'..='\u{20e4}')
}

/// Where the ten digits of a script begin in Unicode, in order. Those that the compatibility form
/// turns into plain digits are left out.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
];

/// Where the digits one to nine in filled or double circles begin: they have no compatibility form.
const CIRCLED_ONES: &[u32] = &[0x24f5, 0x2776, 0x2780, 0x278a];

/// The plain digit of the same value.
fn digit(c: char) -> Option<char> {
    if c < '\u{660}' {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    let value = (code - zero < 10).then(|| code - zero).or_else(|| {
        let ones = CIRCLED_ONES.iter();
        ones.filter_map(|one| code.checked_sub(*one)).find(|past| *past < 9).map(|past| past + 1)
    })?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_folds_to_what_a_person_reads() {
        for (text, expected) in [
            ("＋３７２ ５１２３", "+372 5123"),
            ("5123\u{200b}4567", "51234567"),
            ("5️⃣1️⃣2️⃣", "512"),
            ("①② ❸➃", "12 34"),
            ("٠٥٥ ۱۲ १२ ๑๒ 𝟏𝟐 𝟙", "055 12 12 12 12 1"),
            ("5\u{336}1\u{336}2\u{301}", "512"),
            ("bob＠example．org", "bob@example.org"),
            ("marta%40example%2Eorg", "marta@example.org"),
            ("ko‘chasi koʻchasi ko’chasi", "ko'chasi ko'chasi ko'chasi"),
            ("12‑3, 12–3, a – b", "12-3, 12-3, a – b"),
            ("2½ rooms, 60 m²", "2 1⁄2 rooms, 60 m2"),
            ("59º26', nº 5", "59°26', no 5"),
            ("100 % & more", "100 % & more"),
            ("naïve Šiauliai мой", "naïve Šiauliai мой"),
            ("", ""),
        ] {
            assert_eq!(folded(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_digits_of_all_scripts_are_numbers() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            let digits: String = (*zero..zero + 10).filter_map(char::from_u32).collect();
            assert_eq!(folded(&digits), "0123456789", "{zero:#x}");
        }
    }
}
