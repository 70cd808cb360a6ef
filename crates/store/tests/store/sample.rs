//! Synthetic records, changes and folders.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hospes_domain::{
    CenterId, CircleId, Fields, Kind, NodeId, RecordId, RecordKey, Timestamp, Value, gazetteer,
};
use hospes_store::{Commit, RecordCommit, Store};
use hospes_sync::admission::Form;
use hospes_sync::{Author, Body, ChangeHash, SignedChange, Version};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use tempfile::TempDir;

/// Not a secret: it only has to be one that nobody would write by chance.
pub const KEY: [u8; 32] = *b"0123456789 a synthetic test key ";

/// A folder that goes when the test ends.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn database(&self) -> PathBuf {
        self.0.path().join("hospes.db")
    }

    pub async fn create(&self) -> Store {
        Store::create(self.database(), &KEY).await.unwrap()
    }

    pub async fn open(&self) -> Store {
        Store::open(self.database(), &KEY).await.unwrap()
    }

    /// All bytes of all files.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.0.path()).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    }

    /// A copy of the files as they are now: what is left when the machine stops.
    pub fn copy(&self) -> Folder {
        let copy = Folder::new();
        for entry in std::fs::read_dir(self.0.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), copy.0.path().join(entry.file_name())).unwrap();
        }
        copy
    }
}

pub fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub fn center(number: u8) -> CenterId {
    CenterId([number; 32])
}

pub fn key(number: u64, kind: Kind) -> RecordKey {
    let mut random = SmallRng::seed_from_u64(number);
    RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId::from_random(random.random()),
        steward: center(u8::try_from(number % 5).unwrap() + 1),
        kind,
    }
}

/// A change that says nothing but is named by its bytes.
pub fn change(
    key: RecordKey,
    generation: u32,
    seq: u64,
    deps: &[ChangeHash],
    chunk: &[u8],
) -> (SignedChange, Form) {
    let author = Author { center: key.steward, node: NodeId([9; 32]), epoch: 1, writer: [3; 16] };
    let mut body = b"8 bytes.".to_vec();
    body.extend_from_slice(&seq.to_be_bytes());
    body.extend_from_slice(chunk);
    let signature = [5; 64];
    let change = SignedChange { key, generation, author, body: Body::Chunk(body), signature };
    let form = Form {
        hash: change.hash(),
        actor: [1; 16],
        seq,
        start_op: seq,
        max_op: seq,
        deps: deps.to_vec(),
        grants: Vec::new(),
    };
    (change, form)
}

/// A record of one change.
pub fn record(key: RecordKey, fields: Fields) -> RecordCommit {
    let chunk: Vec<u8> = fields.values().flat_map(|value| value.to_string().into_bytes()).collect();
    let (change, form) = change(key, 1, 1, &[], &chunk);
    RecordCommit {
        key,
        generation: 1,
        replaces: false,
        erased: false,
        version: Version::of(1, &[form.hash]),
        added: vec![(change, form)],
        fields: Some(fields),
        left_out: Vec::new(),
        snapshot: None,
        source: None,
    }
}

/// The same record after the next change.
pub fn edited(before: &RecordCommit, fields: Fields) -> RecordCommit {
    let last = &before.added.last().unwrap().1;
    let (change, form) = change(before.key, before.generation, last.seq + 1, &[last.hash], b"more");
    RecordCommit {
        version: Version::of(before.generation, &[form.hash]),
        added: vec![(change, form)],
        fields: Some(fields),
        ..before.clone()
    }
}

/// The same record, erased.
pub fn erased(before: &RecordCommit) -> RecordCommit {
    let generation = before.generation + 1;
    let (mut change, mut form) = change(before.key, generation, 0, &[], b"");
    change.body = Body::Tombstone;
    form.hash = change.hash();
    RecordCommit {
        generation,
        replaces: true,
        erased: true,
        version: Version::of(generation, &[form.hash]),
        added: vec![(change, form)],
        fields: None,
        ..before.clone()
    }
}

pub async fn put(store: &Store, record: &RecordCommit) -> hospes_store::Committed {
    store.commit(Commit { records: vec![record.clone()], ..Commit::default() }).await.unwrap()
}

pub fn fields(pairs: &[(&str, Value)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

pub fn set(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| Value::from(*word)).collect())
}

