//! The words of the command line, and the help that teaches them.

mod alarm;
mod backup;
mod files;
mod keys;
mod node;
mod person;
mod records;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::failure::Exit;

pub use alarm::{AlarmArgs, AlarmReason};
pub use backup::{BackupArgs, BackupCommand, RestoreArgs};
pub use files::{ExportArgs, ExportFormat, ImportArgs, ImportFormat};
pub use keys::{Authority, KeysArgs, KeysCommand, NewPassphrase, TrusteeCommand, WipeArgs};
pub use node::{
    CenterArgs, CenterCommand, InitArgs, PeerArgs, PeerCommand, QuarantineArgs, QuarantineCommand,
    TokenArgs, TokenCommand, UnsealArgs,
};
pub use person::{PersonArgs, PersonCommand};
pub use records::{
    ConfirmArgs, DescribeArgs, EditArgs, Filters, PutArgs, SearchArgs, ShowArgs, WatchArgs,
    WithdrawArgs,
};

/// Where a node keeps its data unless told otherwise.
const DATA: &str = "/var/lib/hospes";

/// The command line of a counseling center's node.
#[derive(Debug, Parser)]
#[command(
    name = "hospes",
    version,
    about = "The command line of a counseling center's node",
    long_about = "The command line of a counseling center's node.\n\n\
        Every center runs its own node. Nodes that have added each other share records: host \
        offers, services, legal templates, bulletins. This program sets up and opens the node, \
        adds peers, finds records and changes your own.\n\n\
        First day:  hospes init, hospes center export us.pem, hospes peer add them.pem\n\
        Every day:  hospes status, hospes search offers --near Narva --night tonight",
    after_help = Exit::MANUAL,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes, in the help below those of the command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Of every command")]
pub struct Global {
    /// Folder of the node's data, with its admin socket in it
    #[arg(long, global = true, value_name = "DIR", env = "HOSPES_DATA", hide_env_values = true, default_value = DATA)]
    pub data: PathBuf,
    /// Address of the node's local listener, for people who are not on the node's machine
    #[arg(long, global = true, value_name = "URL", env = "HOSPES_API", hide_env_values = true)]
    pub api: Option<String>,
    /// Token for the local listener. Better in HOSPES_TOKEN: others on this machine can see
    /// command lines
    #[arg(long, global = true, value_name = "TOKEN", env = "HOSPES_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Print data as JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    /// Whether nobody said where the data is.
    pub fn data_is_default(&self) -> bool {
        self.data == Path::new(DATA)
    }
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make this node the node of a new center
    #[command(after_help = "\
The node must be running. You need paper and a pen: the 24 words of the recovery phrase are shown
once. Whoever has them is the center; without them a lost node cannot be replaced.

Examples:
  hospes init --name \"Center Narva\"
  hospes init --phrase-file words.txt --passphrase-file pass.txt --yes     for scripts
  hospes init --from-phrase --epoch N              a new node of a center that exists; asks for the words")]
    Init(InitArgs),
    /// Open the node with its passphrase
    #[command(after_help = "\
After every start the node is sealed: it has no identity and no data until somebody opens it.
The passphrase stays in this program; only the key goes to the node, over the socket.

Examples:
  hospes unseal
  hospes unseal --passphrase-file /run/credentials/hospes
  hospes unseal --trustees                           when the passphrase is lost")]
    Unseal(UnsealArgs),
    /// Close the node: connections are cut, the key is forgotten
    Seal,
    /// Write the whole node into one file that only the recovery phrase opens
    #[command(after_help = "\
The node goes on meanwhile. Keep backups on another machine than the node's.

Examples:
  hospes backup narva.backup
  hospes backup verify narva.backup                  asks for the recovery phrase
  hospes backup key                                  once, for a node of an older release")]
    Backup(BackupArgs),
    /// Make this node from a backup
    #[command(after_help = "\
The node must be running with an empty data folder. It gets a new key and a higher epoch, so that
the former node is shut out. Who was removed since the backup must stay out: each peer is asked for,
and suspended unless you confirm it.

Examples:
  hospes restore narva.backup
  hospes restore narva.backup --phrase-file words.txt --passphrase-file pass.txt --peer Riga --yes
  hospes restore --alone                             when there is no peer any more")]
    Restore(RestoreArgs),
    /// Say that an offer still holds, or that you are there
    #[command(after_help = "\
With a record: somebody has asked the host, and all is still true; searches find the offer for 30 days
more. Of a service: it was checked today.
Without one: an admin is there, so the time until the node seals itself begins anew.

Examples:
  hospes confirm --due                               our offers that are stale or not found any more
  hospes confirm 3f2a 81c0
  hospes confirm 3f2a --by host_form                 the host has written
  hospes confirm                                     you are there")]
    Confirm(ConfirmArgs),
    /// What opens the database: passphrases, trustees
    Keys(KeysArgs),
    /// Close the node and destroy its keys, for ever
    #[command(after_help = "\
For when the machine will be taken. Without --yes-destroy it only says what it would do.

Examples:
  hospes wipe
  hospes wipe --yes-destroy")]
    Wipe(WipeArgs),
    /// How the node and its peers are doing
    #[command(after_help = "Examples:\n  hospes status\n  hospes status --json | jq .peers")]
    Status,
    /// Our own center: show it, give it to others, edit its profile
    Center(CenterArgs),
    /// Other centers: add, remove, suspend, list
    Peer(PeerArgs),
    /// Tell all others that a center is in hostile hands, and stop listening to it
    #[command(after_help = "\
Your node suspends the center and tells all others. A node that hears it from one center suspends
the accused for 24 hours; when it hears it from a second one, until its admin decides. What it does is
set by alarm_action in its node.toml.

Examples:
  hospes alarm                                       all alarms
  hospes alarm narva --reason seized
  hospes alarm narva --take-back                     it was a mistake
  hospes alarm narva --dismiss                       others are wrong")]
    Alarm(AlarmArgs),
    /// Persons who come in by the pages, with a browser
    #[command(after_help = "\
Each person of the center gets a name and a role. You give them a one-time code in person; with it they
choose a passphrase and a second factor at the pages of this center. Nobody else knows these, not even
the admin. When somebody leaves, loses the phone, or is made to do something, it is one command here.

Examples:
  hospes person add anna --role counselor            shows a code for anna, once
  hospes person list
  hospes person reset anna                           the phone is lost: a new code
  hospes person remove anna                          anna is out at once")]
    Person(PersonArgs),
    /// Tokens for counselors' programs
    Token(TokenArgs),
    /// Make a record, or replace all fields of one of ours
    #[command(after_help = "\
`hospes describe offer` lists the fields. Parts of a field are set with a dot. A town may be
given by name. With --from, fields on the command line win over those of the file.

Examples:
  hospes put offer country=EE near_town=Narva place_type=private_room sleeps=2 \\
      party_accepts=couple,single_man languages=ru:fluent
  hospes put bulletin category=scam urgency=expected severity=moderate certainty=observed \\
      source=first_hand texts.en.headline=\"False lawyers ask for money\"
  hospes put template --from asylum-application.ru.md --dry-run")]
    Put(PutArgs),
    /// Change single fields of one of our records
    #[command(after_help = "\
Only what you name changes; what others change at the same time survives.

Examples:
  hospes edit 3f2a sleeps=3 --clear note
  hospes edit 3f2a --language ru                     opens the Russian text in $EDITOR
  hospes edit 3f2a --language ru --text-file text.md")]
    Edit(EditArgs),
    /// Take one of our records out of use; it stays visible as withdrawn
    #[command(
        after_help = "Examples:\n  hospes withdraw 3f2a\n  hospes withdraw 3f2a --reason \"closed\"              kept in a service or a template"
    )]
    Withdraw(WithdrawArgs),
    /// Show one record with all its fields
    #[command(after_help = "Examples:\n  hospes show 3f2a\n  hospes show 3f2a --language ru")]
    Show(ShowArgs),
    /// Find records
    #[command(after_help = "\
