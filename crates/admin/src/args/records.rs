//! Single records: making, changing, showing, finding.

use std::path::PathBuf;

use clap::Args;
use hospes_domain::Kind;
use hospes_domain::query::Query;

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

/// `hospes confirm`.
#[derive(Debug, Args)]
pub struct ConfirmArgs {
    /// Identifiers of our offers and services, or the beginnings of them
    #[arg(value_name = "RECORD")]
    pub ids: Vec<String>,
    /// How it came to be known that an offer holds: host_call (if nothing is said), host_form or
    /// steward_guess
    #[arg(long, requires = "ids")]
    pub by: Option<String>,
    /// List our offers that have to be confirmed: stale, or not found any more
    #[arg(long, conflicts_with = "ids")]
    pub due: bool,
}

/// `hospes withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawArgs {
    /// Identifier of the record, or the beginning of it
    pub id: String,
    /// Why, for those who read the record; offers and bulletins have no place for it
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
    /// Country, such as EE or Estonia
    #[arg(long, value_name = "COUNTRY")]
    pub country: Option<String>,
    /// Region, such as EE-45
    #[arg(long, value_name = "CODE")]
    pub region: Option<String>,
    /// A town's name in any script
    #[arg(long, value_name = "TOWN")]
    pub near: Option<String>,
    /// Kilometers around that town, at most 500 [without it: 50]
    #[arg(long, value_name = "KM", requires = "near", value_parser = kilometers)]
    pub within: Option<u32>,
    /// First night: tonight, tomorrow, or a date such as 2026-11-23 or 23.11.
    #[arg(long, value_name = "DATE")]
    pub night: Option<String>,
    /// How many nights
    #[arg(long)]
    pub nights: Option<u32>,
    /// How many adults
    #[arg(long)]
    pub adults: Option<u32>,
    /// Age of a child, once for each: 4, or 0-2, 3-5, 6-12, 13-17
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
    /// Only records of this center; "us" is our own
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

/// "5", "5km" or "5 km".
fn kilometers(text: &str) -> Result<u32, String> {
    let number = text.trim().trim_end_matches("km").trim_end();
    match number.parse() {
        Ok(km @ 1..=Query::MOST_KM) => Ok(km),
        _ => Err(format!("it must be a number of kilometers from 1 to {}", Query::MOST_KM)),
    }
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

/// `hospes describe`.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// Only this kind
    pub kind: Option<Kind>,
}
