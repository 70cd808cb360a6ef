//! Many records at once, all or nothing.
//!
//! Nothing is written before the client has said that it is done: a stream that breaks leaves
//! nothing behind. A row keeps its record by its own identifier in its source, so that the same
//! file again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use hospes_desk::Reason;
use hospes_domain::schema::{Schema, schema};
use hospes_domain::usage::{self, Usage};
use hospes_domain::validate::{Violation, normalize, with_defaults};
use hospes_domain::{Fields, Kind, RecordKey, Timestamp, Value};
use tokio::sync::mpsc;

use crate::center::Center;
use crate::desk::caller::Caller;
use crate::desk::refused::{Refused, refused};
use crate::ledger::order::{EditError, Edits, ImportSource, Options, Target, Write};
use crate::machine::{clock, room};

/// Longest name of a source and longest identifier of a row, in characters.
pub(crate) const LONGEST_NAME: usize = 120;
/// Problems that are told one by one; a file that has more has one problem.
const MOST_PROBLEMS: usize = 5_000;
/// Most characters of a value that a problem shows.
const LONGEST_VALUE: usize = 60;
/// Steps in which progress is told.
const STEPS: usize = 50;

/// Where it is told how it goes.
pub(crate) type Telling = mpsc::Sender<Result<Told, Refused>>;

/// What is told on the way.
pub(crate) enum Told {
    /// So many rows are written, of so many.
    Progress(usize, usize),
    /// A row that is not as it must be, or that should be looked at.
    Problem(Problem),
    /// The last word.
    Report(Report),
}

/// What is wrong with a row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problem {
    pub(crate) row: u64,
    pub(crate) external_id: String,
    pub(crate) field: String,
    /// Shortened.
    pub(crate) value: String,
    pub(crate) reason: String,
    /// Whether the row was left out because of it.
    pub(crate) fatal: bool,
}

/// What became of the rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    pub(crate) new: u64,
    pub(crate) changed: u64,
    pub(crate) unchanged: u64,
    pub(crate) left_out: u64,
    /// Whether anything was written.
    pub(crate) saved: bool,
}

/// A row as it came.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// Its number in the file.
    pub(crate) number: u64,
    /// Its own identifier in its source.
    pub(crate) external_id: String,
    /// What it says, or why that cannot be read.
    pub(crate) fields: Result<Fields, String>,
}

/// A whole list as it came.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) kind: Kind,
    /// Names the list, so that the same row of it is the same record next time.
    pub(crate) source: String,
    pub(crate) dry_run: bool,
    pub(crate) override_lint: bool,
    /// Leaves out rows with problems and takes the others.
    pub(crate) skip_problems: bool,
    /// Takes up again what a person has put out of use.
    pub(crate) bring_back: bool,
    pub(crate) rows: Vec<Given>,
    /// Of all rows, as they came.
    pub(crate) bytes: usize,
}

/// Takes a list in, and tells what came of it.
pub(crate) async fn run(
    center: &Center,
    caller: &Caller,
    list: List,
    telling: &Telling,
) -> Result<(), Refused> {
    if let Some(told) = room::too_little(list.bytes as u64, room::free(center.store.path()))
        && !list.dry_run
    {
        return Err(refused(Reason::Disk, told));
    }
    // Two at once would each make the records that the other one is making.
    let _turn = center.importing.lock().await;
    if telling.is_closed() {
        return Err(hung_up());
    }
    let report = take_in(center, caller, list, telling).await?;
    tell(telling, Told::Report(report)).await
}

/// A row that is not as it must be.
fn problem(row: &Row, field: &str, value: String, reason: String) -> Problem {
    Problem {
        row: row.number,
        external_id: row.external_id.clone(),
        field: field.to_owned(),
        value,
        reason,
        fatal: true,
    }
}

/// A row in the form in which it is compared and saved.
#[derive(Debug)]
struct Row {
    number: u64,
    external_id: String,
    fields: Fields,
    digest: [u8; 32],
}

impl Row {
    fn of(schema: &Schema, row: Given) -> Result<Self, Box<Problem>> {
        let mut made = Self {
            number: row.number,
            external_id: row.external_id.trim().to_owned(),
            fields: Fields::new(),
            digest: [0; 32],
        };
        let length = made.external_id.chars().count();
        if length == 0 || length > LONGEST_NAME {
            let shown = std::mem::take(&mut made.external_id);
            made.external_id = shown.chars().take(LONGEST_VALUE).collect();
            let reason = format!("has {length} characters, it must be 1..={LONGEST_NAME}");
            return Err(Box::new(problem(&made, "external_id", String::new(), reason)));
        }
        match row.fields {
            Ok(fields) => {
                made.fields = normalize(schema, fields);
                made.digest = fingerprint(&made.fields);
                Ok(made)
            }
            Err(why) => Err(Box::new(problem(&made, "", String::new(), why))),
        }
    }
}

