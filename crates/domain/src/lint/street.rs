//! Streets and houses, in the languages of the countries whose towns the gazetteer knows.
//!
//! A word for a street alone says little ("smoking on the street only"). It becomes an address by
//! what stands beside it: a house number, or a name with a capital letter.

mod flat;
mod lists;
mod plain;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use self::lists::{ROWS, Role};
use self::plain::{
    is_any, is_compound, is_counted, is_describing, is_justice, is_number_word, is_particle,
};
use super::finding::{Findings, Suspicion};
use super::word::Word;

pub(super) fn scan(words: &[Word<'_>], findings: &mut Findings) {
    for (index, word) in words.iter().enumerate() {
        let back = |steps: usize| index.checked_sub(steps).and_then(|at| words.get(at));
        let next = words.get(index + 1);
        let street = Street {
            words,
            index,
            word,
            lower: word.text.to_lowercase(),
            previous: back(1).filter(|_| !word.begins),
            next: next.filter(|next| !next.begins || word.dotted),
        };
        if street.is_address() || flat::is_address(words, index) {
            let parts = [street.previous, Some(word), street.next];
            let texts: Vec<&str> = parts.into_iter().flatten().map(|part| part.text).collect();
            findings.add(Suspicion::Street, &texts.join(" "));
        }
    }
}

/// The roles of whole words, and the parts of words with theirs.
struct Lists {
    words: BTreeMap<&'static str, Vec<Role>>,
    parts: Vec<(&'static str, Role)>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut lists = Lists { words: BTreeMap::new(), parts: Vec::new() };
    for (_, role, row) in ROWS {
        for word in row.split_whitespace() {
            match role {
                Role::Stem
                | Role::StemNumbered
                | Role::Ending
                | Role::EndingNamed
                | Role::EndingNumbered => lists.parts.push((word, *role)),
                _ => lists.words.entry(word).or_default().push(*role),
            }
        }
    }
    lists
});

struct Street<'w, 't> {
    words: &'w [Word<'t>],
    index: usize,
    word: &'w Word<'t>,
    lower: String,
    previous: Option<&'w Word<'t>>,
    next: Option<&'w Word<'t>>,
}

impl Street<'_, '_> {
    fn is_address(&self) -> bool {
        let lower = self.lower.as_str();
        let whole =
            LISTS.words.get(lower).is_some_and(|roles| roles.iter().any(|role| self.plays(*role)));
        whole
            || LISTS.parts.iter().any(|(part, role)| match role {
                Role::Stem | Role::StemNumbered => lower.starts_with(part) && self.plays(*role),
                _ => {
                    let name = lower.strip_suffix(part);
                    name.is_some_and(|name| name.chars().count() >= 3) && self.plays(*role)
                }
            })
    }

    fn plays(&self, role: Role) -> bool {
        let dotted = self.word.dotted;
        let capitalized = self.word.is_capitalized() && !is_compound(&self.lower);
        match role {
            Role::Ahead => {
                let ahead = self.ahead();
                let any = self.previous.is_some_and(|word| is_any(word.text)) || self.is_shouted();
                ahead.named && (ahead.numbered || !any)
            }
            Role::AheadNumbered => {
                let ahead = self.ahead();
                // One letter is a street only as people write it in Spain: "C/ Olmo 14".
                let written = self.lower != "c" || self.word.rest.starts_with('/');
                written && ahead.named && ahead.numbered
            }
            Role::AheadShort => dotted && self.ahead().named,
            // These are no words. In a hurry the full stop is left out; then a number has to say that it
            // is a house.
            Role::AheadShortOrNumbered => {
                let ahead = self.ahead();
                dotted && (self.number() || ahead.named) || ahead.named && ahead.numbered
            }
            Role::Behind => self.number() || (self.name_before(3) && !self.is_shouted()),
            Role::BehindNumbered => self.is_behind_with_number(),
            Role::BehindCapital => capitalized && self.is_behind_with_number(),
            Role::BehindShort => {
                // In German the letter is short for "and".
                let ends = self.lower != "u" || self.ends_after_number();
                dotted && ends && self.is_behind_with_number()
            }
            Role::Stem => self.stem(),
            Role::StemNumbered => {
                let named = self.next.is_some_and(Word::is_capitalized) || self.name_before(3);
                named && (self.number() || self.ahead().numbered)
            }
            Role::Ending => capitalized,
            Role::EndingNamed => capitalized && (self.number() || !self.word.begins),
            Role::EndingNumbered => capitalized && self.number(),
            Role::House => {
                let after_number = self.previous.is_some_and(Word::is_number);
                dotted && self.number() && !after_number
            }
        }
    }

    /// Written in capitals, as the whole text may be: then they tell no names.
    fn is_shouted(&self) -> bool {
        self.word.text.chars().count() >= 3
            && !self.word.text.contains(char::is_lowercase)
            && self.word.is_capitalized()
    }

