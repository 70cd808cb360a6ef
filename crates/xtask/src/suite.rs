//! Everything that proves the project, in one command.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use tokio::runtime::Runtime;

use crate::demo::say;
use crate::fields;
use crate::programs::{self, Profile, Programs, cargo};
use crate::transcript;

/// What can be asked of the tests.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Leave out format and lints
    #[arg(long)]
    pub only_tests: bool,
    /// Also the scenarios on network namespaces, with slow, lossy and cut wires; needs root, ip, tc
    #[arg(long)]
    pub netns: bool,
}

/// Runs everything, also after a failure, and ends with a plain line of numbers.
pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let mut tally = Tally::default();
    if !options.only_tests {
        tally.step("format", command(cargo().args(["fmt", "--all", "--check"])));
        let lints = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        tally.step("lints", command(cargo().args(lints)));
        tally.step("docs/fields.md", fields::run(true));
    }
    say("building hospes-node and hospes");
    match programs::build(Profile::Dev) {
        Err(error) => tally.step("build", Err(error)),
        Ok(programs) => {
            code(&mut tally, &programs);
            if options.netns {
                wires(&mut tally, &programs);
            }
            transcripts(&mut tally, &programs)?;
        }
    }
    if !options.netns {
        say("left out: five nodes on slow, lossy and cut wires; as root: cargo xtask test --netns");
    }
    tally.close(start)
}

/// Runs the commands of the operations manual.
pub fn manual() -> Result<()> {
    let start = Instant::now();
    let mut tally = Tally::default();
    transcripts(&mut tally, &programs::build(Profile::Dev)?)?;
    tally.close(start)
}

/// Unit tests, scenarios and the examples of the documentation comments.
fn code(tally: &mut Tally, programs: &Programs) {
    let words: &[&str] = if has_nextest() {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    let mut tests = cargo();
    tests.args(words).env("HOSPES_BIN_DIR", &programs.folder);
    tally.tests("tests", counted(&mut tests));
    tally.tests("examples", counted(cargo().args(["test", "--workspace", "--doc", "--quiet"])));
}

fn has_nextest() -> bool {
    let nextest = cargo().args(["nextest", "--version"]).output();
    nextest.is_ok_and(|output| output.status.success())
}

/// Scenarios on network namespaces. Whoever asks for them gets them, or the reason why not.
fn wires(tally: &mut Tally, programs: &Programs) {
    if let Err(error) = can_make_networks() {
        return tally.step("scenarios on network namespaces", Err(error));
    }
    let test = ["-p", "hospes-tests", "--test", "netns"];
    let mut tests = cargo();
    if has_nextest() {
        tests.args(["nextest", "run", "--no-fail-fast", "--run-ignored", "all"]).args(test);
        // The figures that they print are of use, also when all is well.
        tests.args(["--success-output", "final"]);
    } else {
        tests.arg("test").args(test).args([
            "--",
            "--ignored",
            "--test-threads",
            "1",
            "--nocapture",
        ]);
    }
    tests.env("HOSPES_BIN_DIR", &programs.folder);
    tally.tests("scenarios on network namespaces", counted(&mut tests));
}

fn can_make_networks() -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        bail!("they need root");
    }
    for program in ["ip", "tc", "ss"] {
        let there = Command::new(program).arg("-V").stdout(Stdio::null()).status();
        there.with_context(|| format!("{program} is missing; install iproute2"))?;
    }
    Ok(())
}

/// The commands of the operations manual, page by page.
fn transcripts(tally: &mut Tally, programs: &Programs) -> Result<()> {
    let runtime = Runtime::new()?;
    for page in transcript::pages()? {
        tally.step(&page.name(), runtime.block_on(page.run(programs)));
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
}

impl Tally {
    /// Counts something that is one check.
    fn step(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => {
                say(&format!("{name}: ok"));
                self.passed += 1;
            }
            Err(error) => {
                say(&format!("{name}: failed"));
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
    fn close(self, start: Instant) -> Result<()> {
        for failure in &self.failures {
            eprintln!("failed: {failure}");
        }
        let Tally { passed, failed, .. } = self;
        let seconds = start.elapsed().as_secs();
        println!("that took {} min {} s", seconds / 60, seconds % 60);
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

/// Runs tests, hands on what they print, and adds up what they say of themselves.
fn counted(command: &mut Command) -> Result<(Counts, bool)> {
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
        if let Some(Counts { passed, failed }) = summary(&line) {
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
    fn a_command_that_fails_without_a_failed_test_counts_as_a_failure() {
        let mut tally = Tally::default();
        tally.tests("tests", Ok((Counts { passed: 4, failed: 0 }, false)));
        assert_eq!((tally.passed, tally.failed), (4, 1));
    }

    #[test]
    fn what_a_command_prints_is_added_up() {
        let script = "echo 'test result: ok. 3 passed; 0 failed;'; echo 'test result: FAILED. 1 passed; 2 failed;' >&2; exit 1";
        let (counts, success) = counted(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(counts, Counts { passed: 4, failed: 2 });
        assert!(!success);
    }
}
