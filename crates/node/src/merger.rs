//! The parent's side of the merge worker: asks, and copes when the worker dies.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::PoisonError;
use std::time::Duration;

use hospes_sync::merge::{self, Request, Response, Suspects};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::worker::{Confinement, GREETING};

/// How long the worker may take over one request. An honest batch takes a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take over edits of our own: nobody poisons these, and a text of 200,000 letters
/// takes seconds on a small machine.
const PATIENCE_WITH_OURSELVES: Duration = Duration::from_secs(120);
/// How many workers may fail to greet by their own fault until that is taken for what they all do.
const STARTS: u32 = 3;
/// How long a machine that kills each new worker is waited for, from the first that it kills.
const ENDURANCE: Duration = Duration::from_secs(10);
/// Before the next worker is started. It doubles each time, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long a worker whose output has ended may take to end itself.
const MOMENT: Duration = Duration::from_secs(1);

/// Argument with which the program runs as the worker.
pub const WORKER_ARGUMENT: &str = "merge-worker";

/// Asks the merge worker. Requests are taken one after the other.
pub struct Merger {
    program: PathBuf,
    worker: Mutex<Option<Worker>>,
    /// The process that runs, to be killed at once.
    running: std::sync::Mutex<Option<OwnedFd>>,
    /// What the latest worker said of its confinement.
    confinement: std::sync::Mutex<Option<Confinement>>,
}

struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
enum Death {
    #[error("start the merge worker: {0}")]
    Start(io::Error),
    #[error("the merge worker ended: {0}")]
    Pipe(io::Error),
    #[error("the merge worker took too long")]
    Patience,
    #[error("the merge worker used up its processor time")]
    Time,
    #[error("the merge worker answered nonsense: {0}")]
    Nonsense(String),
}

/// The worker cannot even be started.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the merge worker does not run: {0}")]
pub struct NoWorker(String);

