//! What is said of a directory from outside.

use jiff::civil::Date;

use crate::import::phone::Region;

/// What the files do not say themselves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Country of phone numbers and places that do not say theirs.
    pub country: Option<String>,
    /// The same for the reader of phone numbers.
    pub region: Option<Region>,
    /// Take texts that look like phone numbers, addresses or names.
    pub override_lint: bool,
    /// Today, to leave out what is over.
    pub today: Date,
}
