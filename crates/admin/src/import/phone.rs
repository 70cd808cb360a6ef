//! Phone numbers as directories write them, and the numbers that they mean.

use std::str::FromStr as _;

use phonenumber::{Mode, country};

/// Longest text that is read as phone numbers, in characters.
const MAX_TEXT: usize = 200;

/// Longest extension, in digits.
const MAX_EXTENSION: usize = 8;

/// A number that can be dialed from anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The number in E.164.
    pub number: String,
    /// What to dial after it.
    pub extension: Option<i64>,
    /// Whether the numbering plan of its country has such numbers.
    pub in_use: bool,
}

/// What a text says about phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// That there is none.
    None,
    /// One number, or several.
    Numbers(Vec<Phone>),
    /// Something that is no number; why, in words.
    Unreadable(&'static str),
}

/// A country for numbers without a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(country::Id);

impl Region {
    /// The country of a code such as `US`.
    pub fn of(code: &str) -> Option<Self> {
        country::Id::from_str(&code.to_ascii_uppercase()).ok().map(Self)
    }
}

/// What people write when there is no phone.
const NOTHING: &[&str] =
    &["", "-", "—", "n/a", "na", "none", "no", "no phone", "no number", "tbd", "unknown"];

/// Reads numbers as they are written by hand: with brackets, points, words and extensions.
pub fn read(text: &str, region: Option<Region>) -> Reading {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if NOTHING.contains(&text.to_lowercase().as_str()) {
        return Reading::None;
    }
    if text.chars().count() > MAX_TEXT {
        return Reading::Unreadable("too long for a phone number");
    }
    let mut found = Vec::new();
    let mut trouble = None;
    for part in text.replace(" or ", ";").replace(" and ", ";").split([';', '/', '\n']) {
        if part.trim().is_empty() {
            continue;
        }
        match single(part, region) {
            Ok(phone) if found.contains(&phone) => {}
            Ok(phone) => found.push(phone),
            Err(reason) => trouble = Some(reason),
        }
    }
    match trouble {
        Some(reason) if found.is_empty() => Reading::Unreadable(reason),
        _ => Reading::Numbers(found),
    }
}

fn single(part: &str, region: Option<Region>) -> Result<Phone, &'static str> {
    let (part, extension) = without_extension(part.trim());
    let digits = digits(&without_remarks(part)).ok_or("no phone number can be read in it")?;
    if region.is_none() && !digits.starts_with('+') {
        return Err("no country code; say the country with --region");
    }
    let number = phonenumber::parse(region.map(|region| region.0), &digits)
        .map_err(|_| "no phone number can be read in it")?;
    let written = number.format().mode(Mode::E164).to_string();
    let extension = match extension {
        Some(digits) => digits.parse().ok(),
        None => number.extension().and_then(|digits| digits.to_string().parse().ok()),
    };
    Ok(Phone { in_use: number.is_valid(), number: written, extension })
}

/// "… ext. 14", "… x14": the number and the digits after the mark.
fn without_extension(part: &str) -> (&str, Option<&str>) {
    let bare = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = part.strip_prefix(bare).unwrap_or_default();
    if digits.is_empty() || digits.len() > MAX_EXTENSION {
        return (part, None);
    }
    let before = bare.trim_end_matches([' ', '.', ':', '#']);
    for mark in ["extension", "ext", "x"] {
        let Some(at) = before.len().checked_sub(mark.len()) else { continue };
        let (Some(number), Some(tail)) = (before.get(..at), before.get(at..)) else { continue };
        if tail.eq_ignore_ascii_case(mark)
            && number.chars().filter(char::is_ascii_digit).count() >= 5
        {
            return (number.trim_end_matches([' ', ',', '.']), Some(digits));
        }
    }
    (part, None)
}

