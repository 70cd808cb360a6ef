//! `hospes person`.

use clap::{Args, Subcommand, ValueEnum};

/// `hospes person`.
#[derive(Debug, Args)]
pub struct PersonArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: PersonCommand,
}

/// What can be done with persons.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Add a person; a one-time code for them is shown once
    #[command(after_help = "\
The code counts for 72 hours and once. Give it to the person yourself, not by mail. They type it at the
pages of this center and choose a passphrase and a second factor there.

Examples:
  hospes person add anna --role counselor
  hospes person add \"Anna K.\" --role coordinator")]
    Add {
        /// What the person is called here: one person, one name. A nickname will do
        name: String,
        /// What the person may do
        #[arg(long, value_enum)]
        role: PersonRole,
    },
    /// All persons, and whether they have used their code
    List,
    /// Take a person out; whoever is in under this name is out at once
    #[command(after_help = "\
Do it when somebody leaves, and at once when somebody may be made to open the pages for others. What the
person has published stays.

Examples:
  hospes person remove anna")]
    Remove {
        /// The name
        name: String,
    },
    /// Take passphrase and second factor from a person and give a new one-time code
    #[command(after_help = "\
For somebody who has lost the phone and all recovery codes, or forgot the passphrase. Be sure whom you give
the code to: see them, or hear a voice that you know. Whoever is in under this name is out at once.

Examples:
  hospes person reset anna")]
    Reset {
        /// The name
        name: String,
    },
    /// Give a person another role; they come in again with the new one
    #[command(after_help = "Examples:\n  hospes person role anna coordinator")]
    Role {
        /// The name
        name: String,
        /// What the person may do from now on
        #[arg(value_enum)]
        role: PersonRole,
    },
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PersonRole {
    /// Finds and reads records.
    Counselor,
    /// Also makes and changes records.
    Coordinator,
    /// Also adds and removes persons.
    Admin,
}

impl PersonRole {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            PersonRole::Counselor => "counselor",
            PersonRole::Coordinator => "coordinator",
            PersonRole::Admin => "admin",
        }
    }
}
