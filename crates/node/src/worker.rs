//! The merge worker: a child of the daemon, started from the same program, in which all Automerge
//! work happens.
//!
//! It has its standard input and output and nothing else: no files, no network, no more memory than
//! its limit, no privileges to gain. It may die at any time; see [`crate::merger`] for the parent.

use std::io::{self, Read, Write};

use hospes_sync::merge::{self, FrameError};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};

/// Address space of the worker, in bytes. The longest text that the gate lets through needs about a
/// tenth of it.
const MEMORY: u64 = 768 << 20;

/// Why the worker ended.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// Its limits could not be set: it must not touch foreign bytes then.
    #[error("confine the merge worker: {0}")]
    Confine(#[from] rustix::io::Errno),
    /// The pipe to the daemon broke.
    #[error("talk to the daemon: {0}")]
    Pipe(#[from] io::Error),
    /// The daemon sent something that is no request.
    #[error("understand the daemon: {0}")]
    Frame(#[from] FrameError),
}

/// Answers requests until the daemon closes the pipe.
pub fn run() -> Result<(), WorkerError> {
    confine()?;
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    loop {
        let mut prefix = [0; 4];
        match input.read_exact(&mut prefix) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let mut payload = vec![0; merge::payload_length(prefix)?];
        input.read_exact(&mut payload)?;
        let response = merge::answer(merge::decode_request(&payload)?);
        output.write_all(&merge::encode_response(&response)?)?;
        output.flush()?;
    }
}

/// Gives up everything that merging does not need, before the first byte is read.
fn confine() -> Result<(), WorkerError> {
    let limit = |resource, value| {
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        rustix::process::setrlimit(resource, limit)
    };
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    limit(Resource::Core, 0)?;
    limit(Resource::As, MEMORY)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nproc, 0)?;
    // Standard input, output and error are open already; no further one can be.
    limit(Resource::Nofile, 3)?;
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

/// How the worker is confined, for `hospes status`.
pub const CONFINEMENT: &str =
    "own process, 768 MiB, no new files, no new processes, no new privileges";