Towns and texts may be written in any script. Without a text all records of the kind are listed,
best first.

Examples:
  hospes search offers --near Narva --within 50 --night tonight --adults 1 --child 3-5 --pets dog
  hospes search services \"military law\" --languages ru --facet profession=lawyer
  hospes search templates отсрочка --country DE
  hospes search offers --all --limit 100")]
    Search(SearchArgs),
    /// Show what matches now, then everything that changes, until Ctrl-C
    #[command(
        after_help = "Examples:\n  hospes watch offers --near Narva --night tonight\n  hospes watch bulletins --only-changes --json"
    )]
    Watch(WatchArgs),
    /// Changes that were refused
    Quarantine(QuarantineArgs),
    /// Write all records of a kind into a file
    #[command(after_help = "\
The ending of the file says the format: .csv, .xlsx, .json; templates also go into a folder as
Markdown. Host offers are never written in the HSDS format: it is made for publishing.

Examples:
  hospes export services services.xlsx
  hospes export services services.json --format hsds-json
  hospes export templates templates/ --format md")]
    Export(ExportArgs),
    /// Read many records from a table or a folder
    #[command(after_help = "\
Nothing is shared before the whole file was checked. Every problem is named with its table and
row. The same file read again changes nothing: rows are recognized by their column `external_id`.

Examples:
  hospes import --template offers.xlsx               an empty table with help
  hospes import offers offers.xlsx --dry-run
  hospes import services directory/ --region US --source ilao --report problems.csv
  hospes import templates templates/                 Markdown files such as slug.ru.md")]
    Import(ImportArgs),
    /// The kinds of records and their fields
    #[command(after_help = "Examples:\n  hospes describe\n  hospes describe offer")]
    Describe(DescribeArgs),
    /// Print completions for a shell
    #[command(after_help = "Examples:\n  hospes completions bash > /etc/bash_completion.d/hospes")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages of all commands into a folder
    Man {
        /// The folder; it is made if it is not there
        folder: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use clap::CommandFactory as _;
    use hospes_domain::Kind;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn kinds_are_understood_in_singular_and_plural() {
        for word in ["offer", "offers"] {
            let cli = Cli::try_parse_from(["hospes", "search", word, "quiet", "room"]).unwrap();
            let Command::Search(args) = cli.command else { panic!("not a search") };
            assert_eq!(args.filters.kind, Kind::Offer);
            assert_eq!(args.filters.text, ["quiet", "room"]);
        }
        assert!(Cli::try_parse_from(["hospes", "search", "beds"]).is_err());
    }

    #[test]
    fn a_template_needs_no_kind() {
        assert!(Cli::try_parse_from(["hospes", "import", "--template", "offers.xlsx"]).is_ok());
        assert!(Cli::try_parse_from(["hospes", "import", "offers"]).is_err());
    }

    #[test]
    fn every_command_with_arguments_has_examples_or_few_words() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}
