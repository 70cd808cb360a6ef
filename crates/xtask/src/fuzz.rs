//! `cargo xtask fuzz-smoke`: every fuzz target for a while.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::programs::workspace;

/// Largest input that is tried. Bounds of size are tested elsewhere; small inputs find more.
const MAX_INPUT: usize = 64 * 1024;
/// Memory that a target may take, with its instruments.
const MEMORY_MIB: usize = 1_024;
/// Seconds that one input may take.
const SLOW: u32 = 10;

/// What to run.
#[derive(Debug, Args)]
pub struct Options {
    /// How long each target runs
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Only this target; may be given several times
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// Processes per target
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    jobs: u32,
}

/// Builds all targets and runs them one after the other. New inputs stay in `target/fuzz/corpus`
/// for the next run; the committed corpora are only read.
pub fn run(options: &Options) -> Result<()> {
    let known = targets()?;
    for name in &options.target {
        ensure!(known.contains(name), "there is no target {name}; there are {}", known.join(", "));
    }
    let chosen = if options.target.is_empty() { &known } else { &options.target };
    build()?;
    let mut found = Vec::new();
    for name in chosen {
        let start = Instant::now();
        match smoke(name, options)? {
            Outcome::Well { runs } => {
                println!("* {name}: ok, {runs} inputs in {} s", start.elapsed().as_secs());
            }
            Outcome::Finding { artifact } => {
                println!("* {name}: a finding, {}", artifact.display());
                found.push((name, artifact));
            }
        }
    }
    for (name, artifact) in &found {
        let artifact = artifact.display();
        eprintln!("to see it again: cargo run -p hospes-decoders -- {name} {artifact}");
        eprintln!("once it is mended: cp {artifact} tests/corpus/{name}/");
    }
    ensure!(found.is_empty(), "{} of {} targets found something", found.len(), chosen.len());
    println!("{} targets found nothing in {} s each", chosen.len(), options.seconds);
    Ok(())
}

enum Outcome {
    Well { runs: u64 },
    Finding { artifact: PathBuf },
}

fn fuzz_dir() -> PathBuf {
    workspace().join("crates/fuzz")
}

fn built() -> PathBuf {
    workspace().join("target/fuzz")
}

fn targets() -> Result<Vec<String>> {
    let folder = fuzz_dir().join("fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn cargo_fuzz(words: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg("fuzz").args(words).args(["--fuzz-dir"]).arg(fuzz_dir());
    // The instruments are options of the compiler that it calls unstable. The address sanitizer would
    // need a nightly compiler; there is no unsafe code of ours for it to watch.
    command.args(["--sanitizer", "none", "--target-dir"]).arg(built()).env("RUSTC_BOOTSTRAP", "1");
    command
}

fn build() -> Result<()> {
    let mut is_there = Command::new("cargo");
    is_there.args(["fuzz", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !is_there.status().is_ok_and(|status| status.success()) {
        bail!("cargo-fuzz is missing; install it with: cargo install cargo-fuzz --locked");
    }
    println!("* building the targets with their instruments; the first time takes ten minutes");
    let status = cargo_fuzz(&["build"]).status().context("failed to start cargo fuzz")?;
    ensure!(status.success(), "the fuzz targets do not build");
    Ok(())
}

fn smoke(name: &str, options: &Options) -> Result<Outcome> {
    let own = built().join("corpus").join(name);
    let artifacts = built().join("artifacts").join(name);
    fs::create_dir_all(&own)?;
    fs::create_dir_all(&artifacts)?;
    let before = files(&artifacts)?;
    let program = program(name)?;
    let log = built().join(format!("{name}.log"));
    let mut command = Command::new(program);
    command
        .arg(&own)
        .arg(workspace().join("tests/corpus").join(name))
        .arg(format!("-max_total_time={}", options.seconds))
        .arg(format!("-max_len={MAX_INPUT}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-timeout={SLOW}"))
        .arg(format!("-fork={}", options.jobs))
        // Left to itself, a fuzzer that forks goes on after these, and ends as if all were well.
        .args(["-ignore_timeouts=0", "-ignore_ooms=0", "-ignore_crashes=0"])
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log)?);
    let status = command.status().with_context(|| format!("failed to start {name}"))?;
    let new = files(&artifacts)?.into_iter().find(|file| !before.contains(file));
    if let Some(artifact) = new {
        return Ok(Outcome::Finding { artifact });
    }
    if !status.success() {
        // What was found before lies there already; the log says which it is.
        return Ok(Outcome::Finding { artifact: before.into_iter().next().unwrap_or(log) });
    }
    let runs = runs(&fs::read_to_string(&log)?);
    ensure!(runs > 0, "{name} ran nothing; see {}", log.display());
    Ok(Outcome::Well { runs })
}

/// How many inputs were tried, by the last line that says so: `#4096: cov: 12 ...`.
fn runs(log: &str) -> u64 {
    let number = |line: &str| {
        let digits = line.trim().strip_prefix('#')?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    };
    log.lines().filter_map(number).max().unwrap_or(0)
}

/// The program of a target, below the folder of the compiler's target.
fn program(name: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(built())? {
        let path = entry?.path().join("release").join(name);
        if path.is_file() {
            return Ok(path);
        }
    }
    bail!("the program of {name} was not built below {}", built().display())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_last_count_of_a_log_is_read() {
        let log = "INFO: Seed: 1\n#9: cov: 40 ft: 40 corp: 1 exec/s: 0\n\
                   #7160: cov: 63 ft: 9 corp: 3 exec/s 3580 oom/timeout/crash: 0/0/0 time: 2s\n";
        assert_eq!(runs(log), 7_160);
        assert_eq!(runs("INFO: nothing"), 0);
    }

    #[test]
    fn every_target_is_found() {
        let targets = targets().unwrap();
        assert!(targets.contains(&"frame".to_owned()) && targets.len() > 10, "{targets:?}");
    }
}
