//! Where the fuzzer begins: good input of each sort, made by our own code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp, Value};
use hospes_identity::{CenterFile, Cost, DatabaseKey, Earlier, Keyslots, NodeKey, RecoveryPhrase};
use hospes_node::frames;
use hospes_sync::document::{Document, Edit};
use hospes_sync::frame::{
    Announce, Changes, Frame, Heads, Hello, Item, Part, Range, Ranges, RecordHeads, Summary,
};
use hospes_sync::merge::{self, EditJob, MergeJob, Request};
use hospes_sync::{Author, Body, ChangeHash, Lanes, SignedChange};
use hospes_wire::local;
use prost::Message as _;

use crate::changes::ACTOR;

/// Files by decoder and name.
type Seeds = Vec<(&'static str, String, Vec<u8>)>;

/// Writes the seeds of all decoders below a folder. Certificates are other ones each time.
pub fn write(folder: &Path) -> Result<usize> {
    let seeds = all()?;
    for (decoder, name, bytes) in &seeds {
        let folder = folder.join(decoder);
        fs::create_dir_all(&folder)?;
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("failed to write {}", path.display()))?;
    }
    Ok(seeds.len())
}

fn all() -> Result<Seeds> {
    let mut seeds = Seeds::new();
    let chunks = chunks()?;
    for (name, frame) in frames(&chunks) {
        seeds.push(("frame", name.to_owned(), frames::to_wire(frame).encode_to_vec()));
    }
    for (number, (kind, chunk)) in chunks.iter().enumerate() {
        let mut bytes = content(chunk)?.to_vec();
        bytes.push(kind.number() - 1);
        seeds.push(("change", format!("{}-{number}", kind.name()), bytes));
    }
    worker(&chunks, &mut seeds)?;
    identities(&mut seeds)?;
    for (name, request) in searches() {
        seeds.push(("search", name.to_owned(), request.encode_to_vec()));
    }
    lists(&mut seeds)?;
    Ok(seeds)
}

fn put(field: &str, value: impl Into<Value>) -> Edit {
    Edit::Put { field: field.to_owned(), value: value.into() }
}

fn words(language: &str, text: &str) -> Value {
    Value::Map(BTreeMap::from([(language.to_owned(), Value::from(text))]))
}

/// Changes as our own writer makes them: first ones, later ones, and a long text in parts.
fn chunks() -> Result<Vec<(Kind, Vec<u8>)>> {
    let offer = [
        put("country", "EE"),
        put("place_type", "private_room"),
        put("sleeps", 3),
        put("pets_ok", Value::List(vec![Value::from("cat"), Value::from("dog")])),
        put("languages", words("ru", "fluent")),
        put("calendar", Value::Map(BTreeMap::from([("2026-11-23".to_owned(), Value::from(2))]))),
        put("note", "Тихий дом, автобус каждые полчаса."),
    ];
    let template = [
        put("slug", "objection"),
        put("doc_type", "statement"),
        put("jurisdiction", "FI"),
        put("title", words("ru", "Отказ")),
        put("body", words("ru", "Я отказываюсь носить оружие.\n\nПрошу выслушать меня.")),
    ];
    let splice = Edit::Splice {
        field: "body".to_owned(),
        key: "ru".to_owned(),
        at: 3,
        delete: 4,
        insert: "прошу, ".to_owned(),
    };
    let mut chunks = Vec::new();
    for (kind, saves) in [
        (
            Kind::Offer,
            vec![
                offer.to_vec(),
                vec![put("sleeps", 1)],
                vec![put("pets_ok", Value::List(Vec::new()))],
            ],
        ),
        (Kind::Template, vec![template.to_vec(), vec![splice]]),
        (Kind::Bulletin, vec![vec![put("title", words("en", "The office is closed"))]]),
        (Kind::Service, vec![vec![put("name", words("et", "Õigusabi"))]]),
        (Kind::Center, vec![vec![put("name", "Narva")]]),
    ] {
        let mut document = Document::new();
        for edits in saves {
            let written = document.write(kind, &edits, None, ACTOR, &[])?;
            chunks.extend(written.into_iter().map(|chunk| (kind, chunk)));
        }
    }
    Ok(chunks)
}

