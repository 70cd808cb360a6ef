//! A share that somebody types while another person reads it out.
//!
//! It has one checksum over all of its letters. That tells which group is mistyped nevertheless: of
//! all texts that differ in one place, only the right one fits, because four bytes fit by chance once
//! in four thousand million times. The group is only named. Whoever has read it out reads it again,
//! and nothing is put right that nobody has said.

use zeroize::Zeroizing;

use super::{InvalidTrusteeText, LETTERS, Share, signs_of};
use crate::base32::ALPHABET;
use crate::signs::{Sign, signs};

/// Letters and digits of a group.
pub const GROUP: usize = 6;
/// Groups of a share.
pub const GROUPS: usize = LETTERS / GROUP;

/// The groups of a share, right or not.
#[derive(Debug, Clone)]
pub struct TypedShare {
    groups: Vec<Zeroizing<String>>,
}

impl TypedShare {
    /// Reads the groups, with the beginning of a share or without it.
    ///
    /// # Errors
    /// When it is something else, or so much is missing that there are no groups.
    pub fn read(text: &str) -> Result<Self, InvalidTrusteeText> {
        let (letters, text) = Share::letters(text)?;
        let apart = apart(text, letters.chars().count());
        if apart.len() == GROUPS {
            return Ok(Self { groups: apart });
        }
        let actual = letters.chars().count();
        let uneven = match actual {
            LETTERS => None,
            // One letter too few or too many, and nothing to tell where but the checksum.
            _ => Some(
                lapse(&letters).ok_or(InvalidTrusteeText::Length { actual, expected: LETTERS })?,
            ),
        };
        let mut rest = letters.chars();
        let group = |place| {
            let length = if uneven == Some(place) { actual + GROUP - LETTERS } else { GROUP };
            Zeroizing::new(rest.by_ref().take(length).collect())
        };
        Ok(Self { groups: (0..GROUPS).map(group).collect() })
    }

    /// Whether a text has fewer letters and digits than a share, so that more of it may come.
    pub fn is_short(text: &str) -> bool {
        Share::letters(text).is_ok_and(|(letters, _)| letters.chars().count() < LETTERS)
    }

    /// The share.
    ///
    /// # Errors
    /// When a letter is wrong.
    pub fn share(&self) -> Result<Share, InvalidTrusteeText> {
        Share::parse(&self.joined())
    }

    /// Which group is mistyped, from 0, if that can be told.
    pub fn suspect(&self) -> Option<usize> {
        let digit = |letter| crate::base32::digit(letter).is_some();
        let odd =
            |group: &Zeroizing<String>| group.chars().count() != GROUP || !group.chars().all(digit);
        let odd: Vec<usize> =
            (0..GROUPS).filter(|place| self.groups.get(*place).is_none_or(odd)).collect();
        match odd.as_slice() {
            [] => lapse(&self.joined()),
            [first, ..] => Some(*first),
        }
    }

    /// A group as it was typed; `place` is from 0.
    pub fn group(&self, place: usize) -> &str {
        self.groups.get(place).map(|group| group.as_str()).unwrap_or_default()
    }

    /// Puts another group in a place.
    pub fn replace(&mut self, place: usize, text: &str) {
        if let Some(group) = self.groups.get_mut(place) {
            *group = signs_of(text);
        }
    }

    fn joined(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * LETTERS));
        self.groups.iter().for_each(|group| text.push_str(group));
        text
    }
}

/// What stands apart in a text, without its beginning: as many letters as are to be left.
fn apart(text: &str, letters: usize) -> Vec<Zeroizing<String>> {
    let (mut groups, mut open) = (Vec::<Zeroizing<String>>::new(), false);
    for sign in signs(text) {
        let (Sign::Letter(c) | Sign::Digit(c)) = sign else {
            open = false;
            continue;
        };
        match groups.last_mut() {
            Some(group) if open => group.push(c),
            _ => {
                let mut group = Zeroizing::new(String::with_capacity(LETTERS));
                group.push(c);
                groups.push(group);
            }
        }
        open = true;
    }
    // Of the beginning nothing is left.
    let all: usize = groups.iter().map(|group| group.chars().count()).sum();
    let mut before = all.saturating_sub(letters);
    while before > 0 {
        let Some(first) = groups.first().map(|group| group.chars().count()) else { break };
        if first > before {
            return Vec::new();
        }
        before -= first;
        groups.remove(0);
    }
    groups
}

