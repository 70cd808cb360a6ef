//! Signed changes of an offer and of a template.

use anyhow::{Context as _, Result};
use hospes_document::Document;
use hospes_domain::edit::Edit;
use hospes_domain::id::hex;
use hospes_domain::schema::{FieldType, schema};
use hospes_domain::{CenterId, Kind, RecordId, RecordKey, Value};
use hospes_sync::admission::Held;
use hospes_sync::{Body, ChangeHash, SignedChange, change, gate};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::entry::CIRCLE;
use crate::people::Person;
use crate::specimen::{self, put};

/// A change with what it is made of.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    what: &'static str,
    circle: String,
    kind: u8,
    number: String,
    steward: String,
    generation: u32,
    author: Author,
    /// Of the chunk, as all that follows up to it; a tombstone has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    chunk: Option<Chunk>,
    digest: String,
    signature: String,
    name: String,
    /// The record's, once this change is held.
    version: String,
}

#[derive(Debug, Serialize)]
struct Author {
    center: String,
    node: String,
    epoch: u32,
    writer: String,
}

#[derive(Debug, Serialize)]
struct Chunk {
    actor: String,
    built_on: Vec<String>,
    seq: u64,
    start_op: u64,
    message: String,
    /// What is done to the document, in this order.
    steps: Vec<Json>,
    bytes: String,
}

/// A record that is being written.
struct Record {
    key: RecordKey,
    document: Document,
    held: Held,
}

impl Record {
    fn new(steward: &Person, kind: Kind, number: u8) -> Self {
        let id = RecordId::from_random([number; 16]);
        let key = RecordKey { circle: CIRCLE, id, steward: steward.center(), kind };
        Self { key, document: Document::new(), held: Held::default() }
    }

    /// The change that these edits make; `steps` say the same for those who have another library.
    fn write(
        &mut self,
        what: &'static str,
        by: &Person,
        edits: &[Edit],
        grants: &[CenterId],
        steps: Vec<Json>,
    ) -> Result<Change> {
        let actor = change::actor(&self.key, 1, &by.author());
        let chunks = self.document.write(self.key.kind, edits, None, actor, grants)?;
        let chunk = chunks.into_iter().next().context("a change")?;
        let message = gate::grant_message(grants);
        self.sign(what, by, 1, Body::Chunk(chunk), Some((message, steps)))
    }

    fn sign(
        &mut self,
        what: &'static str,
        by: &Person,
        generation: u32,
        body: Body,
        made: Option<(String, Vec<Json>)>,
    ) -> Result<Change> {
        let (key, author) = (self.key, by.author());
        let mut change = SignedChange { key, generation, author, body, signature: [0; 64] };
        change.signature = by.sign(&change.digest());
        let form = gate::read(&change)?;
        self.held.admit(&change, &form)?;
        let names = |names: &[ChangeHash]| names.iter().map(|name| hex(&name.0)).collect();
        let chunk = made.map(|(message, steps)| Chunk {
            actor: hex(&form.actor),
            built_on: names(&form.deps),
            seq: form.seq,
            start_op: form.start_op,
            message,
            steps,
            bytes: hex(specimen::chunk(&change)),
        });
        Ok(Change {
            what,
            circle: hex(&key.circle.0),
            kind: key.kind.number(),
            number: hex(&key.id.0),
            steward: hex(&key.steward.0),
            generation,
            author: Author {
                center: hex(&author.center.0),
                node: hex(&author.node.0),
                epoch: author.epoch,
                writer: hex(&author.writer),
            },
            chunk,
            digest: hex(&change.digest()),
            signature: hex(&change.signature),
            name: hex(&change.hash().0),
            version: hex(&self.held.version().0),
        })
    }
}

/// The steps of a first change, field by field as the edits say.
fn steps(kind: Kind, edits: &[Edit]) -> Vec<Json> {
    let mut steps = Vec::new();
    for edit in edits {
        let Edit::Put { field, value } = edit else { continue };
        let ty = schema(kind).field(field).map(|field| field.ty);
        let letters = matches!(ty, Some(FieldType::Body { .. }));
        let set = |member: &Value| (member.to_string(), Value::Flag(true));
        let value = match (ty, value) {
            (Some(FieldType::Set(_)), Value::List(members)) => {
                Value::Map(members.iter().map(set).collect())
            }
            (_, value) => value.clone(),
        };
        walk(&format!("/{field}"), &value, letters, &mut steps);
    }
    steps
}

/// The steps that put a value where a pointer (RFC 6901) says.
fn walk(at: &str, value: &Value, letters: bool, steps: &mut Vec<Json>) {
    match value {
        Value::Map(map) => {
            steps.push(json!({"at": at, "make": "map"}));
            for (key, value) in map {
                walk(&format!("{at}/{key}"), value, letters, steps);
            }
        }
        Value::List(list) => {
            steps.push(json!({"at": at, "make": "list"}));
            for (place, value) in list.iter().enumerate() {
                walk(&format!("{at}/{place}"), value, letters, steps);
            }
        }
        Value::Text(text) if letters => {
            steps.push(json!({"at": at, "make": "text"}));
            steps.push(splice(at, 0, 0, text));
        }
        Value::Text(text) => steps.push(json!({"at": at, "put": text})),
        Value::Integer(number) => steps.push(json!({"at": at, "put": number})),
        Value::Flag(flag) => steps.push(json!({"at": at, "put": flag})),
    }
}

/// Letters of a text that are replaced, in Unicode scalar values.
fn splice(at: &str, place: u32, delete: u32, insert: &str) -> Json {
    json!({"at": at, "splice": {"place": place, "delete": delete, "insert": insert}})
}

pub(super) fn all() -> Result<Vec<Change>> {
    let (narva, riga) = (Person::narva(), Person::riga());
    let mut offer = Record::new(&narva, Kind::Offer, 0x11);
    let mut template = Record::new(&narva, Kind::Template, 0x22);
    let (of_offer, of_template) = (specimen::offer(), specimen::template());
    let wanted = Value::List(vec!["family_with_children".into(), "single_woman".into()]);
    let edited = [put("sleeps", 2), put("party_accepts", wanted), put("cot", Value::Flag(false))];
    let (field, key, insert) = ("body".to_owned(), "ru".to_owned(), "вас ".to_owned());
    let replaced = [Edit::Splice { field, key, at: 6, delete: 3, insert }];
    Ok(vec![
        offer.write("an offer", &narva, &of_offer, &[], steps(Kind::Offer, &of_offer))?,
        offer.write(
            "an edit of it: a number, members of a set, yes and no",
            &narva,
            &edited,
            &[],
            vec![
                json!({"at": "/sleeps", "put": 2}),
                json!({"at": "/party_accepts/couple", "delete": true}),
                json!({"at": "/party_accepts/family_with_children", "put": true}),
                json!({"at": "/cot", "put": false}),
            ],
        )?,
        offer.sign("its tombstone", &narva, 2, Body::Tombstone, None)?,
        template.write(
            "a template with a text in two languages",
            &narva,
            &of_template,
            &[],
            steps(Kind::Template, &of_template),
        )?,
        template.write(
            "a grant: Riga may change the template",
            &narva,
            &[put("status", "in_review")],
            &[riga.center()],
            vec![json!({"at": "/status", "put": "in_review"})],
        )?,
        template.write(
            "Riga changes the text",
            &riga,
            &replaced,
            &[],
            vec![splice("/body/ru", 6, 3, ""), splice("/body/ru", 6, 0, "вас ")],
        )?,
    ])
}