/// What comes behind the checksum, the type and the length.
fn content(chunk: &[u8]) -> Result<&[u8]> {
    const HEAD: usize = 4 + 4 + 1;
    let rest = chunk.get(HEAD..).context("a chunk without a head")?;
    let length = rest.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    let content = rest.get(length..).context("a chunk without a length")?;
    ensure!(crate::changes::chunk(content) == chunk, "a chunk is framed in another way");
    Ok(content)
}

fn frames(chunks: &[(Kind, Vec<u8>)]) -> Vec<(&'static str, Frame)> {
    let circle = CircleId::COMMONS;
    let id = RecordId([9; 16]);
    let author =
        Author { center: CenterId([1; 32]), node: NodeId([2; 32]), epoch: 1, writer: [3; 16] };
    let signed = |kind: Kind, body: Body| SignedChange {
        key: RecordKey { circle, id, steward: CenterId([1; 32]), kind },
        generation: 1,
        author,
        body,
        signature: [4; 64],
    };
    let mut batch: Vec<_> = chunks
        .iter()
        .map(|(kind, chunk)| signed(*kind, Body::Chunk(chunk.clone())).into())
        .collect();
    batch.push(signed(Kind::Offer, Body::Tombstone).into());
    let items = vec![Item { id, state: 5 }, Item { id: RecordId([10; 16]), state: 6 }];
    let ranges = vec![
        Range { upper: vec![1], part: Part::Settled },
        Range { upper: vec![2, 3], part: Part::Fingerprint { count: 4, fingerprint: 5 } },
        Range { upper: Vec::new(), part: Part::Items(items.clone()) },
    ];
    let heads = RecordHeads {
        steward: author.center,
        kind: Kind::Offer,
        generation: 1,
        heads: vec![ChangeHash([5; 32])],
    };
    let records = vec![(id, vec![heads]), (RecordId([10; 16]), Vec::new())];
    vec![
        (
            "hello",
            Frame::Hello(Hello {
                protocol_min: 1,
                protocol_max: 1,
                features: 0,
                software: "hospes 0.1.0".to_owned(),
                nonce: [6; 16],
                roster: [7; 16],
                clock: Timestamp(1_764_590_400_000),
            }),
        ),
        (
            "summary",
            Frame::Summary(Summary { circle, count: 2, fingerprint: 3, sent: 4, admitted: 5 }),
        ),
        ("ranges", Frame::Ranges(Ranges { circle, lower: Vec::new(), ranges, last: true })),
        ("heads", Frame::Heads(Heads { circle, answer: false, records })),
        ("changes", Frame::Changes(Changes { number: 9, changes: batch })),
        ("announce", Frame::Announce(Announce { number: 1, circle, items })),
        ("lazy", Frame::Lazy(Lanes(1))),
        ("ack", Frame::Ack { through: 9 }),
        ("ping", Frame::Ping(1)),
        ("bye", Frame::Bye("this node is closing".to_owned())),
    ]
}

fn worker(chunks: &[(Kind, Vec<u8>)], seeds: &mut Seeds) -> Result<()> {
    let merge = |(kind, chunk): &(Kind, Vec<u8>)| MergeJob {
        kind: *kind,
        base: None,
        chunks: vec![chunk.clone()],
        keep_snapshot: true,
    };
    let edit = EditJob {
        kind: Kind::Offer,
        base: None,
        chunks: Vec::new(),
        at: Some(vec![ChangeHash([1; 32])]),
        edits: vec![put("sleeps", 2), put("note", "Тихий дом.")],
        actor: ACTOR,
        grants: vec![CenterId([1; 32])],
        keep_snapshot: true,
    };
    let first: Vec<MergeJob> = chunks.iter().take(2).map(merge).collect();
    let all: Vec<MergeJob> = chunks.iter().map(merge).collect();
    let plain = EditJob { at: None, grants: Vec::new(), ..edit.clone() };
    for (name, request) in [
        ("merge", Request::Merge(first)),
        ("merge-all", Request::Merge(all)),
        ("edit", Request::Edit(vec![edit])),
        ("edit-plain", Request::Edit(vec![plain])),
    ] {
        let frame = merge::encode_request(&request)?;
        seeds.push(("merge_request", name.to_owned(), frame.get(4..).unwrap_or_default().to_vec()));
        let frame = merge::encode_response(&merge::answer(request))?;
        seeds.push((
            "merge_response",
            name.to_owned(),
            frame.get(4..).unwrap_or_default().to_vec(),
        ));
    }
    Ok(())
}

