//! Services in the Human Services Data Specification 3.1: what may be published, and nothing else.
//!
//! No `metadata` rows, no contacts, no address that is withheld. Host offers have no way in here.

use hospes_domain::schema::FieldType;
use hospes_domain::{Value, gazetteer, language};
use serde_json::{Map, Value as Json, json};
use uuid::{Builder, Uuid};

use super::table::Item;

/// Days as opening hours write them, and as RRULE does.
const DAYS: [(&str, &str); 7] = [
    ("Mo", "MO"),
    ("Tu", "TU"),
    ("We", "WE"),
    ("Th", "TH"),
    ("Fr", "FR"),
    ("Sa", "SA"),
    ("Su", "SU"),
];

/// Fields that have the same name and form on both sides.
const SAME: &[&str] = &[
    "name",
    "alternate_name",
    "description",
    "url",
    "email",
    "status",
    "alert",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "application_process",
    "fees_description",
    "interpretation_services",
];

/// The services as a list of the specification's `service` objects.
pub fn services(items: &[Item]) -> Json {
    items.iter().map(service).collect()
}

fn service(item: &Item) -> Json {
    let text = |name: &str| item.fields.get(name).and_then(Value::as_text);
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(item.id));
    for name in SAME {
        if let Some(value) = item.fields.get(*name) {
            object.insert((*name).to_owned(), crate::json::of(value));
        }
    }
    object.entry("status").or_insert_with(|| json!("active"));
    if let Some(day) = text("assured_on") {
        object.insert("assured_date".to_owned(), json!(day));
    }
    // The specification asks for an organization; an entry without one stands for itself.
    let organization = text("organization").or(text("name")).unwrap_or_default();
    object.insert(
        "organization".to_owned(),
        json!({
            "id": named(&["organization", &item.steward, organization]),
            "name": organization,
            "description": organization,
        }),
    );
    let mut put = |name: &str, list: Vec<Json>| {
        if !list.is_empty() {
            object.insert(name.to_owned(), Json::Array(list));
        }
    };
    put("phones", phones(item));
    put("languages", languages(item));
    put(
        "schedules",
        text("opening_hours").map(|hours| schedules(&item.id, hours)).unwrap_or_default(),
    );
    put("service_areas", areas(item));
    put("attributes", attributes(item));
    put("service_at_locations", location(item).into_iter().collect());
    Json::Object(object)
}

fn elements<'i>(item: &'i Item, name: &str) -> &'i [Value] {
    item.fields.get(name).map(Value::elements).unwrap_or_default()
}

fn phones(item: &Item) -> Vec<Json> {
    let mut list = Vec::new();
    for (index, phone) in elements(item, "phones").iter().enumerate() {
        let Some(map) = phone.as_map() else { continue };
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(named(&["phone", &item.id, &index.to_string()])));
        for name in ["number", "type", "extension", "description"] {
            if let Some(value) = map.get(name) {
                object.insert(name.to_owned(), crate::json::of(value));
            }
        }
        if let Some(tag) = map.get("language").and_then(Value::as_text) {
            let id = named(&["phone language", &item.id, &index.to_string()]);
            object.insert("languages".to_owned(), json!([spoken(&id, tag)]));
        }
        list.push(Json::Object(object));
    }
    list
}

fn languages(item: &Item) -> Vec<Json> {
    let map = item.fields.get("languages").and_then(Value::as_map);
    map.into_iter()
        .flatten()
        .map(|(tag, _)| spoken(&named(&["language", &item.id, tag]), tag))
        .collect()
}

fn spoken(id: &str, tag: &str) -> Json {
    let english = language::LANGUAGES
        .iter()
        .find(|known| known.tag == tag)
        .map_or(tag, |known| known.english);
    json!({"id": id, "code": tag, "name": english})
}

fn areas(item: &Item) -> Vec<Json> {
    elements(item, "service_areas")
        .iter()
        .filter_map(Value::as_text)
        .map(|code| {
            let name = hospes_domain::country::name(code).unwrap_or(code);
            json!({
                "id": named(&["area", &item.id, code]),
                "name": name, "extent": code, "extent_type": "text",
            })
        })
        .collect()
}

