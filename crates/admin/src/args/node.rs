//! The node, its center, its peers and its tokens.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hospes_identity::Cost;

/// `hospes init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Name of the center as peers will see it; it may be a code name
    #[arg(long)]
    pub name: Option<String>,
    /// Write the new recovery phrase into this new file instead of showing it
    #[arg(long, value_name = "FILE", conflicts_with = "from_phrase")]
    pub phrase_file: Option<PathBuf>,
    /// A new node for a center that exists: asks for its recovery phrase, or reads it from this file
    /// (- is the standard input)
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub from_phrase: Option<Option<PathBuf>>,
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Ask for all 24 words back, not for three
    #[arg(long)]
    pub strict: bool,
    /// With --from-phrase: one more than the epoch of the node before. A peer sees that epoch in
    /// `hospes peer list`; if nobody knows it, take 100
    #[arg(long, requires = "from_phrase", value_parser = clap::value_parser!(u32).range(2..))]
    pub epoch: Option<u32>,
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

impl KeyCost {
    /// In memory and time.
    pub fn cost(self) -> Cost {
        match self {
            KeyCost::Full => Cost::default(),
            KeyCost::Test => Cost::for_tests(),
        }
    }
}

/// `hospes unseal`.
#[derive(Debug, Args)]
pub struct UnsealArgs {
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["trustees", "share_file"])]
    pub passphrase_file: Option<PathBuf>,
    /// The passphrase is lost: ask for the shares of trustees
    #[arg(long)]
    pub trustees: bool,
    /// Read a share of a trustee from this file; once for each
    #[arg(long, value_name = "FILE")]
    pub share_file: Vec<PathBuf>,
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
    /// Trust it no more: connections are cut at once, and it stays out, whoever introduces it
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
    /// All peers, who is kept out, and centers that knocked in vain
    List,
    /// Empty the list of centers that knocked in vain; they may knock again
    Forget,
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
A counselor finds and reads records; a coordinator also changes, imports and exports them. What an admin
does (peers, tokens, keys) needs no token, but the node's own machine. A token does not expire: remove
those that nobody needs any more.

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
    /// Does no more than a coordinator today: what an admin does needs the node's own machine.
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
