//! Which change killed the merge worker.
//!
//! The worker works on batches. When it dies, the daemon asks a new one again with less: first
//! halves of the batch until the deadly job is known, then the first half of its changes, until
//! the deadly change is known. That one and what is built on it are left out, and the rest of the
//! job is asked once more. Every other record of the batch gets its answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{EditJob, Edited, MergeJob, Merged, Request, Response};
use crate::admission::Refusal;
use crate::change::ChangeHash;
use crate::gate;

/// Workers that may die over one job before it is given up.
pub const MAX_DEATHS: usize = 64;

/// What a record is told that a change of it is left out for.
const DEADLY: &str = "it stops the merge worker";
/// What a record is told that cannot be merged at all.
const GIVEN_UP: &str = "the merge worker dies over it";

/// The search; see the module. Ask what [`Suspects::next`] says, tell with [`Suspects::answered`]
/// or [`Suspects::died`] how it went, until there is nothing more to ask.
#[derive(Debug)]
pub struct Suspects {
    jobs: Jobs,
    open: VecDeque<Step>,
    asked: Option<Step>,
    merged: BTreeMap<usize, Merged>,
    edited: BTreeMap<usize, Edited>,
}

#[derive(Debug)]
enum Jobs {
    Merge(Vec<MergeJob>),
    Edit(Vec<EditJob>),
}

impl Jobs {
    fn len(&self) -> usize {
        match self {
            Jobs::Merge(jobs) => jobs.len(),
            Jobs::Edit(jobs) => jobs.len(),
        }
    }
}

/// A question to a worker.
#[derive(Debug)]
enum Step {
    /// Jobs from one index to another, as they are.
    Jobs(usize, usize),
    /// One merge job without some of its chunks.
    Chunks(Search),
}

#[derive(Clone, Debug)]
struct Search {
    job: usize,
    /// Chunks that are not known to be deadly, nor built on one that is.
    kept: Vec<usize>,
    left_out: BTreeMap<usize, Refusal>,
    /// So many of `kept` are known to be harmless.
    low: usize,
    /// So many of `kept` are known to be deadly; `None` while all of them are tried.
    high: Option<usize>,
    deaths: usize,
}

impl Search {
    fn tried(&self) -> usize {
        match self.high {
            Some(high) => self.low + (high - self.low) / 2,
            None => self.kept.len(),
        }
    }
}

impl Suspects {
    /// Begins with a request that has killed a worker.
    pub fn new(deadly: Request) -> Self {
        let jobs = match deadly {
            Request::Merge(jobs) => Jobs::Merge(jobs),
            Request::Edit(jobs) => Jobs::Edit(jobs),
        };
        let count = jobs.len();
        let mut suspects = Self {
            jobs,
            open: VecDeque::new(),
            asked: (count > 0).then_some(Step::Jobs(0, count)),
            merged: BTreeMap::new(),
            edited: BTreeMap::new(),
        };
        suspects.died();
        suspects
    }

    /// What to ask a fresh worker next; `None` when every job has its answer.
    #[expect(clippy::should_implement_trait, reason = "without an answer it stays the same")]
    pub fn next(&mut self) -> Option<Request> {
        if self.asked.is_none() {
            self.asked = self.open.pop_front();
        }
        let step = self.asked.as_ref()?;
        Some(match (step, &self.jobs) {
            (Step::Jobs(from, to), Jobs::Merge(jobs)) => {
                Request::Merge(jobs.get(*from..*to).unwrap_or_default().to_vec())
            }
            (Step::Jobs(from, to), Jobs::Edit(jobs)) => {
                Request::Edit(jobs.get(*from..*to).unwrap_or_default().to_vec())
            }
            (Step::Chunks(search), Jobs::Merge(jobs)) => {
                let job = jobs.get(search.job).map(|job| part(job, search));
                Request::Merge(job.into_iter().collect())
            }
            (Step::Chunks(_), Jobs::Edit(_)) => Request::Edit(Vec::new()),
        })
    }

    /// The worker lived and answered. An answer that does not fit the question counts as a death.
    pub fn answered(&mut self, response: Response) {
        let fits = self.next().is_some_and(|request| response.fits(&request));
        if !fits {
            self.died();
            return;
        }
        match (self.asked.take(), response) {
            (Some(Step::Jobs(from, _)), Response::Merged(answers)) => {
                self.merged.extend((from..).zip(answers));
            }
            (Some(Step::Jobs(from, _)), Response::Edited(answers)) => {
                self.edited.extend((from..).zip(answers));
            }
            (Some(Step::Chunks(search)), Response::Merged(mut answers)) => match search.high {
                Some(high) => {
                    let low = search.tried();
                    self.narrow(Search { low, high: Some(high), ..search });
                }
                None => {
                    if let Some(answer) = answers.pop() {
                        self.merged.insert(search.job, whole(answer, search));
                    }
                }
            },
            _ => {}
        }
    }

