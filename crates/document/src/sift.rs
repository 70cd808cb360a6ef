//! Which changes a record has to be shown without.
//!
//! Several changes may each be well formed and yet not fit together. The record is then shown with
//! the earlier ones: in the given order, the change after which the document does not load or leaves
//! its bounds for good is left out with whatever is built on it, and so on. The answer depends on the
//! order and the base only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hospes_sync::ChangeHash;
use hospes_sync::admission::Refusal;
use hospes_sync::merge::MergeJob;

use crate::document::{Document, read_change};
use crate::references::References;
use crate::settling::{Settled, Trouble, build, ground, history, settle, view};

/// Most changes that are singled out in one record; with more, the record is not shown.
const MAX_CULPRITS: usize = 32;
/// How many changes one save may be: that of a long template makes several, and between them the
/// record need not be whole.
const MAX_PARTS: usize = 64;

pub(super) fn sift(job: &MergeJob) -> (Result<Settled, Trouble>, Vec<(u32, Refusal)>) {
    let mut sieve = match Sieve::new(job) {
        Ok(sieve) => sieve,
        Err(trouble) => return (Err(trouble), Vec::new()),
    };
    let settled = sieve.run();
    let left_out = sieve.left_out.into_iter();
    let left_out = left_out.map(|(index, why)| (u32::try_from(index).unwrap_or(u32::MAX), why));
    (settled, left_out.collect())
}

struct Sieve<'a> {
    job: &'a MergeJob,
    /// What each chunk is built on, by index in the job.
    below: Vec<Vec<usize>>,
    left_out: BTreeMap<usize, Refusal>,
}

impl<'a> Sieve<'a> {
    fn new(job: &'a MergeJob) -> Result<Self, Trouble> {
        let mut base = ground(job.base.as_deref())?;
        let history = history(&mut base, job);
        let mut references = history.as_deref().and_then(References::of);
        let mut sieve = Self { job, below: Vec::new(), left_out: BTreeMap::new() };
        let mut known: HashMap<ChangeHash, usize> = HashMap::new();
        for (index, chunk) in job.chunks.iter().enumerate() {
            let mut below = Vec::new();
            match read_change(chunk) {
                Ok(change) => {
                    for dep in change.deps() {
                        let dep = ChangeHash(dep.0);
                        match known.get(&dep) {
                            Some(earlier) => below.push(*earlier),
                            None if base.holds(dep) => {}
                            None => {
                                let why = "it is built on a change that is missing".to_owned();
                                sieve.left_out.insert(index, Refusal::NotApplicable(why));
                            }
                        }
                    }
                    known.insert(ChangeHash(change.hash().0), index);
                    if below.iter().any(|below| sieve.left_out.contains_key(below)) {
                        sieve.left_out.insert(index, above());
                    }
                    if let Some(references) = &mut references
                        && !sieve.left_out.contains_key(&index)
                        && let Err(why) = references.admit(chunk)
                    {
                        sieve.left_out.insert(index, Trouble::Dangling(why.to_owned()).refusal());
                    }
                }
                Err(error) => {
                    sieve.left_out.insert(index, Trouble::from(error).refusal());
                }
            }
            sieve.below.push(below);
        }
        Ok(sieve)
    }

    fn run(&mut self) -> Result<Settled, Trouble> {
        let mut culprits = 0;
        loop {
            let kept: Vec<usize> =
                (0..self.job.chunks.len()).filter(|i| !self.left_out.contains_key(i)).collect();
            let trouble = match self.try_with(&kept) {
                Ok(settled) => return Ok(settled),
                Err(trouble) => trouble,
            };
            culprits += 1;
            if culprits > MAX_CULPRITS {
                return Err(trouble);
            }
            let broken = matches!(trouble, Trouble::Document(_));
            let Some((culprit, refusal)) = self.culprit(&kept, &trouble, broken) else {
                return Err(trouble);
            };
            self.left_out.insert(culprit, refusal);
            self.leave_out_what_is_above();
        }
    }

