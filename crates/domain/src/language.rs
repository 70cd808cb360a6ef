//! Languages: tags of BCP 47 in their canonical form, and the names of those the network meets.

use oxilangtag::LanguageTag;

/// Characters of a language tag at most (RFC 5646, section 4.4.1).
pub const MAX_TAG: usize = 35;

/// A language that the network meets, by the names people use for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// The tag of BCP 47.
    pub tag: &'static str,
    /// The three letters of ISO 639-3, which many directories use.
    pub alpha3: &'static str,
    /// Its name in English.
    pub english: &'static str,
    /// Its name in itself.
    pub autonym: &'static str,
}

const fn language(
    tag: &'static str,
    alpha3: &'static str,
    english: &'static str,
    autonym: &'static str,
) -> Language {
    Language { tag, alpha3, english, autonym }
}

/// The languages that are offered for choice, by tag.
pub static LANGUAGES: [Language; 52] = [
    language("am", "amh", "Amharic", "አማርኛ"),
    language("ar", "ara", "Arabic", "العربية"),
    language("az", "aze", "Azerbaijani", "Azərbaycanca"),
    language("ba", "bak", "Bashkir", "Башҡортса"),
    language("be", "bel", "Belarusian", "Беларуская"),
    language("bg", "bul", "Bulgarian", "Български"),
    language("bs", "bos", "Bosnian", "Bosanski"),
    language("ce", "che", "Chechen", "Нохчийн"),
    language("cs", "ces", "Czech", "Čeština"),
    language("cv", "chv", "Chuvash", "Чӑвашла"),
    language("da", "dan", "Danish", "Dansk"),
    language("de", "deu", "German", "Deutsch"),
    language("el", "ell", "Greek", "Ελληνικά"),
    language("en", "eng", "English", "English"),
    language("es", "spa", "Spanish", "Español"),
    language("et", "est", "Estonian", "Eesti"),
    language("fa", "fas", "Persian", "فارسی"),
    language("fi", "fin", "Finnish", "Suomi"),
    language("fr", "fra", "French", "Français"),
    language("he", "heb", "Hebrew", "עברית"),
    language("hr", "hrv", "Croatian", "Hrvatski"),
    language("hu", "hun", "Hungarian", "Magyar"),
    language("hy", "hye", "Armenian", "Հայերեն"),
    language("it", "ita", "Italian", "Italiano"),
    language("ka", "kat", "Georgian", "ქართული"),
    language("kk", "kaz", "Kazakh", "Қазақша"),
    language("ku", "kur", "Kurdish", "Kurdî"),
    language("ky", "kir", "Kyrgyz", "Кыргызча"),
    language("lt", "lit", "Lithuanian", "Lietuvių"),
    language("lv", "lav", "Latvian", "Latviešu"),
    language("mn", "mon", "Mongolian", "Монгол"),
    language("my", "mya", "Burmese", "မြန်မာ"),
    language("nl", "nld", "Dutch", "Nederlands"),
    language("no", "nor", "Norwegian", "Norsk"),
    language("os", "oss", "Ossetian", "Ирон"),
    language("pl", "pol", "Polish", "Polski"),
    language("ps", "pus", "Pashto", "پښتو"),
    language("pt", "por", "Portuguese", "Português"),
    language("ro", "ron", "Romanian", "Română"),
    language("ru", "rus", "Russian", "Русский"),
    language("sk", "slk", "Slovak", "Slovenčina"),
    language("so", "som", "Somali", "Soomaali"),
    language("sr", "srp", "Serbian", "Српски"),
    language("sv", "swe", "Swedish", "Svenska"),
    language("tg", "tgk", "Tajik", "Тоҷикӣ"),
    language("ti", "tir", "Tigrinya", "ትግርኛ"),
    language("tk", "tuk", "Turkmen", "Türkmençe"),
    language("tr", "tur", "Turkish", "Türkçe"),
    language("tt", "tat", "Tatar", "Татарча"),
    language("uk", "ukr", "Ukrainian", "Українська"),
    language("uz", "uzb", "Uzbek", "Oʻzbekcha"),
    language("zh", "zho", "Chinese", "中文"),
];

