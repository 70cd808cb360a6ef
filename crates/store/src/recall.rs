//! Reading the narrow part of all records, many at a time.
//!
//! Every row that is read costs a trip through the connection's thread, ten times what the row
//! itself does. So the database puts some hundred records into one answer, one after another.

use std::collections::BTreeMap;

use hospes_domain::{CenterId, CircleId, Kind, RecordId, RecordKey};
use hospes_sync::Version;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row as _, Sqlite};

use crate::column::{Columns, array};
use crate::error::StoreError;
use crate::listing::Listing;
use crate::memory::facets::Facets;

/// Records in one answer.
const STEP: i64 = 512;

/// One line of numbers per record, and all names and listings in the same order. What is put
/// together are texts to SQLite, but no byte of a blob is changed by it.
const VERSIONS: &str = "SELECT max(number),
        group_concat(number || ' ' || circle || ' ' || steward || ' ' || kind || ' 0'),
        CAST(group_concat(id || version, '') AS BLOB), x''
 FROM (SELECT * FROM record WHERE number > ? ORDER BY number LIMIT ?)";

const LISTINGS: &str = "SELECT max(number),
        group_concat(number || ' ' || circle || ' ' || steward || ' ' || kind || ' '
            || coalesce(length(listing), 0)),
        CAST(group_concat(id || version, '') AS BLOB), CAST(group_concat(listing, '') AS BLOB)
 FROM (SELECT * FROM record WHERE number > ? ORDER BY number LIMIT ?)";

/// What is read of each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Key and version.
    Versions,
    /// The listing too.
    Listings,
}

/// One record, as far as it was wanted.
pub(crate) struct Recalled {
    pub(crate) number: i64,
    pub(crate) steward: i64,
    pub(crate) key: RecordKey,
    pub(crate) version: Version,
    pub(crate) listing: Option<Listing>,
}

/// A walk over all records, in order of their numbers.
pub(crate) struct Scan {
    reader: PoolConnection<Sqlite>,
    wanted: Wanted,
    circles: BTreeMap<i64, CircleId>,
    centers: BTreeMap<i64, CenterId>,
    after: i64,
}

impl Scan {
    pub(crate) async fn begin(readers: &SqlitePool, wanted: Wanted) -> Result<Self, StoreError> {
        let reader = readers.acquire().await?;
        let (circles, centers) = (BTreeMap::new(), BTreeMap::new());
        let mut scan = Self { reader, wanted, circles, centers, after: 0 };
        scan.learn().await?;
        Ok(scan)
    }

    /// Reads what the numbers of circles and centers stand for.
    async fn learn(&mut self) -> Result<(), StoreError> {
        for row in sqlx::query("SELECT number, id FROM circle").fetch_all(&mut *self.reader).await?
        {
            self.circles.insert(row.integer(0)?, CircleId(array(&row.bytes(1)?, "circle")?));
        }
        for row in sqlx::query("SELECT number, id FROM center").fetch_all(&mut *self.reader).await?
        {
            self.centers.insert(row.integer(0)?, row.center(1)?);
        }
        Ok(())
    }

    /// The next records; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Recalled>>, StoreError> {
        let sql = match self.wanted {
            Wanted::Versions => VERSIONS,
            Wanted::Listings => LISTINGS,
        };
        let row = sqlx::query(sql).bind(self.after).bind(STEP).fetch_one(&mut *self.reader).await?;
        let Some(last) = row.maybe_integer(0)? else { return Ok(None) };
        self.after = last;
        if let Ok(records) = self.recalled(&row) {
            return Ok(Some(records));
        }
        // Records of a center that was new since the names were read.
        self.learn().await?;
        self.recalled(&row).map(Some)
    }

    fn recalled(&self, row: &SqliteRow) -> Result<Vec<Recalled>, StoreError> {
        let names = row.try_get::<&[u8], _>(2)?;
        let mut listings = row.try_get::<Option<&[u8]>, _>(3)?.unwrap_or_default();
        let numbers = row.text(1)?;
        let (names, _) = names.as_chunks::<32>();
        let mut records = Vec::with_capacity(names.len());
        for (line, name) in numbers.split(',').zip(names) {
            let (record, length) = self.read(line, name)?;
            let (listing, rest) = listings.split_at_checked(length).ok_or_else(damaged)?;
            listings = rest;
            let listing = (length > 0).then(|| Listing::decode(listing)).transpose()?;
            records.push(Recalled { listing, ..record });
        }
        Ok(records)
    }

    fn read(&self, line: &str, name: &[u8; 32]) -> Result<(Recalled, usize), StoreError> {
        let mut numbers = line.split(' ').map(str::parse::<i64>);
        let mut next = || numbers.next().and_then(Result::ok).ok_or_else(damaged);
        let (number, circle, steward, kind) = (next()?, next()?, next()?, next()?);
        let length = usize::try_from(next()?).map_err(|_| damaged())?;
        let (id, version) = name.split_at(16);
        let key = RecordKey {
            circle: *self.circles.get(&circle).ok_or_else(damaged)?,
            id: RecordId(array(id, "record")?),
            steward: *self.centers.get(&steward).ok_or_else(damaged)?,
            kind: u8::try_from(kind)
                .ok()
                .and_then(|number| Kind::from_number(number).ok())
                .ok_or_else(damaged)?,
        };
        let version = Version(array(version, "version")?);
        Ok((Recalled { number, steward, key, version, listing: None }, length))
    }
}

fn damaged() -> StoreError {
    StoreError::unreadable("record", "its numbers do not fit")
}

/// What searches compare, and the catalogue in order.
pub(crate) async fn recall(
    readers: &SqlitePool,
) -> Result<(Facets, Vec<(RecordKey, Version)>), StoreError> {
    let mut facets = Facets::default();
    let mut catalogue = Vec::new();
    let mut scan = Scan::begin(readers, Wanted::Listings).await?;
    while let Some(records) = scan.next().await? {
        for record in records {
            catalogue.push((record.key, record.version));
            if let Some(listing) = &record.listing {
                facets.load(record.number, record.steward, record.key.kind.number(), listing);
            }
        }
    }
    catalogue.sort_unstable_by_key(|(key, _)| *key);
    Ok((facets, catalogue))
}
