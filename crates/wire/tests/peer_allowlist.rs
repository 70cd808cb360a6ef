//! Everything that two nodes can say to each other, field by field.
//!
//! A field that is not on this list must not be on the wire. Whoever adds one adds it here too, and
//! has to say why it can carry nothing about a person who seeks help, who asks, what was searched
//! for, or where a host lives.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorSet};

/// Package of the peer protocol.
const PEER: &str = "hospes.peer.v1";

/// Message, fields with their types, and what they tell.
const REVIEWED: &[(&str, &[&str], &str)] = &[
    (
        "Frame",
        &[
            "hello:Hello",
            "roster:Roster",
            "summary:Summary",
            "ranges:Ranges",
            "heads:Heads",
            "changes:Changes",
            "ack:Ack",
            "ping:Ping",
            "pong:Pong",
            "bye:Bye",
            "announce:Announce",
            "lazy:Lazy",
            "alarms:Alarms",
            "vouches:Vouches",
        ],
        "one of the messages below",
    ),
    (
        "Hello",
        &[
            "protocol_min:uint32",
            "protocol_max:uint32",
            "features:uint64",
            "software:string",
            "nonce:bytes",
            "roster:bytes",
            "clock:int64",
        ],
        "release and clock of a node; the text is cut at 64 bytes",
    ),
    ("Roster", &["introductions:Introduction[]", "more:bool"], "centers that a node accepts"),
    (
        "Introduction",
        &[
            "center:bytes",
            "node:bytes",
            "epoch:uint32",
            "center_certificate:bytes",
            "node_certificate:bytes",
        ],
        "public keys of a center and its node, with constant names",
    ),
    (
        "Summary",
        &["circle:bytes", "count:uint64", "fingerprint:bytes", "sent:uint64", "admitted:uint64"],
        "how many records there are and a digest of them",
    ),
    (
        "Ranges",
        &["circle:bytes", "lower:bytes", "ranges:Range[]", "last:bool"],
        "ranges of random numbers",
    ),
    (
        "Range",
        &["upper:bytes", "fingerprint:Fingerprint", "items:Items"],
        "a range of random numbers",
    ),
    ("Fingerprint", &["count:uint64", "fingerprint:bytes"], "a digest"),
    ("Items", &["items:bytes"], "random numbers and digests"),
    (
        "Heads",
        &["circle:bytes", "answer:bool", "records:IdentifierHeads[]"],
        "which changes a node holds",
    ),
    ("IdentifierHeads", &["id:bytes", "records:RecordHeads[]"], "which changes a node holds"),
    (
        "RecordHeads",
        &["steward:bytes", "kind:uint32", "generation:uint32", "heads:bytes"],
        "which changes a node holds",
    ),
    (
        "Changes",
        &["number:uint64", "batch:bytes", "batch_size:uint32"],
        "a ChangeBatch, compressed",
    ),
    (
        "ChangeBatch",
        &[
            "authors:Author[]",
            "stewards:bytes",
            "circles:bytes",
            "ids:bytes",
            "signatures:bytes",
            "author:uint32[]",
            "steward:uint32[]",
            "circle:uint32[]",
            "kind:uint32[]",
            "generation:uint32[]",
            "chunk_size:uint32[]",
            "chunks:bytes",
        ],
        "shared records: what may be in their chunks is the schema's business, and the gate's",
    ),
    (
        "Author",
        &["center:bytes", "node:bytes", "epoch:uint32", "writer:bytes"],
        "who signed, as a center",
    ),
    (
        "Announce",
        &["number:uint64", "circle:bytes", "items:bytes"],
        "a number, random numbers of records, and digests under a key of the session",
    ),
    ("Lazy", &["lanes:fixed64"], "one bit for each 64th of the centers"),
    ("Ack", &["through:uint64"], "a number"),
    ("Ping", &["number:uint64", "clock:int64"], "a number, and the sender's clock"),
    ("Pong", &["number:uint64"], "a number"),
    (
        "Bye",
        &["reason:string"],
        "why a link ends, one of the program's own sentences, at most 200 bytes",
    ),
    ("Vouches", &["vouches:Vouch[]"], "whom centers have added"),
    (
        "Vouch",
        &[
            "issuer:bytes",
            "node:bytes",
            "epoch:uint32",
            "number:uint64",
            "centers:bytes",
            "signature:bytes",
        ],
        "names of the centers that one center has added, and a number",
    ),
    ("Alarms", &["alarms:Alarm[]"], "what centers say about centers"),
    (
        "Alarm",
        &[
            "accused:bytes",
            "cause:uint32",
            "made_at:int64",
            "issuer:bytes",
            "node:bytes",
            "epoch:uint32",
            "signature:bytes",
        ],
        "that one center holds another to be in hostile hands; a number for the cause, no words",
    ),
];

