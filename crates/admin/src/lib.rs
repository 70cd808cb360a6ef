//! `hospes`, the command line of a center.
//!
//! Everything that a center does with its node: starting it, opening it, peers, records, lists.
//! The work is done by the node; this program asks, checks what comes from files, and shows. It is a
//! library so that what reads files can be tested with files of others.

mod args;
mod commands;
mod connect;
mod export;
mod failure;
mod fields;
pub mod import;
mod json;
mod print;
mod wrap;

use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use failure::{Exit, Failure};
use print::Printer;

/// What may stand right behind `hospes`.
pub fn subcommands() -> Vec<String> {
    use clap::CommandFactory as _;
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Why the words behind `hospes` are no command of this program, if they are none.
pub fn misread(words: &[String]) -> Option<String> {
    let all = std::iter::once("hospes").chain(words.iter().map(String::as_str));
    match Cli::try_parse_from(all) {
        Err(error) if error.use_stderr() => Some(error.to_string()),
        Ok(_) | Err(_) => None,
    }
}

/// Does what the arguments of this process ask for.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    let printer = Printer::new(cli.global.json);
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(Exit::Failed, format!("the program could not start: {error}"))
        })
        .and_then(|runtime| runtime.block_on(commands::run(cli, &printer)));
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            printer.failure(&failure);
            failure.exit.into()
        }
    }
}
