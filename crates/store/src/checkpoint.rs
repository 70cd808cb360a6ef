//! How far each peer's node has followed our log. Only a hint: nothing depends on its being right.

use hospes_domain::NodeId;

use crate::column::{Columns, signed};
use crate::database::Store;
use crate::error::StoreError;

impl Store {
    /// The position up to which a node has acknowledged our log, if it ever agreed with us.
    pub async fn checkpoint(&self, node: NodeId) -> Result<Option<u64>, StoreError> {
        sqlx::query("SELECT position FROM checkpoint WHERE node = ?")
            .bind(node.0.as_slice())
            .fetch_optional(self.readers())
            .await?
            .map(|row| row.count(0))
            .transpose()
    }

    /// Notes how far a node has followed.
    pub async fn put_checkpoint(&self, node: NodeId, position: u64) -> Result<(), StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                sqlx::query("REPLACE INTO checkpoint VALUES (?, ?)")
                    .bind(node.0.as_slice())
                    .bind(signed(position))
                    .execute(&mut writer.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
