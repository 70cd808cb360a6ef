//! Single changes that are made to harm, each validly signed by a center that is trusted.

use anyhow::{Context as _, Result, bail};
use hospes_domain::{Kind, Value};
use hospes_sync::{Body, SignedChange, gate};

use crate::chunk::{
    self, CHANGE, Change, DEFLATED, action, column, counted, deflated_zeros, endless_bundle,
    framed, million_operations, nested_maps, reframed, repeat, signed, unsigned,
};
use crate::hostile::{HostileRecord, Persona, SEQ};

/// Fields of an offer.
pub fn offer(sleeps: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("country", Value::from("EE")),
        ("place_type", Value::from("sofa")),
        ("sleeps", Value::from(sleeps)),
        ("status", Value::from("active")),
        ("vetting", Value::from("none")),
        ("confirmed_at", Value::from("2026-11-20T10:00:00Z")),
        ("confirmed_by", Value::from("steward_guess")),
        ("expires_on", Value::from("2027-11-20")),
    ]
}

/// The chunk of a change.
pub fn chunk_of(change: &SignedChange) -> Result<&[u8]> {
    match &change.body {
        Body::Chunk(chunk) => Ok(chunk),
        Body::Tombstone => bail!("a tombstone"),
    }
}

/// What must become of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is not held, for the reason with this code.
    Refused(&'static str),
    /// It is held, so that all nodes agree on the set, and left out of what is shown.
    LeftOut(&'static str),
}

/// A change that is made to harm, with those that it is built on before it.
#[derive(Debug)]
pub struct Bomb {
    /// What it is.
    pub name: &'static str,
    /// What must become of the last of its changes.
    pub fate: Fate,
    /// Its changes.
    pub changes: Vec<SignedChange>,
}

/// All bombs that fit into one change, or into one and what it is built on.
#[derive(Debug)]
pub struct Arsenal<'p> {
    by: &'p Persona,
    /// The bombs.
    pub bombs: Vec<Bomb>,
}

impl<'p> Arsenal<'p> {
    /// All of them.
    pub fn of(by: &'p Persona) -> Result<Self> {
        let mut arsenal = Self { by, bombs: Vec::new() };
        arsenal.expanding()?;
        arsenal.misnumbered()?;
        arsenal.borrowed()?;
        arsenal.contradicting()?;
        arsenal.dangling()?;
        arsenal.out_of_schema()?;
        Ok(arsenal)
    }

