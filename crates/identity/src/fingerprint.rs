//! Forms of a center's id that people can read out, type and compare.
//!
//! **Groups.** The 256 bits of the id and a 14-bit checksum (the first bits of SHA-256 over a label
//! and the id) make 54 characters of base32 (RFC 4648, `A`-`Z` and `2`-`7`). They stand in nine
//! groups of six, and each group ends in a check character:
//!
//! ```text
//! check = place + a·c1 + a²·c2 + a³·c3 + a⁴·c4 + a⁵·c5 + a⁶·c6
//! ```
//!
//! in the field of 32 elements (x⁵ + x² + 1, a = x), where `place` is the group's number from 1.
//! All seven weights differ and none is zero, so one wrong character in a group is always caught,
//! and so are two that changed places; the place catches a group that stands where another belongs.
//! Upper and lower case are the same. As `0`, `1` and `8` do not occur, they are read as `O`, `I`
//! and `B`.
//!
//! **Words.** The first 128 bits of the id as twelve words of the BIP39 English list, the last of
//! which ends in their 4-bit checksum. Finding a key whose first 128 bits match those of another is
//! out of reach.

use bip39::Language;
use hospes_domain::CenterId;

use crate::base32::{self, digit};
use crate::crypto;

/// Groups of an id.
pub const GROUPS: usize = 9;

/// Characters of a group, the check character included.
pub const GROUP: usize = 7;

/// Words of an id.
pub const WORDS: usize = 12;

/// Longest text that is read as an id, in bytes.
const MAX_TEXT: usize = 256;

const LABEL: &[u8] = b"hospes id checksum v1";

/// Why a text is not an id in groups. Groups count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGroups {
    /// Not nine groups, and not their characters without separators either.
    #[error("an id has {GROUPS} groups of {GROUP} characters, this text has {actual} characters")]
    Length {
        /// Characters that were given, without separators.
        actual: usize,
    },
    /// A group that is too short or too long.
    #[error("group {group} has {actual} characters, it must have {GROUP}")]
    GroupLength {
        /// Which group.
        group: usize,
        /// Characters that it has.
        actual: usize,
    },
    /// A character that no id has.
    #[error("group {group} has the character {character:?}, which no id has")]
    Character {
        /// Which group.
        group: usize,
        /// The character.
        character: char,
    },
    /// The check character does not fit.
    #[error("group {group} is mistyped, or does not belong there")]
    Mistyped {
        /// Which group.
        group: usize,
    },
    /// Every group is right by itself, but they are not from one id.
    #[error("every group is right by itself, but they are not all from the same id")]
    Mixed,
}

/// The id as nine groups of seven characters, separated by `-`.
pub fn groups(id: &CenterId) -> String {
    let mut text = String::with_capacity(GROUPS * (GROUP + 1));
    let digits = digits(id);
    for (place, group) in (1..).zip(digits.chunks(GROUP - 1)) {
        if place > 1 {
            text.push('-');
        }
        text.extend(group.iter().map(|&digit| letter(digit)));
        text.push(letter(check_digit(place, group)));
    }
    text
}

