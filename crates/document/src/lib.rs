//! The documents of records: the only crate that is built with Automerge.
//!
//! It runs in a process of its own, because the library may panic, abort or not return on bytes that
//! passed the gate. What it is asked and what it answers is in [`hospes_sync::merge`]. All changes of a
//! document are taken at once; it is saved, loaded again, read, and checked against the schema.

mod document;
mod references;
mod settling;
mod sift;

use hospes_sync::merge::{EditJob, Edited, MergeJob, Merged, Request, Response, plain};

pub use document::{Document, DocumentError};
use references::References;
use settling::{Settled, Trouble, build, ground, history, settle};

/// Does the work. Runs in the child; may panic or not return on a hostile change.
pub fn answer(request: Request) -> Response {
    match request {
        Request::Merge(jobs) => Response::Merged(jobs.iter().map(merge).collect()),
        Request::Edit(jobs) => Response::Edited(jobs.iter().map(edit).collect()),
    }
}

fn merge(job: &MergeJob) -> Merged {
    if let (None, [chunk], false) = (&job.base, job.chunks.as_slice(), job.keep_snapshot)
        && let Some(view) = plain(chunk, job.kind)
    {
        return Merged { outcome: Ok(view), left_out: Vec::new(), snapshot: None };
    }
    let (settled, left_out) = match merge_all(job) {
        Ok(settled) => (Ok(settled), Vec::new()),
        // The usual case costs one pass. Only now is it worth to look for who is to blame.
        Err(_) => sift::sift(job),
    };
    match settled {
        Ok(Settled { view, saved }) => {
            Merged { outcome: Ok(view), left_out, snapshot: job.keep_snapshot.then_some(saved) }
        }
        Err(trouble) => Merged { outcome: Err(trouble.to_string()), left_out, snapshot: None },
    }
}

fn merge_all(job: &MergeJob) -> Result<Settled, Trouble> {
    let mut document = ground(job.base.as_deref())?;
    let history = history(&mut document, job);
    if let Some(mut references) = history.as_deref().and_then(References::of) {
        for chunk in &job.chunks {
            references.admit(chunk).map_err(|why| Trouble::Dangling(why.to_owned()))?;
        }
    }
    document.apply(job.chunks.iter().map(Vec::as_slice))?;
    settle(document, job.kind)
}

fn edit(job: &EditJob) -> Edited {
    let built = build(job.base.as_deref(), job.chunks.iter().map(Vec::as_slice));
    let fresh = job.base.is_none() && job.chunks.is_empty() && !job.keep_snapshot;
    let written = built.and_then(|mut document| {
        let at = job.at.as_deref();
        let chunks = document.write(job.kind, &job.edits, at, job.actor, &job.grants)?;
        // A new record is read as all other nodes will read it.
        if let [chunk] = chunks.as_slice()
            && fresh
            && let Some(view) = plain(chunk, job.kind)
        {
            return Ok((view, None, chunks));
        }
        let Settled { view, saved } = settle(document, job.kind)?;
        Ok((view, Some(saved), chunks))
    });
    match written {
        Ok((view, saved, chunks)) => {
            Edited { chunks, view: Ok(view), snapshot: saved.filter(|_| job.keep_snapshot) }
        }
        Err(trouble) => {
            Edited { chunks: Vec::new(), view: Err(trouble.to_string()), snapshot: None }
        }
    }
}

#[cfg(test)]
mod tests;