    /// What follows a word that stands before its name.
    fn ahead(&self) -> Ahead {
        let before = self.previous.filter(|word| is_house_number(word.text));
        let mut ahead = Ahead { named: false, numbered: before.is_some() };
        let mut last = self.word;
        let following = self.words.get(self.index + 1..).unwrap_or_default();
        for (at, word) in following.iter().take(7).enumerate() {
            let gap = last.gap_to(word);
            let parted = gap.contains(['\n', ':', ';', '(', ')']) || (word.begins && !last.dotted);
            let listed = gap.contains(',');
            if parted || (listed && at == 0) {
                break;
            }
            // "25 Aprile" is a name, and "rue d'Orléans" has its capital behind the apostrophe.
            let name =
                word.text.rsplit('\'').next().is_some_and(|name| {
                    name.starts_with(|c: char| c.is_uppercase() || is_uncased(c))
                });
            if word.is_number() {
                let dated = !ahead.named
                    && following.get(at + 1).is_some_and(|next| {
                        next.is_capitalized() && word.gap_to(next) == " " && !is_counted(next.text)
                    });
                if !dated {
                    ahead.numbered |= is_house(word, following.get(at + 1));
                    break;
                }
            } else if is_number_word(word.text) && ahead.named {
                // Its number comes next.
            } else if listed || !(name || is_particle(word.text)) {
                break;
            }
            ahead.named |= name;
            last = word;
        }
        ahead
    }

    /// A house number follows, maybe after "No."
    fn number(&self) -> bool {
        let following = self.words.get(self.index + 1..).unwrap_or_default();
        match (self.next, following) {
            (Some(next), [_, number, after @ ..]) if is_number_word(next.text) => {
                is_house(number, after.first())
            }
            (Some(next), [_, after @ ..]) => is_house(next, after.first()),
            _ => false,
        }
    }

    /// A name of its own with so many letters stands right before, and no word that any street may have with it.
    fn name_before(&self, shortest: usize) -> bool {
        self.previous.is_some_and(|word| {
            let beside = word.gap_to(self.word).chars().all(|c| c.is_whitespace() || c == '.');
            let long = word.text.chars().count() >= shortest;
            let court = self.lower == "court" && is_justice(word.text);
            beside && long && word.is_capitalized() && !is_describing(word.text) && !court
        })
    }

    fn is_behind_with_number(&self) -> bool {
        let uncased = self.previous.is_some_and(|word| word.text.starts_with(is_uncased));
        if uncased {
            return self.number();
        }
        self.name_before(2) && (self.number() || self.number_before_name())
    }

    /// "12 Old Oak": a house number before up to three words with capitals.
    fn number_before_name(&self) -> bool {
        let before = self.words.get(..self.index).unwrap_or_default();
        let mut named = before.iter().rev().skip_while({
            let mut left = 3;
            move |word| {
                left -= 1;
                left >= 0 && word.is_capitalized() && !word.begins
            }
        });
        named.next().is_some_and(|word| is_house_number(word.text))
    }

    /// Nothing but the end of the text, or of a part of it, follows the number.
    fn ends_after_number(&self) -> bool {
        let number = self.next.map(|word| word.rest).unwrap_or_default();
        !number.trim_start_matches(' ').starts_with(char::is_alphabetic)
    }

    /// Russian and its neighbours bend their words, and put them on either side of the name.
    fn stem(&self) -> bool {
        let named = self.next.is_some_and(Word::is_capitalized) || self.ahead().named;
        // "Садовая улица", but not "Наша улица" or "На улице".
        let adjective = self.previous.is_some_and(|word| word.text.chars().count() >= 5);
        // The word for a square is also that for an area, which has a number.
        let area = self.lower.starts_with("площ") || self.lower.starts_with("плошч");
        (self.number() && !area)
            || (named && self.ahead().numbered)
            || (!self.is_shouted() && (named || (adjective && self.name_before(3))))
    }
}

#[derive(Debug, Clone, Copy)]
struct Ahead {
    named: bool,
    numbered: bool,
}

/// Whether the letters of a script come in one case only, so that none is a capital.
fn is_uncased(c: char) -> bool {
    matches!(c, '\u{10d0}'..='\u{10ff}' | '\u{590}'..='\u{5ff}' | '\u{600}'..='\u{6ff}')
}

/// At most four digits with or without a letter, and no year.
fn is_house_number(text: &str) -> bool {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let letter = text.strip_prefix(digits).unwrap_or_default();
    let count = digits.chars().filter(char::is_ascii_digit).count();
    let year = count == 4 && digits.parse().is_ok_and(|year: u32| (1900..=2100).contains(&year));
    (1..=4).contains(&count)
        && text.starts_with(|c: char| c.is_ascii_digit())
        && !year
        && !is_counted(letter)
}

/// The same, and it counts nothing that comes after it.
fn is_house(number: &Word<'_>, after: Option<&Word<'_>>) -> bool {
    let bare = number.text.ends_with(|c: char| c.is_ascii_digit());
    is_house_number(number.text)
        && !(bare && after.is_some_and(|word| is_counted(word.text)))
        && !(number.rest.trim_start_matches(' ').starts_with(['%', '€', '$', '£', '₽', '₴', '₸']))
}
