//! What the search index holds of a record.
//!
//! Facets are short tokens of `[a-z0-9]`: a store puts them into a full-text index as they are, and
//! one intersection of posting lists answers a search. Which tokens a search asks for is the
//! business of [`crate::query`]; both spell them through [`facet`].

pub mod facet;

use std::collections::BTreeSet;

use crate::fold::{fold, sound, words};
use crate::schema::{Field, FieldType, Weight, schema};
use crate::{Fields, Kind, Value};

/// The most folded characters that are indexed of one long text in one language.
pub const MOST_OF_A_BODY: usize = 20_000;

/// The most folded characters that are indexed of one record.
pub const MOST_OF_A_RECORD: usize = 200_000;

/// The most sound keys that are indexed of one record.
pub const MOST_SOUNDS: usize = 2_000;

/// What the search index holds of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Tokens of choices, places, languages and numbers, sorted and each once.
    pub facets: Vec<String>,
    /// Folded words of names and titles.
    pub title: String,
    /// Folded words of the other texts, and of the name of the town.
    pub text: String,
    /// Sound keys of the words of both, sorted and each once.
    pub sounds: String,
}

/// What the search index holds of a record. Fields of a wrong shape count as absent.
pub fn entry(kind: Kind, fields: &Fields) -> Entry {
    let (title, text) = texts(kind, fields);
    let mut sounds = BTreeSet::new();
    for word in title.split(' ').chain(text.split(' ')) {
        if sounds.len() >= MOST_SOUNDS {
            break;
        }
        sounds.extend(sound(word).iter().copied());
    }
    let mut joined = String::with_capacity(sounds.len() * 6);
    for key in &sounds {
        append(&mut joined, key.as_str(), usize::MAX);
    }
    Entry { facets: facet::tokens(kind, fields).into_iter().collect(), title, text, sounds: joined }
}

/// The folded words of the title and of the text.
pub(crate) fn texts(kind: Kind, fields: &Fields) -> (String, String) {
    let mut title = String::new();
    let mut text = String::new();
    for field in schema(kind).fields {
        if let Some(value) = fields.get(field.name) {
            collect(field, value, &mut title, &mut text);
        }
    }
    if let Some(town) = facet::town(fields) {
        for name in std::iter::once(town.name).chain(town.cyrillic) {
            append(&mut text, &fold(name), MOST_OF_A_RECORD);
        }
    }
    (title, text)
}

