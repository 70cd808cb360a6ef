//! Who needs a bed.

use std::fmt;
use std::str::FromStr;

/// A word that is not in a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not one of {}", .allowed.join(", "))]
pub struct UnknownWord {
    /// What was given, at most 40 characters of it.
    pub given: String,
    /// The words of the vocabulary.
    pub allowed: &'static [&'static str],
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Their words in records, files and commands.
            pub const NAMES: &'static [&'static str] = &[$($word,)*];

            /// The word in records, files and commands.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|known| known.name() == word).ok_or_else(|| {
                    UnknownWord { given: word.chars().take(40).collect(), allowed: Self::NAMES }
                })
            }
        }
    };
}

vocabulary! {
    /// How old a child is, in years.
    AgeBand {
        /// Up to two.
        Baby = "0-2",
        /// Three to five.
        Small = "3-5",
        /// Six to twelve.
        School = "6-12",
        /// Thirteen to seventeen.
        Teen = "13-17",
    }
}

impl AgeBand {
    /// The band of a child of so many years; none for somebody who is of age.
    pub fn of_years(years: u32) -> Option<Self> {
        match years {
            0..=2 => Some(AgeBand::Baby),
            3..=5 => Some(AgeBand::Small),
            6..=12 => Some(AgeBand::School),
            13..=17 => Some(AgeBand::Teen),
            _ => None,
        }
    }
}

vocabulary! {
    /// What kind of party it is.
    PartyType {
        /// One man.
        SingleMan = "single_man",
        /// One woman.
        SingleWoman = "single_woman",
        /// Two people who share a room.
        Couple = "couple",
        /// Adults with children.
        FamilyWithChildren = "family_with_children",
        /// Adults who are no couple.
        SeveralAdults = "several_adults",
    }
}

vocabulary! {
    /// An animal that comes along.
    Animal {
        /// A dog.
        Dog = "dog",
        /// A cat.
        Cat = "cat",
        /// A small animal in a cage.
        SmallCaged = "small_caged",
        /// A dog that helps its person.
        AssistanceDog = "assistance_dog",
    }
}

/// Who needs a bed, by number and age only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// People of 18 years and more.
    pub adults: u8,
    /// The children, by age; a host must take each age.
    pub children: Vec<AgeBand>,
}

impl Party {
    /// How many people there are.
    pub fn size(&self) -> usize {
        usize::from(self.adults) + self.children.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;
    use crate::Kind;
    use crate::schema::{FieldType, schema};

    #[test]
    fn the_words_are_those_of_the_offer() {
        for (field, names) in [
            ("child_ages_ok", AgeBand::NAMES),
            ("party_accepts", PartyType::NAMES),
            ("pets_ok", Animal::NAMES),
        ] {
            match schema(Kind::Offer).field(field).map(|field| field.ty) {
                Some(FieldType::Set(words)) => assert_eq!(words, names, "{field}"),
                other => panic!("{field} is {other:?}"),
            }
        }
    }

    #[test]
    fn every_age_up_to_seventeen_is_in_one_band() {
        for years in 0..=17 {
            let band = AgeBand::of_years(years).map(AgeBand::name).unwrap_or_default();
            let ends = band.split_once('-').map(|(from, to)| (from.parse(), to.parse()));
            let inside = matches!(ends, Some((Ok(from), Ok(to))) if (from..=to).contains(&years));
            assert!(inside, "{years} is in {band:?}");
        }
        assert_eq!(AgeBand::of_years(18), None);
    }

    #[test]
    fn a_word_is_read_and_an_unknown_one_is_refused() {
        assert_eq!("6-12".parse(), Ok(AgeBand::School));
        assert_eq!(
            "6-13".parse::<AgeBand>().map_err(|error| error.to_string()),
            Err("\"6-13\" is not one of 0-2, 3-5, 6-12, 13-17".to_owned())
        );
    }
}
