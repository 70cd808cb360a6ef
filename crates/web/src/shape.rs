//! Records in the words of a page.

use std::collections::BTreeMap;

use hospes_desk::night;
use hospes_desk::shown::{Shown, ShownHit};
use hospes_domain::freshness::Freshness;
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Fields, Kind, Timestamp, Value, country, gazetteer, language};
use jiff::civil::Date;

use crate::text::Texts;

/// Most languages that a card names.
const MOST_LANGUAGES: usize = 3;

/// An offer on a card.
#[derive(Default)]
pub(crate) struct Card {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) free: String,
    pub(crate) sign: &'static str,
    pub(crate) mark: String,
    pub(crate) mark_class: &'static str,
    pub(crate) why: String,
    pub(crate) facts: Vec<String>,
    pub(crate) place: String,
    pub(crate) sure: String,
}

/// Fields of a record, read by shape; one of a wrong shape counts as absent.
pub(crate) struct Reader<'a>(pub(crate) &'a Fields);

impl<'a> Reader<'a> {
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_text)
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_integer)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_flag).unwrap_or(false)
    }

    pub(crate) fn words(&self, name: &str) -> Vec<&'a str> {
        let elements = self.0.get(name).map(Value::elements).unwrap_or_default();
        elements.iter().filter_map(Value::as_text).collect()
    }

    pub(crate) fn instant(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn town(&self) -> Option<gazetteer::Town> {
        gazetteer::town(u32::try_from(self.number("near_town")?).ok()?)
    }

    /// Languages with their levels, the best known first.
    pub(crate) fn languages(&self) -> Vec<(&'a str, &'a str)> {
        let map = self.0.get("languages").and_then(Value::as_map);
        let rank = |level: &str| ["native", "fluent"].iter().position(|l| *l == level).unwrap_or(2);
        let mut all: Vec<(&str, &str)> = map
            .into_iter()
            .flatten()
            .filter_map(|(tag, level)| Some((tag.as_str(), level.as_text()?)))
            .collect();
        all.sort_by_key(|(tag, level)| (rank(level), *tag));
        all
    }

    /// The fewest places that are free on any of these nights.
    fn least_free(&self, first: Date, count: u32) -> i64 {
        let calendar = self.0.get("calendar").and_then(Value::as_map);
        let nights = first.series(jiff::Span::new().days(1)).take(count.max(1) as usize);
        let on = |night: Date| calendar.and_then(|map| map.get(&night.to_string()));
        nights.map(|night| on(night).and_then(Value::as_integer).unwrap_or(0)).min().unwrap_or(0)
    }
}

/// The words of a field's vocabulary, as records have them; by a path such as `placeholders.type`.
pub(crate) fn vocabulary(kind: Kind, path: &str) -> &'static [&'static str] {
    let mut parts = path.split('.');
    let first = parts.next().and_then(|name| schema(kind).field(name));
    let found = parts.fold(first.map(|field| &field.ty), |ty, part| match within(ty?) {
        FieldType::Struct(fields) => {
            fields.iter().find(|field| field.name == part).map(|field| &field.ty)
        }
        _ => None,
    });
    match found {
        Some(FieldType::Choice(words) | FieldType::Set(words)) => words,
        _ => &[],
    }
}

/// What a list holds, or a field holds in each language.
fn within(ty: &'static FieldType) -> &'static FieldType {
    match ty {
        FieldType::List { of, .. } | FieldType::PerLanguage { of, .. } => of,
        ty => ty,
    }
}

/// The group in which the words of a field's vocabulary stand.
fn group(field: &Field) -> &'static str {
    match field.name {
        "place_type" => "place",
        "pets_ok" | "animals_present" => "pet",
        "travel_band" => "band",
        other => other,
    }
}

/// A word of the field's vocabulary.
pub(crate) fn word_of(t: &Texts, field: &Field, word: &str) -> String {
    t.word(group(field), word)
}

/// The address of a record.
pub(crate) fn href(shown: &Shown) -> String {
    format!("/record/{}/{}", shown.key.kind.name(), shown.key.id)
}

/// An offer for nights that were asked for, or for tonight.
pub(crate) fn card(t: &Texts, hit: &ShownHit, nights: Option<(Date, u32)>, now: Timestamp) -> Card {
    let shown = &hit.record;
    let reader = Reader(&shown.fields);
    let zone = night::zone(reader.text("time_zone"));
    let (first, count) = nights.unwrap_or((night::tonight(now, &zone), 1));
    let places = reader.least_free(first, count);
    let free = match (places, reader.number("sleeps")) {
        (0, Some(sleeps)) => t.offer_sleeps(sleeps),
        (places, _) => t.offer_free(places),
    };
    Card {
        href: href(shown),
        title: t.word("place", reader.text("place_type").unwrap_or("place")),
        free,
        facts: facts(t, &reader),
        place: place(t, &reader, hit.distance_km),
        sure: sure(t, shown, now),
        ..Card::default()
    }
}