fn collect(field: &Field, value: &Value, title: &mut String, text: &mut String) {
    let mut add = |weight: Weight, value: &str| match weight {
        Weight::None => {}
        Weight::Text => append_words(text, value),
        Weight::Title => append_words(title, value),
    };
    match (&field.ty, value) {
        // "conscientious_objection" is found by its two words.
        (FieldType::Choice(_), Value::Text(word)) => add(field.weight, &word.replace('_', " ")),
        (FieldType::Set(_) | FieldType::List { .. }, _) => {
            for word in value.elements().iter().filter_map(Value::as_text) {
                add(field.weight, &word.replace('_', " "));
            }
        }
        (_, Value::Text(value)) => add(field.weight, value),
        (FieldType::PerLanguage { .. } | FieldType::Body { .. }, Value::Map(languages)) => {
            for value in languages.values() {
                match value {
                    Value::Text(value) => add(field.weight, value),
                    Value::Map(parts) => {
                        for inner in field.ty.inner_fields().unwrap_or_default() {
                            if let Some(Value::Text(part)) = parts.get(inner.name) {
                                add(inner.weight, part);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Appends the folded words of a text, up to [`MOST_OF_A_BODY`] characters of it.
fn append_words(to: &mut String, text: &str) {
    let limit = MOST_OF_A_RECORD.min(to.len().saturating_add(MOST_OF_A_BODY));
    for word in words(text) {
        if !append(to, &word, limit) {
            break;
        }
    }
}

/// Appends a word after a space, unless the result would be longer than `limit`.
fn append(to: &mut String, word: &str, limit: usize) -> bool {
    if to.len() + 1 + word.len() > limit {
        return false;
    }
    if !to.is_empty() && !word.is_empty() {
        to.push(' ');
    }
    to.push_str(word);
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::collections::BTreeMap;

    use super::*;

    fn map<'a>(pairs: impl IntoIterator<Item = (&'a str, Value)>) -> BTreeMap<String, Value> {
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn list(words: &[&str]) -> Value {
        Value::List(words.iter().map(|word| Value::from(*word)).collect())
    }

    #[test]
    fn an_offer_becomes_facets_words_and_sounds() {
        let offer = map([
            ("country", "EE".into()),
            ("region", "EE-45".into()),
            ("near_town", 590_031.into()),
            ("place_type", "private_room".into()),
            ("sleeps", 3.into()),
            ("party_accepts", list(&["single_woman"])),
            ("pets_ok", list(&["dog"])),
            ("women_only", true.into()),
            ("languages", Value::Map(map([("ru", "native".into()), ("zh-Hant", "basic".into())]))),
            ("status", "active".into()),
            ("note", "Тихая комната, Žukovski".into()),
        ]);
        let entry = entry(Kind::Offer, &offer);
        assert_eq!(
            entry.facets,
            [
                "fcountryee",
                "fkindoffer",
                "flangru",
                "flangzh",
                "flisted",
                "flookxeexee45xyxwomenyxsinglewomanyxdogyxruxzhhanty",
                "fpartysinglewoman",
                "fpetdog",
                "fplaceprivateroom",
                "fregionee45",
                "fsleeps1",
                "fsleeps2",
                "fsleeps3",
                "fstatusactive",
                "ftown590031",
                "fwomenyes",
            ]
        );
        assert_eq!(entry.title, "");
        assert_eq!(entry.text, "tikhaya komnata zukovski narva narva");
        assert_eq!(entry.sounds, "kamnat narv sakavsk tag");
    }

    #[test]
    fn titles_and_texts_of_all_languages_are_indexed() {
        let template = map([
            ("status", "approved".into()),
            ("jurisdiction", "EE-45".into()),
            ("title", Value::Map(map([("et", "Avaldus".into()), ("ru", "Заявление".into())]))),
            ("body", Value::Map(map([("et", "Palun".into()), ("ru", "Прошу".into())]))),
        ]);
        let found = entry(Kind::Template, &template);
        assert_eq!(
            (found.title.as_str(), found.text.as_str()),
            ("avaldus zayavlenie", "palun proshu")
        );
        assert_eq!(
            found.facets,
            [
                "fcountryee",
                "fjurisdictionee45",
                "fkindtemplate",
                "flanget",
                "flangru",
                "flisted",
                "fregionee45",
                "fstatusapproved",
            ]
        );

        let text = map([("headline", "Scam".into()), ("description", "Мошенники".into())]);
        let bulletin = map([
            ("status", "actual".into()),
            ("areas", list(&["EE"])),
            ("texts", Value::Map(map([("en", Value::Map(text))]))),
        ]);
        let found = entry(Kind::Bulletin, &bulletin);
        assert_eq!((found.title.as_str(), found.text.as_str()), ("scam", "moshenniki"));
        assert!(found.facets.contains(&"fwholeee".to_owned()));
    }

    #[test]
    fn a_long_body_is_cut_and_the_next_language_is_still_found() {
        let long = "слово ".repeat(30_000);
        let bodies = map([("de", long.into()), ("ru", "конец".into())]);
        let found = entry(Kind::Template, &map([("body", Value::Map(bodies))]));
        assert!(found.text.len() <= MOST_OF_A_BODY + "konets ".len());
        assert!(found.text.ends_with(" konets"));
    }

    #[test]
    fn a_record_without_fields_has_its_kind_alone() {
        for kind in Kind::ALL {
            let found = entry(kind, &Fields::new());
            assert!(found.facets.contains(&format!("fkind{kind}")));
            assert_eq!((found.title, found.text, found.sounds), Default::default());
        }
    }
}