impl Merger {
    /// A merger whose worker is started from this program when it is first needed.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            worker: Mutex::new(None),
            running: std::sync::Mutex::default(),
            confinement: std::sync::Mutex::default(),
        }
    }

    /// What confines the worker, by its own word. Starts one if none has greeted yet; `None` while
    /// the first one is being started for a batch.
    pub async fn confinement(&self) -> Result<Option<Confinement>, NoWorker> {
        if self.known_confinement().is_none()
            && let Ok(mut slot) = self.worker.try_lock()
            && slot.is_none()
        {
            *slot = Some(self.start().await.map_err(|death| NoWorker(death.to_string()))?);
        }
        Ok(self.known_confinement())
    }

    /// Ends the worker, whatever it is at, and with it what it has in its memory. For a node that
    /// closes.
    pub fn kill(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            let _ = pidfd_send_signal(running, Signal::KILL);
        }
    }

    fn known_confinement(&self) -> Option<Confinement> {
        self.confinement.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, confinement: Confinement) {
        let mut known = self.confinement.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref() != Some(&confinement) {
            let (in_force, missing) = (confinement.in_force(), confinement.missing());
            tracing::info!(?in_force, ?missing, "how the merge worker is confined");
            *known = Some(confinement);
        }
    }

    /// The answer to a request. Whatever kills the worker is left out of the answer and named in
    /// it; everything else of the request is answered as if it had not been there.
    pub async fn ask(&self, request: Request) -> Result<Response, NoWorker> {
        let mut slot = self.worker.lock().await;
        // A worker may have died while it had nothing to do, or because the system wanted it to:
        // only what a fresh one dies of too is to blame.
        let mut broken = false;
        loop {
            match self.once(&mut slot, &request).await {
                Ok(response) => return Ok(response),
                Err(Death::Start(error)) => return Err(NoWorker(error.to_string())),
                Err(death @ Death::Pipe(_)) if !broken => {
                    tracing::warn!(%death, "asking another worker");
                    broken = true;
                }
                Err(death) => {
                    tracing::warn!(%death, "looking for the change that stops the merge worker");
                    break;
                }
            }
        }
        let mut suspects = Suspects::new(request);
        while let Some(question) = suspects.next() {
            match self.once(&mut slot, &question).await {
                Ok(response) => suspects.answered(response),
                Err(Death::Start(error)) => return Err(NoWorker(error.to_string())),
                Err(_) => suspects.died(),
            }
        }
        Ok(suspects.finish())
    }

    async fn once(&self, slot: &mut Option<Worker>, request: &Request) -> Result<Response, Death> {
        let mut worker = match slot.take() {
            Some(worker) => worker,
            None => self.start().await?,
        };
        match tokio::time::timeout(patience(request), worker.exchange(request)).await {
            Ok(Ok(response)) if response.fits(request) => {
                *slot = Some(worker);
                Ok(response)
            }
            Ok(Ok(_)) => {
                worker.end().await;
                Err(Death::Nonsense("an answer to another question".to_owned()))
            }
            Ok(Err(death)) => match worker.end().await {
                Some(status) if status.signal() == Some(Signal::XCPU.as_raw()) => Err(Death::Time),
                _ => Err(death),
            },
            Err(_) => {
                worker.end().await;
                Err(Death::Patience)
            }
        }
    }

    /// A worker that has greeted. One that dies before it was asked anything is nobody's fault but
    /// the machine's: no change may be blamed for that. One that somebody killed says nothing of the
    /// next one either: a machine that is short of memory kills several, and recovers.
    async fn start(&self) -> Result<Worker, Death> {
        let begin = Instant::now();
        let (mut faults, mut pause) = (0, FIRST_PAUSE);
        loop {
            let mut worker = self.spawn()?;
            let trouble = match tokio::time::timeout(PATIENCE, worker.greeting()).await {
                Ok(Ok(confinement)) => {
                    self.learn(confinement);
                    return Ok(worker);
                }
                Ok(Err(error)) => error,
                Err(_) => io::ErrorKind::TimedOut.into(),
            };
            if !worker.was_killed().await {
                faults += 1;
            }
            if faults == STARTS || begin.elapsed() >= ENDURANCE {
                return Err(Death::Start(trouble));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn spawn(&self) -> Result<Worker, Death> {
        let mut child = Command::new(&self.program)
            .arg(WORKER_ARGUMENT)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a dying worker says may quote a record.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(Death::Start)?;
        let broken = || Death::Start(io::Error::from(io::ErrorKind::BrokenPipe));
        let running = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let running = running.and_then(|id| pidfd_open(id, PidfdFlags::empty()).ok());
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = running;
        let input = child.stdin.take().ok_or_else(broken)?;
        let output = child.stdout.take().ok_or_else(broken)?;
        Ok(Worker { child, input, output })
    }
}

fn patience(request: &Request) -> Duration {
    match request {
        Request::Merge(_) => PATIENCE,
        Request::Edit(_) => PATIENCE_WITH_OURSELVES,
    }
}

impl Worker {
    /// Its first words.
    async fn greeting(&mut self) -> io::Result<Confinement> {
        let mut greeting = [0; GREETING];
        self.output.read_exact(&mut greeting).await?;
        Confinement::read(&greeting).map_err(io::Error::other)
    }

    async fn exchange(&mut self, request: &Request) -> Result<Response, Death> {
        let frame =
            merge::encode_request(request).map_err(|error| Death::Nonsense(error.to_string()))?;
        // Writing and reading at once: both pipes may be full.
        let Self { input, output, .. } = self;
        let write = async {
            input.write_all(&frame).await?;
            input.flush().await
        };
        let read = async {
            let mut prefix = [0; 4];
            output.read_exact(&mut prefix).await?;
            let length = merge::payload_length(prefix).map_err(io::Error::other)?;
            let mut payload = vec![0; length];
            output.read_exact(&mut payload).await?;
            Ok(payload)
        };
        let ((), payload) = tokio::try_join!(write, read).map_err(Death::Pipe)?;
        merge::decode_response(&payload).map_err(|error| Death::Nonsense(error.to_string()))
    }

    /// Whether somebody else killed it. It is gone afterwards.
    async fn was_killed(mut self) -> bool {
        match tokio::time::timeout(MOMENT, self.child.wait()).await {
            Ok(Ok(status)) => status.signal() == Some(Signal::KILL.as_raw()),
            Ok(Err(_)) => false,
            Err(_) => {
                self.end().await;
                false
            }
        }
    }

    /// Ends it. It may have ended already; either way it is gone afterwards.
    async fn end(mut self) -> Option<ExitStatus> {
        let _ = self.child.start_kill();
        self.child.wait().await.ok()
    }
}
