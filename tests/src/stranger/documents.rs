//! Where fields lie in the document, and how chunks are made: with Automerge itself.

use anyhow::{Context as _, Result, bail};
use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{
    ActorId, AutoCommit, Change, ObjId, ObjType, Prop, ROOT, ReadDoc as _, ScalarValue, Value,
};
use serde_json::Value as Json;

use super::names::Digest;

/// The document of a record.
#[derive(Debug, Default)]
pub struct Document(AutoCommit);

/// What a chunk says before its operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is built on.
    pub built_on: Vec<Digest>,
    /// Who wrote it.
    pub actor: Vec<u8>,
    /// The number of the change among its actor's.
    pub seq: u64,
    /// The number of its first operation.
    pub start_op: u64,
    /// Its message.
    pub message: String,
}

/// Reads a chunk.
pub fn head(chunk: &[u8]) -> Result<Head> {
    let change = Change::try_from(chunk)?;
    Ok(Head {
        built_on: change.deps().iter().map(|name| name.0).collect(),
        actor: change.actor_id().to_bytes().to_vec(),
        seq: change.seq(),
        start_op: change.start_op().get(),
        message: change.message().unwrap_or_default().to_owned(),
    })
}

impl Document {
    /// Takes chunks in.
    pub fn apply<'c>(&mut self, chunks: impl IntoIterator<Item = &'c [u8]>) -> Result<()> {
        for chunk in chunks {
            self.0.apply_changes([Change::try_from(chunk)?])?;
        }
        Ok(())
    }

    /// Makes steps as the test vectors have them, in one change, and returns its chunk.
    pub fn write(&mut self, actor: [u8; 16], message: &str, steps: &[Json]) -> Result<Vec<u8>> {
        self.0.set_actor(ActorId::from(actor.as_slice()));
        for step in steps {
            self.step(step).with_context(|| format!("in the step {step}"))?;
        }
        let options = CommitOptions::default().with_time(0);
        let options =
            if message.is_empty() { options } else { options.with_message(message.to_owned()) };
        let name = self.0.commit_with(options).context("nothing changed")?;
        let change = self.0.get_change_by_hash(&name).context("no change")?;
        Ok(change.raw_bytes().to_vec())
    }

    fn step(&mut self, step: &Json) -> Result<()> {
        let at = step.get("at").and_then(Json::as_str).context("no place")?;
        let (object, prop) = self.find(at)?;
        if let Some(value) = step.get("put") {
            let value: ScalarValue = match value {
                Json::String(text) => text.as_str().into(),
                Json::Bool(flag) => (*flag).into(),
                number => ScalarValue::Int(number.as_i64().context("no whole number")?),
            };
            match prop {
                Prop::Map(key) => self.0.put(object, key, value)?,
                Prop::Seq(place) => self.0.insert(object, place, value)?,
            }
        } else if let Some(made) = step.get("make").and_then(Json::as_str) {
            let made = match made {
                "map" => ObjType::Map,
                "list" => ObjType::List,
                "text" => ObjType::Text,
                other => bail!("nobody makes a {other}"),
            };
            match prop {
                Prop::Map(key) => self.0.put_object(object, key, made)?,
                Prop::Seq(place) => self.0.insert_object(object, place, made)?,
            };
        } else if let Some(splice) = step.get("splice") {
            let number = |key| splice.get(key).and_then(Json::as_u64).context("no number");
            let insert = splice.get("insert").and_then(Json::as_str).context("no text")?;
            let (_, text) = self.0.get(object, prop)?.context("no text there")?;
            let delete = isize::try_from(number("delete")?)?;
            self.0.splice_text(text, usize::try_from(number("place")?)?, delete, insert)?;
        } else {
            self.0.delete(object, prop)?;
        }
        Ok(())
    }

    /// The object that a pointer leads to, and the place in it.
    fn find(&self, pointer: &str) -> Result<(ObjId, Prop)> {
        let mut words = pointer.split('/').skip(1).peekable();
        let (mut object, mut kind) = (ROOT, ObjType::Map);
        while let Some(word) = words.next() {
            let prop = match kind {
                ObjType::List => Prop::Seq(word.parse()?),
                _ => Prop::Map(word.to_owned()),
            };
            if words.peek().is_none() {
                return Ok((object, prop));
            }
            let (Value::Object(found), id) = self.0.get(&object, prop)?.context("nothing there")?
            else {
                bail!("no object there")
            };
            (object, kind) = (id, found);
        }
        bail!("a pointer to nothing")
    }

    /// A value under a key of the root, if it is a text.
    pub fn text(&self, field: &str) -> Result<Option<String>> {
        let value = self.0.get(ROOT, field)?;
        Ok(value.and_then(|(value, _)| value.as_str().map(str::to_owned)))
    }
}
