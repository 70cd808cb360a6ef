//! Every fuzz target for a while: looks for bytes that a decoder does not bear.
//!
//! The targets are in `crates/fuzz`, and what they do is in `crates/decoders`. Each begins with its
//! corpus in `tests/corpus` and with what earlier runs on this machine have found under `target`;
//! the committed corpus is only read.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::folders::workspace;
use crate::past::say;
use crate::programs::cargo;
use crate::words::Words;

/// Most memory of one target, in MiB.
const MEMORY: u32 = 1_024;
/// Seconds after which one input takes too long.
const SLOW: u32 = 10;
/// Longest input, in bytes. Bounds that lie beyond it have tests of their own.
const LONGEST: u32 = 128 * 1_024;

const HELP: &str = "\
Let a fuzzer look for input that breaks a decoder; needs cargo-fuzz and a C++ compiler

Usage: cargo xtask fuzz-smoke [OPTIONS]

      --seconds N    How long each target runs [default: 60]
      --target NAME  Only this target; may be given more than once
      --jobs N       Targets that run side by side, at most 64 [default: 2]
  -h, --help         Print this";

/// What was asked of the fuzzing.
struct Options {
    seconds: u32,
    targets: Vec<String>,
    jobs: u32,
}

impl Options {
    fn read(words: Vec<OsString>) -> Result<Self> {
        let mut options = Self { seconds: 60, targets: Vec::new(), jobs: 2 };
        let mut words = Words::new(words, HELP);
        while let Some(word) = words.next()? {
            match &*word {
                "--seconds" => options.seconds = words.number()?,
                "--target" => options.targets.push(words.value()?),
                "--jobs" => options.jobs = words.number()?,
                other => return Err(words.unknown(other)),
            }
        }
        ensure!((1..=64).contains(&options.jobs), "--jobs takes 1 to 64, not {}", options.jobs);
        Ok(options)
    }
}

