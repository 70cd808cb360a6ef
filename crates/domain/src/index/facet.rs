//! The spelling of facet tokens.

use std::collections::BTreeSet;

use crate::fold::fold;
use crate::gazetteer::{self, Town};
use crate::{Fields, Kind, Value, country};

/// `sleeps` and the size of a party are compared exactly up to this many people.
pub const MOST_PEOPLE: u8 = 20;

/// The most letters and digits of a value that a token keeps.
const LONGEST_VALUE: usize = 48;

/// What a token begins with. No one of them is the beginning of another, so that no two different
/// conditions share a token.
pub(crate) mod stem {
    pub(crate) const KIND: &str = "fkind";
    pub(crate) const LISTED: &str = "flisted";
    pub(crate) const COUNTRY: &str = "fcountry";
    pub(crate) const REGION: &str = "fregion";
    pub(crate) const WHOLE_COUNTRY: &str = "fwhole";
    pub(crate) const TOWN: &str = "ftown";
    pub(crate) const LANGUAGE: &str = "flang";
    pub(crate) const SLEEPS: &str = "fsleeps";
    pub(crate) const LOOK: &str = "flook";
}

/// A field that a search can ask for by its name.
struct Searchable {
    field: &'static str,
    stem: &'static str,
}

const fn searchable(field: &'static str, stem: &'static str) -> Searchable {
    Searchable { field, stem }
}

/// The fields that a search can ask for by their names, and what their tokens begin with.
static SEARCHABLE: &[Searchable] = &[
    searchable("address_registration", "faddress"),
    searchable("animals_present", "fanimal"),
    searchable("audience", "faudience"),
    searchable("bathroom", "fbathroom"),
    searchable("category", "fcategory"),
    searchable("certainty", "fcertainty"),
    searchable("child_ages_ok", "fchild"),
    searchable("competences", "fcompetence"),
    searchable("cost", "fcost"),
    searchable("cot", "fcot"),
    searchable("doc_type", "fdoctype"),
    searchable("household", "fhousehold"),
    searchable("jurisdiction", "fjurisdiction"),
    searchable("lift", "flift"),
    searchable("location_type", "flocation"),
    searchable("msg_type", "fmessage"),
    searchable("night_calls_ok", "fnightcalls"),
    searchable("notice", "fnotice"),
    searchable("party_accepts", "fparty"),
    searchable("pets_ok", "fpet"),
    searchable("pickup", "fpickup"),
    searchable("place_type", "fplace"),
    searchable("profession", "fprofession"),
    searchable("roles", "frole"),
    searchable("secure_channels", "fchannel"),
    searchable("severity", "fseverity"),
    searchable("slug", "fslug"),
    searchable("smoking", "fsmoking"),
    searchable("source", "fsource"),
    searchable("start_time", "fstart"),
    searchable("status", "fstatus"),
    searchable("step_free", "fstepfree"),
    searchable("taxonomy_terms", "ftaxonomy"),
    searchable("topics", "ftopic"),
    searchable("urgency", "furgency"),
    searchable("vetting", "fvetting"),
    searchable("women_only", "fwomen"),
];

/// The names of the fields that a search can ask for, in alphabetical order.
pub fn searchable_fields() -> impl Iterator<Item = &'static str> {
    SEARCHABLE.iter().map(|searchable| searchable.field)
}

/// The token of a field's value; none if a search cannot ask for the field or the value has no
/// letters and digits.
pub fn token(field: &str, value: &str) -> Option<String> {
    let place = SEARCHABLE.binary_search_by_key(&field, |searchable| searchable.field).ok()?;
    let value = plain(value);
    let searchable = SEARCHABLE.get(place)?;
    (!value.is_empty()).then(|| joined(searchable.stem, &value))
}

/// A beginning and a value that is plain already.
pub(crate) fn joined(stem: &str, value: &str) -> String {
    let mut token = String::with_capacity(stem.len() + value.len());
    token.push_str(stem);
    token.push_str(value);
    token
}

/// The letters and digits of a value, folded: `women_only` is `womenonly`, `EE-45` is `ee45`.
pub(crate) fn plain(value: &str) -> String {
    // Most values are ASCII, where folding comes to this.
    let mut plain = if value.is_ascii() { value.to_ascii_lowercase() } else { fold(value) };
    plain.retain(|c| c.is_ascii_alphanumeric());
    plain.truncate(LONGEST_VALUE);
    plain
}

