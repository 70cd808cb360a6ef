//! Everything that proves the project, in one command.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use crate::checkers;
use crate::past::{say, shown, timed};
use crate::programs::{self, Profile, cargo};
use crate::words::Words;

const HELP: &str = "\
Everything that proves the project: tests, the manual's commands, format and lints

Usage: cargo xtask test [OPTIONS]

      --only-tests  Leave out format and lints
      --netns       Also the scenarios on network namespaces, with slow, lossy and cut wires;
                    needs root, ip, tc
  -h, --help        Print this";

const SCENARIO: &str = "\
Scenarios on real nodes whose file or name has a word in it, with programs built anew

Usage: cargo xtask scenario WORD...

  cargo xtask scenario revocation::     the scenarios of tests/tests/scenarios/revocation.rs";

/// What is run apart, as root, on hosts that it makes itself.
const WIRES: &str = "netns::";

/// Runs everything, also after a failure, and ends with a plain line of numbers.
pub fn run(words: Vec<OsString>) -> Result<()> {
    let (mut only_tests, mut netns) = (false, false);
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next()? {
        match &*word {
            "--only-tests" => only_tests = true,
            "--netns" => netns = true,
            other => return Err(words.unknown(other)),
        }
    }
    let first = "the first time this takes twenty minutes on two cores";
    timed("test", "running everything", first, || {
        let mut tally = Tally::new();
        if !only_tests {
            tally.step("format", command(cargo().args(["fmt", "--all", "--check"])));
        }
        match programs::build_all() {
            Err(error) => tally.step("build", Err(error)),
            Ok(folder) => {
                code(&mut tally, &folder);
                if netns {
                    wires(&mut tally, &folder);
                }
                tally.tests("the manual", counted(&mut transcripts(&folder), verdict));
            }
        }
        // Last: the compiler has made by now what lints share with it.
        if !only_tests {
            let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
            tally.step("lints", command(cargo().args(lints)));
        }
        if !netns {
            say(
                "left out: five nodes on slow, lossy and cut wires; as root: cargo xtask test --netns",
            );
        }
        say_what_pages_lack()?;
        tally.close()
    })
}

/// Runs the commands of the operations manual.
pub fn manual() -> Result<()> {
    let folder = programs::build(Profile::Dev, &["hospes-stage", "hospes-node", "hospes-admin"])?;
    command(&mut transcripts(&folder))
}

/// Runs some scenarios with programs that are built anew.
pub fn scenario(words: Vec<OsString>) -> Result<()> {
    let mut chosen = Vec::new();
    let mut words = Words::new(words, SCENARIO);
    while let Some(word) = words.next()? {
        if word.starts_with('-') {
            return Err(words.unknown(&word));
        }
        chosen.push(word);
    }
    ensure!(!chosen.is_empty(), "say which\n\n{SCENARIO}");
    let folder = programs::build_all()?;
    let mut tests = cargo();
    if has_nextest() {
        tests.args(["nextest", "run"]);
    } else {
        tests.arg("test");
    }
    tests.args(["-p", "hospes-tests", "--"]).args(chosen);
    programs::tell_where(&mut tests, &folder);
    let outcome = command(&mut tests);
    say_what_pages_lack()?;
    outcome
}

/// A test of a page passes where there is nothing to look at the page with, so somebody must say it.
fn say_what_pages_lack() -> Result<()> {
    let missing = checkers::missing()?;
    if !missing.is_empty() {
        let missing = missing.join("; ");
        say(&format!("left out: tests of web pages, or a part of them; to have them: {missing}"));
    }
    Ok(())
}

