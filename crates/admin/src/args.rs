//! The words of the command line, and the help that teaches them.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use hospes_domain::Kind;

use crate::demo::DemoArgs;
use crate::failure::Exit;

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
        offers, services, legal templates, bulletins. This program starts and opens the node, \
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

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Folder of the node's data, with its admin socket in it
    #[arg(long, global = true, value_name = "DIR", env = "HOSPES_DATA", default_value = DATA)]
    pub data: PathBuf,
    /// Address of the node's local listener, for people who are not on the node's machine
    #[arg(long, global = true, value_name = "URL", env = "HOSPES_API")]
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
  hospes init --from-phrase words.txt                                      a new node, same center")]
    Init(InitArgs),
    /// Open the node with its passphrase
    #[command(after_help = "\
After every start the node is sealed: it has no identity and no data until somebody opens it.
The passphrase stays in this program; only the key goes to the node, over the socket.

Examples:
  hospes unseal
  hospes unseal --passphrase-file /run/credentials/hospes")]
    Unseal(UnsealArgs),
    /// Close the node: connections are cut, the key is forgotten
    Seal,
    /// How the node and its peers are doing
    #[command(after_help = "Examples:\n  hospes status\n  hospes status --json | jq .peers")]
    Status,
    /// Our own center: show it, give it to others, edit its profile
    Center(CenterArgs),
    /// Other centers: add, remove, suspend, list
    Peer(PeerArgs),
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
    #[command(after_help = "Examples:\n  hospes withdraw 3f2a --reason \"the host moved away\"")]
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
    #[command(after_help = "Examples:\n  hospes watch offers --near Narva --night tonight\n  hospes watch bulletins --only-changes --json")]
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
    /// Fill the node with fictional records, to try it out
    DemoData(DemoArgs),
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

/// `hospes init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Name of the center as peers will see it; it may be a code name
    #[arg(long)]
    pub name: Option<String>,
    /// Write the new recovery phrase into this new file instead of showing it
    #[arg(long, value_name = "FILE", conflicts_with = "from_phrase")]
    pub phrase_file: Option<PathBuf>,
    /// Use the recovery phrase in this file: a new node for a center that exists
    #[arg(long, value_name = "FILE")]
    pub from_phrase: Option<PathBuf>,
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Ask for all 24 words back, not for three
    #[arg(long)]
    pub strict: bool,
    /// Epoch of the node certificate; above 1 when it replaces an earlier node
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub epoch: u32,
    /// Do not ask whether to go on
    #[arg(long, short)]
    pub yes: bool,
    /// What a guess of the passphrase costs
    #[arg(long, hide = true, value_enum, default_value_t = KeyCost::Full)]
    pub cost: KeyCost,
}

/// What a guess of the passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyCost {
    /// About a second.
    Full,
    /// Nothing. It protects nothing.
    Test,
}

/// `hospes unseal`.
#[derive(Debug, Args)]
pub struct UnsealArgs {
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// `hospes center`.
#[derive(Debug, Args)]
pub struct CenterArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CenterCommand,
}

/// What can be done with our own center.
#[derive(Debug, Subcommand)]
pub enum CenterCommand {
    /// Show its name, identifier and words
    Show,
    /// Write the file that other admins add
    #[command(after_help = "\
The file holds no secret. Send it any way you like; then compare the words by voice.

Examples:
  hospes center export narva.pem --address 192.0.2.7:7443
  hospes center export -                             to the screen")]
    Export {
        /// The new file, or - for the screen
        file: PathBuf,
        /// Name to suggest instead of the center's
        #[arg(long)]
        name: Option<String>,
        /// Address to suggest, host:port
        #[arg(long, value_name = "HOST:PORT")]
        address: Option<String>,
    },
    /// Show or change what peers see of us
    #[command(after_help = "\
Examples:
  hospes center profile
  hospes center profile --set languages=ru:native,et:fluent --set roles=steward,hotline")]
    Profile {
        /// A field and its value
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
        /// A field to empty
        #[arg(long, value_name = "FIELD")]
        clear: Vec<String>,
    },
}

/// `hospes peer`.
#[derive(Debug, Args)]
pub struct PeerArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: PeerCommand,
}

