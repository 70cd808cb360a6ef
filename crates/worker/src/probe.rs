//! The worker's examination of itself: it confines itself as ever and then really tries what it
//! must not be able to do.
//!
//! For tests, and for an admin who wants to know what holds on this machine:
//! `hospes-node merge-worker --probe`. With the names of layers behind it only these are put on:
//! they overlap, and a hole in one must not hide behind another.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::TcpListener;
use std::process::{Command, ExitCode};
use std::thread;

use rustix::net::{AddressFamily, SocketType};
use rustix::process::{Pid, Resource, Rlimit};
use rustix::time::{ClockId, clock_gettime};

use super::confinement::{Layers, confine};
use super::limits;

/// More than the limit of memory, in bytes.
const TOO_MUCH: usize = 1 << 30;
/// Where an endless computation is given up if the kernel does not end it, in seconds of the
/// processor.
const ENDLESS: i64 = 10;

/// Confines the process with the named layers (all, if none is named), tries, and tells line by
/// line. A failure when something was allowed.
pub(super) fn run(names: &[&str]) -> ExitCode {
    let every = names.is_empty();
    let layers = Layers {
        limits: every || names.contains(&"limits"),
        landlock: every || names.contains(&"landlock"),
        seccomp: every || names.contains(&"seccomp"),
    };
    // Afterwards it could not be asked for.
    let parent = rustix::process::getppid();
    let confinement = match confine(layers) {
        Ok(confinement) => confinement,
        Err(error) => {
            println!("not confined: {error}");
            return ExitCode::FAILURE;
        }
    };
    for words in confinement.in_force() {
        println!("in force: {words}");
    }
    for words in confinement.missing() {
        println!("missing: {words}");
    }
    if names.contains(&"time") {
        return compute_for_ever();
    }
    let mut held = true;
    for (what, attempt) in ATTEMPTS {
        match attempt(parent) {
            Ok(()) => {
                println!("allowed: {what}");
                held = false;
            }
            Err(error) => println!("denied: {what} ({error})"),
        }
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

type Attempt = fn(Option<Pid>) -> io::Result<()>;

const ATTEMPTS: &[(&str, Attempt)] = &[
    ("open a file", |_| File::open("/").map(drop)),
    ("write a file", |_| {
        let path = std::env::temp_dir().join(format!("hospes-probe-{}", std::process::id()));
        let made = OpenOptions::new().write(true).create_new(true).open(&path).map(drop);
        let _ = fs::remove_file(&path);
        made
    }),
    ("make a socket", |_| {
        Ok(rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).map(drop)?)
    }),
    ("listen on a port", |_| TcpListener::bind("127.0.0.1:0").map(drop)),
    ("start a process", |_| Command::new("/proc/self/exe").arg("--version").status().map(drop)),
    ("start a thread", |_| thread::Builder::new().spawn(|| ()).map(drop)),
    ("signal its parent", |parent| match parent {
        Some(parent) => Ok(rustix::process::test_kill_process(parent)?),
        None => Err(io::Error::other("it has none here")),
    }),
    ("raise its limits", |_| {
        let more = Rlimit { current: Some(64), maximum: Some(64) };
        Ok(rustix::process::setrlimit(Resource::Nofile, more)?)
    }),
    ("take memory beyond its limit", |_| {
        let mut memory = Vec::<u8>::new();
        memory.try_reserve_exact(TOO_MUCH).map_err(io::Error::other)
    }),
];

/// Uses the processor until the kernel ends this process, as it should after a second.
fn compute_for_ever() -> ExitCode {
    let limited = limits::allow_cpu(1);
    while clock_gettime(ClockId::ProcessCPUTime).tv_sec < ENDLESS {}
    println!("allowed: compute for {ENDLESS} s (limit set: {limited:?})");
    ExitCode::FAILURE
}
