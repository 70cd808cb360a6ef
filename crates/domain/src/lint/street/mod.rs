//! Words for streets, in the languages of the network.
//!
//! Such a word alone says little ("smoking on the street only"). It becomes an address by what
//! stands beside it: a house number, or a name with a capital letter.

use super::{Findings, Suspicion, Word};

/// Abbreviations that count when followed by a full stop and a name or number.
const DOTTED: &[&str] = &[
    "ул",
    "вул",
    "пер",
    "просп",
    "пр",
    "наб",
    "бул",
    "бульв",
    "пл",
    "ул-ца",
    "str",
    "ul",
    "al",
    "bd",
    "blvd",
];

/// Abbreviations that count when followed by a number: a flat, a house, a street in short.
const NUMBERED: &[&str] = &["кв", "д", "корп", "буд", "apt", "krt", "dz"];

/// Words that count beside a name with a capital letter, or before a number.
const NAMED: &[&str] = &[
    "tänav",
    "tänava",
    "tänaval",
    "tänavale",
    "tänavas",
    "maantee",
    "maanteel",
    "puiestee",
    "mnt",
    "tn",
    "pst",
    "iela",
    "ielā",
    "ielas",
    "prospekts",
    "bulvāris",
    "gatvė",
    "gatvėje",
    "gatvės",
    "prospektas",
    "straße",
    "strasse",
    "allee",
    "street",
    "avenue",
    "boulevard",
    "ulica",
    "ulicy",
    "sokak",
    "sokağı",
    "caddesi",
    "cadde",
    "ქუჩა",
    "փողոց",
    "көшесі",
];

/// The beginnings of words that count before a capitalized name or a number, or after an adjective
/// with a capital letter. Russian and Ukrainian bend them.
const BENT: &[&str] = &[
    "улиц",
    "вулиц",
    "проспект",
    "переулк",
    "переулок",
    "провулк",
    "провулок",
    "набережн",
    "площад",
    "площі",
    "площа",
    "шоссе",
    "шосе",
    "бульвар",
    "пр-т",
    "пр-кт",
];

/// Endings that make a word with a name before them a street.
const ENDINGS: &[&str] =
    &["straße", "strasse", "katu", "kadun", "kadulla", "kadulta", "kadulle", "gasse"];

/// Endings that need a number after them: their words also mean other things.
const NUMBERED_ENDINGS: &[&str] =
    &["str", "weg", "allee", "tie", "kuja", "polku", "aukio", "prospekt"];

/// Words that count before or after a number with a name between.
const ROADS: &[&str] = &["road", "rd", "lane", "drive", "square", "court"];

/// Units, after which a number counts something and is no house.
const UNITS: &[&str] = &[
    "m",
    "km",
    "min",
    "mins",
    "minutes",
    "minuten",
    "minuutti",
    "minuuttia",
    "minutit",
    "h",
    "hours",
    "м",
    "км",
    "мин",
    "минут",
    "минуты",
    "хв",
    "хвилин",
    "ч",
    "eur",
    "euro",
    "€",
    "personen",
    "persons",
    "people",
    "человек",
    "ночей",
];

pub(super) fn scan(words: &[Word<'_>], findings: &mut Findings) {
    for (index, word) in words.iter().enumerate() {
        let back = |steps: usize| index.checked_sub(steps).and_then(|at| words.get(at));
        let next = words.get(index + 1);
        let street = Street {
            word,
            lower: word.text.to_lowercase(),
            previous: back(1).filter(|_| !word.begins),
            next: next.filter(|next| !next.begins || word.dotted),
            before_previous: back(2),
            after_next: words.get(index + 2),
        };
        if street.is_address() {
            let parts = [street.previous, Some(word), street.next];
            let texts: Vec<&str> = parts.into_iter().flatten().map(|part| part.text).collect();
            findings.add(Suspicion::Street, &texts.join(" "));
        }
    }
}

struct Street<'w> {
    word: &'w Word<'w>,
    lower: String,
    previous: Option<&'w Word<'w>>,
    next: Option<&'w Word<'w>>,
    before_previous: Option<&'w Word<'w>>,
    after_next: Option<&'w Word<'w>>,
}

impl Street<'_> {
    fn is_address(&self) -> bool {
        let lower = self.lower.as_str();
        let is = |list: &[&str]| list.contains(&lower);
        let has_ending = |list: &[&str]| {
            list.iter()
                .any(|end| lower.strip_suffix(end).is_some_and(|name| name.chars().count() >= 3))
        };
        let number = self.has_house_number();
        let name_after = self.next.is_some_and(Word::is_capitalized);
        let name_before = self
            .previous
            .is_some_and(|word| word.is_capitalized() && word.text.chars().count() >= 3);
        let after_number = self.previous.is_some_and(Word::is_number);
        if is(DOTTED) && self.word.dotted {
            return number || name_after;
        }
        if is(NUMBERED) && self.word.dotted {
            return number && !after_number;
        }
        if lower == "g" && self.word.dotted {
            return number && name_before;
        }
        if is(NAMED) {
            return number || name_before;
        }
        if BENT.iter().any(|stem| lower.starts_with(stem)) {
            return number || name_after || (name_before && self.follows_adjective());
        }
        if is(ROADS) {
            let numbered = self.before_previous.is_some_and(Word::is_number);
            return name_before && (number || numbered);
        }
        let capitalized = self.word.is_capitalized();
        capitalized && (has_ending(ENDINGS) || (number && has_ending(NUMBERED_ENDINGS)))
    }

    /// A number of at most four digits follows, and no unit after it.
    fn has_house_number(&self) -> bool {
        self.next.is_some_and(|next| {
            let digits = next.text.trim_end_matches(char::is_alphabetic);
            let unit = next.text.strip_prefix(digits).unwrap_or_default();
            let counts = |text: &str| UNITS.contains(&text.to_lowercase().as_str());
            next.is_number()
                && digits.chars().filter(char::is_ascii_digit).count() <= 4
                && !counts(unit)
                && !(unit.is_empty() && self.after_next.is_some_and(|word| counts(word.text)))
        })
    }

    /// "Садовая улица", but not "Наша улица" or "На улице".
    fn follows_adjective(&self) -> bool {
        self.previous.is_some_and(|word| word.text.chars().count() >= 5)
    }
}
