//! What takes the room in a database.

use std::path::Path;

use anyhow::{Result, ensure};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::figure::{Measure, Row, Tally, Unit};
use crate::floor::rows::options;

/// A part of a database that has a name.
struct Part {
    measure: Measure,
    /// Tables and indexes that belong to it; the last part has all that no other one has.
    has: fn(&str) -> bool,
}

const fn part(name: &'static str, what: &'static str, has: fn(&str) -> bool) -> Part {
    let (unit, budget, agreed_at) = (Unit::Bytes, None, None);
    Part { measure: Measure { row: Row::Disk, name, what, unit, budget, agreed_at }, has }
}

static PARTS: [Part; 5] = [
    part("changes", "of that, signed changes and the index of their names", |name| {
        name == "change" || name == "change_hash"
    }),
    part("shown", "of that, what the records say", |name| name == "shown"),
    part("records", "of that, the catalogue, facets and their indexes", |name| {
        name.starts_with("record")
    }),
    part("words", "of that, the full-text index", |name| name.starts_with("search")),
    part("others", "of that, all other tables", |_| true),
];
static FREE: Measure = part("free", "of that, free pages, which are used again", |_| false).measure;

/// Adds the parts of the database of a stopped node, in bytes per offer.
pub async fn measure(
    database: &Path,
    key: &[u8; 32],
    offers: u64,
    tally: &mut Tally,
) -> Result<()> {
    let mut connection = options(database, key).connect().await?;
    let tables: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
            .fetch_all(&mut connection)
            .await?;
    let free: i64 = sqlx::query_scalar(
        "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    ensure!(!tables.is_empty(), "the database has no tables");
    let mut sums = [0_i64; PARTS.len()];
    for (name, bytes) in &tables {
        let part = PARTS.iter().position(|part| (part.has)(name));
        if let Some(sum) = part.and_then(|part| sums.get_mut(part)) {
            *sum += bytes;
        }
    }
    for (part, sum) in PARTS.iter().zip(sums) {
        tally.add(&part.measure, offers, sum as f64 / offers as f64);
    }
    tally.add(&FREE, offers, free as f64 / offers as f64);
    Ok(())
}
