//! The merge worker: a child of the daemon, started from the same program, in which all Automerge
//! work happens.
//!
//! It has its standard input and output and nothing else: no files, no network, no more memory and
//! time than its limits, no privileges to gain. It may die at any time; the daemon,
//! its parent, then starts another. Its first words are a greeting that tells how it is confined.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use hospes_document::answer;
use hospes_sync::merge::{self, FrameError, Request};

mod absence;
mod confinement;
mod filter;
mod limits;
mod probe;
mod ruleset;

pub use absence::Absence;
pub use confinement::{Confinement, GREETING, GreetingError};
use confinement::{Layers, confine};

/// CPU time of one record that is merged in the background.
const CPU_IN_BACKGROUND: u64 = 40;
/// CPU time of one batch of our own edits, in seconds: nobody poisons these, and a text of 200,000
/// letters takes seconds on a small machine.
const CPU_FOR_EDIT: u64 = 120;

/// Argument of a worker that gets what others leave of the processor.
pub const BACKGROUND_ARGUMENT: &str = "--background";
/// How much a worker in the background steps back.
const BACKGROUND: i32 = 10;

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

/// Runs the worker with the words that follow its name on the command line: none of them for the
/// daemon, `--probe` for somebody who wants to see what holds on this machine.
pub fn start(words: &[&str]) -> ExitCode {
    match words {
        ["--probe", layers @ ..] => probe::run(layers),
        [BACKGROUND_ARGUMENT] => {
            // Where that is not allowed it takes its turn like the others.
            let _ = rustix::process::nice(BACKGROUND);
            ended(run(CPU_IN_BACKGROUND))
        }
        _ => ended(run(limits::CPU_FOR_MERGE)),
    }
}

fn ended(outcome: Result<(), WorkerError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Answers requests until the daemon closes the pipe. A merge may take so many seconds of a processor.
fn run(merging: u64) -> Result<(), WorkerError> {
    let confinement = confine(Layers::ALL)?;
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    output.write_all(&confinement.greeting())?;
    output.flush()?;
    loop {
        let mut prefix = [0; 4];
        match input.read_exact(&mut prefix) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let mut payload = vec![0; merge::payload_length(prefix)?];
        input.read_exact(&mut payload)?;
        let request = merge::decode_request(&payload)?;
        limits::allow_cpu(match request {
            Request::Merge(_) => merging,
            Request::Edit(_) => CPU_FOR_EDIT,
        })?;
        let response = answer(request);
        output.write_all(&merge::encode_response(&response)?)?;
        output.flush()?;
    }
}