#[allow(clippy::unwrap_used)]
fn descriptors() -> FileDescriptorSet {
    FileDescriptorSet::decode(hospes_wire::DESCRIPTORS).unwrap()
}

/// A message and the messages inside it, each with its fields.
fn walk(prefix: &str, message: &DescriptorProto, found: &mut BTreeMap<String, BTreeSet<String>>) {
    let name = format!("{prefix}{}", message.name());
    let fields = message.field.iter().map(|field| {
        let ty = match field.r#type() {
            Type::Message | Type::Group | Type::Enum => {
                field.type_name().rsplit('.').next().unwrap_or_default().to_owned()
            }
            scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
        };
        let many = if field.label() == prost_types::field_descriptor_proto::Label::Repeated {
            "[]"
        } else {
            ""
        };
        format!("{}:{ty}{many}", field.name())
    });
    found.insert(name.clone(), fields.collect());
    for inner in &message.nested_type {
        walk(&format!("{name}."), inner, found);
    }
}

#[test]
fn every_field_between_nodes_has_been_reviewed() {
    let mut found = BTreeMap::new();
    for file in descriptors().file.iter().filter(|file| file.package() == PEER) {
        file.message_type.iter().for_each(|message| walk("", message, &mut found));
        assert!(file.extension.is_empty(), "{} extends messages", file.name());
    }
    let reviewed: BTreeMap<String, BTreeSet<String>> = REVIEWED
        .iter()
        .map(|(name, fields, _)| {
            ((*name).to_owned(), fields.iter().map(|field| (*field).to_owned()).collect())
        })
        .collect();
    assert_eq!(found, reviewed, "left: the protocol; right: what was reviewed");
    assert!(REVIEWED.iter().all(|(_, _, why)| !why.is_empty()));
}

#[test]
fn nodes_offer_each_other_one_method_and_use_no_message_of_the_other_protocols() {
    let files = descriptors().file;
    let peer: Vec<_> = files.iter().filter(|file| file.package() == PEER).collect();
    let methods: Vec<String> = peer
        .iter()
        .flat_map(|file| &file.service)
        .flat_map(|service| {
            service.method.iter().map(move |method| {
                format!(
                    "{}.{}({}) {}",
                    service.name(),
                    method.name(),
                    method.input_type(),
                    method.output_type()
                )
            })
        })
        .collect();
    assert_eq!(methods, ["Peer.Sync(.hospes.peer.v1.Frame) .hospes.peer.v1.Frame"]);
    for file in peer {
        assert!(file.dependency.is_empty(), "{} takes in {:?}", file.name(), file.dependency);
    }
}

#[test]
fn no_name_between_nodes_sounds_like_what_must_never_travel() {
    let never = [
        "address",
        "phone",
        "contact",
        "person",
        "name",
        "query",
        "search",
        "text",
        "answer_",
        "counselor",
        "token",
        "note",
        "passport",
        "location",
        "email",
    ];
    for (message, fields, _) in REVIEWED {
        for field in *fields {
            let name = field.split(':').next().unwrap_or_default();
            for word in never {
                assert!(!name.contains(word), "{message}.{name}");
            }
        }
    }
}