/// In which group a change of one place, or of two in one group, makes a share of these letters.
fn lapse(letters: &str) -> Option<usize> {
    let letters = letters.as_bytes();
    let place = match letters.len() {
        LETTERS => substituted(letters).or_else(|| swapped(letters)).or_else(|| twice(letters)),
        short if short + 1 == LETTERS => (0..LETTERS).find(|place| {
            ALPHABET.iter().any(|letter| {
                let (before, after) = letters.split_at_checked(*place).unwrap_or((letters, &[]));
                fits(&[before, &[*letter], after].concat())
            })
        }),
        long if long == LETTERS + 1 => (0..long).find(|place| {
            let mut fewer = letters.to_vec();
            fewer.remove(*place);
            fits(&Zeroizing::new(fewer))
        }),
        _ => None,
    };
    place.map(|place| (place / GROUP).min(GROUPS - 1))
}

/// One letter is another one.
fn substituted(letters: &[u8]) -> Option<usize> {
    let mut letters = Zeroizing::new(letters.to_vec());
    (0..LETTERS).find(|place| with_another(&mut letters, *place, fits))
}

/// Two neighbours have changed places.
fn swapped(letters: &[u8]) -> Option<usize> {
    (0..LETTERS - 1).find(|place| {
        let mut letters = Zeroizing::new(letters.to_vec());
        letters.swap(*place, place + 1);
        fits(&letters)
    })
}

/// Two letters of one group are others.
fn twice(letters: &[u8]) -> Option<usize> {
    let mut letters = Zeroizing::new(letters.to_vec());
    (0..LETTERS).find(|first| {
        let end = first / GROUP * GROUP + GROUP;
        (first + 1..end).any(|second| {
            let mut inner = Zeroizing::new(letters.to_vec());
            with_another(&mut letters, *first, |letters| {
                inner.copy_from_slice(letters);
                with_another(&mut inner, second, fits)
            })
        })
    })
}

/// Whether some letter in a place makes it right. The letters are as before afterwards.
fn with_another(letters: &mut [u8], place: usize, mut fits: impl FnMut(&[u8]) -> bool) -> bool {
    let Some(before) = letters.get(place).copied() else { return false };
    let found = ALPHABET.iter().any(|letter| {
        if let Some(there) = letters.get_mut(place) {
            *there = *letter;
        }
        fits(letters)
    });
    if let Some(there) = letters.get_mut(place) {
        *there = before;
    }
    found
}

