//! What the pages say, in the languages that have all of it.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
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
        let plain: String = word
            .chars()
            .map(|c| match c {
                '<' => 'u',
                '>' => 'o',
                c if c.is_ascii_alphanumeric() || c == '-' => c,
                _ => '-',
            })
            .collect();
        let key = format!("word-{group}-{plain}").replace('=', "");
        match self.bundle.get_message(&key) {
            Some(_) => self.say(&key, []),
            None => word.replace('_', " "),
        }
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
