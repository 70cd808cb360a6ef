//! What the pages say, in the languages that have all of it.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use hospes_domain::Kind;
use unic_langid::LanguageIdentifier;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// One language with all its messages.
pub(crate) struct Texts {
    /// Its tag.
    pub(crate) tag: &'static str,
    /// Its own name.
    pub(crate) name: &'static str,
    /// `ltr` or `rtl`.
    pub(crate) direction: &'static str,
    bundle: FluentBundle<FluentResource>,
}

static ALL: LazyLock<Vec<Texts>> = LazyLock::new(|| {
    OFFERED.iter().map(|(tag, name, source)| Texts::read(tag, name, source, false)).collect()
});

/// A language that nobody speaks: longer than any, so that a test sees what was not translated and what
/// has no room.
static PSEUDO: LazyLock<Option<Texts>> = LazyLock::new(|| {
    let (_, _, source) = OFFERED.first()?;
    Some(Texts::read("en-XA", "Ƥşḗḗŭŭḓǿǿ", source, true))
});

/// A value in a message.
#[derive(Clone)]
pub(crate) struct Said(FluentValue<'static>);

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}

impl From<&String> for Said {
    fn from(text: &String) -> Self {
        Self(FluentValue::from(text.clone()))
    }
}

impl From<&&String> for Said {
    fn from(text: &&String) -> Self {
        Self(FluentValue::from((*text).clone()))
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self(FluentValue::from(text.to_owned()))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl From<$number> for Said {
            fn from(number: $number) -> Self {
                Self(FluentValue::from(number))
            }
        }

        impl From<&$number> for Said {
            fn from(number: &$number) -> Self {
                Self(FluentValue::from(*number))
            }
        })*
    };
}

numbers!(i64 u64 u32 u16 u8 usize i8);

impl Texts {
    fn read(tag: &'static str, name: &'static str, source: &str, pseudo: bool) -> Self {
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Foreign words stand in elements of their own, which isolate them.
        bundle.set_use_isolating(false);
        if pseudo {
            bundle.set_transform(Some(|text| longer(text).into()));
        }
        // The build has read it: what it could not read would not be here.
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_owned());
        let _ = bundle.add_resource(resource);
        Self { tag, name, direction: "ltr", bundle }
    }

    /// All that are offered, the first language first.
    pub(crate) fn all() -> &'static [Texts] {
        &ALL
    }

    /// The one of a tag.
    pub(crate) fn of(tag: &str) -> Option<&'static Texts> {
        let own = ALL.iter().find(|texts| texts.tag == tag);
        own.or_else(|| PSEUDO.as_ref().filter(|texts| texts.tag == tag))
    }

    /// The first language.
    #[allow(clippy::expect_used)]
    pub(crate) fn first() -> &'static Texts {
        ALL.first().expect("the build has refused a crate without the first language")
    }

    /// The best of those that a browser asks for.
    pub(crate) fn accepted(header: &str) -> &'static Texts {
        let mut wanted: Vec<(f32, &str)> = header
            .split(',')
            .take(16)
            .filter_map(|part| {
                let mut part = part.split(';');
                let tag = part.next()?.trim();
                let weight = part.next().and_then(|weight| weight.trim().strip_prefix("q="));
                Some((weight.and_then(|weight| weight.parse().ok()).unwrap_or(1.0), tag))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let known = |(_, tag): &(f32, &str)| {
            let language = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
            ALL.iter().find(|texts| texts.tag == language)
        };
        wanted.iter().find_map(known).unwrap_or_else(Self::first)
    }

    /// The word of a vocabulary; the word itself where this version does not know it.
    pub(crate) fn word(&self, group: &str, word: &str) -> String {
        self.named(&word_key(group, word)).unwrap_or_else(|| word.replace('_', " "))
    }

    /// The label of a field of a kind, by its path such as `requires.fee`.
    pub(crate) fn field(&self, kind: Kind, path: &str) -> String {
        self.named(&field_key(kind, path)).unwrap_or_else(|| path.replace('_', " "))
    }

    #[cfg(test)]
    pub(crate) fn has_word(&self, group: &str, word: &str) -> bool {
        self.named(&word_key(group, word)).is_some()
    }

    #[cfg(test)]
    pub(crate) fn has_field(&self, kind: Kind, path: &str) -> bool {
        self.named(&field_key(kind, path)).is_some()
    }

    /// A message by a key that is made of what a record says.
    fn named(&self, key: &str) -> Option<String> {
        self.bundle.has_message(key).then(|| self.say(key, []))
    }

    fn say<const N: usize>(&self, key: &str, values: [(&'static str, Said); N]) -> String {
        let message = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = message else { return key.to_owned() };
        let mut args = FluentArgs::new();
        for (name, Said(value)) in values {
            args.set(name, value);
        }
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&args), &mut errors);
        said.into_owned()
    }
}

fn word_key(group: &str, word: &str) -> String {
    let plain = word.chars().filter(|c| *c != '=').map(|c| match c {
        '<' => 'u',
        '>' => 'o',
        c if c.is_ascii_alphanumeric() || c == '-' => c,
        _ => '-',
    });
    format!("word-{}-{}", group.replace('_', "-"), plain.collect::<String>())
}

fn field_key(kind: Kind, path: &str) -> String {
    format!("field-{}-{}", kind.name(), path.replace(['_', '.'], "-"))
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag)
    }
}

/// A text with marks on its letters and a third longer.
fn longer(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match c {
            'a' => out.push_str("àà"),
            'e' => out.push_str("èè"),
            'i' => out.push('ï'),
            'o' => out.push_str("òò"),
            'u' => out.push('ü'),
            'n' => out.push('ñ'),
            'c' => out.push('ç'),
            'A' => out.push('À'),
            'S' => out.push('Š'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn all_five_languages_are_complete_and_offered() {
        let tags: Vec<&str> = Texts::all().iter().map(|texts| texts.tag).collect();
        assert_eq!(tags, ["en", "ru", "uk", "fi", "et"]);
    }

    #[test]
    fn every_language_has_its_own_plurals() {
        let ru = Texts::of("ru").unwrap();
        let said: Vec<String> = [1u8, 2, 5, 21].map(|n| ru.ago_minutes(n)).to_vec();
        assert_eq!(said, ["1 минуту назад", "2 минуты назад", "5 минут назад", "21 минуту назад"]);
        assert_eq!(ru.date_full(24u8, 12u8, 2026i64), "24 декабря 2026");
    }

    #[test]
    fn a_browser_gets_the_best_of_what_it_asks_for() {
        for (header, expected) in [
            ("fi-FI,fi;q=0.9,en;q=0.8", "fi"),
            ("de,ru;q=0.3,uk;q=0.7", "uk"),
            ("de", "en"),
            ("", "en"),
            (";;;,,q=", "en"),
        ] {
            assert_eq!(Texts::accepted(header).tag, expected, "{header}");
        }
    }

    #[test]
    fn a_word_that_no_version_knows_is_said_as_it_is() {
        let t = Texts::first();
        assert_eq!(t.word("place", "private_room"), "Private room");
        assert_eq!(t.word("band", "<=15"), "up to 15");
        assert_eq!(t.word("place", "tree_house"), "tree house");
    }
}