fn fits(letters: &[u8]) -> bool {
    std::str::from_utf8(letters).is_ok_and(|letters| Share::of(letters).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn share(seed: u8) -> Share {
        let bytes = std::array::from_fn(|place| (place as u8).wrapping_mul(47).wrapping_add(seed));
        Share::new([1, 2, 3, 4], bytes)
    }

    fn groups(seed: u8) -> Vec<String> {
        let text = share(seed).to_text();
        text.strip_prefix("hospes-share1-").unwrap().split('-').map(str::to_owned).collect()
    }

    #[test]
    fn a_share_is_read_as_it_comes() {
        let groups = groups(9);
        let lines = |length: usize| -> String {
            let all: Vec<char> = groups.concat().chars().collect();
            all.chunks(length).map(|line| line.iter().collect::<String>() + "\n").collect()
        };
        for (form, text) in [
            ("whole", format!("hospes-share1-{}", groups.join("-"))),
            ("without its beginning", groups.join("-")),
            ("spaces", format!("HOSPES SHARE1 {}", groups.join(" ").to_uppercase())),
            ("a letter like the digit", format!("hospes-sharel-{}", groups.join("-"))),
            ("broken in a group", format!("hospes-share1-{}", lines(13))),
            ("broken, without its beginning", lines(10)),
            ("in rows", share(9).rows().to_string()),
            ("in a mail", format!("> {}\n> {}", groups[..5].join("-"), groups[5..].join("-"))),
            ("quotes and a mark", format!("\u{feff}\u{201e}{}\u{201c}", groups.join(", "))),
            ("a remark after it", format!("{}\nof Anna, read on Monday\n", groups.join("-"))),
            ("digits like letters", groups.join(" ").replace('o', "0").replace('i', "1")),
        ] {
            let typed = TypedShare::read(&text).map(|typed| typed.share());
            assert_eq!(typed, Ok(Ok(share(9))), "{form}: {text}");
            assert_eq!(Share::parse(&text), Ok(share(9)), "{form}: {text}");
        }
    }

    #[test]
    fn what_is_no_share_is_refused_with_what_it_is() {
        for (text, expected) in [
            (
                format!("hospes-trustee1{}", groups(1).concat()),
                "it does not begin with hospes-share1",
            ),
            (
                format!("hospes-share2-{}", groups(1).join("-")),
                "it does not begin with hospes-share1",
            ),
            (groups(1)[..9].join("-"), "it has 54 letters and digits, there must be 66"),
            (String::new(), "it has 0 letters and digits, there must be 66"),
        ] {
            let error = TypedShare::read(&text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn the_group_that_is_mistyped_is_named_and_no_other_has_to_be_typed_again() {
        let right = groups(5);
        for place in [0, 3, GROUPS - 1] {
            let group = right[place].clone();
            let another = |at: usize| if group[at..].starts_with('q') { "w" } else { "q" };
            let one = format!("{}{}{}", &group[..2], another(2), &group[3..]);
            let two = format!("{}{}{}", another(0), &group[1..5], another(5));
            let swapped = format!("{}{}{}", &group[1..2], &group[..1], &group[2..]);
            let cyrillic = format!("\u{430}{}", &group[1..]);
            for (form, wrong) in [
                ("one letter", one.clone()),
                ("two letters", two),
                ("two that changed places", swapped),
                ("a letter too few", group[1..].to_owned()),
                ("a letter too many", format!("{group}q")),
                ("another script", cyrillic),
                ("no digit of these", format!("9{}", &group[1..])),
            ] {
                if wrong == group {
                    continue;
                }
                let mut typed = right.clone();
                typed[place] = wrong.clone();
                let mut typed = TypedShare::read(&typed.join("-")).unwrap();
                assert!(typed.share().is_err(), "{form}");
                assert_eq!(typed.suspect(), Some(place), "{form}, {wrong} for {group}");
                assert_eq!(typed.group(place), wrong, "{form}");
                typed.replace(place, &format!(" {} ", group.to_uppercase()));
                assert_eq!(typed.share(), Ok(share(5)), "{form}");
            }
            // Nor does it matter that the groups cannot be told apart.
            for wrong in [one, group[..5].to_owned(), format!("{group}q")] {
                let mut typed = right.clone();
                typed[place] = wrong;
                let typed = TypedShare::read(&typed.concat()).unwrap();
                assert!(typed.suspect().is_some_and(|found| found.abs_diff(place) <= 1));
            }
        }
    }

    #[test]
    fn two_groups_that_are_mistyped_are_looked_for_in_vain() {
        let mut typed = groups(5);
        for place in [2, 7] {
            typed[place] = typed[place].chars().rev().collect();
        }
        let typed = TypedShare::read(&typed.join("-")).unwrap();
        assert_eq!(typed.suspect(), None);
    }

    #[test]
    fn a_row_has_room_on_every_terminal() {
        let rows = share(3).rows();
        assert!(rows.lines().all(|line| line.len() < 40), "{}", rows.as_str());
        assert_eq!(Share::parse(&rows), Ok(share(3)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn no_text_is_too_much(text in "[ -~а-я\\n]{0,120}") {
            if let Ok(typed) = TypedShare::read(&text) {
                let _ = (typed.share(), typed.suspect());
            }
        }
    }
}