/// A small offer with a note.
pub fn offer(note: &str) -> Fields {
    fields(&[
        ("country", "EE".into()),
        ("place_type", "sofa".into()),
        ("sleeps", 2.into()),
        ("status", "active".into()),
        ("confirmed_at", "2026-11-20T08:00:00Z".into()),
        ("note", note.into()),
    ])
}

/// Town numbers within some distance of Narva, the nearest first.
pub fn towns() -> Vec<i64> {
    let narva = gazetteer::find("Narva", Some("EE")).first().unwrap().town;
    gazetteer::within(&narva, 300.0).iter().map(|(town, _)| i64::from(town.id)).collect()
}

const WORDS: &[&str] = &[
    "quiet",
    "garden",
    "Жуковский",
    "Zhukovsky",
    "stairs",
    "old",
    "house",
    "гараж",
    "station",
    "library",
    "sauna",
    "школа",
    "market",
    "lake",
    "Narva",
    "нарвский",
    "river",
    "bakery",
];

pub fn note(random: &mut SmallRng) -> String {
    let count = random.random_range(0..6);
    let words: Vec<&str> = (0..count).map(|_| *WORDS.choose(random).unwrap()).collect();
    words.join(" ")
}

fn some<'a>(random: &mut SmallRng, words: &[&'a str]) -> Vec<&'a str> {
    words.iter().filter(|_| random.random_bool(0.5)).copied().collect()
}

/// An offer as varied as offers are.
pub fn any_offer(random: &mut SmallRng, towns: &[i64]) -> Fields {
    let age = random.random_range(-2 * 86_400..45 * 86_400_i64) * 1_000;
    let status =
        *["active", "active", "active", "active", "paused", "withdrawn"].choose(random).unwrap();
    let (country, region) = *[("EE", "EE-45"), ("EE", "EE-37"), ("FI", "FI-18"), ("LV", "LV-RIX")]
        .choose(random)
        .unwrap();
    let tongues = some(random, &["ru", "en", "et", "uk"]);
    let languages: BTreeMap<String, Value> =
        tongues.iter().map(|tag| ((*tag).to_owned(), Value::from("fluent"))).collect();
    let mut calendar = BTreeMap::new();
    for day in 23..=30 {
        if random.random_bool(0.7) {
            let free = i64::from(random.random_range(0..4_u8));
            calendar.insert(format!("2026-11-{day}"), Value::from(free));
        }
    }
    let accepts = some(
        random,
        &["single_man", "single_woman", "couple", "family_with_children", "several_adults"],
    );
    let mut offer = fields(&[
        ("country", country.into()),
        ("region", region.into()),
        ("near_town", (*towns.choose(random).unwrap()).into()),
        ("time_zone", "Europe/Tallinn".into()),
        ("place_type", (*["sofa", "private_room", "whole_flat"].choose(random).unwrap()).into()),
        ("sleeps", i64::from(random.random_range(1..7_u8)).into()),
        ("status", status.into()),
        ("confirmed_at", now().plus(-age).to_string().as_str().into()),
        ("languages", Value::Map(languages)),
        ("calendar", Value::Map(calendar)),
        ("party_accepts", set(&accepts)),
        ("child_ages_ok", set(&some(random, &["0-2", "3-5", "6-12", "13-17"]))),
        ("pets_ok", set(&some(random, &["dog", "cat"]))),
        ("step_free", (*["all", "some", "none", "unknown"].choose(random).unwrap()).into()),
        ("women_only", random.random_bool(0.2).into()),
        ("note", note(random).into()),
    ]);
    if random.random_bool(0.3) {
        offer.insert("min_nights".to_owned(), i64::from(random.random_range(1..4_u8)).into());
    }
    if random.random_bool(0.3) {
        offer.insert("notice".to_owned(), (*["4h", "24h", "week"].choose(random).unwrap()).into());
    }
    offer
}

/// A service of the directory.
pub fn any_service(random: &mut SmallRng) -> Fields {
    let name = format!("{} {}", WORDS.choose(random).unwrap(), WORDS.choose(random).unwrap());
    fields(&[
        ("name", name.as_str().into()),
        ("description", note(random).into()),
        ("status", "active".into()),
        ("profession", (*["lawyer", "doctor", "notary"].choose(random).unwrap()).into()),
        ("service_areas", set(&["EE"])),
        ("assured_on", format!("2026-{:02}-01", random.random_range(1..12)).into()),
        ("address", "withheld".into()),
    ])
}
