//! A program of another project that runs beside a node and ends with the test.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use hospes_stage::wait::until;
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

/// How long one may take until it does what it is for, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks whether it has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// A program that runs.
#[derive(Debug)]
pub struct Daemon {
    process: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it; what it prints goes to a file in the folder.
    pub fn start(mut command: Command, folder: &Path) -> Result<Self> {
        let name = Path::new(command.get_program()).file_name().context("no program")?;
        let log = folder.join(name).with_extension("log");
        let file = fs::File::options().create(true).append(true).open(&log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let process = command.spawn().with_context(|| format!("{command:?}"))?;
        Ok(Self { process, log })
    }

    /// What it has printed until now.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Waits until it has printed something.
    pub async fn says(&mut self, words: &str) -> Result<()> {
        self.until(words, |log| log.contains(words)).await
    }

    /// Waits until it takes connections.
    pub async fn listens(&mut self, address: SocketAddr) -> Result<()> {
        let what = format!("{address} is open");
        until(&what, PATIENCE, async || Ok(TcpStream::connect(address).await.ok().map(|_| ())))
            .await
            .with_context(|| self.log())
    }

    async fn until(&mut self, what: &str, done: impl Fn(&str) -> bool) -> Result<()> {
        let begun = Instant::now();
        while !done(&self.log()) {
            if let Some(status) = self.process.try_wait()? {
                bail!("it ended with {status} before: {what}\n{}", self.log());
            }
            if begun.elapsed() > PATIENCE {
                bail!("waited in vain: {what}\n{}", self.log());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }
}

impl Drop for Daemon {
    /// Asked to end, it also ends the processes that it has started.
    fn drop(&mut self) {
        let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(PAUSE);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
