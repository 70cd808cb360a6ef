//! Many records from files and into files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hospes_domain::Kind;

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
    /// Bring back records of this list that were withdrawn here
    #[arg(long)]
    pub bring_back: bool,
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
