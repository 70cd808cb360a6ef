//! Requests of the local API.

use std::collections::BTreeMap;

use hospes_domain::edit::Edit;
use hospes_domain::{Fields, Kind, Value};
use hospes_wire::local::{self, Choices, SearchRequest};
use hospes_wire::value::fields_to_wire;
use prost::Message as _;

use super::basket::Basket;
use crate::specimen::{offer, template};

pub(super) fn fill(basket: &mut Basket) {
    searches(basket);
    for (name, kind, edits) in
        [("offer", Kind::Offer, offer()), ("template", Kind::Template, template())]
    {
        let fields: Fields = edits.into_iter().filter_map(of_edit).collect();
        record(basket, name, kind, &fields);
    }
    let known = |entries: &[(&str, Value)]| -> Fields {
        entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let service = known(&[
        ("name", "Legal desk".into()),
        ("profession", "lawyer".into()),
        ("description", "Call +372 5555 1234, or come to Pikk 1, Narva.".into()),
        ("languages", Value::Map(BTreeMap::from([("ru".to_owned(), "native".into())]))),
    ]);
    record(basket, "service", Kind::Service, &service);
    let center = known(&[("name", "Haus Søren".into())]);
    record(basket, "center", Kind::Center, &center);
    let contact = known(&[("host_name", "Anna".into()), ("phone", "+372 5555 1234".into())]);
    record(basket, "hostile-a-contact", Kind::Offer, &contact);
    let deep = (0..20).fold(Value::Flag(true), |inner, _| Value::List(vec![inner]));
    record(basket, "hostile-lists-in-each-other", Kind::Offer, &known(&[("note", deep)]));
    let empty = local::ValueMap { values: BTreeMap::from([("note".to_owned(), <_>::default())]) };
    let empty = [vec![Kind::Offer.number()], empty.encode_to_vec()].concat();
    basket.add("record_fields", "hostile-a-value-without-shape", empty);
}

fn record(basket: &mut Basket, name: &str, kind: Kind, fields: &Fields) {
    let map = local::ValueMap { values: fields_to_wire(fields) };
    basket.add("record_fields", name, [vec![kind.number()], map.encode_to_vec()].concat());
}

fn of_edit(edit: Edit) -> Option<(String, Value)> {
    match edit {
        // A field that nobody knows cannot be saved.
        Edit::Put { field, value } if field != "unknown_to_us" => Some((field, value)),
        _ => None,
    }
}

fn searches(basket: &mut Basket) {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut add = |name: &str, request: SearchRequest| {
        basket.add("search", name, request.encode_to_vec());
    };
    add("everything", SearchRequest::default());
    add(
        "a-bed-tonight",
        SearchRequest {
            kind: "offer".to_owned(),
            country: "ee".to_owned(),
            near: "Нарва".to_owned(),
            within_km: 80,
            night: "tonight".to_owned(),
            nights: 3,
            adults: 2,
            children: words(&["0-2", "6-12"]),
            pets: words(&["cat"]),
            step_free: true,
            women_only: true,
            languages: words(&["Russian", "et"]),
            party: "family_with_children".to_owned(),
            ..Default::default()
        },
    );
    let facets =
        BTreeMap::from([("status".to_owned(), Choices { values: words(&["active", "paused"]) })]);
    add(
        "words-and-facets",
        SearchRequest {
            kind: "offer".to_owned(),
            text: "Жуковский Žukovski тихая комната".to_owned(),
            region: "EE-45".to_owned(),
            facets,
            include_stale: true,
            limit: 200,
            offset: 10_000,
            ..Default::default()
        },
    );
    add("a-number-of-a-town", SearchRequest { near: "590031".to_owned(), ..Default::default() });
    add(
        "hostile-out-of-bounds",
        SearchRequest {
            text: "ж ".repeat(400),
            within_km: u32::MAX,
            near: "Narva".to_owned(),
            night: "9999-12-31".to_owned(),
            nights: u32::MAX,
            adults: u32::MAX,
            limit: u32::MAX,
            offset: u32::MAX,
            ..Default::default()
        },
    );
    add(
        "hostile-many-words",
        SearchRequest {
            children: vec!["x".to_owned(); 300],
            pets: vec!["horse".to_owned(); 300],
            languages: vec!["q".to_owned(); 300],
            ..Default::default()
        },
    );
    add(
        "hostile-strange-letters",
        SearchRequest {
            text: "\u{fdfa}\u{0344}\u{1d160}ﬃ\u{202e}".repeat(5),
            near: "İ\u{0307}ß\u{fb03}".to_owned(),
            night: "2026-02-30".to_owned(),
            ..Default::default()
        },
    );
}