/// Reads an id as a person types it: any case, groups apart or not.
pub fn parse_groups(text: &str) -> Result<CenterId, InvalidGroups> {
    let separator = |c: char| c == '-' || c.is_whitespace();
    let count = || text.chars().filter(|&c| !separator(c)).count();
    if text.len() > MAX_TEXT {
        return Err(InvalidGroups::Length { actual: count() });
    }
    let mut parts: Vec<Vec<char>> = text
        .split(separator)
        .filter(|part| !part.is_empty())
        .map(|part| part.chars().collect())
        .collect();
    if parts.len() != GROUPS {
        let characters = parts.concat();
        if characters.len() != GROUPS * GROUP {
            return Err(InvalidGroups::Length { actual: characters.len() });
        }
        parts = characters.chunks(GROUP).map(<[char]>::to_vec).collect();
    }

    let mut digits = Vec::with_capacity(GROUPS * (GROUP - 1));
    for (place, part) in (1u8..).zip(&parts) {
        let group = usize::from(place);
        if part.len() != GROUP {
            return Err(InvalidGroups::GroupLength { group, actual: part.len() });
        }
        let read: Vec<u8> = part
            .iter()
            .map(|&character| digit(character).ok_or(InvalidGroups::Character { group, character }))
            .collect::<Result<_, _>>()?;
        match read.split_last() {
            Some((&check, data)) if check == check_digit(place, data) => digits.extend(data),
            _ => return Err(InvalidGroups::Mistyped { group }),
        }
    }

    let bytes: Vec<u8> = regroup(&digits, 5, 8).into_iter().map(|byte| byte as u8).collect();
    let id = bytes
        .get(..32)
        .and_then(|bytes| CenterId::from_slice(bytes).ok())
        .ok_or(InvalidGroups::Mixed)?;
    if self::digits(&id) == digits { Ok(id) } else { Err(InvalidGroups::Mixed) }
}

/// The first 128 bits of the id as words.
pub fn words(id: &CenterId) -> [&'static str; WORDS] {
    let [first, ..] = id.0.as_chunks::<16>().0 else {
        return [""; WORDS];
    };
    let [checksum, ..] = crypto::sha256(&[first]);
    let numbers = regroup(&[first.as_slice(), &[checksum]].concat(), 8, 11);
    let list = Language::English.word_list();
    let mut words = [""; WORDS];
    for (word, number) in words.iter_mut().zip(numbers) {
        *word = list.get(usize::from(number)).copied().unwrap_or_default();
    }
    words
}

/// The 54 digits of an id: 256 bits of it and 14 of its checksum.
fn digits(id: &CenterId) -> Vec<u8> {
    let [a, b, ..] = crypto::sha256(&[LABEL, &id.0]);
    let bytes = [id.0.as_slice(), &[a, b]].concat();
    let digits = regroup(&bytes, 8, 5).into_iter().map(|digit| digit as u8);
    digits.take(GROUPS * (GROUP - 1)).collect()
}

/// Cuts a string of bits, given in units of `from` bits, into units of `to` bits; at most 16 each.
/// Bits at the end that do not fill a unit are dropped.
fn regroup(units: &[u8], from: u32, to: u32) -> Vec<u16> {
    let (mut held, mut bits) = (0u32, 0);
    let mut out = Vec::new();
    for &unit in units {
        held = (held << from) | u32::from(unit);
        bits += from;
        while bits >= to {
            bits -= to;
            out.push((held >> bits) as u16);
            held &= (1 << bits) - 1;
        }
    }
    out
}

fn check_digit(place: u8, data: &[u8]) -> u8 {
    // Horner's rule: the last character is multiplied by a⁶, the first by a.
    let sum = data.iter().rev().fold(0, |sum, &digit| times_a(sum ^ digit));
    sum ^ place
}

/// Multiplication by x in the field of 32 elements.
fn times_a(element: u8) -> u8 {
    let shifted = element << 1;
    if shifted & 0x20 == 0 { shifted } else { (shifted ^ 0b10_0101) & 0x1f }
}