    fn draft(&self) -> HostileRecord<'p> {
        self.by.record(Kind::Offer)
    }

    fn add(&mut self, name: &'static str, fate: Fate, changes: Vec<SignedChange>) {
        self.bombs.push(Bomb { name, fate, changes });
    }

    /// A change with a chunk of its own making, made for the writer that it has to have.
    fn add_chunk(
        &mut self,
        name: &'static str,
        code: &'static str,
        chunk: impl FnOnce([u8; 16]) -> Vec<u8>,
    ) {
        let draft = self.draft();
        let change = draft.signed(chunk(draft.actor()));
        self.add(name, Fate::Refused(code), vec![change]);
    }

    /// Small ones that become large when they are read.
    fn expanding(&mut self) -> Result<()> {
        self.add_chunk("a million operations in a hundred bytes", "malformed", |actor| {
            million_operations(actor).chunk()
        });
        self.add_chunk("20,000 maps in each other", "malformed", |actor| {
            nested_maps(actor, 20_000).chunk()
        });
        self.add_chunk("a compressed change of nine megabytes", "malformed", |_| {
            framed(DEFLATED, &deflated_zeros(36_000))
        });
        self.add_chunk("a compressed column of nine megabytes", "malformed", |actor| {
            let mut change = million_operations(actor);
            for (number, cells) in &mut change.columns {
                if *number == column::VALUE_SHAPE {
                    (*number, *cells) = (*number | column::DEFLATED, deflated_zeros(36_000));
                }
            }
            change.chunk()
        });
        self.add_chunk("a bundle without end", "malformed", endless_bundle);
        self.add_chunk("a wrong checksum", "malformed", |actor| {
            let mut chunk = nested_maps(actor, 2).chunk();
            chunk.get_mut(5).into_iter().for_each(|byte| *byte ^= 1);
            chunk
        });
        Ok(())
    }

    /// Numbers that do not follow.
    fn misnumbered(&mut self) -> Result<()> {
        for (name, code, seq, start) in [
            ("operations near 2^32", "malformed", 1, u64::from(u32::MAX) - 3),
            ("operations near 2^31", "malformed", 1, (1 << 31) - 2),
            ("operations far beyond any", "wrong_start", 1, (1 << 31) - 100),
            ("a change with number 5 and none before", "sequence_gap", 5, 1),
            ("a change with number 2^31", "malformed", 1 << 31, 1),
        ] {
            self.add_chunk(name, code, |actor| {
                Change { seq, start, ..nested_maps(actor, 4) }.chunk()
            });
        }
        let mut draft = self.draft();
        let first = draft.change(&offer(1))?;
        let gap = reframed(chunk_of(&draft.change(&[("sleeps", Value::from(2))])?)?, |content| {
            // One change below it: its name stands before what a first change begins with.
            content.get_mut(SEQ + 32).into_iter().for_each(|seq| *seq += 1);
        })?;
        let gap = draft.signed(gap);
        self.add("a gap between two changes", Fate::Refused("sequence_gap"), vec![first, gap]);
        Ok(())
    }

    /// What belongs to others.
    fn borrowed(&mut self) -> Result<()> {
        let chunk = self.draft().chunk_by([7; 16], &offer(1))?;
        let change = self.draft().signed(chunk);
        self.add("the writer of another node", Fate::Refused("foreign_actor"), vec![change]);
        let chunk = self.draft().chunk(&offer(2))?;
        let change = self.draft().signed(chunk);
        self.add(
            "the first change of another record",
            Fate::Refused("foreign_actor"),
            vec![change],
        );
        Ok(())
    }

    /// Two changes with one number.
    fn contradicting(&mut self) -> Result<()> {
        let mut draft = self.draft();
        let ground = draft.change(&offer(4))?;
        let mut other = draft.fork()?;
        let mut two = [
            draft.change(&[("sleeps", Value::from(5))])?,
            other.change(&[("sleeps", Value::from(6))])?,
        ];
        two.sort_by_key(SignedChange::hash);
        let changes = [vec![ground], two.to_vec()].concat();
        self.add("one number for two changes", Fate::LeftOut("equivocation"), changes);
        Ok(())
    }

    /// What refers to something that is not there: the library takes it in, and then cannot load
    /// what it has saved.
    fn dangling(&mut self) -> Result<()> {
        for (name, object) in
            [("a value overwritten that is not there", None), ("a map that is none", Some(1))]
        {
            let mut draft = self.draft();
            let ground = draft.change(&offer(3))?;
            let form = gate::read(&ground).context("a bad ground")?;
            let mut change = Change {
                deps: vec![form.hash.0],
                seq: 2,
                start: form.max_op + 1,
                ..Change::first(draft.actor())
            };
            if let Some(object) = object {
                change = change
                    .with(column::OBJECT_ACTOR, repeat(1, &unsigned(0)))
                    .with(column::OBJECT_COUNTER, repeat(1, &unsigned(object)));
            }
            let befores = i64::from(object.is_none());
            change = change
                .with(column::KEY_TEXT, repeat(1, &counted(b"note")))
                .with(column::INSERT, unsigned(1))
                .with(column::ACTION, repeat(1, &unsigned(action::SET)))
                // A whole number of one byte.
                .with(column::VALUE_SHAPE, repeat(1, &unsigned(0x14)))
                .with(column::VALUE, signed(5))
                .with(column::BEFORE_COUNT, repeat(1, &signed(befores)));
            if befores > 0 {
                change = change
                    .with(column::BEFORE_ACTOR, repeat(1, &unsigned(0)))
                    .with(column::BEFORE_COUNTER, repeat(1, &signed(1)));
            }
            let change = draft.signed(change.chunk());
            self.add(name, Fate::LeftOut("not_applicable"), vec![ground, change]);
        }
        Ok(())
    }

    /// Well-formed changes after which a record is none.
    fn out_of_schema(&mut self) -> Result<()> {
        for (name, field, value) in [
            ("beds without number", "sleeps", Value::from(70_000)),
            ("a text where a number belongs", "sleeps", Value::from("many")),
            ("a number where a word belongs", "place_type", Value::from(7)),
            ("a word that is none of the choices", "status", Value::from("burning")),
            ("a note longer than any", "note", Value::from("x".repeat(50_000))),
            ("a list where a word belongs", "country", Value::List(vec![Value::from("EE"); 500])),
        ] {
            let mut draft = self.draft();
            let ground = draft.change(&offer(3))?;
            let change = draft.change(&[(field, value)])?;
            self.add(name, Fate::LeftOut("out_of_bounds"), vec![ground, change]);
        }
        Ok(())
    }

    /// A bundle that somebody else has made, given to us as it is.
    pub fn add_bundle(&mut self, bytes: &[u8]) -> Result<()> {
        let draft = self.draft();
        let bare = draft.signed(bytes.to_vec());
        self.add(
            "a bundle that the library never ends to read",
            Fate::Refused("malformed"),
            vec![bare],
        );
        // The same in the clothes of a change.
        let content = chunk::content(bytes)?;
        let draft = self.draft();
        let dressed = draft.signed(framed(CHANGE, content));
        self.add(
            "a bundle that says that it is a change",
            Fate::Refused("malformed"),
            vec![dressed],
        );
        Ok(())
    }
}