    /// The worker died, or was stopped because it took too long.
    pub fn died(&mut self) {
        match self.asked.take() {
            Some(Step::Jobs(from, to)) if to - from > 1 => {
                let middle = from + (to - from) / 2;
                self.open.push_front(Step::Jobs(middle, to));
                self.open.push_front(Step::Jobs(from, middle));
            }
            Some(Step::Jobs(job, _)) => match &self.jobs {
                Jobs::Merge(jobs) => {
                    let count = jobs.get(job).map_or(0, |job| job.chunks.len());
                    self.narrow(Search {
                        job,
                        kept: (0..count).collect(),
                        left_out: BTreeMap::new(),
                        low: 0,
                        high: Some(count),
                        deaths: 1,
                    });
                }
                Jobs::Edit(_) => {
                    let view = Err(GIVEN_UP.to_owned());
                    let given_up = Edited { chunks: Vec::new(), view, snapshot: None };
                    self.edited.insert(job, given_up);
                }
            },
            Some(Step::Chunks(search)) => {
                let (high, deaths) = (search.tried(), search.deaths + 1);
                self.narrow(Search { high: Some(high), deaths, ..search });
            }
            None => {}
        }
    }

    /// All answers, in the order of the jobs. Jobs that were not asked to the end are given up.
    pub fn finish(mut self) -> Response {
        let count = self.jobs.len();
        match self.jobs {
            Jobs::Merge(_) => {
                let given_up = || Merged {
                    outcome: Err(GIVEN_UP.to_owned()),
                    left_out: Vec::new(),
                    snapshot: None,
                };
                let answer = |job| self.merged.remove(&job).unwrap_or_else(given_up);
                Response::Merged((0..count).map(answer).collect())
            }
            Jobs::Edit(_) => {
                let given_up = || Edited {
                    chunks: Vec::new(),
                    view: Err(GIVEN_UP.to_owned()),
                    snapshot: None,
                };
                let answer = |job| self.edited.remove(&job).unwrap_or_else(given_up);
                Response::Edited((0..count).map(answer).collect())
            }
        }
    }

    /// Goes on with a search in which a worker has died.
    fn narrow(&mut self, mut search: Search) {
        let Some(high) = search.high else { return };
        if high == 0 || search.deaths > MAX_DEATHS {
            // Deadly without any of its changes, or deadly time and again.
            self.give_up(search);
            return;
        }
        if high - search.low <= 1 {
            let culprit = search.kept.get(high - 1).copied();
            let Some(culprit) = culprit else { return };
            self.leave_out(&mut search, culprit);
            (search.low, search.high) = (0, None);
        }
        self.open.push_front(Step::Chunks(search));
    }

    fn give_up(&mut self, search: Search) {
        let gone =
            Merged { outcome: Err(GIVEN_UP.to_owned()), left_out: Vec::new(), snapshot: None };
        self.merged.insert(search.job, whole(gone, search));
    }

    fn leave_out(&self, search: &mut Search, culprit: usize) {
        let Jobs::Merge(jobs) = &self.jobs else { return };
        let Some(job) = jobs.get(search.job) else { return };
        let mut gone: BTreeSet<ChangeHash> = BTreeSet::new();
        for (index, chunk) in job.chunks.iter().enumerate() {
            let Some((hash, deps)) = gate::links(chunk) else { continue };
            if index == culprit {
                search.left_out.insert(index, Refusal::NotApplicable(DEADLY.to_owned()));
            } else if deps.iter().any(|dep| gone.contains(dep)) {
                let why = "it is built on a change that was left out".to_owned();
                search.left_out.entry(index).or_insert(Refusal::NotApplicable(why));
            }
            if search.left_out.contains_key(&index) {
                gone.insert(hash);
            }
        }
        search.left_out.entry(culprit).or_insert(Refusal::NotApplicable(DEADLY.to_owned()));
        search.kept.retain(|index| !search.left_out.contains_key(index));
    }
}

fn part(job: &MergeJob, search: &Search) -> MergeJob {
    let kept = search.kept.iter().take(search.tried());
    MergeJob {
        kind: job.kind,
        base: job.base.clone(),
        chunks: kept.filter_map(|index| job.chunks.get(*index)).cloned().collect(),
        keep_snapshot: job.keep_snapshot && search.high.is_none(),
    }
}

/// An answer to the kept chunks, told in the indexes of the whole job.
fn whole(answer: Merged, search: Search) -> Merged {
    let mut left_out = search.left_out;
    for (index, refusal) in answer.left_out {
        if let Some(index) = search.kept.get(index as usize) {
            left_out.insert(*index, refusal);
        }
    }
    let left_out = left_out.into_iter();
    let left_out = left_out.map(|(index, why)| (u32::try_from(index).unwrap_or(u32::MAX), why));
    Merged { left_out: left_out.collect(), ..answer }
}