fn letter(digit: u8) -> char {
    base32::letter(digit.into()).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn id() -> impl Strategy<Value = CenterId> {
        any::<[u8; 32]>().prop_map(CenterId)
    }

    /// The two characters mean the same digit to [`parse_groups`].
    fn same(a: char, b: char) -> bool {
        digit(a) == digit(b)
    }

    proptest! {
        #[test]
        fn an_id_survives_its_groups(id in id()) {
            let text = groups(&id);
            prop_assert_eq!(text.len(), 71);
            prop_assert_eq!(parse_groups(&text), Ok(id));
            prop_assert_eq!(parse_groups(&text.to_lowercase()), Ok(id));
            prop_assert_eq!(parse_groups(&text.replace('-', "")), Ok(id));
            prop_assert_eq!(parse_groups(&text.replace('-', " \n ")), Ok(id));
            let misread = text.replace('O', "0").replace('I', "1").replace('B', "8");
            prop_assert_eq!(parse_groups(&misread), Ok(id));
        }

        #[test]
        fn a_wrong_character_is_caught_and_its_group_named(
            id in id(), at in 0usize..63, with in 0usize..32,
        ) {
            let mut text: Vec<char> = groups(&id).chars().collect();
            let index = at + at / GROUP;
            let wrong = letter(with as u8);
            prop_assume!(text[index] != wrong);
            text[index] = wrong;
            let text: String = text.into_iter().collect();
            prop_assert_eq!(
                parse_groups(&text),
                Err(InvalidGroups::Mistyped { group: at / GROUP + 1 })
            );
        }

        #[test]
        fn two_characters_of_a_group_that_changed_places_are_caught(
            id in id(), group in 0usize..9, a in 0usize..7, b in 0usize..7,
        ) {
            let mut text: Vec<char> = groups(&id).chars().collect();
            let (a, b) = (group * 8 + a, group * 8 + b);
            prop_assume!(!same(text[a], text[b]));
            text.swap(a, b);
            let text: String = text.into_iter().collect();
            prop_assert_eq!(
                parse_groups(&text),
                Err(InvalidGroups::Mistyped { group: group + 1 })
            );
        }

        #[test]
        fn groups_that_changed_places_are_caught(id in id(), a in 0usize..9, b in 0usize..9) {
            prop_assume!(a != b);
            let text = groups(&id);
            let mut parts: Vec<&str> = text.split('-').collect();
            parts.swap(a, b);
            prop_assert_eq!(
                parse_groups(&parts.join("-")),
                Err(InvalidGroups::Mistyped { group: a.min(b) + 1 })
            );
        }

        #[test]
        fn a_missing_character_is_caught(id in id(), at in 0usize..71) {
            let mut text = groups(&id);
            if text.remove(at) != '-' {
                prop_assert_eq!(
                    parse_groups(&text),
                    Err(InvalidGroups::GroupLength { group: at / 8 + 1, actual: 6 })
                );
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,300}") {
            let _ = parse_groups(&text);
        }

        #[test]
        fn the_words_are_a_phrase_of_the_first_half(id in id()) {
            let expected = bip39::Mnemonic::from_entropy(&id.0[..16]).unwrap();
            prop_assert_eq!(words(&id).join(" "), expected.to_string());
        }
    }

    #[test]
    fn a_group_of_another_id_is_caught() {
        let [a, b] = [groups(&CenterId([7; 32])), groups(&CenterId([9; 32]))];
        let mixed = format!("{}{}", &a[..8], &b[8..]);
        assert_eq!(parse_groups(&mixed), Err(InvalidGroups::Mixed));
    }

    #[test]
    fn wrong_lengths_and_characters_are_told() {
        fn check(text: &str, expected: &str) {
            assert_eq!(parse_groups(text).unwrap_err().to_string(), expected);
        }
        check("", "an id has 9 groups of 7 characters, this text has 0 characters");
        check("ABC-DEF", "an id has 9 groups of 7 characters, this text has 6 characters");
        let text = groups(&CenterId([0; 32]));
        let first = &text[..1];
        check(&text.replacen(first, "9", 1), "group 1 has the character '9', which no id has");
        check(&text.replacen(first, "Ä", 1), "group 1 has the character 'Ä', which no id has");
    }

    /// Worked out apart from this code, from the description at the head of the module.
    #[test]
    fn an_id_has_the_same_groups_for_ever() {
        let id = "786ef609d304625939f12df8e95cd3f737d4e896f0d9142b67bd6b7cda00b9e3";
        let text = "PBXPMCU-OTARRF5-SOPRFXG-4OSXGTD-6435J2R-EW6DMRA-IK3HXVU-VXZWQA7-XHRZU4D";
        let id: CenterId = id.parse().unwrap();
        assert_eq!(groups(&id), text);
        assert_eq!(parse_groups(text), Ok(id));
    }
}
