//! The merge worker really cannot do what it must not be able to do.
//!
//! The worker tries it itself, with one layer of its confinement at a time: they overlap, and a hole
//! in one must not hide behind another.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};

use hospes_node::ledger::merger::WORKER_ARGUMENT;
use hospes_worker::{Absence, Confinement, GREETING};
use rustix::process::Signal;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

const ATTEMPTS: usize = 9;

fn worker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hospes-node"));
    command.arg(WORKER_ARGUMENT).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn probe(layers: &[&str]) -> Output {
    worker().arg("--probe").args(layers).output().unwrap()
}

fn lines(output: &Output, word: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(": "));
    lines.map(str::to_owned).collect()
}

/// What a worker with these layers could do, and what not.
fn outcome(layers: &[&str]) -> BTreeMap<String, bool> {
    let output = probe(layers);
    let mut found = BTreeMap::new();
    for what in lines(&output, "allowed") {
        found.insert(what, true);
    }
    for what in lines(&output, "denied") {
        found.insert(what.split(" (").next().unwrap().to_owned(), false);
    }
    assert_eq!(found.len(), ATTEMPTS, "{output:?}");
    found
}

fn check(layers: &[&str], denied: &[&str], allowed: &[&str]) {
    let found = outcome(layers);
    for what in denied {
        assert_eq!(found.get(*what), Some(&false), "{what} with {layers:?}: {found:?}");
    }
    for what in allowed {
        assert_eq!(found.get(*what), Some(&true), "{what} with {layers:?}: {found:?}");
    }
}

fn kernel_has(layer: &str) -> bool {
    let there = lines(&probe(&[layer]), "in force").iter().any(|words| words.starts_with(layer));
    if !there {
        println!("this kernel has no {layer}");
    }
    there
}

#[test]
fn a_worker_can_do_nothing_but_merge() {
    let output = probe(&[]);
    assert_eq!(lines(&output, "allowed"), [""; 0], "{output:?}");
    assert_eq!(lines(&output, "denied").len(), ATTEMPTS, "{output:?}");
    assert!(output.status.success());
}

#[test]
fn a_process_that_is_not_confined_can_do_all_of_it() {
    let found = outcome(&["none"]);
    assert!(found.values().all(|allowed| *allowed), "{found:?}");
    assert!(!probe(&["none"]).status.success());
}

#[test]
fn the_limits_alone_deny_files_sockets_and_memory() {
    check(
        &["limits"],
        &[
            "open a file",
            "write a file",
            "make a socket",
            "listen on a port",
            "raise its limits",
            "take memory beyond its limit",
        ],
        &["signal its parent"],
    );
}

#[test]
fn the_filter_alone_denies_all_but_memory() {
    if !kernel_has("seccomp") {
        return;
    }
    check(
        &["seccomp"],
        &[
            "open a file",
            "write a file",
            "make a socket",
            "listen on a port",
            "start a process",
            "start a thread",
            "signal its parent",
            "raise its limits",
        ],
        &["take memory beyond its limit"],
    );
}

#[test]
fn the_ruleset_alone_denies_files_programs_and_what_else_the_kernel_knows() {
    if !kernel_has("landlock") {
        return;
    }
    let words = lines(&probe(&["landlock"]), "in force").join(", ");
    let mut denied = vec!["open a file", "write a file", "start a process"];
    denied.extend(words.contains("TCP").then_some("listen on a port"));
    denied.extend(words.contains("signals").then_some("signal its parent"));
    check(&["landlock"], &denied, &["make a socket", "start a thread"]);
}

#[test]
fn a_worker_that_computes_for_ever_is_ended_by_the_kernel() {
    let output = probe(&["limits", "landlock", "seccomp", "time"]);
    assert_eq!(output.status.signal(), Some(Signal::XCPU.as_raw()), "{output:?}");
}

/// The greeting of a worker, and whether it ended well when there was nothing to do.
fn greeting(output: &Output) -> Confinement {
    assert!(output.status.success(), "{output:?}");
    let greeting: [u8; GREETING] = output.stdout.as_slice().try_into().unwrap();
    Confinement::read(&greeting).unwrap()
}

/// Answers calls as a kernel would that does not know them, for this thread and what it starts.
fn without(calls: &[i64]) {
    let rules = calls.iter().map(|call| (*call, Vec::new())).collect();
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let machine = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, unknown, machine).unwrap();
    seccompiler::apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
}

#[test]
fn a_worker_says_what_the_kernel_does_not_have_and_works_all_the_same() {
    let old_kernel = std::thread::spawn(|| {
        without(&[libc::SYS_seccomp, libc::SYS_landlock_create_ruleset]);
        worker().output().unwrap()
    });
    let told = greeting(&old_kernel.join().unwrap());
    assert_eq!((told.seccomp, told.landlock), (Err(Absence::Kernel), Err(Absence::Kernel)));
    assert_eq!(told.memory, Some(768 << 20));
    assert!(told.unprivileged);
    assert_eq!(
        told.missing(),
        ["no seccomp (the kernel does not have it)", "no landlock (the kernel does not have it)"]
    );
}

#[test]
fn a_worker_greets_with_what_holds_it() {
    let told = greeting(&worker().output().unwrap());
    assert_eq!(told.seccomp.is_ok(), kernel_has("seccomp"));
    assert_eq!(told.landlock.is_ok(), kernel_has("landlock"));
    assert_eq!(told.missing().is_empty(), told.seccomp.is_ok() && told.landlock.is_ok());
}

#[test]
fn what_is_no_greeting_is_turned_away() {
    let told = Confinement {
        memory: Some(1),
        unprivileged: true,
        seccomp: Err(Absence::Refused(1)),
        landlock: Ok(6),
    };
    let good = told.greeting();
    assert_eq!(Confinement::read(&good), Ok(told));
    let mut spoiled = vec![[0; GREETING], [0xff; GREETING]];
    // One byte fewer, one more, and something after its end.
    for (at, by) in [(0, 0xff), (0, 1), (GREETING - 1, 1)] {
        let mut bytes = good;
        bytes[at] = bytes[at].wrapping_add(by);
        spoiled.push(bytes);
    }
    for bytes in spoiled {
        assert!(Confinement::read(&bytes).is_err(), "{bytes:?}");
    }
}