/// What can be done with other centers.
#[derive(Debug, Subcommand)]
pub enum PeerCommand {
    /// Add a center by the file that its admin sent
    #[command(after_help = "\
Both admins have to add each other. Call the other admin, on a line that you trust, and read the
words to each other: a file can be exchanged on its way, a voice cannot.

Examples:
  hospes peer add helsinki.pem
  hospes peer add helsinki.pem --name helsinki --address 192.0.2.7:7443
  hospes peer add helsinki.pem --readmit             takes back a center that was removed")]
    Add {
        /// The file, or - for the standard input
        file: PathBuf,
        /// What to call it here, instead of what the file says
        #[arg(long)]
        name: Option<String>,
        /// Where its node listens; several are tried in turn
        #[arg(long, value_name = "HOST:PORT")]
        address: Vec<String>,
        /// Take back a center that was removed
        #[arg(long)]
        readmit: bool,
        /// The words were compared: do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Trust it no more: connections are cut at once, and it stays out
    Remove {
        /// Its name, its identifier, or the beginning of it
        peer: String,
    },
    /// Stop exchanging records with it for now
    Suspend {
        /// Its name, its identifier, or the beginning of it
        peer: String,
    },
    /// Go on exchanging records with it
    Resume {
        /// Its name, its identifier, or the beginning of it
        peer: String,
    },
    /// All peers, and centers that knocked and are not added
    List,
}

/// `hospes token`.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; it is shown once
    #[command(after_help = "\
A counselor finds and reads records, a coordinator also changes them, an admin may do all.

Examples:
  hospes token add desk-1 --role counselor")]
    Add {
        /// A name for the desk or program, not for the person
        name: String,
        /// What the token allows
        #[arg(long, value_enum)]
        role: Role,
    },
    /// Make a token useless
    Remove {
        /// Its name
        name: String,
    },
    /// All tokens, without the secrets
    List,
}

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Finds and reads records.
    Counselor,
    /// Also makes and changes records.
    Coordinator,
    /// May do all.
    Admin,
}

impl Role {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Role::Counselor => "counselor",
            Role::Coordinator => "coordinator",
            Role::Admin => "admin",
        }
    }
}

/// `hospes put`.
#[derive(Debug, Args)]
pub struct PutArgs {
    /// The kind: offer, service, template, bulletin
    pub kind: Kind,
    /// Fields with their values
    #[arg(value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
    /// Take the fields from a file: JSON, or Markdown with front matter
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Replace this record instead of making a new one
    #[arg(long)]
    pub id: Option<String>,
    /// Only check, save nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Save although a text looks like a phone number, an address or a name. The node notes it
    #[arg(long)]
    pub override_lint: bool,
}

/// `hospes edit`.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// Identifier of the record, or the beginning of it
    pub id: String,
    /// Fields with their new values
    #[arg(value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
    /// A field to empty
    #[arg(long, value_name = "FIELD")]
    pub clear: Vec<String>,
    /// Edit the long text of a template in this language
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// The new text, instead of opening $EDITOR; - for the standard input
    #[arg(long, value_name = "FILE", requires = "language")]
    pub text_file: Option<PathBuf>,
    /// Only check, save nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Save although a text looks like a phone number, an address or a name. The node notes it
    #[arg(long)]
    pub override_lint: bool,
}

/// `hospes withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawArgs {
    /// Identifier of the record, or the beginning of it
    pub id: String,
    /// Why, for those who read the record
    #[arg(long, default_value = "")]
    pub reason: String,
}

/// `hospes show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Identifier of the record, or the beginning of it
    pub id: String,
    /// The language of long texts; without it every language is shown
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
}

