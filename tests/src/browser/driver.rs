//! The programs of a browser: they are started in a folder of their own, and end with the value.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// The browser, as Debian's package `chromium` brings it.
pub const CHROMIUM: &str = "/usr/bin/chromium";
/// What steers it, as Debian's package `chromium-driver` brings it.
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// How long the driver may take until it listens: normally a tenth of a second.
const START: Duration = Duration::from_secs(30);
/// How long processes that were killed may take until they are gone.
const END: Duration = Duration::from_secs(10);
/// Between two looks whether they are gone.
const PAUSE: Duration = Duration::from_millis(10);

/// What is missing for a test with a browser, and how to get it; nothing where all is there.
pub fn missing() -> Option<String> {
    let programs = [(CHROMIUM, "chromium"), (CHROMEDRIVER, "chromium-driver")];
    let missing = programs.into_iter().filter(|(path, _)| !Path::new(path).exists());
    let packages: Vec<&str> = missing.map(|(_, package)| package).collect();
    let packages = packages.join(" ");
    (!packages.is_empty())
        .then(|| format!("no browser is installed: apt-get install --yes {packages}"))
}

/// A driver that runs, and every process that it has started.
#[derive(Debug)]
pub struct Driver {
    process: Child,
    /// Where it listens, on the loopback.
    pub port: u16,
    /// The home of all its processes; last, so that they end before it goes.
    pub folder: TempDir,
}

impl Driver {
    /// Starts a driver on a free port of the loopback. It starts a browser when it is asked for one.
    pub async fn start() -> Result<Self> {
        let folder = TempDir::with_prefix("hospes-browser-").context("failed to make a folder")?;
        let mut command = Command::new(CHROMEDRIVER);
        // It takes a free port itself, so nobody else can take that port in between.
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A browser leaves traces in the home and among the temporary files of whoever starts it.
        command.env("HOME", folder.path()).env("TMPDIR", folder.path());
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        let mut process =
            command.spawn().with_context(|| format!("failed to start {CHROMEDRIVER}"))?;
        let output = process.stdout.take();
        let mut driver = Self { process, port: 0, folder };
        let output = output.context("the driver has no output")?;
        let (send, receive) = oneshot::channel();
        std::thread::spawn(move || {
            let mut said = Vec::new();
            let mut lines = BufReader::new(output).lines().map_while(Result::ok);
            for line in lines.by_ref() {
                let port = port(&line);
                said.push(line);
                if let Some(port) = port {
                    let _ = send.send(Ok(port));
                    // It must not wait for a reader of what it says later.
                    lines.for_each(drop);
                    return;
                }
            }
            let _ = send.send(Err(anyhow!("it ended, and said:\n{}", said.join("\n"))));
        });
        let port = timeout(START, receive).await.context("it does not listen")?;
        driver.port = port?.with_context(|| format!("failed to start {CHROMEDRIVER}"))?;
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let root = self.process.id();
        let deadline = Instant::now() + END;
        // The driver goes last: what it has started is known by being below it.
        let mut killed = BTreeSet::new();
        while Instant::now() < deadline {
            let below = below(root);
            below.iter().for_each(|process| kill(*process));
            killed.extend(below);
            if killed.iter().all(|process| !lives(*process)) {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port in the line in which the driver says that it listens.
fn port(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

fn kill(process: u32) {
    if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(process, Signal::KILL);
    }
}

/// The state of a process and who started it.
fn state(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // "12 (any name) S 1 ...": a name may have brackets and spaces, too.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut words = rest.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

/// Whether a process has not ended. One that nobody has asked about yet has.
fn lives(process: u32) -> bool {
    state(process).is_some_and(|(state, _)| !['Z', 'X'].contains(&state))
}

/// All processes that a process has started, and those that they have started.
fn below(root: u32) -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let parents: Vec<(u32, u32)> =
        processes.into_iter().filter_map(|process| Some((process, state(process)?.1))).collect();
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        for (process, _) in parents.iter().filter(|(_, of)| *of == parent) {
            if found.insert(*process) {
                open.push(*process);
            }
        }
    }
    found
}
