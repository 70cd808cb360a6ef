//! The parent's side of the merge worker: asks, and copes when the worker dies.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::PoisonError;
use std::time::Duration;

use hospes_sync::merge::{self, MergeJob, Merged, Request, Response, Suspects};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::Instant;

use hospes_worker::{BACKGROUND_ARGUMENT, Confinement, GREETING};

/// Documents that a worker gets at once.
pub(super) const WORKER_JOBS: usize = 256;
/// How long the worker may take over one request. An honest batch takes a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take over edits of our own: nobody poisons these, and a text of 200,000 letters
/// takes seconds on a small machine.
const PATIENCE_WITH_OURSELVES: Duration = Duration::from_secs(120);
/// How long it may take over one record in the background. A long text takes seconds, and on a busy
/// machine many: an innocent change must not be blamed for that.
const PATIENCE_IN_BACKGROUND: Duration = Duration::from_secs(40);
/// How long it may take over one request while the change is looked for that is to blame. Each such
/// search has its bound besides.
const PATIENCE_WITH_SUSPECTS: Duration = Duration::from_secs(10);
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

/// The workers of a node. Each sort of work has one of its own, so that none waits for another.
pub struct Mergers {
    /// Makes edits of our own.
    pub own: Merger,
    /// Merges what peers send, if that is soon done.
    pub foreign: Merger,
    /// Merges what takes long.
    pub patient: Merger,
}

impl Mergers {
    /// Workers that are started from this program when they are first needed.
    pub fn new(program: &Path) -> Self {
        let merger = |sort| Merger::of(program.to_owned(), sort);
        Self {
            own: merger(Sort::Prompt),
            foreign: merger(Sort::Prompt),
            patient: merger(Sort::Background),
        }
    }

    /// What confines them; see [`Merger::confinement`].
    pub async fn confinement(&self) -> Result<Option<Confinement>, NoWorker> {
        self.own.confinement().await
    }

    /// Ends them all, whatever they are at, and with them what they have in their memory. For a node
    /// that closes.
    pub fn kill(&self) {
        [&self.own, &self.foreign, &self.patient].into_iter().for_each(Merger::kill);
    }
}

/// How much of the machine a worker gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Somebody waits for it.
    Prompt,
    /// Nobody does: what others leave.
    Background,
}

/// Asks a merge worker. Requests are taken one after the other.
pub struct Merger {
    program: PathBuf,
    sort: Sort,
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
        Self::of(program, Sort::Prompt)
    }

    fn of(program: PathBuf, sort: Sort) -> Self {
        Self {
            program,
            sort,
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

    fn kill(&self) {
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

    /// Ends a worker that has nothing to do.
    pub(crate) async fn rest(&self) {
        if let Some(worker) = self.worker.lock().await.take() {
            worker.end().await;
        }
    }

    /// The answer to a request if it comes within this time; `None` when it does not, or when the
    /// request stops the worker.
    pub(crate) async fn soon(
        &self,
        request: &Request,
        within: Duration,
    ) -> Result<Option<Response>, NoWorker> {
        let mut slot = self.worker.lock().await;
        // A worker that ended while it had nothing to do says nothing of the request.
        for _ in 0..2 {
            match self.once(&mut slot, request, within).await {
                Ok(response) => return Ok(Some(response)),
                Err(Death::Start(error)) => return Err(NoWorker(error.to_string())),
                Err(Death::Pipe(_)) => {}
                Err(death) => {
                    tracing::debug!(%death, "merging in the background");
                    break;
                }
            }
        }
        Ok(None)
    }

    /// What becomes of one record, and how: as [`Merger::ask`] says, if it is found within this time.
    pub(crate) async fn merge_within(
        &self,
        job: MergeJob,
        budget: Duration,
    ) -> Result<Merged, NoWorker> {
        match self.ask_within(Request::Merge(vec![job]), budget).await? {
            Response::Merged(mut merged) if merged.len() == 1 => Ok(merged.remove(0)),
            _ => Err(NoWorker("it did not answer for the record".to_owned())),
        }
    }

    /// The answer to a request. Whatever kills the worker is left out of the answer and named in
    /// it; everything else of the request is answered as if it had not been there.
    pub async fn ask(&self, request: Request) -> Result<Response, NoWorker> {
        self.ask_within(request, Duration::MAX).await
    }

    async fn ask_within(&self, request: Request, budget: Duration) -> Result<Response, NoWorker> {
        let began = Instant::now();
        let mut slot = self.worker.lock().await;
        // A worker may have died while it had nothing to do, or because the system wanted it to:
        // only what a fresh one dies of too is to blame.
        let mut broken = false;
        loop {
            match self.once(&mut slot, &request, self.patience(&request)).await {
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
        while began.elapsed() < budget
            && let Some(question) = suspects.next()
        {
            let patience = self.patience(&question).min(PATIENCE_WITH_SUSPECTS);
            match self.once(&mut slot, &question, patience).await {
                Ok(response) => suspects.answered(response),
                Err(Death::Start(error)) => return Err(NoWorker(error.to_string())),
                Err(_) => suspects.died(),
            }
        }
        Ok(suspects.finish())
    }

    async fn once(
        &self,
        slot: &mut Option<Worker>,
        request: &Request,
        patience: Duration,
    ) -> Result<Response, Death> {
        let mut worker = match slot.take() {
            Some(worker) => worker,
            None => self.start().await?,
        };
        match tokio::time::timeout(patience, worker.exchange(request)).await {
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

    fn patience(&self, request: &Request) -> Duration {
        match (request, self.sort) {
            (Request::Merge(_), Sort::Prompt) => PATIENCE,
            (Request::Merge(_), Sort::Background) => PATIENCE_IN_BACKGROUND,
            (Request::Edit(_), _) => PATIENCE_WITH_OURSELVES,
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
            .args((self.sort == Sort::Background).then_some(BACKGROUND_ARGUMENT))
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