/// Unit tests, scenarios and the examples of the documentation comments.
fn code(tally: &mut Tally, folder: &Path) {
    let words: &[&str] = if has_nextest() {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    let mut tests = cargo();
    programs::tell_where(tests.args(words), folder);
    tally.tests("tests", counted(&mut tests, summary));
    let examples = ["test", "--workspace", "--doc", "--quiet"];
    tally.tests("examples", counted(cargo().args(examples), summary));
}

fn has_nextest() -> bool {
    let nextest = cargo().args(["nextest", "--version"]).output();
    nextest.is_ok_and(|output| output.status.success())
}

/// Scenarios on network namespaces. Whoever asks for them gets them, or the reason why not.
fn wires(tally: &mut Tally, folder: &Path) {
    if let Err(error) = can_make_networks() {
        return tally.step("scenarios on network namespaces", Err(error));
    }
    let mut tests = cargo();
    if has_nextest() {
        tests.args(["nextest", "run", "--no-fail-fast", "--run-ignored", "all"]);
        // The figures that they print are of use, also when all is well.
        tests.args(["--success-output", "final", "-p", "hospes-tests", "--", WIRES]);
    } else {
        tests.args(["test", "-p", "hospes-tests", "--", WIRES]);
        tests.args(["--ignored", "--test-threads", "1", "--nocapture"]);
    }
    programs::tell_where(&mut tests, folder);
    tally.tests("scenarios on network namespaces", counted(&mut tests, summary));
}

fn can_make_networks() -> Result<()> {
    // Without a library: the owner of this very process.
    if std::fs::metadata("/proc/self").context("failed to ask who we are")?.uid() != 0 {
        bail!("they need root");
    }
    for program in ["ip", "tc", "ss"] {
        let there = Command::new(program).arg("-V").stdout(Stdio::null()).status();
        there.with_context(|| format!("{program} is missing; install iproute2"))?;
    }
    Ok(())
}

/// The program that runs the commands of the operations manual, page by page.
fn transcripts(folder: &Path) -> Command {
    let mut command = Command::new(folder.join("hospes-stage"));
    programs::tell_where(command.arg("manual"), folder);
    command
}

#[derive(Debug)]
struct Tally {
    start: Instant,
    /// When the step that runs now began.
    step: Instant,
    passed: u64,
    failed: u64,
    failures: Vec<String>,
}

impl Tally {
    fn new() -> Self {
        let now = Instant::now();
        Self { start: now, step: now, passed: 0, failed: 0, failures: Vec::new() }
    }

    /// How long the step took that ends now.
    fn took(&mut self) -> String {
        let began = std::mem::replace(&mut self.step, Instant::now());
        shown(began.elapsed())
    }

    /// Counts something that is one check.
    fn step(&mut self, name: &str, outcome: Result<()>) {
        let took = self.took();
        match outcome {
            Ok(()) => {
                say(&format!("{name}: ok ({took})"));
                self.passed += 1;
            }
            Err(error) => {
                say(&format!("{name}: failed ({took})"));
                self.failed += 1;
                self.failures.push(format!("{name}: {error:#}"));
            }
        }
    }

    /// Counts the tests that a command ran. A failure without a failed test counts as one: then
    /// something did not compile.
    fn tests(&mut self, name: &str, outcome: Result<(Counts, bool)>) {
        match outcome {
            Ok((counts, success)) => {
                let took = self.took();
                say(&format!(
                    "{name}: {} passed, {} failed ({took})",
                    counts.passed, counts.failed
                ));
                self.passed += counts.passed;
                self.failed += if success { counts.failed } else { counts.failed.max(1) };
                if !success {
                    self.failures.push(format!("{name}: {} failed, see above", counts.failed));
                }
            }
            Err(error) => self.step(name, Err(error)),
        }
    }

    /// Ends with a plain line of numbers.
    fn close(self) -> Result<()> {
        for failure in &self.failures {
            eprintln!("failed: {failure}");
        }
        let Tally { passed, failed, start, .. } = self;
        println!("that took {}", shown(start.elapsed()));
        println!("{passed} passed, {failed} failed");
        if failed > 0 {
            bail!("{failed} of {} failed", passed + failed);
        }
        Ok(())
    }
}

fn command(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("failed to start {command:?}"))?;
    if !status.success() {
        bail!("ended with {status}");
    }
    Ok(())
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// Runs tests, hands on what they print, and adds up what `read` finds that they say of themselves.
fn counted(command: &mut Command, read: fn(&str) -> Option<Counts>) -> Result<(Counts, bool)> {
    // nextest writes its summary to the standard error, the built-in harness to the output.
    let (reader, writer) = std::io::pipe().context("failed to make a pipe")?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("failed to start {command:?}"))?;
    // Our ends of the pipe go with the command, or the reading would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut counts = Counts::default();
    for line in BufReader::new(reader).lines() {
        let line = line.context("failed to read what the tests print")?;
        println!("{line}");
        if let Some(Counts { passed, failed }) = read(&line) {
            counts.passed += passed;
            counts.failed += failed;
        }
    }
    Ok((counts, child.wait()?.success()))
}

/// The numbers of a line in which tests say how they ended.
fn summary(line: &str) -> Option<Counts> {
    // nextest moves to the right what a failed test has printed, its own result among it.
    let tells = line.trim().starts_with("Summary [") || line.starts_with("test result: ");
    // "6 passed (1 slow)", "FAILED. 3 passed": the number stands before the word.
    let number = |word: &str| {
        let (before, _) = line.split_once(word)?;
        before.split_whitespace().last()?.parse::<u64>().ok()
    };
    tells.then(|| Counts {
        passed: number(" passed").unwrap_or(0),
        // A test that hangs is ended by nextest and counted apart.
        failed: number(" failed").unwrap_or(0) + number(" timed out").unwrap_or(0),
    })
}

/// The numbers of the line that a program of ours ends with: "9 passed, 0 failed".
fn verdict(line: &str) -> Option<Counts> {
    let (passed, failed) = line.split_once(" passed, ")?;
    let failed = failed.strip_suffix(" failed")?;
    Some(Counts { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn summaries_of_both_harnesses_are_read() {
        for (line, expected) in [
            ("     Summary [   1.274s] 18 tests run: 18 passed, 2 skipped", Some((18, 0))),
            (
                "Summary [  60.1s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out",
                Some((6, 3)),
            ),
            ("test result: ok. 18 passed; 0 failed; 0 ignored; 0 measured", Some((18, 0))),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored", Some((3, 2))),
            ("    test result: FAILED. 0 passed; 1 failed; 0 ignored", None),
            ("running 18 tests", None),
        ] {
            let expected = expected.map(|(passed, failed)| Counts { passed, failed });
            assert_eq!(summary(line), expected, "{line}");
        }
    }

    #[test]
    fn the_last_line_of_the_manual_is_read() {
        assert_eq!(verdict("9 passed, 1 failed"), Some(Counts { passed: 9, failed: 1 }));
        assert_eq!(verdict("* docs/operations/seal.md: ok"), None);
    }

    #[test]
    fn a_command_that_fails_without_a_failed_test_counts_as_a_failure() {
        let mut tally = Tally::new();
        tally.tests("tests", Ok((Counts { passed: 4, failed: 0 }, false)));
        assert_eq!((tally.passed, tally.failed), (4, 1));
    }

    #[test]
    fn what_a_command_prints_is_added_up() {
        let script = "echo 'test result: ok. 3 passed; 0 failed;'; echo 'test result: FAILED. 1 passed; 2 failed;' >&2; exit 1";
        let (counts, success) = counted(Command::new("sh").args(["-c", script]), summary).unwrap();
        assert_eq!(counts, Counts { passed: 4, failed: 2 });
        assert!(!success);
    }
}