/// What is searched for.
#[derive(Debug, Clone, Args)]
pub struct Filters {
    /// The kind: offers, services, templates, bulletins, centers
    pub kind: Kind,
    /// Words to find, in any script
    pub text: Vec<String>,
    /// Country, such as EE
    #[arg(long, value_name = "CODE")]
    pub country: Option<String>,
    /// Region, such as EE-45
    #[arg(long, value_name = "CODE")]
    pub region: Option<String>,
    /// A town's name in any script
    #[arg(long, value_name = "TOWN")]
    pub near: Option<String>,
    /// Kilometers around that town
    #[arg(long, value_name = "KM", requires = "near")]
    pub within: Option<u32>,
    /// First night: tonight, or a date such as 2026-11-23
    #[arg(long, value_name = "DATE")]
    pub night: Option<String>,
    /// How many nights
    #[arg(long)]
    pub nights: Option<u32>,
    /// How many adults
    #[arg(long)]
    pub adults: Option<u32>,
    /// Age of a child, once for each: 0-2, 3-5, 6-12, 13-17
    #[arg(long, value_name = "AGES")]
    pub child: Vec<String>,
    /// Animals that come along: dog, cat, small_caged, assistance_dog
    #[arg(long, value_name = "ANIMAL", value_delimiter = ',')]
    pub pets: Vec<String>,
    /// Languages; one of them must be spoken
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub languages: Vec<String>,
    /// Only without steps
    #[arg(long)]
    pub step_free: bool,
    /// Only for women
    #[arg(long)]
    pub women_only: bool,
    /// Who comes: single_man, single_woman, couple, family_with_children, several_adults
    #[arg(long, value_name = "PARTY")]
    pub party: Option<String>,
    /// Another field and its value; the same field again: one of the values
    #[arg(long, value_name = "FIELD=VALUE")]
    pub facet: Vec<String>,
    /// Only records of this center
    #[arg(long, value_name = "CENTER")]
    pub steward: Option<String>,
    /// How many to show, at most 200
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub limit: u32,
    /// How many to skip, at most 10000
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub offset: u32,
    /// Also what nobody has confirmed for long
    #[arg(long)]
    pub all: bool,
}

/// `hospes search`.
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// What is searched for.
    #[command(flatten)]
    pub filters: Filters,
}

/// `hospes watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// What is searched for.
    #[command(flatten)]
    pub filters: Filters,
    /// Leave out what matches already
    #[arg(long)]
    pub only_changes: bool,
}

/// `hospes quarantine`.
#[derive(Debug, Args)]
pub struct QuarantineArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: QuarantineCommand,
}

/// What can be done with the quarantine.
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List what was refused, newest first, with the reason
    List {
        /// Only this reason
        #[arg(long, default_value = "")]
        code: String,
        /// How many to show
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// `hospes export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The kind: offers, services, templates, bulletins, centers
    pub kind: Kind,
    /// The file, or a folder for md; - for the screen
    pub file: PathBuf,
    /// The format; without it the ending of the file says it
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// Only records of our center
    #[arg(long)]
    pub ours: bool,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
}

/// Formats that records are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A table, one record per row
    Csv,
    /// A table for Excel and LibreOffice
    Xlsx,
    /// Everything, for programs
    Json,
    /// Services in the Human Services Data Specification 3.1
    HsdsJson,
    /// Templates as Markdown, one file per language
    Md,
}

/// `hospes import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The kind: offers, services, templates, bulletins
    #[arg(required_unless_present = "template")]
    pub kind: Option<Kind>,
    /// A table (.csv, .xlsx), a folder of HSDS tables, or Markdown files
    #[arg(required_unless_present = "template")]
    pub path: Option<PathBuf>,
    /// Write an empty table with help into this new file: offers.xlsx, services.csv
    #[arg(long, value_name = "FILE", conflicts_with_all = ["kind", "path"])]
    pub template: Option<PathBuf>,
    /// The format
    #[arg(long, value_enum, default_value_t = ImportFormat::Auto)]
    pub format: ImportFormat,
    /// A name for this list; rows are recognized within it. Else the file's name
    #[arg(long)]
    pub source: Option<String>,
    /// Country of phone numbers and places that do not say theirs, such as US
    #[arg(long, value_name = "CODE")]
    pub region: Option<String>,
    /// The column that names each row, if it is not external_id or id
    #[arg(long, value_name = "COLUMN")]
    pub id_column: Option<String>,
    /// A field and its value for all rows that do not have it
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// Check all, save nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Leave out rows with problems and take the others
    #[arg(long)]
    pub skip_problems: bool,
    /// Take texts that look like phone numbers, addresses or names. The node notes it
    #[arg(long)]
    pub override_lint: bool,
    /// Write all problems and remarks into this file
    #[arg(long, value_name = "FILE.csv")]
    pub report: Option<PathBuf>,
}

/// Formats that records are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// What the file's ending, or what is in the folder, says
    Auto,
    /// A table with commas, semicolons or tabs
    Csv,
    /// A table of Excel or LibreOffice
    Xlsx,
    /// A folder of HSDS tables, 1.1 to 3.1
    HsdsCsv,
    /// Templates as Markdown with front matter
    Markdown,
}

/// `hospes describe`.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// Only this kind
    pub kind: Option<Kind>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use clap::CommandFactory as _;

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