fn facts(t: &Texts, reader: &Reader<'_>) -> Vec<String> {
    let mut facts: Vec<String> = reader
        .languages()
        .into_iter()
        .take(MOST_LANGUAGES)
        .map(|(tag, level)| t.offer_language(language::autonym(tag), t.word("level", level)))
        .collect();
    facts.extend(reader.flag("women_only").then(|| t.offer_women()));
    facts.extend((reader.text("step_free") == Some("all")).then(|| t.offer_step_free()));
    facts.extend(reader.flag("cot").then(|| t.offer_cot()));
    facts.extend(reader.words("pets_ok").into_iter().map(|pet| t.offer_pet(t.word("pet", pet))));
    let animals: Vec<String> =
        reader.words("animals_present").into_iter().map(|pet| t.word("pet", pet)).collect();
    facts.extend((!animals.is_empty()).then(|| t.offer_animals(animals.join(", "))));
    facts.push(match reader.text("latest_arrival") {
        Some(time) => t.offer_until(time),
        None => t.offer_any_hour(),
    });
    let notice = reader.text("notice").filter(|notice| *notice != "now");
    facts.extend(notice.map(|notice| t.offer_notice(t.word("notice", notice))));
    facts
}

/// Where it is, and how far away.
pub(crate) fn place(t: &Texts, reader: &Reader<'_>, km: Option<f64>) -> String {
    let town = reader.town().map(|town| town.name.to_owned());
    let code = || reader.text("region").or(reader.text("country")).unwrap_or_default();
    let place = match (town, reader.text("travel_band")) {
        (Some(town), None | Some("<=15")) => t.offer_in(town),
        (Some(town), Some(band)) => t.offer_near(town, t.word("band", band)),
        (None, _) => t.offer_in(area(t, code())),
    };
    match km {
        // A town is where it is: tens of meters would say more than is known.
        Some(km) if km >= 1.0 => format!("{place} · {}", t.offer_km(km.round() as i64)),
        _ => place,
    }
}

/// When it was last known to be true, by whom, and what speaks against it.
pub(crate) fn sure(t: &Texts, shown: &Shown, now: Timestamp) -> String {
    let reader = Reader(&shown.fields);
    let said = match reader.instant("confirmed_at") {
        None => t.offer_never(),
        Some(at) if shown.ours => t.offer_confirmed_us(ago(t, now, at)),
        Some(at) => t.offer_confirmed(ago(t, now, at), shown.steward_name.as_str()),
    };
    let mut parts = vec![said];
    if shown.freshness == Freshness::Stale {
        parts.push(t.offer_stale());
    }
    if !shown.introduced_by.is_empty() {
        parts.push(t.offer_introduced(shown.introduced_by.as_str()));
    }
    parts.join(" · ")
}

/// How long ago, in the largest unit that fits.
pub(crate) fn ago(t: &Texts, now: Timestamp, then: Timestamp) -> String {
    let minutes = now.since(then) / (60 * Timestamp::SECOND);
    match minutes {
        ..1 => t.ago_now(),
        1..60 => t.ago_minutes(minutes),
        60..1_440 => t.ago_hours(minutes / 60),
        _ => t.ago_days(minutes / 1_440),
    }
}

/// A date as people write it.
pub(crate) fn date(t: &Texts, date: &str) -> String {
    match date.get(..10).unwrap_or(date).parse::<Date>() {
        Ok(date) => t.date_full(date.day(), date.month(), i64::from(date.year())),
        Err(_) => date.to_owned(),
    }
}

/// A number of the dialer with how it is read.
pub(crate) fn calls(fields: &Fields) -> Vec<(String, String, String)> {
    let phones = fields.get("phones").map(Value::elements).unwrap_or_default();
    let part = |phone: &Value, name: &str| {
        let part = phone.as_map().and_then(|map| map.get(name)).and_then(Value::as_text);
        part.unwrap_or_default().to_owned()
    };
    phones
        .iter()
        .map(|phone| (part(phone, "number"), part(phone, "number"), part(phone, "description")))
        .filter(|(number, _, _)| {
            !number.is_empty() && number.chars().all(|c| c == '+' || c.is_ascii_digit())
        })
        .take(6)
        .collect()
}

/// A country, region or union by its code.
pub(crate) fn area(t: &Texts, code: &str) -> String {
    match code {
        "EU" | "COE" | "UN" => t.word("area", code),
        code if code.contains('-') => code.to_owned(),
        code => t.word("country", code),
    }
}

/// What a map of languages says in that of the person, or in the one that most people read.
pub(crate) fn in_language<'v>(
    t: &Texts,
    map: &'v BTreeMap<String, Value>,
) -> Option<(&'v String, &'v Value)> {
    map.get_key_value(t.tag).or_else(|| map.get_key_value("en")).or_else(|| map.iter().next())
}