fn identities(seeds: &mut Seeds) -> Result<()> {
    let key = RecoveryPhrase::generate()?.center_key()?;
    let center = key.certificate()?;
    for (name, epoch, earlier) in [("first", 1, Earlier::Honored), ("frozen", 300, Earlier::Frozen)]
    {
        let node = key.certify(&NodeKey::generate()?.public_spki(), epoch, earlier)?;
        let length = u16::try_from(node.der().len())?.to_be_bytes();
        let bytes = [&length[..], node.der(), center.der()].concat();
        seeds.push(("chain", name.to_owned(), bytes));
    }
    let file = CenterFile {
        center,
        name: Some("Narva".to_owned()),
        address: Some("narva.example:7711".to_owned()),
    };
    let quoted = file.to_pem().lines().map(|line| format!("> {line}\r\n")).collect::<String>();
    seeds.push(("center_file", "plain".to_owned(), file.to_pem().into_bytes()));
    seeds.push(("center_file", "quoted".to_owned(), quoted.into_bytes()));
    let slots = Keyslots::create(
        &DatabaseKey::from_bytes([8; 32]),
        "a passphrase of several words",
        Cost::for_tests(),
    )?;
    seeds.push(("keyslots", "one".to_owned(), slots.to_json().into_bytes()));
    Ok(())
}

fn searches() -> Vec<(&'static str, local::SearchRequest)> {
    let tonight = local::SearchRequest {
        kind: "offer".to_owned(),
        near: "Нарва".to_owned(),
        within_km: 40,
        night: "tonight".to_owned(),
        nights: 3,
        adults: 1,
        children: vec!["3-6".to_owned()],
        pets: vec!["dog".to_owned()],
        languages: vec!["ru".to_owned(), "Russian".to_owned()],
        ..local::SearchRequest::default()
    };
    let text = local::SearchRequest {
        kind: "template".to_owned(),
        text: "отказываюсь asylum".to_owned(),
        country: "fi".to_owned(),
        facets: [("language".to_owned(), local::Choices { values: vec!["ru".to_owned()] })].into(),
        include_stale: true,
        limit: 200,
        ..local::SearchRequest::default()
    };
    vec![("tonight", tonight), ("text", text), ("all", local::SearchRequest::default())]
}

fn lists(seeds: &mut Seeds) -> Result<()> {
    let rows = "external_id,country,near_town,place_type,sleeps,languages,pets_ok,note\n\
                a1,EE,Narva,private_room,3,ru:fluent;et:native,dog;cat,Тихий дом\n\
                a2,EE,Нарва,sofa,1,en:basic,,\"two, lines\nof text\"\n\
                a2,XX,,castle,-1,??,horse,call +372 5555 0101\n";
    seeds.push(("csv", "offers".to_owned(), rows.as_bytes().to_vec()));
    seeds.push(("csv", "semicolons".to_owned(), rows.replace(',', ";").into_bytes()));
    let folder = tempfile::tempdir()?;
    let book = folder.path().join("offers.xlsx");
    hospes_admin::import::template::write(&book).ok().context("no workbook")?;
    seeds.push(("xlsx", "template".to_owned(), fs::read(&book)?));
    let tables = "=organizations\nid,name,description\no1,Example Aid,Helps\n\
                  =services\nid,organization_id,name,status,url\ns1,o1,Legal clinic,active,https://aid.example\n\
                  =locations\nid,organization_id,name\nl1,o1,Office\n\
                  =services_at_location\nid,service_id,location_id\nx1,s1,l1\n\
                  =physical_addresses\nid,location_id,city,region,country\np1,l1,Chicago,IL,US\n\
                  =phones\nid,service_id,number\nt1,s1,312-555-0101\n\
                  =languages\nid,service_id,language\ng1,s1,Spanish\n\
                  =regular_schedules\nid,service_id,weekday,opens_at,closes_at\nr1,s1,Monday,09:00,17:00\n";
    seeds.push(("hsds", "small".to_owned(), tables.as_bytes().to_vec()));
    let page = "---\nslug: asylum\ndoc_type: statement\njurisdiction: FI\nnumber: 2\n\
                title:\n  ru: Заявление\nfields:\n  - name: full_name\n    type: text\n---\n\n\
                Я прошу **убежища**.\n\n{{full_name}}\n";
    seeds.push(("markdown", "statement".to_owned(), page.as_bytes().to_vec()));
    Ok(())
}
