//! `cargo xtask`: what there is to do in this workspace besides building it.
//!
//! A chore is done by a program of the workspace that knows how; this one builds that program, with
//! cargo's own progress to be seen, and becomes it. So it needs next to nothing itself, and whoever
//! types `cargo demo` sees a first word after seconds.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

mod checkers;
mod folders;
mod fuzz;
mod past;
mod programs;
mod suite;
mod words;

use crate::folders::workspace;
use crate::programs::Profile;
use crate::words::Words;

const HELP: &str = "\
The chores of this workspace

Usage: cargo xtask CHORE [OPTIONS]

  demo            Three real centers on this machine, with fictional records
  test            Everything that proves the project: tests, the manual's commands, lints
  scenario WORD   Only the scenarios whose name has this word, with programs built anew
  manual          Only the commands of the operations manual
  checkers        Fetch what checks web pages: axe-core and the Nu Html Checker
  bench           Measure the budgets of the design with real nodes; half an hour and more
  network         Simulate networks of many nodes: what they cost, how fast they are
  reconciliation  What it costs two simulated nodes to come to agree
  fuzz-smoke      Let a fuzzer look for input that breaks a decoder; needs cargo-fuzz
  fields          Write docs/fields.md from the schema
  gazetteer       Write the table of towns
  dictionary      Write the dictionary that stored records are compressed with
  seeds           Write the corpora of the decoders, and the test vectors of the protocol

cargo xtask CHORE --help tells the options of each.";

const DEMO: &str = "\
Three real centers on this machine, with fictional records

Usage: cargo demo [-- OPTIONS]

      --check       Check that everything arrives and merges, then end
      --offers N    Fictional host offers of each center [default: 2000]
      --keep        Leave the folder with the three nodes' data
      --release     Programs as they are shipped: faster, and built for longer
  -h, --help        Print this";

/// The demonstration and the manual are played by this package.
const STAGE: &str = "hospes-stage";
/// What a center runs.
const CENTER: [&str; 2] = ["hospes-node", "hospes-admin"];

fn main() -> ExitCode {
    // `cargo demo -- --check` hands the two dashes on; no chore has a use for them.
    let words: Vec<OsString> = std::env::args_os().skip(1).filter(|word| word != "--").collect();
    match chore(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn chore(words: Vec<OsString>) -> Result<()> {
    let mut words = words.into_iter();
    let chore = words.next().unwrap_or_else(|| "--help".into());
    let rest: Vec<OsString> = words.collect();
    match &*chore.to_string_lossy() {
        "demo" => demo(rest),
        "test" => suite::run(rest),
        "scenario" => suite::scenario(rest),
        "manual" => suite::manual(),
        "checkers" => checkers::run(rest),
        "bench" => become_program("hospes-bench", &CENTER, Profile::Release, rest),
        "network" | "reconciliation" => {
            become_program("hospes-simulator", &[], Profile::Dev, with(chore, rest))
        }
        "fuzz-smoke" => fuzz::run(rest),
        "fields" | "gazetteer" | "dictionary" => {
            become_program("hospes-artifacts", &[], Profile::Dev, with(chore, rest))
        }
        "seeds" => {
            let words = vec![chore, "tests/corpus".into()];
            become_program("hospes-decoders", &[], Profile::Dev, words)
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no chore {other}; these are there:\n\n{HELP}"),
    }
}

fn with(chore: OsString, rest: Vec<OsString>) -> Vec<OsString> {
    std::iter::once(chore).chain(rest).collect()
}

/// Shows three centers.
fn demo(rest: Vec<OsString>) -> Result<()> {
    let mut profile = Profile::Dev;
    let mut handed_on: Vec<OsString> = vec!["demo".into()];
    let mut words = Words::new(rest, DEMO);
    while let Some(word) = words.next()? {
        match &*word {
            "--check" | "--keep" => handed_on.push(word.into()),
            "--offers" => {
                handed_on.extend([word.into(), words.number::<u32>()?.to_string().into()])
            }
            "--release" => profile = Profile::Release,
            other => return Err(words.unknown(other)),
        }
    }
    become_program(STAGE, &CENTER, profile, handed_on)
}

/// Builds a package, together with those whose programs it starts, and becomes its program.
fn become_program(
    package: &str,
    starts: &[&str],
    profile: Profile,
    words: Vec<OsString>,
) -> Result<()> {
    let folder = programs::build(profile, &[&[package], starts].concat())?;
    let mut command = Command::new(folder.join(package));
    programs::tell_where(&mut command, &folder);
    let error = command.args(words).current_dir(workspace()).exec();
    Err(error).with_context(|| format!("failed to start {package}"))
}
