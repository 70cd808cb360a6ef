//! Long names and the numbers that stand for them, known by heart by the writer.

use std::collections::BTreeMap;

use hospes_domain::{CenterId, CircleId};
use hospes_sync::Author;
use sqlx::SqliteConnection;

use crate::column::{Columns, array};
use crate::error::StoreError;

/// Numbers of circles, centers and authors, and the next free ones of records and positions.
pub(crate) struct Interned {
    circles: BTreeMap<CircleId, i64>,
    centers: BTreeMap<CenterId, i64>,
    authors: BTreeMap<Author, i64>,
    last_record: i64,
    last_position: i64,
}

impl Interned {
    /// Reads all from the database: a few dozen centers, and an author for each start of a node.
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let mut interned = Interned {
            circles: BTreeMap::new(),
            centers: BTreeMap::new(),
            authors: BTreeMap::new(),
            last_record: 0,
            last_position: 0,
        };
        let rows = sqlx::query("SELECT id, number FROM circle").fetch_all(&mut *connection).await?;
        for row in rows {
            let id = CircleId(array(&row.bytes(0)?, "circle")?);
            interned.circles.insert(id, row.integer(1)?);
        }
        let rows = sqlx::query("SELECT id, number FROM center").fetch_all(&mut *connection).await?;
        for row in rows {
            interned.centers.insert(row.center(0)?, row.integer(1)?);
        }
        let rows = sqlx::query(
            "SELECT c.id, a.node, a.epoch, a.writer, a.number
             FROM author a JOIN center c ON c.number = a.center",
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in rows {
            let author = Author {
                center: row.center(0)?,
                node: row.node(1)?,
                epoch: row.small(2)?,
                writer: array(&row.bytes(3)?, "writer")?,
            };
            interned.authors.insert(author, row.integer(4)?);
        }
        let (record, position): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT coalesce(max(number), 0) FROM record),
                    (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change')",
        )
        .fetch_one(&mut *connection)
        .await?;
        interned.last_record = record;
        interned.last_position = position;
        Ok(interned)
    }

    /// The number of a new record.
    pub(crate) fn next_record(&mut self) -> i64 {
        self.last_record += 1;
        self.last_record
    }

    /// The position of a new change.
    pub(crate) fn next_position(&mut self) -> i64 {
        self.last_position += 1;
        self.last_position
    }

    pub(crate) async fn circle(
        &mut self,
        connection: &mut SqliteConnection,
        circle: &CircleId,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.circles.get(circle) {
            return Ok(*number);
        }
        let number = sqlx::query_scalar("INSERT INTO circle (id) VALUES (?) RETURNING number")
            .bind(circle.0.as_slice())
            .fetch_one(connection)
            .await?;
        self.circles.insert(*circle, number);
        Ok(number)
    }

    pub(crate) async fn center(
        &mut self,
        connection: &mut SqliteConnection,
        center: &CenterId,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.centers.get(center) {
            return Ok(*number);
        }
        let number = sqlx::query_scalar("INSERT INTO center (id) VALUES (?) RETURNING number")
            .bind(center.0.as_slice())
            .fetch_one(connection)
            .await?;
        self.centers.insert(*center, number);
        Ok(number)
    }

    pub(crate) async fn author(
        &mut self,
        connection: &mut SqliteConnection,
        author: &Author,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.authors.get(author) {
            return Ok(*number);
        }
        let center = self.center(&mut *connection, &author.center).await?;
        let number = sqlx::query_scalar(
            "INSERT INTO author (center, node, epoch, writer) VALUES (?, ?, ?, ?) RETURNING number",
        )
        .bind(center)
        .bind(author.node.0.as_slice())
        .bind(author.epoch)
        .bind(author.writer.as_slice())
        .fetch_one(connection)
        .await?;
        self.authors.insert(*author, number);
        Ok(number)
    }
}
