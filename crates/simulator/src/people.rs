//! What people do at a node, made into changes as the node would make them.

use std::collections::BTreeSet;
use std::sync::Arc;

use hospes_document::Document;
use hospes_domain::edit::Edit;
use hospes_domain::{CenterId, CircleId, Kind, RecordId, RecordKey, Value};
use hospes_sync::admission::{Form, MAX_MAINTAINERS};
use hospes_sync::change::actor;
use hospes_sync::{Author, Body, Generation, SignedChange, gate};
use rand::Rng as _;
use rand::rngs::SmallRng;
use rand::seq::IteratorRandom as _;

use crate::disk::Disk;

/// Something that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Make a record; of a template, the first accepted centers are named co-maintainers.
    Create(Kind),
    /// Change a record of one's own, or one that one may change too.
    Edit,
    /// Start a new generation of a record of one's own.
    Roll,
    /// Erase a record of one's own.
    Erase,
    /// Change somebody else's record without being allowed to.
    Meddle,
}

pub(crate) type Made = Vec<(Arc<SignedChange>, Form)>;

/// The changes that a deed makes, given what the disk holds; none when there is nothing to do it to.
pub(crate) fn changes(
    deed: Deed,
    disk: &Disk,
    author: &Author,
    partners: &BTreeSet<CenterId>,
    rng: &mut SmallRng,
) -> Made {
    let own = author.center;
    match deed {
        Deed::Create(kind) => {
            let id = RecordId::from_random(rng.random());
            let key = RecordKey { circle: CircleId::COMMONS, id, steward: own, kind };
            fresh(&key, 1, author, partners, rng)
        }
        Deed::Roll => pick(disk, rng, |key| key.steward == own)
            .map(|(key, generation)| fresh(&key, generation + 1, author, partners, rng))
            .unwrap_or_default(),
        Deed::Erase => pick(disk, rng, |key| key.steward == own)
            .map(|(key, generation)| vec![signed(&key, generation + 1, author, Body::Tombstone)])
            .unwrap_or_default(),
        Deed::Edit => {
            let may = |key: &RecordKey| {
                key.steward == own
                    || disk.held(key).is_some_and(|held| held.maintainers().contains(&own))
            };
            pick(disk, rng, may)
                .map(|(key, generation)| edit(disk, &key, generation, author, rng))
                .unwrap_or_default()
        }
        Deed::Meddle => pick(disk, rng, |key| key.steward != own && key.kind != Kind::Template)
            .map(|(key, generation)| edit(disk, &key, generation, author, rng))
            .unwrap_or_default(),
    }
}

fn pick(
    disk: &Disk,
    rng: &mut SmallRng,
    wanted: impl Fn(&RecordKey) -> bool,
) -> Option<(RecordKey, Generation)> {
    disk.records()
        .filter(|(key, held)| !held.erased && wanted(key))
        .map(|(key, held)| (*key, held.generation))
        .choose(rng)
}

fn fresh(
    key: &RecordKey,
    generation: Generation,
    author: &Author,
    partners: &BTreeSet<CenterId>,
    rng: &mut SmallRng,
) -> Made {
    let grants: Vec<CenterId> = if key.kind.has_maintainers() {
        let others = partners.iter().copied().filter(|center| *center != key.steward);
        others.take(MAX_MAINTAINERS).collect()
    } else {
        Vec::new()
    };
    write(&mut Document::new(), key, generation, author, &grants, rng)
}

fn edit(
    disk: &Disk,
    key: &RecordKey,
    generation: Generation,
    author: &Author,
    rng: &mut SmallRng,
) -> Made {
    let mut document = Document::from_changes(disk.chunks(key)).unwrap();
    write(&mut document, key, generation, author, &[], rng)
}

fn write(
    document: &mut Document,
    key: &RecordKey,
    generation: Generation,
    author: &Author,
    grants: &[CenterId],
    rng: &mut SmallRng,
) -> Made {
    let edits = [
        Edit::Put {
            field: "number".to_owned(),
            value: Value::Integer(rng.random_range(0..1 << 40)),
        },
        Edit::Put {
            field: "slug".to_owned(),
            value: Value::Text(format!("word {}", rng.random::<u16>())),
        },
    ];
    let actor = actor(key, generation, author);
    let chunks = document.write(key.kind, &edits, None, actor, grants).unwrap();
    chunks.into_iter().map(|chunk| signed(key, generation, author, Body::Chunk(chunk))).collect()
}

fn signed(
    key: &RecordKey,
    generation: Generation,
    author: &Author,
    body: Body,
) -> (Arc<SignedChange>, Form) {
    // Signatures are checked before the rules, and not here: who wrote a change is given.
    let signature = [0; 64];
    let change = SignedChange { key: *key, generation, author: *author, body, signature };
    let form = gate::read(&change).unwrap();
    (Arc::new(change), form)
}