/// Builds the targets once and runs each.
pub fn run(words: Vec<OsString>) -> Result<()> {
    let options = Options::read(words)?;
    let start = Instant::now();
    let smoke = Smoke::new(&options)?;
    let targets = chosen(&smoke.all()?, &options.targets)?;
    say(&format!("building {} fuzz targets; the first time takes long", targets.len()));
    smoke.build(&targets)?;

    let (queue, done) = (Mutex::new(targets.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(target) = next else { break };
                    say(&format!("{target}: {} s", options.seconds));
                    let outcome = smoke.fuzz(&target);
                    match &outcome {
                        Ok(run) => say(&format!("{target}: {}", run.words())),
                        Err(error) => say(&format!("{target}: failed: {error:#}")),
                    }
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((target, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by(|one, other| one.0.cmp(&other.0));
    summary(&done, start.elapsed())
}

/// Ends with a table, and with how to see each finding again.
fn summary(done: &[(String, Result<Run>)], took: Duration) -> Result<()> {
    println!("{:<20} {:>12} {:>8} {:>8}  outcome", "target", "inputs", "per s", "edges");
    let mut failed = 0_u32;
    for (target, outcome) in done {
        let (run, words) = match outcome {
            Ok(run) if run.good => (run.clone(), "ok"),
            Ok(run) => (run.clone(), "FINDING"),
            Err(_) => (Run::default(), "failed"),
        };
        failed += u32::from(words != "ok");
        let Run { inputs, rate, edges, .. } = run;
        println!("{target:<20} {inputs:>12} {rate:>8} {edges:>8}  {words}");
    }
    for (target, outcome) in done {
        match outcome {
            Ok(run) if run.good => {}
            Ok(run) => {
                println!("\n{target}: {}", run.why);
                for file in &run.findings {
                    let file = file.strip_prefix(workspace()).unwrap_or(file).display();
                    println!("  to see it again:  {} {file}", run.program.display());
                    println!("  without a fuzzer: cargo run -p hospes-decoders -- {target} {file}");
                    println!("  once it is mended: cp {file} tests/corpus/{target}/found-NAME");
                }
                println!("  what it said:     {}", run.log.display());
            }
            Err(error) => println!("\n{target}: {error:#}"),
        }
    }
    println!("that took {} min {} s", took.as_secs() / 60, took.as_secs() % 60);
    ensure!(failed == 0, "{failed} of {} targets failed", done.len());
    println!("{} targets, no finding", done.len());
    Ok(())
}

/// The targets that were asked for; all when none was.
fn chosen(all: &[String], wanted: &[String]) -> Result<Vec<String>> {
    for name in wanted {
        ensure!(all.contains(name), "there is no target {name}; the targets: {}", all.join(", "));
    }
    let is_wanted = |name: &&String| wanted.is_empty() || wanted.contains(name);
    Ok(all.iter().filter(is_wanted).cloned().collect())
}

/// What one run of a target came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Run {
    good: bool,
    inputs: u64,
    rate: u64,
    edges: u64,
    /// The first line in which it says what went wrong.
    why: String,
    findings: Vec<PathBuf>,
    program: PathBuf,
    log: PathBuf,
}

impl Run {
    fn words(&self) -> String {
        let told = format!("{} inputs, {} edges", self.inputs, self.edges);
        if self.good { format!("ok, {told}") } else { format!("FINDING after {told}") }
    }

    /// What the log of a target tells.
    fn read(log: &str) -> Self {
        let last = |mark: &str| {
            let rest = log.lines().rev().find_map(|line| Some(line.split_once(mark)?.1))?;
            rest.split_whitespace().next()?.parse::<u64>().ok()
        };
        // A panic tells more than the signal that follows it.
        let tells = ["panicked at", "ERROR: libFuzzer", "SUMMARY:"];
        let why = tells.iter().find_map(|mark| {
            let mut lines = log.lines().skip_while(|line| !line.contains(mark));
            let line = lines.next()?.trim();
            let next = lines.next().filter(|_| *mark == "panicked at").unwrap_or_default();
            Some(format!("{line} {}", next.trim()).trim().to_owned())
        });
        Self {
            inputs: last("stat::number_of_executed_units:").or(last("Done ")).unwrap_or(0),
            rate: last("stat::average_exec_per_sec:").unwrap_or(0),
            edges: last(" cov: ").unwrap_or(0),
            why: why.unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// Where everything is.
struct Smoke {
    /// Below the folder in which cargo builds.
    folder: PathBuf,
    host: String,
    seconds: u32,
}

impl Smoke {
    fn new(options: &Options) -> Result<Self> {
        let version = cargo().args(["fuzz", "--version"]).output();
        ensure!(
            version.is_ok_and(|output| output.status.success()),
            "cargo-fuzz is missing; install it: cargo install cargo-fuzz --locked"
        );
        let rustc = Command::new("rustc").arg("-vV").output().context("failed to start rustc")?;
        let told = String::from_utf8_lossy(&rustc.stdout).into_owned();
        let host = told.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("rustc does not say what machine this is")?.to_owned();
        Ok(Self { folder: workspace().join("target/fuzz"), host, seconds: options.seconds })
    }

    /// The names of all targets.
    fn all(&self) -> Result<Vec<String>> {
        let folder = workspace().join("crates/fuzz/fuzz_targets");
        let mut names = Vec::new();
        for path in listed(&folder)? {
            let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
            names.extend(name.filter(|_| path.extension().is_some_and(|ending| ending == "rs")));
        }
        ensure!(!names.is_empty(), "there are no targets in {}", folder.display());
        Ok(names)
    }

    fn build(&self, targets: &[String]) -> Result<()> {
        // Without a sanitizer it is built by the toolchain that builds everything else. Our code has
        // no unsafe lines for one to watch; panics, overflows, time and memory are seen without. The
        // instruments are options of the compiler that it calls unstable.
        let mut command = cargo();
        command.env("RUSTC_BOOTSTRAP", "1");
        command
            .args(["fuzz", "build", "--fuzz-dir", "crates/fuzz", "--sanitizer", "none"])
            .args(["--target", &self.host, "--target-dir"])
            .arg(&self.folder);
        if let [only] = targets {
            command.arg(only);
        }
        let status = command.status().context("failed to start cargo fuzz")?;
        ensure!(status.success(), "the fuzz targets could not be built");
        Ok(())
    }

    fn fuzz(&self, target: &str) -> Result<Run> {
        let own = |what: &str| -> Result<PathBuf> {
            let folder = self.folder.join(what).join(target);
            fs::create_dir_all(&folder)
                .with_context(|| format!("failed to make {}", folder.display()))?;
            Ok(folder)
        };
        let (work, findings) = (own("corpus")?, own("findings")?);
        let log = own("logs")?.join("last.log");
        let earlier = listed(&findings)?;
        let committed = workspace().join("tests/corpus").join(target);
        ensure!(committed.is_dir(), "it has no corpus; write it: cargo xtask seeds");

        let program = self.folder.join(&self.host).join("release").join(target);
        let written =
            fs::File::create(&log).with_context(|| format!("failed to write {}", log.display()))?;
        let mut command = Command::new(&program);
        command
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg(format!("-timeout={SLOW}"))
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .arg("-print_final_stats=1");
        let words = dictionary(target);
        if words.is_file() {
            command.arg(format!("-dict={}", words.display()));
        }
        // The first folder takes what is new, the others are read.
        command.arg(&work).arg(&committed);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(written);
        let status = command.status().with_context(|| format!("failed to start {target}"))?;
        let text = fs::read(&log).with_context(|| format!("failed to read {}", log.display()))?;
        let run = Run::read(&String::from_utf8_lossy(&text));
        if status.success() && run.inputs == 0 {
            bail!("it tried nothing; see {}", log.display());
        }
        let new = listed(&findings)?.into_iter().filter(|file| !earlier.contains(file));
        Ok(Run { good: status.success(), findings: new.collect(), program, log, ..run })
    }
}

/// Words that help a target to write what its decoder understands.
fn dictionary(target: &str) -> PathBuf {
    workspace().join("crates/fuzz/words").join(format!("{target}.txt"))
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("failed to read {}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const LOG: &str = "\
#4	INITED cov: 410 ft: 411 corp: 3/12b exec/s: 0 rss: 60Mb
#9	NEW    cov: 412 ft: 415 corp: 4/20b lim: 4 exec/s: 0 rss: 61Mb L: 8/8
thread '<unnamed>' (7) panicked at crates/decoders/src/frame.rs:70:5:
a frame changes its meaning when it is passed on
==7== ERROR: libFuzzer: deadly signal
stat::number_of_executed_units: 1234
stat::average_exec_per_sec:     617
";

    #[test]
    fn a_log_tells_how_much_was_tried_and_what_went_wrong() {
        let run = Run::read(LOG);
        assert_eq!((run.inputs, run.rate, run.edges), (1_234, 617, 412));
        assert!(run.why.contains("frame.rs:70:5: a frame changes its meaning"), "{}", run.why);
        assert_eq!(Run::read("").inputs, 0);
    }

    #[test]
    fn a_finding_makes_the_whole_fail() {
        let took = Duration::from_secs(1);
        let run = |good| ("a".to_owned(), Ok(Run { good, inputs: 1, ..Run::default() }));
        assert!(summary(&[run(true)], took).is_ok());
        assert!(summary(&[run(true), run(false)], took).is_err());
        assert!(summary(&[("a".to_owned(), Err(anyhow::anyhow!("no")))], took).is_err());
    }

    #[test]
    fn a_target_that_is_not_there_is_named() {
        let all = ["a".to_owned(), "b".to_owned()];
        assert_eq!(chosen(&all, &[]).unwrap(), all);
        assert_eq!(chosen(&all, &["b".to_owned()]).unwrap(), ["b"]);
        let error = chosen(&all, &["c".to_owned()]).unwrap_err().to_string();
        assert_eq!(error, "there is no target c; the targets: a, b");
    }
}
