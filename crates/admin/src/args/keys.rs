//! The keys of the database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::node::KeyCost;

/// `hospes keys`.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// How somebody shows that the key may be used.
#[derive(Debug, Clone, Args)]
pub struct Authority {
    /// Read the present passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["with_trustees", "share_file"])]
    pub passphrase_file: Option<PathBuf>,
    /// The passphrase is lost: ask for the shares of trustees
    #[arg(long)]
    pub with_trustees: bool,
    /// Read a share of a trustee from this file; once for each
    #[arg(long, value_name = "FILE")]
    pub share_file: Vec<PathBuf>,
}

/// A passphrase that is to be.
#[derive(Debug, Clone, Args)]
pub struct NewPassphrase {
    /// Read the new passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub new_passphrase_file: Option<PathBuf>,
    /// What a guess of the passphrase costs
    #[arg(long, hide = true, value_enum, default_value_t = KeyCost::Full)]
    pub cost: KeyCost,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// What opens the database
    List,
    /// Add a passphrase, or trustees who open the database together
    #[command(after_help = "\
The keys of trustees are the texts that `hospes keys trustee new` gave them, or files with these
texts. Compare the words of each key by voice before you add it.

Examples:
  hospes keys add night-desk                         a second passphrase
  hospes keys add --trustees anna.txt boris.txt clara.txt
  hospes keys add --trustees anna.txt boris.txt clara.txt dima.txt --threshold 3")]
    Add {
        /// What to call it, for `keys list` and `keys remove` [default: second, or trustees]
        label: Option<String>,
        /// Keys of trustees, or files with them
        #[arg(long, num_args = 2.., value_name = "KEY", conflicts_with = "new_passphrase_file")]
        trustees: Vec<String>,
        /// How many trustees are needed
        #[arg(long, default_value_t = 2, requires = "trustees", value_name = "NUMBER")]
        threshold: u8,
        /// The words of the keys were compared: do not ask
        #[arg(long, short, requires = "trustees")]
        yes: bool,
        /// The new passphrase.
        #[command(flatten)]
        new: NewPassphrase,
        /// How somebody shows that the key may be used.
        #[command(flatten)]
        authority: Authority,
    },
    /// Take a passphrase or the trustees away; the last way in stays
    #[command(after_help = "\
An old copy of keyslots.json still opens with what you remove: in backups and snapshots too.

Examples:
  hospes keys remove night-desk")]
    Remove {
        /// Its name in `keys list`
        label: String,
        /// How somebody shows that the key may be used.
        #[command(flatten)]
        authority: Authority,
    },
    /// Replace a passphrase
    #[command(after_help = "\
Examples:
  hospes keys change
  hospes keys change night-desk
  hospes keys change --with-trustees                 when the passphrase is lost")]
    Change {
        /// Its name in `keys list`
        #[arg(default_value = hospes_identity::keyslots::FIRST)]
        label: String,
        /// The new passphrase.
        #[command(flatten)]
        new: NewPassphrase,
        /// How somebody shows that the key may be used.
        #[command(flatten)]
        authority: Authority,
    },
    /// Write the file that trustees need to read their share
    #[command(after_help = "\
The file holds no secret by itself, but whoever has it can guess the passphrase. Give it to the
trustees and to nobody else.

Examples:
  hospes keys export keyslots.json")]
    Export {
        /// The new file, or - for the screen
        file: PathBuf,
    },
    /// For a trustee, on a machine of one's own: make a key
    Trustee {
        /// What to do.
        #[command(subcommand)]
        command: TrusteeCommand,
    },
    /// For a trustee, on a machine of one's own: read one's share
    #[command(after_help = "\
Do it when an admin whom you know by voice has asked you on the phone. Read the share out on that
call. Whoever has enough shares, and the node's disk, can read everything in it.

Examples:
  hospes keys share --keyslots keyslots.json")]
    Share {
        /// The file of `hospes keys export FILE`, or - for the standard input
        #[arg(long, value_name = "FILE")]
        keyslots: PathBuf,
        /// Read the 24 words from this file instead of asking for them
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
}

/// What a trustee can do.
#[derive(Debug, Subcommand)]
pub enum TrusteeCommand {
    /// Make 24 words for the paper, and the public key for the admin
    #[command(after_help = "\
No node is needed. The 24 words are shown once: they belong on paper, away from every node. The
public key is no secret.

Examples:
  hospes keys trustee new > anna.txt
  hospes keys trustee new --phrase-file words.txt    for scripts")]
    New {
        /// Write the words into this new file instead of showing them
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
        /// Ask for all 24 words back, not for three
        #[arg(long)]
        strict: bool,
    },
    /// Show the public key of 24 words once more
    Show {
        /// Read the 24 words from this file instead of asking for them
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
}

/// `hospes wipe`.
#[derive(Debug, Args)]
pub struct WipeArgs {
    /// Really do it; nothing brings the keys back
    #[arg(long)]
    pub yes_destroy: bool,
}
