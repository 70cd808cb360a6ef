//! The forms of all changes of a world, read once; and records for large worlds: real in all that
//! the engines look at, with filler in place of a document, because making 100,000 documents takes
//! longer than comparing them.

use std::collections::HashMap;
use std::sync::Arc;

use hospes_domain::{CircleId, Kind, RecordId, RecordKey};
use hospes_sync::admission::{Form, Refusal};
use hospes_sync::change::actor;
use hospes_sync::{Author, Body, ChangeHash, SignedChange, gate};
use rand::Rng as _;
use rand::rngs::SmallRng;

/// Bytes of filler: what the change of an offer takes.
const FILLER: usize = 250;

/// The forms of planted changes, which the gate could not read, and of what people made, which it
/// has read.
#[derive(Default)]
pub(crate) struct Plants(HashMap<ChangeHash, Form>);

impl Plants {
    pub(crate) fn form(&self, change: &SignedChange) -> Result<Form, Refusal> {
        match self.0.get(&change.hash()) {
            Some(form) => Ok(form.clone()),
            None => gate::read(change),
        }
    }

    /// Remembers what the gate read.
    pub(crate) fn keep(&mut self, form: &Form) {
        self.0.insert(form.hash, form.clone());
    }

    /// A new record of one change.
    pub(crate) fn record(&mut self, author: &Author, rng: &mut SmallRng) -> Arc<SignedChange> {
        let key = RecordKey {
            circle: CircleId::COMMONS,
            id: RecordId::from_random(rng.random()),
            steward: author.center,
            kind: Kind::Offer,
        };
        let mut filler = vec![0; FILLER];
        rng.fill(filler.as_mut_slice());
        let change = SignedChange {
            key,
            generation: 1,
            author: *author,
            body: Body::Chunk(filler),
            signature: [0; 64],
        };
        let form = Form {
            hash: change.hash(),
            actor: actor(&key, 1, author),
            seq: 1,
            start_op: 1,
            max_op: 20,
            deps: Vec::new(),
            grants: Vec::new(),
        };
        self.0.insert(form.hash, form);
        Arc::new(change)
    }
}