/// The values of a field as a search compares them: words as [`plain`], `yes` and `no`, numbers.
///
/// Of a taxonomy term both its code and its vocabulary with the code.
fn values(value: &Value) -> Vec<String> {
    let mut values = match value {
        Value::Text(text) => vec![plain(text)],
        Value::Flag(true) => vec!["yes".to_owned()],
        Value::Flag(false) => vec!["no".to_owned()],
        Value::Integer(number) => vec![plain(&number.to_string())],
        Value::List(list) => list.iter().flat_map(values).collect(),
        Value::Map(term) => match (term.get("vocabulary"), term.get("code")) {
            (Some(Value::Text(vocabulary)), Some(Value::Text(code))) => {
                vec![plain(code), plain(&format!("{vocabulary} {code}"))]
            }
            _ => Vec::new(),
        },
    };
    values.retain(|value| !value.is_empty());
    values
}

/// The values of a record's field as a search compares them. An offer that does not say whether it
/// is for women only is for all.
pub(crate) fn values_of(kind: Kind, fields: &Fields, field: &str) -> Vec<String> {
    match fields.get(field) {
        Some(value) => values(value),
        None if kind == Kind::Offer && field == "women_only" => vec!["no".to_owned()],
        None => Vec::new(),
    }
}

/// The country's part and, of a region, the whole code; both plain.
pub(crate) fn area(code: &str) -> (String, Option<String>) {
    match code.split_once('-') {
        Some((country, _)) => (plain(country), Some(plain(code))),
        None => (plain(code), None),
    }
}

/// The language without script and region, plain: `zh-Hant-TW` is `zh`.
pub(crate) fn language(tag: &str) -> String {
    plain(tag.split('-').next().unwrap_or_default())
}

/// The town that a record names.
pub(crate) fn town(fields: &Fields) -> Option<Town> {
    let id = fields.get("near_town").and_then(Value::as_integer)?;
    gazetteer::town(u32::try_from(id).ok()?)
}

/// The token of a town by its GeoNames number.
pub fn of_town(id: u32) -> String {
    joined(stem::TOWN, &id.to_string())
}

/// The token of what an offer may be told by among others of its region: offers with the same one
/// look alike. `None` for other kinds.
pub fn look(kind: Kind, fields: &Fields) -> Option<String> {
    if kind != Kind::Offer {
        return None;
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_text).unwrap_or_default();
    let words = |name: &str| {
        let list = fields.get(name).map(Value::elements).unwrap_or_default();
        list.iter().filter_map(Value::as_text).collect::<BTreeSet<_>>()
    };
    // Not to know is no sign to tell an offer by.
    let access = Some(text("step_free")).filter(|access| *access != "unknown");
    let women_only = fields.get("women_only").and_then(Value::as_flag).unwrap_or(false);
    let mut token = stem::LOOK.to_owned();
    let mut part = |words: &mut dyn Iterator<Item = &str>| {
        for word in words {
            token.push('x');
            token.push_str(&plain(word));
        }
        token.push('y');
    };
    part(&mut [text("country"), text("region"), access.unwrap_or_default()].into_iter());
    part(&mut women_only.then_some("women").into_iter());
    part(&mut words("party_accepts").into_iter());
    part(&mut words("pets_ok").into_iter());
    let languages = fields.get("languages").and_then(Value::as_map);
    part(&mut languages.into_iter().flat_map(|map| map.keys().map(String::as_str)));
    Some(token)
}

/// The areas that a record is for as a whole: served, meant, or whose law it follows.
pub(crate) fn areas(fields: &Fields) -> impl Iterator<Item = &str> {
    let lists = ["service_areas", "areas"].into_iter().filter_map(|name| fields.get(name));
    let elements = lists.flat_map(Value::elements);
    elements.chain(fields.get("jurisdiction")).filter_map(Value::as_text)
}

/// The languages that are spoken, or that a text is written in.
/// A country as its records spell it, and the unions of states of which it is one.
pub(crate) fn countries(code: &str) -> impl Iterator<Item = String> {
    std::iter::once(code).chain(country::unions(code).iter().copied()).map(plain)
}

pub(crate) fn languages(kind: Kind, fields: &Fields) -> impl Iterator<Item = &str> {
    let field = match kind {
        Kind::Offer | Kind::Service | Kind::Center => "languages",
        Kind::Template => "body",
        Kind::Bulletin => "texts",
    };
    let tags = fields.get(field).and_then(Value::as_map);
    tags.into_iter().flat_map(|tags| tags.keys().map(String::as_str))
}

/// Whether a search shows the record, now or later, when nobody asks for a status: an offer that is
/// paused until a day is shown from that day on.
pub fn is_listed(kind: Kind, fields: &Fields) -> bool {
    let status = fields.get("status").and_then(Value::as_text).unwrap_or_default();
    match kind {
        Kind::Offer => {
            status == "active" || status == "paused" && fields.contains_key("paused_until")
        }
        Kind::Service => matches!(status, "active" | "temporarily closed"),
        Kind::Template => matches!(status, "draft" | "in_review" | "approved"),
        Kind::Bulletin => status == "actual",
        Kind::Center => true,
    }
}