/// A text that is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language tag such as ru or sr-Latn")]
pub struct NotALanguage(pub String);

/// The canonical form of a tag: `RU` is `ru`, `sr_latn` is `sr-Latn`, `rus` is `ru`.
///
/// Only tags that begin with a code of two or three letters are taken. Whether that code is
/// registered is not checked: new ones must not need a new release.
pub fn canonical(tag: &str) -> Result<String, NotALanguage> {
    let refuse = || NotALanguage(tag.chars().take(40).collect());
    if tag.len() > MAX_TAG {
        return Err(refuse());
    }
    let parsed = LanguageTag::parse_and_normalize(&tag.replace('_', "-")).map_err(|_| refuse())?;
    let primary = parsed.primary_language();
    if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(refuse());
    }
    let shorter = LANGUAGES.iter().find(|known| known.alpha3 == primary);
    Ok(match shorter {
        Some(known) => parsed.as_str().replacen(primary, known.tag, 1),
        None => parsed.into_inner(),
    })
}

/// Whether this is a tag in its canonical form.
pub fn is_canonical(tag: &str) -> bool {
    canonical(tag).is_ok_and(|canonical| canonical == tag)
}

/// The canonical tag of what a person or a file calls a language: a tag, or the name of one of
/// [`LANGUAGES`] in English or in itself.
pub fn find(text: &str) -> Result<String, NotALanguage> {
    let text = text.trim();
    canonical(text).or_else(|refusal| {
        if text.len() > 4 * MAX_TAG {
            return Err(refusal);
        }
        let wanted = text.to_lowercase();
        LANGUAGES
            .iter()
            .find(|known| {
                known.english.to_lowercase() == wanted || known.autonym.to_lowercase() == wanted
            })
            .map(|known| known.tag.to_owned())
            .ok_or(refusal)
    })
}

/// What to call a language on screen: its name in itself, or the tag where the name is not known.
pub fn autonym(tag: &str) -> &str {
    let primary = tag.split('-').next().unwrap_or(tag);
    LANGUAGES.iter().find(|known| known.tag == primary).map_or(tag, |known| known.autonym)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_brought_to_their_canonical_form() {
        for (tag, expected) in [
            ("ru", Some("ru")),
            ("RU", Some("ru")),
            ("sr-latn-rs", Some("sr-Latn-RS")),
            ("zh_hant", Some("zh-Hant")),
            ("rus", Some("ru")),
            ("eng-US", Some("en-US")),
            ("mhr", Some("mhr")),
            ("english", None),
            ("x-secret", None),
            ("i-klingon", None),
            ("r", None),
            ("", None),
            ("ru-", None),
            ("ру", None),
            ("ru fi", None),
            ("en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", None),
        ] {
            assert_eq!(canonical(tag).ok().as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn a_language_is_found_by_its_name() {
        for (name, expected) in
            [("Russian", "ru"), ("русский", "ru"), (" eesti ", "et"), ("fin", "fi"), ("DE", "de")]
        {
            assert_eq!(find(name).as_deref(), Ok(expected), "{name}");
        }
        assert!(find("Klingon").is_err());
    }

    #[test]
    fn a_language_is_called_by_its_own_name() {
        assert_eq!(autonym("fi"), "Suomi");
        assert_eq!(autonym("sr-Latn"), "Српски");
        assert_eq!(autonym("mhr"), "mhr");
    }

    #[test]
    fn the_table_is_sorted_and_canonical() {
        assert!(LANGUAGES.windows(2).all(|pair| pair[0].tag < pair[1].tag));
        assert!(LANGUAGES.iter().all(|known| is_canonical(known.tag)));
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own_canonical_form(tag in "[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}") {
            if let Ok(once) = canonical(&tag) {
                prop_assert_eq!(canonical(&once), Ok(once.clone()));
            }
        }

        #[test]
        fn any_text_is_answered(text in ".{0,60}") {
            let _ = (canonical(&text), find(&text), autonym(&text));
        }
    }
}
