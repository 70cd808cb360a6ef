//! Records as people see them.

use hospes_domain::freshness::Freshness;
use hospes_domain::{Fields, Kind, RecordKey};

/// A record as people see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its name.
    pub key: RecordKey,
    /// What we call its steward.
    pub steward_name: String,
    /// Grows when its history is dropped.
    pub generation: u32,
    /// Digest of its generation and heads.
    pub version: [u8; 16],
    /// What it says.
    pub fields: Fields,
    /// How much it can be relied on.
    pub freshness: Freshness,
    /// The same in words, with what should be known of the steward.
    pub freshness_note: String,
    /// Whether our center may change it.
    pub ours: bool,
    /// Whether nothing is left of it but its name.
    pub erased: bool,
    /// Changes that do not fit.
    pub left_out: u32,
    /// The peer through which we know its steward; empty for peers.
    pub introduced_by: String,
    /// What an edit is based on: hashes of its latest changes. Only of one record.
    pub heads: Vec<[u8; 32]>,
    /// The rows of lists that became it. Only of one record.
    pub rows: Vec<Row>,
}

/// A row of a list that became a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The file or list that it is from, as the admin calls it.
    pub source: String,
    /// Its identifier there.
    pub external: String,
}

/// A record that a search found.
#[derive(Debug, Clone)]
pub struct ShownHit {
    /// Kilometers from the town that was asked for.
    pub distance_km: Option<f64>,
    /// The record in one line.
    pub headline: String,
    /// The record without its long texts.
    pub record: Shown,
}

/// What a search finds.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The records, best first.
    pub hits: Vec<ShownHit>,
    /// Whether there are more after these.
    pub more: bool,
    /// All that match, when that is known.
    pub total: Option<u64>,
    /// How the place was understood.
    pub places: Vec<String>,
    /// Where nothing is found: what would be, with less asked for.
    pub instead: Vec<Relief>,
}

/// What would be found with less asked for.
#[derive(Debug, Clone, Default)]
pub struct Relief {
    /// The conditions that were left out.
    pub without: Vec<String>,
    /// So many are found, or more.
    pub count: u32,
    /// Whether there are more than that.
    pub more: bool,
    /// Not left out, but wider: so many kilometers around the town; 0 when it is not that.
    pub within_km: u32,
    /// So many would take somebody in, but have to be asked by an earlier hour.
    pub late: u32,
    /// Not left out, but later: the night as a date; empty when it is not that.
    pub night: String,
}

/// Offers for people who need a bed, by what has to be done next.
#[derive(Debug, Clone, Default)]
pub struct Tonight {
    /// The first night, as a date; empty when no night was asked for.
    pub night: String,
    /// Offers of our own center: it can say yes now.
    pub own: Vec<ShownHit>,
    /// Offers of others: they have to be asked.
    pub others: Vec<ShownHit>,
    /// Offers that fit a night later, and not on the one that was asked for.
    pub later: Vec<ShownHit>,
    /// Offers that fit but for one condition, with its name.
    pub close: Vec<(String, ShownHit)>,
    /// Whether there are more of the first two than are shown.
    pub more: bool,
    /// How the place was understood.
    pub places: Vec<String>,
    /// Where nothing is found: what would be, with less asked for.
    pub instead: Vec<Relief>,
}

/// How a record is to be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Everything but the writing.
    pub dry_run: bool,
    /// Although the lint of free text says no.
    pub override_lint: bool,
}

/// What came of writing a record.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its name.
    pub key: RecordKey,
    /// Digest of its generation and heads.
    pub version: [u8; 16],
    /// False when it said the same before.
    pub changed: bool,
    /// What should be thought about.
    pub warnings: Vec<Warning>,
}

/// What a coordinator should think about after a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// An offer whose region and habits nobody shares is an address to those who know the region.
    #[error(
        "fewer than {enough} offers look like this one (country, region, guests, pets, access, \
         languages), so it may tell where the host lives; a wider region or fewer details hide it"
    )]
    TellsWhere {
        /// So many would hide it.
        enough: u64,
    },
    /// Why it was withdrawn is not said.
    #[error("{} have no field for a reason; it was not kept", .kind.plural())]
    ReasonNotKept {
        /// The kind that has none.
        kind: Kind,
    },
}