fn attributes(item: &Item) -> Vec<Json> {
    let terms = elements(item, "taxonomy_terms").iter().filter_map(|term| {
        let map = term.as_map()?;
        let part = |name: &str| map.get(name).and_then(Value::as_text);
        Some((part("vocabulary")?.to_owned(), part("code")?.to_owned()))
    });
    let ours = ["profession", "competences", "secure_channels", "start_time"].into_iter().flat_map(
        |name| {
            let value = item.fields.get(name);
            let single = value.and_then(Value::as_text).map(str::to_owned);
            let several =
                value.map(Value::elements).unwrap_or_default().iter().map(Value::to_string);
            let codes: Vec<String> = single.into_iter().chain(several).collect();
            codes.into_iter().map(move |code| (format!("hospes_{name}"), code))
        },
    );
    terms
        .chain(ours)
        .map(|(vocabulary, code)| {
            let term = named(&["term", &vocabulary, &code]);
            json!({
                "id": named(&["attribute", &item.id, &vocabulary, &code]),
                "link_id": item.id,
                "link_entity": "service",
                "taxonomy_term": {
                    "id": term, "code": code, "name": code, "description": code,
                    "taxonomy_detail": {
                        "id": named(&["taxonomy", &vocabulary]),
                        "name": vocabulary, "description": vocabulary,
                    },
                },
            })
        })
        .collect()
}

fn location(item: &Item) -> Option<Json> {
    let text = |name: &str| item.fields.get(name).and_then(Value::as_text);
    let kind = text("location_type");
    let town = item
        .fields
        .get("near_town")
        .and_then(Value::as_integer)
        .and_then(|id| u32::try_from(id).ok())
        .and_then(gazetteer::town);
    if kind.is_none() && town.is_none() {
        return None;
    }
    let withheld = kind == Some("withheld");
    let mut location = Map::new();
    location.insert("id".to_owned(), json!(named(&["location", &item.id])));
    location.insert(
        "location_type".to_owned(),
        json!(if withheld { "physical" } else { kind.unwrap_or("physical") }),
    );
    if withheld {
        location.insert("description".to_owned(), json!("address on request"));
    } else if let Some(address) = item.fields.get("address").filter(|_| kind == Some("physical"))
        && let Json::Object(mut address) = crate::json::of(address)
    {
        address.insert("id".to_owned(), json!(named(&["address", &item.id])));
        address.insert("address_type".to_owned(), json!("physical"));
        for name in ["state_province", "postal_code"] {
            // Required by the specification, also where a country has none.
            address.entry(name).or_insert_with(|| json!(""));
        }
        location.insert("addresses".to_owned(), json!([address]));
    }
    if let Some(town) = town {
        location.insert("name".to_owned(), json!(format!("{}, {}", town.name, town.country)));
    }
    Some(json!({"id": named(&["at location", &item.id]), "location": location}))
}

/// Opening hours as rows; what is more than days and times stays as it was written.
fn schedules(id: &str, hours: &str) -> Vec<Json> {
    let mut rows = Vec::new();
    for (index, rule) in hours.split(';').map(str::trim).filter(|rule| !rule.is_empty()).enumerate()
    {
        let key = |part: usize| named(&["schedule", id, &index.to_string(), &part.to_string()]);
        match simple(rule) {
            Some((days, spans)) => {
                for (part, (from, to)) in spans.into_iter().enumerate() {
                    rows.push(json!({
                        "id": key(part), "freq": "WEEKLY", "interval": 1, "byday": days,
                        "opens_at": from, "closes_at": to,
                    }));
                }
            }
            None => rows.push(json!({"id": key(0), "description": rule})),
        }
    }
    rows
}