/// Brackets around a whole number hold the number; brackets around words hold a remark.
fn without_remarks(part: &str) -> String {
    let mut text = part.to_owned();
    while let (Some(open), Some(close)) = (text.find('('), text.find(')')) {
        let Some(inside) = text.get(open + 1..close) else { break };
        let digits = inside.chars().filter(char::is_ascii_digit).count();
        match digits {
            7.. => return inside.to_owned(),
            0 => text.replace_range(open..=close, " "),
            _ => text = format!("{}{inside}{}", prefix(&text, open), suffix(&text, close)),
        }
    }
    text
}

fn prefix(text: &str, open: usize) -> &str {
    text.get(..open).unwrap_or_default()
}

fn suffix(text: &str, close: usize) -> &str {
    text.get(close + 1..).unwrap_or_default()
}

/// The digits with a plus before them where there was one. Letters count as the keys that they are
/// on: 1-800-LAW-REP-4.
fn digits(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut real = 0;
    for c in text.trim().chars() {
        match c {
            '+' if out.is_empty() => out.push('+'),
            '0'..='9' => {
                real += 1;
                out.push(c);
            }
            'A'..='Z' | 'a'..='z' => out.push(key(c.to_ascii_uppercase())?),
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
            _ => return None,
        }
    }
    let count = out.trim_start_matches('+').len();
    (real >= 3 && (5..=18).contains(&count)).then_some(out)
}

/// The key of a phone that a letter is on.
fn key(letter: char) -> Option<char> {
    Some(match letter {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        'W'..='Z' => '9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn check(text: &str, expected: &[(&str, Option<i64>)]) {
        let Reading::Numbers(found) = read(text, Region::of("US")) else {
            panic!("{text:?}: {:?}", read(text, Region::of("US")))
        };
        let found: Vec<_> =
            found.iter().map(|phone| (phone.number.as_str(), phone.extension)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        check("(312) 555-0142", &[("+13125550142", None)]);
        check("312-555-0142", &[("+13125550142", None)]);
        check("312.555.0142", &[("+13125550142", None)]);
        check("(312)555-0142", &[("+13125550142", None)]);
        check("1-312-555-0142", &[("+13125550142", None)]);
        check("312. 555. 0142", &[("+13125550142", None)]);
        check("+372 5555 1234", &[("+37255551234", None)]);
        check("\"+44 7700 900123\"", &[("+447700900123", None)]);
        check("(312) 555-0142 ext. 321", &[("+13125550142", Some(321))]);
        check("312-555-0142 x 715", &[("+13125550142", Some(715))]);
        check("(312) 555-0142 x331", &[("+13125550142", Some(331))]);
        check("1-800-LAW-REP-4", &[("+18005297374", None)]);
        check("844-RIGHTS-9 (844-744-4879)", &[("+18447444879", None)]);
        check("217-555-0197 (LAWS)", &[("+12175550197", None)]);
        check("(618) 555-0117; (618) 555-0118", &[("+16185550117", None), ("+16185550118", None)]);
        check(
            "(618) 555-0117 or (877) 555-0191",
            &[("+16185550117", None), ("+18775550191", None)],
        );
    }

    #[test]
    fn no_phone_is_no_phone() {
        for text in ["", "  ", "no phone", "N/A", "None", "-"] {
            assert_eq!(read(text, None), Reading::None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        let region = Region::of("US");
        for text in ["call us", "12", "see web page", "☎", &"5".repeat(300)] {
            assert!(matches!(read(text, region), Reading::Unreadable(_)), "{text:?}");
        }
        let Reading::Unreadable(reason) = read("312-555-0142", None) else { panic!() };
        assert!(reason.contains("--region"));
        assert!(Region::of("XX").is_none());
    }

    #[test]
    fn any_text_is_answered() {
        for text in ["(", ")", ")(", "()", "+", "x1", "ext", "((((1)", "1)2(3", "٣١٢", "é(é)é"]
        {
            let _ = read(text, Region::of("US"));
        }
    }
}