    /// The change that takes the record from well to not well.
    fn culprit(&self, kept: &[usize], trouble: &Trouble, broken: bool) -> Option<(usize, Refusal)> {
        if broken {
            let well = |kept: &[usize]| match self.try_with(kept) {
                // A document that is only incomplete can still be built upon.
                Ok(_) | Err(Trouble::Bounds(_)) => Ok(()),
                Err(trouble) => Err(trouble),
            };
            well(&[]).ok()?;
            return self.halve(kept, 0..kept.len(), 1, trouble.refusal(), well);
        }
        // Saving and loading a long text takes longer than making it, and tells nothing about bounds.
        let well = |kept: &[usize]| {
            self.document(kept).and_then(|document| view(&document, self.job.kind)).map(|_| ())
        };
        let low = self.first_whole(kept)?;
        self.halve(kept, low..kept.len(), MAX_PARTS, trouble.refusal(), well)
    }

    /// Takes the half that the trouble begins in, until so few changes are left, and then looks at
    /// each of those.
    fn halve(
        &self,
        kept: &[usize],
        within: std::ops::Range<usize>,
        few: usize,
        mut refusal: Refusal,
        well: impl Fn(&[usize]) -> Result<(), Trouble>,
    ) -> Option<(usize, Refusal)> {
        let (mut low, mut high) = (within.start, within.end);
        while high - low > few {
            let middle = low + (high - low) / 2;
            match well(kept.get(..middle)?) {
                Ok(()) => low = middle,
                Err(found) => (high, refusal) = (middle, found.refusal()),
            }
        }
        if high - low <= 1 {
            return Some((*kept.get(high.checked_sub(1)?)?, refusal));
        }
        self.last_whole(kept, low..high)
    }

    /// After how many changes the record is within its bounds for the first time. One document grows
    /// with them: making it anew for each would take ten times as long.
    fn first_whole(&self, kept: &[usize]) -> Option<usize> {
        let mut document = self.document(&[]).ok()?;
        for count in 0..=MAX_PARTS.min(kept.len()) {
            if view(&document, self.job.kind).is_ok() {
                return Some(count);
            }
            let next = kept.get(count).and_then(|index| self.job.chunks.get(*index))?;
            document.apply([next.as_slice()]).ok()?;
        }
        None
    }

    /// The change after the last one at which the record was within its bounds. In the middle of a
    /// save of several changes it may not be: a text may just then end with a space.
    fn last_whole(
        &self,
        kept: &[usize],
        within: std::ops::Range<usize>,
    ) -> Option<(usize, Refusal)> {
        let mut document = self.document(kept.get(..within.start)?).ok()?;
        let mut whole = view(&document, self.job.kind).is_ok();
        let mut found = None;
        for index in kept.get(within)? {
            let applied = document.apply([self.job.chunks.get(*index)?.as_slice()]);
            let now = applied.map_err(Trouble::from).and_then(|()| view(&document, self.job.kind));
            if let Err(trouble) = &now
                && whole
            {
                found = Some((*index, trouble.refusal()));
            }
            whole = now.is_ok();
        }
        found
    }

    fn document(&self, kept: &[usize]) -> Result<Document, Trouble> {
        let chunks = kept.iter().filter_map(|index| self.job.chunks.get(*index));
        build(self.job.base.as_deref(), chunks.map(Vec::as_slice))
    }

    fn try_with(&self, kept: &[usize]) -> Result<Settled, Trouble> {
        settle(self.document(kept)?, self.job.kind)
    }

    fn leave_out_what_is_above(&mut self) {
        let mut gone: BTreeSet<usize> = self.left_out.keys().copied().collect();
        for (index, below) in self.below.iter().enumerate() {
            if !gone.contains(&index) && below.iter().any(|below| gone.contains(below)) {
                self.left_out.insert(index, above());
                gone.insert(index);
            }
        }
    }
}

fn above() -> Refusal {
    Refusal::NotApplicable("it is built on a change that was left out".to_owned())
}
