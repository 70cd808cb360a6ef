//! What the machine itself needs for parts of the same work.

pub mod rows;
pub mod tls;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::figure::Floor;
use crate::stamp::millis;
use crate::statistics::{median, percentile};
use crate::trace::Carried;
use rows::Content;
use tls::Ends;

/// How often a floor is measured; the median counts.
const TIMES: usize = 3;
/// Bytes that one edit brings into a database and onto the wire, about.
const EDIT: usize = 1_024;
/// The key of databases with nothing in them.
const KEY: [u8; 32] = [7; 32];

/// Seconds for the bytes of a replication through TLS.
pub async fn bytes(carried: &Carried) -> Result<Floor> {
    let ends = Ends::new().await?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(ends.carry(carried.out, carried.back).await?.as_secs_f64());
    }
    Ok(Floor { what: "TLS", value: median(&times).context("nothing was measured")? })
}

/// Seconds for the rows of a node's database into a new one, in one transaction.
pub async fn rows(database: &Path, key: &[u8; 32], folder: &Path) -> Result<Floor> {
    let content = Content::of(database, key).await?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(content.write(folder, key).await?.0.as_secs_f64());
    }
    Ok(Floor { what: "rows", value: median(&times).context("nothing was measured")? })
}

/// Bytes per offer of a new database with the rows of a node's.
pub async fn size(database: &Path, key: &[u8; 32], folder: &Path, offers: u64) -> Result<Floor> {
    let (_, bytes) = Content::of(database, key).await?.write(folder, key).await?;
    Ok(Floor { what: "rows", value: bytes as f64 / offers as f64 })
}

/// Milliseconds for a connection, from TCP on, that carries as much.
pub async fn connection(carried: &Carried) -> Result<Floor> {
    let ends = Ends::new().await?;
    let mut times = Vec::new();
    for _ in 0..5 * TIMES {
        times.push(millis(ends.carry(carried.out, carried.back).await?));
    }
    Ok(Floor { what: "TLS", value: median(&times).context("nothing was measured")? })
}

/// Milliseconds for one small row on disk, a message through TLS, and the same row on another disk:
/// p50 and p99 of so many.
pub async fn edit(folder: &Path, edits: usize) -> Result<[Floor; 2]> {
    let ends = Ends::new().await?;
    let mut line = ends.line().await?;
    let (mut near, mut far) =
        (Shelf::new(&folder.join("near.db")).await?, Shelf::new(&folder.join("far.db")).await?);
    let mut times = Vec::with_capacity(edits);
    for _ in 0..edits {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let start = Instant::now();
        near.put().await?;
        line.tell(EDIT).await?;
        far.put().await?;
        times.push(millis(start.elapsed()));
    }
    near.connection.close().await?;
    far.connection.close().await?;
    let floor = |percent| Floor {
        what: "TLS and two commits",
        value: percentile(&times, percent).unwrap_or_default(),
    };
    Ok([floor(50.0), floor(99.0)])
}

/// A database with one table.
struct Shelf {
    connection: SqliteConnection,
}

impl Shelf {
    async fn new(path: &Path) -> Result<Self> {
        let options = rows::options(path, &KEY).create_if_missing(true);
        let mut connection = options.connect().await?;
        let table = "CREATE TABLE edit (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT";
        sqlx::raw_sql(table).execute(&mut connection).await?;
        Ok(Self { connection })
    }

    /// One row, on disk.
    async fn put(&mut self) -> Result<()> {
        let row = sqlx::query("INSERT INTO edit (body) VALUES (?)").bind(vec![7_u8; EDIT]);
        row.execute(&mut self.connection).await?;
        Ok(())
    }
}