/// All tokens of a record.
pub(super) fn tokens(kind: Kind, fields: &Fields) -> BTreeSet<String> {
    let mut tokens = BTreeSet::from([joined(stem::KIND, kind.name())]);
    if is_listed(kind, fields) {
        tokens.insert(stem::LISTED.to_owned());
    }
    tokens.extend(look(kind, fields));
    for searchable in SEARCHABLE {
        let values = values_of(kind, fields, searchable.field);
        tokens.extend(values.iter().map(|value| joined(searchable.stem, value)));
    }
    for name in ["country", "region"] {
        if let Some(code) = fields.get(name).and_then(Value::as_text) {
            let (country, region) = area(code);
            tokens.insert(joined(stem::COUNTRY, &country));
            tokens.extend(region.map(|region| joined(stem::REGION, &region)));
        }
    }
    for code in areas(fields) {
        let (country, region) = area(code);
        tokens.insert(joined(stem::COUNTRY, &country));
        tokens.insert(match region {
            Some(region) => joined(stem::REGION, &region),
            None => joined(stem::WHOLE_COUNTRY, &country),
        });
    }
    if let Some(town) = town(fields) {
        tokens.insert(of_town(town.id));
    }
    for tag in languages(kind, fields) {
        tokens.insert(joined(stem::LANGUAGE, &language(tag)));
    }
    if let Some(sleeps) = fields.get("sleeps").and_then(Value::as_integer) {
        for people in 1..=sleeps.min(MOST_PEOPLE.into()) {
            tokens.insert(joined(stem::SLEEPS, &people.to_string()));
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::schema::schema;

    #[test]
    fn no_token_begins_with_the_beginning_of_another() {
        let mut stems: Vec<&str> = SEARCHABLE.iter().map(|searchable| searchable.stem).collect();
        stems.extend([
            stem::KIND,
            stem::LISTED,
            stem::COUNTRY,
            stem::REGION,
            stem::WHOLE_COUNTRY,
            stem::TOWN,
            stem::LANGUAGE,
            stem::SLEEPS,
            stem::LOOK,
        ]);
        for a in &stems {
            for b in &stems {
                assert!(std::ptr::eq(*a, *b) || !a.starts_with(b), "{a} begins with {b}");
            }
        }
    }

    #[test]
    fn every_searchable_field_is_in_order_and_in_a_schema() {
        assert!(SEARCHABLE.is_sorted_by_key(|searchable| searchable.field));
        for field in searchable_fields() {
            let known = Kind::ALL.iter().any(|kind| schema(*kind).field(field).is_some());
            assert!(known, "no kind has {field}");
        }
    }

    #[test]
    fn offers_look_alike_when_what_tells_them_apart_is_the_same() {
        let offer = |region: &str, pets: &[&str], access: &str, level: &str| {
            let pets = pets.iter().map(|pet| Value::from(*pet)).collect();
            let languages = [("ru".to_owned(), Value::from(level))];
            let fields = Fields::from([
                ("country".to_owned(), "EE".into()),
                ("region".to_owned(), region.into()),
                ("pets_ok".to_owned(), Value::List(pets)),
                ("step_free".to_owned(), access.into()),
                ("languages".to_owned(), Value::Map(languages.into())),
                ("note".to_owned(), level.into()),
            ]);
            look(Kind::Offer, &fields).unwrap()
        };
        let one = offer("EE-45", &["dog"], "all", "native");
        assert_eq!(one, offer("EE-45", &["dog"], "all", "basic"));
        for different in [
            offer("EE-37", &["dog"], "all", "native"),
            offer("EE-45", &["cat"], "all", "native"),
            offer("EE-45", &["dog"], "none", "native"),
        ] {
            assert_ne!(one, different);
        }
        let unknown = offer("EE-45", &[], "unknown", "native");
        assert_eq!(unknown, offer("EE-45", &[], "", "native"), "what nobody knows tells nothing");
        assert_eq!(look(Kind::Service, &Fields::new()), None);
    }

    #[test]
    fn values_become_plain_tokens() {
        for (field, value, expected) in [
            ("place_type", "whole_flat", Some("fplacewholeflat")),
            ("child_ages_ok", "13-17", Some("fchild1317")),
            ("status", "temporarily closed", Some("fstatustemporarilyclosed")),
            ("taxonomy_terms", "open_eligibility 1101-05", Some("ftaxonomyopeneligibility110105")),
            ("topics", "военкомат", Some("ftopicvoenkomat")),
            ("topics", "—", None),
            ("note", "anything", None),
        ] {
            assert_eq!(token(field, value).as_deref(), expected, "{field} {value}");
        }
    }
}
