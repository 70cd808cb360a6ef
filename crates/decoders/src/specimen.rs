//! Good changes, to make errors in.

use std::sync::OnceLock;

use hospes_document::{Document, DocumentError};
use hospes_domain::edit::Edit;
use hospes_domain::{CircleId, Kind, RecordId, RecordKey, Value};
use hospes_sync::{Author, Body, SignedChange, change};

use crate::people::Person;

/// A signed change with those that it is built on.
#[derive(Debug, Clone)]
pub struct Specimen {
    /// What it is.
    pub name: &'static str,
    /// The changes below it, in causal order.
    pub ground: Vec<SignedChange>,
    /// The change.
    pub change: SignedChange,
}

impl Specimen {
    /// All of them, the same each time. Empty only if our own writing of changes is broken.
    pub fn all() -> &'static [Specimen] {
        static ALL: OnceLock<Vec<Specimen>> = OnceLock::new();
        ALL.get_or_init(|| make().unwrap_or_default())
    }

    /// The Automerge actor of its author.
    pub fn actor(&self) -> [u8; 16] {
        change::actor(&self.change.key, self.change.generation, &self.change.author)
    }
}

/// The chunk of a change; nothing for a tombstone.
pub fn chunk(change: &SignedChange) -> &[u8] {
    match &change.body {
        Body::Chunk(chunk) => chunk,
        Body::Tombstone => &[],
    }
}

/// A record that one center writes.
pub struct SpecimenRecord {
    by: Person,
    key: RecordKey,
    author: Author,
    document: Document,
}

impl SpecimenRecord {
    /// A fresh record of a kind; its number makes it another one.
    pub fn new(by: Person, kind: Kind, number: u8) -> Self {
        let key = RecordKey {
            circle: CircleId::COMMONS,
            id: RecordId::from_random([number; 16]),
            steward: by.center(),
            kind,
        };
        Self { author: by.author(), by, key, document: Document::new() }
    }

    /// The changes that these edits make, signed.
    pub fn save(&mut self, edits: &[Edit]) -> Result<Vec<SignedChange>, DocumentError> {
        let actor = change::actor(&self.key, 1, &self.author);
        let chunks = self.document.write(self.key.kind, edits, None, actor, &[])?;
        Ok(chunks.into_iter().map(|chunk| self.signed(Body::Chunk(chunk))).collect())
    }

    /// The same record as another center goes on with it.
    pub fn handed_to(mut self, by: Person) -> Self {
        (self.author, self.by) = (by.author(), by);
        self
    }

    /// A change of the record with this body.
    pub fn signed(&self, body: Body) -> SignedChange {
        let (key, author) = (self.key, self.author);
        let mut change = SignedChange { key, generation: 1, author, body, signature: [0; 64] };
        change.signature = self.by.sign(&change.digest());
        change
    }
}

/// Gives a field a value.
pub fn put(field: &str, value: impl Into<Value>) -> Edit {
    Edit::Put { field: field.to_owned(), value: value.into() }
}

fn list(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| Value::from(*word)).collect())
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The fields of an offer, of every shape that there is.
pub fn offer() -> Vec<Edit> {
    vec![
        put("country", "EE"),
        put("time_zone", "Europe/Tallinn"),
        put("place_type", "sofa"),
        put("sleeps", 4),
        put("status", "active"),
        put("vetting", "none"),
        put("confirmed_at", "2026-11-20T10:00:00Z"),
        put("confirmed_by", "host_call"),
        put("expires_on", "2027-11-20"),
        put("cot", Value::Flag(true)),
        put("party_accepts", list(&["couple", "single_woman"])),
        put("languages", map([("ru", "native".into()), ("et", "basic".into())])),
        put("calendar", map([("2026-12-01", 2.into()), ("2026-12-02", 0.into())])),
        put("note", "Тихая комната, second floor."),
        put("note_language", "ru"),
        put("unknown_to_us", Value::List(vec![map([("a", list(&["b", "c"]))]), "d".into()])),
    ]
}

/// The fields of a template, with a text that is edited letter by letter.
pub fn template() -> Vec<Edit> {
    vec![
        put("slug", "letter"),
        put("title", map([("ru", "Письмо".into()), ("en", "Letter".into())])),
        put("doc_type", "application"),
        put("jurisdiction", "EE"),
        put("status", "draft"),
        put("number", 300),
        put("audience", list(&["counselor", "lawyer"])),
        put("topics", list(&["asylum", "residence", "residence"])),
        put("requires", map([("notary", Value::Flag(true)), ("fee", Value::Flag(false))])),
        put("body", map([("ru", "Прошу рассмотреть".into()), ("en", "aab".into())])),
    ]
}

/// Changes a template in every way.
pub fn revision() -> Vec<Edit> {
    let splice = |at, delete, insert: &str| Edit::Splice {
        field: "body".to_owned(),
        key: "ru".to_owned(),
        at,
        delete,
        insert: insert.to_owned(),
    };
    vec![
        put("slug", "letter-to-the-board"),
        put("number", 301),
        put("audience", list(&["counselee", "lawyer"])),
        put("topics", list(&["asylum", "military"])),
        put("requires", map([("fee", Value::Flag(true)), ("deadline_days", 9.into())])),
        splice(6, 3, "вас "),
        splice(0, 0, "!"),
    ]
}

fn make() -> Result<Vec<Specimen>, DocumentError> {
    let (narva, riga) = (Person::narva(), Person::riga());
    let mut specimens = Vec::new();
    let mut keep = |name, mut changes: Vec<SignedChange>| {
        if let Some(change) = changes.pop() {
            specimens.push(Specimen { name, ground: changes, change });
        }
    };

    keep("a whole offer", SpecimenRecord::new(narva.clone(), Kind::Offer, 1).save(&offer())?);

    let mut draft = SpecimenRecord::new(narva.clone(), Kind::Offer, 2);
    let mut changes = draft.save(&offer())?;
    let edits = [put("sleeps", 2), put("cot", Value::Flag(false)), put("note", "Full until May.")];
    changes.extend(draft.save(&edits)?);
    keep("an offer that is changed", changes);

    let mut draft = SpecimenRecord::new(narva.clone(), Kind::Template, 3);
    let mut changes = draft.save(&template())?;
    changes.extend(draft.save(&revision())?);
    keep("a template that is changed", changes);

    let mut draft = SpecimenRecord::new(narva, Kind::Template, 4);
    let mut changes = draft.save(&template())?;
    let mut draft = draft.handed_to(riga);
    changes.extend(draft.save(&revision())?);
    keep("a template that another center changes", changes);
    Ok(specimens)
}

#[cfg(test)]
mod tests {
    use hospes_document::answer;
    use hospes_sync::gate;
    use hospes_sync::merge::{MergeJob, Request, Response};

    use super::*;

    #[test]
    fn every_specimen_is_a_good_change() {
        assert_eq!(Specimen::all().len(), 4);
        for specimen in Specimen::all() {
            let changes = specimen.ground.iter().chain([&specimen.change]);
            let chunks = changes.map(|change| {
                assert!(gate::read(change).is_ok(), "{}", specimen.name);
                chunk(change).to_vec()
            });
            let job = MergeJob {
                kind: specimen.change.key.kind,
                base: None,
                chunks: chunks.collect(),
                keep_snapshot: true,
            };
            let answer = answer(Request::Merge(vec![job]));
            let whole = matches!(&answer, Response::Merged(merged)
                if merged.iter().all(|one| one.outcome.is_ok() && one.left_out.is_empty()));
            assert!(whole, "{}: {answer:?}", specimen.name);
        }
    }
}
