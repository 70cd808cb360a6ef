//! The commands, one file per noun.

mod alarm;
mod backup;
mod center;
mod confirm;
mod describe;
mod edit;
mod export;
mod import;
mod init;
mod keys;
mod links;
mod opening;
mod pages;
mod peer;
mod person;
mod phrase;
mod put;
mod quarantine;
mod relief;
mod search;
mod secret;
mod show;
mod status;
mod token;
mod trustees;
mod unseal;
mod watch;
mod wipe;

use crate::args::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// Does what was asked.
pub async fn run(cli: Cli, printer: &Printer) -> Result<Exit, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Init(args) => init::run(&args, global, printer).await,
        Command::Unseal(args) => unseal::unseal(&args, global, printer).await,
        Command::Seal => unseal::seal(global, printer).await,
        Command::Backup(args) => backup::run(args, global, printer).await,
        Command::Restore(args) => backup::restore(&args, global, printer).await,
        Command::Confirm(args) => confirm::run(args, global, printer).await,
        Command::Keys(args) => keys::run(args, global, printer).await,
        Command::Wipe(args) => wipe::run(&args, global, printer).await,
        Command::Status => status::run(global, printer).await,
        Command::Center(args) => center::run(args, global, printer).await,
        Command::Peer(args) => peer::run(args, global, printer).await,
        Command::Alarm(args) => alarm::run(&args, global, printer).await,
        Command::Person(args) => person::run(args, global, printer).await,
        Command::Token(args) => token::run(args, global, printer).await,
        Command::Put(args) => put::run(&args, global, printer).await,
        Command::Edit(args) => edit::run(&args, global, printer).await,
        Command::Withdraw(args) => put::withdraw(args, global, printer).await,
        Command::Show(args) => show::run(&args, global, printer).await,
        Command::Search(args) => search::run(args, global, printer).await,
        Command::Watch(args) => watch::run(args, global, printer).await,
        Command::Quarantine(args) => quarantine::run(args, global, printer).await,
        Command::Export(args) => export::run(&args, global, printer).await,
        Command::Import(args) => import::run(&args, global, printer).await,
        Command::Describe(args) => describe::run(&args, global, printer),
        Command::Completions { shell } => pages::completions(shell, printer),
        Command::Man { folder } => pages::manual(&folder, printer),
    }
}
