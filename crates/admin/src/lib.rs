//! `hospes`, the command line of a center.
//!
//! Everything that a center does with its node: starting it, opening it, peers, records, lists.
//! The work is done by the node; this program asks, checks what comes from files, and shows. It is a
//! library so that what reads files can be tested with files of others.

mod args;
mod commands;
mod connect;
mod demo;
mod export;
mod failure;
mod fields;
pub mod import;
mod json;
mod print;
mod quote;

use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use failure::{Exit, Failure};
use print::Printer;

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