/// "Mo-We,Fr 09:00-12:00,13:00-17:00": the days, and from when to when.
fn simple(rule: &str) -> Option<(String, Vec<(String, String)>)> {
    let (days, times) = rule.split_once(' ')?;
    let number = |name: &str| DAYS.iter().position(|(short, _)| *short == name);
    let mut chosen = Vec::new();
    for part in days.split(',') {
        match part.split_once('-') {
            Some((from, to)) => {
                let (from, to) = (number(from)?, number(to)?);
                if from > to {
                    return None;
                }
                chosen.extend(from..=to);
            }
            None => chosen.push(number(part)?),
        }
    }
    let mut spans = Vec::new();
    for span in times.split(',') {
        let (from, to) = span.trim().split_once('-')?;
        for time in [from, to] {
            FieldType::Clock.parse(if time == "24:00" { "00:00" } else { time }).ok()?;
        }
        spans.push((from.to_owned(), to.to_owned()));
    }
    let names: Vec<&str> =
        chosen.into_iter().filter_map(|day| DAYS.get(day)).map(|(_, name)| *name).collect();
    Some((names.join(","), spans))
}

/// A UUID that is the same for the same words each time (version 8, FNV-1a of 128 bits): the
/// specification wants one for every row, and a second export must not look like a new directory.
fn named(words: &[&str]) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut hash = OFFSET;
    for word in words {
        for byte in word.bytes().chain([0]) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        }
    }
    let id: Uuid = Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid();
    id.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::schema::schema;
    use hospes_domain::{Fields, Kind};

    use super::*;
    use crate::fields::set_all;

    fn item(arguments: &[&str]) -> Item {
        let mut fields = Fields::new();
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        set_all(schema(Kind::Service), &mut fields, &arguments).unwrap();
        Item {
            id: "6f1f7f4e-9d6c-4b7e-8a51-0d8d0d3d2f10".to_owned(),
            steward: "Narva".to_owned(),
            freshness: "fresh".to_owned(),
            fields,
        }
    }

    #[test]
    fn a_service_has_what_the_specification_asks_for() {
        let json = services(&[item(&[
            "name=Legal desk",
            "organization=Network",
            "status=active",
            "phones=number=+3725551234,type=voice,language=ru",
            "opening_hours=Mo-We,Fr 09:00-12:00,13:00-17:00; PH off",
            "languages=ru:fluent",
            "profession=lawyer",
            "service_areas=EE;EE-45",
            "location_type=physical",
            "address=address_1=Example street 1,city=Narva,country=EE",
            "verified=by=0000000000000000000000000000000000000000000000000000000000000000,on=2026-01-01",
        ])]);
        let service = &json[0];
        assert_eq!(service["organization"]["name"], "Network");
        assert_eq!(service["schedules"][0]["byday"], "MO,TU,WE,FR");
        assert_eq!(service["schedules"][1]["opens_at"], "13:00");
        assert_eq!(service["schedules"][2]["description"], "PH off");
        assert_eq!(service["languages"][0]["name"], "Russian");
        let location = &service["service_at_locations"][0]["location"];
        assert_eq!(location["addresses"][0]["city"], "Narva");
        assert_eq!(service["attributes"][0]["taxonomy_term"]["code"], "lawyer");
        let text = json.to_string();
        assert!(!text.contains("metadata") && !text.contains("verified"));
    }

    #[test]
    fn an_address_that_is_withheld_stays_withheld() {
        let mut item = item(&["name=Shelter", "location_type=withheld", "near_town=Narva"]);
        let address = FieldType::Text { max_chars: 9, lint: false, lines: false };
        item.fields.insert("address".to_owned(), address.parse("Secret 1").unwrap());
        let text = services(&[item]).to_string();
        assert!(!text.contains("Secret") && text.contains("address on request"));
    }

    #[test]
    fn the_same_words_have_the_same_number() {
        assert_eq!(named(&["a", "b"]), named(&["a", "b"]));
        assert_ne!(named(&["a", "b"]), named(&["ab", ""]));
        assert_eq!(Uuid::parse_str(&named(&["a"])).unwrap().get_version_num(), 8);
    }
}