/// What a row says, as it is compared with what it said last time.
fn fingerprint(fields: &Fields) -> [u8; 32] {
    // The maps are in order, so equal fields are equal bytes. Fields always have an encoding.
    let bytes = postcard::to_stdvec(fields).unwrap_or_default();
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &bytes).as_ref());
    hash
}

/// What becomes of a row.
enum Fate {
    Unchanged,
    /// A person has put its record out of use, in this word.
    OutOfUse(RecordKey, String),
    New,
    Changed(RecordKey),
}

async fn take_in(
    center: &Center,
    caller: &Caller,
    list: List,
    telling: &Telling,
) -> Result<Report, Refused> {
    let known = center.store.import_marks(&list.source).await?;
    let now = clock::now();
    let schema = schema(list.kind);
    let mut problems = Problems::default();
    let mut report = Report::default();
    let mut seen = BTreeSet::new();
    let mut writes: Vec<Write> = Vec::new();
    let mut written_rows: Vec<(u64, String)> = Vec::new();

    for row in list.rows {
        let row = match Row::of(schema, row) {
            Ok(row) => row,
            Err(problem) => {
                problems.add(*problem);
                report.left_out += 1;
                continue;
            }
        };
        if !seen.insert(row.external_id.clone()) {
            let reason = "is the identifier of an earlier row too".to_owned();
            problems.add(problem(&row, "external_id", shortened(&row.external_id), reason));
            report.left_out += 1;
            continue;
        }
        let before = known.get(&row.external_id);
        let record = match before {
            None => None,
            Some(mark) => center.store.get(&mark.key).await?,
        };
        let record = record.filter(|record| !record.erased && record.key.kind == list.kind);
        let (fate, current) = match (before, record) {
            (Some(mark), Some(record)) => {
                let word = usage::ended(list.kind, &record.fields).map(str::to_owned);
                match word {
                    Some(word) if !list.bring_back => (Fate::OutOfUse(mark.key, word), None),
                    Some(_) => (Fate::Changed(mark.key), Some(in_use(list.kind, record.fields))),
                    None if mark.digest == row.digest => (Fate::Unchanged, None),
                    None => (Fate::Changed(mark.key), Some(record.fields)),
                }
            }
            _ => (Fate::New, None),
        };
        let target = match fate {
            Fate::Unchanged => {
                report.unchanged += 1;
                continue;
            }
            Fate::OutOfUse(key, word) => {
                // A list that says the same has nothing to be told.
                if usage::ended(list.kind, &row.fields) != Some(word.as_str()) {
                    let reason = format!(
                        "the record {} of this row is {word} here and stays so; to bring it back: \
                         the same import with --bring-back",
                        key.id
                    );
                    let told = problem(&row, "external_id", shortened(&row.external_id), reason);
                    problems.add(Problem { fatal: false, ..told });
                }
                report.unchanged += 1;
                continue;
            }
            Fate::New => Target::New(list.kind),
            Fate::Changed(key) => Target::Existing(key),
        };
        let fields = completed(list.kind, row.fields.clone(), current.as_ref(), now);
        let found = schema.check(&fields);
        let fatal = |violation: &Violation| !(list.override_lint && violation.can_be_overridden());
        let left_out = found.iter().any(fatal);
        for violation in &found {
            let value = at(&fields, &violation.field);
            let reason = violation.problem.to_string();
            let told = problem(&row, &violation.field, value, reason);
            problems.add(Problem { fatal: fatal(violation), ..told });
        }
        if left_out {
            report.left_out += 1;
            continue;
        }
        written_rows.push((row.number, row.external_id.clone()));
        let mark = ImportSource {
            source: list.source.clone(),
            external_id: row.external_id,
            digest: row.digest,
        };
        writes.push(Write { target, edits: Edits::Whole(fields), base: None, import: Some(mark) });
    }

    problems.tell(telling).await?;
    let stopped = report.left_out > 0 && !list.skip_problems;
    let options = Options {
        dry_run: list.dry_run || stopped,
        override_lint: list.override_lint,
        who: caller.name.clone(),
    };
    let saves = !options.dry_run;
    if !writes.is_empty() {
        let new: Vec<bool> =
            writes.iter().map(|write| matches!(write.target, Target::New(_))).collect();
        let progress = progress(telling.clone());
        match center.write(writes, options, progress).await {
            Ok(written) => {
                for (written, new) in written.iter().zip(new) {
                    match (new, written.changed) {
                        (true, _) => report.new += 1,
                        (false, true) => report.changed += 1,
                        (false, false) => report.unchanged += 1,
                    }
                }
            }
            Err(EditError::Refused(refused)) => {
                // Only what the check above could not see, such as a bound of the whole record.
                let mut rows = BTreeSet::new();
                let mut problems = Problems::default();
                for (index, violations) in refused {
                    rows.insert(index);
                    let Some((number, external_id)) = written_rows.get(index) else { continue };
                    for violation in violations {
                        problems.add(Problem {
                            row: *number,
                            external_id: external_id.clone(),
                            reason: violation.problem.to_string(),
                            field: violation.field,
                            value: String::new(),
                            fatal: true,
                        });
                    }
                }
                problems.tell(telling).await?;
                report.left_out += rows.len() as u64;
                return Ok(Report { saved: false, ..report });
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Report { saved: saves, ..report })
}

/// A record as it is when nobody has put it out of use.
fn in_use(kind: Kind, mut fields: Fields) -> Fields {
    if let Some(usage) = Usage::of(kind) {
        fields.remove(usage.field);
    }
    fields
}

/// A row with what it does not say: for a new record the defaults, for an old one what the defaults
/// or a person made of them, so that a list never puts back to work what somebody has withdrawn.
fn completed(kind: Kind, mut row: Fields, current: Option<&Fields>, now: Timestamp) -> Fields {
    if let Some(current) = current {
        for (name, _) in with_defaults(kind, Fields::new(), now) {
            if let Some(value) = current.get(&name) {
                row.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
    with_defaults(kind, row, now)
}

/// The value at the path of a violation, shortened; nothing when it is not one plain value.
fn at(fields: &Fields, path: &str) -> String {
    let (name, rest) = path.split_once(['.', '[']).unwrap_or((path, ""));
    let whole = fields.get(name);
    let value = match (whole, rest.trim_end_matches(']')) {
        (Some(Value::Map(map)), key) if !key.is_empty() => map.get(key),
        (Some(Value::List(list)), index) if !index.is_empty() => {
            index.parse::<usize>().ok().and_then(|index| list.get(index))
        }
        (whole, _) => whole,
    };
    value.map(|value| shortened(&value.to_string())).unwrap_or_default()
}

/// The beginning of foreign text, fit for a screen.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_VALUE).collect();
    if text.chars().nth(LONGEST_VALUE).is_some() {
        short.push('…');
    }
    short
}

/// Problems of rows, and how many more there were than anybody would read.
#[derive(Default)]
struct Problems {
    told: Vec<Problem>,
    more: BTreeMap<bool, u64>,
}

impl Problems {
    fn add(&mut self, problem: Problem) {
        if self.told.len() < MOST_PROBLEMS {
            self.told.push(problem);
        } else {
            *self.more.entry(problem.fatal).or_default() += 1;
        }
    }

    async fn tell(self, telling: &Telling) -> Result<(), Refused> {
        for problem in self.told {
            tell(telling, Told::Problem(problem)).await?;
        }
        for (fatal, count) in self.more {
            let reason = format!("and {count} more problems like those above");
            let problem = Problem { reason, fatal, ..Default::default() };
            tell(telling, Told::Problem(problem)).await?;
        }
        Ok(())
    }
}

async fn tell(telling: &Telling, step: Told) -> Result<(), Refused> {
    telling.send(Ok(step)).await.map_err(|_| hung_up())
}

fn hung_up() -> Refused {
    refused(Reason::Unavailable, "the client hung up; nothing was saved")
}

/// Tells progress now and then. When the client does not keep up, it misses some: the writing does
/// not wait for a screen. When the client is gone, so is its wish.
fn progress(telling: Telling) -> impl FnMut(usize, usize) -> bool + Send + 'static {
    let mut next = 0;
    move |done, total| {
        if telling.is_closed() {
            return false;
        }
        if done < next && done != total {
            return true;
        }
        next = done + (total / STEPS).max(1);
        let _ = telling.try_send(Ok(Told::Progress(done, total)));
        true
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