/// The code of a country or region that is given by its code or by its name in a language of the pages.
pub(crate) fn area_code(text: &str) -> Option<String> {
    let upper = text.to_uppercase();
    if country::is_area(&upper) {
        return Some(upper);
    }
    let wanted = text.to_lowercase();
    let named = |code: &str| Texts::all().iter().any(|t| area(t, code).to_lowercase() == wanted);
    let codes = country::COUNTRIES.iter().map(|(code, _)| *code).chain(["EU", "COE", "UN"]);
    let found = country::find(text).or_else(|| codes.into_iter().find(|code| named(code)));
    found.map(str::to_owned)
}

/// The name of a record: what it calls itself, or what it is.
pub(crate) fn title(t: &Texts, shown: &Shown) -> String {
    let reader = Reader(&shown.fields);
    let said = |field: &str| {
        in_language(t, shown.fields.get(field).and_then(Value::as_map)?).map(|(_, value)| value)
    };
    let named = match shown.key.kind {
        Kind::Offer => {
            let place = t.word("place", reader.text("place_type").unwrap_or("place"));
            reader.town().map(|town| format!("{place}, {}", town.name)).or(Some(place))
        }
        Kind::Service | Kind::Center => reader.text("name").map(str::to_owned),
        Kind::Template => said("title").and_then(Value::as_text).map(str::to_owned),
        Kind::Bulletin => said("texts")
            .and_then(Value::as_map)
            .and_then(|text| text.get("headline"))
            .and_then(Value::as_text)
            .map(str::to_owned),
    };
    named.unwrap_or_else(|| t.word("kind", shown.key.kind.name()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    /// All fields of a structure with their paths.
    fn walk(prefix: &str, fields: &'static [Field], found: &mut Vec<(String, &'static Field)>) {
        for field in fields {
            let path = format!("{prefix}{}", field.name);
            found.push((path.clone(), field));
            walk(&format!("{path}."), field.ty.inner_fields().unwrap_or_default(), found);
        }
    }

    #[test]
    fn a_country_is_known_by_its_code_and_its_names() {
        for text in ["FI", "fi", "Finland", "Финляндия", "Suomi", "Soome", "Фінляндія"]
        {
            assert_eq!(area_code(text).as_deref(), Some("FI"), "{text}");
        }
        assert_eq!(area_code("ee-45").as_deref(), Some("EE-45"));
        assert_eq!(area_code("eu").as_deref(), Some("EU"));
        assert_eq!(area_code("Atlantis"), None);
    }

    #[test]
    fn every_field_and_every_word_of_a_record_has_a_text_in_every_language() {
        for t in Texts::all() {
            for kind in Kind::ALL {
                let mut fields = Vec::new();
                walk("", schema(kind).fields, &mut fields);
                for (path, field) in fields {
                    assert!(t.has_field(kind, &path), "{}: {kind} {path}", t.tag);
                    let (FieldType::Choice(words) | FieldType::Set(words)) = field.ty else {
                        continue;
                    };
                    for word in words {
                        assert!(t.has_word(group(field), word), "{}: {path} {word}", t.tag);
                    }
                }
            }
            for (code, _) in hospes_domain::country::COUNTRIES {
                assert!(t.has_word("country", code), "{}: {code}", t.tag);
            }
        }
    }

    #[test]
    fn words_are_those_of_the_records() {
        let t = Texts::of("ru").unwrap();
        assert_eq!(vocabulary(Kind::Offer, "child_ages_ok"), ["0-2", "3-5", "6-12", "13-17"]);
        assert!(vocabulary(Kind::Offer, "sleeps").is_empty());
        for (field, group) in [("place_type", "place"), ("status", "status"), ("notice", "notice")]
        {
            for word in vocabulary(Kind::Offer, field) {
                assert_ne!(t.word(group, word), word.replace('_', " "), "{word} has no text");
            }
        }
    }

    #[test]
    fn time_is_told_in_the_largest_unit() {
        let t = Texts::first();
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        for (then, expected) in [
            ("2026-11-30T12:00:30Z", "just now"),
            ("2026-11-30T11:59:30Z", "just now"),
            ("2026-11-30T11:59:00Z", "1 minute ago"),
            ("2026-11-30T06:00:00Z", "6 hours ago"),
            ("2026-11-29T11:00:00Z", "yesterday"),
            ("2026-11-20T12:00:00Z", "10 days ago"),
        ] {
            assert_eq!(ago(t, now, then.parse().unwrap()), expected);
        }
    }

    #[test]
    fn only_a_number_becomes_a_link_that_calls() {
        let phone = |number: &str| {
            Value::Map([("number".to_owned(), Value::from(number))].into_iter().collect())
        };
        let fields = Fields::from([(
            "phones".to_owned(),
            Value::List(vec![phone("+3725551234"), phone("javascript:1"), phone("")]),
        )]);
        let numbers: Vec<String> = calls(&fields).into_iter().map(|call| call.0).collect();
        assert_eq!(numbers, ["+3725551234"]);
    }
}
