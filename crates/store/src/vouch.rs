//! Whom centers have added, in their own signed words.

use hospes_domain::{CenterId, NodeId};
use hospes_sync::vouch::Vouch;
use sqlx::sqlite::SqliteRow;

use crate::column::{Columns, array};
use crate::database::Store;
use crate::error::StoreError;

impl Store {
    /// All statements that are kept.
    pub async fn vouches(&self) -> Result<Vec<Vouch>, StoreError> {
        let rows = sqlx::query("SELECT issuer, node, epoch, number, centers, signature FROM vouch")
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(read).collect()
    }

    /// Keeps statements, each in the place of what the same node said before, and forgets those of
    /// other nodes.
    pub async fn put_vouches(
        &self,
        kept: Vec<Vouch>,
        forgotten: Vec<(CenterId, NodeId)>,
    ) -> Result<(), StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                for (issuer, node) in forgotten {
                    sqlx::query("DELETE FROM vouch WHERE issuer = ? AND node = ?")
                        .bind(issuer.0.as_slice())
                        .bind(node.0.as_slice())
                        .execute(&mut writer.connection)
                        .await?;
                }
                for vouch in kept {
                    let centers: Vec<u8> = vouch.centers.iter().flat_map(|id| id.0).collect();
                    sqlx::query("REPLACE INTO vouch VALUES (?, ?, ?, ?, ?, ?)")
                        .bind(vouch.issuer.0.as_slice())
                        .bind(vouch.node.0.as_slice())
                        .bind(vouch.epoch)
                        .bind(vouch.number.to_be_bytes().as_slice())
                        .bind(centers)
                        .bind(vouch.signature.as_slice())
                        .execute(&mut writer.connection)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

fn read(row: &SqliteRow) -> Result<Vouch, StoreError> {
    let centers = row.bytes(4)?;
    Ok(Vouch {
        issuer: row.center(0)?,
        node: row.node(1)?,
        epoch: row.small(2)?,
        number: u64::from_be_bytes(array(&row.bytes(3)?, "vouch number")?),
        centers: centers
            .chunks(32)
            .map(|id| array(id, "center of a vouch").map(CenterId))
            .collect::<Result<_, _>>()?,
        signature: array(&row.bytes(5)?, "vouch signature")?,
    })
}
